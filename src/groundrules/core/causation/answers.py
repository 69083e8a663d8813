"""The values causation works with: incidents, ranked causes, and the verdict ladder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from groundrules.core.ids import ApplicationId, AssetId, ChangeId, IncidentId
from groundrules.core.parties import DependencyGrade
from groundrules.core.periods import Interval, Order
from groundrules.core.reasons import Reason


@dataclass(frozen=True, slots=True)
class Incident:
    """Something stopped working. `hardware` names a failed part when the maker's own signal says so (disk, array).

    The onset is bracketed from health checks: after the last good one, not after the first bad one or `opened_at`.
    """

    id: IncidentId
    title: str
    asset: AssetId
    opened_at: datetime
    application: ApplicationId | None = None
    signature: str = ""
    hardware: str = ""
    resolved_at: datetime | None = None
    priority: str = ""


class CauseVerdict(StrEnum):
    """How far evidence carries, lowest first. PROVEN needs a replay; a person may confirm with a reason."""

    UNKNOWN = "unknown"
    CANDIDATES = "candidates"
    LIKELY_CHANGE = "likely change"
    PROVEN_CHANGE = "proven change"


@dataclass(frozen=True, slots=True)
class CauseHypothesis:
    """One change considered as the cause: its order to the onset, its dependency path, and why it stays or goes.

    `linked` is False where a map is on record and leads nowhere near it: not ruled out, since maps have holes.
    `probability` is that it did it, beside all others and none; 0 once ruled out (and in answers before weights 2).
    """

    change: ChangeId
    order: Order
    path: tuple[str, ...]
    grade: DependencyGrade | None
    rejected: bool
    reasons: tuple[Reason, ...]
    linked: bool = True
    probability: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Something of ours considered beside the changes: a run or a recovery, and why it stays or goes.

    `kind` and `ref` open its record (`own run`, `recovery`). One that stays and left no change on record
    keeps the verdict from resting on a single change.
    """

    kind: str
    ref: str
    label: str
    rejected: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class CauseAnswer:
    """What explains an incident: verdict, the change(s) it rests on, hypotheses, what would change our mind.

    `nothing_recorded` is the probability that no recorded change did it. With CANDIDATES, `changes` lists the most
    plausible, at most three; only `established` may carry consequences.
    """

    incident: IncidentId
    onset: Interval
    verdict: CauseVerdict
    changes: tuple[ChangeId, ...]
    hypotheses: tuple[CauseHypothesis, ...]
    reasons: tuple[Reason, ...]
    hardware: str = ""
    would_change: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    nothing_recorded: Decimal = Decimal(0)

    @property
    def established(self) -> tuple[ChangeId, ...]:
        """The changes a likely or proven verdict rests on; empty while there are only candidates."""
        sure = self.verdict in {CauseVerdict.LIKELY_CHANGE, CauseVerdict.PROVEN_CHANGE}
        return self.changes if sure else ()
