from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.causation.answers import CauseAnswer, CauseVerdict
from groundrules.core.causation.context import CausationContext
from groundrules.core.causation.rank import rank
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, GapKind, ItemKind
from groundrules.core.ids import ChangeId
from groundrules.core.periods import Interval
from tests.core.attribution.tale import (
    CAUSES,
    DOTNET,
    INCIDENT,
    NAMED,
    SRV2,
    at,
    change,
    check,
    gap,
    needs,
)

START = at("2007-02-21 18:00")
COMPONENTS = (DOTNET, ".NET Framework 1.0", "IIS", "web.config", "hello")


@st.composite
def changes(draw: st.DrawFn, number: int) -> Change:
    """A change on SRV1 within four hours, exact or an interval."""
    first = START + timedelta(minutes=draw(st.integers(0, 240)))
    last = first + timedelta(minutes=draw(st.sampled_from([0, 0, 0, 30])))
    return change(
        f"CHG-{number}",
        "2007-02-21 19:00",
        draw(st.sampled_from(COMPONENTS)),
        action=draw(st.sampled_from(list(Action))),
        interval=Interval(first, last),
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[tuple[Change, ...], CausationContext]:
    """Up to six changes, a map, checks every so often, and sometimes a gap."""
    made = tuple(draw(changes(n)) for n in range(draw(st.integers(0, 6))))
    good = draw(st.sets(st.integers(0, 59), max_size=4))
    checks = [check(f"HC-{m}", f"2007-02-21 19:{m:02}", healthy=True) for m in good]
    steps = (needs("SharePoint", "IIS"), needs("IIS", DOTNET), needs("SharePoint", "web.config"))
    hole = gap(GapKind.RECORDS_MISSING, "2007-02-21 19:50", "2007-02-21 19:52")
    context = replace(
        CAUSES,
        dependencies=tuple(s for s in steps if draw(st.booleans())),
        health_checks=(*checks, check("HC-BAD", "2007-02-21 20:01", healthy=False)),
        gaps=(hole,) if draw(st.booleans()) else (),
    )
    return made, context


def told(answer: CauseAnswer) -> tuple[object, ...]:
    """The verdict and what it rests on."""
    return answer.verdict, answer.changes, answer.onset


class TestRankProperties:
    @given(worlds(), st.randoms(use_true_random=False))
    def test_does_not_depend_on_order(
        self, world: tuple[tuple[Change, ...], CausationContext], luck: Random
    ) -> None:
        """Any order of the same facts gives the same answer to the last sentence."""
        made, context = world
        mixed = replace(
            context,
            dependencies=tuple(luck.sample(context.dependencies, k=len(context.dependencies))),
            health_checks=tuple(luck.sample(context.health_checks, k=len(context.health_checks))),
        )

        shuffled = luck.sample(made, k=len(made))

        assert rank(INCIDENT, shuffled, mixed) == rank(INCIDENT, made, context)

    @given(worlds())
    def test_does_not_depend_on_references(
        self, world: tuple[tuple[Change, ...], CausationContext]
    ) -> None:
        """Other ids for the same changes give the same verdict on the same changes, told apart by what they did."""
        made, context = world
        renamed = {c.id: ChangeId(f"CHG-Z{9 - n}") for n, c in enumerate(made)}

        found = rank(INCIDENT, made, context)
        other = rank(INCIDENT, [replace(c, id=renamed[c.id]) for c in made], context)

        assert other.verdict is found.verdict
        by_id = {c.id: replace(c, id=ChangeId("")) for c in made}
        back = {renamed[ref]: ref for ref in renamed}
        assert [by_id[back[ref]] for ref in other.changes] == [by_id[r] for r in found.changes]

    @given(worlds(), st.sampled_from(COMPONENTS))
    def test_is_not_moved_by_what_happened_elsewhere_or_later(
        self, world: tuple[tuple[Change, ...], CausationContext], component: str
    ) -> None:
        """A change on another server, or after the failure, changes nothing."""
        made, context = world
        elsewhere = change("CHG-E", "2007-02-21 19:58", component, asset=SRV2)
        later = change("CHG-L", "2007-02-21 20:30", f"other {component}")

        assert told(rank(INCIDENT, (*made, elsewhere, later), context)) == told(
            rank(INCIDENT, made, context)
        )

    @given(worlds())
    def test_weighs_everyone_alike(
        self, world: tuple[tuple[Change, ...], CausationContext]
    ) -> None:
        """Putting one actor's name for another's on every change leaves the answer as it was."""
        made, context = world
        one = tuple(replace(c, actor=NAMED) for c in made)
        other = tuple(replace(c, actor=replace(NAMED, account="anna")) for c in made)

        assert rank(INCIDENT, one, context) == rank(INCIDENT, other, context)

    @given(worlds())
    def test_cites_only_records_that_exist(
        self, world: tuple[tuple[Change, ...], CausationContext]
    ) -> None:
        """Every reference in every reason opens a record of the world."""
        made, context = world
        known: dict[str, set[str]] = {
            "change": {c.id for c in made},
            "health check": {c.id for c in context.health_checks},
            "gap": {g.id for g in context.gaps},
            "own run": {r.id for r in context.own_runs},
            "incident": {INCIDENT.id},
        }

        answer = rank(INCIDENT, made, context)

        reasons = [*answer.reasons, *(r for h in answer.hypotheses for r in h.reasons)]
        reasons += [r for a in answer.alternatives for r in a.reasons]
        assert all(fact.ref in known[fact.kind] for reason in reasons for fact in reason.facts)

    @given(worlds())
    def test_says_likely_only_of_what_nothing_speaks_against(
        self, world: tuple[tuple[Change, ...], CausationContext]
    ) -> None:
        """A likely change lies between the last good check and the failure, on a path, with no gap."""
        made, context = world

        answer = rank(INCIDENT, made, context)

        if answer.verdict is CauseVerdict.LIKELY_CHANGE:
            chosen = [h for h in answer.hypotheses if h.change in answer.changes]
            by_id = {c.id: c for c in made}
            assert all(h.path and not h.rejected for h in chosen)
            assert all(
                answer.onset.not_before <= by_id[ref].interval.not_before
                and by_id[ref].interval.not_after < answer.onset.not_after
                for ref in answer.changes
            )
            over = [g for g in context.gaps if g.interval.not_after > answer.onset.not_before]
            assert not over

    @given(worlds())
    def test_loses_the_verdict_with_the_change_it_rests_on(
        self, world: tuple[tuple[Change, ...], CausationContext]
    ) -> None:
        """Without the cited changes the verdict falls."""
        made, context = world

        answer = rank(INCIDENT, made, context)
        without = rank(INCIDENT, [c for c in made if c.id not in answer.changes], context)

        if answer.changes:
            assert told(without) != told(answer)


class TestRankAtScale:
    def test_ranks_hundreds_of_changes_and_finds_the_one(self) -> None:
        """Three hundred innocent changes on the server do not hide the one on the path."""
        innocent = tuple(
            change(f"CHG-{n}", "2007-02-21 19:57", f"package {n} x", kind=ItemKind.PACKAGE)
            for n in range(300)
        )
        guilty = change("CHG-GUILTY", "2007-02-21 19:58")

        answer = rank(INCIDENT, (*innocent, guilty), CAUSES)

        assert (answer.verdict, answer.changes) == (CauseVerdict.LIKELY_CHANGE, (guilty.id,))
