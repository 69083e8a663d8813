"""The search against fault models whose truth is known: what it proves is so, and no innocent is blamed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.ids import ChangeId, IncidentId
from groundrules.core.replay.answers import (
    Outcome,
    ReplayPlan,
    ReplayResult,
    ReplayVerdict,
    Run,
    State,
)
from groundrules.core.replay.search import Unfinished, conclude, next_step

Fails = Callable[[frozenset[ChangeId]], bool]
ALL = tuple(ChangeId(f"CHG-{number:02}") for number in range(20))
SOLE, CONTRIBUTING, SUFFICIENT = (
    ReplayVerdict.SOLE,
    ReplayVerdict.CONTRIBUTING,
    ReplayVerdict.SUFFICIENT,
)


def plan_of(changes: tuple[ChangeId, ...] = ALL, *suspects: ChangeId) -> ReplayPlan:
    return ReplayPlan(IncidentId("INC-1"), changes, suspects)


def replay(plan: ReplayPlan, tell: Callable[[State, int], Outcome]) -> ReplayResult:
    """Run the machine to its end, answering each run from the fault model."""
    runs: list[Run] = []
    while not isinstance(step := next_step(plan, runs), ReplayResult):
        runs.append(Run(len(runs) + 1, step.state, tell(step.state, len(runs))))
        assert len(runs) < 2000
    return step


def by(fails: Fails) -> Callable[[State, int], Outcome]:
    return lambda state, _: Outcome.SAME_FAILURE if fails(state.changes) else Outcome.PASSES


def by_state(fails: Callable[[State], bool]) -> Callable[[State, int], Outcome]:
    return lambda state, _: Outcome.SAME_FAILURE if fails(state) else Outcome.PASSES


def verdicts(result: ReplayResult) -> dict[ChangeId, ReplayVerdict]:
    return {finding.change: finding.verdict for finding in result.findings}


def broken_repaired_broken(order: tuple[ChangeId, ...], story: tuple[ChangeId, ...]) -> Fails:
    """The last of the story's changes that was made decides: broken, repaired, broken again."""
    first, repair, last = story

    def fails(made: frozenset[ChangeId]) -> bool:
        told = [change for change in order if change in made and change in story]
        return bool(told) and told[-1] in {first, last} and repair != told[-1]

    return fails


three = st.permutations(ALL).map(lambda order: (tuple(order), tuple(order[:3])))


class TestScenarioKinds:
    @given(three)
    def test_a_single_cause_is_the_sole_cause(
        self, drawn: tuple[tuple[ChangeId, ...], tuple[ChangeId, ...]]
    ) -> None:
        """One change breaks it: sole, and nothing else is named."""
        order, (culprit, _, _) = drawn

        result = replay(plan_of(order[::-1]), by(lambda made: culprit in made))

        assert verdicts(result) == {culprit: SOLE}
        assert result.repairs == ((culprit,),)

    @given(three)
    def test_each_of_two_sufficient_changes_is_shown_with_the_other_remaining(
        self, drawn: tuple[tuple[ChangeId, ...], tuple[ChangeId, ...]]
    ) -> None:
        """Undoing either alone still fails, and neither is acquitted for it."""
        order, (one, other, _) = drawn

        result = replay(plan_of(order[::-1]), by(lambda made: bool(made & {one, other})))

        assert verdicts(result) == {one: SUFFICIENT, other: SUFFICIENT}

    @given(three)
    def test_two_changes_that_break_only_together_both_contribute(
        self, drawn: tuple[tuple[ChangeId, ...], tuple[ChangeId, ...]]
    ) -> None:
        """The second disjoint repair exposes the partner."""
        order, (one, other, _) = drawn

        result = replay(plan_of(order[::-1]), by(lambda made: {one, other} <= made))

        assert verdicts(result) == {one: CONTRIBUTING, other: CONTRIBUTING}

    @given(st.permutations(ALL), st.sets(st.integers(0, 19), min_size=3, max_size=3), st.data())
    def test_what_was_repaired_in_between_is_not_blamed(
        self, drawn: list[ChangeId], places: set[int], data: st.DataObject
    ) -> None:
        """Broken, repaired, broken again: only the last one, whoever is suspected first."""
        order = tuple(drawn)
        story = tuple(order[place] for place in sorted(places))
        suspects = data.draw(st.lists(st.sampled_from(ALL), unique=True, max_size=4))

        result = replay(plan_of(order, *suspects), by(broken_repaired_broken(order, story)))

        assert verdicts(result) == {story[2]: SOLE}


FEW = ALL[:6]
tables = st.lists(st.booleans(), min_size=64, max_size=64)


def model(table: list[bool], relevant: tuple[ChangeId, ...]) -> Fails:
    """Any boolean fault over the relevant changes, monotone or not, that passes before and fails at the end."""

    def fails(made: frozenset[ChangeId]) -> bool:
        inside = made & frozenset(relevant)
        if not inside or inside == frozenset(relevant):
            return bool(inside)
        return table[sum(1 << relevant.index(change) for change in inside)]

    return fails


