"""Long runs that a worker carries out: step by step, given back, taken over, tried again, stopped, in one queue."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import OperationalError
from django_tasks_db.models import DBTaskResult

from groundrules.records.models import AuditEntry, LongRun, User
from groundrules.services import long_runs
from groundrules.services.actor import NotAllowed
from groundrules.services.carrying import carrier, depth, leases
from groundrules.services.carrying.carrier import Carrier
from groundrules.services.carrying.kinds import KINDS
from groundrules.services.doctor import Health, running
from groundrules.services.long_runs.steps import Kind, Place, Step, stays
from groundrules.services.long_runs.task import LAST, SOON
from tests.services.carried import NOW, OLGA, TESS, WithWorker

_GONE = f"{socket.gethostname()}|{os.getpid()}|1"


class Counting:
    """Work of three steps, the second of which may be made to go wrong."""

    problem: ClassVar[Exception | None] = None
    done: ClassVar[list[int]] = []

    def prepare(self, place: Place, at: datetime, tell: long_runs.Tell) -> object:
        """Nothing is needed."""
        del place, at, tell
        return None

    def step(self, place: Place, prepared: object, at: datetime) -> Step:
        """One more."""
        del prepared, at
        number = place.get("next", 1)
        self.done.append(number)
        if self.problem is not None and number == 2:
            raise self.problem
        over = LongRun.DONE if number == 3 else ""
        return Step({"next": number + 1}, number, "counted", 3, over)

    def back_out(self, place: Place, by: str, at: datetime) -> Step:
        """What was counted stays counted."""
        del at
        return stays(place, by, done=place.get("next", 1) - 1, kept="what was counted stays")


class Broken(RuntimeError):
    """A bug."""


class Unwanted(ValueError):
    """A refusal."""


def _ask(what: str = "count", priority: int = SOON) -> LongRun:
    return long_runs.ask(long_runs.Wanted("counting", what, {}, priority), actor=OLGA, at=NOW)


@pytest.fixture(autouse=True)
def _counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """This fixture will let the worker know a kind that counts."""
    known = {**KINDS, "counting": Kind(lambda _run, _actor: Counting(), (Unwanted,))}
    monkeypatch.setattr(carrier, "KINDS", known)
    monkeypatch.setattr(Counting, "problem", None)
    monkeypatch.setattr(Counting, "done", [])


class TestCarrying(WithWorker):
    def test_ends_with_what_came_and_a_task_that_is_done(self) -> None:
        """Asked for in the act's transaction; carried to its end; nothing is left in the queue."""
        run = _ask()
        before = (run.state, depth(NOW).waiting, depth(NOW).oldest)

        turns = self.carry_all()

        run.refresh_from_db()
        assert (turns, before) == (1, ("waiting", 1, NOW))
        assert (run.state, run.done, run.goal, run.share, run.holder) == ("done", 3, 3, 100, "")
        assert not DBTaskResult.objects.ready().exists()
        assert DBTaskResult.objects.successful().count() == 1
        assert AuditEntry.objects.get(verb="long_runs.ask").recorded_by == OLGA.label

    def test_gives_way_to_something_more_urgent(self) -> None:
        """What may take the night waits at its next step, and goes on behind the step that was kept."""
        slow = _ask("slow", LAST)
        asked = iter([True])

        def goes_on() -> bool:
            if next(asked, False):
                _ask("quick", SOON)
            return True

        Carrier("here|1|1", lambda: self.at, goes_on, breath=0).carry_next()
        slow.refresh_from_db()
        first = (slow.state, slow.done, slow.says)
        self.carry_all()

        slow.refresh_from_db()
        assert first == ("waiting", 1, "waits for something more urgent")
        assert [one.state for one in LongRun.objects.order_by("pk")] == ["done", "done"]
        assert Counting.done == [1, 1, 2, 3, 2, 3]

    def test_stops_between_two_steps_with_its_worker(self) -> None:
        """SIGTERM: the step is ended, the run given back at once, without counting as an attempt."""
        run = _ask()

        Carrier("here|1|1", lambda: self.at, lambda: False, breath=0).carry_next()
        run.refresh_from_db()
        between = (run.state, run.done, run.attempts)
        self.carry_all()

        run.refresh_from_db()
        assert (between, run.state) == (("waiting", 1, 0), "done")
        assert Counting.done == [1, 2, 3]

    def test_tries_again_with_growing_pauses_and_then_fails_in_a_sentence(self) -> None:
        """Five times the same step; then a person reads why, mends it, and it goes on where it was."""
        run = _ask()
        Counting.problem = Broken("no disk")
        pauses = []
        while self.worker.carry_next():
            row = DBTaskResult.objects.get(pk=run.task)
            pauses.append((row.run_after - NOW).total_seconds() if row.status == "READY" else None)
            self.ready_again()
        run.refresh_from_db()
        failed = (run.state, run.problem)
        Counting.problem = None
        again = long_runs.start_again(run.pk, actor=OLGA, at=NOW)
        self.carry_all()

        run.refresh_from_db()
        assert pauses == [10, 40, 160, 640, None]
        assert failed == (
            "failed",
            "it went wrong 5 times at the same step and is not tried again by itself (Broken: no disk)",
        )
        assert (again.attempts, run.state, run.done) == (0, "done", 3)
        assert Counting.done == [1, 2, 2, 2, 2, 2, 2, 3]
        assert "failed in the last 7 days" not in running.look_at_long_runs(NOW).says

    def test_ends_at_once_when_it_is_refused(self) -> None:
        """A refusal would be the same next time; whoever was let go meanwhile gets nothing done."""
        run, other = _ask(), _ask("other")
        Counting.problem = Unwanted("the month is closed")
        self.worker.carry_next()
        User.objects.filter(email=OLGA.label).update(is_active=False)
        self.worker.carry_next()

        run.refresh_from_db()
        other.refresh_from_db()
        assert (run.state, run.problem) == ("failed", "the month is closed")
        assert (other.state, "no active user" in other.problem) == ("failed", True)

    def test_leaves_a_database_that_is_away_to_later(self) -> None:
        """What is held is given back as soon as the same worker looks again."""
        run = _ask()
        Counting.problem = OperationalError("gone")
        with pytest.raises(OperationalError):
            self.worker.carry_next()
        run.refresh_from_db()
        held = run.holder
        Counting.problem = None

        taken = leases.take_from_the_gone(NOW, ours="here|1|1")
        self.carry_all()

        run.refresh_from_db()
        assert (held, taken, run.state) == ("here|1|1", 1, "done")

    def test_knows_no_kind_of_a_later_version(self) -> None:
        """It fails in a sentence instead of being tried for ever."""
        run = long_runs.ask(long_runs.Wanted("future", "dream", {}, 0), actor=OLGA, at=NOW)
        self.carry_all()

        run.refresh_from_db()
        assert (run.state, "knows how to dream" in run.problem) == ("failed", True)


