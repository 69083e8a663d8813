"""Agents that were silent or lost events: Wazuh says so in alerts of its own, and each is a gap.

Rules of Wazuh's own rule set: 503 agent started, 504 disconnected, 506 stopped; 203 queue full, 204 flooded, 205 back
to normal. They raise no alert where their level is below the one that is logged, so their absence proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from groundrules.core.evidence import GapKind
from groundrules.core.periods import Interval
from groundrules.readers.gaps import gap_of
from groundrules.readers.linux.tally import Tally
from groundrules.readers.wazuh.alert import Alert

STARTED = frozenset({"501", "503"})
SILENT = {"504": "was not heard of", "506": "was stopped"}
# The manager notices only after this time without a sign of life (its default).
NOTICED_AFTER = timedelta(minutes=10)
FULL = frozenset({"203", "204"})
NORMAL = "205"
NEARLY_FULL = "202"
RULES = frozenset({*STARTED, *SILENT, *FULL, NORMAL, NEARLY_FULL})


@dataclass(slots=True)
class AgentWatch:
    """What is open while the alerts of one agent pass by."""

    tally: Tally
    silent: Alert | None = None
    full: Alert | None = None
    last: Alert | None = field(default=None)

    def take(self, alert: Alert) -> bool:
        """This function will follow an agent's own state; False when the alert is about something else."""
        self.last = alert
        if alert.rule not in RULES:
            return False
        if alert.rule in SILENT:
            self.silent = self.silent or alert
        elif alert.rule in FULL:
            self.full = self.full or alert
        elif alert.rule in STARTED:
            self._close_silence(alert)
        elif alert.rule == NORMAL:
            self._close_loss(alert)
        return True

    def finish(self) -> None:
        """This function will leave what is still open as a gap to the last alert there is."""
        if self.last is not None:
            self._close_silence(self.last)
            self._close_loss(self.last)

    def _close_silence(self, until: Alert) -> None:
        since, self.silent = self.silent, None
        if since is None:
            return
        began = since.at - NOTICED_AFTER if since.rule == "504" else since.at
        says = f"the agent of {since.host or 'this host'} {SILENT[since.rule]}"
        self._gap(GapKind.COLLECTOR_SILENT, Interval(began, max(began, until.at)), says, since)

    def _close_loss(self, until: Alert) -> None:
        since, self.full = self.full, None
        if since is None:
            return
        says = f"the event queue of the agent of {since.host or 'this host'} was full; events were lost"
        self._gap(GapKind.RECORDS_MISSING, Interval(since.at, max(since.at, until.at)), says, since)

    def _gap(self, kind: GapKind, interval: Interval, says: str, alert: Alert) -> None:
        cited = self.tally.cite(alert.place)
        asset = self.tally.context.asset
        self.tally.gaps.append(gap_of(asset, kind, interval, "Wazuh agent", says, cited))
