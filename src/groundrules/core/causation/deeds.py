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
_VERSION = re.compile(r"v?(\d+(?:\.\d+)+)")
_SECRETS = frozenset({ItemKind.PASSWORD, ItemKind.DATABASE_LOGIN})
_LOGINS = frozenset({ItemKind.ACCOUNT, ItemKind.DATABASE_LOGIN})
STOPPED = frozenset(
    {"stopped", "disabled", "paused", "masked", "failed", "crashed", "dead", "inactive"}
)
_STARTS = frozenset(
    {"running", "started", "automatic", "delayed", "enabled", "active", "restarted"}
)
_SHUT = STOPPED | {"locked", "expired", "denied"}
_OPENED = frozenset({"enabled", "unlocked"})
# What a record says of an altered login that leaves open what was altered, and words by which it was its secret.
_VAGUE = frozenset({"", "altered", "changed", "set", "modified"})
_OF_SECRETS = re.compile(
    r"pass ?(?:word|phrase|wort)|kennwort|secret|credential|hash|withheld|renam|revoke|drop|lock|disabl|den(?:y|ied)"
)


def deed_of(change: Change) -> Deed:
    """This function will say what a change does by its nature, whatever came of it."""
    if change.action is Action.REMOVED:
        return Deed.TAKES_AWAY
    if change.action is Action.ADDED:
        # An update that came replaced what it is for.
        return Deed.ALTERS if change.kind is ItemKind.PATCH else Deed.ADDS
    after = (change.after or "").casefold()
    if change.kind is ItemKind.PASSWORD:
        return Deed.TAKES_AWAY
    if change.kind in _LOGINS and after in _SHUT | _OPENED:
        return Deed.TAKES_AWAY if after in _SHUT else Deed.ADDS
    if change.kind is ItemKind.DATABASE_LOGIN:
        return Deed.TAKES_AWAY if _may_be_its_secret(change) else Deed.ALTERS
    if change.kind is ItemKind.SERVICE:
        return _of_service(after)
    return Deed.ALTERS


def shuts_out(change: Change) -> bool:
    """This function will say whether a login, or its secret, is no longer what those who use it were given."""
    return change.kind in _SECRETS and deed_of(change) is Deed.TAKES_AWAY


def _may_be_its_secret(change: Change) -> bool:
    """A default language is no secret; where the record does not say what was altered, it may be the password."""
    told = {(change.before or "").casefold(), (change.after or "").casefold()}
    return told <= _VAGUE or any(_OF_SECRETS.search(words) for words in told)


def _of_service(after: str) -> Deed:
    if after in STOPPED:
        return Deed.TAKES_AWAY
    return Deed.ADDS if after in _STARTS else Deed.ALTERS


def is_great_step(change: Change) -> bool:
    """This function will say whether a version's first number changed, or an older one came back: what needed the one
    that was there may not run on it.
    """
    if change.action is not Action.ALTERED:
        return False
    if _is_step_back(change.before or "", change.after or ""):
        return True
    numbers = [_GREAT.match(version or "") for version in (change.before, change.after)]
    found = [number[1] for number in numbers if number is not None]
    return len(found) == len(numbers) and found[0] != found[1]


def _is_step_back(before: str, after: str) -> bool:
    """Compared number by number; what follows the numbers is no version to compare."""
    found = [_VERSION.match(version) for version in (before, after)]
    numbers = [tuple(int(n) for n in told[1].split(".")) for told in found if told is not None]
    return len(numbers) == len(found) and numbers[1] < numbers[0]
