"""What the runs made so far say about each state; asks for another run where they do not say enough."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal

from groundrules.core.replay.answers import AgreedState, Outcome, ReplayPlan, Run, State, Wanted


class RunNeeded(Exception):
    """The search cannot go on before this state is run."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__(wanted.why)
        self.wanted = wanted


class NothingProven(Exception):
    """The replay ends here, and says why nothing is proven."""


class NotOnRecord(NothingProven):
    """Every recorded change made again still passes: whatever broke it is not on record."""


class Unsettled(NothingProven):
    """The runs of one state do not agree, however often it was run."""


class RunLedger:
    """The runs by state. A look needs one run; an answer that a verdict rests on needs several that agree."""

    def __init__(self, plan: ReplayPlan, runs: Iterable[Run]) -> None:
        self._plan = plan
        self._runs: dict[State, list[Run]] = defaultdict(list)
        for run in runs:
            self._runs[run.state].append(run)

    def look(self, state: State, why: str) -> Outcome:
        """This function will return what most runs of a state say, or ask for a run."""
        return self._settled(state, why, 1)

    def establish(self, state: State, why: str) -> AgreedState:
        """This function will return an outcome that enough runs agree on, or ask for a run."""
        outcome = self._settled(state, why, self._plan.agreeing)
        return AgreedState(state, outcome, tuple(run.number for run in self._runs[state]))

    def _settled(self, state: State, why: str, enough: int) -> Outcome:
        made = self._runs[state]
        ranked = Counter(run.outcome for run in made).most_common()
        undecided = len(ranked) > 1 and ranked[0][1] == ranked[1][1]
        if ranked and ranked[0][1] >= enough and not undecided:
            return ranked[0][0]
        if len(made) >= self._plan.most_runs:
            raise Unsettled(
                f"{len(made)} runs of the same state did not agree; steady the health check, then replay again"
            )
        raise RunNeeded(Wanted(state, why))

    def repeated(self) -> int:
        """This function will count the runs that were made of a state more than once."""
        return sum(len(runs) for runs in self._runs.values() if len(runs) > 1)

    def least_run(self, states: Iterable[State]) -> State:
        """This function will return which of these states was run least often, the first of them on a tie."""
        return min(states, key=lambda state: len(self._runs[state]))

    def flake_rate(self) -> Decimal:
        """This function will return the share of repeated runs that went against the others of their state."""
        repeated = [runs for runs in self._runs.values() if len(runs) > 1]
        total = self.repeated()
        against = sum(
            len(runs) - Counter(run.outcome for run in runs).most_common(1)[0][1]
            for runs in repeated
        )
        return Decimal(against) / Decimal(total) if total else Decimal(0)
