"""What was acknowledged is read once, later, in spite of everything; what was never sent is a gap from when to when."""

from __future__ import annotations

import threading
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from groundrules.core.evidence import GapKind
from groundrules.records import models as books
from groundrules.services import receiving
from groundrules.services.actor import NotAllowed
from groundrules.services.agents import (
    AgentAlreadyRevoked,
    Enrolment,
    RevocationUnexplained,
    Terms,
    UnknownAgent,
    enrol,
    make_token,
    revoke,
)
from groundrules.services.doctor import Health
from groundrules.services.doctor.running import look_at_collectors
from groundrules.services.evidence import Handed, read_arrival, receive
from groundrules.services.receiving import reading, worker
from groundrules.services.storage import raw_store
from groundrules_wire import Fact
from tests.cast import ANNA, TARIQ
from tests.sender import Batch, Sender, package_log

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sender(harbor: books.Client) -> Sender:
    """This fixture will enrol a collector that sends at least every 150 s, so that it is silent after five minutes."""
    return _enrolled(Sender(), harbor, NIGHT - timedelta(hours=1))


def _enrolled(sender: Sender, client: books.Client, at: datetime) -> Sender:
    terms = Terms(heartbeat=timedelta(seconds=150))
    token = make_token(client.assets.get(code="SRV1"), actor=TARIQ, at=at, terms=terms)
    said = Enrolment(token, "SRV1", "", b64decode(sender.public_key), "test")
    agent = enrol(said, at=at)
    sender.agent, sender.stream = agent.code, agent.stream
    return sender


def test_the_doctor_names_collectors_that_are_silent_also_those_that_never_sent(
    sender: Sender,
) -> None:
    """One enrolled and installed wrongly is as silent as one that stopped."""
    fresh, later = (look_at_collectors(NIGHT + timedelta(minutes=m)) for m in (-58, 0))

    assert fresh.health is Health.FINE
    assert (later.health, sender.agent in later.says) == (Health.WARNING, True)


def _accept(sender: Sender, batch: Batch, at: datetime) -> receiving.Accepted:
    signature = b64decode(sender.headers(batch)["Groundrules-Signature"])
    claimed = receiving.Claimed(
        sender.agent, sender.stream, batch.sequence, batch.previous, signature
    )
    return receiving.accept(claimed, [batch.body], at=at)


def _send(sender: Sender, minute: int, log: bytes = b"", facts: tuple[Fact, ...] = ()) -> Batch:
    at = NIGHT + minute * MINUTE
    batch = sender.make(at, log, facts)
    _accept(sender, batch, at + timedelta(seconds=1))
    return batch


def _gaps(kind: GapKind) -> list[books.Gap]:
    return list(books.Gap.objects.current().filter(kind=kind.value).order_by("pk"))


