"""Competing risks: probabilities that sum to one, "no recorded change" among them, and what fails by itself."""

from __future__ import annotations

from dataclasses import replace
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.causation.context import CausationContext
from groundrules.core.causation.deeds import is_great_step
from groundrules.core.causation.features import OF_CHANGE, OF_NOTHING
from groundrules.core.causation.plausibility import odds
from groundrules.core.causation.rank import hold, rank
from groundrules.core.causation.troubles import is_trouble
from groundrules.core.causation.weights import WEIGHTS, UnknownWeights, weights_of
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, Actor, ItemKind
from groundrules.core.ids import ApplicationId
from groundrules.core.parties import Application
from groundrules.core.work import OwnRun
from tests.core.attribution.tale import (
    CAUSES,
    DOTNET,
    INCIDENT,
    NAMED,
    REMOVAL,
    SRV1,
    change,
    check,
    needs,
    span,
)
from tests.core.causation.test_properties import worlds

SILENT = replace(INCIDENT, signature="HTTP 500")
LIKELY, CANDIDATES = CauseVerdict.LIKELY_CHANGE, CauseVerdict.CANDIDATES


def failing(kind: ItemKind, component: str, after: str) -> Change:
    """Something that fails by itself two minutes before SharePoint does."""
    return change(
        "CHG-T", "2007-02-21 19:59", component, kind=kind, action=Action.ALTERED, after=after
    )


class TestProbabilities:
    @given(worlds())
    def test_sum_to_one_with_no_recorded_change(
        self, world: tuple[tuple[Change, ...], CausationContext]
    ) -> None:
        """Whatever was recorded: the changes that stay and "none of them" share one; what is ruled out has nothing."""
        made, context = world
        case, held = hold(INCIDENT, made, context)

        found = odds(held, case)
        answer = rank(INCIDENT, made, context)

        assert isclose(sum(found.changes.values()) + found.nothing, 1.0)
        assert all(h.probability == 0 for h in answer.hypotheses if h.rejected)
        kept = [h.probability for h in answer.hypotheses if not h.rejected]
        assert kept == sorted(kept, reverse=True)

    @given(worlds(), st.integers(0, 30))
    def test_of_an_unlinked_change_takes_little_from_the_others(
        self, world: tuple[tuple[Change, ...], CausationContext], minute: int
    ) -> None:
        """One more change nothing leads to never turns a verdict that facts carry."""
        made, context = world
        other = change("CHG-U", f"2007-02-21 19:{minute:02}", "unrelated tool", action=Action.ADDED)

        before = rank(INCIDENT, made, context)
        after = rank(INCIDENT, (*made, other), context)

        if context.dependencies and before.verdict is LIKELY:
            assert (after.verdict, after.changes) == (before.verdict, before.changes)

    def test_are_certain_of_nothing_recorded_when_hardware_failed(self) -> None:
        """The maker's own signal needs no change beside it."""
        answer = rank(replace(INCIDENT, hardware="array controller"), (REMOVAL,), CAUSES)

        assert answer.nothing_recorded == 1


class TestTroubles:
    @pytest.mark.parametrize(
        ("kind", "component", "after"),
        [
            (ItemKind.DISK_HEALTH, "disk 0", "failed"),
            (ItemKind.DISK_ARRAY, "md0", "degraded"),
            (ItemKind.CERTIFICATE, "portal", "expired"),
            (ItemKind.CONNECTION, "fibre line", "down"),
        ],
    )
    def test_stand_against_every_change(self, kind: ItemKind, component: str, after: str) -> None:
        """A failure by itself is ruled out as anybody's act, makes "no change" likelier, and keeps names out."""
        trouble = failing(kind, component, after)

        calm = rank(INCIDENT, (REMOVAL,), CAUSES)
        answer = rank(INCIDENT, (REMOVAL, trouble), CAUSES)

        assert (calm.verdict, answer.verdict) == (LIKELY, CANDIDATES)
        assert answer.nothing_recorded > calm.nothing_recorded
        assert next(h for h in answer.hypotheses if h.change == trouble.id).rejected
        assert any(f"({after}) at that time" in r.sentence for r in answer.reasons)

    @pytest.mark.parametrize(
        ("kind", "after"),
        [
            (ItemKind.DISK_HEALTH, "passed"),
            (ItemKind.CERTIFICATE, "valid until 2008"),
            (ItemKind.CONNECTION, "up"),
        ],
    )
    def test_are_not_seen_in_what_is_sound(self, kind: ItemKind, after: str) -> None:
        """A disk that passes its test, a new certificate, a line that is up again are no trouble."""
        assert rank(INCIDENT, (REMOVAL, failing(kind, "x", after)), CAUSES).verdict is LIKELY

    @pytest.mark.parametrize(
        ("before", "after", "action", "actor"),
        [
            ("model: WD40", "model: ST80; size: 8", Action.ALTERED, Actor()),
            ("health: failed", "health: passed", Action.ALTERED, Actor()),
            ("in_place: u_", "in_place: uu", Action.ALTERED, Actor()),
            ("reallocated: 9", "reallocated: 0", Action.ALTERED, Actor()),
            ("state: active", "state: active (auto-read-only)", Action.ALTERED, Actor()),
            ("present", None, Action.REMOVED, Actor()),
            (None, "present", Action.ADDED, Actor()),
            ("clean", "degraded", Action.ALTERED, Actor(account="rogue-svc")),
        ],
    )
    def test_are_not_seen_in_what_somebody_did(
        self, before: str | None, after: str | None, action: Action, actor: Actor
    ) -> None:
        """A disk put in another's place, one that is well again, or an act with a name on record is nobody's excuse."""
        swap = replace(
            failing(ItemKind.DISK_ARRAY, "md0", ""),
            before=before,
            after=after,
            action=action,
            actor=actor,
        )

        assert not is_trouble(swap)

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("health: passed", "health: failed"),
            ("in_place: UU; members: sda1,sdb1", "in_place: U_; members: sda1,sdb1(F)"),
            ("pool: ONLINE", "pool: DEGRADED"),
            ("state: active", "state: inactive"),
            ("pending: 2", "pending: 8"),
            ("passed", "predicts its own failure"),
        ],
    )
    def test_are_seen_between_two_looks(self, before: str, after: str) -> None:
        """What a look tells of a disk's or an array's state, in the words a snapshot has for it."""
        assert is_trouble(replace(failing(ItemKind.DISK_ARRAY, "md0", after), before=before))


