"""How honest stated probabilities are: what was claimed for the change ranked first beside how often it was right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from groundrules.services.worlds.judging import Judged

_BINS = 10
_FROM = (0.99, 0.95, 0.9, 0.8, 0.5, 0.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Incidents whose first change has a probability within a tenth: the mean claimed, and how many were right."""

    incidents: int
    claimed: float
    right: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Answering only from this probability on: how many incidents, and how many of them with a wrong change."""

    at_least: float
    answered: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """The expected calibration error over ten equal bins, the bins from low to high, and the coverage-risk curve.

    `area` is the mean share of wrong ones over all coverages, the surest first (lower is better).
    """

    error: float
    bins: tuple[Bin, ...]
    coverage: tuple[Coverage, ...]
    area: float

    @property
    def top(self) -> Bin:
        """The highest bin: probabilities of nine tenths and more."""
        return self.bins[-1]


def calibration(rows: Sequence[Judged]) -> Calibration:
    """This function will hold probabilities of first changes against the truth; incidents without any are left out."""
    told = [(r.probability, r.place == 1) for r in rows if r.probability is not None]
    found = [_bin([t for t in told if _place(t[0]) == n]) for n in range(_BINS)]
    error = sum(abs(b.claimed * b.incidents - b.right) for b in found)
    surest = sorted(told, key=lambda t: (-t[0], t[1]))
    wrong = list(accumulate(not right for _, right in surest))
    shares = [count / n for n, count in enumerate(wrong, start=1)]
    return Calibration(
        error=error / len(told) if told else 0.0,
        bins=tuple(found),
        coverage=tuple(_coverage(told, least) for least in _FROM),
        area=sum(shares) / len(shares) if shares else 0.0,
    )


def _place(probability: float) -> int:
    return min(int(probability * _BINS), _BINS - 1)


def _bin(told: Sequence[tuple[float, bool]]) -> Bin:
    claimed = sum(probability for probability, _ in told) / len(told) if told else 0.0
    return Bin(len(told), claimed, sum(right for _, right in told))


def _coverage(told: Sequence[tuple[float, bool]], least: float) -> Coverage:
    answered = [right for probability, right in told if probability >= least]
    return Coverage(least, len(answered), sum(not right for right in answered))
