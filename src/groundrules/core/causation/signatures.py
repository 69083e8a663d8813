"""What the failure's own error says about a change: it names it, names something else, or names nothing."""

from __future__ import annotations

import re
from enum import StrEnum

from groundrules.core.causation.consider import Case
from groundrules.core.causation.naming import mentions
from groundrules.core.changes import Change
from groundrules.core.evidence import ItemKind


class ErrorSays(StrEnum):
    """How an error stands to one change."""

    NAMES_IT = "names it"
    NAMES_ANOTHER = "names another"
    NAMES_NOTHING = "names nothing"


# Errors that need no change to explain them, and the kinds of change that can bring them about all the same.
_NO_CHANGE_NEEDED: tuple[tuple[re.Pattern[str], frozenset[ItemKind]], ...] = (
    (
        re.compile(r"no space left|disk (?:is )?full|not enough (?:disk )?space|i/o error"),
        frozenset({ItemKind.DISK, ItemKind.MOUNT, ItemKind.DISK_ARRAY, ItemKind.DISK_HEALTH}),
    ),
    (
        re.compile(r"certificate .*expired|expired .*certificate"),
        frozenset({ItemKind.CERTIFICATE, ItemKind.CLOCK}),
    ),
    (
        re.compile(r"name resolution|name or service not known|network is unreachable|no route to"),
        frozenset({ItemKind.PORT}),
    ),
    (re.compile(r"out of memory|cannot allocate memory|deadlock"), frozenset()),
)


def error_about(change: Change, case: Case) -> ErrorSays:
    """This function will say whether the failure's error names what a change touched."""
    error = case.error
    if mentions(error, change.component):
        return ErrorSays.NAMES_IT
    others = {reach.component for reach in case.reached} | {
        c.component for c in case.changes if c.asset == case.asset
    }
    if any(mentions(error, other) for other in others) or _needs_no_change(error, change):
        return ErrorSays.NAMES_ANOTHER
    return ErrorSays.NAMES_NOTHING


def _needs_no_change(error: str, change: Change) -> bool:
    text = error.casefold()
    return any(
        pattern.search(text) and change.kind not in kinds for pattern, kinds in _NO_CHANGE_NEEDED
    )
