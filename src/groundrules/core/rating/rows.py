"""Rating by volume, row by row: the same decisions and charges as `decide` and `rate`, without their words.

This is the definition the column engine is held to, to the cent. A row is a stretch of one time entry in which the
kind of work, its cause, who asked and what is on record stay the same; everything else is cut here.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple, cast

from groundrules.core.agreements.facts import Outcome
from groundrules.core.agreements.terms import Rounding, RoundingUnit
from groundrules.core.calendars import HoursBand
from groundrules.core.coverage.columns import OUTCOMES, weight_of
from groundrules.core.rating.answers import Beside
from groundrules.core.rating.beside import BesideTerms, Found, Stretch, found_beside
from groundrules.core.rating.plans import (
    BANDS,
    NO_VERSION,
    PLACES,
    AgreementPlan,
    AssetSpans,
    VersionPlan,
)
from groundrules.core.rating.rounding import goes_on, minutes_in_turn

APART = -1
FAR = 2**62
_APART_BY = (
    RoundingUnit.ISSUE,
    RoundingUnit.PERSON,
    RoundingUnit.LOCAL_DAY,
    RoundingUnit.BAND,
    RoundingUnit.ENTRY,
)
_BILLABLE = OUTCOMES.index(Outcome.BILLABLE)
_WAITING = OUTCOMES.index(Outcome.NEEDS_PERSON)
_STATE, _BAND = weight_of("state"), weight_of("band")
_BANDS = len(BANDS)
_BESIDES = tuple(Beside)


class WorkRow(NamedTuple):
    """Work as integers. `facts` is `columns.encode_facts`; `asset` a place in the agreement's plan; times are UTC.

    `place` is where it was done (a place in `PLACES`). `request` and `asked` (-1: none) name an authorised request for
    work that had not begun, and when it came.
    """

    entry: int
    agreement: int
    asset: int
    technician: int
    issue: int
    start: int
    end: int
    facts: int
    place: int = 0
    request: int = APART
    asked: int = APART


class UnitKey(NamedTuple):
    """The rounding unit of a charge and its price; -1 stands for what the agreement does not keep apart."""

    agreement: int
    issue: int
    technician: int
    day: int
    band: int
    entry: int
    hourly: int
    version: int
    place: int = APART


class BesideKey(NamedTuple):
    """What is charged beside time: a trip by its person and day (-1: any issue), or short notice by its request."""

    agreement: int
    beside: int
    technician: int
    day: int
    issue: int
    request: int
    version: int


# One line of work at 0.00: the entry, its local day, the clause (a place), the hourly price and the outcome. A plain
# tuple, because there is one for nearly every entry.
LineKey = tuple[int, ...]


class Charged(NamedTuple):
    """What one rounding unit comes to: exact seconds, minutes after rounding, and minor units."""

    seconds: int
    minutes: int
    amount: int


@dataclass(slots=True)
class Rated:
    """All answers: charges by unit and beside time, seconds and value of work at 0.00 by line, seconds that wait."""

    charges: dict[UnitKey, Charged] = field(default_factory=dict)
    lines: dict[LineKey, tuple[int, int]] = field(default_factory=dict)
    waiting: dict[int, int] = field(default_factory=dict)
    beside: dict[BesideKey, int] = field(default_factory=dict)


# A stretch that something may be charged beside: agreement, version, entry, technician, issue, day, start, until,
# place, outcome, request and when that came.
StretchRow = tuple[int, ...]


@dataclass(slots=True)
class _Sums:
    """Seconds gathered so far; a unit also keeps its first instant and its bands (one bit each)."""

    units: dict[tuple[int, ...], list[int]] = field(default_factory=dict)
    lines: dict[LineKey, int] = field(default_factory=dict)
    waiting: dict[int, int] = field(default_factory=dict)
    stretches: list[StretchRow] = field(default_factory=list)


def price(hourly: int, seconds: int) -> int:
    """This function will price exact seconds in minor units: multiply first, divide once, half away from zero."""
    return (2 * hourly * seconds + 3600) // 7200


def rate_rows(rows: Iterable[WorkRow], plans: Sequence[AgreementPlan]) -> Rated:
    """This function will decide and rate every row under its agreement's plan, whatever order they come in.

    A row must lie within the plans' horizon and have a length; raises IndexError for an agreement without a plan.
    """
    sums = _Sums()
    looked_up = [
        [_under(plan.counted_as(place), place, v) for place, v in enumerate(plan.versions)]
        for plan in plans
    ]
    for row in rows:
        _walk_spans(row, plans[row[1]].assets[row[2]], looked_up[row[1]], sums)
    return _rated(sums, plans)


class _Under(NamedTuple):
    """What a version's hours are walked with; opened once, because attribute look-ups are what costs here."""

    place: int
    starts: tuple[int, ...]
    bands: tuple[int, ...]
    days: tuple[int, ...]
    outcomes: array[int]
    winners: array[int]
    prices: tuple[int, ...]
    flags: tuple[bool, ...]
    own: int
    has_beside: bool


