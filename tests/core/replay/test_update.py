"""What a replay does to an answer: only it proves, a miss lowers, an obstacle leaves the verdict alone."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from groundrules.core.causation.answers import CauseAnswer, CauseVerdict
from groundrules.core.ids import ChangeId, IncidentId
from groundrules.core.periods import Interval
from groundrules.core.replay import (
    ChangeFinding,
    ReplayResult,
    ReplayVerdict,
    update,
    was_replayed,
)
from groundrules.core.replay.update import OtherIncident

NOON = datetime(2007, 3, 1, 12, tzinfo=UTC)
RUNTIME = ChangeId("CHG-RUNTIME")
LIKELY = CauseAnswer(
    IncidentId("INC-1"),
    Interval(NOON, NOON),
    CauseVerdict.LIKELY_CHANGE,
    (ChangeId("CHG-PATCH"),),
    (),
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

    def test_refuses_a_replay_of_another_incident(self) -> None:
        """Proof belongs to one incident."""
        with pytest.raises(OtherIncident, match="INC-2"):
            update(LIKELY, result_of(ReplayVerdict.SOLE, incident="INC-2"))
