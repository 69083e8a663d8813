"""One incident with everything its verdict is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum

from groundrules.core.causation.answers import Alternative
from groundrules.core.causation.case import Case
from groundrules.core.causation.consider import Considered
from groundrules.core.causation.obstacles import Obstacles
from groundrules.core.causation.plausibility import Odds
from groundrules.core.causation.weights import Weights


@dataclass(frozen=True, slots=True)
class Weighed:
    """One incident with the changes that remain, the most probable first, and everything that stands against them.

    `waited` are those that passing checks make improbable and do not clear: none of them carries a verdict. `listed`
    are the candidates: what remains, and of what waited that which is probable all the same.
    """

    case: Case
    remaining: tuple[Considered, ...]
    waited: tuple[Considered, ...]
    listed: tuple[Considered, ...]
    chances: Odds
    standing: Obstacles
    beside: tuple[Alternative, ...]
    weights: Weights

    def probability(self, changes: Iterable[Considered]) -> float:
        """This function will return the probability that one of these did it, beside what remains and nothing recorded.

        Changes no dependency leads to are left out: any number of unrelated ones must not turn a verdict.
        """
        those = fsum(self.chances.of(c.change.id) for c in changes)
        beside = (*self.remaining, *self.waited)
        all_ = fsum(self.chances.of(c.change.id) for c in beside) + self.chances.nothing
        return those / all_
