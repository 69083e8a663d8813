"""Package names as every Linux source here writes them, so that a snapshot and three logs mean the same thing.

A package of the host's own architecture, or of none, is known by its name alone; apt calls architecture-independent
packages native, so the architecture could not be part of their key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from groundrules.core.evidence import Action

INDEPENDENT = frozenset({"", "all", "noarch", "(none)"})


def split_name(written: str) -> tuple[str, str]:
    """This function will split `libc6:i386` into name and architecture (empty when not written)."""
    name, _, architecture = written.partition(":")
    return name, architecture


def native_architecture(written: Iterable[str], known: str) -> str:
    """This function will return the host's own architecture: the known one, or the one most names in a log carry."""
    if known:
        return known
    carried = Counter(
        architecture
        for _, architecture in map(split_name, written)
        if architecture not in INDEPENDENT
    )
    return carried.most_common(1)[0][0] if carried else ""


def package_key(written: str, native: str) -> str:
    """This function will return the key under which snapshots list the package."""
    name, architecture = split_name(written)
    return (
        name if architecture in INDEPENDENT or architecture == native else f"{name}:{architecture}"
    )


def in_words(key: str, action: Action, before: str | None, after: str | None) -> str:
    """This function will say what happened to a package: `hello 2.10-3 installed`."""
    match action:
        case Action.ADDED:
            return f"{key} {after or ''}".strip() + " installed"
        case Action.REMOVED:
            return f"{key} {before or ''}".strip() + " removed"
        case Action.ALTERED if before and after and before != after:
            return f"{key} changed from {before} to {after}"
        case _:
            return f"{key} {after or ''}".strip() + " installed again"
