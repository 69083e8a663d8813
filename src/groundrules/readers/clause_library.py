"""Reads a clause library written in TOML: parameters first, then entries from the general to the particular."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from groundrules.core.agreements.library import (
    EITHER,
    Library,
    LibraryEntry,
    LibraryRefused,
    Parameter,
)


def read_library(text: str) -> Library:
    """This function will read a library; raises LibraryRefused when it is not one, naming the entry."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        message = f"the clause library is not TOML: {wrong}"
        raise LibraryRefused(message) from wrong
    parameters = tuple(_made(Parameter, each) for each in found.get("parameter", ()))
    library = Library(tuple(_made(LibraryEntry, each) for each in found["entry"]), parameters)
    _check(library)
    return library


def _made(kind: type[Any], written: Mapping[str, Any]) -> Any:  # noqa: ANN401 - either of the two kinds
    values = {name: tuple(v) if isinstance(v, list) else v for name, v in written.items()}
    try:
        return kind(**values)
    except TypeError as wrong:
        message = f"the clause library's {written.get('id') or written.get('name')}: {wrong}"
        raise LibraryRefused(message) from wrong


def _check(library: Library) -> None:
    names = {parameter.name for parameter in library.parameters}
    ids = [entry.id for entry in library.entries]
    for entry in library.entries:
        unknown = [name for name in entry.parameters if name not in names]
        required = (each for other in entry.requires for each in other.split(EITHER))
        unknown += [each for each in required if each not in ids]
        if unknown or ids.count(entry.id) > 1:
            message = f"the clause library's {entry.id} is there twice or names unknown {unknown}"
            raise LibraryRefused(message)
