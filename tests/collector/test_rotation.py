"""Logs rotated in the middle of a look, at each step of it: every line still arrives exactly once."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from groundrules_collector import cycle, raw_files
from groundrules_collector.cursors import Piece, piece_bytes
from groundrules_collector.cycle import look
from groundrules_collector.host import HostView
from groundrules_wire import Envelope
from tests.collector.host_tree import build
from tests.collector.recording import Rig, facts, opened

PATTERN = "/var/log/auth.log*"
Rotate = Callable[[Path], None]


def shift(log: Path, suffix: str = "") -> None:
    """This function will move every generation on by one, the oldest first."""
    for number in (3, 2, 1):
        old = log.with_name(f"{log.name}.{number}{suffix}")
        if old.exists():
            old.rename(log.with_name(f"{log.name}.{number + 1}{suffix}"))


def rename(log: Path) -> None:
    """This function will rotate by renaming, logrotate's own way."""
    shift(log)
    log.rename(log.with_name(f"{log.name}.1"))
    log.touch()


def date(log: Path) -> None:
    """This function will rotate to a name with the day in it (dateext)."""
    log.rename(log.with_name(f"{log.name}-20260306"))
    log.touch()


def copy(log: Path) -> None:
    """This function will rotate by copying and emptying (copytruncate)."""
    shift(log)
    log.with_name(f"{log.name}.1").write_bytes(log.read_bytes())
    log.write_bytes(b"")


def compress(log: Path) -> None:
    """This function will rotate and compress at once."""
    shift(log, ".gz")
    log.with_name(f"{log.name}.1.gz").write_bytes(gzip.compress(log.read_bytes(), mtime=0))
    log.unlink()
    log.touch()


def compress_later(log: Path) -> None:
    """This function will compress the generation before the newest (delaycompress)."""
    shift(log, ".gz")
    before = log.with_name(f"{log.name}.1")
    if before.exists():
        log.with_name(f"{log.name}.2.gz").write_bytes(gzip.compress(before.read_bytes(), mtime=0))
        before.unlink()
    log.rename(before)
    log.touch()


@dataclass(slots=True)
class Loggers:
    """Who writes to the log, and rotates it once when the moment has come."""

    log: Path
    rotate: Rotate
    written: list[bytes] = field(default_factory=list)
    is_due: bool = False

    def write(self, words: str) -> None:
        """This function will append a line that says its number, so that a repeated one shows."""
        line = b"Mar  5 10:00:00 srv1 sshd[900]: line %d, %s\n" % (
            len(self.written),
            words.encode(),
        )
        with self.log.open("ab") as file:
            file.write(line)
        self.written.append(line)

    def come(self) -> None:
        """This function will rotate now when that is due, with a line before and one after it."""
        if self.is_due:
            self.is_due = False
            self.write("the last one before the rotation")
            self.rotate(self.log)
            self.write("the first one after the rotation")


def between_files(loggers: Loggers, after: int, patch: pytest.MonkeyPatch) -> None:
    """This function will let the moment come when so many of the listed logs have been read."""
    listed = HostView.files

    def files(view: HostView, pattern: str) -> Iterator[Path]:
        found = listed(view, pattern)
        for number, path in enumerate(found):
            if pattern == PATTERN and number == after:
                loggers.come()
            yield path
        if pattern == PATTERN:
            loggers.come()

    patch.setattr(HostView, "files", files)


def before_the_bytes(loggers: Loggers, _after: int, patch: pytest.MonkeyPatch) -> None:
    """This function will let the moment come when it is known which bytes are new, and none was fetched."""

    def fetch(path: Path, piece: Piece) -> Iterator[bytes]:
        if path == loggers.log:
            loggers.come()
        yield from piece_bytes(path, piece)

    patch.setattr(raw_files, "piece_bytes", fetch)


def lines_of(envelopes: list[Envelope]) -> list[bytes]:
    """This function will give every line of the log that was told, sorted."""
    told: list[bytes] = []
    for envelope in envelopes:
        for part in envelope.manifest.parts:
            if part.format == "auth-log":
                raw = envelope.payload(part)
                raw = gzip.decompress(raw) if part.encoding == "gzip" else raw
                assert not part.origin or part.encoding or part.end - part.start == len(raw)
                told.extend(raw.splitlines(keepends=True))
    return sorted(told)


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    """This fixture will put a collector beside a small host, of which it reads the logs only."""
    monkeypatch.setattr(cycle, "SNAPSHOT_PROBES", ())
    return Rig(build(tmp_path / "host"), tmp_path / "state")


