"""The numbers a command ends with. Scripts may rely on them; docs/reference/cli.md lists them."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a command's exit number means. A number is never given another meaning."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    NOT_FOUND = 3
    NOT_PERMITTED = 4
    CONFLICT = 5
    CHECK_FAILED = 6
    DEGRADED = 7
    BAD_INPUT = 8
