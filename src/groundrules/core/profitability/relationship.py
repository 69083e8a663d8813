"""One relationship judged: what it earns, why, and a word for it that no revenue can hide.

The word names what the money says, the driver what costs most. Neither says anything where the data is too poor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from groundrules.core.agreements.words import duration_words
from groundrules.core.ids import ClientId, VendorId
from groundrules.core.money import Money, total
from groundrules.core.profitability.alarms import AlarmKind
from groundrules.core.profitability.assumptions import (
    AssumptionKind,
    Assumptions,
    tools_retail,
)
from groundrules.core.profitability.cuts import Book, Cut, CutBy, cut
from groundrules.core.profitability.facts import RelationshipFacts
from groundrules.core.profitability.margin import Profitability, margin
from groundrules.core.profitability.quality import Quality, refusals


class Word(StrEnum):
    """What the money says about a relationship, in the order an owner should look at them."""

    LOSES = "loses money"
    BREAKS_EVEN = "breaks even"
    VENDOR = "good but for a vendor"
    THIN = "below target"
    OVERPAYS = "pays far above use"
    GOOD = "earns its keep"
    UNKNOWN = "can't tell yet"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose relationship over which months (their first days), and what hours would be sold at."""

    client: ClientId
    name: str
    months: tuple[date, ...]
    endpoints: int
    hourly: Money
    unlogged_seconds: int = 0
    vendors: tuple[tuple[VendorId, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Relationship:
    """The judgement. `answer` is None where `refused` says why no number is shown; `months` is the trend."""

    scope: Scope
    word: Word
    driver: str
    answer: Profitability | None
    refused: tuple[str, ...]
    quality: Quality
    revenue: Money
    fees: Money
    tools: Money
    months: tuple[Cut, ...]
    facts: RelationshipFacts


def judge(book: Book, scope: Scope, assumptions: Assumptions) -> Relationship:
    """This function will judge one client's period from its book and the assumptions in force at its end."""
    facts = _facts(book, scope, assumptions)
    quality = quality_of(book, scope)
    day = scope.months[-1]
    refused = refusals(
        quality,
        assumptions.number(AssumptionKind.LOGGED_SHARE, day, scope.client),
        int(assumptions.number(AssumptionKind.DAYS_NEEDED, day, scope.client)),
    )
    answer = None if refused else margin(facts)
    return Relationship(
        scope=scope,
        word=_word(answer, facts),
        driver=_driver(book, scope) if answer else refused[0],
        answer=answer,
        refused=refused,
        quality=quality,
        revenue=facts.revenue,
        fees=total([e.amount for e in book.earned if e.is_fee], book.currency),
        tools=facts.tools,
        months=_every_month(book, scope),
        facts=facts,
    )


def _facts(book: Book, scope: Scope, assumptions: Assumptions) -> RelationshipFacts:
    day, currency = scope.months[-1], book.currency
    recovered: dict[VendorId, Money] = {}
    for earned in book.earned:
        if earned.vendor is not None:
            before = recovered.get(earned.vendor, Money.zero(currency))
            recovered[earned.vendor] = before + earned.amount
    return RelationshipFacts(
        revenue=total([e.amount for e in book.earned], currency),
        tools=total(list(book.tools.values()), currency),
        endpoints=scope.endpoints,
        target=assumptions.amount(AssumptionKind.TARGET_RATE, day, scope.client, currency)
        or scope.hourly,
        hourly=scope.hourly,
        work=tuple(piece.work for piece in book.pieces),
        months=Fraction(len(scope.months)),
        bundled_retail=tools_retail(assumptions, scope.client, scope.months, currency),
        earned_by_vendor=recovered,
        names={str(code): name for code, name in scope.vendors},
        target_margin=assumptions.number(AssumptionKind.TARGET_MARGIN, day, scope.client),
        break_even_band=assumptions.number(AssumptionKind.BREAK_EVEN_BAND, day, scope.client),
        highest_efficiency=assumptions.number(AssumptionKind.EFFICIENCY_HIGH, day, scope.client),
        lowest_efficiency=assumptions.number(AssumptionKind.EFFICIENCY_LOW, day, scope.client),
        usual_rhem=assumptions.number(AssumptionKind.RHEM, day, scope.client),
        good_margin=assumptions.number(AssumptionKind.GOOD_MARGIN, day, scope.client),
        overhead_hourly=assumptions.amount(AssumptionKind.OVERHEAD, day, scope.client, currency),
    )


def quality_of(book: Book, scope: Scope) -> Quality:
    """This function will measure how well a client's period is known."""
    days = sorted({*(p.day for p in book.pieces), *(e.day for e in book.earned)})
    seconds = sum(p.work.seconds for p in book.pieces)
    return Quality(
        seconds=seconds,
        uncosted_seconds=sum(p.work.seconds for p in book.pieces if p.work.cost is None),
        unattributed_seconds=sum(p.work.seconds for p in book.pieces if p.asset is None),
        unlogged_seconds=scope.unlogged_seconds,
        days=_days_on_record(days),
        has_revenue=bool(book.earned),
    )


_A_MONTH = 30


def _days_on_record(days: list[date]) -> int:
    """A fee stands for its whole month, so a span of fees ends a month after the last one."""
    return (days[-1] - days[0]).days + _A_MONTH if days else 0


def _word(answer: Profitability | None, facts: RelationshipFacts) -> Word:
    if answer is None:
        return Word.UNKNOWN
    kinds = {alarm.kind for alarm in answer.alarms}
    if kinds & {AlarmKind.BELOW_MARGIN, AlarmKind.NO_MARGIN} and _is_the_vendor(answer, facts):
        return Word.VENDOR
    if AlarmKind.NO_MARGIN in kinds:
        band = facts.revenue.minor * facts.break_even_band
        is_even = abs(answer.measures.gross_profit.minor) <= band
        return Word.BREAKS_EVEN if is_even else Word.LOSES
    if AlarmKind.BELOW_MARGIN in kinds:
        return Word.THIN
    return Word.OVERPAYS if AlarmKind.FLIGHT_RISK in kinds else Word.GOOD


def _is_the_vendor(answer: Profitability, facts: RelationshipFacts) -> bool:
    """Without the hours one vendor caused the target margin is reached."""
    target = facts.target_margin or Fraction(0)
    shares = (net.measures.margin for net in answer.net_of)
    return any(share is not None and share >= target for share in shares)


def _driver(book: Book, scope: Scope) -> str:
    """What takes most of the money, in words: a vendor, repairs, prevention, or tools."""
    names = dict(scope.vendors)
    costs: dict[str, tuple[int, int]] = {}
    for piece in book.pieces:
        work = piece.work
        if work.vendor is not None:
            what = f"after {names.get(work.vendor, work.vendor)}'s changes"
        else:
            what = "of proactive work" if work.proactive else "of repairs"
        minor, seconds = costs.get(what, (0, 0))
        costs[what] = (minor + (work.cost.minor if work.cost else 0), seconds + work.seconds)
    tools = sum(m.minor for m in book.tools.values())
    what, (minor, seconds) = max(costs.items(), key=lambda item: item[1], default=("", (0, 0)))
    if not minor and not tools:
        return "hardly any work"
    if tools > minor:
        return f"tools, {Money(tools, book.currency)}"
    return f"{duration_words(seconds)} {what}, {Money(minor, book.currency)}"


def _every_month(book: Book, scope: Scope) -> tuple[Cut, ...]:
    """The trend: a row for each month, also for one in which nothing happened."""
    found = {row.key: row for row in cut(book, CutBy.MONTH)}
    zero = Money.zero(book.currency)
    return tuple(
        found.get(f"{month:%Y-%m}", Cut(f"{month:%Y-%m}", zero, zero, zero, 0, 0, 0, zero, ()))
        for month in scope.months
    )
