"""The finite facts a coverage decision is made from, and the answers it can give.

A *cell* is one combination of them. The decision table of an agreement version answers every cell, so completeness,
conflicts and dead clauses can be proven by enumeration before anyone signs.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from itertools import product

from groundrules.core.calendars import HoursBand
from groundrules.core.ids import AssetId, ClauseNumber
from groundrules.core.periods import Period
from groundrules.core.work import WorkPlace, WorkType


class CoverageState(StrEnum):
    """The state of one asset under the agreement at one instant, computed from dated entries."""

    COVERED = "covered"
    NOTICE = "notice"
    SUSPENDED = "suspended"
    REINSTATING = "reinstating"
    TERMINATED = "terminated"
    NOT_IN_AGREEMENT = "not_in_agreement"


@dataclass(frozen=True, slots=True)
class StateSpan:
    """The coverage state of an asset over a period, with the clause and sentence that put it there."""

    asset: AssetId
    state: CoverageState
    period: Period
    clause: ClauseNumber | None = None
    sentence: str = ""


class WorkCause(StrEnum):
    """What made the work necessary, as far as it is established. Only recorded or matched actors make a
    party's cause.
    """

    ROUTINE = "routine"
    HARDWARE = "hardware"
    PROVIDER_CHANGE = "provider_change"
    VENDOR_UNAPPROVED_CHANGE = "vendor_unapproved_change"
    VENDOR_APPROVED_CHANGE = "vendor_approved_change"
    CLIENT_CHANGE = "client_change"
    UNKNOWN = "unknown"


class Asked(StrEnum):
    """Who asked for the work, and whether they could."""

    NOBODY = "nobody"
    AUTHORISED = "authorised"
    AWAITING_RATIFICATION = "awaiting_ratification"
    NOT_RATIFIED = "not_ratified"


class Severity(StrEnum):
    """How severe the fault is that the work repairs: the number in its priority (P1), 4 and above together."""

    NONE = "none"
    ONE = "1"
    TWO = "2"
    THREE = "3"
    FOUR = "4"


class Stems(StrEnum):
    """Whether the work is established to stem from a change we ourselves made in business hours."""

    ELSEWHERE = "elsewhere"
    OUR_BUSINESS_HOURS = "our_business_hours"


class Outcome(StrEnum):
    """What a decision can say about a stretch of work."""

    COVERED = "covered"
    BILLABLE = "billable"
    NOT_BILLABLE = "not_billable"
    NEEDS_PERSON = "needs_person"


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of the finite facts; field order is the order tables use.

    `FURTHER` facts stand at their default under a version none of whose clauses names them.
    """

    state: CoverageState
    work_type: WorkType
    cause: WorkCause
    band: HoursBand
    asked: Asked
    severity: Severity = Severity.NONE
    stems: Stems = Stems.ELSEWHERE
    place: WorkPlace = WorkPlace.REMOTE


DIMENSIONS: dict[str, tuple[StrEnum, ...]] = {
    "state": tuple(CoverageState),
    "work_type": tuple(WorkType),
    "cause": tuple(WorkCause),
    "band": tuple(HoursBand),
    "asked": tuple(Asked),
    "severity": tuple(Severity),
    "stems": tuple(Stems),
    "place": tuple(WorkPlace),
}
# Facts that count only where an agreement speaks of them, so that the others stay as small as they were.
FURTHER: dict[str, StrEnum] = {
    "place": WorkPlace.REMOTE,
    "severity": Severity.NONE,
    "stems": Stems.ELSEWHERE,
}
_NOTHING_FURTHER: frozenset[str] = frozenset()


def all_cells(
    bands: frozenset[HoursBand], further: frozenset[str] = _NOTHING_FURTHER
) -> tuple[Cell, ...]:
    """This function will list every cell, without hours bands the calendar never produces.

    A further fact varies only when it is among those named in `further`.
    """
    values = [_values(f.name, bands, further) for f in fields(Cell)]
    # The product forgets which position holds which kind of value; fields(Cell) put them in order.
    return tuple(Cell(*combination) for combination in product(*values))  # type: ignore[arg-type]


def _values(fact: str, bands: frozenset[HoursBand], further: frozenset[str]) -> tuple[StrEnum, ...]:
    if fact == "band":
        return tuple(value for value in DIMENSIONS[fact] if value in bands)
    if fact in FURTHER and fact not in further:
        return (FURTHER[fact],)
    return DIMENSIONS[fact]
