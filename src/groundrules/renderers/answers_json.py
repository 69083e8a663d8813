"""Answers -> stable JSON: field names are the core's, money is text with its currency, times are UTC.

Amounts are text because a JSON number may become a binary fraction on the way; nothing is rounded here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import orjson

from groundrules.core.money import Money

if TYPE_CHECKING:
    # Whoever only writes a decision log has no need of everything that answers are made of.
    from groundrules.core.answers.model import Answers

_LEFT_OUT = {"world"}
# How each type met so far is written: looking it up for every value would take as long as writing it.
_WAYS: dict[type, Callable[[Any], object]] = {}
# The same, but only one step deep: what stands inside is the writer's own work.
_STEPS: dict[type, Callable[[Any], object]] = {}
_COMPACT = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_NON_STR_KEYS
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
)
# What JSON knows already.
_AS_THEY_ARE = {type(None), bool, str, int}


def answers_as_data(answers: Answers) -> dict[str, object]:
    """This function will turn answers into plain data; the world they came from is left out."""
    return {
        field.name: as_data(getattr(answers, field.name))
        for field in fields(answers)
        if field.name not in _LEFT_OUT
    }


def to_text(data: Mapping[str, object]) -> str:
    """This function will write plain data as indented JSON, the same for the same answers."""
    return json.dumps(data, indent=2, ensure_ascii=False)


def as_data(value: object) -> object:
    """This function will turn one value of the core into plain data; raises TypeError for a type it doesn't know."""
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    convert = _WAYS.get(kind) or _WAYS.setdefault(kind, _way_of(kind))
    return convert(value)


def to_bytes(value: object) -> bytes:
    """This function will write what `as_data` gives as JSON in one line, with sorted keys: always the same bytes.

    The writer walks through texts, lists and mappings by itself, which is quicker than walking through them first.
    """
    return orjson.dumps(value, default=_one_step, option=_COMPACT)


def _one_step(value: object) -> object:
    """One value that JSON doesn't know, as something it does; a dataclass by its fields, not yet converted."""
    kind = type(value)
    convert = _STEPS.get(kind) or _STEPS.setdefault(kind, _step_of(kind))
    return convert(value)


def _step_of(kind: type) -> Callable[[Any], object]:
    if is_dataclass(kind) and not issubclass(kind, Money):
        names = tuple(field.name for field in fields(kind))
        return lambda value: {name: getattr(value, name) for name in names}
    return _way_of(kind)


def _way_of(kind: type) -> Callable[[Any], object]:
    """How values of a type are written."""
    for known, convert in _CONVERTERS:
        if issubclass(kind, known):
            return convert
    if is_dataclass(kind):
        names = tuple(field.name for field in fields(kind))
        return lambda value: {name: as_data(getattr(value, name)) for name in names}
    raise TypeError(f"no way to write a {kind.__name__} as JSON")


def _money(value: Any) -> object:  # noqa: ANN401 - the table knows the type
    money = cast("Money", value)
    return {"amount": money.digits, "currency": money.currency}


def _instant(value: Any) -> object:  # noqa: ANN401 - the table knows the type
    return cast("datetime", value).astimezone(UTC).isoformat().replace("+00:00", "Z")


def _mapping(value: Any) -> object:  # noqa: ANN401 - the table knows the type
    return {str(as_data(key)): as_data(item) for key, item in value.items()}


def _listed(value: Any) -> object:  # noqa: ANN401 - the table knows the type
    return [as_data(item) for item in value]


def _set(value: Any) -> object:  # noqa: ANN401 - the table knows the type
    return sorted((as_data(item) for item in value), key=str)


# The first type that fits converts; datetime stands before date because it is one.
_CONVERTERS: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (Money, _money),
    (datetime, _instant),
    (date, lambda day: day.isoformat()),
    (time, lambda wall: wall.isoformat()),
    (Enum, lambda choice: choice.value),
    (Fraction, str),
    (Decimal, str),
    (Mapping, _mapping),
    (frozenset, _set),
    (tuple, _listed),
    (str, str),
)
