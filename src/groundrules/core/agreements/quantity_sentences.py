"""The quantities of a version as sentences, and back: rates, rounding, fee, notice, suspension, targets, hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from fractions import Fraction

from groundrules.core.agreements.further_terms import ManagedService, Proration
from groundrules.core.agreements.reading import (
    Cursor,
    UnreadableClause,
    said_fraction,
    said_money,
    said_number,
    said_quoted,
    said_time,
)
from groundrules.core.agreements.terms import (
    FeeTerms,
    NoticeTerms,
    PlaceRounding,
    RateCard,
    RatificationTerms,
    Rounding,
    RoundingDirection,
    RoundingUnit,
    ServiceTarget,
    SuspensionTerms,
)
from groundrules.core.agreements.words import PHRASES, spoken_list
from groundrules.core.calendars import Calendar, HoursBand, OpeningHours, WeekendEve
from groundrules.core.ids import AssetId, ClauseNumber
from groundrules.core.money import Money
from groundrules.core.work import WorkPlace

_BANDS = {words: HoursBand(value) for value, words in PHRASES["band"].items()}
SAID_BANDS = {band: words for words, band in _BANDS.items()}
PLACES = {
    "remotely": WorkPlace.REMOTE,
    "on site": WorkPlace.ON_SITE,
    "while travelling": WorkPlace.TRAVEL,
}
SAID_PLACES = {place: words for words, place in PLACES.items()}
_DIRECTIONS = {
    "rounded up to": RoundingDirection.UP,
    "rounded to the nearest": RoundingDirection.NEAREST,
    "rounded down to": RoundingDirection.DOWN,
}
_SAID_DIRECTIONS = {direction: words for words, direction in _DIRECTIONS.items()}
_UNITS = {
    "entry": RoundingUnit.ENTRY,
    "issue": RoundingUnit.ISSUE,
    "person": RoundingUnit.PERSON,
    "local day": RoundingUnit.LOCAL_DAY,
    "rate band": RoundingUnit.BAND,
}
PRORATIONS = {
    "never divided": Proration.NONE,
    "divided by the days of the month": Proration.ACTUAL_DAYS,
    "divided by 30 days": Proration.FIXED_30_DAYS,
    "divided by the second": Proration.SECONDS,
}
SAID_PRORATIONS = {proration: words for words, proration in PRORATIONS.items()}
_RUNS = {"stopping while suspended": False, "running on while suspended": True}
_RECEIPT = {"a delivery receipt": True, "no delivery receipt": False}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS = {name: index for index, name in enumerate(_DAYS)}
_SERVICES = {service.words: service for service in ManagedService}
_GOES_WITHOUT, _UNTIL_BACK = "; it goes without ", " until it is back"


def said_heading(word: str, clause: ClauseNumber) -> str:
    """This function will open a quantity's sentence: `Rates (clause 4.1): `."""
    return f"{word} (clause {said_number(clause)}): " if clause else f"{word}: "


def read_heading(cursor: Cursor, word: str) -> ClauseNumber:
    """This function will read the opening of a quantity's sentence and return its clause (empty when it names none)."""
    cursor.expect(word)
    number = ClauseNumber("")
    if cursor.skip(" (clause "):
        number = cursor.clause_number()
        cursor.expect(")")
    cursor.expect(": ")
    return number


def say_rates(rates: RateCard) -> str:
    """This function will state the hourly rate and each band's multiplier."""
    parts = [f"an hour costs {said_money(rates.hourly)}"]
    parts += [
        f"{words} {said_fraction(rates.multipliers[band])} times that"
        for band, words in SAID_BANDS.items()
        if band in rates.multipliers
    ]
    return f"{said_heading('Rates', rates.clause)}{'; '.join(parts)}."


def read_rates(cursor: Cursor) -> RateCard:
    """This function will read a rates sentence."""
    clause = read_heading(cursor, "Rates")
    cursor.expect("an hour costs ")
    hourly = cursor.money()
    multipliers: dict[HoursBand, Fraction] = {}
    while cursor.skip("; "):
        band = cursor.choose(bands_unsaid(multipliers))
        cursor.expect(" ")
        multipliers[band] = cursor.fraction()
        cursor.expect(" times that")
    cursor.expect(".")
    return RateCard(hourly, multipliers, clause)


def bands_unsaid(said: Mapping[HoursBand, object]) -> dict[str, HoursBand]:
    """This function will return the phrases of the bands that were not said yet."""
    return {words: band for words, band in _BANDS.items() if band not in said}


def say_rounding(rounding: Rounding) -> str:
    """This function will state how charged time is rounded, per which unit, each band's minimum, and each place's."""
    unit = spoken_list(words for words, unit in _UNITS.items() if unit in rounding.unit)
    parts = [
        (
            f"charged time is {_SAID_DIRECTIONS[rounding.direction]} {rounding.increment_minutes} "
            f"minutes {f'per {unit}' if unit else 'over everything'}"
        )
    ]
    parts += [
        f"{words} at least {rounding.minimum_minutes[band]} minutes"
        for band, words in SAID_BANDS.items()
        if band in rounding.minimum_minutes
    ]
    parts += [
        f"{words} {_said_place(rounding.places[place])}"
        for place, words in SAID_PLACES.items()
        if place in rounding.places
    ]
    return f"{said_heading('Rounding', rounding.clause)}{'; '.join(parts)}."


