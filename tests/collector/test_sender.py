"""Every answer of the protocol, given by a real server on loopback, and what the sender makes of it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from groundrules_collector.agent import AlreadyEnrolled, NotEnrolled, load_agent
from groundrules_collector.client import Server, ServerRefused, Unreachable, require_usable
from groundrules_collector.cycle import Recorder, look
from groundrules_collector.daemon import plain_manifest
from groundrules_collector.enrol import EnrolmentRefused, enrol
from groundrules_collector.host import HostView
from groundrules_collector.main import main
from groundrules_collector.sender import FOR_A_HUMAN, LONGEST_WAIT, Backoff, Sender
from groundrules_collector.state import StateFolder, recall
from groundrules_wire import Fact, unpack
from tests.collector.host_tree import build
from tests.collector.receiver import Books, receiving
from tests.collector.recording import Rig, facts

SEED = 5


@pytest.fixture
def books() -> Books:
    """This fixture will open a server's books."""
    return Books()


@pytest.fixture
def url(books: Books) -> Iterator[str]:
    """This fixture will serve them on loopback."""
    with receiving(books) as address:
        yield address


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    """This fixture will put a collector beside a small host."""
    return Rig(build(tmp_path / "host"), tmp_path / "state").recorder()


def enrolled(recorder: Recorder, url: str) -> Sender:
    """This function will introduce the host to the server and give the sender that speaks for it."""
    folder = recorder.spool.folder
    enrol(folder, Server(url), "TOKEN", recorder.view)
    return sender_of(recorder, url)


def sender_of(recorder: Recorder, url: str) -> Sender:
    """This function will start a sender, as after a restart."""
    agent = replace(load_agent(recorder.spool.folder), server=url)
    dice = random.Random(SEED)  # noqa: S311 - repeatable, and no secret
    plain = plain_manifest(recorder.view)
    return Sender(recorder.spool, agent, Server(url), recorder.say, plain, Backoff(dice=dice))


def batches(recorder: Recorder, count: int) -> None:
    """This function will make that many batches."""
    for number in range(count):
        log = recorder.view.path("/var/log/auth.log")
        log.write_text(log.read_text() + f"line {number}\n")
        assert look(recorder).batch is not None


def drained(sender: Sender) -> float | None:
    """This function will let the sender go on until it has nothing to do or wants to wait."""
    pause: float | None = 0.0
    while pause == 0.0:
        pause = sender.step()
    return pause


class TestEnrolment:
    def test_trades_a_token_for_an_identity(
        self, recorder: Recorder, books: Books, url: str
    ) -> None:
        """The server gets the public key and the digest of the machine id; the key stays, for its owner only."""
        sender = enrolled(recorder, url)

        folder = recorder.spool.folder
        assert (sender.agent.agent, sender.agent.stream) == ("AGT-1", "STR-1")
        assert books.enrolment["hostname"] == "srv1"
        assert len(books.enrolment["machine_id_digest"]) == 64
        assert folder.key.stat().st_mode & 0o777 == 0o600
        assert folder.path.stat().st_mode & 0o777 == 0o700
        secret = folder.key.read_text()
        assert secret.encode() not in b"".join(books.everything)
        assert bytes.fromhex(secret) not in b"".join(books.everything)

    def test_is_refused_with_a_used_token(
        self, recorder: Recorder, url: str, tmp_path: Path
    ) -> None:
        """A token works once; the refusal says what to do, and the key is kept for the next try."""
        enrolled(recorder, url)
        other = StateFolder(tmp_path / "other")

        with pytest.raises(EnrolmentRefused, match="ask for a new token"):
            enrol(other, Server(url), "TOKEN", recorder.view)

        assert other.key.exists()
        with pytest.raises(NotEnrolled):
            load_agent(other)

    def test_happens_once_per_folder(self, recorder: Recorder, url: str) -> None:
        """A second enrolment would begin a second stream in the same spool."""
        enrolled(recorder, url)

        with pytest.raises(AlreadyEnrolled):
            enrol(recorder.spool.folder, Server(url), "TOKEN", recorder.view)

    @pytest.mark.parametrize("address", ["http://evidence.example.net", "ftp://x", "nonsense"])
    def test_never_goes_out_in_the_clear(self, address: str) -> None:
        """Plain HTTP is for this host itself only."""
        with pytest.raises(ServerRefused, match="https"):
            require_usable(address)


