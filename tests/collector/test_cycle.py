"""Looks at a host, one after the other: only what is new is told, and nothing that was not seen is passed over."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import zlib
from pathlib import Path

import pytest

from groundrules.core.changes import compare
from groundrules.core.evidence import Action, ItemKind
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.readers.context import ReadingContext
from groundrules.readers.linux.snapshot import KINDS, read_snapshot
from groundrules.readers.linux.wtmp import read_utmp
from groundrules_collector.cycle import Recorder, look
from groundrules_collector.probes import SNAPSHOT_PROBES
from groundrules_collector.settings import Settings
from groundrules_collector.spool import SpoolFull
from groundrules_wire import Envelope, Part
from tests.collector.host_tree import OLD_DPKG_LOG, build, login_record
from tests.collector.recording import START, Rig, facts, opened, program

AUTH = "var/log/auth.log"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """This fixture will put a collector beside a small host."""
    return Rig(build(tmp_path / "host"), tmp_path / "state")


def told(recorder: Recorder) -> Envelope:
    """This function will look once and open what came of it."""
    return opened(recorder, look(recorder).batch)


def part(envelope: Envelope, name: str) -> Part:
    """This function will find a part by name."""
    return next(one for one in envelope.manifest.parts if one.name == name)


def append(path: Path, text: str) -> None:
    """This function will append to a file, as a logger does."""
    with path.open("a") as file:
        file.write(text)


class TestSnapshots:
    def test_are_not_told_again_while_nothing_changes(self, rig: Rig) -> None:
        """The second look makes no batch; the sign of life after five minutes says when each was last looked at."""
        recorder = rig.recorder()
        first = told(recorder)
        rig.clocks.go(60)

        assert look(recorder).batch is None
        rig.clocks.go(240)
        alive = told(recorder)

        assert len(first.manifest.parts) > 15
        assert alive.manifest.parts == ()
        assert set(facts(alive, "unchanged")[0].details) >= {"packages", "accounts", "ports"}
        assert facts(alive, "coverage")[0].details["looks"] == "2"

    def test_bring_the_last_unchanged_look_along(self, rig: Rig) -> None:
        """A change lies between two looks: what was seen a minute before goes with what is seen now."""
        recorder = rig.recorder()
        look(recorder)
        for _ in range(3):
            rig.clocks.go(60)
            look(recorder)
        rig.clocks.go(60)
        append(rig.host / "etc/passwd", "intruder:x:1002:1002::/:/bin/sh\n")

        envelope = told(recorder)

        documents = [
            read_snapshot(envelope.payloads[name], _context()).snapshots[0]
            for name in ("snapshot/accounts@before", "snapshot/accounts")
        ]
        (change,) = (
            one
            for one in compare(*documents)
            if (one.kind, one.component) == (ItemKind.ACCOUNT, "intruder")
        )
        assert change.action is Action.ADDED
        assert change.interval.not_after is not None
        assert change.interval.not_before is not None
        span = (change.interval.not_after - change.interval.not_before).total_seconds()
        assert 59 < span < 61

    def test_are_told_anew_after_a_day(self, rig: Rig) -> None:
        """Once a day every snapshot is sent, changed or not, so that a reader can begin anywhere."""
        first = told(rig.recorder())
        rig.clocks.go(86_401)

        again = told(rig.recorder())

        names = {one.name for one in first.manifest.parts if one.format == "snapshot"}
        assert {one.name for one in again.manifest.parts} >= names - {"snapshot/file-trees"}

    def test_list_kinds_the_server_knows(self, rig: Rig) -> None:
        """Every kind that a probe lists is one that the reader of snapshots keeps."""
        kinds = {kind for probe in SNAPSHOT_PROBES for kind in probe.spec.kinds}

        assert kinds <= set(KINDS)

    def test_never_share_a_kind(self) -> None:
        """Two lists of one kind would each look like the removal of what the other lists."""
        kinds = [kind for probe in SNAPSHOT_PROBES for kind in probe.spec.kinds]

        assert len(kinds) == len(set(kinds))

    def test_survive_a_restart(self, rig: Rig) -> None:
        """A collector started again knows what it told, and says how long it was away."""
        look(rig.recorder())
        rig.clocks.go(600)

        envelope = told(rig.recorder())

        assert envelope.manifest.parts == ()
        (gap,) = facts(envelope, "gap")
        assert gap.details["reason"] == "the collector was not running"
        assert gap.details["seconds"] == "600"


def _context() -> ReadingContext:
    return ReadingContext(AssetId("SRV1"), EvidenceId("0" * 64), "UTC", START)


class TestTrees:
    def test_tell_a_changed_file(self, rig: Rig) -> None:
        """A file below /etc that no other probe lists is told with its digest before and after."""
        recorder = rig.recorder()
        look(recorder)
        rig.clocks.go(60)
        (rig.host / "etc/practice/app.conf").write_text("dsn=other\n")
        (rig.state / "trees.db").unlink()  # Losing the index costs work and nothing else.

        envelope = told(recorder)

        items = [json.loads(line) for line in envelope.payloads["snapshot/file-trees"].splitlines()]
        listed = {item["key"]: item["attributes"] for item in items[1:-1]}
        assert "sha256" in listed["/etc/practice/app.conf"]
        assert "sha256" not in listed["/etc/ssh/ssh_host_ed25519_key"]
        # Told by the probes of configuration files and of accounts: one change is one change.
        assert not {"/etc/sudoers", "/etc/passwd", "/etc/shadow"} & listed.keys()


class TestLogs:
    def test_are_read_on_from_where_they_were_left(self, rig: Rig) -> None:
        """Only whole new lines travel, with the bytes they cover; a line still being written waits."""
        recorder = rig.recorder()
        first = told(recorder)
        size = (rig.host / AUTH).stat().st_size
        append(rig.host / AUTH, "one\nhalf a li")
        second = told(recorder)
        append(rig.host / AUTH, "ne\n")

        third = told(recorder)

        name = f"log/{AUTH}"
        assert second.payloads[name] == b"one\n"
        assert third.payloads[name] == b"half a line\n"
        piece = part(second, name)
        assert (piece.start, piece.end) == (size, size + 4)
        assert piece.origin == part(first, name).origin == part(third, name).origin

    def test_are_followed_through_a_rename(self, rig: Rig) -> None:
        """What was written before the rotation and after the last look comes from the renamed file."""
        recorder = rig.recorder()
        look(recorder)
        append(rig.host / AUTH, "last of the old\n")
        (rig.host / AUTH).rename(rig.host / f"{AUTH}.1")
        (rig.host / AUTH).write_text("first of the new, long enough to be told apart\n")

        envelope = told(recorder)

        assert envelope.payloads[f"log/{AUTH}.1"] == b"last of the old\n"
        assert envelope.payloads[f"log/{AUTH}"].startswith(b"first of the new")
        assert not facts(envelope, "gap")

    @pytest.mark.parametrize("suffix", [".1", ".1.gz"])
    def test_are_followed_through_a_copy(self, rig: Rig, suffix: str) -> None:
        """A log that was copied (or packed) and emptied is read on in the copy."""
        recorder = rig.recorder()
        look(recorder)
        append(rig.host / AUTH, "last of the old\n")
        raw = (rig.host / AUTH).read_bytes()
        packed = gzip.compress(raw, mtime=0) if suffix.endswith("gz") else raw
        (rig.host / f"{AUTH}{suffix}").write_bytes(packed)
        (rig.host / AUTH).write_text("")

        envelope = told(recorder)

        assert envelope.payloads[f"log/{AUTH}{suffix}"] == b"last of the old\n"
        assert part(envelope, f"log/{AUTH}{suffix}").encoding == ""
        assert not facts(envelope, "gap")

    def test_that_vanish_are_a_gap(self, rig: Rig) -> None:
        """A live log that two looks met nowhere is a gap from the last look on, with how far it was read."""
        recorder = rig.recorder()
        look(recorder)
        size = (rig.host / AUTH).stat().st_size
        rig.clocks.go(60)
        (rig.host / AUTH).unlink()
        assert look(recorder).batch is None
        rig.clocks.go(60)

        (gap,) = facts(told(recorder), "gap")

        assert gap.details == {
            "reason": "log vanished",
            "source": f"/{AUTH}",
            "read_up_to": str(size),
        }
        assert gap.first_at < gap.last_at

    def test_that_are_rotated_away_at_last_are_none(self, rig: Rig) -> None:
        """The oldest generation is deleted by logrotate sooner or later; it was read long ago."""
        recorder = rig.recorder()
        look(recorder)
        (rig.host / "var/log/dpkg.log.1.gz").unlink()
        rig.clocks.go(60)
        append(rig.host / AUTH, "something to tell\n")

        assert not facts(told(recorder), "gap")

    def test_come_in_batches_of_bounded_size(self, rig: Rig) -> None:
        """A long log takes several batches, one right after the other, cut between lines, and nothing twice."""
        rig.settings = Settings(batch_limit=20_000)
        lines = "".join(f"Mar  5 10:00:00 srv1 sshd[{n}]: words\n" for n in range(2_000))
        (rig.host / AUTH).write_text(lines)
        recorder = rig.recorder()

        pieces: list[bytes] = []
        more = True
        while more:
            looked = look(recorder)
            more = looked.more
            if looked.batch is not None:
                pieces.append(opened(recorder, looked.batch).payloads.get(f"log/{AUTH}", b""))

        assert b"".join(pieces) == lines.encode()
        assert len(pieces) > 3
        assert max(map(len, pieces)) <= 20_000

    def test_that_cannot_be_read_now_are_read_later(
        self, rig: Rig, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A log that fails while it is read is a problem, keeps its place, and is told when it can be read again."""
        recorder = rig.recorder()
        look(recorder)
        append(rig.host / AUTH, "kept\n")
        (rig.host / AUTH).rename(rig.host / "away")
        (rig.host / AUTH).mkdir()
        look(recorder)
        (rig.host / AUTH).rmdir()
        (rig.host / "away").rename(rig.host / AUTH)

        envelope = told(recorder)

        assert envelope.payloads[f"log/{AUTH}"] == b"kept\n"

    def test_keep_rotated_ones_packed(self, rig: Rig) -> None:
        """A generation packed before the first look travels as it was found."""
        envelope = told(rig.recorder())

        raw = envelope.payloads["log/var/log/dpkg.log.1.gz"]
        assert gzip.decompress(raw) == OLD_DPKG_LOG

    def test_come_from_the_journal_after_its_cursor(self, rig: Rig, tmp_path: Path) -> None:
        """Journal entries are asked for after the last one that was sent."""
        entry = json.dumps({"__CURSOR": "s=1;i=2", "MESSAGE": "hello"})
        script = f"""case "$*" in
*after-cursor=s=1\\;i=2*) exit 0;;
*) echo '{entry}';;
esac"""
        program(tmp_path / "bin", "journalctl", script)
        rig.programs = f"{tmp_path / 'bin'}:/bin"
        recorder = rig.recorder()
        first = told(recorder)
        rig.clocks.go(400)

        second = told(recorder)

        assert json.loads(first.payloads["log/journal"])["MESSAGE"] == "hello"
        assert "log/journal" not in second.payloads


