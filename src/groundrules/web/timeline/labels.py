"""Where a label goes beside what it names: inside, to the right, to the left, or nowhere when there is no room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_LETTER = 6.4
_GAP = 5.0
_FEWEST_LETTERS = 8

Span = tuple[float, float, str]


@dataclass(frozen=True, slots=True)
class Placed:
    """A label at `x`, growing from `start` or towards `end` of its text."""

    x: float
    text: str
    anchor: str = "start"


def cut(text: str, width: float, fewest: int = _FEWEST_LETTERS) -> str:
    """This function will shorten a text to what fits, or to nothing when too little of it would be left."""
    room = int(width / _LETTER)
    if len(text) <= room:
        return text
    return f"{text[: room - 1].rstrip()}…" if room >= fewest else ""


def place_labels(spans: Sequence[Span], left: float, right: float) -> tuple[Placed | None, ...]:
    """This function will place the label of each span of one row; spans are sorted by where they begin."""
    placed: list[Placed | None] = []
    taken = left
    for number, (start, end, text) in enumerate(spans):
        following = spans[number + 1][0] if number + 1 < len(spans) else right
        label, taken = _beside((start, end, text), taken, following - _GAP)
        placed.append(label)
    return tuple(placed)


def _beside(span: Span, taken: float, until: float) -> tuple[Placed | None, float]:
    """The label and up to where the row is now taken."""
    start, end, text = span
    if inside := cut(text, end - start - 2 * _GAP, len(text)):
        return Placed(round(start + _GAP, 1), inside), end
    after, before = until - end - _GAP, start - taken - 2 * _GAP
    if after < before and len(text) * _LETTER > after and (shown := cut(text, before)):
        return Placed(round(start - _GAP, 1), shown, "end"), end
    if shown := cut(text, after):
        return Placed(round(end + _GAP, 1), shown), end + _GAP + len(shown) * _LETTER
    shown = cut(text, end - start - 2 * _GAP)
    return (Placed(round(start + _GAP, 1), shown) if shown else None), end