class TestAnyFault:
    @given(tables, st.integers(1, 4), st.permutations(ALL[:12]), st.permutations(ALL[:12]))
    def test_no_innocent_is_named_and_every_repair_is_real_and_minimal(
        self, table: list[bool], count: int, drawn: list[ChangeId], suspected: list[ChangeId]
    ) -> None:
        """Masking, cancelling and interaction included: named changes matter, repairs heal, no part of one does."""
        relevant, order = tuple(drawn[:count]), tuple(sorted(drawn))
        fails = model(table, relevant)

        result = replay(plan_of(order, *suspected[:3]), by(fails))

        everything = frozenset(order)
        assert set(verdicts(result)) <= set(relevant)
        assert result.repairs
        for repair in result.repairs:
            assert not fails(everything - set(repair))
            parts = (set(p) for n in range(len(repair)) for p in combinations(repair, n))
            assert all(fails(everything - part) for part in parts)
        for finding in result.findings:
            assert finding.heals is not fails(everything - {finding.change})
            assert finding.reproduces is fails(frozenset({finding.change}))

    @given(tables, st.integers(1, 4), st.permutations(ALL[:8]))
    def test_the_same_runs_give_the_same_answer(
        self, table: list[bool], count: int, drawn: list[ChangeId]
    ) -> None:
        """The machine has no memory but the runs."""
        fails, plan = model(table, tuple(drawn[:count])), plan_of(ALL[:8])

        result = replay(plan, by(fails))

        assert next_step(plan, result.runs) == result


class TestMasking:
    def test_another_failure_neither_heals_nor_reproduces(self) -> None:
        """A change that breaks it in another way is not said to reproduce this incident."""
        real, other = ALL[3], ALL[7]

        def tell(state: State, _: int) -> Outcome:
            if real in state.changes:
                return Outcome.SAME_FAILURE
            return Outcome.OTHER_FAILURE if other in state.changes else Outcome.PASSES

        result = replay(plan_of(), tell)

        assert verdicts(result) == {real: SUFFICIENT, other: ReplayVerdict.NOT_SHOWN}
        assert result.proven == (real,)


def running_plan(*, has_end_copy: bool = False) -> ReplayPlan:
    return ReplayPlan(IncidentId("INC-1"), ALL, has_end_copy=has_end_copy, running=True)


def shown_running(result: ReplayResult) -> dict[ChangeId, bool | None]:
    return {finding.change: finding.running for finding in result.findings}


class TestRunning:
    @given(three, st.booleans())
    def test_tells_what_breaks_a_running_copy_from_what_breaks_a_fresh_start(
        self,
        drawn: tuple[tuple[ChangeId, ...], tuple[ChangeId, ...]],
        waits: bool,  # noqa: FBT001 - drawn
    ) -> None:
        """The verdict is the same; whether a copy that runs already fails too stands beside it, by runs of its own."""
        _, (culprit, _, _) = drawn

        result = replay(
            running_plan(), by_state(lambda s: culprit in s.changes and not (waits and s.running))
        )

        (finding,) = result.findings
        assert (finding.verdict, finding.running) == (SOLE, not waits)
        made = [run for run in result.runs if run.state.running]
        assert tuple(run.number for run in made) == finding.running_runs
        assert {run.state.changes for run in made} == (
            {frozenset((culprit,))}
            if waits
            else {frozenset((culprit,)), frozenset(ALL) - {culprit}}
        )

    def test_asks_nothing_of_a_running_copy_unless_the_plan_does_and_something_is_proven(
        self,
    ) -> None:
        """Older plans keep their runs, and silence is not tried on another copy."""
        plain = replay(plan_of(), by(lambda made: ALL[3] in made))
        nothing = replay(running_plan(), by(lambda _: False))

        assert shown_running(plain) == {ALL[3]: None}
        assert plain.findings[0].on_running_copy == ""
        assert not any(run.state.running for run in (*plain.runs, *nothing.runs))

    def test_two_that_break_it_together_are_made_together(self) -> None:
        """All recorded changes break the running copy, and all but one of the two do not."""
        both = {ALL[2], ALL[9]}

        result = replay(running_plan(), by(lambda made: both <= made))

        assert shown_running(result) == dict.fromkeys(sorted(both), True)
        assert "showed the same" in result.findings[0].on_running_copy

    def test_one_of_two_that_each_break_it_may_wait_for_a_restart(self) -> None:
        """Each is sufficient at a fresh start; only one breaks what runs."""
        now, later = ALL[2], ALL[9]

        def fails(state: State) -> bool:
            return now in state.changes or (later in state.changes and not state.running)

        result = replay(running_plan(), by_state(fails))

        assert verdicts(result) == {now: SUFFICIENT, later: SUFFICIENT}
        assert shown_running(result) == {now: True, later: False}
        assert "only a fresh start" in result.findings[1].on_running_copy

    @pytest.mark.parametrize("how", ["cannot be run", "never agrees", "fails without it too"])
    def test_a_running_copy_that_shows_nothing_leaves_the_proof(self, how: str) -> None:
        """What could not be tried is not known; what fails whatever is made does not show the change."""

        def tell(state: State, number: int) -> Outcome:
            if state.running and how == "cannot be run":
                return Outcome.INVALID
            if state.running and how == "never agrees":
                return list(Outcome)[number % 4]
            broken = ALL[5] in state.changes or state.running
            return Outcome.SAME_FAILURE if broken else Outcome.PASSES

        result = replay(
            ReplayPlan(IncidentId("I"), ALL, running=True, flakes_allowed=Decimal("0.5")), tell
        )

        assert verdicts(result) == {ALL[5]: SOLE}
        assert shown_running(result) == {ALL[5]: False if how == "fails without it too" else None}

    def test_names_the_missing_run_of_a_running_copy(self) -> None:
        """A replay that is written down without them is unfinished."""
        result = replay(running_plan(), by(lambda made: ALL[5] in made))
        fresh = [run for run in result.runs if not run.state.running]

        with pytest.raises(Unfinished, match="CHG-05 made while it is running"):
            conclude(running_plan(), fresh)


