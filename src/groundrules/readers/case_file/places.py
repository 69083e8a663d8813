"""Where something stands in a case file, what is wrong there, and the refusal that lists every problem.

A case file is read into a tree of nodes that remember file, line and column, so that every later complaint can
point at the text its author wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a file: its name as the author knows it, line and column (both counted from 1)."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as written. `plain` is False for quoted text, which is never a null, a number or a truth value."""

    place: Place
    text: str
    plain: bool = True

    @property
    def is_null(self) -> bool:
        """True for an empty value, `null` or `~`."""
        return self.plain and self.text in {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list as written."""

    place: Place
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping with the place of the key, and its value."""

    place: Place
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values as written, in file order."""

    place: Place
    entries: dict[str, Entry]

    def get(self, key: str) -> Node | None:
        """This function will return the value of a key, or None when it is not there."""
        entry = self.entries.get(key)
        return entry.value if entry else None


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a case file: where, and what to do about it."""

    place: Place
    says: str

    def __str__(self) -> str:
        return f"{self.place}: {self.says}"


class CaseFileRefused(ValueError):
    """A case file cannot be read; `problems` lists everything wrong with it, in file order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        ordered = sorted(problems, key=lambda p: (p.place.file, p.place.line, p.place.column))
        self.problems = tuple(ordered)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class BadValue(ValueError):
    """One value of a case file does not say what its place needs."""

    def __init__(self, place: Place, says: str) -> None:
        self.problem = Problem(place, says)
        super().__init__(str(self.problem))


class AlreadyReported(ValueError):
    """A value holds something whose problem has been noted; whoever needed it cannot be built either."""


def refuse(place: Place, says: str) -> CaseFileRefused:
    """This function will make the refusal for one problem, for the caller to raise."""
    return CaseFileRefused((Problem(place, says),))


def nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """This function will return ` Did you mean "x"?` for the closest known word, or nothing when none is close."""
    close = get_close_matches(word.casefold(), [k.casefold() for k in known], n=1, cutoff=0.6)
    if not close:
        return ""
    match = next(k for k in known if k.casefold() == close[0])
    return f' Did you mean "{match}"?'