class TestSending:
    def test_hands_over_in_order_and_frees_the_spool(
        self, recorder: Recorder, books: Books, url: str
    ) -> None:
        """Every batch arrives once, in its place, signed; its file is gone when the server has it."""
        sender = enrolled(recorder, url)
        batches(recorder, 3)

        pause = drained(sender)

        assert pause is None
        assert len(books.bodies) == 3
        books.check_chain()
        assert recorder.spool.waiting() == (0, 0)
        assert list(recorder.spool.folder.spool.iterdir()) == []
        assert not books.refused

    def test_takes_a_lost_answer_for_what_it_is(
        self, recorder: Recorder, books: Books, url: str
    ) -> None:
        """A batch the server stored without its answer arriving is sent again, and counted once."""
        sender = enrolled(recorder, url)
        batches(recorder, 2)
        faults = iter(["drop after storing"])
        books.fault = lambda _sequence: next(faults, "")

        first = drained(sender)
        second = drained(sender)

        assert first is not None
        assert second is None
        assert (len(books.bodies), books.repeats) == (2, 1)
        books.check_chain()

    @pytest.mark.parametrize("status", ["429", "503", "500", "drop"])
    def test_waits_longer_each_time(
        self, recorder: Recorder, books: Books, url: str, status: str
    ) -> None:
        """A busy or broken server is asked again after twice the time, with jitter, up to five minutes."""
        sender = enrolled(recorder, url)
        batches(recorder, 1)
        books.fault = lambda _sequence: status

        waits = [drained(sender) for _ in range(12)]
        books.fault = lambda _sequence: ""
        end = drained(sender)

        assert all(wait is not None and wait <= LONGEST_WAIT for wait in waits)
        for number, wait in enumerate(waits[:8]):
            assert wait is not None
            assert 0.5 * 2**number <= wait <= 2**number
        assert end is None
        assert sender.backoff.failures == 0

    def test_goes_on_where_the_server_stands(
        self, recorder: Recorder, books: Books, url: str
    ) -> None:
        """After a restart the position is asked first; what the server already has is not sent again."""
        sender = enrolled(recorder, url)
        batches(recorder, 3)
        sender.step()
        bodies = [
            recorder.spool.body(batch).read_bytes()
            for number in (1, 2)
            if (batch := recorder.spool.at(number)) is not None
        ]
        books.bodies.extend(bodies)

        drained(sender_of(recorder, url))

        assert (len(books.bodies), books.repeats) == (3, 0)
        books.check_chain()

    def test_stops_for_a_human_when_histories_differ(
        self, recorder: Recorder, books: Books, url: str
    ) -> None:
        """Another body under the same number is a fork: nothing more is sent and nothing is removed."""
        sender = enrolled(recorder, url)
        batches(recorder, 2)
        books.bodies.append(b"another history")

        pause = drained(sender)

        assert pause == FOR_A_HUMAN
        assert "another one on the server" in sender.trouble
        assert recorder.spool.waiting()[0] == 2
        assert recall(recorder.database, "trouble") == sender.trouble

    def test_stops_when_the_server_lost_what_it_had_acknowledged(
        self, recorder: Recorder, books: Books, url: str
    ) -> None:
        """A server put back to an older state asks for batches that are gone: that is said, not skipped."""
        sender = enrolled(recorder, url)
        batches(recorder, 3)
        drained(sender)
        del books.bodies[1:]
        batches(recorder, 1)

        pause = drained(sender_of(recorder, url))

        assert pause == FOR_A_HUMAN
        assert "lost batches 2 to 3" in recall(recorder.database, "trouble")

    @pytest.mark.parametrize(("status", "says"), [("401", "enrol again"), ("403", "was revoked")])
    def test_keeps_everything_when_refused(
        self, recorder: Recorder, books: Books, url: str, status: str, says: str
    ) -> None:
        """An unknown or revoked agent waits for a human; its evidence stays."""
        sender = enrolled(recorder, url)
        batches(recorder, 1)
        books.fault = lambda _sequence: status

        assert drained(sender) == FOR_A_HUMAN
        assert says in sender.trouble
        assert recorder.spool.waiting()[0] == 1

    def test_replaces_a_batch_that_is_too_large_by_a_gap(
        self, recorder: Recorder, books: Books, url: str
    ) -> None:
        """The chain goes on with an empty batch that says what is missing; its bytes stay on the host."""
        sender = enrolled(recorder, url)
        batches(recorder, 3)
        too_large = iter(["", "413"])
        books.fault = lambda _sequence: next(too_large, "")

        pause = drained(sender)

        assert pause is None
        books.check_chain()
        (gap,) = facts(books.envelopes()[1], "gap")
        assert "takes no batch of this size" in gap.details["reason"]
        held = sorted((recorder.spool.folder.path / "held").iterdir())
        assert unpack(held[0].read_bytes()).manifest.sequence == 2
        assert len(books.envelopes()[2].manifest.parts) == 1

    def test_never_replaces_what_says_it_already(
        self, recorder: Recorder, books: Books, url: str
    ) -> None:
        """A server that refuses even the empty envelope has another reason: a human is waited for, once."""
        sender = enrolled(recorder, url)
        batches(recorder, 1)
        books.fault = lambda _sequence: "422"

        pause = drained(sender)

        assert pause == FOR_A_HUMAN
        assert "cannot take this envelope" in sender.trouble
        assert len(list((recorder.spool.folder.path / "held").iterdir())) == 1

    def test_cannot_reach_what_is_not_there(self, tmp_path: Path) -> None:
        """A closed port is no answer, and says where it was looked for."""
        with receiving(Books()) as address:
            gone = address

        with pytest.raises(Unreachable, match=gone):
            Server(gone).enrol({})


