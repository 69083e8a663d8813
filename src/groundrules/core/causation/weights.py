"""The weights that order candidates, as one versioned value whose digest every answer that used them shows.

They order; they never name. Times and most weights are those a conditional logit found on simulated cases (reference:
causation 3.3), the rest are judgements; none was fitted on the profiles of the scoreboard.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import lru_cache
from hashlib import sha256

from groundrules.core.causation.deeds import Deed

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds of each observation; `soon` and `late` are the mean waits in seconds of the two ways to break."""

    version: str = "1"
    density: float = 0.84
    on_path: float = 4.34
    per_hop: float = -0.56
    observed: float = 0.5
    error_names_it: float = 3.0
    error_names_another: float = -2.0
    takes_away: float = 1.85
    alters: float = 0.0
    adds: float = -1.5
    update: float = -0.97
    restart: float = -1.29
    doubted: float = -1.5
    healed: float = 2.0
    soon: float = 600.0
    late: float = 259200.0
    late_share: float = 0.15

    def of_deed(self, deed: Deed) -> float:
        """This function will return the weight of a change's nature."""
        return {
            Deed.TAKES_AWAY: self.takes_away,
            Deed.ALTERS: self.alters,
            Deed.ADDS: self.adds,
        }[deed]


WEIGHTS = Weights()


@lru_cache(maxsize=8)
def digest(weights: Weights) -> str:
    """This function will return the first hex digits of the SHA-256 over every weight in order."""
    return sha256(repr(astuple(weights)).encode()).hexdigest()[:_SHOWN]
