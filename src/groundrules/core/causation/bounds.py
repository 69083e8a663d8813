"""How high a rate may truly be when k of n were seen: the exact (Clopper-Pearson) bound, with the standard library."""

from __future__ import annotations

from math import exp, lgamma, log, log1p

_STEPS = 60


def upper_bound(seen: int, of: int, confidence: float = 0.95) -> float:
    """This function will return the one-sided upper bound of a rate of which `seen` out of `of` were observed.

    Nothing observed at all bounds nothing: 1. Refuses counts that can't be.
    """
    if not 0 <= seen <= of:
        message = f"{seen} of {of} is no count: give 0 <= seen <= of."
        raise ValueError(message)
    if seen == of:
        return 1.0
    low, high = seen / of, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _at_most(seen, of, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(seen: int, of: int, rate: float) -> float:
    """The chance of `seen` or fewer among `of` at this rate; summed in logarithms, so large counts do not overflow."""
    if rate <= 0.0:
        return 1.0
    if rate >= 1.0:
        return 0.0
    ways = [lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) for k in range(seen + 1)]
    return sum(exp(w + k * log(rate) + (of - k) * log1p(-rate)) for k, w in enumerate(ways))
