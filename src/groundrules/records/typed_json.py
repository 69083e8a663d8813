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
    return _canonical(_encode(value))


def parts_of(text: str, name: str) -> tuple[str, ...]:
    """This function will return the items of a list in a stored text, each as the canonical text it was written as."""
    return tuple(_canonical(item) for item in json.loads(text)[name])


def _canonical(plain: object) -> str:
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def load(kind: type[Value], text: str) -> Value:
    """This function will read back what `dump` wrote as a value of `kind`.

    A missing key takes the field's default, so older rows stay readable. Raises StoredValueDamaged for an unknown
    key or a missing one without default.
    """
    read: Callable[[Any], Any] = _reader(cast("Any", kind))
    return cast("Value", read(json.loads(text)))


def digest_of(text: str) -> str:
    """This function will return the SHA-256 of a stored text, which names the value."""
    return hashlib.sha256(text.encode()).hexdigest()


def _encode(value: object) -> object:
    kind: Any = type(value)
    return _writer(kind)(value)


@cache
def _writer(kind: type) -> Callable[[Any], object]:
    """How values of one class are written, found once: books are read and compared by the thousand."""
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, _PLAIN):
        return _as_it_is
    if is_dataclass(kind):
        names = tuple(f.name for f in fields(kind))
        return lambda value: {name: _encode(getattr(value, name)) for name in names}
    for known, write in _WRITERS.items():
        if issubclass(kind, known):
            return write
    return _refuse_to_write


def _as_it_is(value: object) -> object:
    return value


def _refuse_to_write(value: object) -> object:
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
_READERS: dict[type, Callable[[str], object]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
    Decimal: Decimal,
    Fraction: Fraction,
}


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - annotations and JSON are both open
    """How values of one annotation are read, found once; what cannot be read refuses when it is met."""
    if isinstance(kind, NewType):
        return _reader(kind.__supertype__)
    origin = get_origin(kind)
    if origin is not None:
        return _generic_reader(kind, origin)
    if is_dataclass(kind) and isinstance(kind, type):
        return _DataclassReader(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return _plain_reader(kind)


def _plain_reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - see _reader
    read = _READERS.get(kind)
    if read is not None:
        return read
    if kind in _PLAIN or kind is object or kind is Any:
        return _as_it_is
    return _refusing(f"{kind!r} cannot be read back; add it to records/typed_json.py")


def _refusing(message: str) -> Callable[[Any], Any]:
    def refuse(_raw: object) -> object:
        raise NotStorable(message)

    return refuse


def _generic_reader(kind: Any, origin: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - see _reader
    arguments = get_args(kind)
    if origin in {Union, types.UnionType}:
        return _optional_reader(arguments)
    if origin is tuple:
        return _tuple_reader(arguments)
    read = _reader(arguments[0])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        of_item = _reader(arguments[1])
        return lambda raw: {read(key): of_item(item) for key, item in raw.items()}
    gather = frozenset if origin in {frozenset, set} else list
    return lambda raw: gather(read(item) for item in raw)


def _optional_reader(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    inner = [argument for argument in arguments if argument is not type(None)]
    read = (
        _reader(inner[0])
        if len(inner) == 1
        else _refusing(f"a choice between {inner} cannot be read back; keep one type beside None")
    )
    return lambda raw: None if raw is None else read(raw)


def _tuple_reader(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:  # noqa: PLR2004 - tuple[X, ...] has two arguments
        each = _reader(arguments[0])
        return lambda raw: tuple([each(item) for item in raw])
    reads = [_reader(argument) for argument in arguments]
    return lambda raw: tuple(read(item) for read, item in zip(reads, raw, strict=True))


class _DataclassReader:
    """Reads values of one dataclass; how its fields are read is found when the first value is met, as types nest."""

    def __init__(self, kind: type) -> None:
        self._kind = kind
        self._reads: dict[str, Callable[[Any], Any]] = {}
        self._required: tuple[str, ...] = ()

    def __call__(self, raw: Mapping[str, Any]) -> Any:  # noqa: ANN401 - see _reader
        """This method will read one value; raises StoredValueDamaged for an unknown or a missing key."""
        reads = self._reads or self._find()
        try:
            given = {name: reads[name](item) for name, item in raw.items()}
        except KeyError:
            self._refuse_unknown(raw)
            raise
        if lacking := [name for name in self._required if name not in given]:
            message = f"a stored {self._kind.__name__} lacks {', '.join(lacking)}"
            raise StoredValueDamaged(message)
        return self._kind(**given)

    def _find(self) -> dict[str, Callable[[Any], Any]]:
        named = fields(self._kind)
        hints = get_type_hints(self._kind)
        self._required = tuple(
            f.name for f in named if f.default is MISSING and f.default_factory is MISSING
        )
        self._reads = {f.name: _reader(hints[f.name]) for f in named}
        return self._reads

    def _refuse_unknown(self, raw: Mapping[str, Any]) -> None:
        if unknown := set(raw) - set(self._reads):
            says = f"has {', '.join(sorted(unknown))}, which it does not know"
            message = f"a stored {self._kind.__name__} {says}"
            raise StoredValueDamaged(message)
