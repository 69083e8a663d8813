"""One alert at a time: whose agent it is, when the manager wrote it, and what it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from groundrules.core.evidence import Reading
from groundrules.readers.context import ReadingContext
from groundrules.readers.documents import (
    Placed,
    found,
    inner,
    iso,
    note_damage,
    objects,
    of_our_host,
    said,
)
from groundrules.readers.linux.tally import Tally
from groundrules.readers.wazuh.agents import AgentWatch
from groundrules.readers.wazuh.alert import Alert
from groundrules.readers.wazuh.syscheck import file_event
from groundrules.readers.wazuh.syscollector import Inventory

READER = "wazuh/1"
# The manager's own number: its alerts may be about an agent by name, or about the manager itself.
ANOTHER_HOST = "wazuh/another host"


@dataclass(slots=True)
class _Desk:
    """Where alerts go: each taker says whether it understood the alert, and finishes when all are read."""

    tally: Tally
    inventory: Inventory
    agents: AgentWatch

    @property
    def takers(self) -> tuple[Callable[[Alert], bool], ...]:
        """Who looks at an alert, in order."""
        return (lambda alert: file_event(self.tally, alert), self.inventory.take, self.agents.take)


def read_wazuh(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read Wazuh's alerts: inventory deltas, file events with who-data, and agents that were silent.

    An alert about anything else is counted as unknown under its decoder or rule group.
    """
    tally = Tally(READER, context)
    alerts = [alert for placed in objects(tally, raw) if (alert := _alert(tally, placed))]
    is_ours = of_our_host((alert.host for alert in alerts), context)
    desk = _Desk(tally, Inventory(tally), AgentWatch(tally))
    for alert in alerts:
        if not is_ours(alert.host):
            tally.unknown(ANOTHER_HOST)
        elif any(take(alert) for take in desk.takers):
            tally.known(alert.kind)
            tally.hosts.update({alert.host} - {""})
        else:
            tally.unknown(alert.kind)
    desk.inventory.finish()
    desk.agents.finish()
    note_damage(tally, "the alerts of Wazuh", {alert.place: alert.at for alert in alerts})
    return tally.reading()


def _alert(tally: Tally, placed: Placed) -> Alert | None:
    fields = inner(placed.fields, "_source") or placed.fields
    at = iso(said(fields, "timestamp", "@timestamp"))
    if at is None:
        tally.damage(placed.place, "not an alert of Wazuh: it has no timestamp with an offset")
        return None
    return Alert(
        place=placed.place,
        at=at,
        host=said(fields, "agent.name", "agent.host.hostname"),
        kind=f"wazuh/{_kind(fields)}",
        rule=said(fields, "rule.id"),
        fields=fields,
    )


def _kind(fields: dict[str, object] | object) -> str:
    if not isinstance(fields, dict):
        return "alert"
    event = said(fields, "syscheck.event")
    if event:
        return f"syscheck {event}"
    table = said(fields, "data.type", "collector")
    if table.startswith("dbsync_"):
        return table
    if isinstance(found(fields, "data.win"), dict):
        return f"windows {said(fields, 'data.win.system.eventID')}".strip()
    decoder = said(fields, "decoder.name")
    return f"rule {said(fields, 'rule.id')}" if decoder in {"", "ossec", "wazuh"} else decoder