class TestTakingOver(WithWorker):
    def _held(self, holder: str, attempts: int = 0) -> LongRun:
        run = _ask()
        claimed = leases.claim(holder, NOW)
        assert claimed is not None
        LongRun.objects.filter(pk=run.pk).update(attempts=attempts, place={"next": 2}, done=1)
        run.refresh_from_db()
        return run

    def test_takes_from_a_dead_process_at_once(self) -> None:
        """The process number is another's by now; the run goes on behind its last whole step."""
        run = self._held(_GONE)

        taken = leases.take_from_the_gone(NOW)
        self.carry_all()

        run.refresh_from_db()
        assert (taken, run.state, Counting.done) == (1, "done", [2, 3])

    def test_leaves_the_living_and_waits_for_other_hosts(self) -> None:
        """This very process lives, and has an hour for a step; another host's worker has five minutes to say so."""
        ours = self._held(leases.own_name())
        away = self._held("elsewhere|1|1")

        now = leases.take_from_the_gone(NOW)
        later = leases.take_from_the_gone(NOW + leases.LEASE + timedelta(seconds=1))
        at_last = leases.take_from_the_gone(NOW + timedelta(hours=1, seconds=1))

        assert (now, later, at_last) == (0, 1, 1)
        assert {one.state for one in LongRun.objects.filter(pk__in=[ours.pk, away.pk])} == {
            "waiting"
        }

    def test_fails_what_kills_its_worker_again_and_again(self) -> None:
        """Five workers died at the same step: the sixth is not asked."""
        run = self._held(_GONE, leases.MOST_ATTEMPTS)

        leases.take_from_the_gone(NOW)

        run.refresh_from_db()
        assert run.state == "failed"
        assert "the worker was cut off 5 times at the same step" in run.problem
        assert not self.worker.carry_next()

    def test_a_slow_worker_finds_that_the_run_is_no_longer_its_own(self) -> None:
        """Its step is not kept, and the run of the other goes on undisturbed."""
        run = _ask()

        class Slow(Counting):
            def prepare(self, place: Place, at: datetime, tell: long_runs.Tell) -> object:
                LongRun.objects.filter(pk=run.pk).update(holder="elsewhere|1|1")
                return super().prepare(place, at, tell)

        known = {"counting": Kind(lambda _run, _actor: Slow())}
        self.enterContext(pytest.MonkeyPatch.context()).setattr(carrier, "KINDS", known)
        self.worker.carry_next()

        run.refresh_from_db()
        assert (run.holder, run.done, run.state) == ("elsewhere|1|1", 0, "running")

    def test_finds_runs_whose_task_was_left_behind(self) -> None:
        """Books that were moved to another database come without the queue: what waited waits again."""
        run = _ask()
        DBTaskResult.objects.all().delete()

        found = (leases.find_lost_tasks(NOW), leases.find_lost_tasks(NOW))
        self.carry_all()

        run.refresh_from_db()
        assert (found, run.state) == ((1, 0), "done")

    def test_the_doctor_says_how_deep_and_how_old(self) -> None:
        """Nobody takes what waits: that is worth a warning."""
        _ask()

        soon = running.look_at_long_runs(NOW + timedelta(minutes=1))
        late = running.look_at_long_runs(NOW + timedelta(minutes=11))

        assert (soon.health, late.health) == (Health.FINE, Health.WARNING)
        assert "1 wait, the oldest since 2026-11-28 12:00 UTC" in soon.says
        assert "no worker takes them" in late.says


