"""The values a coverage decision is made of: segments with their deciding clause, beaten clauses, facts and flips."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from groundrules.core.agreements.facts import Cell, Outcome
from groundrules.core.calendars import HoursBand
from groundrules.core.ids import (
    AssetId,
    ChangeId,
    ClauseNumber,
    RequestId,
    TechnicianId,
    TimeEntryId,
    VendorId,
)
from groundrules.core.money import Money
from groundrules.core.periods import Period
from groundrules.core.reasons import FactRef, Reason
from groundrules.core.work import WorkPlace


@dataclass(frozen=True, slots=True)
class EngineVersion:
    """What produced a decision besides the facts: rule digest of the agreement version and the tzdata version."""

    rules: str
    tzdata: str


@dataclass(frozen=True, slots=True)
class NotUsed:
    """A clause that applied or nearly applied and did not decide, and the sentence why."""

    clause: ClauseNumber
    sentence: str


@dataclass(frozen=True, slots=True)
class Flip:
    """One fact that, if it were otherwise, would change the answer (`asked: authorised` -> billable under 4.2)."""

    fact: str
    value: str
    outcome: Outcome
    clause: ClauseNumber | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one time entry in which every fact is constant, with its verdict.

    `value` is the exact worth of the seconds at the band's rate (shown, also when nothing is charged). What is
    charged is rating's work, because rounding crosses segments. `forgone` is the value not charged though a vendor
    caused the work.
    """

    period: Period
    local_day: date
    band: HoursBand
    cell: Cell
    outcome: Outcome
    clause: ClauseNumber | None
    hourly: Money
    value: Money
    forgone: Money
    agreement_version: int
    reasons: tuple[Reason, ...]
    not_used: tuple[NotUsed, ...] = ()
    flips: tuple[Flip, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def seconds(self) -> int:
        """Exact seconds worked in this segment."""
        return self.period.seconds


@dataclass(frozen=True, slots=True)
class CoverageDecision:
    """The decision on one time entry from the facts known at `decided_at`. A later decision supersedes, never edits it.

    `caused_by_vendor` and `caused_by` say whose established change made the work necessary, for forgone value and
    scorecards. `cost` is actual minutes at the technician's burdened rate; None when no rate is on record (listed,
    never free). `request` and `asked_at` are set where the work was asked for before it began.
    """

    entry: TimeEntryId
    technician: TechnicianId
    asset: AssetId | None
    issue: str
    decided_at: datetime
    segments: tuple[Segment, ...]
    facts: tuple[FactRef, ...]
    engine: EngineVersion
    cost: Money | None
    caused_by: tuple[ChangeId, ...] = ()
    caused_by_vendor: VendorId | None = None
    counted_as_loss: bool = False
    place: WorkPlace = WorkPlace.REMOTE
    request: RequestId | None = None
    asked_at: datetime | None = None

    def of(self, outcome: Outcome) -> tuple[Segment, ...]:
        """This function will return the segments with one outcome, in time order."""
        return tuple(s for s in self.segments if s.outcome is outcome)
