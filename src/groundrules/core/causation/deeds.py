"""What a change can do by its nature: take something away, put something in beside it, or neither for certain."""

from __future__ import annotations

import re
from enum import StrEnum

from groundrules.core.changes import Change
from groundrules.core.evidence import Action, ItemKind


class Deed(StrEnum):
    """How likely a change of this nature is to break what needs it."""

    TAKES_AWAY = "takes away"
    ALTERS = "alters"
    ADDS = "adds"


_GREAT = re.compile(r"v?(\d+)(?:\.|$)")
SECRETS = frozenset({ItemKind.PASSWORD, ItemKind.DATABASE_LOGIN})
STOPPED = frozenset(
    {"stopped", "disabled", "paused", "masked", "failed", "crashed", "dead", "inactive"}
)
_STARTS = frozenset({"running", "started", "automatic", "delayed", "enabled", "active"})


def deed_of(change: Change) -> Deed:
    """This function will say what a change does by its nature, whatever came of it."""
    if change.action is Action.REMOVED:
        return Deed.TAKES_AWAY
    if change.action is Action.ADDED:
        # An update that came replaced what it is for.
        return Deed.ALTERS if change.kind is ItemKind.PATCH else Deed.ADDS
    if change.kind in SECRETS:
        return Deed.TAKES_AWAY
    if change.kind is ItemKind.SERVICE:
        return _of_service((change.after or "").casefold())
    return Deed.ALTERS


def _of_service(after: str) -> Deed:
    if after in STOPPED:
        return Deed.TAKES_AWAY
    return Deed.ADDS if after in _STARTS else Deed.ALTERS


def is_great_step(change: Change) -> bool:
    """This function will say whether a version's first number changed: what needed the old one may not run on it."""
    if change.action is not Action.ALTERED:
        return False
    numbers = [_GREAT.match(version or "") for version in (change.before, change.after)]
    found = [number[1] for number in numbers if number is not None]
    return len(found) == len(numbers) and found[0] != found[1]
