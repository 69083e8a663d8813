"""Fitting, calibrating and certifying the weights of causes, on lessons small enough to follow."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.causation.confirmation import Tie
from groundrules.core.causation.features import OF_CHANGE, OF_NOTHING, Observed
from groundrules.core.causation.plausibility import probabilities
from groundrules.core.causation.weights import WEIGHTS
from groundrules.core.ids import ChangeId, IncidentId
from groundrules.services.worlds import Judged, Learnt, NotCertified, NothingToLearn, learn, write
from groundrules.services.worlds.calibration import calibration
from groundrules.services.worlds.fitting import Certified, Lesson, Trial, calibrate, certify, fit


def seen(**told: float) -> tuple[float, ...]:
    """A change of which only this was observed."""
    return tuple(told.get(name.replace(" ", "_"), 0.0) for name in OF_CHANGE)


NONE = tuple(1.0 if name == "always" else 0.0 for name in OF_NOTHING)
REMOVED, OTHER = seen(takes_away=1.0), seen(adds=1.0)


def lessons(right: int, none: int) -> list[Lesson]:
    """What took away did it so often beside what added, and no change so often."""
    observed = Observed((REMOVED, OTHER), NONE)
    return [Lesson(observed, (0,))] * right + [Lesson(observed, (2,))] * none


class TestFit:
    def test_learns_what_did_it_how_often(self) -> None:
        """80 of 100 by what took away, 20 by nothing: those are the probabilities, and the same each time."""
        told = lessons(80, 20)

        found = fit(told, "t")

        shares = probabilities(told[0].observed, found)
        assert shares[0] == pytest.approx(0.79, abs=0.03)
        assert shares[2] == pytest.approx(0.2, abs=0.03)
        assert fit(told, "t") == found

    def test_calibrates_on_others(self) -> None:
        """Where the same signs are right less often than in the lessons, the temperature rises."""
        found = fit(lessons(950, 50), "t")

        assert calibrate(found, lessons(60, 40)).temperature > 1.2
        assert calibrate(found, lessons(950, 50)).temperature == pytest.approx(1.0, abs=0.1)


class TestCertify:
    def test_lowers_the_threshold_while_the_bound_holds(self) -> None:
        """Sure ones are right, doubtful ones often not: the threshold stops above those."""
        trials = [Trial(0.995, right=True)] * 300 + [Trial(0.9, right=True)] * 50
        trials += [Trial(0.7, right=n % 2 == 0) for n in range(40)]

        assert certify(trials, 0.02, 0.95) == Certified(0.71, 350, 0)

    @pytest.mark.parametrize(
        "trials",
        [[Trial(0.995, right=True)] * 148, [Trial(0.995, right=n > 20) for n in range(300)]],
    )
    def test_refuses_what_is_too_few_or_too_often_wrong(self, trials: list[Trial]) -> None:
        """148 without a fault certify no 2 %, nor do 300 with 21."""
        with pytest.raises(NotCertified, match="give more worlds"):
            certify(trials, 0.02, 0.95)

        assert certify([Trial(0.995, right=True)] * 149, 0.02, 0.95).accepted == 149


class TestWrite:
    def test_writes_a_module_of_the_same_values(self, tmp_path: Path) -> None:
        """What is read back is what was fitted, with what certifies it."""
        named, late, twice = (
            Certified(0.97, 200, 1),
            Certified(0.95, 170, 0),
            Certified(0.99, 160, 0),
        )
        learnt = Learnt(WEIGHTS, named, late, twice, None, 10, 20, "ab" * 32)

        write(learnt, tmp_path / "fitted.py")

        found = runpy.run_path(str(tmp_path / "fitted.py"))
        assert tuple(found["CHANGE"].values()) == WEIGHTS.change
        assert tuple(found["NOTHING"]) == OF_NOTHING
        assert (found["ACCEPTED"], found["WRONG"]) == ((200, 170, 160, 0), (1, 0, 0, 0))
        assert found["LIKELY_FROM"] == tuple(WEIGHTS.likely_from(tie) for tie in Tie)

    def test_learns_nothing_where_no_truth_is_stated(self, tmp_path: Path) -> None:
        """An empty folder is said to be so."""
        with pytest.raises(NothingToLearn, match="worlds generate"):
            learn([tmp_path], [tmp_path])


class TestCalibration:
    def test_counts_claims_beside_what_was_right(self) -> None:
        """Eight of ten at .8 are honest; ten at .95 with one right are not."""
        one = ChangeId("C")

        def row(n: int, probability: float | None, *, right: bool) -> Judged:
            place = 1 if right else 2
            verdict = CauseVerdict.CANDIDATES
            return Judged(
                "f", IncidentId(str(n)), (one,), verdict, (), place, probability=probability
            )

        honest = [row(n, 0.8, right=n < 8) for n in range(10)]
        bold = [row(n, 0.95, right=n < 1) for n in range(10)]

        assert calibration(honest).error == pytest.approx(0.0)
        both = calibration([*honest, *bold, row(99, None, right=False)])
        assert both.error == pytest.approx((0.95 - 0.1) / 2)
        assert (both.top.incidents, both.top.right) == (10, 1)
        assert [(c.at_least, c.answered, c.wrong) for c in both.coverage][-1] == (0.0, 20, 11)
        assert both.area > calibration(honest).area
