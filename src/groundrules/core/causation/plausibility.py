"""How probable each change is as the cause: competing risks, with "no recorded change" always among them.

P(c) = exp(s_c) / (exp(s_0) + sum of exp(s_j)), each score a weighted sum of what is observed. The probabilities of all
changes that are not ruled out and of "no recorded change" sum to one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, fsum

from groundrules.core.causation.case import Case
from groundrules.core.causation.consider import Considered
from groundrules.core.causation.features import Features, Observed, observe
from groundrules.core.causation.weights import WEIGHTS, Weights
from groundrules.core.ids import ChangeId


@dataclass(frozen=True, slots=True)
class Odds:
    """The probability of each change that is not ruled out, and that no recorded change did it. They sum to one."""

    changes: Mapping[ChangeId, float]
    nothing: float

    def of(self, change: ChangeId) -> float:
        """This function will return a change's probability; of one that is ruled out, none."""
        return self.changes.get(change, 0.0)


def odds(weighed: tuple[Considered, ...], case: Case, weights: Weights = WEIGHTS) -> Odds:
    """This function will weigh every change that is not ruled out against the others and against none of them."""
    staying = tuple(c for c in weighed if c.stays)
    shares = probabilities(observe(staying, case), weights)
    found = {c.change.id: share for c, share in zip(staying, shares, strict=False)}
    return Odds(found, shares[-1])


def probabilities(observed: Observed, weights: Weights) -> tuple[float, ...]:
    """This function will return the probability of each change in order, and last that of none."""
    return shared(log_odds(observed, weights), weights.temperature)


def log_odds(observed: Observed, weights: Weights) -> tuple[float, ...]:
    """This function will return the weighed observations of each change in order, last of none, before tempering."""
    changes = (_score(f, weights.change) for f in observed.changes)
    return (*changes, _score(observed.nothing, weights.nothing))


def shared(raw: tuple[float, ...], temperature: float) -> tuple[float, ...]:
    """This function will turn log-odds into probabilities that sum to one."""
    scores = [score / temperature for score in raw]
    highest = max(scores)
    risen = [exp(score - highest) for score in scores]
    total = fsum(risen)
    return tuple(value / total for value in risen)


def _score(found: Features, weights: tuple[float, ...]) -> float:
    return fsum(w * f for w, f in zip(weights, found, strict=True))