class TestDamagedSpools:
    def test_say_what_is_missing(self, recorder: Recorder, books: Books, url: str) -> None:
        """A batch whose bytes the disk has changed is found at the start, and a gap stands in its place."""
        sender = enrolled(recorder, url)
        batches(recorder, 3)
        victim = recorder.spool.at(2)
        assert victim is not None
        body = recorder.spool.body(victim)
        body.write_bytes(body.read_bytes()[:-1] + b"?")

        damaged = [batch.sequence for batch in recorder.spool.damaged()]
        recorder.spool.give_up(damaged, "damaged", plain_manifest(recorder.view))
        recorder.spool.clear_unfinished()
        batches(recorder, 1)
        drained(sender)

        assert damaged == [2]
        books.check_chain()
        gaps: list[Fact] = facts(books.envelopes()[1], "gap")
        assert gaps[0].details["reason"] == "damaged"
        assert [len(one.manifest.parts) for one in books.envelopes()[2:]] == [1, 1]

    def test_of_a_lost_state_go_on_at_the_servers_place(
        self, recorder: Recorder, books: Books, url: str, tmp_path: Path
    ) -> None:
        """A host whose state was lost but not its key continues the stream where the server says it stands."""
        sender = enrolled(recorder, url)
        batches(recorder, 2)
        drained(sender)
        fresh = Rig(tmp_path / "host", tmp_path / "fresh").recorder()
        for name in ("agent.key", "agent.json"):
            (tmp_path / "fresh" / name).write_bytes((tmp_path / "state" / name).read_bytes())

        sender = sender_of(fresh, url)
        sender.step()
        batches(fresh, 1)
        drained(sender)

        assert len(books.bodies) == 3
        books.check_chain()


class TestCommands:
    def test_say_how_it_goes(
        self, recorder: Recorder, url: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Status reads the state alone: who it is, what waits, and whether a collector runs."""
        enrolled(recorder, url)
        batches(recorder, 2)
        state = str(recorder.spool.folder.path)

        assert main(["status", "--state", state, "--json"]) == 0

        told = json.loads(capsys.readouterr().out)
        assert (told["agent"], told["waiting_batches"], told["running"]) == ("AGT-1", 2, False)

    def test_are_refused_without_an_identity(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A host that was never enrolled is told how, and nothing is run."""
        assert main(["run", "--state", str(tmp_path)]) == 5
        assert "groundrules-collector enrol" in capsys.readouterr().err

    def test_introduce_a_host_in_one_line(
        self, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What a human types: server and token, and the next step is printed."""
        host = build(tmp_path / "host")
        state = tmp_path / "state"
        words = ["enrol", "--server", url, "--token", "TOKEN", "--state", str(state)]

        assert main([*words, "--root", str(host)]) == 0

        assert "enrolled as AGT-1" in capsys.readouterr().err
        assert load_agent(StateFolder(state)).stream == "STR-1"

    def test_read_settings_and_refuse_unknown_ones(
        self, recorder: Recorder, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A misspelt setting is named, with those there are."""
        enrolled(recorder, url)
        settings = tmp_path / "settings.toml"
        settings.write_text("cadance = 5\n")
        state = str(recorder.spool.folder.path)

        assert main(["status", "--state", state, "--settings", str(settings)]) == 5
        assert "'cadance' is no setting" in capsys.readouterr().err

    def test_hold_one_folder_for_one_process(self, recorder: Recorder, url: str) -> None:
        """A second collector in the same folder is refused: two would break the chain."""
        enrolled(recorder, url)
        folder = recorder.spool.folder

        with folder.locked():
            assert main(["run", "--state", str(folder.path)]) == 5

    def test_look_at_this_host_only_for_its_name(self) -> None:
        """A manifest without parts is all that a given-up batch needs."""
        assert plain_manifest(HostView(Path("/nowhere"))).parts == ()
