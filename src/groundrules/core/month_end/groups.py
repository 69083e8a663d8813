"""The open doubts of a client by their kind, and which kinds one reason may answer together."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from groundrules.core.money import Money
from groundrules.core.month_end.answers import BLOCKING, Doubt, DoubtKind

# Each of these is a question of its own, about somebody's word, a sum or what binds: no one reason is true of several.
_ONE_BY_ONE = BLOCKING | {
    DoubtKind.NO_AGREEMENT,
    DoubtKind.NOT_EXPORTED,
    DoubtKind.NEEDS_PERSON,
    DoubtKind.DISPUTED,
    DoubtKind.TWICE,
}
_MARK_LENGTH = 16


@dataclass(frozen=True, slots=True)
class DoubtGroup:
    """Every open doubt of one kind, of one client."""

    kind: DoubtKind
    doubts: tuple[Doubt, ...]

    @property
    def at_stake(self) -> tuple[Money, ...]:
        """What is at stake in them together, each counted at its size; one sum for each currency."""
        sums: dict[str, int] = {}
        for stake in (doubt.at_stake for doubt in self.doubts):
            if stake is not None:
                sums[stake.currency] = sums.get(stake.currency, 0) + abs(stake.minor)
        return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))

    @property
    def without_sum(self) -> int:
        """How many of them have no known sum."""
        return sum(doubt.at_stake is None for doubt in self.doubts)

    @property
    def may_be_answered_together(self) -> bool:
        """True where one reason can hold for all of them, such as a technician who forgot to write notes."""
        return self.kind not in _ONE_BY_ONE

    @property
    def action(self) -> str:
        """What is done by default with each: the same for all of a kind, or empty where it differs."""
        actions = {doubt.action for doubt in self.doubts}
        return actions.pop() if len(actions) == 1 else ""

    @property
    def is_accepted_by_default(self) -> bool:
        """True where the default is to let each stand."""
        return all(doubt.is_accepted_by_default for doubt in self.doubts)

    @property
    def mark(self) -> str:
        """What tells these doubts and their sums from any others: whoever answers them shows which ones they saw."""
        told = "\n".join(sorted(f"{doubt.key}|{doubt.at_stake}" for doubt in self.doubts))
        return hashlib.sha256(told.encode()).hexdigest()[:_MARK_LENGTH]


def grouped(doubts: Iterable[Doubt]) -> tuple[DoubtGroup, ...]:
    """This function will put doubts together by kind, the dearest kinds first; within a kind they keep their order."""
    found: defaultdict[DoubtKind, list[Doubt]] = defaultdict(list)
    for doubt in doubts:
        found[doubt.kind].append(doubt)
    return tuple(DoubtGroup(kind, tuple(found[kind])) for kind in DoubtKind if kind in found)
