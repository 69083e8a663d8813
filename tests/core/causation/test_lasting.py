from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.causation.rank import rank
from groundrules.core.evidence import Action, GapKind, HealthCheck, ItemKind
from groundrules.core.ids import ApplicationId, HealthCheckId
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

BACK = change("CHG-BACK", "2007-02-22 09:00", actor=NAMED, action=Action.ADDED)
WELL = check("HC-5", "2007-02-22 09:20", healthy=True)
LOGIN = change("CHG-SA", "2007-02-21 19:50", "sa", kind=ItemKind.DATABASE_LOGIN, actor=NAMED)
REFUSED = replace(INCIDENT, signature="Login failed for user 'sa'.")
ON_SA = replace(CAUSES, dependencies=(needs("SharePoint", "sa"), *CAUSES.dependencies))


def bad_after(seconds: int) -> HealthCheck:
    """A check that fails so long after the repair."""
    moment = at("2007-02-22 09:00") + timedelta(seconds=seconds)
    return HealthCheck(HealthCheckId("HC-4"), ApplicationId("SharePoint"), moment, healthy=False)


class TestARepairThatHasToStart:
    @given(st.integers(0, 299))
    def test_is_not_doubted_by_an_early_check(self, seconds: int) -> None:
        """A failure within five minutes of putting it back changes neither verdict nor changes."""
        healed = replace(CAUSES, health_checks=(*CAUSES.health_checks, WELL))
        early = replace(healed, health_checks=(*healed.health_checks, bad_after(seconds)))

        found, other = (rank(INCIDENT, (REMOVAL, BACK), c) for c in (healed, early))

        assert (found.verdict, found.changes) == (other.verdict, other.changes)
        assert found.verdict is CauseVerdict.LIKELY_CHANGE

    @given(st.integers(300, 1100))
    def test_is_in_vain_when_it_still_fails_later(self, seconds: int) -> None:
        """What fails after five minutes was not healed by it."""
        late = replace(CAUSES, health_checks=(*CAUSES.health_checks, WELL, bad_after(seconds)))

        assert rank(INCIDENT, (REMOVAL, BACK), late).verdict is CauseVerdict.CANDIDATES


EARLY = change("CHG-EARLY", "2007-02-21 19:50", actor=NAMED)
HEALED = replace(CAUSES, health_checks=(*CAUSES.health_checks, WELL))


class TestWhatIsLoaded:
    def test_goes_on_and_keeps_what_the_error_names_among_the_candidates(self) -> None:
        """A check passed five minutes after it: the program may have loaded it before. Likely it is not."""
        answer = rank(INCIDENT, (EARLY,), CAUSES)

        assert (answer.verdict, answer.changes) == (CauseVerdict.CANDIDATES, (EARLY.id,))
        assert any(r.rule == "causation: loaded" for r in answer.hypotheses[0].reasons)

    def test_is_improbable_by_a_passing_check_when_the_error_names_nothing(self) -> None:
        """No error says that it was missed: it may have waited for its next use, and carries no verdict."""
        silent = replace(INCIDENT, signature="HTTP 500")

        answer = rank(silent, (EARLY,), CAUSES)

        assert answer.established == ()
        assert any(r.rule == "causation: waited" for r in answer.hypotheses[0].reasons)

    @pytest.mark.parametrize(
        ("broke", "restored", "verdict"),
        [
            ({"action": Action.REMOVED}, {"action": Action.ADDED}, CauseVerdict.LIKELY_CHANGE),
            (
                {"action": Action.ALTERED, "before": "2.0.1", "after": "1.1.4"},
                {"action": Action.ALTERED, "before": "1.1.4", "after": "2.0.1"},
                CauseVerdict.LIKELY_CHANGE,
            ),
            (
                {"action": Action.ALTERED, "before": "2.0.1", "after": "2.0.2"},
                {"action": Action.ALTERED, "before": "2.0.2", "after": "2.0.1"},
                CauseVerdict.CANDIDATES,
            ),
        ],
        ids=["removed", "another main version", "updated"],
    )
    def test_is_likely_when_it_was_gone_and_coming_back_healed(
        self, broke: dict[str, Any], restored: dict[str, Any], verdict: CauseVerdict
    ) -> None:
        """What the error names was not there, by the record; that it was merely altered says less."""
        made = change("CHG-MADE", "2007-02-21 19:50", **broke)
        back = change("CHG-BACK", "2007-02-22 09:00", **restored)

        assert rank(INCIDENT, (made, back), HEALED).verdict is verdict

    def test_is_a_candidate_when_it_worked_again_before(self) -> None:
        """The application passed a check before it was put back, so it can do without it."""
        before = check("HC-6", "2007-02-22 08:30", healthy=True)
        again = check("HC-7", "2007-02-22 08:45", healthy=False)
        context = replace(HEALED, health_checks=(*HEALED.health_checks, before, again))

        assert rank(INCIDENT, (EARLY, BACK), context).verdict is CauseVerdict.CANDIDATES

    def test_is_a_candidate_when_the_same_was_changed_more_than_once(self) -> None:
        """Which of the two took it away, no record says."""
        other = change("CHG-OTHER", "2007-02-21 19:52", actor=NAMED)

        assert rank(INCIDENT, (EARLY, other, BACK), HEALED).verdict is CauseVerdict.CANDIDATES


class TestOpenConnections:
    def test_keep_a_login_that_the_error_names_among_the_candidates(self) -> None:
        """A check passed five minutes after it: it may have used a connection that was open. Likely it is not."""
        answer = rank(REFUSED, (LOGIN,), ON_SA)

        assert (answer.verdict, answer.changes) == (CauseVerdict.CANDIDATES, (LOGIN.id,))
        assert any(r.rule == "causation: logged in" for r in answer.hypotheses[0].reasons)

    @pytest.mark.parametrize(
        "moment", ["2007-02-20 19:00", "2007-02-19 10:00"], ids=["a day", "two days"]
    )
    def test_do_not_last_for_days(self, moment: str) -> None:
        """After a day of passing checks they speak against it as against anything else."""
        early = replace(LOGIN, interval=change("X", moment).interval)

        answer = rank(REFUSED, (early,), ON_SA)

        assert answer.established == ()
        assert any(r.rule == "causation: waited" for r in answer.hypotheses[0].reasons)

    def test_do_not_outlive_a_restart(self) -> None:
        """The server was started anew after it and the check passed: no connection was left open."""
        restarted = gap(GapKind.RESTART, "2007-02-21 19:52", "2007-02-21 19:53")

        answer = rank(REFUSED, (LOGIN,), replace(ON_SA, gaps=(restarted,)))

        assert answer.verdict is CauseVerdict.UNKNOWN

    def test_say_nothing_when_the_error_names_another(self) -> None:
        """An error that names nothing of the login leaves it to the passing check."""
        answer = rank(INCIDENT, (LOGIN,), ON_SA)

        assert answer.established == ()
        assert any(r.rule == "causation: waited" for r in answer.hypotheses[0].reasons)
