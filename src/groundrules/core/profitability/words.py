"""The figures of profitability as people read them, the same on pages, in the terminal and in files."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from groundrules.core.agreements.words import duration_words
from groundrules.core.money import round_half_away
from groundrules.core.profitability.assumptions import AssumptionKind
from groundrules.core.profitability.facts import percent
from groundrules.core.profitability.relationship import Relationship

_MINUTE = 60
# What can be stated, in words; commands and files call it by its own name.
KIND_WORDS: Mapping[AssumptionKind, str] = {
    AssumptionKind.HOUR_COST: "what an hour costs",
    AssumptionKind.TOOL: "what a tool costs a month",
    AssumptionKind.TOOL_RETAIL: "what a tool is worth at retail a month",
    AssumptionKind.OVERHEAD: "overhead a month",
    AssumptionKind.TARGET_RATE: "target for an effective hour",
    AssumptionKind.HOURS_AVAILABLE: "hours available a month",
    AssumptionKind.TARGET_MARGIN: "target margin",
    AssumptionKind.GOOD_MARGIN: "good margin",
    AssumptionKind.BREAK_EVEN_BAND: "breaking even, either way of revenue",
    AssumptionKind.EFFICIENCY_LOW: "efficiency ratio, from",
    AssumptionKind.EFFICIENCY_HIGH: "efficiency ratio, up to",
    AssumptionKind.RHEM: "reactive hours per endpoint and month",
    AssumptionKind.UTILISATION: "utilisation",
    AssumptionKind.LOGGED_SHARE: "share of time with a cost rate and logged",
    AssumptionKind.DAYS_NEEDED: "days of work and fees that say something",
}
_SHARES = {
    AssumptionKind.TARGET_MARGIN,
    AssumptionKind.GOOD_MARGIN,
    AssumptionKind.BREAK_EVEN_BAND,
    AssumptionKind.UTILISATION,
    AssumptionKind.LOGGED_SHARE,
}


def hours(seconds: int) -> str:
    """This function will write seconds to the nearest minute, as hours and minutes (`9 h 30 min`)."""
    return duration_words((seconds + _MINUTE // 2) // _MINUTE * _MINUTE)


def stated(kind: AssumptionKind, number: Fraction | None) -> str:
    """This function will write a stated number: a share as a percentage, anything else in plain digits."""
    if number is None:
        return "-"
    if kind in _SHARES:
        return percent(number)
    return f"{Decimal(number.numerator) / Decimal(number.denominator)}"


def share(value: Fraction | None) -> str:
    """This function will write a share as a percentage, or a dash for none."""
    return percent(value) if value is not None else "-"


def figures(relationship: Relationship) -> dict[str, str]:
    """This function will write the named measures as people read them; a missing one is an empty text."""
    answer = relationship.answer
    if answer is None:
        return {}
    m, facts = answer.measures, relationship.facts
    e_rate = (
        percent(Fraction(m.hourly_rate.minor, facts.hourly.minor))
        if m.hourly_rate and facts.hourly.minor
        else ""
    )
    return {
        "Gross profit": str(m.gross_profit),
        "Agreement gross margin": percent(m.margin) if m.margin is not None else "",
        "Effective hourly rate, formula A: (revenue - tools) / hours": str(m.hourly_rate or ""),
        "Effective hourly rate, formula B: (revenue - retail value) / hours": str(
            m.hourly_rate_retail or ""
        ),
        "E-rate: formula A as a share of the agreed rate": e_rate,
        "Efficiency ratio: labour revenue / value of the hours": (
            two_places(m.efficiency) if m.efficiency is not None else ""
        ),
        "Reactive hours per endpoint and month": (two_places(m.rhem) if m.rhem is not None else ""),
        "After overhead": str(m.after_overhead or ""),
    }


def two_places(number: Fraction) -> str:
    """This function will write a number with two decimal places, rounded half away from zero."""
    hundredths = round_half_away(number * 100)
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"