def _said_place(own: PlaceRounding) -> str:
    least = f", at least {own.minimum_minutes} minutes" if own.minimum_minutes else ""
    return f"to {own.increment_minutes} minutes{least}"


def read_rounding(cursor: Cursor) -> Rounding:
    """This function will read a rounding sentence."""
    clause = read_heading(cursor, "Rounding")
    cursor.expect("charged time is ")
    direction = cursor.choose(_DIRECTIONS)
    cursor.expect(" ")
    increment = cursor.whole()
    cursor.expect(" minutes ")
    every = cursor.choose({"over everything": True, "per ": False})
    unit = frozenset() if every else frozenset(cursor.listed(lambda: cursor.choose(_UNITS)))
    minimum: dict[HoursBand, int] = {}
    places: dict[WorkPlace, PlaceRounding] = {}
    while cursor.skip("; "):
        unsaid = {words: place for words, place in PLACES.items() if place not in places}
        about: dict[str, HoursBand | WorkPlace] = {**bands_unsaid(minimum), **unsaid}
        what = cursor.choose(about)
        if isinstance(what, WorkPlace):
            places[what] = _read_place(cursor)
            continue
        cursor.expect(" at least ")
        minimum[what] = cursor.whole()
        cursor.expect(" minutes")
    cursor.expect(".")
    return Rounding(direction, increment, unit, minimum, clause, places)


def _read_place(cursor: Cursor) -> PlaceRounding:
    cursor.expect(" to ")
    increment = cursor.whole()
    cursor.expect(" minutes")
    if not cursor.skip(", at least "):
        return PlaceRounding(increment)
    least = cursor.whole()
    cursor.expect(" minutes")
    return PlaceRounding(increment, least)


def say_fees(fees: FeeTerms) -> str:
    """This function will state the monthly fee, when it is billed, and how part of a month is divided."""
    runs = next(words for words, value in _RUNS.items() if value is fees.runs_while_suspended)
    parts = [
        (
            f"{said_money(fees.monthly)} per server and month, billed in advance on day "
            f"{fees.billing_day}, {SAID_PRORATIONS[fees.proration]}, {runs}"
        )
    ]
    parts += [
        f"{said_money(fees.per_asset[asset])} for {said_quoted(asset)}"
        for asset in sorted(fees.per_asset)
    ]
    return f"{said_heading('Fee', fees.clause)}{'; '.join(parts)}."


def read_fees(cursor: Cursor) -> FeeTerms:
    """This function will read a fee sentence."""
    clause = read_heading(cursor, "Fee")
    monthly = cursor.money()
    cursor.expect(" per server and month, billed in advance on day ")
    day = cursor.whole()
    cursor.expect(", ")
    proration = cursor.choose(PRORATIONS)
    cursor.expect(", ")
    runs = cursor.choose(_RUNS)
    per_asset: dict[AssetId, Money] = {}
    while cursor.skip("; "):
        amount = cursor.money()
        cursor.expect(" for ")
        per_asset[AssetId(cursor.quoted())] = amount
    cursor.expect(".")
    return FeeTerms(monthly, day, proration, runs, per_asset, clause)


def say_notice(notice: NoticeTerms) -> str:
    """This function will state when a notice by e-mail counts as received."""
    receipt = next(
        words for words, value in _RECEIPT.items() if value is notice.email_needs_receipt
    )
    return (
        f"{said_heading('Notice', notice.clause)}notice by e-mail needs {receipt}; "
        f"after {said_time(notice.cut_off)} it counts as received on the next business day."
    )


def read_notice(cursor: Cursor) -> NoticeTerms:
    """This function will read a notice sentence."""
    clause = read_heading(cursor, "Notice")
    cursor.expect("notice by e-mail needs ")
    receipt = cursor.choose(_RECEIPT)
    cursor.expect("; after ")
    cut_off = cursor.wall_time()
    cursor.expect(" it counts as received on the next business day.")
    return NoticeTerms(clause, receipt, cut_off)


def say_ratification(terms: RatificationTerms) -> str:
    """This function will state until when a request without authority can be ratified."""
    return (
        f"{said_heading('Ratification', terms.clause)}an authorised contact may ratify a request "
        f"until {said_time(terms.by)} on business day {terms.business_days} after it."
    )


def read_ratification(cursor: Cursor) -> RatificationTerms:
    """This function will read a ratification sentence."""
    clause = read_heading(cursor, "Ratification")
    cursor.expect("an authorised contact may ratify a request until ")
    by = cursor.wall_time()
    cursor.expect(" on business day ")
    days = cursor.whole()
    cursor.expect(" after it.")
    return RatificationTerms(clause, days, by)


