"""What profitability rests on besides the books: dated costs, targets and benchmarks, each with its source.

A statement is never changed: a later one with the same subject takes its place from its own first day on, and one of
the same day takes it because it was made later. The nearer subject wins: a client's target over everyone's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from groundrules.core.ids import AssetId, ClientId
from groundrules.core.money import Money


class AssumptionRefused(ValueError):
    """A statement of a cost, target or benchmark does not say what its kind needs."""


class AssumptionKind(StrEnum):
    """What can be stated. Amounts are money; the others are plain numbers (0.65 is 65 %)."""

    HOUR_COST = "hour-cost"
    TOOL = "tool"
    TOOL_RETAIL = "tool-retail"
    OVERHEAD = "overhead"
    TARGET_RATE = "target-rate"
    HOURS_AVAILABLE = "hours-available"
    TARGET_MARGIN = "target-margin"
    GOOD_MARGIN = "good-margin"
    BREAK_EVEN_BAND = "break-even-band"
    EFFICIENCY_LOW = "efficiency-low"
    EFFICIENCY_HIGH = "efficiency-high"
    RHEM = "rhem"
    UTILISATION = "utilisation"
    LOGGED_SHARE = "logged-share"
    DAYS_NEEDED = "days-needed"


AMOUNTS = frozenset(
    {
        AssumptionKind.HOUR_COST,
        AssumptionKind.TOOL,
        AssumptionKind.TOOL_RETAIL,
        AssumptionKind.OVERHEAD,
        AssumptionKind.TARGET_RATE,
    }
)
_NEEDS_SUBJECT = frozenset(
    {AssumptionKind.HOUR_COST, AssumptionKind.TOOL, AssumptionKind.TOOL_RETAIL}
)
_NEEDS_CLIENT = frozenset({AssumptionKind.TOOL, AssumptionKind.TOOL_RETAIL})
_ABOUT_TOOLS = _NEEDS_CLIENT
_ABOUT_PEOPLE = frozenset({AssumptionKind.HOUR_COST, AssumptionKind.HOURS_AVAILABLE})
_PEOPLE = ("role:", "technician:")


@dataclass(frozen=True, slots=True)
class Assumption:
    """One statement, in force from `first` on. `says` is its source or reason.

    `subject` is a tool's name, or `role:technician` or `technician:A` for hours and what they cost. Raises
    AssumptionRefused when the kind needs something else.
    """

    kind: AssumptionKind
    first: date
    says: str
    subject: str = ""
    client: ClientId | None = None
    asset: AssetId | None = None
    amount: Money | None = None
    number: Fraction | None = None

    def __post_init__(self) -> None:
        if not self.says.strip():
            message = f"say where the {self.kind.value} comes from, so that it can be judged later"
            raise AssumptionRefused(message)
        self._check_value()
        self._check_subject()

    def _check_value(self) -> None:
        given = self.amount.minor if self.amount is not None else self.number
        wanted = self.amount if self.kind in AMOUNTS else self.number
        if given is None or wanted is None or given < 0:
            form = "an amount with its currency" if self.kind in AMOUNTS else "a plain number"
            message = f"a {self.kind.value} is {form}, not below nothing"
            raise AssumptionRefused(message)

    def _check_subject(self) -> None:
        if self.kind in _NEEDS_SUBJECT and not self.subject:
            message = (
                f"a {self.kind.value} needs a subject: a tool's name, role:NAME or technician:CODE"
            )
            raise AssumptionRefused(message)
        if self.kind in _NEEDS_CLIENT and self.client is None:
            message = f"a {self.kind.value} belongs to a client; name it"
            raise AssumptionRefused(message)


def refuse_misplaced(one: Assumption) -> None:
    """This function will refuse a new statement that names what its kind is not about, and so would decide nothing.

    An hour costs the same at every client, a target is about no one server. Raises AssumptionRefused.
    """
    says = f"a {one.kind.value}"
    if one.asset is not None and one.kind not in _ABOUT_TOOLS:
        message = f"{says} is about no one server; leave the server out"
        raise AssumptionRefused(message)
    if one.kind in _ABOUT_PEOPLE:
        _refuse_no_person(one)
    elif one.subject and one.kind not in _ABOUT_TOOLS:
        message = f"{says} is about no tool or person; leave {one.subject!r} out"
        raise AssumptionRefused(message)


def _refuse_no_person(one: Assumption) -> None:
    says = f"a {one.kind.value}"
    if one.client is not None:
        message = f"{says} is the same at every client; leave {one.client} out"
        raise AssumptionRefused(message)
    if not one.subject.startswith(_PEOPLE):
        message = f"{says} is about a person or a role; write role:NAME or technician:CODE"
        raise AssumptionRefused(message)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A number we start from until somebody states another, and where it comes from."""

    number: Fraction
    source: str


