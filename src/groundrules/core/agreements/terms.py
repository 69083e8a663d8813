"""The parameters of an agreement version: clauses, rates, rounding, notice, fees, reinstatement.

These are values a form edits and a sentence states. `sentences.py` turns each into controlled English and back;
`table.py` proves the deciding clauses complete; quantities stay outside the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from enum import StrEnum
from fractions import Fraction

from groundrules.core.agreements.facts import Outcome
from groundrules.core.agreements.further_terms import (
    BlockTerms,
    CapTerms,
    CountedFee,
    CreditTerms,
    DisputeTerms,
    ManagedService,
    OnboardingTerms,
    Proration,
    RecoveryTerms,
    ShortNoticeTerms,
    TripTerms,
    UpliftTerms,
)
from groundrules.core.calendars import Calendar, HoursBand
from groundrules.core.ids import AgreementId, AssetId, ClauseNumber, ClientId, ConditionId, VendorId
from groundrules.core.money import Money
from groundrules.core.periods import Period
from groundrules.core.work import WorkPlace


class EvidenceNeed(StrEnum):
    """What a clause needs on record before it may decide; missing evidence makes the decision `needs_person`."""

    REQUEST = "request"
    AUTHORITY = "authority"
    CHANGE = "change"
    ATTRIBUTION = "attribution"


class RateBasis(StrEnum):
    """Which rate a clause charges: the band's (base times multiplier), the plain base rate, or a multiple of it."""

    BY_BAND = "by_band"
    BASE = "base"
    TIMES = "times"


@dataclass(frozen=True, slots=True)
class DecidingClause:
    """A clause that decides kinds of work. An empty set in `when` (fact name -> allowed values) means "any".

    `takes_precedence_over` is declared, never positional. `text` is the legal wording people sign, kept verbatim.
    `times` counts only with `RateBasis.TIMES`.
    """

    number: ClauseNumber
    title: str
    outcome: Outcome
    when: Mapping[str, frozenset[str]] = field(default_factory=dict)
    takes_precedence_over: tuple[ClauseNumber, ...] = ()
    needs: frozenset[EvidenceNeed] = frozenset()
    rate: RateBasis = RateBasis.BY_BAND
    text: str = ""
    times: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class ObligationClause:
    """A clause that binds people rather than deciding work (6.1: vendors must submit to management)."""

    number: ClauseNumber
    title: str
    text: str = ""


class RoundingDirection(StrEnum):
    """Which way charged minutes go."""

    UP = "up"
    NEAREST = "nearest"
    DOWN = "down"


class RoundingUnit(StrEnum):
    """The things that keep minutes apart before rounding; their combination is the unit of rounding."""

    ENTRY = "entry"
    ISSUE = "issue"
    PERSON = "person"
    LOCAL_DAY = "local_day"
    BAND = "band"


@dataclass(frozen=True, slots=True)
class PlaceRounding:
    """How time in one place is rounded otherwise: its own increment, and the least that is charged there (0: none)."""

    increment_minutes: int
    minimum_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Rounding:
    """How charged time is rounded: direction, increment and per-band minimum in minutes, per which unit.

    Where a place has a rule of its own in `places`, each place is rounded apart from the others.
    """

    direction: RoundingDirection = RoundingDirection.UP
    increment_minutes: int = 15
    unit: frozenset[RoundingUnit] = frozenset(
        {RoundingUnit.ISSUE, RoundingUnit.PERSON, RoundingUnit.LOCAL_DAY, RoundingUnit.BAND}
    )
    minimum_minutes: Mapping[HoursBand, int] = field(default_factory=dict)
    clause: ClauseNumber = ClauseNumber("")
    places: Mapping[WorkPlace, PlaceRounding] = field(default_factory=dict)

    def at(self, place: WorkPlace | None) -> Rounding:
        """This function will return the rule of a place; the longer of two minimums counts."""
        own = self.places.get(place) if place is not None else None
        if own is None:
            return replace(self, places={}) if self.places else self
        least = {
            band: max(self.minimum_minutes.get(band, 0), own.minimum_minutes) for band in HoursBand
        }
        return replace(
            self, increment_minutes=own.increment_minutes, minimum_minutes=least, places={}
        )