ROTATIONS = (rename, date, copy, compress, compress_later)
MOMENTS = ((between_files, 0), (between_files, 1), (between_files, 2), (before_the_bytes, 0))


class TestRotationsInTheMiddleOfALook:
    @pytest.mark.parametrize("generations", [0, 1, 2])
    @pytest.mark.parametrize("looks_before", [0, 1])
    @pytest.mark.parametrize(("moment", "after"), MOMENTS)
    @pytest.mark.parametrize("rotate", ROTATIONS)
    def test_lose_nothing_and_repeat_nothing(  # noqa: PLR0913 - one for each thing that differs
        self,
        rig: Rig,
        monkeypatch: pytest.MonkeyPatch,
        rotate: Rotate,
        moment: Callable[[Loggers, int, pytest.MonkeyPatch], None],
        after: int,
        looks_before: int,
        generations: int,
    ) -> None:
        """However the log is rotated, and between whichever two steps of a look, its lines arrive once each, and no gap
        and no error is told.
        """
        loggers = Loggers(rig.host / "var/log/auth.log", rotate)
        loggers.written.extend(loggers.log.read_bytes().splitlines(keepends=True))
        for _ in range(generations):
            loggers.write("of an older generation")
            if rotate is not date:
                rotate(loggers.log)
            loggers.write("of the generation after it")
        recorder = rig.recorder()
        batches = [look(recorder).batch for _ in range(looks_before)]
        loggers.write("new at the look")
        moment(loggers, after, monkeypatch)
        loggers.is_due = True

        for _ in range(4):
            batches.append(look(recorder).batch)
            rig.clocks.go(60)
            loggers.write("new at the next look")
        batches.append(look(recorder).batch)

        envelopes = [opened(recorder, batch) for batch in batches if batch is not None]
        assert lines_of(envelopes) == sorted(loggers.written)
        assert not [gap for envelope in envelopes for gap in facts(envelope, "gap")]
        errors = [error for envelope in envelopes for error in envelope.manifest.errors]
        assert not [error for error in errors if "log" in error]
        assert not loggers.is_due

    def test_lose_nothing_of_a_log_that_is_named_twice(
        self, rig: Rig, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A log that is found by itself and named in the settings as well is read once, though rotated in between."""
        loggers = Loggers(rig.host / "var/log/auth.log", rename)
        loggers.written.extend(loggers.log.read_bytes().splitlines(keepends=True))
        recorder = rig.recorder()
        recorder.view = replace(recorder.view, auth_logs=("/var/log/auth.log",))
        between_files(loggers, 9, monkeypatch)  # After the last one that is found by itself.
        loggers.is_due = True

        envelopes = [opened(recorder, look(recorder).batch) for _ in range(2)]

        assert lines_of(envelopes) == sorted(loggers.written)


class TestCopies:
    def test_under_way_are_not_told_beside_the_log(self, rig: Rig) -> None:
        """A look that falls between the copying and the emptying of a log takes the copy for what it is."""
        loggers = Loggers(rig.host / "var/log/auth.log", copy)
        loggers.written.extend(loggers.log.read_bytes().splitlines(keepends=True))
        recorder = rig.recorder()
        batches = [look(recorder).batch]
        loggers.write("copied")
        loggers.log.with_name("auth.log.1").write_bytes(loggers.log.read_bytes())
        batches.append(look(recorder).batch)
        loggers.log.write_bytes(b"")
        loggers.write("after the emptying")

        batches.extend(look(recorder).batch for _ in range(2))

        envelopes = [opened(recorder, batch) for batch in batches if batch is not None]
        assert lines_of(envelopes) == sorted(loggers.written)

    def test_that_stay_beside_the_log_are_told_at_the_second_look(self, rig: Rig) -> None:
        """A copy that somebody made is a file of its own: it waits for one look and is told whole."""
        log = rig.host / "var/log/auth.log"
        recorder = rig.recorder()
        look(recorder)
        log.with_name("auth.log.kept").write_bytes(log.read_bytes() + b"altered\n")
        assert look(recorder).batch is None

        told = opened(recorder, look(recorder).batch)

        assert lines_of([told]) == sorted(
            [*log.read_bytes().splitlines(keepends=True), b"altered\n"]
        )
        assert look(recorder).batch is None