class TestReadPending:
    def test_files_claims_and_changes_of_what_was_acknowledged(self, sender: Sender) -> None:
        """After reading, the observations and the changes they show are in the books, citing the batch."""
        batch = _send(sender, 0, package_log(NIGHT - MINUTE, 3))
        assert not books.Observation.objects.exists()

        report = receiving.read_pending(at=NIGHT + MINUTE)
        worked_out = receiving.work_out_changes(at=NIGHT + MINUTE)

        part = books.RawEvidence.objects.get(format="dpkg-log")
        assert (report.read, report.failed, report.more) == (1, 0, False)
        assert books.Observation.objects.count() == 3
        assert (worked_out, books.Change.objects.count()) == (1, 3)
        assert part.parent is not None
        assert part.parent.digest == batch.digest
        assert not books.PendingBatch.objects.exists()
        assert not books.ChangesDue.objects.exists()

    def test_seals_the_batch_and_its_parts_with_their_place(self, sender: Sender) -> None:
        """Envelope and part each have a leaf that says where in the chain they came."""
        _send(sender, 0, package_log(NIGHT - MINUTE, 1))

        receiving.read_pending(at=NIGHT + MINUTE)

        entries = [leaf.entry for leaf in books.SealLeaf.objects.order_by("index")]
        assert len(entries) == 2
        assert all(sender.stream in entry for entry in entries)

    def test_reads_nothing_twice(self, sender: Sender) -> None:
        """Asked again, and handed in by hand as well, a batch that was read adds nothing."""
        batch = _send(sender, 0, package_log(NIGHT - MINUTE, 3))
        receiving.read_pending(at=NIGHT + MINUTE)
        before = (books.Observation.objects.count(), books.Reading.objects.count())

        again = receiving.read_pending(at=NIGHT + 2 * MINUTE)
        by_hand = receive(Handed(batch.body, "again.envelope"), actor=TARIQ, at=NIGHT + 3 * MINUTE)

        assert again.read == 0
        assert by_hand.was_known
        assert (books.Observation.objects.count(), books.Reading.objects.count()) == before

    def test_reads_a_part_at_a_time_and_says_there_is_more(self, sender: Sender) -> None:
        """A long backlog is read in rounds, oldest first."""
        for minute in range(3):
            _send(sender, minute, package_log(NIGHT + minute * MINUTE, 1, f"pkg{minute}-"))

        first = receiving.read_pending(at=NIGHT + 5 * MINUTE, limit=2)
        second = receiving.read_pending(at=NIGHT + 5 * MINUTE, limit=2)

        assert (first.read, first.more) == (2, True)
        assert (second.read, second.more) == (1, False)

    def test_survives_a_bug_in_a_reader(
        self, sender: Sender, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A batch a reader fails on waits with the reason beside it, those behind it are read, and it is read later."""
        broken = _send(sender, 0, package_log(NIGHT, 1, "broken"))
        _send(sender, 1, package_log(NIGHT, 1, "whole"))
        with monkeypatch.context() as patch:
            patch.setattr(reading, "read_arrival", _failing_for(broken))
            report = receiving.read_pending(at=NIGHT + 2 * MINUTE)
        waiting = books.PendingBatch.objects.get()
        too_soon = receiving.read_pending(at=NIGHT + 2 * MINUTE + timedelta(seconds=59))

        later = receiving.read_pending(at=NIGHT + 3 * MINUTE)

        assert (report.read, report.failed) == (1, 1)
        assert "ZeroDivisionError" in waiting.problem
        assert (too_soon.read, later.read) == (0, 1)
        assert books.Observation.objects.count() == 2

    def test_leaves_everything_undone_when_filing_breaks_off(
        self, sender: Sender, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A database that goes away in the middle leaves the batch as it was: unread, and nothing filed."""
        _send(sender, 0, package_log(NIGHT, 3))

        def away(*_args: object, **_named: object) -> None:
            raise OperationalError("the server closed the connection unexpectedly")

        with monkeypatch.context() as patch:
            patch.setattr(reading, "file_stream_gaps", away)
            with pytest.raises(OperationalError):
                receiving.read_pending(at=NIGHT + MINUTE)

        assert books.PendingBatch.objects.get().attempts == 0
        assert not books.Observation.objects.exists()
        assert receiving.read_pending(at=NIGHT + MINUTE).read == 1

    def test_works_changes_out_after_a_crash_in_between(
        self, sender: Sender, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A crash after the claims and before the changes leaves the changes to do, and the next turn does them."""
        _send(sender, 0, package_log(NIGHT, 3))
        receiving.read_pending(at=NIGHT + MINUTE)

        def crash(**_named: object) -> int:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(reading, "detect", crash)
            with pytest.raises(KeyboardInterrupt):
                receiving.work_out_changes(at=NIGHT + MINUTE)
        assert not books.Change.objects.exists()

        receiving.work_out_changes(at=NIGHT + MINUTE)

        assert books.Change.objects.count() == 3
        assert receiving.work_out_changes(at=NIGHT + 2 * MINUTE) == 0

    def test_keeps_a_batch_that_cannot_be_opened_apart(self, sender: Sender) -> None:
        """A signed body whose parts were altered goes into quarantine, leaves a gap, and the chain goes on."""
        _send(sender, 0)
        whole = sender.make(NIGHT + MINUTE, package_log(NIGHT, 2))
        spoiled = Batch(2, whole.previous, whole.body[:-1] + b"?")
        sender.made[-1] = spoiled
        _accept(sender, spoiled, NIGHT + MINUTE)
        _send(sender, 2, package_log(NIGHT, 1, "after"))

        report = receiving.read_pending(at=NIGHT + 3 * MINUTE)

        (gap,) = _gaps(GapKind.RECORDS_DAMAGED)
        assert report.failed == 0
        assert (gap.not_before, gap.not_after) == (NIGHT, NIGHT + MINUTE)
        assert books.Quarantined.objects.get().digest == spoiled.digest
        assert raw_store().get(spoiled.digest) == spoiled.body
        assert books.Observation.objects.count() == 1

    def test_lets_only_one_program_read(self, sender: Sender, data: Path) -> None:
        """While another program has the turn, nothing is read here and nothing is lost."""
        _send(sender, 0, package_log(NIGHT, 1))
        with reading.only_reader() as is_ours:
            meanwhile = receiving.read_pending(at=NIGHT + MINUTE)

        after = receiving.read_pending(at=NIGHT + MINUTE)

        assert is_ours
        assert (meanwhile.read, after.read) == (0, 1)


def _failing_for(batch: Batch) -> object:
    whole = read_arrival

    def read(arrival: object, opened: object, digest: str) -> object:
        if digest == batch.digest:
            return 1 // 0
        return whole(arrival, opened, digest)  # type: ignore[arg-type] # the very arguments, passed on

    return read


class TestKeepReading:
    def test_stops_when_told(self, sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
        """The loop reads what is there, and ends with the event."""
        # Its own thread's connections are its to close; here the test's transaction lives on this one.
        monkeypatch.setattr(worker, "close_old_connections", lambda: None)
        monkeypatch.setattr(connection, "close", lambda: None)
        _send(sender, 0, package_log(NIGHT, 1))
        stop = threading.Event()

        def clock() -> datetime:
            if not books.PendingBatch.objects.exists():
                stop.set()
            return NIGHT + MINUTE

        receiving.keep_reading(stop, clock)

        assert books.Observation.objects.count() == 1


class TestFindSilent:
    def test_files_a_gap_from_the_last_batch_on(self, sender: Sender) -> None:
        """Two heartbeats missed are silence; looking again does not say it twice."""
        _send(sender, 0)
        in_time = receiving.find_silent(NIGHT + 5 * MINUTE)

        found = receiving.find_silent(NIGHT + 6 * MINUTE)
        again = receiving.find_silent(NIGHT + 7 * MINUTE)

        assert (in_time, again) == ((), ())
        assert [(row.not_before, row.not_after) for row in found] == [(NIGHT, NIGHT + 6 * MINUTE)]
        assert found[0].asset.code == "SRV1"

    def test_grows_while_silence_goes_on_and_ends_with_the_next_batch(self, sender: Sender) -> None:
        """An hour on, the gap on record is longer; the batch that comes closes it where it really ended."""
        _send(sender, 0)
        receiving.find_silent(NIGHT + 6 * MINUTE)
        receiving.find_silent(NIGHT + 70 * MINUTE)
        (open_gap,) = _gaps(GapKind.COLLECTOR_SILENT)
        _send(sender, 80)

        receiving.read_pending(at=NIGHT + 81 * MINUTE)

        (closed,) = _gaps(GapKind.COLLECTOR_SILENT)
        assert open_gap.not_after == NIGHT + 70 * MINUTE
        assert (closed.not_before, closed.not_after) == (NIGHT, NIGHT + 80 * MINUTE)
        assert books.Gap.objects.filter(ref=closed.ref).count() == 3

    def test_takes_silence_back_when_batches_were_only_late(self, sender: Sender) -> None:
        """A server that could not be reached makes batches late; nothing was missed, and the record says so."""
        _send(sender, 0)
        receiving.find_silent(NIGHT + 30 * MINUTE)
        for minute in (1, 2):
            late = sender.make(NIGHT + minute * MINUTE)
            _accept(sender, late, NIGHT + 31 * MINUTE)

        receiving.read_pending(at=NIGHT + 32 * MINUTE)

        (closed,) = _gaps(GapKind.COLLECTOR_SILENT)
        assert closed.not_before == closed.not_after == NIGHT
        assert "nothing is missing" in closed.says

    def test_expects_nothing_of_a_revoked_collector(self, sender: Sender) -> None:
        """Silence after a revocation is what was asked for."""
        _send(sender, 0)
        revoke(sender.agent, reason="host sold", actor=TARIQ, at=NIGHT + MINUTE)

        assert receiving.find_silent(NIGHT + timedelta(days=1)) == ()

    def test_expects_nothing_of_a_stream_that_was_begun_anew(
        self, sender: Sender, harbor: books.Client
    ) -> None:
        """After a host enrolled anew its old stream is over: one gap joins the two, and no silence is said."""
        _send(sender, 0)
        renewed = _enrolled(Sender(), harbor, NIGHT + 20 * MINUTE)
        _send(renewed, 21)

        receiving.read_pending(at=NIGHT + 22 * MINUTE)

        (gap,) = _gaps(GapKind.RECORDS_MISSING)
        assert (gap.not_before, gap.not_after) == (NIGHT, NIGHT + 21 * MINUTE)
        assert receiving.find_silent(NIGHT + 23 * MINUTE) == ()


class TestStreamGaps:
    def test_says_what_was_never_delivered(self, sender: Sender) -> None:
        """A collector that offered batch 4 and then began again as batch 2 has lost what lay between."""
        _send(sender, 0)
        lost = [sender.make(NIGHT + minute * MINUTE) for minute in (1, 2, 3)]
        with pytest.raises(receiving.OutOfTurn):
            _accept(sender, lost[-1], NIGHT + 3 * MINUTE)
        del sender.made[1:]

        _send(sender, 4)

        (gap,) = _gaps(GapKind.RECORDS_MISSING)
        assert (gap.not_before, gap.not_after) == (NIGHT, NIGHT + 4 * MINUTE)
        assert books.Agent.objects.get().ahead_sequence == 0

    def test_says_nothing_when_what_was_missing_comes(self, sender: Sender) -> None:
        """The batches before the one that came too early are sent after all: nothing is missing."""
        _send(sender, 0)
        late = [sender.make(NIGHT + minute * MINUTE) for minute in (1, 2, 3)]
        with pytest.raises(receiving.OutOfTurn):
            _accept(sender, late[-1], NIGHT + 3 * MINUTE)

        for batch in late:
            _accept(sender, batch, NIGHT + 4 * MINUTE)

        assert not _gaps(GapKind.RECORDS_MISSING)
        assert books.Agent.objects.get().ahead_sequence == 0

    def test_says_what_the_collector_tells_of_its_clock(self, sender: Sender) -> None:
        """A clock that jumped on the host is a gap over the span that cannot be trusted."""
        step = Fact(
            "clock-jump", (NIGHT - 2 * MINUTE).isoformat(), NIGHT.isoformat(), {"seconds": "+120"}
        )
        _send(sender, 0, facts=(step,))

        receiving.read_pending(at=NIGHT + MINUTE)

        (gap,) = _gaps(GapKind.CLOCK_STEP)
        assert (gap.not_before, gap.not_after) == (NIGHT - 2 * MINUTE, NIGHT)

    def test_says_what_the_collector_lost_and_when_it_did_not_look(self, sender: Sender) -> None:
        """A restart, lost audit records, a log that vanished and a pause are each a gap of their kind."""
        before, now = (NIGHT - 2 * MINUTE).isoformat(), NIGHT.isoformat()
        facts = (
            Fact("restart", before, now),
            Fact("audit-lost", before, now, {"lost": "7"}),
            Fact("gap", before, now, {"reason": "log vanished"}),
            Fact("gap", before, now, {"reason": "held up", "seconds": "120"}),
            Fact("unchanged", before, now, {"packages": now}),
        )
        _send(sender, 0, facts=facts)

        receiving.read_pending(at=NIGHT + MINUTE)

        kinds = books.Gap.objects.order_by("kind").values_list("kind", flat=True)
        assert list(kinds) == sorted(
            ["restart", "records missing", "records missing", "collector silent"]
        )

    def test_believes_a_collector_that_says_it_looked(self, sender: Sender) -> None:
        """Batches half an hour apart are no silence when the collector says that it looked all the time."""
        _send(sender, 0)
        looked = Fact("coverage", NIGHT.isoformat(), (NIGHT + 30 * MINUTE).isoformat())
        _send(sender, 30, facts=(looked,))
        _send(sender, 60)

        receiving.read_pending(at=NIGHT + 61 * MINUTE)

        (gap,) = _gaps(GapKind.COLLECTOR_SILENT)
        assert (gap.not_before, gap.not_after) == (NIGHT + 30 * MINUTE, NIGHT + 60 * MINUTE)

    def test_sees_a_clock_set_back_by_itself(self, sender: Sender) -> None:
        """Batches whose times run backwards show a clock that was set back, told or not."""
        _send(sender, 10)
        earlier = sender.make(NIGHT + 4 * MINUTE)
        _accept(sender, earlier, NIGHT + 11 * MINUTE)

        receiving.read_pending(at=NIGHT + 12 * MINUTE)

        (gap,) = _gaps(GapKind.CLOCK_STEP)
        assert (gap.not_before, gap.not_after) == (NIGHT + 4 * MINUTE, NIGHT + 10 * MINUTE)


class TestRevoke:
    def test_needs_a_reason_a_known_agent_and_a_standing_key(self, sender: Sender) -> None:
        """Each refusal is its own, and the second revocation is told of the first."""
        with pytest.raises(RevocationUnexplained):
            revoke(sender.agent, reason=" ", actor=TARIQ, at=NIGHT)
        with pytest.raises(UnknownAgent):
            revoke("agent-none", reason="gone", actor=TARIQ, at=NIGHT)
        revoke(sender.agent, reason="gone", actor=TARIQ, at=NIGHT)

        with pytest.raises(AgentAlreadyRevoked, match="gone"):
            revoke(sender.agent, reason="again", actor=TARIQ, at=NIGHT)

    def test_is_not_for_accountants(self, sender: Sender) -> None:
        """Keys and tokens are technicians' and owners' business."""
        with pytest.raises(NotAllowed):
            revoke(sender.agent, reason="gone", actor=ANNA, at=NIGHT)

    def test_keeps_both_rows_of_the_key(self, sender: Sender) -> None:
        """The book shows the key as it was enrolled and as it was revoked."""
        revoke(sender.agent, reason="gone", actor=TARIQ, at=NIGHT)

        keys = list(books.AgentKey.objects.order_by("pk"))
        assert [key.revoked for key in keys] == [False, True]
        assert keys[1].supersedes == keys[0]
        assert {key.public_key for key in keys} == {
            b64encode(b64decode(sender.public_key)).decode()
        }
