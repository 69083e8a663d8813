"""The search for minimal repairs, as a state machine: given the runs so far, the next run or the result.

The runs are the whole state, so a replay can be stopped, kept, and carried on by another program or a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from groundrules.core.ids import ChangeId
from groundrules.core.replay.answers import (
    AgreedState,
    ChangeFinding,
    Outcome,
    ReplayPlan,
    ReplayResult,
    ReplayVerdict,
    Run,
    State,
    Wanted,
)
from groundrules.core.replay.ledger import (
    NothingProven,
    NotOnRecord,
    RunLedger,
    RunNeeded,
    Unsettled,
)

_VERDICTS = {
    (True, True): ReplayVerdict.SOLE,
    (True, False): ReplayVerdict.CONTRIBUTING,
    (False, True): ReplayVerdict.SUFFICIENT,
    (False, False): ReplayVerdict.NOT_SHOWN,
}
_UNRECORDED = (
    "the good state with every recorded change made still passes: something that is not on record broke it, "
    "and no recorded change is shown to have done so"
)


class Unfinished(ValueError):
    """The runs do not suffice for a result; the message says which run is missing."""


def conclude(plan: ReplayPlan, runs: Sequence[Run]) -> ReplayResult:
    """This function will return what finished runs show; raises Unfinished when the search asks for another."""
    step = next_step(plan, runs)
    if isinstance(step, ReplayResult):
        return step
    made = ", ".join(sorted(step.state.changes)) or "no change"
    where = f"the good state with {made} made"
    if step.state.running:
        where += " while it is running"
    if step.state.end_copy:
        where = "the copy of the end state"
    raise Unfinished(f"after {len(runs)} runs the replay still needs one of {where} ({step.why})")


def next_step(plan: ReplayPlan, runs: Sequence[Run]) -> Wanted | ReplayResult:
    """This function will return the run that is needed next, or the result when the runs suffice."""
    search = _Search(plan, runs)
    try:
        return search.conclude()
    except RunNeeded as needed:
        return needed.wanted
    except NotOnRecord as shown:
        return replace(search.result((), (), str(shown)), unrecorded=True)
    except NothingProven as obstacle:
        return search.result((), (), str(obstacle))


class _Search:
    """One pass over the runs on record, from the controls to the verdicts."""

    def __init__(self, plan: ReplayPlan, runs: Sequence[Run]) -> None:
        self._plan = plan
        self._runs = tuple(runs)
        self._ledger = RunLedger(plan, runs)
        self._all = frozenset(plan.changes)
        self._agreed: dict[State, AgreedState] = {}

    def conclude(self) -> ReplayResult:
        self._controls()
        first = self._minimal_repair(self._all)
        repairs = [first]
        if not self._reproduces(first):
            second = self._second_repair(first)
            repairs += [second] if second else []
        findings = tuple(
            self._finding(change) for repair in repairs for change in self._in_order(repair)
        )
        self._refuse_flakes()
        if self._plan.running:
            findings = tuple(self._on_running(finding) for finding in findings)
            self._refuse_flakes()
        return self.result(findings, tuple(self._in_order(repair) for repair in repairs), "")

    def result(
        self,
        findings: tuple[ChangeFinding, ...],
        repairs: tuple[tuple[ChangeId, ...], ...],
        obstacle: str,
    ) -> ReplayResult:
        states = tuple(self._agreed.values())
        rate = self._ledger.flake_rate()
        ordered = tuple(sorted(findings, key=lambda f: self._plan.changes.index(f.change)))
        return ReplayResult(
            self._plan.incident,
            ordered,
            repairs,
            states,
            self._runs,
            rate,
            obstacle,
            self._plan.changes,
        )

    def _controls(self) -> None:
        good = self._establish(State(), "control: the good state")
        if good is not Outcome.PASSES:
            raise NothingProven(f"the good state {good}, so the copy or the check is not faithful")
        if self._plan.has_end_copy:
            end = self._establish(State(end_copy=True), "control: the copy of the end state")
            if end is not Outcome.SAME_FAILURE:
                raise NothingProven(f"the copy of the end state {end}, unlike the incident")
        recorded = self._establish(State(self._all), "control: every recorded change made again")
        if recorded is Outcome.PASSES:
            self._refuse_flakes()
            raise NotOnRecord(_UNRECORDED)
        if recorded is not Outcome.SAME_FAILURE:
            raise NothingProven(f"with every recorded change the copy {recorded}")

    def _refuse_flakes(self) -> None:
        """One wrong run of a few says little of a check, so the controls are repeated before it is judged."""
        rate = self._ledger.flake_rate()
        if rate and self._ledger.repeated() < self._plan.repeats:
            control = self._ledger.least_run((State(), State(self._all)))
            raise RunNeeded(Wanted(control, "control: how often is the check wrong?"))
        if rate >= self._plan.flakes_allowed:
            raise NothingProven(
                f"{rate:.0%} of repeated runs disagreed with their like; at {self._plan.flakes_allowed:.0%} "
                "or more nothing counts as proven"
            )

    def _establish(self, state: State, why: str) -> Outcome:
        agreed = self._ledger.establish(state, why)
        self._agreed[state] = agreed
        return agreed.outcome

    def _without(self, undone: Iterable[ChangeId]) -> State:
        return State(self._all - frozenset(undone))

    def _looks_healed(self, undone: Iterable[ChangeId]) -> bool:
        state = self._without(undone)
        return self._ledger.look(state, "search: what heals the end state") is Outcome.PASSES

    def _heals(self, undone: Iterable[ChangeId]) -> bool:
        state = self._without(undone)
        return self._establish(state, "does undoing this heal the end state?") is Outcome.PASSES

    def _reproduces(self, made: Iterable[ChangeId]) -> bool:
        state = State(frozenset(made))
        why = "does this alone reproduce the incident?"
        return self._establish(state, why) is Outcome.SAME_FAILURE

    def _search_order(self, among: frozenset[ChangeId]) -> list[ChangeId]:
        """Suspects first, then the latest: undoing the latest changes goes back through real history."""
        suspects = [change for change in self._plan.suspects if change in among]
        later = [c for c in reversed(self._plan.changes) if c in among and c not in suspects]
        return suspects + later

    def _minimal_repair(self, among: frozenset[ChangeId]) -> frozenset[ChangeId]:
        """Each round finds the one change at which undoing more begins to heal; it belongs to the repair.

        Undoing all of `among` is known to heal, and undoing nothing is known not to.
        """
        kept: list[ChangeId] = []
        rest = self._search_order(among)
        while not (kept and self._looks_healed(kept)):
            turn = self._turning_point(kept, rest)
            kept.append(rest[turn])
            rest = rest[:turn]
        return self._smallest_part(kept)

    def _turning_point(self, kept: list[ChangeId], rest: list[ChangeId]) -> int:
        low, high = 0, len(rest)
        for step in (1, 2):  # The first suspects cost two looks; the others are halved.
            if step < high and self._looks_healed(kept + rest[:step]):
                high = step
                break
            low = min(step, high - 1)
        while high - low > 1:
            middle = (low + high) // 2
            if self._looks_healed(kept + rest[:middle]):
                high = middle
            else:
                low = middle
        return high - 1

    def _smallest_part(self, found: list[ChangeId]) -> frozenset[ChangeId]:
        """No part of a minimal repair heals. Every part is tried, because effects may cancel out."""
        for size in range(1, len(found)):
            for part in combinations(found, size):
                if self._looks_healed(part) and self._heals(part):
                    return frozenset(part)
        if not self._heals(found):
            raise NothingProven("the repair that was found did not heal again")
        return frozenset(found)

    def _second_repair(self, first: frozenset[ChangeId]) -> frozenset[ChangeId]:
        """With the first repair's changes alone the application works, so undoing all others heals too."""
        if not self._looks_healed(self._all - first):
            return frozenset()
        return self._minimal_repair(self._all - first)

    def _finding(self, change: ChangeId) -> ChangeFinding:
        heals, reproduces = self._heals((change,)), self._reproduces((change,))
        rests_on = (self._without((change,)), State(frozenset((change,))))
        runs = tuple(sorted({n for state in rests_on for n in self._agreed[state].runs}))
        return ChangeFinding(change, _VERDICTS[heals, reproduces], heals, reproduces, runs)

    def _on_running(self, finding: ChangeFinding) -> ChangeFinding:
        """What a proven change does to a copy that was started before it was made, and what that does without it."""
        if finding.verdict is ReplayVerdict.NOT_SHOWN:
            return finding
        alone = frozenset((finding.change,))
        breaks = alone if finding.reproduces else self._all
        spares = self._all - alone if finding.heals else frozenset[ChangeId]()
        asked = ((breaks, Outcome.SAME_FAILURE), (spares, Outcome.PASSES))
        runs: list[int] = []
        for made, wanted in asked:
            agreed = self._started(made)
            if agreed is None or agreed.outcome is Outcome.INVALID:
                return finding
            runs += agreed.runs
            if agreed.outcome is not wanted:
                return replace(finding, running=False, running_runs=tuple(runs))
        return replace(finding, running=True, running_runs=tuple(runs))

    def _started(self, made: frozenset[ChangeId]) -> AgreedState | None:
        """Runs of a running copy that never agree leave the proof by fresh starts as it is."""
        state = State(made, running=True)
        try:
            self._establish(state, "does a copy that is already running say the same?")
        except Unsettled:
            return None
        return self._agreed[state]

    def _in_order(self, repair: frozenset[ChangeId]) -> tuple[ChangeId, ...]:
        return tuple(change for change in self._plan.changes if change in repair)
