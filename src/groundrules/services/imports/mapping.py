"""How a foreign table's columns become our fields: found by their usual headings, or said in a mapping file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from groundrules.core.periods import (
    ImpossibleLocalTime,
    Period,
    local_instant,
    start_of_local_day,
    utc,
)
from groundrules.services.imports.fields import Kind

_KEYS = {"zone", "currency", "instants", "prefix", "columns", "values", "constants"}
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?")
# What of a form says the hour; a form without any reads every instant as midnight.
_HOURS = ("%H", "%I", "%X", "%c")
_HOUR = 3600
_NEXT_DAY = timedelta(days=1)
_TOO_LONG = 100


class MappingRefused(ValueError):
    """A mapping file is not in its form, names what there is none of, or leaves a needed field without a column."""


class RowRefused(ValueError):
    """A cell cannot be read; the message names its field and what to write."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """Which column each field is in, what stands for foreign words, and how instants without a zone are read."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    zone: str = ""
    currency: str = ""
    instants: str = ""
    prefix: str = "EXT"


def read_mapping_file(raw: bytes) -> Mapped:
    """This function will read a mapping file (TOML); raises MappingRefused."""
    try:
        told = tomllib.loads(raw.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        message = f"the mapping file is not TOML: {wrong}"
        raise MappingRefused(message) from wrong
    strange = set(told) - _KEYS
    if strange:
        message = f"the mapping file says {', '.join(sorted(strange))}; it knows {', '.join(sorted(_KEYS))}"
        raise MappingRefused(message)
    texts = {
        name: told[name] for name in ("zone", "currency", "instants", "prefix") if name in told
    }
    tables = {name: told.get(name, {}) for name in ("columns", "constants")}
    values = told.get("values", {})
    if not all(isinstance(one, str) for one in texts.values()):
        message = "zone, currency, instants and prefix are written in quotation marks"
        raise MappingRefused(message)
    if not all(_is_texts(one) for one in (*tables.values(), *_tables(values))):
        message = "columns, constants and each of values are tables of texts"
        raise MappingRefused(message)
    return Mapped(values=values, **tables, **texts)


def _tables(told: Any) -> list[Any]:  # noqa: ANN401 - whatever the file says
    return list(told.values()) if isinstance(told, dict) else [None]


def _is_texts(told: Any) -> bool:  # noqa: ANN401 - whatever the file says
    return isinstance(told, dict) and all(isinstance(one, str) for one in told.values())


def mapped(kind: Kind, mapping: Mapped, columns: Iterable[str]) -> dict[str, str]:
    """This function will return the column of each field that has one; raises MappingRefused."""
    there = {_plain(name): name for name in columns}
    _refuse_unknown(kind, mapping, there)
    found = guessed(kind, mapping, columns)
    missing = [
        one.name
        for one in kind.fields
        if one.needed and one.name not in found and one.name not in mapping.constants
    ]
    if missing:
        message = (
            f"no column is known for {', '.join(missing)}; the file has {', '.join(there.values())}. Choose the "
            "column of each below (a mapping file: [columns])"
        )
        raise MappingRefused(message)
    return found


def guessed(kind: Kind, mapping: Mapped, columns: Iterable[str]) -> dict[str, str]:
    """This function will return the column of each field, said or found by its heading, as far as the file has it.

    A field that is said to be in no column (an empty text) is not looked for. What an earlier field of the kind was
    found in is not guessed again: some programs call the client a site.
    """
    there = {_plain(name): name for name in columns}
    found: dict[str, str] = {}
    for one in kind.fields:
        said = mapping.columns.get(one.name)
        usual = (one.name.replace("_", " "), *one.headings) if said is None else (_plain(said),)
        taken = () if said is not None else found.values()
        columns_there = (there[name] for name in usual if name in there)
        column = next((one for one in columns_there if one not in taken), "")
        if column:
            found[one.name] = column
    return found


def _refuse_unknown(kind: Kind, mapping: Mapped, there: Mapping[str, str]) -> None:
    fields = {one.name for one in kind.fields}
    strange = (set(mapping.columns) | set(mapping.constants) | set(mapping.values)) - fields
    if strange:
        message = f"{kind.name} have no field {', '.join(sorted(strange))}; they have {', '.join(sorted(fields))}"
        raise MappingRefused(message)
    absent = [name for name in mapping.columns.values() if name and _plain(name) not in there]
    if absent:
        message = f"the file has no column {', '.join(absent)}; it has {', '.join(there.values())}"
        raise MappingRefused(message)


def fields_of(
    kind: Kind, mapping: Mapped, columns: Mapping[str, str], cells: Mapping[str, str]
) -> dict[str, str]:
    """This function will return a row's fields; raises RowRefused when a needed one is empty."""
    told = {}
    for one in kind.fields:
        said = cells.get(columns.get(one.name, ""), "") or mapping.constants.get(one.name, "")
        told[one.name] = mapping.values.get(one.name, {}).get(said, said)
        if one.needed and not told[one.name]:
            message = f"{one.name} is empty"
            raise RowRefused(message)
    return told


def instant_in(
    text: str, name: str, zone: str, form: str, later: timedelta = timedelta(0)
) -> datetime:
    """This function will read an instant; one without a zone is local time of `zone`. Raises RowRefused."""
    try:
        read = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - made aware below
        moment = read + later
        return utc(moment) if moment.tzinfo else local_instant(zone, moment)
    except ImpossibleLocalTime as wrong:
        message = f"{name}: {text!r} is no time there is in {zone} ({wrong}); write it with its offset, such as -07:00"
        raise RowRefused(message) from wrong
    except ValueError as wrong:
        form_said = f"written as {form}" if form else "a time"
        message = (
            f"{name}: {text!r} is not {form_said}; write 2026-03-01 14:30, or say how times are written, such as "
            "%m/%d/%Y %H:%M (a mapping file: instants)"
        )
        raise RowRefused(message) from wrong


def worked_in(told: Mapping[str, str], zone: str, form: str) -> Period:
    """This function will read when work was done: two instants, or one and a length, or a day and times of it.

    Times of day alone belong to the row's `day`; an end that is not after its start is the next day's. Raises
    RowRefused for a row that says no hour: midnight would be charged as work after hours.
    """
    start = _instant_of(told["started_at"], told["day"], "started_at", zone, form)
    if told["ended_at"]:
        end = _instant_of(told["ended_at"], told["day"], "ended_at", zone, form)
        if end <= start and _TIME_OF_DAY.fullmatch(told["ended_at"]):
            end = _instant_of(told["ended_at"], told["day"], "ended_at", zone, form, _NEXT_DAY)
    elif told["hours"]:
        end = start + length_in(told["hours"])
    else:
        message = "say ended_at or hours"
        raise RowRefused(message)
    if not timedelta(0) < end - start <= timedelta(days=1):
        message = "the work must end after it began, and within 24 hours"
        raise RowRefused(message)
    return Period(start, end)


def _instant_of(
    text: str, day: str, name: str, zone: str, form: str, later: timedelta = timedelta(0)
) -> datetime:
    said = f"{day} {text}" if day and _TIME_OF_DAY.fullmatch(text) else text
    if says_no_hour(said, form):
        message = (
            f"{name}: {text!r} says no time of day, and the hour decides what work costs; name its column, "
            'or say one for all rows: [constants] started_at = "09:00", with the date as the column of day'
        )
        raise RowRefused(message)
    return instant_in(said, name, zone, form, later)


def says_no_hour(text: str, form: str) -> bool:
    """This function will say whether an instant is a day alone, by itself or by the form it is read by."""
    return not any(mark in form for mark in _HOURS) if form else bool(_DAY.fullmatch(text))


def span_in(text: str, name: str, zone: str, form: str) -> Period:
    """This function will read an instant as its minute, or a day as the whole local day; raises RowRefused."""
    if says_no_hour(text, form):
        try:
            day = datetime.strptime(text, form).date() if form else date.fromisoformat(text)  # noqa: DTZ007 - a day
        except ValueError as wrong:
            message = f"{name}: {text!r} is no day"
            raise RowRefused(message) from wrong
        return Period(
            start_of_local_day(zone, day), start_of_local_day(zone, day + timedelta(days=1))
        )
    start = instant_in(text, name, zone, form)
    return Period(start, start + timedelta(minutes=1))


def length_in(text: str) -> timedelta:
    """This function will read a length of work, `1.25` hours or `1:15`; raises RowRefused."""
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        found = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    else:
        try:
            said = min(Decimal(text.replace(",", ".")), Decimal(_TOO_LONG))
            whole = (said * _HOUR).quantize(Decimal(1), ROUND_HALF_UP)
            found = timedelta(seconds=int(whole))
        except (InvalidOperation, ValueError, OverflowError) as wrong:
            message = f"hours: {text!r} is no length; write 1.25 or 1:15"
            raise RowRefused(message) from wrong
    if not timedelta(0) < found <= timedelta(days=1):
        message = f"hours: {text!r} must be more than nothing, and 24 at most"
        raise RowRefused(message)
    return found


def _plain(heading: str) -> str:
    return " ".join(heading.replace("_", " ").split()).lower()
