"""Nodes -> values of the wanted type, with every problem noted at its line and column.

A problem does not stop the reading: the rest is still looked at, so that an author sees everything that is wrong at
once. Whatever needs a value that could not be read is left unbuilt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import NewType, TypeVar, cast

from groundrules.core.money import Money
from groundrules.core.periods import Interval, Period
from groundrules.readers.case_file import places, scalars
from groundrules.readers.case_file.instants import read_date, read_instant, read_wall_time
from groundrules.readers.case_file.places import (
    AlreadyReported,
    BadValue,
    Node,
    Place,
    Problem,
    nearest,
)
from groundrules.readers.case_file.shapes import (
    Key,
    ManyOf,
    Minutes,
    Record,
    Scalar,
    Shape,
    Span,
    Table,
    Word,
    is_new_type,
    keys_of,
    shape_of,
)

T = TypeVar("T")

_PAIR = 2
_MOST_LISTED = 15


class Reading:
    """What is known while a file is read: its zone, the problems so far, and which names are defined and used where."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self.problems: list[Problem] = []
        self.defined: dict[str, dict[str, Place]] = {}
        self.used: list[tuple[str, str, Place]] = []
        self._places: dict[int, tuple[object, Place]] = {}

    def note(self, place: Place, says: str) -> None:
        """This function will note a problem and let the reading go on."""
        self.problems.append(Problem(place, says))

    def remember(self, value: object, place: Place) -> None:
        """This function will keep the place a record was written at, and the record itself."""
        self._places[id(value)] = (value, place)

    def place_of(self, value: object) -> Place:
        """This function will return the place a record was written at."""
        return self._places[id(value)][1]

    def define(self, kind: str, name: str, place: Place) -> None:
        """This function will note that a name is defined here; a second definition of a unique kind is a problem."""
        known = self.defined.setdefault(kind, {})
        if name in known and kind not in _REPEATABLE:
            self.note(
                place,
                f'{noun_of(kind)} "{name}" stands here a second time; the first is at {known[name]}',
            )
        known.setdefault(name, place)


_REPEATABLE = {"ClauseNumber", "ConditionId"}


def noun_of(kind: str) -> str:
    """This function will say what an identifier names, in the words of the file."""
    words = {
        "TimeEntryId": "work entry",
        "LetterOfAgencyId": "letter of agency",
        "HealthCheckId": "health check",
        "ClauseNumber": "clause",
        "WindowId": "access window",
        "PartyName": "party",
        "Whose": "party",
    }
    return words.get(kind, kind.removesuffix("Id").lower())


def read_as(kind: type[T], node: Node, reading: Reading) -> T:
    """This function will read a node as a type; raises AlreadyReported when something in it was noted as a problem."""
    return cast("T", _read(shape_of(kind), node, reading))


def _read(shape: Shape, node: Node, reading: Reading) -> object:
    return _READERS[type(shape)](shape, node, reading)


def _read_scalar(shape: Shape, node: Node, reading: Reading) -> object:
    kind = cast("Scalar", shape).kind
    scalar = _as_scalar(node)
    if is_new_type(kind) and kind is not Minutes:
        text = scalars.read_text(scalar)
        reading.used.append((cast("NewType", kind).__name__, text, scalar.place))
        return text
    if kind is datetime:
        return read_instant(scalar, reading.zone)
    return _SINGLE[kind](scalar)


def _as_scalar(node: Node) -> places.Scalar:
    if not isinstance(node, places.Scalar):
        found = "a list" if isinstance(node, places.Sequence) else "a block of keys"
        raise BadValue(node.place, f"a single value belongs here, not {found}")
    return node


def _read_word(shape: Shape, node: Node, _reading: Reading) -> object:
    return scalars.read_choice(_as_scalar(node), cast("Word", shape).choices)


def _read_many(shape: Shape, node: Node, reading: Reading) -> object:
    many = cast("ManyOf", shape)
    if not isinstance(node, places.Sequence):
        raise BadValue(
            node.place, "a list belongs here; begin each entry with a dash, or write [a, b]"
        )
    values = [_attempt(many.item, item, reading) for item in node.items]
    if any(value is _FAILED for value in values):
        raise AlreadyReported
    return frozenset(values) if many.as_set else tuple(values)


def _read_table(shape: Shape, node: Node, reading: Reading) -> object:
    table = cast("Table", shape)
    mapping = _as_mapping(node)
    built: dict[object, object] = {}
    for name, entry in mapping.entries.items():
        key = _attempt(table.key, places.Scalar(entry.place, name), reading)
        built[key] = _attempt(table.value, entry.value, reading)
    if _FAILED in built or any(value is _FAILED for value in built.values()):
        raise AlreadyReported
    return built


def _as_mapping(node: Node) -> places.Mapping:
    if not isinstance(node, places.Mapping):
        raise BadValue(node.place, "keys with values belong here, such as `name: Harbor Dental`")
    return node


