"""Long runs that a worker carries out: step by step, given back, taken over, tried again, stopped, in one queue."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import OperationalError
from django.test import TestCase
from django_tasks_db.models import DBTaskResult

from groundrules.records import models as books
from groundrules.records.models import AuditEntry, ImportBatch, LongRun, Role, User, WaitingImport
from groundrules.services import long_runs
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.carrying import carrier, depth, leases
from groundrules.services.carrying.carrier import Carrier
from groundrules.services.carrying.kinds import KINDS
from groundrules.services.doctor import Health, running
from groundrules.services.imports import rehearsing, steps, undoing, waiting
from groundrules.services.imports.mapping import Mapped
from groundrules.services.imports.running import Source
from groundrules.services.long_runs.steps import Kind, Place, Step, stays
from groundrules.services.long_runs.task import LAST, SOON

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
OLGA = Actor("olga@greenway.example", Role.OWNER)
TESS = Actor("tess@greenway.example", Role.TECHNICIAN)
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


class _Books(TestCase):
    at: datetime

    @classmethod
    def setUpTestData(cls) -> None:
        """An owner and a technician."""
        for actor in (OLGA, TESS):
            User.objects.create(email=actor.label, name=actor.label, role=actor.role.value)

    def setUp(self) -> None:
        """A worker whose clock stands."""
        self.at = NOW
        self.worker = Carrier("here|1|1", lambda: self.at, breath=0)

    def _all(self) -> int:
        turns = 0
        while self.worker.carry_next():
            turns += 1
        return turns

    def _wrong(self, problem: Exception | None) -> None:
        Counting.problem = problem

    def _ready_again(self) -> None:
        """The pause is over, by the queue's own clock."""
        DBTaskResult.objects.update(run_after=NOW - timedelta(days=1))


class TestCarrying(_Books):
    def test_ends_with_what_came_and_a_task_that_is_done(self) -> None:
        """Asked for in the act's transaction; carried to its end; nothing is left in the queue."""
        run = _ask()
        before = (run.state, depth(NOW).waiting, depth(NOW).oldest)

        turns = self._all()

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
        self._all()

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
        self._all()

        run.refresh_from_db()
        assert (between, run.state) == (("waiting", 1, 0), "done")
        assert Counting.done == [1, 2, 3]

    def test_tries_again_with_growing_pauses_and_then_fails_in_a_sentence(self) -> None:
        """Five times the same step; then a person reads why, mends it, and it goes on where it was."""
        run = _ask()
        self._wrong(Broken("no disk"))
        pauses = []
        while self.worker.carry_next():
            row = DBTaskResult.objects.get(pk=run.task)
            pauses.append((row.run_after - NOW).total_seconds() if row.status == "READY" else None)
            self._ready_again()
        run.refresh_from_db()
        failed = (run.state, run.problem)
        self._wrong(None)
        again = long_runs.start_again(run.pk, actor=OLGA, at=NOW)
        self._all()

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
        self._wrong(Unwanted("the month is closed"))
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
        self._wrong(OperationalError("gone"))
        with pytest.raises(OperationalError):
            self.worker.carry_next()
        run.refresh_from_db()
        held = run.holder
        self._wrong(None)

        taken = leases.take_from_the_gone(NOW, ours="here|1|1")
        self._all()

        run.refresh_from_db()
        assert (held, taken, run.state) == ("here|1|1", 1, "done")

    def test_knows_no_kind_of_a_later_version(self) -> None:
        """It fails in a sentence instead of being tried for ever."""
        run = long_runs.ask(long_runs.Wanted("future", "dream", {}, 0), actor=OLGA, at=NOW)
        self._all()

        run.refresh_from_db()
        assert (run.state, "knows how to dream" in run.problem) == ("failed", True)


class TestTakingOver(_Books):
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
        self._all()

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
        self._all()

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


class TestStopping(_Books):
    def test_before_it_began_it_is_over_at_once(self) -> None:
        """Nobody has to run for that."""
        run = _ask()
        long_runs.ask_to_stop(run.pk, actor=OLGA, at=NOW)
        self._all()

        run.refresh_from_db()
        assert (run.state, Counting.done) == ("stopped", [])
        assert run.problem == "olga@greenway.example stopped it before it began"

    def test_between_two_attempts_it_is_not_waited_for(self) -> None:
        """What would be tried again in minutes ends at once; a month later nothing of it is in the queue."""
        run = _ask()
        self._wrong(Broken("no disk"))
        self.worker.carry_next()
        DBTaskResult.objects.update(run_after=datetime(9000, 1, 1, tzinfo=UTC))
        waits = DBTaskResult.objects.ready().exists()
        long_runs.ask_to_stop(run.pk, actor=OLGA, at=NOW)
        self._all()
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
        self._all()

        run.refresh_from_db()
        assert (run.state, run.problem) == (
            "stopped",
            "olga@greenway.example stopped it; what was counted stays",
        )
        with pytest.raises(long_runs.CannotStartAgain):
            long_runs.start_again(run.pk, actor=OLGA, at=NOW)


