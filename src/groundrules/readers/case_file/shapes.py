"""What each type of value looks like in a case file, taken from the types themselves.

A case file is written in the core's own words: the keys of a record are the fields of its dataclass, so the file
format, its JSON Schema and the core can't drift apart. Two fields are written in their parent for readability:
`period` as `from` and `to`, and `interval` as `at` or `between`.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from types import UnionType
from typing import NewType, Union, get_args, get_origin, get_type_hints

from groundrules.core.evidence import Citation
from groundrules.core.money import Money
from groundrules.core.periods import Interval, Period

Minutes = NewType("Minutes", int)
"""A duration, written `15 min` or `1 h 30 min`."""

PartyName = NewType("PartyName", str)
"""Who an account belongs to: `provider`, `client`, `consultant`, `system`, or a vendor's id."""

Whose = NewType("Whose", str)
"""Whose a change is expected to be: a party as for an account, or `nobody` when none may be named."""

_IDENTITIES = {"id", "number"}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value of one type: `kind` is the Python type or NewType it is read as."""

    kind: object


@dataclass(frozen=True, slots=True)
class Word:
    """One of the fixed words of an enumeration."""

    choices: type[StrEnum]


@dataclass(frozen=True, slots=True)
class ManyOf:
    """A list; `as_set` when order and repetition mean nothing."""

    item: Shape
    as_set: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping from names the author chooses to values of one shape."""

    key: Shape
    value: Shape


@dataclass(frozen=True, slots=True)
class Span:
    """A period written as `from` and `to`."""


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys, read into a dataclass."""

    built: type


Shape = Scalar | Word | ManyOf | Table | Span | Record


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record: the dataclass field it fills, its shape, and whether it may be left out."""

    name: str
    field: str
    shape: Shape
    required: bool
    identity: bool = False
    filled_with_none: bool = False

    @property
    def part_of_interval(self) -> bool:
        """True for `at` and `between`, which together say when something happened."""
        return self.name in {"at", "between"} and self.field != self.name

    @property
    def part_of_period(self) -> bool:
        """True for `from` and `to`, written in the record itself."""
        return self.name in {"from", "to"} and self.field == "period"


def written(key: str = "", *, hidden: bool = False) -> MappingType[str, object]:
    """This function will make the metadata of a field that is written under another key, or not at all."""
    return {"case_file_key": key, "case_file_hidden": hidden}


def is_new_type(kind: object) -> bool:
    """This function will say whether a type was made with NewType (an identifier)."""
    return isinstance(kind, NewType)


def shape_of(kind: object) -> Shape:
    """This function will return the shape of a type; raises TypeError for one no case file can hold."""
    if is_new_type(kind) or kind in _SINGLE:
        return Scalar(kind)
    if kind is Period:
        return Span()
    if isinstance(kind, type):
        return _shape_of_class(kind)
    return _shape_of_generic(kind)


def _shape_of_class(kind: type) -> Shape:
    if issubclass(kind, StrEnum):
        return Word(kind)
    if is_dataclass(kind):
        return Record(kind)
    raise TypeError(f"a case file has no way to write a {kind.__name__}")


def _shape_of_generic(kind: object) -> Shape:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        inner = [argument for argument in arguments if argument is not type(None)]
        return shape_of(inner[0])
    if origin in {tuple, frozenset}:
        return ManyOf(shape_of(arguments[0]), as_set=origin is frozenset)
    if origin is MappingType:
        return Table(shape_of(arguments[0]), shape_of(arguments[1]))
    raise TypeError(f"a case file has no way to write {kind}")


def is_optional(kind: object) -> bool:
    """This function will say whether a type allows None: such a key may be left out."""
    return type(None) in get_args(kind)


@cache
def keys_of(built: type) -> tuple[Key, ...]:
    """This function will return the keys a record may have, in the order of its dataclass fields."""
    hints = get_type_hints(built)
    keys: list[Key] = []
    for field in fields(built):
        if not _is_hidden(field, hints[field.name]):
            keys.extend(_keys_of_field(field, hints[field.name]))
    return tuple(keys)


def _is_hidden(field: Field[object], kind: object) -> bool:
    cites = kind is Citation or Citation in get_args(kind) or (Citation, ...) == get_args(kind)
    return cites or bool(field.metadata.get("case_file_hidden"))


def _keys_of_field(field: Field[object], kind: object) -> tuple[Key, ...]:
    required = (
        field.default is MISSING and field.default_factory is MISSING and not is_optional(kind)
    )
    if field.name == "period" and kind is Period:
        instant = Scalar(datetime)
        return (
            Key("from", "period", instant, required),
            Key("to", "period", instant, required=False),
        )
    if kind is Interval:
        instant = Scalar(datetime)
        pair = ManyOf(instant, as_set=False)
        return (
            Key("at", field.name, instant, required=False),
            Key("between", field.name, pair, required=False),
        )
    name = str(field.metadata.get("case_file_key") or field.name)
    named = field.name in _IDENTITIES and is_new_type(kind)
    identity = named and not field.metadata.get("expect_key")
    has_default = field.default is not MISSING or field.default_factory is not MISSING
    fill = is_optional(kind) and not has_default
    return (Key(name, field.name, shape_of(kind), required, identity, fill),)


_SINGLE: frozenset[object] = frozenset(
    {str, int, bool, datetime, date, time, Money, Fraction, Decimal}
)
