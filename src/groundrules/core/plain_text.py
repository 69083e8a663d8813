"""Texts that others wrote, where a person or a program reads them line by line.

A control character in a name makes a line of its own in a list; in a terminal it moves the cursor, or changes what was
printed before. Characters that turn the reading direction around make a name look like another (CVE-2021-42574).
"""

from __future__ import annotations

import re
import unicodedata

# C0, DEL and C1 controls; the two separators that break a line; what turns the direction of reading.
_UNSEEN = "\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069"
_ANY = re.compile(f"[{_UNSEEN}]")
_BUT_LINES_AND_TABS = re.compile(f"(?![\n\t])[{_UNSEEN}]")


def is_one_line(text: str) -> bool:
    """This function will say whether a text shows as one line: no control character, nothing turned around."""
    return _ANY.search(text) is None


def defanged(text: str) -> str:
    r"""This function will write what a terminal would obey as what it is (`\x1b`); lines and tabs stay."""
    return _BUT_LINES_AND_TABS.sub(lambda one: ascii(one[0])[1:-1], text)


def unaccented(text: str) -> str:
    """This function will write letters without their accents (`Müller` as `Muller`); what has none stays."""
    return "".join(
        one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)
    )
