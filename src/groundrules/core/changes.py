"""Changes: what is different on a host, when it happened (or the honest interval), and where we know it from.

Two sources meet here: events read from logs (`Observation`: exact time, maybe the actor) and differences between two
snapshots (an interval). A difference that a log event explains becomes one change, not two.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from groundrules.core.evidence import Action, Actor, Citation, ItemKind
from groundrules.core.ids import AssetId, ChangeId
from groundrules.core.periods import Interval


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different: kind, component, before, after, interval, who the record names, and its sources.

    `component` is the item key (`.NET Framework 2.0`, `sa`, `hello`). `run` names our own patch run, recovery or job
    that made it, when one recorded it. `snapshot_only` marks a change no log explained: it has an interval and no
    actor.
    """

    id: ChangeId
    asset: AssetId
    kind: ItemKind
    component: str
    action: Action
    interval: Interval
    before: str | None = None
    after: str | None = None
    actor: Actor = field(default_factory=Actor)
    citations: tuple[Citation, ...] = ()
    summary: str = ""
    snapshot_only: bool = False
    run: str = ""

    @property
    def sentence(self) -> str:
        """What happened in words: `.NET Framework 2.0 removed`, `sa password changed`."""
        if self.summary:
            return self.summary
        verb = {"added": "added", "removed": "removed", "altered": "changed"}[self.action.value]
        return f"{self.component} {verb}"
