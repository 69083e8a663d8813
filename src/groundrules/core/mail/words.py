"""Words that decide something by mail: a contact says yes or no to what was put to them, and nothing else.

A yes with a condition is no yes: a line that goes on behind the code decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.code_lines import code_line_in

_YES, _NO = "approve", "decline"


@dataclass(frozen=True, slots=True)
class CodeWritten:
    """A decision and its code as a person wrote them."""

    approves: bool
    code: str


def code_in(own_text: str) -> CodeWritten | None:
    """This function will find the one decision in the first lines a person wrote; two that differ are none."""
    line = code_line_in(own_text, (_YES, _NO))
    if line is None or line.rest.strip(" .!"):
        return None
    return CodeWritten(line.word == _YES, line.code)
