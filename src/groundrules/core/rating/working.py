"""The working behind an amount, in lines a client can check with a clock and a pocket calculator.

Every stretch of work is shown in the site's zone; every step (exact minutes, charged time, price, amount) is printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from groundrules.core.agreements.words import spoken_list
from groundrules.core.money import Money
from groundrules.core.periods import Period, utc
from groundrules.core.rating.answers import Charge

_HOUR = 60


def hours_label(minutes: int) -> str:
    """This function will write charged minutes as hours when two decimals are exact (`1.50 h`), else as `50 min`."""
    hundredths, rest = divmod(minutes * 100, _HOUR)
    return f"{minutes} min" if rest else f"{hundredths // 100}.{hundredths % 100:02d} h"


def minutes_label(seconds: int) -> str:
    """This function will write exact worked time: `85 min`, or `85 min 30 s` when seconds remain."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def _wall(moment: datetime, zone: str) -> tuple[str, str]:
    """The clock time and zone name, without strftime: a million lines are written at month end."""
    local = utc(moment).astimezone(ZoneInfo(zone))
    seconds = f":{local.second:02d}" if local.second else ""
    return f"{local.hour:02d}:{local.minute:02d}{seconds}", local.tzname() or ""


def _closing(end: datetime, zone: str) -> tuple[str, str]:
    """Midnight closes the day that ends: 24:00 of the day before, in that day's own zone name."""
    wall, name = _wall(end, zone)
    if wall != "00:00":
        return wall, name
    return "24:00", _wall(end - timedelta(seconds=1), zone)[1]


def clock_label(period: Period, zone: str) -> str:
    """This function will write a closed period of one local day: `22:35-24:00 PST`, `01:30 PST-03:30 PDT`."""
    start, start_zone = _wall(period.start, zone)
    end, end_zone = _closing(period.end or period.start, zone)
    if start_zone == end_zone:
        return f"{start}-{end} {end_zone}"
    return f"{start} {start_zone}-{end} {end_zone}"


def day_label(period: Period, zone: str, style: str = "%a %Y-%m-%d") -> str:
    """This function will write the local day a period begins on: `Tue 2007-02-20`."""
    return period.start.astimezone(ZoneInfo(zone)).strftime(style)


def spans_label(spans: Iterable[Period], zone: str) -> str:
    """This function will write stretches of work: `Mon 2026-03-02 09:00-09:05 EST and 10:00-10:08 EST`."""
    days: dict[str, list[str]] = {}
    for span in spans:
        days.setdefault(day_label(span, zone), []).append(clock_label(span, zone))
    return spoken_list([f"{day} {spoken_list(clocks)}" for day, clocks in days.items()])


def exact_label(spans: tuple[Period, ...]) -> str:
    """This function will add up stretches of work in words: `5 min + 8 min + 20 min = 33 min`."""
    total = minutes_label(sum(span.seconds for span in spans))
    if len(spans) == 1:
        return total
    return f"{' + '.join(minutes_label(span.seconds) for span in spans)} = {total}"


def charged_label(minutes: int, minimum: int) -> str:
    """This function will write charged time, saying so when the agreed minimum decided it."""
    label = hours_label(minutes)
    return f"{label} (the agreed minimum)" if minimum and minutes == minimum else label


def together(charges: tuple[Charge, ...], zone: str, rule: str) -> str:
    """This function will explain the charges of one piece of work in a single line.

    `22:35-24:00 PST Tue and 00:00-01:50 PST Wed are different local days: 85 min -> 1.50 h, 110 min -> 2.00 h at
    $300.00 = $1,050.00; rounding up to 15 min per ...`. `charges` must not be empty and must share a currency.
    """
    pieces = [
        f"{clock_label(span, zone)} {day_label(span, zone, '%a')}"
        for c in charges
        for span in c.spans
    ]
    prices = {str(c.hourly) for c in charges}
    same = len(prices) == 1
    steps = [
        f"{minutes_label(c.seconds)} -> {hours_label(c.minutes_charged)}{'' if same else f' x {c.hourly}'}"
        for c in charges
    ]
    amount = sum((c.amount for c in charges), Money.zero(charges[0].amount.currency))
    at = f" at {prices.pop()}" if same else ""
    return f"{spoken_list(pieces)}{_why_apart(charges)}: {', '.join(steps)}{at} = {amount}; {rule}"


def _why_apart(charges: tuple[Charge, ...]) -> str:
    """Says what keeps two charges apart, so nobody wonders why the minutes were not added first."""
    if len(charges) == 1:
        return ""
    differing: dict[str, set[object]] = {
        "local days": {c.key.local_day for c in charges},
        "people": {c.key.technician for c in charges},
        "issues": {c.key.issue for c in charges},
        "rate bands": {c.key.band for c in charges},
        "prices": {c.hourly for c in charges},
        "time entries": {c.key.entry for c in charges},
    }
    found = [name for name, values in differing.items() if len(values) > 1]
    return f" are different {spoken_list(found)}" if found else ""
