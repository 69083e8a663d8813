"""The geometry of a plot, in whole units of its view box; templates only write it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

_TREND = (96, 24)
_WIDTH = 640
_LEAST = 2


@dataclass(frozen=True, slots=True)
class Trend:
    """A small line of equal steps. `zero` is the height of nothing; `gaps` are where there is no figure."""

    width: int
    height: int
    lines: tuple[str, ...]
    zero: int
    says: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its figure in words, where it lies, and which of the plot's kinds it is."""

    label: str
    figure: str
    kind: str
    x: int
    width: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """What a bar is drawn from: size in any one unit, the words beside it, and where it leads."""

    label: str
    size: int
    figure: str
    kind: str
    href: str = ""


def trend(values: Sequence[Fraction | None], says: str) -> Trend:
    """This function will draw a line through shares over time; months without a figure break it."""
    width, height = _TREND
    known = [value for value in values if value is not None]
    low, high = min([*known, Fraction(0)]), max([*known, Fraction(0)])
    tall = (high - low) or Fraction(1)

    def y(value: Fraction) -> int:
        return 1 + int((high - value) / tall * (height - 2))

    step = Fraction(width - 2, max(len(values) - 1, 1))
    runs: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{1 + int(step * place)},{y(value)}")
    lines = tuple(" ".join(run) for run in runs if run)
    return Trend(width, height, lines, y(Fraction(0)), says)


def bars(amounts: Sequence[Amount]) -> tuple[Bar, ...]:
    """This function will draw amounts as bars from nothing, the largest as wide as the plot."""
    largest = max((abs(a.size) for a in amounts), default=0) or 1
    return tuple(
        Bar(a.label, a.figure, a.kind, 0, max(abs(a.size) * _WIDTH // largest, _LEAST), a.href)
        for a in amounts
    )


def stacked(amounts: Sequence[Amount]) -> tuple[Bar, ...]:
    """This function will draw amounts side by side as parts of one bar; parts of nothing are left out."""
    whole = sum(a.size for a in amounts) or 1
    drawn, before = [], 0
    for amount in amounts:
        if amount.size <= 0:
            continue
        x, end = before * _WIDTH // whole, (before + amount.size) * _WIDTH // whole
        drawn.append(
            Bar(
                amount.label,
                amount.figure,
                amount.kind,
                x,
                max(end - x - 1, _LEAST),
                amount.href,
            )
        )
        before += amount.size
    return tuple(drawn)