class TestImports(_Books):
    """Long files, with a step for every row."""

    @classmethod
    def setUpTestData(cls) -> None:
        """One client."""
        super().setUpTestData()
        books.Client.objects.create(
            code="HARBOR", name="Harbor View Dental", zone="America/Los_Angeles", currency="USD"
        )

    def setUp(self) -> None:
        """Every file is long, every row a step."""
        super().setUp()
        for module in (rehearsing, steps):
            self.enterContext(pytest.MonkeyPatch.context()).setattr(module, "STEP_SECONDS", -1.0)
        self.enterContext(pytest.MonkeyPatch.context()).setattr(waiting, "AT_ONCE_ROWS", 0)

    def _hand_in(self, raw: bytes, kind: str = "assets") -> WaitingImport:
        return waiting.put_down(waiting.HandedIn(kind, "x.csv", raw), actor=OLGA, at=NOW)

    def _rehearsed(self, raw: bytes, kind: str = "assets") -> tuple[WaitingImport, LongRun]:
        row = self._hand_in(raw, kind)
        run = waiting.rehearse(row.pk, Mapped(zone="UTC", currency="USD"), actor=OLGA, at=NOW)
        assert run is not None
        self._all()
        row.refresh_from_db()
        run.refresh_from_db()
        return row, run

    def _keep(self, row: WaitingImport, *, without_errors: bool = False) -> LongRun:
        run = waiting.keep(row.pk, without_errors=without_errors, actor=OLGA, at=NOW)
        assert isinstance(run, LongRun)
        return run

    def _until(self, count: int) -> None:
        """The worker ends after so many steps."""
        left = iter(range(1, count))
        Carrier(
            "here|1|1", lambda: self.at, lambda: next(left, None) is not None, breath=0
        ).carry_next()

    def test_rehearse_piece_by_piece_as_at_once(self) -> None:
        """Rows that rest on rows before them come to the same as in one go, and nothing is kept."""
        raw = b"client,name\nHARBOR,A1\nHARBOR,A-1\nHARBOR,A1\nHARBOR,A 1\nNobody,B\nHARBOR,C\n"
        row, run = self._rehearsed(raw)
        pieces = [(one["action"], one["says"]) for one in row.rehearsal]
        row.long = False
        row.save(update_fields=["long"])
        waiting.rehearse(row.pk, Mapped(zone="UTC", currency="USD"), actor=OLGA, at=NOW)
        row.refresh_from_db()

        assert pieces == [(one["action"], one["says"]) for one in row.rehearsal]
        assert [one[0] for one in pieces] == ["add", "add", "same", "add", "error", "add"]
        assert (run.state, run.done, run.goal, run.came["faults"]) == ("done", 6, 6, 1)
        assert not books.Asset.objects.exists()

    def test_are_in_one_hand_only(self) -> None:
        """While a worker has the file, nobody rehearses, keeps, forgets or puts it away; its import is not undone."""
        row, _ = self._rehearsed(b"client,name\nHARBOR,A\nHARBOR,B\n")
        self._keep(row)
        self._until(1)
        WaitingImport.objects.update(made_at=NOW - waiting.KEPT_FOR * 2)
        acts = (
            lambda: waiting.rehearse(row.pk, Mapped(), actor=OLGA, at=NOW),
            lambda: waiting.keep(row.pk, without_errors=False, actor=OLGA, at=NOW),
            lambda: waiting.put_away(row.pk, actor=OLGA, at=NOW),
        )
        for act in acts:
            with pytest.raises(waiting.FileInHand):
                act()
        with pytest.raises(undoing.NothingToUndo):
            undoing.undo(ImportBatch.objects.get().pk, actor=OLGA, at=NOW)

        assert waiting.forget_old(NOW) == 0
        assert books.Asset.objects.count() == 1

    def test_go_on_where_their_worker_ended(self) -> None:
        """Two steps by one, the rest by another: every row once, one import, and the file is gone."""
        row, _ = self._rehearsed(b"client,name\nHARBOR,A\nHARBOR,B\nHARBOR,C\n")
        run = self._keep(row)
        self._until(2)
        half = books.Asset.objects.count()
        self._all()

        run.refresh_from_db()
        batch = ImportBatch.objects.get()
        assert (half, books.Asset.objects.count(), batch.cards.count()) == (2, 3, 3)
        assert (run.state, run.came["batch"], batch.counts) == ("done", batch.pk, {"add": 3})
        assert not WaitingImport.objects.exists()
        assert AuditEntry.objects.filter(verb="imports.bring_in").count() == 1

    def test_are_taken_back_when_they_are_stopped(self) -> None:
        """Stopped after two rows: their cards go again, what somebody changed stays, and the file waits on."""
        row, _ = self._rehearsed(b"client,name\nHARBOR,A\nHARBOR,B\nHARBOR,C\n")
        run = self._keep(row)
        self._until(2)
        books.Asset.objects.filter(code="A").update(name="changed")
        long_runs.ask_to_stop(run.pk, actor=OLGA, at=NOW)
        self._all()

        run.refresh_from_db()
        assert (run.state, run.came["stay"]) == ("stopped", ["A was changed since"])
        assert "stopped it; taken away again: 1 card, staying: 1" in run.problem
        assert [one.code for one in books.Asset.objects.all()] == ["A"]
        assert WaitingImport.objects.get().rehearsed_at is None

    def test_stop_at_a_row_that_is_at_fault_by_now(self) -> None:
        """What was well when it was rehearsed may not be any more: nothing stays half brought in."""
        row, _ = self._rehearsed(b"client,name\nHARBOR,A\nHARBOR,B\n")
        run = self._keep(row)
        self._until(1)
        books.Client.objects.update(code="OTHER")
        self._all()

        run.refresh_from_db()
        assert run.state == "failed"
        assert "assets row 3 is at fault by now: client: 'HARBOR' is no client here" in run.problem
        assert not books.Asset.objects.exists()

    def test_keep_entries_of_books_and_say_so(self) -> None:
        """Time that was recorded stays on record, and is found again by the same file."""
        books.Technician.objects.create(code="T", name="Tess")
        raw = b"client,id,technician,started_at,hours,issue\n" + b"".join(
            b"HARBOR,%d,T,2026-11-0%d 10:00,1,x\n" % (n, n) for n in (1, 2, 3)
        )
        row, _ = self._rehearsed(raw, "time")
        run = self._keep(row)
        self._until(1)
        long_runs.ask_to_stop(run.pk, actor=OLGA, at=NOW)
        self._all()
        run.refresh_from_db()
        again, _ = self._rehearsed(raw, "time")

        assert "1 entry of time or patches stays on record" in run.problem
        assert [one["action"] for one in again.rehearsal] == ["same", "add", "add"]

    def test_from_the_command_line_rehearse_first(self) -> None:
        """With a row at fault nothing is kept, and the file waits to be looked at in the browser."""
        source = Source("assets", "x.csv", b"client,name\nHARBOR,A\nNobody,B\n", Mapped())
        bad = waiting.bring_in_later(source, waiting.Asked(), actor=OLGA, at=NOW)
        good = waiting.bring_in_later(
            source, waiting.Asked(without_errors=True), actor=OLGA, at=NOW
        )
        self._all()

        bad.refresh_from_db()
        good.refresh_from_db()
        assert (bad.state, "at fault, so nothing of it was kept" in bad.problem) == ("failed", True)
        assert (good.state, good.done) == ("done", 2)
        assert WaitingImport.objects.get().run_id == bad.pk

    def test_are_not_started_again_once_the_file_went_on_otherwise(self) -> None:
        """A run that failed is no way round the mapping that was chosen since."""
        source = Source("assets", "x.csv", b"client,name\nNobody,B\n", Mapped())
        old = waiting.bring_in_later(source, waiting.Asked(), actor=OLGA, at=NOW)
        self._all()
        with pytest.raises(long_runs.CannotStartAgain):
            long_runs.start_again(old.pk, actor=OLGA, at=NOW)
        LongRun.objects.filter(pk=old.pk).update(came={})
        waiting.rehearse(WaitingImport.objects.get().pk, Mapped(), actor=OLGA, at=NOW)
        self._all()
        long_runs.start_again(old.pk, actor=OLGA, at=NOW)
        self._all()

        old.refresh_from_db()
        assert "was taken up anew since" in old.problem
