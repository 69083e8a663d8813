"""Reasons: every answer carries the rule that gave it, a sentence a client can read, and what it looked at.

A reason's `facts` are references (`CHG-…`, `MSG-…`, `EVD-…`) that open the record behind the sentence; the explanation
of an answer is the list of its reasons, in the order they were weighed.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FactRef:
    """A link to one record: its kind (`change`, `session`, `message`, `clause`…), reference and what it says."""

    kind: str
    ref: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of an answer: rule id, one whole sentence, the facts it looked at, and finer reasons below it."""

    rule: str
    sentence: str
    facts: tuple[FactRef, ...] = ()
    because: tuple[Reason, ...] = field(default=())


def counted(number: int, one: str, many: str = "") -> str:
    """This function will count things as people do: `1 session`, `0 sessions` (`many` where adding -s is wrong)."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
