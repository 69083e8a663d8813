"""Imports of long files as long runs: rehearsed and kept row by row, in one hand, stopped, taken back."""

from __future__ import annotations

import pytest

from groundrules.records import models as books
from groundrules.records.models import AuditEntry, ImportBatch, LongRun, WaitingImport
from groundrules.services import long_runs
from groundrules.services.carrying.carrier import Carrier
from groundrules.services.imports import rehearsing, steps, undoing, waiting
from groundrules.services.imports.mapping import Mapped
from groundrules.services.imports.running import Source
from tests.services.carried import NOW, OLGA, WithWorker


class TestImports(WithWorker):
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
        self.carry_all()
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
        self.carry_all()

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
        self.carry_all()

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
        self.carry_all()

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
        self.carry_all()
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
        self.carry_all()

        bad.refresh_from_db()
        good.refresh_from_db()
        assert (bad.state, "at fault, so nothing of it was kept" in bad.problem) == ("failed", True)
        assert (good.state, good.done) == ("done", 2)
        assert WaitingImport.objects.get().run_id == bad.pk

    def test_are_not_started_again_once_the_file_went_on_otherwise(self) -> None:
        """A run that failed is no way round the mapping that was chosen since."""
        source = Source("assets", "x.csv", b"client,name\nNobody,B\n", Mapped())
        old = waiting.bring_in_later(source, waiting.Asked(), actor=OLGA, at=NOW)
        self.carry_all()
        with pytest.raises(long_runs.CannotStartAgain):
            long_runs.start_again(old.pk, actor=OLGA, at=NOW)
        LongRun.objects.filter(pk=old.pk).update(came={})
        waiting.rehearse(WaitingImport.objects.get().pk, Mapped(), actor=OLGA, at=NOW)
        self.carry_all()
        long_runs.start_again(old.pk, actor=OLGA, at=NOW)
        self.carry_all()

        old.refresh_from_db()
        assert "was taken up anew since" in old.problem
