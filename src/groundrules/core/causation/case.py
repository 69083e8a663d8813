"""One incident gathered with everything its changes are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.causation.answers import Incident
from groundrules.core.causation.context import CausationContext
from groundrules.core.causation.controls import Neighbour
from groundrules.core.causation.onset import Bracket
from groundrules.core.causation.paths import Reach
from groundrules.core.changes import Change
from groundrules.core.changes.components import named_version
from groundrules.core.evidence import HealthCheck, ItemKind
from groundrules.core.ids import AssetId
from groundrules.core.parties import DependencyGrade

Item = tuple[AssetId, ItemKind, str]


def item_of(change: Change) -> Item:
    """This function will return where a change's item is looked up: host, kind and name without version."""
    return change.asset, change.kind, named_version(change.component)[0]


@dataclass(frozen=True, slots=True)
class Case:
    """One incident with everything its changes are held against. `reached` is empty when no dependency is on record.

    `good` are the application's passing checks before the failure, `beside` the other applications; `all_failed` when
    every other one on the server failed too.
    """

    incident: Incident
    name: str
    asset: AssetId
    bracket: Bracket
    reached: tuple[Reach, ...]
    changes: tuple[Change, ...]
    by_item: Mapping[Item, tuple[Change, ...]]
    context: CausationContext
    beside: tuple[Neighbour, ...] = ()
    good: tuple[HealthCheck, ...] = ()
    recovered: datetime | None = None
    all_failed: bool = False
    error_names_something: bool = False

    def siblings(self, change: Change) -> tuple[Change, ...]:
        """This function will return the changes of the same kind of item by that name on that host."""
        return self.by_item.get(item_of(change), ())

    @property
    def error(self) -> str:
        """The failure's own error: the incident's, or that of its first failing check."""
        bad = self.bracket.first_bad
        return self.incident.signature or ("" if bad is None else bad.signature)

    @property
    def mapped(self) -> bool:
        """True when some observed or declared dependency of the application is on record."""
        return any(reach.grade is not DependencyGrade.SAME_HOST for reach in self.reached)
