"""What passing checks say against a change: less probable by the time it waited, and never likely by the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.causation.answers import CauseAnswer, CauseHypothesis, CauseVerdict
from groundrules.core.causation.rank import rank
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, GapKind, ItemKind
from groundrules.core.periods import Interval
from tests.core.attribution.tale import (
    CAUSES,
    INCIDENT,
    NAMED,
    REMOVAL,
    at,
    change,
    check,
    gap,
    needs,
)

SILENT = replace(INCIDENT, signature="HTTP 500")
BACK = change("CHG-BACK", "2007-02-22 09:00", actor=NAMED, action=Action.ADDED)
WELL = check("HC-5", "2007-02-22 09:20", healthy=True)
HEALED = replace(CAUSES, health_checks=(*CAUSES.health_checks, WELL))


def of(answer: CauseAnswer, made: Change) -> CauseHypothesis:
    """The hypothesis about one change."""
    return next(h for h in answer.hypotheses if h.change == made.id)


class TestWhatWaited:
    @given(st.integers(6, 6 * 24 * 60))
    def test_carries_no_verdict_however_soon_it_was(self, minutes: int) -> None:
        """From minutes to days before the failure, past a passing check, with an error that names nothing."""
        made = replace(REMOVAL, interval=_before(minutes))

        answer = rank(SILENT, (made,), CAUSES)

        assert (answer.established, of(answer, made).rejected) == ((), False)

    @given(st.integers(6, 600), st.integers(60, 5000))
    def test_is_less_probable_the_longer_it_waited(self, minutes: int, longer: int) -> None:
        """Harm shows itself within minutes, and seldom after days."""
        soon, late = (replace(REMOVAL, interval=_before(n)) for n in (minutes, minutes + longer))

        first, second = (of(rank(SILENT, (c,), CAUSES), c).probability for c in (soon, late))

        assert first >= second

    def test_survived_a_restart_and_is_cleared(self) -> None:
        """The server was started anew after it, and the application passed a check then."""
        early = replace(REMOVAL, interval=_before(120))
        restarted = gap(GapKind.RESTART, "2007-02-21 19:30", "2007-02-21 19:33")

        assert of(rank(SILENT, (early,), replace(CAUSES, gaps=(restarted,))), early).rejected

    def test_is_told_beside_an_unknown_cause(self) -> None:
        """Days before: too improbable for a candidate, and the answer says that it is not ruled out."""
        updated = {"action": Action.ALTERED, "before": "2.0.1", "after": "2.0.2"}
        early = change("CHG-EARLY", "2007-02-16 20:00", **updated)

        answer = rank(SILENT, (early,), CAUSES)

        assert answer.verdict is CauseVerdict.UNKNOWN
        assert any(
            "1 change was made before checks that passed" in r.sentence for r in answer.reasons
        )

    def test_leaves_open_which_of_two_changes_of_a_part_it_was(self) -> None:
        """The error names both alike: without the earlier one the later is likely, beside it neither is."""
        earlier = change(
            "CHG-EARLIER", "2007-02-21 19:50", action=Action.ALTERED, before="2.0.1", after="2.0.2"
        )
        later = replace(REMOVAL, action=Action.ALTERED, before="2.0.2", after="2.0.3")

        alone, beside = (rank(INCIDENT, made, CAUSES) for made in ((later,), (earlier, later)))

        assert (alone.verdict, beside.verdict) == (
            CauseVerdict.LIKELY_CHANGE,
            CauseVerdict.CANDIDATES,
        )
        (why,) = (r for r in beside.reasons if r.rule == "causation: same before")
        assert [f.ref for f in why.facts] == [earlier.id]
        assert "2007-02-21" in why.sentence

    def test_of_several_earlier_changes_of_a_part_weighs_together(self) -> None:
        """Each too improbable to count by itself; that it was one of them is not."""
        update = {"action": Action.ALTERED, "before": "2.0.1", "after": "2.0.2"}
        days = [change(f"CHG-{n}", f"2007-02-{n} 20:00", **update) for n in range(15, 20)]
        later = replace(REMOVAL, action=Action.ALTERED, before="2.0.2", after="2.0.3")

        each = {rank(INCIDENT, (one, later), CAUSES).verdict for one in days}
        all_ = rank(INCIDENT, (*days, later), CAUSES)

        assert (each, all_.verdict) == ({CauseVerdict.LIKELY_CHANGE}, CauseVerdict.CANDIDATES)
        (why,) = (r for r in all_.reasons if r.rule == "causation: same before")
        assert "; and 2 more" in why.sentence

    def test_is_no_likely_cause_where_the_error_names_it_and_it_was_put_right(self) -> None:
        """A password that was refused only after a check had passed: so few were seen that nothing certifies them."""
        secret = change(
            "CHG-SA", "2007-02-21 19:50", "sa", kind=ItemKind.PASSWORD, action=Action.ALTERED
        )
        again = replace(secret, id=BACK.id, interval=BACK.interval)
        context = replace(HEALED, dependencies=(needs("SharePoint", "sa"), *CAUSES.dependencies))

        answer = rank(
            replace(INCIDENT, signature="Login failed for user 'sa'."), (secret, again), context
        )

        assert (answer.verdict, answer.changes) == (CauseVerdict.CANDIDATES, (secret.id,))
        assert any("though checks passed after it" in r.sentence for r in answer.reasons)


class TestWhatPeopleTold:
    def test_of_is_more_probably_what_was_done_shortly_before(self) -> None:
        """No check saw it begin: what was changed an hour before the report weighs more than a week before."""
        unwatched = replace(CAUSES, health_checks=(), own_runs=())
        hour, week = (
            change(ref, moment, actor=NAMED, action=Action.ALTERED, before=None, after=None)
            for ref, moment in (("CHG-H", "2007-02-22 07:00"), ("CHG-W", "2007-02-15 07:00"))
        )
        other = replace(week, component=".NET Framework 2.0", kind=ItemKind.CONFIG_FILE)

        answer = rank(SILENT, (hour, other), unwatched)

        assert of(answer, hour).probability > of(answer, other).probability


def _before(minutes: int) -> Interval:
    """So many minutes before the first failing check."""
    return Interval.exactly(at("2007-02-21 20:01") - timedelta(minutes=minutes))