def _under(place: int, own: int, version: VersionPlan) -> _Under:
    hours, table = version.stretches, version.table
    by_unit = (unit in version.rounding.unit for unit in _APART_BY)
    flags = (*by_unit, bool(version.rounding.places))
    return _Under(
        place,
        (*hours.starts, FAR),
        hours.bands,
        hours.days,
        table.outcomes,
        table.winners,
        version.prices,
        flags,
        own,
        version.beside.says_something,
    )


def _walk_spans(row: WorkRow, spans: AssetSpans, versions: list[_Under], sums: _Sums) -> None:
    """Cuts a row where the server's version or state changes."""
    starts, start, end = spans.starts, row[5], row[6]
    place, last = bisect_right(starts, start) - 1, len(starts) - 1
    while start < end:
        stop = end if place == last or starts[place + 1] >= end else starts[place + 1]
        version = spans.versions[place]
        if version == NO_VERSION:
            sums.waiting[row[0]] = sums.waiting.get(row[0], 0) + stop - start
        else:
            code = row[7] + spans.states[place] * _STATE
            _walk_hours(row, start, stop, code, versions[version], sums)
        start, place = stop, place + 1


def _walk_hours(row: WorkRow, start: int, end: int, code: int, under: _Under, sums: _Sums) -> None:
    """Cuts a stretch where the hours band or the local day changes, and adds each piece to what it belongs to."""
    place, starts, bands, days, outcomes, winners, prices, flags, own, has_beside = under
    at = bisect_right(starts, start) - 1
    code %= len(outcomes)
    while start < end:
        stop = min(starts[at + 1], end)
        band = bands[at]
        cell = code + band * _BAND
        outcome = outcomes[cell]
        if has_beside:
            sums.stretches.append(_stretch_row(row, own, days[at], (start, stop), outcome))
        if outcome == _WAITING:
            sums.waiting[row[0]] = sums.waiting.get(row[0], 0) + stop - start
        else:
            winner = winners[cell]
            hourly = prices[winner * _BANDS + band]
            if outcome == _BILLABLE:
                key = _unit_key(row, days[at], band, flags, (hourly, place))
                _add_unit(sums.units, key, start, stop - start, 1 << band)
            else:
                line = (row[0], days[at], winner, hourly, outcome)
                sums.lines[line] = sums.lines.get(line, 0) + stop - start
        start, at = stop, at + 1


def _stretch_row(
    row: WorkRow, version: int, day: int, when: tuple[int, int], outcome: int
) -> StretchRow:
    entry, agreement, _, technician, issue, _, _, _, place, request, asked = row
    return agreement, version, entry, technician, issue, day, *when, place, outcome, request, asked


def _unit_key(
    row: WorkRow, day: int, band: int, flags: tuple[bool, ...], priced: tuple[int, int]
) -> tuple[int, ...]:
    by_issue, by_person, by_day, by_band, by_entry, by_place = flags
    return (
        row[1],
        row[4] if by_issue else APART,
        row[3] if by_person else APART,
        day if by_day else APART,
        band if by_band else APART,
        row[0] if by_entry else APART,
        *priced,
        row[8] if by_place else APART,
    )


def _add_unit(
    units: dict[tuple[int, ...], list[int]],
    key: tuple[int, ...],
    start: int,
    seconds: int,
    band: int,
) -> None:
    known = units.get(key)
    if known is None:
        units[key] = [seconds, start, band]
    else:
        known[0] += seconds
        known[1] = min(known[1], start)
        known[2] |= band


