"""The weights of the score as one versioned value, whose digest every answer that used them shows.

They are fitted by `groundrules worlds fit`, which writes them with what they were fitted and certified on into
`fitted.py`: a module of plain values, so that nothing is read from a file here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from groundrules.core.causation import fitted
from groundrules.core.causation.confirmation import Tie
from groundrules.core.causation.features import OF_CHANGE, OF_NOTHING

_SHOWN = 12


class UnknownWeights(ValueError):
    """Weights that are not those of today's observations; the message says which are missing or too many."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds of each observation in the order of `features`, divided by `temperature` as calibrated.

    From these probabilities on a change may be called likely: `named_from` where the error names it, `late_from` where
    it does though checks passed after it, `twice_from` where both a repair and the applications that failed tie it,
    `otherwise_from` where it is tied otherwise. A threshold above 1 says that this kind of tie could not be certified.
    """

    version: str
    change: tuple[float, ...]
    nothing: tuple[float, ...]
    temperature: float
    named_from: float
    late_from: float
    twice_from: float
    otherwise_from: float

    def likely_from(self, tie: Tie) -> float:
        """This function will return the probability from which an act that is tied so may be called likely."""
        return {
            Tie.NAMED: self.named_from,
            Tie.LATE: self.late_from,
            Tie.TWICE: self.twice_from,
            Tie.OTHERWISE: self.otherwise_from,
        }[tie]


def weights_of(
    version: str,
    change: Mapping[str, float],
    nothing: Mapping[str, float],
    temperature: float,
    likely_from: tuple[float, ...],
) -> Weights:
    """This function will put named weights into the order of the observations; raises UnknownWeights."""
    for names, given in ((OF_CHANGE, change), (OF_NOTHING, nothing)):
        if set(names) != set(given):
            differ = ", ".join(sorted(set(names) ^ set(given)))
            raise UnknownWeights(
                f"these weights are missing or unknown: {differ}; fit them again with `groundrules worlds fit`"
            )
    return Weights(
        version,
        tuple(change[name] for name in OF_CHANGE),
        tuple(nothing[name] for name in OF_NOTHING),
        temperature,
        *likely_from,
    )


WEIGHTS = weights_of(
    fitted.VERSION, fitted.CHANGE, fitted.NOTHING, fitted.TEMPERATURE, fitted.LIKELY_FROM
)


@lru_cache(maxsize=8)
def digest(weights: Weights) -> str:
    """This function will return the first hex digits of the SHA-256 over every weight in order."""
    parts = (
        weights.version,
        weights.change,
        weights.nothing,
        weights.temperature,
        weights.named_from,
        weights.late_from,
        weights.twice_from,
        weights.otherwise_from,
    )
    return sha256(repr(parts).encode()).hexdigest()[:_SHOWN]