class TestClocks:
    def test_that_jump_are_told_by_how_much(self, rig: Rig) -> None:
        """An hour back in a minute is a jump of minus 3,600 seconds, and no time is lost by it."""
        recorder = rig.recorder()
        look(recorder)
        rig.clocks.go(60)
        rig.clocks.jump(-3600)

        envelope = told(recorder)

        (jump,) = facts(envelope, "clock-jump")
        assert jump.details["seconds"] == "-3600.0"
        assert not facts(envelope, "gap")

    def test_of_another_boot_are_a_restart(self, rig: Rig) -> None:
        """A new boot id is a restart, and the time away a gap."""
        recorder = rig.recorder()
        look(recorder)
        rig.clocks.go(900)
        rig.clocks.boot, rig.clocks.since_boot = "boot-2", 5.0

        envelope = told(recorder)

        assert facts(envelope, "restart")[0].details["boot"] == "boot-2"
        assert facts(envelope, "gap")[0].details["seconds"] == "900"


class TestAudit:
    def test_that_lost_records_says_how_many(self, rig: Rig, tmp_path: Path) -> None:
        """The kernel's counter is read at every look and its difference told; the state is in every batch."""
        rig.programs = f"{tmp_path / 'bin'}:/bin"
        program(tmp_path / "bin", "auditctl", "echo 'enabled 1'; echo 'lost 0'")
        recorder = rig.recorder()
        first = told(recorder)
        program(tmp_path / "bin", "auditctl", "echo 'enabled 1'; echo 'lost 6784'")
        rig.clocks.go(60)

        second = told(recorder)
        rig.clocks.go(60)

        assert facts(first, "coverage")[0].details["audit_enabled"] == "1"
        assert facts(second, "audit-lost")[0].details == {"lost": "6784", "total": "6784"}
        assert look(recorder).batch is None