def _read_span(_shape: Shape, node: Node, reading: Reading) -> object:
    mapping = _as_mapping(node)
    _check_keys(mapping, ("from", "to"), reading)
    start = mapping.get("from")
    if start is None:
        raise BadValue(node.place, "a period needs `from` (and `to`, unless it is still open)")
    end = mapping.get("to")
    last = read_instant(_as_scalar(end), reading.zone) if end is not None else None
    return _period(mapping.place, read_instant(_as_scalar(start), reading.zone), last)


def _period(place: Place, start: datetime, end: datetime | None) -> Period:
    try:
        return Period(start, end)
    except ValueError as error:
        raise BadValue(place, f"`to` must be later than `from`: {error}") from error


def _read_record(shape: Shape, node: Node, reading: Reading) -> object:
    built = cast("Record", shape).built
    mapping = _as_mapping(node)
    keys = keys_of(built)
    complete = _check_keys(mapping, tuple(key.name for key in keys), reading)
    values: dict[str, object] = {}
    for key in keys:
        entry = mapping.entries.get(key.name)
        if entry is None:
            complete = _accept_missing(key, mapping, reading) and complete
            continue
        value = _read_key(key, entry.value, reading)
        complete = complete and value is not _FAILED
        values[key.name] = value
    if not complete:
        raise AlreadyReported
    return _build(built, keys, values, mapping, reading)


def _read_key(key: Key, node: Node, reading: Reading) -> object:
    if isinstance(node, places.Scalar) and node.is_null:
        reading.note(node.place, f"`{key.name}` has no value; write one or leave the key out")
        return _FAILED
    used = len(reading.used)
    value = _attempt(key.shape, node, reading)
    if key.identity and value is not _FAILED:
        kind, name, place = reading.used[used]
        del reading.used[used]
        reading.define(kind, name, place)
    return value


def _accept_missing(key: Key, mapping: places.Mapping, reading: Reading) -> bool:
    if key.required:
        reading.note(mapping.place, f"`{key.name}` is missing here")
    return not key.required


def _build(
    built: type,
    keys: tuple[Key, ...],
    values: dict[str, object],
    mapping: places.Mapping,
    reading: Reading,
) -> object:
    arguments = dict(
        _argument(key, values, mapping.place) for key in keys if _is_given(key, values)
    )
    try:
        value = cast("object", built(**arguments))
    except ValueError as error:
        raise BadValue(mapping.place, str(error)) from error
    reading.remember(value, mapping.place)
    return value


def _is_given(key: Key, values: Mapping[str, object]) -> bool:
    return key.name in values or key.filled_with_none or key.part_of_interval


def _argument(key: Key, values: Mapping[str, object], place: Place) -> tuple[str, object]:
    if key.part_of_interval:
        return key.field, _interval(values, place)
    if key.part_of_period:
        start = cast("datetime", values["from"])
        return key.field, _period(place, start, cast("datetime | None", values.get("to")))
    return key.field, values.get(key.name)


def _interval(values: Mapping[str, object], place: Place) -> Interval:
    exact, between = values.get("at"), values.get("between")
    if (exact is None) == (between is None):
        raise BadValue(place, "write either `at` (a time) or `between` (two times), and not both")
    if exact is not None:
        return Interval.exactly(cast("datetime", exact))
    edges = cast("tuple[datetime, ...]", between)
    if len(edges) != _PAIR or edges[1] < edges[0]:
        raise BadValue(place, "`between` needs two times, the earlier one first")
    return Interval(edges[0], edges[1])


def _check_keys(mapping: places.Mapping, known: tuple[str, ...], reading: Reading) -> bool:
    unknown = [name for name in mapping.entries if name not in known]
    for name in unknown:
        hint = nearest(name, known) or _all_of(known)
        reading.note(mapping.entries[name].place, f'"{name}" is not a key here.{hint}')
    return not unknown


def _all_of(known: tuple[str, ...]) -> str:
    more = ", ..." if len(known) > _MOST_LISTED else ""
    return f" Known here: {', '.join(known[:_MOST_LISTED])}{more}"


_FAILED = object()


def _attempt(shape: Shape, node: Node, reading: Reading) -> object:
    try:
        return _read(shape, node, reading)
    except BadValue as bad:
        reading.problems.append(bad.problem)
    except AlreadyReported:
        pass
    return _FAILED


_SINGLE: dict[object, Callable[[places.Scalar], object]] = {
    str: scalars.read_text,
    int: scalars.read_whole,
    bool: scalars.read_truth,
    date: read_date,
    time: read_wall_time,
    Money: scalars.read_money,
    Fraction: scalars.read_fraction,
    Decimal: scalars.read_decimal,
    Minutes: scalars.read_minutes,
}

_READERS: dict[type, Callable[[Shape, Node, Reading], object]] = {
    Scalar: _read_scalar,
    Word: _read_word,
    ManyOf: _read_many,
    Table: _read_table,
    Span: _read_span,
    Record: _read_record,
}
