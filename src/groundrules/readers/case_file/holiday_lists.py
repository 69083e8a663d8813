"""A country's official holidays, written out as dates when a case is read; no decision ever looks one up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import cast

_PACKAGE = "holidays"


class UnknownHolidays(ValueError):
    """A country or subdivision has no list of official holidays."""


@dataclass(frozen=True, slots=True)
class HolidayRequest:
    """Which official holidays are wanted: ISO 3166 country code, subdivision code or nothing, and years."""

    country: str
    subdivision: str
    years: tuple[int, ...]


def expand(request: HolidayRequest) -> frozenset[date]:
    """This function will list the official holidays asked for, days observed instead of a weekend included.

    Raises UnknownHolidays when the country, the subdivision or the years are not known.
    """
    # Loading the lists takes half a second; only a case that names a country pays for it.
    package = import_module(_PACKAGE)
    listing = cast("Callable[..., dict[date, str]]", package.country_holidays)
    try:
        found = listing(
            request.country, subdiv=request.subdivision or None, years=list(request.years)
        )
    except NotImplementedError as error:
        where = f"{request.country} {request.subdivision}".strip()
        raise UnknownHolidays(
            f'no official holidays are known for "{where}"; write an ISO code such as US or DE, or list `dates`'
        ) from error
    return frozenset(found)