class TestFullSpools:
    def test_stop_collecting_and_say_so_afterwards(self, rig: Rig) -> None:
        """Nothing that waits is dropped; when there is room again the batch says from when to when nobody looked."""
        rig.settings = Settings(batch_limit=100_000, spool_limit=150_000)
        recorder = rig.recorder()
        first = look(recorder)
        append(rig.host / AUTH, "x" * 90_000 + "\n")
        second = look(recorder)
        rig.clocks.go(600)
        with pytest.raises(SpoolFull, match="wait for the server"):
            look(recorder)
        recorder.trouble = "the spool was full"
        assert first.batch is not None
        assert second.batch is not None
        append(rig.host / AUTH, "written while the spool was full\n")

        recorder.spool.mark_sent(second.batch.sequence)
        envelope = told(recorder)

        (gap,) = facts(envelope, "gap")
        assert gap.details["reason"] == "the spool was full"
        assert gap.first_at == second.batch.collected_at
        assert envelope.payloads[f"log/{AUTH}"] == b"written while the spool was full\n"

    def test_of_a_full_disk_lose_nothing(self, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
        """A disk that takes no more bytes costs the look, not the chain: the next good one has everything."""
        recorder = rig.recorder()
        look(recorder)
        append(rig.host / AUTH, "written while the disk was full\n")

        def refuse(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="No space"):
            look(recorder)
        monkeypatch.undo()
        left = sorted(path.name for path in (rig.state / "spool").iterdir())
        envelope = told(recorder)

        assert left == ["000000000001.envelope"]
        assert envelope.manifest.sequence == 2
        assert envelope.payloads[f"log/{AUTH}"] == b"written while the disk was full\n"


class TestState:
    def test_keeps_what_was_learned_with_the_batch(self, rig: Rig) -> None:
        """Positions and listings are on the disk in the same step as the batch that told them."""
        recorder = rig.recorder()
        look(recorder)

        database = sqlite3.connect(rig.state / "state.db")
        sources = {row[0] for row in database.execute("SELECT source FROM cursor")}
        lines = database.execute("SELECT lines FROM look WHERE probe = 'packages'").fetchone()[0]
        database.close()

        assert f"/{AUTH}" in sources
        assert b"adduser" in zlib.decompress(lines)


class TestLoginTables:
    def test_travel_whole_while_they_are_small(self, rig: Rig) -> None:
        """A logout means nothing without its login, so both are in one piece, and nothing is sent without news."""
        recorder = rig.recorder()
        look(recorder)
        with (rig.host / "var/log/wtmp").open("ab") as table:
            table.write(login_record(8, 900, "pts/0", "", "", 1772737200))
        envelope = told(recorder)
        rig.clocks.go(400)

        quiet = told(recorder)

        sessions = read_utmp(envelope.payloads["log/var/log/wtmp"], _context()).sessions
        assert [(one.account, one.ended is not None) for one in sessions] == [("rogue", True)]
        assert quiet.manifest.parts == ()
