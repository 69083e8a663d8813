"""What a replay does to an answer: only it proves, a miss lowers, an obstacle leaves the verdict alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from groundrules.core.causation.answers import CauseAnswer, CauseHypothesis, CauseVerdict
from groundrules.core.ids import ChangeId, IncidentId
from groundrules.core.periods import Interval, Order
from groundrules.core.reasons import FactRef, Reason
from groundrules.core.replay.answers import (
    AgreedState,
    ChangeFinding,
    Outcome,
    Replayed,
    ReplayResult,
    ReplayVerdict,
    State,
)
from groundrules.core.replay.update import OtherIncident, replayed, update, was_replayed

NOON = datetime(2007, 3, 1, 12, tzinfo=UTC)
RUNTIME = ChangeId("CHG-RUNTIME")
MAPPED = ("SharePoint", "runtime")


def about() -> CauseHypothesis:
    """The runtime as a hypothesis that stays."""
    return CauseHypothesis(
        RUNTIME,
        Order.POSSIBLY_BEFORE,
        (),
        None,
        rejected=False,
        reasons=(),
        probability=Decimal("0.9"),
    )


LIKELY = CauseAnswer(
    IncidentId("INC-1"),
    Interval(NOON, NOON),
    CauseVerdict.LIKELY_CHANGE,
    (ChangeId("CHG-PATCH"),),
    (about(),),
    (),
)


def result_of(verdict: ReplayVerdict, obstacle: str = "", incident: str = "INC-1") -> ReplayResult:
    finding = ChangeFinding(RUNTIME, verdict, heals=True, reproduces=True, runs=(7, 8, 9))
    findings = () if obstacle else (finding,)
    return ReplayResult(IncidentId(incident), findings, ((RUNTIME,),), (), (), Decimal(0), obstacle)


class TestUpdate:
    def test_a_proof_replaces_what_the_answer_rested_on(self) -> None:
        """The proven change stands, with its runs cited."""
        answer = update(LIKELY, result_of(ReplayVerdict.SOLE), "ab12")

        assert answer.verdict is CauseVerdict.PROVEN_CHANGE
        assert answer.changes == (RUNTIME,)
        assert [f.ref for f in answer.reasons[-1].facts] == ["CHG-RUNTIME", "ab12"]
        assert "runs 7, 8, 9" in answer.reasons[-1].sentence
        assert was_replayed(answer)

    def test_nothing_rests_on_what_the_record_does_not_weigh(self) -> None:
        """A copy is not the server: what no record ties to this failure at all is not proven by a copy alone."""
        answer = update(replace(LIKELY, hypotheses=()), result_of(ReplayVerdict.SOLE))

        assert (answer.verdict, answer.established) == (CauseVerdict.CANDIDATES, ())
        assert "does not tie it to this failure" in answer.reasons[-1].sentence

    @pytest.mark.parametrize(
        ("before", "verdict"),
        [("0.05", CauseVerdict.CANDIDATES), ("0.1", CauseVerdict.PROVEN_CHANGE)],
    )
    def test_one_test_does_not_make_the_improbable_likely(
        self, before: str, verdict: CauseVerdict
    ) -> None:
        """Three innocent changes of a thousand break a copy: below .06 the test leaves less than .95."""
        seldom = replace(about(), probability=Decimal(before))
        record = replace(
            LIKELY, hypotheses=(seldom,), nothing_recorded=1 - seldom.probability, changes=()
        )

        assert update(record, result_of(ReplayVerdict.SOLE)).verdict is verdict

    @pytest.mark.parametrize(
        ("rule", "verdict"),
        [("unnamed", CauseVerdict.CANDIDATES), ("logged in", CauseVerdict.PROVEN_CHANGE)],
    )
    def test_a_running_copy_is_not_the_server_where_checks_passed(
        self, rule: str, verdict: CauseVerdict
    ) -> None:
        """It failed at once there, and on the server checks went on passing: only an error that names it ties both."""
        reasons = tuple(Reason(f"causation: {r}", "", ()) for r in (rule, "waited"))
        record = replace(LIKELY, hypotheses=(replace(about(), reasons=reasons),))
        result = result_of(ReplayVerdict.SOLE)
        running = tuple(replace(f, running=True) for f in result.findings)

        assert update(record, replace(result, findings=running)).verdict is verdict

    def test_not_shown_lowers_a_likely_change_to_candidates(self) -> None:
        """Nothing rests on a change that replay did not show."""
        answer = update(LIKELY, result_of(ReplayVerdict.NOT_SHOWN))

        assert answer.verdict is CauseVerdict.CANDIDATES
        assert answer.established == ()

    def test_an_obstacle_leaves_the_verdict_and_is_told(self) -> None:
        """A replay that could not be carried out says so."""
        answer = update(LIKELY, result_of(ReplayVerdict.SOLE, "the good state fails"))

        assert answer.verdict is CauseVerdict.LIKELY_CHANGE
        assert "the good state fails" in answer.reasons[-1].sentence

    def test_a_copy_of_the_end_state_that_passes_lowers_a_likely_change(self) -> None:
        """What failed does not lie in what was changed: it was an outage, or has gone since."""
        passed = AgreedState(State(end_copy=True), Outcome.PASSES, (1, 2, 3))
        met = replace(
            result_of(ReplayVerdict.SOLE, "the copy of the end state passes, unlike the incident"),
            states=(passed,),
        )

        answer = update(replace(LIKELY, nothing_recorded=Decimal("0.1")), met)

        assert (answer.verdict, answer.established) == (CauseVerdict.CANDIDATES, ())
        # Odds of 9 become 9/4: one copy of four of a broken state works all the same.
        assert answer.hypotheses[0].probability == Decimal("0.6923")

    def test_nothing_recorded_did_it_clears_a_likely_change(self) -> None:
        """All recorded changes made again still pass: a change that was likely is a candidate, and less probable."""
        told = replace(
            result_of(ReplayVerdict.SOLE, "something that is not on record broke it"),
            unrecorded=True,
            planned=(RUNTIME,),
        )
        before = replace(LIKELY, hypotheses=(about(),), nothing_recorded=Decimal("0.1"))

        answer = update(before, told)

        assert answer.verdict is CauseVerdict.CANDIDATES
        assert answer.hypotheses[0].probability == Decimal("0.4737")
        assert answer.nothing_recorded == Decimal("0.5263")

    def test_a_proof_raises_its_probability_above_the_others(self) -> None:
        """The proven change comes first, and all still sum to one."""
        other = replace(about(), change=ChangeId("CHG-OTHER"), probability=Decimal("0.5"))
        mine = replace(about(), probability=Decimal("0.3"))
        before = replace(LIKELY, hypotheses=(other, mine), nothing_recorded=Decimal("0.2"))

        answer = update(before, result_of(ReplayVerdict.SOLE))

        assert [h.change for h in answer.hypotheses] == [RUNTIME, "CHG-OTHER"]
        assert answer.hypotheses[0].probability > Decimal("0.99")
        assert sum(h.probability for h in answer.hypotheses) + answer.nothing_recorded == 1

    @pytest.mark.parametrize(
        "rule", ["causation: outlived", "causation: straddles", "causation: in vain"]
    )
    def test_what_speaks_against_a_change_keeps_its_proof_a_candidate(self, rule: str) -> None:
        """It breaks the copy; but it may have come later, nothing put it right as it healed, or that did not heal."""
        before = replace(LIKELY, hypotheses=(replace(about(), reasons=(Reason(rule, "."),)),))

        answer = update(before, result_of(ReplayVerdict.SOLE))

        assert (answer.verdict, answer.changes) == (CauseVerdict.CANDIDATES, (RUNTIME,))
        assert answer.established == ()
        assert "nothing rests on it" in answer.reasons[-1].sentence

    @pytest.mark.parametrize("how", ["causation: repair", "causation: mended"])
    def test_an_error_that_names_nothing_needs_the_server_beside_the_proof(self, how: str) -> None:
        """Any failure of a copy looks like "HTTP 500": the record, the end state and a repair must say it too."""
        unnamed, repair = Reason("causation: unnamed", "."), Reason(how, ".")
        sure = replace(about(), probability=Decimal("0.99"))
        silent = replace(LIKELY, hypotheses=(replace(sure, reasons=(unnamed,)),))
        healed = replace(LIKELY, hypotheses=(replace(sure, reasons=(unnamed, repair)),))
        unsure = replace(LIKELY, hypotheses=(replace(about(), reasons=(unnamed, repair)),))
        end = AgreedState(State(end_copy=True), Outcome.SAME_FAILURE, (1, 2, 3))
        whole = replace(result_of(ReplayVerdict.SOLE), states=(end,))

        held = [
            update(silent, whole),
            update(healed, result_of(ReplayVerdict.SOLE)),
            update(unsure, whole),
        ]
        both = update(healed, whole)

        assert [a.verdict for a in held] == [CauseVerdict.CANDIDATES] * 3
        assert both.verdict is CauseVerdict.PROVEN_CHANGE

    @pytest.mark.parametrize("rules", [("unnamed",), ("unnamed", "restart"), ("outlived",)])
    def test_a_failure_that_names_nothing_is_known_by_how_it_came_about(
        self, rules: tuple[str, ...]
    ) -> None:
        """It breaks what runs, as on the server; or the server was started anew, as a copy is.

        A named one that no record says was put right needs the same.
        """
        reasons = tuple(Reason(f"causation: {rule}", ".") for rule in rules)
        before = replace(LIKELY, hypotheses=(replace(about(), reasons=reasons),))
        shown = result_of(ReplayVerdict.SOLE)
        told = {
            running: update(
                before,
                replace(shown, findings=(replace(shown.findings[0], running=running),)),
            )
            for running in (True, False, None)
        }

        assert told[True].verdict is CauseVerdict.PROVEN_CHANGE
        fresh = CauseVerdict.PROVEN_CHANGE if "restart" in rules else CauseVerdict.CANDIDATES
        assert (told[False].verdict, told[None].verdict) == (fresh, fresh)
        several = replace(shown.findings[0], verdict=ReplayVerdict.SUFFICIENT, running=False)
        either = update(before, replace(shown, findings=(several,)))
        assert either.verdict is CauseVerdict.CANDIDATES
        if rules == ("unnamed",):
            assert "only at a fresh start" in told[False].reasons[-1].sentence

    @pytest.mark.parametrize(
        ("before", "beside", "path", "verdict"),
        [
            ("0.49", (), MAPPED, CauseVerdict.PROVEN_CHANGE),
            ("0.9", ("neighbours well",), MAPPED, CauseVerdict.PROVEN_CHANGE),
            ("0.9", ("outlived",), MAPPED, CauseVerdict.PROVEN_CHANGE),
            ("0.9", (), (), CauseVerdict.PROVEN_CHANGE),
            ("0.49", ("neighbours well",), MAPPED, CauseVerdict.CANDIDATES),
            ("0.49", ("outlived",), MAPPED, CauseVerdict.CANDIDATES),
            ("0.9", ("outlived", "neighbours well"), MAPPED, CauseVerdict.CANDIDATES),
            ("0.49", (), (), CauseVerdict.CANDIDATES),
            ("0.9", ("outlived",), (), CauseVerdict.CANDIDATES),
            ("0.1", (), MAPPED, CauseVerdict.CANDIDATES),
        ],
    )
    def test_a_copy_broken_while_running_outweighs_one_doubt_about_an_unnamed_failure(
        self, before: str, beside: tuple[str, ...], path: tuple[str, ...], verdict: CauseVerdict
    ) -> None:
        """It takes a probability of .98 after the test. Two are not outweighed, nor one where the map leads nowhere."""
        reasons = tuple(Reason(f"causation: {rule}", ".") for rule in ("unnamed", *beside))
        doubted = replace(about(), path=path, probability=Decimal(before), reasons=reasons)
        record = replace(LIKELY, hypotheses=(doubted,), nothing_recorded=1 - doubted.probability)
        shown = result_of(ReplayVerdict.SOLE)
        running = replace(shown, findings=(replace(shown.findings[0], running=True),))

        assert update(record, running).verdict is verdict

    @pytest.mark.parametrize(
        ("other", "established"), [("0.005", ()), ("0.04", ("CHG-OTHER", RUNTIME))]
    )
    def test_of_several_that_each_break_it_all_together_must_be_likely(
        self, other: str, established: tuple[str, ...]
    ) -> None:
        """Each is left its fair share of .95 there; but it takes that something else did it leaves less than .05."""
        second = replace(about(), change=ChangeId("CHG-OTHER"), probability=Decimal(other))
        first = replace(about(), probability=Decimal("0.04"))
        nothing = 1 - first.probability - second.probability
        record = replace(LIKELY, hypotheses=(first, second), nothing_recorded=nothing, changes=())
        shown = result_of(ReplayVerdict.SUFFICIENT)
        both = (replace(shown.findings[0], change=second.change), shown.findings[0])

        answer = update(record, replace(shown, findings=both))

        assert answer.established == established

    @pytest.mark.parametrize("running", [True, False])
    def test_a_failure_no_check_saw_begin_asks_more_of_a_fresh_start(
        self, *, running: bool
    ) -> None:
        """It may have begun before the change; a restart on record and one doubt are not enough then."""
        reasons = tuple(Reason(f"causation: {rule}", ".") for rule in ("unnamed", "restart"))
        doubted = replace(about(), path=MAPPED, probability=Decimal("0.49"), reasons=reasons)
        watched = replace(LIKELY, hypotheses=(doubted,), nothing_recorded=Decimal("0.51"))
        unwatched = replace(watched, reasons=(Reason("causation: unwatched", "."),))
        shown = result_of(ReplayVerdict.SOLE)
        shown = replace(shown, findings=(replace(shown.findings[0], running=running),))

        seen, unseen = (update(record, shown).verdict for record in (watched, unwatched))

        assert seen is CauseVerdict.PROVEN_CHANGE
        assert (unseen is CauseVerdict.PROVEN_CHANGE) is running

    @pytest.mark.parametrize(
        ("rule", "changes"),
        [("waited", ("CHG-EARLIER", RUNTIME)), ("straddles", (RUNTIME,))],
    )
    def test_what_only_breaks_it_together_is_held_together(
        self, rule: str, changes: tuple[str, ...]
    ) -> None:
        """The first of two that only break it together is harmless by itself, so checks that passed after it say
        nothing; what may have come after the failure is still left out.
        """
        earlier = ChangeId("CHG-EARLIER")
        reasons = (Reason("causation: unnamed", "."), Reason(f"causation: {rule}", "."))
        first = replace(about(), change=earlier, probability=Decimal("0.0002"), reasons=reasons)
        record = replace(LIKELY, hypotheses=(about(), first), nothing_recorded=Decimal("0.09"))
        shown = result_of(ReplayVerdict.CONTRIBUTING)
        both = (replace(shown.findings[0], change=earlier), shown.findings[0])

        answer = update(record, replace(shown, findings=both))

        assert (answer.verdict, answer.established) == (CauseVerdict.PROVEN_CHANGE, changes)

    def test_what_spares_a_running_copy_broke_nothing_that_ran(self) -> None:
        """Not even with the record all but sure, a copy of the end state that fails, and a repair that healed."""
        rules = (Reason("causation: unnamed", "."), Reason("causation: repair", "."))
        sure = replace(about(), probability=Decimal("0.999"), reasons=rules)
        end = AgreedState(State(end_copy=True), Outcome.SAME_FAILURE, (1, 2, 3))
        shown = replace(result_of(ReplayVerdict.SOLE), states=(end,))
        went_on = replace(shown, findings=(replace(shown.findings[0], running=False),))
        before = replace(LIKELY, hypotheses=(sure,))

        assert update(before, shown).verdict is CauseVerdict.PROVEN_CHANGE
        assert update(before, went_on).verdict is CauseVerdict.CANDIDATES

    @pytest.mark.parametrize(
        ("running", "rules", "verdict"),
        [
            (False, ("again",), CauseVerdict.CANDIDATES),
            (False, ("again", "restart"), CauseVerdict.PROVEN_CHANGE),
            (True, ("again",), CauseVerdict.PROVEN_CHANGE),
            (None, ("again",), CauseVerdict.PROVEN_CHANGE),
            (False, (), CauseVerdict.PROVEN_CHANGE),
        ],
    )
    def test_of_what_several_touched_a_fresh_start_alone_blames_nobody(
        self, *, running: bool | None, rules: tuple[str, ...], verdict: CauseVerdict
    ) -> None:
        """Altered by one and removed by another: a removal breaks every fresh start, whatever broke what ran."""
        shown = result_of(ReplayVerdict.SOLE)
        shown = replace(shown, findings=(replace(shown.findings[0], running=running),))
        reasons = tuple(Reason(f"causation: {rule}", "told") for rule in rules)
        before = replace(
            LIKELY,
            verdict=CauseVerdict.CANDIDATES,
            hypotheses=(replace(about(), reasons=reasons),),
        )

        answer = update(before, shown)

        assert answer.verdict is verdict
        assert any("another of those" in r.sentence for r in answer.reasons) is (
            verdict is CauseVerdict.CANDIDATES
        )

    def test_says_what_a_running_copy_did(self) -> None:
        """In plain words, with the runs that say so."""
        shown = result_of(ReplayVerdict.SOLE)
        running = replace(shown.findings[0], running=True, running_runs=(10, 11, 12))

        answer = update(LIKELY, replace(shown, findings=(running,)))

        assert answer.reasons[-1].sentence.endswith(
            "showed the same: it failed with it and went on without it (runs 10, 11, 12)."
        )

    @pytest.mark.parametrize("running", [True, False, None])
    def test_a_fresh_start_blames_nobody_for_an_error_that_names_another(
        self, *, running: bool | None
    ) -> None:
        """An update may break a fresh start whatever failed on the server; a restart there does not make it that."""
        shown = result_of(ReplayVerdict.SOLE)
        shown = replace(shown, findings=(replace(shown.findings[0], running=running),))
        rules = ("causation: another", "causation: restart")
        told = replace(about(), reasons=tuple(Reason(rule, "told") for rule in rules))

        answer = update(replace(LIKELY, hypotheses=(told,)), shown)

        blamed = answer.verdict is CauseVerdict.PROVEN_CHANGE
        assert blamed is (running is not False)

    def test_of_two_who_changed_the_same_neither_is_blamed(self) -> None:
        """The second removed what was gone: each alone breaks a copy, and only one broke the server."""
        first, second = ChangeId("CHG-FIRST"), ChangeId("CHG-SECOND")
        facts = tuple(FactRef("change", ref) for ref in (first, second))
        twice = Reason("causation: again", ".", facts)
        held = (replace(about(), change=ref, reasons=(twice,)) for ref in (first, second))
        before = replace(LIKELY, hypotheses=(*held, replace(about(), reasons=(twice,))))
        shown = result_of(ReplayVerdict.SUFFICIENT)
        findings = tuple(replace(shown.findings[0], change=ref) for ref in (first, second))

        either = update(before, replace(shown, findings=findings))
        other = update(before, shown)

        assert (either.verdict, either.established) == (CauseVerdict.CANDIDATES, ())
        assert other.verdict is CauseVerdict.PROVEN_CHANGE

    def test_a_proof_that_is_held_back_leaves_what_the_record_carried(self) -> None:
        """Likely by the record alone stays likely; a replay that agrees is no reason to say less."""
        outlived = replace(about(), reasons=(Reason("causation: outlived", "."),))
        before = replace(LIKELY, changes=(RUNTIME,), hypotheses=(outlived,))

        answer = update(before, result_of(ReplayVerdict.SOLE))

        assert (answer.verdict, answer.changes) == (CauseVerdict.LIKELY_CHANGE, (RUNTIME,))

    def test_what_spares_a_running_copy_and_was_never_put_right_is_not_likely_either(self) -> None:
        """The error names it, and a fresh start breaks; but the server was not restarted, and worked again with it."""
        told = {}
        for more in ((), ("causation: restart",)):
            rules = tuple(Reason(rule, ".") for rule in ("causation: outlived", *more))
            before = replace(
                LIKELY, changes=(RUNTIME,), hypotheses=(replace(about(), reasons=rules),)
            )
            shown = result_of(ReplayVerdict.SUFFICIENT)
            went_on = replace(shown.findings[0], running=False)
            told[more] = update(before, replace(shown, findings=(went_on,))).verdict

        assert told[()] is CauseVerdict.CANDIDATES
        assert told[("causation: restart",)] is CauseVerdict.LIKELY_CHANGE

    def test_what_the_record_rules_out_is_never_proven(self) -> None:
        """Made after the failure: that it breaks a copy says nothing about what broke the server."""
        before = replace(LIKELY, hypotheses=(replace(about(), rejected=True),))

        answer = update(before, result_of(ReplayVerdict.SOLE))

        assert (answer.verdict, answer.changes) == (CauseVerdict.UNKNOWN, ())

    @pytest.mark.parametrize(
        "rule", ["causation: gap", "causation: trouble", "causation: hardware"]
    )
    def test_missing_evidence_and_what_failed_by_itself_cap_a_proof(self, rule: str) -> None:
        """Something unseen, or nobody's act, may have done it on the server."""
        before = replace(LIKELY, reasons=(Reason(rule, "."),))

        answer = update(before, result_of(ReplayVerdict.SOLE))

        assert (answer.verdict, answer.changes) == (CauseVerdict.CANDIDATES, (RUNTIME,))
        assert "stays a candidate" in answer.reasons[-1].sentence

    def test_takes_the_replays_of_its_own_incident_in_time_order(self) -> None:
        """A later proof stands over an earlier miss, whatever order they are handed in."""
        miss = Replayed(result_of(ReplayVerdict.NOT_SHOWN), NOON)
        proof = Replayed(result_of(ReplayVerdict.SOLE), NOON + timedelta(hours=1))
        foreign = Replayed(result_of(ReplayVerdict.SOLE, incident="INC-2"), NOON)

        answer = replayed(LIKELY, (proof, foreign, miss))

        assert answer.verdict is CauseVerdict.PROVEN_CHANGE

    def test_refuses_a_replay_of_another_incident(self) -> None:
        """Proof belongs to one incident."""
        with pytest.raises(OtherIncident, match="INC-2"):
            update(LIKELY, result_of(ReplayVerdict.SOLE, incident="INC-2"))
