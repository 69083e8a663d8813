"""A line of a mail that decides: a word, the code its writer was mailed, and what stands behind them.

What we mail never holds such a line: a reply that only quotes us, a robot's answer or a scanner's click decides
nothing. Only a writer's own first lines count, and two that differ decide nothing either.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

_LINES = 40
_LINE = re.compile(
    r"^[\s*_-]*(?P<word>[A-Za-z]+)[\s:,*_]+(?P<code>\d{4}[- ]?\d{4})\b[\s:,.*_-]*(?P<rest>.*?)[\s*_]*$"
)


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A decision as a person wrote it: the word in small letters, eight digits, and the rest of the line."""

    word: str
    code: str
    rest: str = ""


def code_line_in(own_text: str, words: Collection[str]) -> CodeLine | None:
    """This function will find the one line with one of these words and a code; None when there is none, or two."""
    found = {
        CodeLine(word, "".join(c for c in match["code"] if c.isdigit()), match["rest"])
        for line in own_text.splitlines()[:_LINES]
        if (match := _LINE.match(line)) and (word := match["word"].lower()) in words
    }
    return found.pop() if len(found) == 1 else None
