"""What the failure's own error says about a change: it names it, names something else, or names nothing."""

from __future__ import annotations

import re
from enum import StrEnum

from groundrules.core.causation.case import Case
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
        re.compile(
            r"no space left|disk (?:is )?full|not enough (?:disk )?space|i/o error|kein speicherplatz|datenträger voll"
        ),
        frozenset({ItemKind.DISK, ItemKind.MOUNT, ItemKind.DISK_ARRAY, ItemKind.DISK_HEALTH}),
    ),
    (
        re.compile(r"certificate .*expired|expired .*certificate|zertifikat .*abgelaufen"),
        frozenset({ItemKind.CERTIFICATE, ItemKind.CLOCK}),
    ),
    (
        re.compile(
            r"name resolution|name or service not known|network is unreachable|no route to|namensauflösung"
        ),
        frozenset({ItemKind.PORT}),
    ),
    (
        re.compile(
            r"no licen[cs]e (?:for|of|could|available)|licen[cs]e (?:server|manager)|flex(?:lm|net)|"
            r"licen[cs]e\b.{0,40}\b(?:obtained|checked out|exceeded|unavailable|expired)|"
            r"keine lizenz|lizenz(?:server|.{0,40}abgelaufen)"
        ),
        frozenset(
            {ItemKind.FILE, ItemKind.CONFIG_FILE, ItemKind.SERVICE, ItemKind.PORT, ItemKind.CLOCK}
        ),
    ),
    (
        re.compile(
            r"out ?of ?memory|cannot allocate memory|memory (?:size|limit|exhausted)|heap space|"
            r"nicht genügend speicher|deadlock|too many (?:connections|open files|requests)"
        ),
        frozenset(),
    ),
)


def error_about(change: Change, case: Case) -> ErrorSays:
    """This function will say whether the failure's error names what a change touched.

    Not where it tells by itself why it failed, whatever words it begins with (`java.lang.OutOfMemoryError`).
    """
    if _other_kind(case.error, change):
        return ErrorSays.NAMES_ANOTHER
    if is_named(change, case):
        return ErrorSays.NAMES_IT
    return ErrorSays.NAMES_ANOTHER if case.error_names_something else ErrorSays.NAMES_NOTHING


def is_named(change: Change, case: Case) -> bool:
    """This function will say whether the failure's error says the name of what a change touched.

    A server's own name tells where it failed; no error tells by it that the server was restarted.
    """
    return change.kind is not ItemKind.HOST and mentions(case.error, change.component, case.name)


def needs_no_change(error: str) -> bool:
    """This function will say whether an error is one that comes about without any change."""
    text = error.casefold()
    return any(pattern.search(text) for pattern, _ in _NO_CHANGE_NEEDED)


def _other_kind(error: str, change: Change) -> bool:
    text = error.casefold()
    return any(
        change.kind not in kinds and pattern.search(text) for pattern, kinds in _NO_CHANGE_NEEDED
    )
