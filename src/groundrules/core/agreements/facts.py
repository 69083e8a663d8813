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
from groundrules.core.work import WorkType


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


class Outcome(StrEnum):
    """What a decision can say about a stretch of work."""

    COVERED = "covered"
    BILLABLE = "billable"
    NOT_BILLABLE = "not_billable"
    NEEDS_PERSON = "needs_person"


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of the finite facts; field order is the order sentences and tables use."""

    state: CoverageState
    work_type: WorkType
    cause: WorkCause
    band: HoursBand
    asked: Asked


DIMENSIONS: dict[str, tuple[StrEnum, ...]] = {
    "state": tuple(CoverageState),
    "work_type": tuple(WorkType),
    "cause": tuple(WorkCause),
    "band": tuple(HoursBand),
    "asked": tuple(Asked),
}


def all_cells(bands: frozenset[HoursBand]) -> tuple[Cell, ...]:
    """This function will list every cell, leaving out hours bands the version's calendar never produces."""
    values = [
        [v for v in DIMENSIONS[f.name] if f.name != "band" or v in bands] for f in fields(Cell)
    ]
    # The product forgets which position holds which kind of value; fields(Cell) put them in order.
    return tuple(Cell(*combination) for combination in product(*values))  # type: ignore[arg-type]
