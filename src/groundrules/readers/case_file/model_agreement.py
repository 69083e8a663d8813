"""An agreement as a case file writes it: durations in words, opening hours by weekday, holidays by country."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from fractions import Fraction

from groundrules.core.agreements.facts import (
    Asked,
    CoverageState,
    Outcome,
    Severity,
    Stems,
    WorkCause,
)
from groundrules.core.agreements.further_terms import (
    BlockTerms,
    CapTerms,
    CountedFee,
    CreditTerms,
    DisputeTerms,
    OnboardingTerms,
    RecoveryTerms,
    ShortNoticeTerms,
    TripTerms,
    UpliftTerms,
)
from groundrules.core.agreements.terms import (
    ConditionKind,
    EvidenceNeed,
    FeeTerms,
    NoticeTerms,
    PlaceRounding,
    RateBasis,
    RateCard,
    RatificationTerms,
    RoundingDirection,
    RoundingUnit,
    SuspensionTerms,
)
from groundrules.core.calendars import HoursBand
from groundrules.core.ids import AgreementId, AssetId, ClauseNumber, ConditionId, VendorId
from groundrules.core.periods import Period
from groundrules.core.work import WorkPlace, WorkType
from groundrules.readers.case_file.shapes import Minutes, written

_NO_TIME = Minutes(0)


class Weekday(StrEnum):
    """Days of the week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @property
    def number(self) -> int:
        """Monday is 0, as in Python."""
        return list(Weekday).index(self)


@dataclass(frozen=True, slots=True)
class WrittenOpening:
    """Business is open on these weekdays from `opens` to `closes` (00:00 means midnight at the end of the day)."""

    days: tuple[Weekday, ...]
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class WrittenHolidays:
    """Days without business hours: listed, or official ones of a country and years; `except` leaves days out."""

    dates: tuple[date, ...] = ()
    country: str = ""
    subdivision: str = ""
    years: tuple[int, ...] = ()
    left_out: tuple[date, ...] = field(default=(), metadata=written("except"))


@dataclass(frozen=True, slots=True)
class WrittenCalendar:
    """Business hours in one zone (the client's unless another is named), with holidays."""

    open: tuple[WrittenOpening, ...]
    zone: str = ""
    holidays: WrittenHolidays = field(default=WrittenHolidays())
    separate_weekend: bool = False
    separate_holiday: bool = False
    weekend_days: tuple[Weekday, ...] = (Weekday.SAT, Weekday.SUN)
    separate_sunday: bool = False


@dataclass(frozen=True, slots=True)
class WrittenRounding:
    """How charged time is rounded: direction, increment, what is kept apart, each band's least, each place's rule."""

    increment: Minutes
    unit: frozenset[RoundingUnit]
    direction: RoundingDirection = RoundingDirection.UP
    minimum: Mapping[HoursBand, Minutes] = field(default_factory=dict)
    clause: ClauseNumber = ClauseNumber("")
    places: Mapping[WorkPlace, PlaceRounding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WrittenWhen:
    """The facts under which a clause decides; a fact left out may be anything."""

    state: frozenset[CoverageState] = frozenset()
    work_type: frozenset[WorkType] = frozenset()
    cause: frozenset[WorkCause] = frozenset()
    band: frozenset[HoursBand] = frozenset()
    asked: frozenset[Asked] = frozenset()
    severity: frozenset[Severity] = frozenset()
    stems: frozenset[Stems] = frozenset()
    place: frozenset[WorkPlace] = frozenset()


@dataclass(frozen=True, slots=True)
class WrittenClause:
    """A clause. With `outcome` it decides work; without, it binds people. `text` is the wording people sign."""

    number: ClauseNumber
    title: str
    text: str = ""
    outcome: Outcome | None = None
    when: WrittenWhen = field(default=WrittenWhen())
    takes_precedence_over: tuple[ClauseNumber, ...] = ()
    needs: frozenset[EvidenceNeed] = frozenset()
    rate: RateBasis = RateBasis.BY_BAND
    times: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class WrittenCondition:
    """One thing that must be true before an asset is covered again."""

    id: ConditionId
    kind: ConditionKind
    says: str
    vendor: VendorId | None = None
    component: str = ""
    rules_version: int = 0
    time: Minutes = _NO_TIME
    fee_months: Fraction = Fraction(0)
    hours: int = 0


@dataclass(frozen=True, slots=True)
class WrittenReinstatement:
    """How an asset comes back: the clause and its conditions."""

    clause: ClauseNumber
    conditions: tuple[WrittenCondition, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenTarget:
    """A promised time in business hours for a priority."""

    priority: str
    within: Minutes
    clause: ClauseNumber = ClauseNumber("")


@dataclass(frozen=True, slots=True)
class WrittenVersion:
    """One signed version of the agreement. `like: 1` begins with everything version 1 says.

    Every clause and quantity may be written as keys, or as its controlled-English sentence under `sentences`.
    """

    version: int
    in_force: Period
    signed_at: datetime
    assets: frozenset[AssetId]
    calendar: WrittenCalendar | None = None
    rates: RateCard | None = None
    rounding: WrittenRounding | None = None
    fees: FeeTerms | None = None
    clauses: tuple[WrittenClause, ...] = ()
    sentences: tuple[str, ...] = ()
    notice: NoticeTerms | None = None
    ratification: RatificationTerms | None = None
    suspension: SuspensionTerms | None = None
    reinstatement: WrittenReinstatement | None = None
    targets: tuple[WrittenTarget, ...] = ()
    tie_break: ClauseNumber = ClauseNumber("")
    counted_fees: tuple[CountedFee, ...] = ()
    uplift: UpliftTerms | None = None
    onboarding: OnboardingTerms | None = None
    service_credits: tuple[CreditTerms, ...] = ()
    block: BlockTerms | None = None
    cap: CapTerms | None = None
    disputes: DisputeTerms | None = None
    trip: TripTerms | None = None
    short_notice: ShortNoticeTerms | None = None
    recovery: tuple[RecoveryTerms, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenAgreement:
    """The managed-services agreement with its dated versions, oldest first."""

    id: AgreementId
    title: str
    versions: tuple[WrittenVersion, ...]
