"""The figures of profitability as people read them, the same on pages, in the terminal and in files."""

from __future__ import annotations

from fractions import Fraction

from groundrules.core.money import round_half_away
from groundrules.core.profitability.facts import percent
from groundrules.core.profitability.relationship import Relationship

_MINUTE = 60


def hours(seconds: int) -> str:
    """This function will write seconds as hours and minutes (`9 h 30`)."""
    minutes = (seconds + _MINUTE // 2) // _MINUTE
    return f"{minutes // _MINUTE} h {minutes % _MINUTE:02d}"


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