def _rated(sums: _Sums, plans: Sequence[AgreementPlan]) -> Rated:
    parts: dict[tuple[int, ...], list[tuple[tuple[int, ...], list[int]]]] = {}
    rated = Rated(waiting=sums.waiting)
    for key, known in sums.units.items():
        plan = plans[key[0]]
        if len(plan.versions) == 1:
            rounding = rounding_at(plan.versions[0], key)
            rated.charges[UnitKey(*key)] = charge_alone(key[6], known[0], known[2], rounding)
        else:
            parts.setdefault((*key[:6], key[8], known[2]), []).append((key, known))
    for found in parts.values():
        found.sort(key=lambda part: part[1][1])
        rated.charges.update(charge_together(found, plans[found[0][0][0]].versions))
    rated.lines = {
        line: (seconds, (2 * line[3] * seconds + 3600) // 7200)
        for line, seconds in sums.lines.items()
    }
    rated.beside = beside_of(sums.stretches, plans)
    return rated


def rounding_at(version: VersionPlan, key: Sequence[int]) -> Rounding:
    """This function will return the rule a unit is rounded by: the version's own, or its place's."""
    return version.rounding.at(None if key[8] == APART else PLACES[key[8]])


def beside_of(
    stretches: Iterable[StretchRow], plans: Sequence[AgreementPlan]
) -> dict[BesideKey, int]:
    """This function will price trips and short notice, by the definition the full decisions use."""
    found: dict[BesideKey, int] = {}
    by_agreement: dict[int, list[Stretch]] = {}
    for row in stretches:
        by_agreement.setdefault(row[0], []).append(_stretch(row))
    for agreement, several in by_agreement.items():
        terms = [version.beside for version in plans[agreement].versions]
        for one in found_beside(several, partial(_terms_at, terms)):
            found[_beside_key(agreement, one)] = one.amount.minor
    return found


def _terms_at(terms: Sequence[BesideTerms], stretch: Stretch) -> BesideTerms:
    return terms[stretch.version]


def _stretch(row: StretchRow) -> Stretch:
    _, version, entry, technician, issue, day, start, until, place, outcome, request, asked = row
    return Stretch(
        entry=entry,
        technician=technician,
        issue=issue,
        day=day,
        start=start,
        until=until,
        place=PLACES[place],
        outcome=OUTCOMES[outcome],
        version=version,
        request=request,
        asked=None if asked == APART else asked,
    )


def _beside_key(agreement: int, found: Found) -> BesideKey:
    first, is_trip = found.first, found.beside is Beside.TRIP
    return BesideKey(
        agreement,
        _BESIDES.index(found.beside),
        _number(first.technician),
        _number(first.day),
        _number(first.issue) if found.per_issue else APART,
        APART if is_trip else _number(first.request),
        first.version,
    )


def _number(name: Hashable) -> int:
    """A name as this form of rating knows it."""
    return cast("int", name)


def charge_alone(hourly: int, seconds: int, mask: int, rounding: Rounding) -> Charged:
    """This function will round and price one unit under one version."""
    (minutes,) = minutes_in_turn((seconds,), rounding, _bands(mask))
    return Charged(seconds, minutes, price(hourly, minutes * 60))


def charge_together(
    parts: Sequence[tuple[tuple[int, ...], list[int]]], versions: Sequence[VersionPlan]
) -> dict[UnitKey, Charged]:
    """This function will round a unit's parts (in time order): once when they span versions, else each alone.

    Two prices of one version (of two clauses, or before and after a yearly rise) are kept apart.
    """
    if not goes_on([versions[key[7]].number for key, _ in parts]):
        return {
            UnitKey(*key): charge_alone(
                key[6], known[0], known[2], rounding_at(versions[key[7]], key)
            )
            for key, known in parts
        }
    opening, known = parts[0]
    minutes = minutes_in_turn(
        [part[0] for _, part in parts],
        rounding_at(versions[opening[7]], opening),
        _bands(known[2]),
    )
    return {
        UnitKey(*key): Charged(part[0], share, price(key[6], share * 60))
        for (key, part), share in zip(parts, minutes, strict=True)
    }


def _bands(mask: int) -> tuple[HoursBand, ...]:
    return tuple(band for place, band in enumerate(BANDS) if mask >> place & 1)
