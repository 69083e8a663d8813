"""Words that decide something by mail: a line of the writer's own with a word and the code that was mailed to them.

What we mail never holds that line: a reply that only quotes us, a robot's answer or a scanner's click decides nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINES = 40
_WORD = re.compile(r"^\W*(APPROVE|DECLINE)\W+(\d{4})[- ]?(\d{4})\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CodeWritten:
    """A decision and its code as a person wrote them."""

    approves: bool
    code: str


def code_in(own_text: str) -> CodeWritten | None:
    """This function will find the one decision in the first lines a person wrote; two that differ are none."""
    found = {
        CodeWritten(match[1].upper() == "APPROVE", match[2] + match[3])
        for line in own_text.splitlines()[:_LINES]
        if (match := _WORD.match(line))
    }
    return found.pop() if len(found) == 1 else None
