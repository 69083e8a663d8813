"""The values rating answers with: charges with their rounding unit and working, and covered lines at value and zero."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from groundrules.core.calendars import HoursBand
from groundrules.core.ids import AssetId, ClauseNumber, RequestId, TechnicianId, TimeEntryId
from groundrules.core.money import Money
from groundrules.core.periods import Period
from groundrules.core.work import WorkPlace


class Beside(StrEnum):
    """What is charged beside the time work takes."""

    TRIP = "trip"
    SHORT_NOTICE = "short_notice"


@dataclass(frozen=True, slots=True)
class ChargeKey:
    """The rounding unit a charge belongs to; parts the agreement does not keep apart are empty.

    `beside` marks what is charged beside time: a trip by its person and day, short notice by its `request`.
    """

    issue: str = ""
    technician: TechnicianId | None = None
    local_day: date | None = None
    band: HoursBand | None = None
    entry: TimeEntryId | None = None
    hourly: Money | None = None
    agreement_version: int = 0
    place: WorkPlace | None = None
    beside: Beside | None = None
    request: RequestId | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """What is charged for one rounding unit. `working` shows the arithmetic in one line a client can check.

    `seconds` is exact; `minutes_charged` after rounding and minimum; amount = minutes_charged x hourly / 60, rounded
    once. What is charged beside time has no seconds; where it is a fixed amount, no minutes either.
    """

    key: ChargeKey
    seconds: int
    minutes_charged: int
    hourly: Money
    amount: Money
    clauses: tuple[ClauseNumber, ...]
    entries: tuple[TimeEntryId, ...]
    assets: tuple[AssetId, ...]
    service_day: date
    working: str
    request: str = ""
    spans: tuple[Period, ...] = ()
    bands: frozenset[HoursBand] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class UnchargedLine:
    """Work shown at its value and charged 0.00: covered, or not billable. Exact seconds, never rounded.

    value = seconds x hourly / 3600, rounded once. `loss` marks work that counts as the provider's loss.
    """

    entry: TimeEntryId
    technician: TechnicianId
    asset: AssetId | None
    issue: str
    seconds: int
    value: Money
    clause: ClauseNumber | None
    service_day: date
    covered: bool
    hourly: Money | None = None
    loss: bool = False


@dataclass(frozen=True, slots=True)
class OpenLine:
    """Work a person must decide on before it can be charged or shown: what is missing, and what is at stake."""

    entry: TimeEntryId
    technician: TechnicianId
    asset: AssetId | None
    issue: str
    seconds: int
    at_stake: Money
    missing: tuple[str, ...]
    service_day: date


@dataclass(frozen=True, slots=True)
class OtherRule:
    """What the same work would come to under another rounding rule; shown beside the rule that was used."""

    name: str
    minutes: int
    amount: Money


@dataclass(frozen=True, slots=True)
class RatingTrace:
    """How an amount came about: one checkable sentence, the rule it names, and what other rules would have given."""

    sentence: str
    rule: str
    minutes: int
    amount: Money
    others: tuple[OtherRule, ...]