@dataclass(frozen=True, slots=True)
class RateCard:
    """The base hourly rate, and the multiplier of each band (max wins, never compounding)."""

    hourly: Money
    multipliers: Mapping[HoursBand, Fraction] = field(default_factory=dict)
    clause: ClauseNumber = ClauseNumber("")

    def multiplier(self, band: HoursBand) -> Fraction:
        """This function will return the band's multiplier (1 when none is agreed)."""
        return self.multipliers.get(band, Fraction(1))

    def price_per_hour(self, band: HoursBand) -> Money:
        """This function will return the hourly price in a band, rounded once to the cent."""
        return self.hourly.times(self.multiplier(band))

    def price_under(self, clause: DecidingClause | None, band: HoursBand) -> Money:
        """This function will return the hourly price a clause charges (or values) work at in a band.

        A clause's own multiple takes the place of the band's: premiums are never compounded.
        """
        if clause is None or clause.rate is RateBasis.BY_BAND:
            return self.price_per_hour(band)
        return self.hourly.times(clause.times if clause.rate is RateBasis.TIMES else Fraction(1))


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """The recurring fee: per listed asset and month, billed in advance on `billing_day`.

    `per_asset` overrides `monthly` for an asset. With ACTUAL_DAYS the suspension day is uncovered and the
    reinstatement day covered. `runs_while_suspended` True keeps the fee running.
    """

    monthly: Money
    billing_day: int = 1
    proration: Proration = Proration.ACTUAL_DAYS
    runs_while_suspended: bool = False
    per_asset: Mapping[AssetId, Money] = field(default_factory=dict)
    clause: ClauseNumber = ClauseNumber("")

    def for_asset(self, asset: AssetId) -> Money:
        """This function will return the full monthly fee of an asset."""
        return self.per_asset.get(asset, self.monthly)


@dataclass(frozen=True, slots=True)
class NoticeTerms:
    """When a notice counts as received (7.2): receipt needed by e-mail, and the local cut-off of a business day."""

    clause: ClauseNumber
    email_needs_receipt: bool = True
    cut_off: time = time(17, 0)


@dataclass(frozen=True, slots=True)
class RatificationTerms:
    """Until when an authorised contact may ratify an unauthorised request: wall time on the nth business day."""

    clause: ClauseNumber
    business_days: int = 1
    by: time = time(17, 0)


@dataclass(frozen=True, slots=True)
class SuspensionTerms:
    """Per-server suspension (6.3): full business days of notice; it takes effect at the next opening of business.

    `stops` are the services that rest while a server is off and are not owed then; an agreement that names none stops
    none.
    """

    clause: ClauseNumber
    breach_of: ClauseNumber
    notice_business_days: int = 5
    stops: frozenset[ManagedService] = frozenset()

    def stopped(self, service: ManagedService) -> bool:
        """This function will say whether a service rests; a drill of backups that rest would prove nothing new."""
        with_backups = service is ManagedService.RESTORE_DRILLS
        return service in self.stops or (with_backups and ManagedService.BACKUPS in self.stops)


class ConditionKind(StrEnum):
    """The kinds of reinstatement condition; all but `other` tick themselves from the record."""

    LETTER_OF_AGENCY = "letter_of_agency"
    RULES_ACCEPTED = "rules_accepted"
    PASSWORD_ROTATED = "password_rotated"  # noqa: S105 - a condition's name, not a secret
    NAMED_LOGIN_ISSUED = "named_login_issued"
    INVOICES_PAID = "invoices_paid"
    INSPECTION = "inspection"
    FEE = "fee"
    COMPONENT_RESTORED = "component_restored"
    APPLICATION_HEALTHY = "application_healthy"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ConditionTerms:
    """One thing that must be true before an asset is back; `component` for passwords and components."""

    id: ConditionId
    kind: ConditionKind
    says: str
    vendor: VendorId | None = None
    component: str = ""
    rules_version: int = 0
    minutes: int = 0
    fee_months: Fraction = Fraction(0)
    hours: int = 0


@dataclass(frozen=True, slots=True)
class ReinstatementTerms:
    """How an asset comes back (6.4): its conditions; it takes effect at the next local midnight after all are met."""

    clause: ClauseNumber
    conditions: tuple[ConditionTerms, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceTarget:
    """A promised time in business hours for a priority (SLA); the clock pauses while a third party has the case."""

    priority: str
    minutes: int
    clause: ClauseNumber = ClauseNumber("")


@dataclass(frozen=True, slots=True)
class AgreementVersion:
    """One signed version: in force over a period, with every clause and quantity decisions of that period use."""

    version: int
    in_force: Period
    signed_at: datetime
    assets: frozenset[AssetId]
    calendar: Calendar
    rates: RateCard
    rounding: Rounding
    fees: FeeTerms
    clauses: tuple[DecidingClause, ...]
    obligations: tuple[ObligationClause, ...] = ()
    notice: NoticeTerms | None = None
    ratification: RatificationTerms | None = None
    suspension: SuspensionTerms | None = None
    reinstatement: ReinstatementTerms | None = None
    targets: tuple[ServiceTarget, ...] = ()
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
class Agreement:
    """A managed-services agreement with its dated versions, oldest first; `title` is what people call it."""

    id: AgreementId
    client: ClientId
    title: str
    versions: tuple[AgreementVersion, ...]