class TestOrder:
    @given(three)
    def test_asks_about_the_oldest_change_of_a_repair_first(
        self, drawn: tuple[tuple[ChangeId, ...], tuple[ChangeId, ...]]
    ) -> None:
        """The same question in the same words in every process, so that a replay can be carried on by another."""
        order, (one, other, _) = drawn
        plan = plan_of(order)

        result = replay(plan, by(lambda made: one in made and other in made))

        asked = [run.state.changes for run in result.runs if len(run.state.changes) == 1]
        oldest = min(one, other, key=order.index)
        assert asked[0] == {oldest}
        assert result.planned == order


class TestControls:
    def test_a_good_state_that_fails_ends_the_replay(self) -> None:
        """An unfaithful copy proves nothing."""
        result = replay(plan_of(), lambda *_: Outcome.SAME_FAILURE)

        assert "good state" in result.obstacle
        assert result.proven == ()

    def test_something_unrecorded_clears_every_recorded_change(self) -> None:
        """All recorded changes made again still pass: nobody on record is shown to have broken it."""
        result = replay(plan_of(), lambda *_: Outcome.PASSES)

        assert "not on record" in result.obstacle
        assert result.findings == ()
        assert (result.unrecorded, result.planned) == (True, ALL)

    def test_an_end_copy_with_another_failure_ends_the_replay(self) -> None:
        """The end state must fail with the incident's own signature."""
        plan = ReplayPlan(IncidentId("INC-1"), ALL, has_end_copy=True)

        result = replay(
            plan, lambda state, _: Outcome.OTHER_FAILURE if state.end_copy else Outcome.PASSES
        )

        assert "copy of the end state" in result.obstacle


class TestFlakes:
    def test_every_proof_rests_on_three_agreeing_runs(self) -> None:
        """Each state a verdict cites has at least three runs with its outcome."""
        result = replay(plan_of(), by(lambda made: ALL[5] in made))

        outcomes = {run.number: run.outcome for run in result.runs}
        for agreed in result.states:
            assert sum(outcomes[n] is agreed.outcome for n in agreed.runs) >= 3

    def test_one_flake_is_outvoted_and_measured(self) -> None:
        """A single wrong run costs more runs, not an innocent."""
        fails = by(lambda made: ALL[5] in made)

        def flaky(state: State, number: int) -> Outcome:
            return Outcome.OTHER_FAILURE if number == 1 else fails(state, number)

        result = replay(ReplayPlan(IncidentId("I"), ALL, flakes_allowed=Decimal("0.2")), flaky)

        assert verdicts(result) == {ALL[5]: SOLE}
        assert 0 < result.flake_rate < Decimal("0.2")

    def test_a_flaky_check_proves_nothing(self) -> None:
        """At the allowed rate or above, the replay says so and names nobody."""
        fails = by(lambda made: ALL[5] in made)

        def flaky(state: State, number: int) -> Outcome:
            return Outcome.OTHER_FAILURE if number % 4 == 1 else fails(state, number)

        result = replay(plan_of(), flaky)

        assert result.obstacle
        assert result.proven == ()

    def test_one_wrong_run_of_few_is_measured_before_it_counts(self) -> None:
        """The controls are repeated, as often as it takes to tell a wrong run from a check that is often wrong."""
        fails = by(lambda made: ALL[5] in made)
        few = replace(plan_of(), repeats=30)

        def wrong(every: int) -> Callable[[State, int], Outcome]:
            return lambda s, n: Outcome.INVALID if n % every == 1 else fails(s, n)

        once, often = replay(few, wrong(1000)), replay(few, wrong(6))

        assert replay(plan_of(), wrong(1000)).obstacle
        assert verdicts(once) == {ALL[5]: SOLE}
        assert once.flake_rate == Decimal(1) / Decimal(30)
        assert often.obstacle
        assert often.proven == ()