class TestJustThose:
    """Of three applications the two that need the runtime failed."""

    APPS = (
        Application(ApplicationId("SharePoint"), "SharePoint", SRV1),
        Application(ApplicationId("LED"), "Ledger", SRV1),
        Application(ApplicationId("XRA"), "Xray", SRV1),
    )
    CONTEXT = replace(
        CAUSES,
        applications=APPS,
        dependencies=(*CAUSES.dependencies, needs("Ledger", DOTNET), needs("Xray", "X")),
    )

    @pytest.mark.parametrize(
        ("ledger", "xray", "tied"),
        [(False, True, True), (True, True, False), (False, False, False)],
    )
    def test_ties_the_failure_to_what_they_share(
        self, *, ledger: bool, xray: bool, tied: bool
    ) -> None:
        """Not when the other one that needs it is healthy, and not when everything failed."""
        beside = (
            check("HC-L", "2007-02-21 20:01", healthy=ledger, of="LED"),
            check("HC-X", "2007-02-21 20:01", healthy=xray, of="XRA"),
        )
        context = replace(self.CONTEXT, health_checks=(*CAUSES.health_checks, *beside))

        case, (held,) = hold(SILENT, (REMOVAL,), context)

        assert (held.failed_beside and held.spared and not case.all_failed) is tied


class TestInVain:
    def test_doubts_what_was_put_back_without_help(self) -> None:
        """Put back, and the next check still failed: a candidate at most, and the answer says so."""
        back = change("CHG-BACK", "2007-02-21 20:10", action=Action.ADDED)
        still = check("HC-9", "2007-02-21 20:15", healthy=False)
        context = replace(CAUSES, health_checks=(*CAUSES.health_checks, still))

        answer = rank(INCIDENT, (REMOVAL, back), context)

        assert answer.verdict is CANDIDATES
        assert any(
            "put back, and the next check, 5 min later, still failed" in r.sentence
            for h in answer.hypotheses
            for r in h.reasons
        )


class TestEverybodyAlike:
    def test_asks_the_same_of_our_own_run(self) -> None:
        """A run of ours that set out to change just that needs no less than a vendor's visit, and no more."""
        ours = replace(REMOVAL, actor=Actor(account="rmm-agent"), run="RUN-1")
        run = OwnRun(
            "RUN-1",
            SRV1,
            span("2007-02-21 19:57", "2007-02-21 19:59"),
            "patch run",
            components=frozenset({DOTNET}),
        )
        context = replace(CAUSES, own_runs=(*CAUSES.own_runs, run))
        theirs = replace(REMOVAL, actor=NAMED)

        for incident in (INCIDENT, SILENT):
            mine = rank(incident, (ours,), context)
            other = rank(incident, (theirs,), CAUSES)
            assert (mine.verdict, mine.nothing_recorded) == (other.verdict, other.nothing_recorded)


class TestWeights:
    def test_refuse_names_of_another_day(self) -> None:
        """Weights fitted for other observations are said to be so, by name."""
        change_ = dict.fromkeys(OF_CHANGE, 0.0)
        nothing = dict.fromkeys(OF_NOTHING, 0.0)

        with pytest.raises(UnknownWeights, match="moon; fit them again"):
            weights_of("9", {**change_, "moon": 1.0}, nothing, 1.0, (0.5, 0.5, 0.5))

        assert 0.5 <= WEIGHTS.named_from <= 1.0

    @pytest.mark.parametrize(
        ("before", "after", "great"),
        [
            ("1.4", "2.0", True),
            ("1.4", "1.5", False),
            ("v9", "10.1", True),
            (None, "2", False),
            ("a1", "b2", False),
        ],
    )
    def test_tell_a_great_step_from_a_small_one(
        self, before: str | None, after: str, *, great: bool
    ) -> None:
        """Another first number is a great step; a digest or an unknown version is none."""
        altered = replace(REMOVAL, action=Action.ALTERED, before=before, after=after)

        assert is_great_step(altered) is great
