"""A collector killed at random, a server that misbehaves, and not a line lost or told twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from groundrules_wire import Envelope
from tests.collector.host_tree import build
from tests.collector.receiver import Books, receiving
from tests.patience import until

COLLECTOR = (sys.executable, "-m", "groundrules_collector")
KILLS = 36
SEED = 20260305


def enrol(url: str, state: Path, host: Path, token: str = "TOKEN") -> None:  # noqa: S107 - no secret
    """This function will introduce the host to the server, as a human does."""
    command = (*COLLECTOR, "enrol", "--server", url, "--token", token)
    done = subprocess.run(
        (*command, "--state", str(state), "--root", str(host)), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def running(state: Path, host: Path, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """This function will run a real collector process and see that none is left behind."""
    options = ("--state", str(state), "--root", str(host), "--settings", str(state / "none.toml"))
    quick = ("--cadence", "0.02", "--heartbeat", "0.1")
    process = subprocess.Popen(
        (*COLLECTOR, "run", *options, *quick, *more),
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Writer(threading.Thread):
    """Writes numbered lines to a log, rotates it now and then, and remembers everything that was ever in it."""

    def __init__(self, log: Path, dice: random.Random) -> None:
        super().__init__()
        self.log, self.dice = log, dice
        self.written = log.read_bytes()
        self.rotations = 0
        self.ended = threading.Event()

    def run(self) -> None:
        """This function will write until it is told to end."""
        number = 0
        while not self.ended.wait(self.dice.uniform(0.001, 0.01)):
            number += 1
            self.write(b"Mar  5 10:00:00 srv1 sshd[900]: line %d\n" % number)
            if number % 150 == 0 and self.rotations < 5:
                self.rotate()

    def write(self, line: bytes) -> None:
        """This function will append a line in two pieces, as slow writers do."""
        with self.log.open("ab", buffering=0) as file:
            file.write(line[:17])
            file.write(line[17:])
        self.written += line

    def rotate(self) -> None:
        """This function will move every generation on by one, as logrotate does."""
        self.rotations += 1
        for number in range(self.rotations - 1, 0, -1):
            self.log.with_name(f"{self.log.name}.{number}").rename(
                self.log.with_name(f"{self.log.name}.{number + 1}")
            )
        self.log.rename(self.log.with_name(f"{self.log.name}.1"))
        self.log.touch()


def told_of(envelopes: list[Envelope], format_name: str) -> bytes:
    """This function will put the pieces of a log together, each file's bytes by the range they say they cover."""
    pieces: dict[str, list[tuple[int, int, bytes]]] = {}
    for envelope in envelopes:
        for part in envelope.manifest.parts:
            if part.format == format_name:
                piece = (part.start, part.end, envelope.payload(part))
                pieces.setdefault(part.origin, []).append(piece)
    whole = b""
    for found in pieces.values():
        at = 0
        for start, end, payload in found:
            assert (start, end) == (at, start + len(payload)), "a piece is missing or told twice"
            whole += payload
            at = end
    return whole


def lines_of(books: Books) -> list[bytes]:
    """This function will give every line that arrived, sorted: they are numbered, so a repeated one shows."""
    return sorted(told_of(books.envelopes(), "auth-log").splitlines())


class TestKills:
    def test_lose_nothing_and_repeat_nothing(self, tmp_path: Path) -> None:
        """After dozens of SIGKILLs at random moments, with answers lost on the way, the chain is whole, every log line
        arrived exactly once, and each file's bytes came in their order.
        """
        dice = random.Random(SEED)  # noqa: S311 - repeatable, and no secret
        host = build(tmp_path / "host")
        state = tmp_path / "state"
        faults = ("", "", "", "", "503", "429", "500", "drop", "drop after storing")
        books = Books(fault=lambda _sequence: dice.choice(faults))
        writer = Writer(host / "var/log/auth.log", dice)

        with receiving(books) as url:
            enrol(url, state, host)
            begun = time.monotonic()
            with running(state, host):
                until(lambda: len(books.bodies) > 0, "nothing was sent")
            # On a busy machine everything takes longer: the kills fall into starting, looking and sending alike.
            longest = max(0.9, 1.5 * (time.monotonic() - begun))
            writer.start()
            _kill_again_and_again(books, dice, longest, state, host)
            writer.ended.set()
            writer.join()
            books.fault = lambda _sequence: ""
            with running(state, host):
                # What waits is sent piece by piece.
                until(
                    lambda: lines_of(books) == sorted(writer.written.splitlines()),
                    "lines are missing or told twice",
                    every=0.5,
                )

        books.check_chain()
        assert lines_of(books) == sorted(writer.written.splitlines())
        assert writer.written.count(b"\n") > 500
        assert writer.rotations > 1
        assert len(books.bodies) > KILLS
        assert not set(books.refused)

    def test_leave_whole_files_only(self, tmp_path: Path) -> None:
        """What a kill left half written is cleared away at the next start and never sent."""
        host, state, books = build(tmp_path / "host"), tmp_path / "state", Books()
        with receiving(books) as url:
            enrol(url, state, host)
            (state / "spool/.000000000001.envelope.unfinished").write_bytes(b"half")
            (state / "spool/000000000001.envelope").write_bytes(b"whole, but promised nowhere")

            with running(state, host):
                until(lambda: len(books.bodies) > 1, "nothing more was sent")

        books.check_chain()
        left = {file.read_bytes() for file in (state / "spool").iterdir()}
        assert not {b"half", b"whole, but promised nowhere"} & (left | set(books.bodies))


def _kill_again_and_again(
    books: Books, dice: random.Random, longest: float, state: Path, host: Path
) -> None:
    """This function will start a collector and kill it, dozens of times; where little was sent, it is left longer."""
    for number in range(3 * KILLS):
        if number >= KILLS and len(books.bodies) > KILLS:
            return
        with running(state, host) as process:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(dice.uniform(0.05, longest * (1 if number < KILLS else 3)))
            process.send_signal(signal.SIGKILL)