def say_suspension(terms: SuspensionTerms) -> str:
    """This function will state how a breach suspends a server."""
    breached = f"clause {said_number(terms.breach_of)}" if terms.breach_of else "the agreement"
    return (
        f"{said_heading('Suspension', terms.clause)}a breach of {breached} suspends the server "
        f"after {terms.notice_business_days} business days of notice, from the next opening of "
        f"business{_said_stops(terms)}."
    )


def _said_stops(terms: SuspensionTerms) -> str:
    stops = spoken_list(service.words for service in ManagedService if service in terms.stops)
    return f"{_GOES_WITHOUT}{stops}{_UNTIL_BACK}" if stops else ""


def read_suspension(cursor: Cursor) -> SuspensionTerms:
    """This function will read a suspension sentence."""
    clause = read_heading(cursor, "Suspension")
    cursor.expect("a breach of ")
    whole = cursor.choose({"the agreement": True, "clause ": False})
    breach_of = ClauseNumber("") if whole else cursor.clause_number()
    cursor.expect(" suspends the server after ")
    days = cursor.whole()
    cursor.expect(" business days of notice, from the next opening of business")
    stops: tuple[ManagedService, ...] = ()
    if cursor.skip(_GOES_WITHOUT):
        stops = cursor.listed(lambda: cursor.choose(_SERVICES))
        cursor.expect(_UNTIL_BACK)
    cursor.expect(".")
    return SuspensionTerms(clause, breach_of, days, frozenset(stops))


def say_target(target: ServiceTarget) -> str:
    """This function will state a promised time for a priority."""
    return (
        f"{said_heading('Target', target.clause)}priority {said_quoted(target.priority)} is "
        f"solved within {target.minutes} business minutes."
    )


def read_target(cursor: Cursor) -> ServiceTarget:
    """This function will read a target sentence."""
    clause = read_heading(cursor, "Target")
    cursor.expect("priority ")
    priority = cursor.quoted()
    cursor.expect(" is solved within ")
    minutes = cursor.whole()
    cursor.expect(" business minutes.")
    return ServiceTarget(priority, minutes, clause)


def say_hours(calendar: Calendar) -> str:
    """This function will state the business hours, holidays and weekend of a calendar."""
    parts = [f"local time of {said_quoted(calendar.zone)}"]
    if calendar.hours:
        parts.append(f"open {spoken_list(_said_opening(hours) for hours in calendar.hours)}")
    if calendar.holidays:
        days = spoken_list(day.isoformat() for day in sorted(calendar.holidays))
        parts.append(f"closed on {days}")
    if calendar.weekend_days:
        parts.append(f"weekend is {spoken_list(_DAYS[d] for d in sorted(calendar.weekend_days))}")
    if calendar.separate_weekend:
        parts.append(f"weekends priced apart{_said_eve(calendar.weekend_eve)}")
    elif calendar.weekend_eve is not None:
        message = (
            "a weekend can begin early only where weekends are priced apart; say both or neither"
        )
        raise UnreadableClause(message)
    parts += ["Sundays priced apart"] * calendar.separate_sunday
    parts += ["holidays priced apart"] * calendar.separate_holiday
    return f"Hours: {'; '.join(parts)}."


def _said_eve(eve: WeekendEve | None) -> str:
    return f" from {_DAYS[eve.weekday]} {said_time(eve.at)}" if eve else ""


def _said_opening(hours: OpeningHours) -> str:
    return f"{_DAYS[hours.weekday]} {said_time(hours.opens)} to {said_time(hours.closes)}"


def read_hours(cursor: Cursor) -> Calendar:
    """This function will read an hours sentence."""
    cursor.expect("Hours: local time of ")
    zone = cursor.quoted()
    hours: tuple[OpeningHours, ...] = ()
    holidays: tuple[date, ...] = ()
    weekend: tuple[int, ...] = ()
    if cursor.skip("; open "):
        hours = cursor.listed(lambda: _read_opening(cursor))
    if cursor.skip("; closed on "):
        holidays = cursor.listed(cursor.day)
    if cursor.skip("; weekend is "):
        weekend = cursor.listed(lambda: cursor.choose(_WEEKDAYS))
    weekends = cursor.skip("; weekends priced apart")
    eve = _read_eve(cursor) if weekends and cursor.skip(" from ") else None
    sundays = cursor.skip("; Sundays priced apart")
    apart = weekends, cursor.skip("; holidays priced apart")
    cursor.expect(".")
    return Calendar(zone, hours, frozenset(holidays), *apart, frozenset(weekend), eve, sundays)


def _read_eve(cursor: Cursor) -> WeekendEve:
    weekday = cursor.choose(_WEEKDAYS)
    cursor.expect(" ")
    return WeekendEve(weekday, cursor.wall_time())


def _read_opening(cursor: Cursor) -> OpeningHours:
    weekday = cursor.choose(_WEEKDAYS)
    cursor.expect(" ")
    opens: time = cursor.wall_time()
    cursor.expect(" to ")
    return OpeningHours(weekday, opens, cursor.wall_time())
