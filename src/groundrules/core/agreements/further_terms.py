"""Further quantities of a version: counted fees, yearly uplift, onboarding, service credits, blocks, caps, trips.

Each is a value a form edits and a sentence states, like those of `terms.py`. How many users or devices there are, and
which blocks of hours were bought, are dated facts of their own (`core/orders.py`); here stands only what they cost.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from groundrules.core.calendars import HoursBand
from groundrules.core.ids import AssetId, ClauseNumber
from groundrules.core.money import Money, price_of_seconds
from groundrules.core.orders import CountedUnit
from groundrules.core.work import WorkPlace

_HUNDRED = 100
_LEAP_DAY = (2, 29)


class Proration(StrEnum):
    """How a monthly fee is divided when it is due for part of the month."""

    NONE = "none"
    ACTUAL_DAYS = "actual_days"
    FIXED_30_DAYS = "fixed_30_days"
    SECONDS = "seconds"


class TrueUp(StrEnum):
    """What a count that changes within a month, already billed in advance, does to that month's fee."""

    BOTH = "both"
    UP_ONLY = "up_only"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CountedFee:
    """A monthly fee per user or device, or a flat one: billed in advance by the count, and trued up as the count moves.

    The first `included` cost nothing, and at least `minimum` are billed. A flat fee counts as one.
    """

    unit: CountedUnit
    monthly: Money
    proration: Proration = Proration.ACTUAL_DAYS
    true_up: TrueUp = TrueUp.BOTH
    included: int = 0
    minimum: int = 0
    clause: ClauseNumber = ClauseNumber("")

    def billed(self, count: int) -> int:
        """This function will return how many of a count are billed."""
        return max(count - self.included, self.minimum, 0)


@dataclass(frozen=True, slots=True)
class UpliftTerms:
    """A yearly rise of the fees, and with `rates_too` of the hourly price, on the anniversaries of `first`.

    A version states the prices of its own first day, so only later rises count. Each year's price is rounded to the
    smallest unit before the next year's is worked out, so that every step can be checked.
    """

    percent: Fraction
    first: date
    rates_too: bool = False
    clause: ClauseNumber = ClauseNumber("")

    def rises(self, since: date, day: date) -> tuple[date, ...]:
        """This function will list the dates of the rises after `since`, up to and with `day`."""
        years = range(max(day.year - self.first.year + 1, 0))
        dates = (self._anniversary(year) for year in years)
        return tuple(rise for rise in dates if since < rise <= day)

    def _anniversary(self, years: int) -> date:
        """A leap day's anniversary is the 28th in the years without one."""
        year = self.first.year + years
        if (self.first.month, self.first.day) == _LEAP_DAY and not isleap(year):
            return date(year, 2, 28)
        return self.first.replace(year=year)

    def raised(self, price: Money, since: date, day: date) -> Money:
        """This function will return what a price that was agreed on `since` has become by `day`."""
        for _ in self.rises(since, day):
            price = price.times(1 + self.percent / _HUNDRED)
        return price


@dataclass(frozen=True, slots=True)
class OnboardingTerms:
    """What beginning costs once: an amount for the agreement, and so many monthly fees for each newly listed server."""

    once: Money | None = None
    months_per_server: Fraction = Fraction(0)
    clause: ClauseNumber = ClauseNumber("")


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """What a missed target gives back: a share of the server's monthly fee, up to a limit in each calendar month."""

    priority: str
    percent: Fraction
    at_most_percent: Fraction = Fraction(_HUNDRED)
    clause: ClauseNumber = ClauseNumber("")


@dataclass(frozen=True, slots=True)
class BlockTerms:
    """How prepaid hours pay for charged work: in the order the work was done, the block that expires first first.

    `valid_months` 0 never expires. A band burns so many hours of the block for one worked. Of what is left at expiry
    `rolls_percent` lives on for `rolls_months` more, once. An empty `clauses` pays for work charged under any clause.
    """

    valid_months: int = 12
    burn: Mapping[HoursBand, Fraction] = field(default_factory=dict)
    rolls_percent: Fraction = Fraction(0)
    rolls_months: int = 0
    clauses: tuple[ClauseNumber, ...] = ()
    clause: ClauseNumber = ClauseNumber("")

    def burnt_for_one(self, bands: frozenset[HoursBand]) -> Fraction:
        """This function will return how many hours of a block an hour of work burns: the most any band does."""
        return max((self.burn.get(band, Fraction(1)) for band in bands), default=Fraction(1))


@dataclass(frozen=True, slots=True)
class CapTerms:
    """The most that charged work may come to in a calendar month of the site; an empty `clauses` counts all of it."""

    monthly: Money
    clauses: tuple[ClauseNumber, ...] = ()
    clause: ClauseNumber = ClauseNumber("")


class TieBreak(StrEnum):
    """For whom a dispute ends that nobody can settle; where none is stated, a person must settle it."""

    CLIENT = "client"
    PROVIDER = "provider"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class DisputeTerms:
    """How disputes go: raised within days of the document or finding (0: at any time), answered within business days.

    What is disputed is not due before the answer.
    """

    raised_within_days: int = 0
    answered_within_business_days: int = 5
    tie: TieBreak = TieBreak.NOBODY
    clause: ClauseNumber = ClauseNumber("")

    @property
    def ends_a_tie(self) -> bool:
        """Whether it is stated for whom a dispute ends that nobody can settle."""
        return self.tie is not TieBreak.NOBODY


class ManagedService(StrEnum):
    """What an agreement may let rest while a server is suspended."""

    MONITORING = "monitoring"
    BACKUPS = "backups"
    RESTORE_DRILLS = "restore_drills"
    SECURITY_PATCHES = "security_patches"

    @property
    def words(self) -> str:
        """How people say it."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class RecoveryTerms:
    """What is promised about getting a server back; a breach is said, whoever notices it.

    At most `loses_at_most` minutes of work are lost (recovery point), it is back within `back_within` minutes (recovery
    time), and a restore is proven every `proven_every` days (0: nothing is promised of it). `servers` empty is all of
    them; a promise that names a server goes before one that names none.
    """

    loses_at_most: int
    back_within: int
    proven_every: int = 0
    servers: tuple[AssetId, ...] = ()
    clause: ClauseNumber = ClauseNumber("")


@dataclass(frozen=True, slots=True)
class Extra:
    """What something costs beside the time it takes: an amount, or else so many minutes at the base rate."""

    amount: Money | None = None
    minutes: int = 0

    def price(self, hourly: Money) -> Money:
        """This function will return what it comes to at a base rate."""
        return price_of_seconds(hourly, self.minutes * 60) if self.amount is None else self.amount


@dataclass(frozen=True, slots=True)
class TripTerms:
    """What each trip to the site costs: once for each person and local day on site, or also for each issue.

    `when_covered` charges it also for work that is not charged itself.
    """

    costs: Extra
    per_issue: bool = False
    when_covered: bool = False
    clause: ClauseNumber = ClauseNumber("")


@dataclass(frozen=True, slots=True)
class NoticeStep:
    """What work costs more that was asked for less than so many hours before it began, anywhere or in one place."""

    within_hours: int
    costs: Extra
    place: WorkPlace | None = None


@dataclass(frozen=True, slots=True)
class ShortNoticeTerms:
    """What work asked for at short notice costs more, once for each request; of several steps the dearest counts.

    `when_covered` charges it also for work that is not charged itself.
    """

    steps: tuple[NoticeStep, ...]
    when_covered: bool = False
    clause: ClauseNumber = ClauseNumber("")
