"""Whether an error names a component: by whole words, never guessed at, and a version only when it agrees."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from groundrules.core.changes import normalised
from groundrules.core.changes.components import named_version, update_target

_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_SHORTEST = 2


def mentions(error: str, component: str) -> bool:
    """This function will say whether an error names a component by its name or its file's, in an agreeing version."""
    text = normalised(error)
    return any(_names(text, name) for name in _spellings(component))


@lru_cache(maxsize=65536)
def _spellings(component: str) -> tuple[str, ...]:
    whole = (component, update_target(component))
    tails = re.split(r"[/\\]", component)[-1:]
    return tuple(dict.fromkeys((*whole, *tails, component.removesuffix(".service"))))


@lru_cache(maxsize=65536)
def _names(text: str, name: str) -> bool:
    plain, version = named_version(name)
    if len(plain) < _SHORTEST:
        return False
    found = re.search(rf"(?<![\w$-]){re.escape(plain)}(?![\w$-])", text)
    if found is None:
        return False
    return not version or _agrees(version, _NUMBER.findall(text[found.end() :]))


def _agrees(version: tuple[int, ...], numbers: Iterable[str]) -> bool:
    """An error without any number after the name may be of any version."""
    seen = [tuple(int(part) for part in number.split(".")) for number in numbers]
    return not seen or any(v[: len(version)] == version[: len(v)] for v in seen)
