"""Fits the weights of causes to worlds whose truth is known: regularised conditional logit, Newton's steps.

The same worlds give the same weights to the last digit. Calibrated and certified on other worlds than fitted on: one
temperature, and the lowest probability from which a change may be called likely at a stated risk (Learn then Test).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import exp, fsum, log

from groundrules.core.causation.bounds import upper_bound
from groundrules.core.causation.confirmation import Tie
from groundrules.core.causation.features import OF_CHANGE, OF_NOTHING, Observed
from groundrules.core.causation.plausibility import log_odds, shared
from groundrules.core.causation.weights import Weights, weights_of

Row = tuple[tuple[int, float], ...]
Told = tuple[tuple[Row, ...], tuple[int, ...]]

NEVER = 2.0
_RIDGE = 1.0
_STEPS, _HALVINGS = 60, 30
_ENOUGH = 1e-9
_WIDTH = len(OF_CHANGE) + len(OF_NOTHING)
THRESHOLDS = tuple(n / 100 for n in range(99, 49, -1))


@dataclass(frozen=True, slots=True)
class Lesson:
    """One incident in numbers, and which of its changes did it by their place; the place after the last means none."""

    observed: Observed
    right: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """One act facts tie a failure to: its probability, whether it truly did it, and what ties it."""

    probability: float
    right: bool
    tie: Tie = Tie.NAMED


@dataclass(frozen=True, slots=True)
class Certified:
    """The lowest probability that is certified, and on how many acts, of which how many wrong."""

    likely_from: float
    accepted: int
    wrong: int


class NotCertified(ValueError):
    """Too few or too often wrong: no threshold keeps the stated risk. The message says what to do."""


def fit(lessons: Iterable[Lesson], version: str) -> Weights:
    """This function will find the weights under which what truly happened is most probable, kept small by a ridge."""
    told = [_sparse(lesson) for lesson in lessons]
    weights = [0.0] * _WIDTH
    loss = _loss(told, weights)
    for _ in range(_STEPS):
        gradient, curvature = _slope(told, weights)
        step = _solve(curvature, gradient)
        weights, lower = _walk(told, weights, step, loss)
        if loss - lower < _ENOUGH * max(1.0, loss):
            break
        loss = lower
    return _named(weights, version)


def calibrate(weights: Weights, lessons: Sequence[Lesson]) -> Weights:
    """This function will find the temperature under which the truth of other worlds is most probable."""
    low, high = log(1 / 4), log(4)
    golden = (5**0.5 - 1) / 2
    told = [(log_odds(lesson.observed, weights), lesson.right) for lesson in lessons]
    for _ in range(_HALVINGS):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if _surprise(told, exp(left)) < _surprise(told, exp(right)):
            high = right
        else:
            low = left
    return _at(weights, (low + high) / 2)


def certify(
    trials: Sequence[Trial],
    risk: float,
    confidence: float,
    thresholds: Sequence[float] = THRESHOLDS,
) -> Certified:
    """This function will lower the threshold step by step while the bound on wrong acts keeps the risk.

    The steps are fixed beforehand, so that stopping at the first that fails holds the confidence (Learn then Test).
    Raises NotCertified when the first fails.
    """
    found = None
    for threshold in thresholds:
        accepted = [t for t in trials if t.probability >= threshold]
        wrong = sum(not t.right for t in accepted)
        if upper_bound(wrong, len(accepted), confidence) > risk:
            break
        found = Certified(threshold, len(accepted), wrong)
    if found is None:
        first = [t for t in trials if t.probability >= thresholds[0]]
        wrong = sum(not t.right for t in first)
        raise NotCertified(
            f"{wrong} of {len(first)} acts with {thresholds[0]:.0%} and more are wrong, which certifies no risk of "
            f"{risk:.1%}: give more worlds to --calibrate (0 of 149 certify 2 %)"
        )
    return found


def _sparse(lesson: Lesson) -> Told:
    found = [_row(f, 0) for f in lesson.observed.changes]
    found.append(_row(lesson.observed.nothing, len(OF_CHANGE)))
    return tuple(found), lesson.right


def _row(features: tuple[float, ...], offset: int) -> Row:
    return tuple((n + offset, value) for n, value in enumerate(features) if value)


def _shares(rows: tuple[Row, ...], weights: Sequence[float]) -> list[float]:
    scores = [fsum(weights[n] * value for n, value in row) for row in rows]
    highest = max(scores)
    risen = [exp(score - highest) for score in scores]
    total = fsum(risen)
    return [value / total for value in risen]


def _loss(told: Sequence[Told], weights: Sequence[float]) -> float:
    """Several changes that only broke together count evenly."""
    losses = []
    for rows, right in told:
        shares = _shares(rows, weights)
        losses.append(-fsum(log(max(shares[n], 1e-300)) for n in right) / len(right))
    return fsum(losses) + _RIDGE / 2 * fsum(w * w for w in weights)


def _slope(told: Sequence[Told], weights: Sequence[float]) -> tuple[list[float], list[list[float]]]:
    gradient = [_RIDGE * w for w in weights]
    curvature = [[_RIDGE if i == j else 0.0 for j in range(_WIDTH)] for i in range(_WIDTH)]
    for rows, right in told:
        shares = _shares(rows, weights)
        mean = [0.0] * _WIDTH
        for row, share in zip(rows, shares, strict=True):
            _add(mean, row, share)
            _add_square(curvature, row, share)
        _add_square(curvature, tuple((n, value) for n, value in enumerate(mean) if value), -1.0)
        _add(gradient, tuple(enumerate(mean)), 1.0)
        for place in right:
            _add(gradient, rows[place], -1 / len(right))
    return gradient, curvature


def _add(vector: list[float], row: Row, times: float) -> None:
    for n, value in row:
        vector[n] += times * value


def _add_square(matrix: list[list[float]], row: Row, times: float) -> None:
    for n, value in row:
        line, scaled = matrix[n], times * value
        for m, other in row:
            line[m] += scaled * other


def _solve(matrix: list[list[float]], vector: Sequence[float]) -> list[float]:
    """Gauss with the largest pivot; the ridge keeps the matrix regular."""
    rows = [[*line, value] for line, value in zip(matrix, vector, strict=True)]
    size = len(rows)
    for column in range(size):
        pivot = max(range(column, size), key=lambda n: abs(rows[n][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for below in range(column + 1, size):
            factor = rows[below][column] / rows[column][column]
            if factor:
                rows[below] = [
                    b - factor * a for a, b in zip(rows[column], rows[below], strict=True)
                ]
    found = [0.0] * size
    for line in reversed(range(size)):
        known = fsum(rows[line][n] * found[n] for n in range(line + 1, size))
        found[line] = (rows[line][size] - known) / rows[line][line]
    return found


def _walk(
    told: Sequence[Told],
    weights: list[float],
    step: Sequence[float],
    loss: float,
) -> tuple[list[float], float]:
    """A full step, halved until it leads down."""
    length = 1.0
    for _ in range(_STEPS):
        tried = [w - length * s for w, s in zip(weights, step, strict=True)]
        lower = _loss(told, tried)
        if lower <= loss:
            return tried, lower
        length /= 2
    return weights, loss


def _named(weights: Sequence[float], version: str) -> Weights:
    rounded = [round(w, 4) for w in weights]
    change = dict(zip(OF_CHANGE, rounded[: len(OF_CHANGE)], strict=True))
    nothing = dict(zip(OF_NOTHING, rounded[len(OF_CHANGE) :], strict=True))
    return weights_of(version, change, nothing, 1.0, (NEVER,) * 4)


def _at(weights: Weights, heat: float) -> Weights:
    return replace(weights, temperature=round(exp(heat), 4))


def _surprise(told: Sequence[tuple[tuple[float, ...], tuple[int, ...]]], heat: float) -> float:
    found = []
    for raw, right in told:
        shares = shared(raw, heat)
        found.append(-log(max(fsum(shares[n] for n in right), 1e-300)))
    return fsum(found)
