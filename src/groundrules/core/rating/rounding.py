"""Rounding of charged time: direction, increment and minimum, applied once to each rounding unit.

Only charged time is rounded. Covered time is shown as it was worked, because rounding it up would inflate its value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from groundrules.core.agreements.terms import Rounding, RoundingDirection, RoundingUnit
from groundrules.core.agreements.words import spoken_list
from groundrules.core.calendars import HoursBand

_SECONDS = 60
_UNIT_WORDS = {
    RoundingUnit.ENTRY: "time entry",
    RoundingUnit.ISSUE: "issue",
    RoundingUnit.PERSON: "person",
    RoundingUnit.LOCAL_DAY: "local day",
    RoundingUnit.BAND: "rate band",
}
_DIRECTION_WORDS = {
    RoundingDirection.UP: "up to",
    RoundingDirection.NEAREST: "to the nearest",
    RoundingDirection.DOWN: "down to",
}


class ImpossibleIncrement(ValueError):
    """A rounding increment is not a positive number of minutes."""


def rounded_minutes(seconds: int, rounding: Rounding) -> int:
    """This function will round exact seconds to whole increments, in minutes.

    A tie of NEAREST goes up. Raises ImpossibleIncrement when the increment is below one minute.
    """
    increment = rounding.increment_minutes
    if increment < 1:
        message = f"a rounding increment of {increment} min cannot be applied; agree on one minute or more"
        raise ImpossibleIncrement(message)
    step = increment * _SECONDS
    by_direction = {
        RoundingDirection.UP: -(-seconds // step),
        RoundingDirection.NEAREST: (2 * seconds + step) // (2 * step),
        RoundingDirection.DOWN: seconds // step,
    }
    return by_direction[rounding.direction] * increment


def minimum_minutes(bands: Iterable[HoursBand], rounding: Rounding) -> int:
    """This function will return the largest minimum agreed for any of the bands, in minutes (0 when none is)."""
    return max((rounding.minimum_minutes.get(band, 0) for band in bands), default=0)


def minutes_in_turn(
    worked: Iterable[int], rounding: Rounding, bands: Iterable[HoursBand]
) -> tuple[int, ...]:
    """This function will divide a unit's rounded minutes over its parts in time order; they add up to the whole.

    Each part gets what it adds to the rounded sum so far, so an increment or a minimum that has begun is charged once,
    to the part it began in.
    """
    minimum = minimum_minutes(bands, rounding)
    seconds = charged = 0
    shares = []
    for part in worked:
        seconds += part
        reached = max(rounded_minutes(seconds, rounding), minimum)
        shares.append(reached - charged)
        charged = reached
    return tuple(shares)


def goes_on(versions: Sequence[int]) -> bool:
    """This function will say whether parts of one unit are rounded together: several versions, each with one price."""
    return 1 < len(set(versions)) == len(versions)


def rule_in_words(rounding: Rounding) -> str:
    """This function will name a rule: `rounding up to 15 min per issue and person (clause 5.2)`."""
    units = [_UNIT_WORDS[unit] for unit in RoundingUnit if unit in rounding.unit]
    per = f" per {spoken_list(units)}" if units else ""
    clause = f" (clause {rounding.clause})" if rounding.clause else ""
    direction = _DIRECTION_WORDS[rounding.direction]
    return f"rounding {direction} {rounding.increment_minutes} min{per}{clause}"