class TestStopping(WithWorker):
    def test_before_it_began_it_is_over_at_once(self) -> None:
        """Nobody has to run for that."""
        run = _ask()
        long_runs.ask_to_stop(run.pk, actor=OLGA, at=NOW)
        self.carry_all()

        run.refresh_from_db()
        assert (run.state, Counting.done) == ("stopped", [])
        assert run.problem == "olga@greenway.example stopped it before it began"

    def test_between_two_attempts_it_is_not_waited_for(self) -> None:
        """What would be tried again in minutes ends at once; a month later nothing of it is in the queue."""
        run = _ask()
        Counting.problem = Broken("no disk")
        self.worker.carry_next()
        DBTaskResult.objects.update(run_after=datetime(9000, 1, 1, tzinfo=UTC))
        waits = DBTaskResult.objects.ready().exists()
        long_runs.ask_to_stop(run.pk, actor=OLGA, at=NOW)
        self.carry_all()
        DBTaskResult.objects.update(status="RUNNING", started_at=NOW, finished_at=None)

        run.refresh_from_db()
        assert (waits, run.state) == (False, "stopped")
        assert long_runs.forget_ended(NOW + timedelta(days=29)) == 0
        assert long_runs.forget_ended(NOW + timedelta(days=31)) == 1

    def test_in_the_middle_it_ends_as_its_kind_says(self) -> None:
        """What was done is kept or taken back, and said; a technician stops only what is theirs."""
        run = _ask()
        Carrier("here|1|1", lambda: self.at, lambda: False, breath=0).carry_next()
        with pytest.raises(NotAllowed):
            long_runs.ask_to_stop(run.pk, actor=TESS, at=NOW)
        long_runs.ask_to_stop(run.pk, actor=OLGA, at=NOW)
        self.carry_all()

        run.refresh_from_db()
        assert (run.state, run.problem) == (
            "stopped",
            "olga@greenway.example stopped it; what was counted stays",
        )
        with pytest.raises(long_runs.CannotStartAgain):
            long_runs.start_again(run.pk, actor=OLGA, at=NOW)
