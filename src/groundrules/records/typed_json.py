"""Core values as canonical JSON text and back, without loss, driven by the values' own type annotations.

A book row keeps the whole core value this way, so nothing a decision rested on can be lost in columns. The text is
canonical (sorted keys, no spaces), so the same value always has the same digest.
"""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Value = TypeVar("Value")
_PLAIN = (str, int, bool, type(None))


class NotStorable(TypeError):
    """A value of a type that typed JSON does not know was to be written or read."""


class StoredValueDamaged(ValueError):
    """A stored text is not the value its column promises; the message names the type and the key."""


def dump(value: object) -> str:
    """This function will write a core value as canonical JSON text; raises NotStorable."""
    return json.dumps(_encode(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def load(kind: type[Value], text: str) -> Value:
    """This function will read back what `dump` wrote as a value of `kind`.

    A missing key takes the field's default, so older rows stay readable. Raises StoredValueDamaged for an unknown
    key or a missing one without default.
    """
    return cast("Value", _decode(kind, json.loads(text)))


def digest_of(text: str) -> str:
    """This function will return the SHA-256 of a stored text, which names the value."""
    return hashlib.sha256(text.encode()).hexdigest()


def _encode(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, _PLAIN):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _encode(getattr(value, f.name)) for f in fields(value)}
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            return write(value)
    message = f"{type(value).__name__} cannot be stored; add it to records/typed_json.py"
    raise NotStorable(message)


def _write_mapping(value: Mapping[object, object]) -> object:
    return {str(_encode(key)): _encode(item) for key, item in value.items()}


def _write_set(value: frozenset[object]) -> object:
    return sorted((_encode(item) for item in value), key=str)


# datetime is a date, so it stands first.
_WRITERS: dict[type, Callable[[Any], object]] = {
    datetime: lambda value: value.astimezone(UTC).isoformat(),
    date: date.isoformat,
    time: time.isoformat,
    Decimal: str,
    Fraction: str,
    Mapping: _write_mapping,
    frozenset: _write_set,
    set: _write_set,
    tuple: lambda value: [_encode(item) for item in value],
    list: lambda value: [_encode(item) for item in value],
}


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _decode(kind: Any, raw: Any) -> Any:  # noqa: ANN401 - annotations and JSON are both open
    if isinstance(kind, NewType):
        return _decode(kind.__supertype__, raw)
    origin = get_origin(kind)
    if origin is not None:
        return _decode_generic(kind, origin, raw)
    if is_dataclass(kind) and isinstance(kind, type):
        return _decode_dataclass(kind, raw)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(raw)
    return _decode_plain(kind, raw)


def _decode_plain(kind: Any, raw: Any) -> Any:  # noqa: ANN401 - see _decode
    read = _READERS.get(kind)
    if read is not None:
        return read(raw)
    if kind in _PLAIN or kind is object or kind is Any:
        return raw
    message = f"{kind!r} cannot be read back; add it to records/typed_json.py"
    raise NotStorable(message)


_READERS: dict[type, Callable[[str], object]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
    Decimal: Decimal,
    Fraction: Fraction,
}


def _decode_generic(kind: Any, origin: Any, raw: Any) -> Any:  # noqa: ANN401 - see _decode
    arguments = get_args(kind)
    if origin in {Union, types.UnionType}:
        return _decode_optional(arguments, raw)
    if origin is tuple:
        return _decode_tuple(arguments, raw)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {
            _decode(arguments[0], key): _decode(arguments[1], item) for key, item in raw.items()
        }
    if origin in {frozenset, set}:
        return frozenset(_decode(arguments[0], item) for item in raw)
    return [_decode(arguments[0], item) for item in raw]


def _decode_optional(arguments: tuple[Any, ...], raw: Any) -> Any:  # noqa: ANN401 - see _decode
    if raw is None:
        return None
    inner = [argument for argument in arguments if argument is not type(None)]
    if len(inner) != 1:
        message = f"a choice between {inner} cannot be read back; keep one type beside None"
        raise NotStorable(message)
    return _decode(inner[0], raw)


def _decode_tuple(arguments: tuple[Any, ...], raw: Any) -> Any:  # noqa: ANN401 - see _decode
    if len(arguments) == 2 and arguments[1] is Ellipsis:  # noqa: PLR2004 - tuple[X, ...] has two arguments
        return tuple(_decode(arguments[0], item) for item in raw)
    return tuple(_decode(argument, item) for argument, item in zip(arguments, raw, strict=True))


def _decode_dataclass(kind: type, raw: Mapping[str, Any]) -> Any:  # noqa: ANN401 - see _decode
    known = {f.name: f for f in fields(kind)}
    unknown = set(raw) - set(known)
    if unknown:
        message = (
            f"a stored {kind.__name__} has {', '.join(sorted(unknown))}, which it does not know"
        )
        raise StoredValueDamaged(message)
    hints = _hints(kind)
    given = {name: _decode(hints[name], item) for name, item in raw.items()}
    lacking = [
        name
        for name, f in known.items()
        if name not in given and f.default is MISSING and f.default_factory is MISSING
    ]
    if lacking:
        message = f"a stored {kind.__name__} lacks {', '.join(lacking)}"
        raise StoredValueDamaged(message)
    return kind(**given)
