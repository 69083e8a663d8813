"""Cells of a CSV file: what a spreadsheet would run as a formula is written so that it is read as text.

One rule for every file we write. Numbers and amounts stay as they are, also below zero: nothing runs in them.
"""

from __future__ import annotations

import re

# The last four are the wide forms that East Asian keyboards write: a spreadsheet set to such a language runs them too.
_STARTS = ("=", "+", "-", "@", "\t", "\r", *"\uff1d\uff0b\uff0d\uff20")
_NUMBER = re.compile(r"-\Z|[+-]?(\$|€|£|¥)?[0-9][0-9,]*(\.[0-9]+)?( ?%| [A-Z]{3})?\Z")


def defused(text: str) -> str:
    """This function will put an apostrophe before a cell that a spreadsheet would run; numbers and a dash stay."""
    begins = text.lstrip(" \n")
    risky = begins.startswith(_STARTS) or text.startswith(_STARTS)
    return f"'{text}" if risky and not _NUMBER.match(text) else text