# The sources are those of the research of 2026 (domain section 5); "own" marks a choice of ours that nobody measured.
DEFAULTS: Mapping[AssumptionKind, Benchmark] = {
    AssumptionKind.TARGET_MARGIN: Benchmark(
        Fraction("0.462"), "average gross margin of managed services, Q2 2024 (BTA survey)"
    ),
    AssumptionKind.GOOD_MARGIN: Benchmark(
        Fraction("0.65"), "agreement gross profit to aim for (BMK, one coach's opinion)"
    ),
    AssumptionKind.BREAK_EVEN_BAND: Benchmark(
        Fraction("0.02"), "own: within 2 % of revenue either way is breaking even"
    ),
    AssumptionKind.EFFICIENCY_LOW: Benchmark(
        Fraction("0.8"),
        "healthy efficiency ratio 0.8 to 1.5 (MSPCFO); below, the client takes more than it pays for",
    ),
    AssumptionKind.EFFICIENCY_HIGH: Benchmark(
        Fraction("1.5"), "healthy efficiency ratio 0.8 to 1.5 (MSPCFO); above, the client may leave"
    ),
    AssumptionKind.RHEM: Benchmark(
        Fraction("0.25"), "reactive hours per endpoint and month near 15 minutes (Palachuk)"
    ),
    AssumptionKind.UTILISATION: Benchmark(
        Fraction("0.75"), "70 to 80 % of available hours (HAS); sources differ from 65 to 80 %"
    ),
    AssumptionKind.LOGGED_SHARE: Benchmark(
        Fraction("0.85"), "own: below 85 % costed or logged a number would mislead"
    ),
    AssumptionKind.DAYS_NEEDED: Benchmark(
        Fraction(60), "own: fewer than 60 days of work and fees say nothing"
    ),
}


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Every statement, oldest first in the order they were made."""

    stated: tuple[Assumption, ...] = ()

    def newest(self, wanted: Assumption | _Asked, day: date) -> Assumption | None:
        """This function will return the statement in force on a day about exactly this subject, or None."""
        found = [
            (each.first, place, each)
            for place, each in enumerate(self.stated)
            if each.first <= day and _about(each) == _about(wanted)
        ]
        return max(found)[2] if found else None

    def amount(
        self, kind: AssumptionKind, day: date, client: ClientId, currency: str
    ) -> Money | None:
        """This function will return an amount in force on a day: the client's own, or everyone's, or None.

        One in another currency is none here: nothing is converted silently.
        """
        for whose in (client, None):
            found = self.newest(_Asked(kind, client=whose), day)
            amount = found.amount if found is not None else None
            if amount is not None and amount.currency == currency:
                return amount
        return None

    def number(
        self, kind: AssumptionKind, day: date, client: ClientId | None = None, subject: str = ""
    ) -> Fraction:
        """This function will return a number in force on a day: the client's own, everyone's, or the default.

        Zero where nothing is stated and there is no default.
        """
        for whose in (client, None):
            found = self.newest(_Asked(kind, subject, whose), day)
            if found is not None and found.number is not None:
                return found.number
        return DEFAULTS[kind].number if kind in DEFAULTS else Fraction(0)

    def tools(self, client: ClientId, kind: AssumptionKind, day: date) -> tuple[Assumption, ...]:
        """This function will list what each tool of a client costs on a day; a tool stated at nothing has ended."""
        subjects = dict.fromkeys(
            _Asked(kind, each.subject, client, each.asset)
            for each in self.stated
            if each.kind is kind and each.client == client
        )
        found = (self.newest(subject, day) for subject in subjects)
        return tuple(each for each in found if each is not None and each.amount is not None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a statement is asked about."""

    kind: AssumptionKind
    subject: str = ""
    client: ClientId | None = None
    asset: AssetId | None = None


def _about(one: Assumption | _Asked) -> tuple[object, ...]:
    return one.kind, one.subject, one.client, one.asset


def tools_cost(
    assumptions: Assumptions, client: ClientId, months: Iterable[date], currency: str
) -> dict[AssetId | None, Money]:
    """This function will add up what tools cost a client over months (their first days), by asset.

    None is what belongs to no one asset. A cost in another currency is none here.
    """
    return _by_asset(assumptions, client, months, (AssumptionKind.TOOL, currency))


def tools_retail(
    assumptions: Assumptions, client: ClientId, months: Iterable[date], currency: str
) -> Money | None:
    """This function will add up the retail value of products inside the fee; None when none is stated."""
    by_asset = _by_asset(assumptions, client, months, (AssumptionKind.TOOL_RETAIL, currency))
    if not by_asset:
        return None
    return sum(by_asset.values(), Money.zero(currency))


def _by_asset(
    assumptions: Assumptions,
    client: ClientId,
    months: Iterable[date],
    wanted: tuple[AssumptionKind, str],
) -> dict[AssetId | None, Money]:
    kind, currency = wanted
    found: dict[AssetId | None, Money] = {}
    for month in months:
        for tool in assumptions.tools(client, kind, month):
            if tool.amount is not None and tool.amount.currency == currency:
                found[tool.asset] = found.get(tool.asset, Money.zero(currency)) + tool.amount
    return found
