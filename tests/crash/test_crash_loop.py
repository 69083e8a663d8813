"""Nothing acknowledged is ever lost, and nothing is there twice, however often server or network fails.

Twenty kills with a fixed seed, then half as many cuts of the network (on SQLite, by root, who may have one; a real
collector meets cuts in test_all_three.py). GROUNDRULES_TEST_CRASHES and GROUNDRULES_TEST_CRASH_SEED make it longer, or
another run. With GROUNDRULES_TEST_CRASH_DATABASE=1 PostgreSQL is crashed too (alone on its cluster: all clients fall).
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.crash.cluster import Cluster
from tests.crash.installation import Installation, postgres_installation
from tests.crash.network import Network, own_network
from tests.crash.nursery import Nursery, nursery
from tests.patience import PATIENCE
from tests.sender import ENROL, EVIDENCE, POSITION, Batch, Sender, package_log

pytestmark = [pytest.mark.crash, pytest.mark.database]

CRASHES = int(os.environ.get("GROUNDRULES_TEST_CRASHES", "20"))
SEED = int(os.environ.get("GROUNDRULES_TEST_CRASH_SEED", "20260305"))
DATABASE_URL = os.environ.get("GROUNDRULES_TEST_DATABASE_URL", "")
CRASHES_DATABASE = bool(os.environ.get("GROUNDRULES_TEST_CRASH_DATABASE"))
NIGHT = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
UPGRADES = 3
_LIVES_SECONDS = (0.01, 0.6)
# The others are killed while they are still starting up.
_LIVES_TO_ANSWER = 0.8
_TOGETHER_SECONDS = (0.02, 0.3)
# Longer than the host waits then: an answer under way is lost, or comes too late when it is sent once more.
_APART_SECONDS = (0.5, 0.8)
_HASTY_SECONDS = 0.4
_GONE = (OSError, http.client.HTTPException)


@dataclass(slots=True)
class Host:
    """The host at the other end: it keeps every batch until it is told that the server has it."""

    port: int
    sender: Sender
    dice: random.Random
    acknowledged: dict[int, str] = field(default_factory=dict)
    waiting: Batch | None = None
    answers: dict[int, int] = field(default_factory=dict)
    patience: float = PATIENCE

    def enrol(self, token: str) -> None:
        """This function will enrol."""
        _, told = self._ask("POST", ENROL, {}, json.dumps(self.sender.enrolment(token)).encode())
        self.sender.agent, self.sender.stream = told["agent"], told["stream"]

    def send_until(self, dead: threading.Event) -> None:
        """This function will send batch after batch until the server has been killed."""
        while not dead.is_set():
            with suppress(*_GONE):
                self.step()

    def wait_for_answer(self) -> None:
        """This function will ask until the server answers: one that has just started is slow at first."""
        answered = False
        while not answered:
            with suppress(*_GONE):
                headers = self.sender.question(datetime.now(UTC))
                answered = self._ask("GET", POSITION, headers, b"")[0] > 0

    def step(self) -> None:
        """This function will send the batch that waits, or the next one; it waits until the server has it."""
        if self.waiting is None:
            self.waiting = self._make()
        elif self.dice.random() < 0.5:
            self._ask_position(self.waiting)
        batch = self.waiting
        status, told = self._ask("POST", EVIDENCE, self.sender.headers(batch), batch.body)
        self.answers[status] = self.answers.get(status, 0) + 1
        if status in {200, 201}:
            assert told["digest"] == batch.digest
            self.acknowledged[batch.sequence] = batch.digest
            self.waiting = None
        else:
            assert status == 503, told

    def _ask_position(self, batch: Batch) -> None:
        """The server's position is never behind what it acknowledged, and never ahead of what was sent."""
        headers = self.sender.question(datetime.now(UTC))
        status, told = self._ask("GET", POSITION, headers, b"")
        assert status == 503 or told["next_sequence"] in {batch.sequence, batch.sequence + 1}, told

    def _make(self) -> Batch:
        number = len(self.sender.made)
        log = package_log(NIGHT + timedelta(minutes=number), UPGRADES, f"p{number}-")
        # Now and then a large one, so that a kill also meets a body that is half way in.
        padding = self.dice.randbytes(1 << 21).hex().encode() if number % 7 == 3 else b""
        return self.sender.make(NIGHT + timedelta(minutes=number), log + padding)

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        with closing(connection):
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """This fixture will give an installation on the database the tests run on."""
    if not DATABASE_URL:
        yield Installation(tmp_path)
        return
    with postgres_installation(tmp_path, DATABASE_URL) as on_postgres:
        yield on_postgres


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """This fixture will say on the terminal how a long run went."""

    def say(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}\n")

    return say


def _dice() -> random.Random:
    return random.Random(SEED)  # noqa: S311 - the same moments on every run


def _later(seconds: float, act: Callable[[], None]) -> threading.Event:
    """Does something in a while, beside what goes on; the event says that it is done."""
    done = threading.Event()

    def go() -> None:
        try:
            act()
        finally:
            done.set()

    threading.Timer(seconds, go).start()
    return done


def _crash_again_and_again(servers: Nursery, host: Host, crashes: int) -> None:
    for _ in range(crashes):
        servers.start()
        if host.dice.random() < _LIVES_TO_ANSWER:
            host.wait_for_answer()
        host.send_until(_later(host.dice.uniform(*_LIVES_SECONDS), servers.kill))


def _cut_again_and_again(network: Network, host: Host, cuts: int) -> None:
    """A host that gives up before the link is back loses answers: it asks where it stands and sends again."""
    host.wait_for_answer()
    ended = threading.Event()
    sending = threading.Thread(target=host.send_until, args=(ended,))
    host.patience, patience = _HASTY_SECONDS, host.patience
    sending.start()
    for _ in range(cuts):
        time.sleep(host.dice.uniform(*_TOGETHER_SECONDS))
        network.cut()
        time.sleep(host.dice.uniform(*_APART_SECONDS))
        network.join()
    host.patience = patience
    ended.set()
    sending.join()
    host.step()


class TestCrashLoop:
    def test_loses_nothing_acknowledged_and_doubles_nothing(
        self, installation: Installation, tell: Callable[[str], None]
    ) -> None:
        """After many kills at any moment every acknowledged batch is there once, whole, in one chain, and read once."""
        token = installation.begin()
        with ExitStack() as stack:
            # A database that answers by TCP would be cut off with the host.
            network = None if DATABASE_URL or os.geteuid() else stack.enter_context(own_network())
            servers = stack.enter_context(nursery(installation))
            servers.start()
            host = Host(servers.port, Sender(), _dice())
            host.enrol(token)
            servers.kill()

            _crash_again_and_again(servers, host, CRASHES)
            killed = dict(host.answers)
            if network is not None:
                servers.start()
                _cut_again_and_again(network, host, CRASHES // 2)

        state = installation.state()
        check(state, host)
        cuts = network.cuts if network else 0
        # Batches that were kept although their answer was lost are known when they come again: else no cut hit.
        assert not cuts or host.answers[200] > killed.get(200, 0)
        tell(
            f"{CRASHES} kills, {cuts} cuts, {len(host.acknowledged)} batches acknowledged, answers {host.answers}"
        )

    @pytest.mark.postgres
    @pytest.mark.skipif(not CRASHES_DATABASE, reason="GROUNDRULES_TEST_CRASH_DATABASE is not set")
    def test_survives_a_crash_of_the_database(
        self, installation: Installation, tell: Callable[[str], None]
    ) -> None:
        """PostgreSQL falls over in the middle, twice, and recovers: still nothing acknowledged is lost."""
        token, cluster = installation.begin(), Cluster.at(DATABASE_URL)
        with nursery(installation) as servers:
            servers.start()
            host = Host(servers.port, Sender(), _dice())
            host.enrol(token)
            for _ in range(2):
                host.send_until(_later(1.0, _fell_database))
                servers.kill()
                # A server that finds no database says so and ends, for its service manager to start it again.
                cluster.wait()
                _crash_again_and_again(servers, host, 1)
                servers.start()

        check(installation.state(), host)
        tell(f"2 database crashes, {len(host.acknowledged)} batches, answers {host.answers}")


def _fell_database() -> None:
    """A backend that is killed makes PostgreSQL throw every session out and recover from its log."""
    with psycopg.connect(DATABASE_URL, autocommit=True) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        os.kill(row[0], signal.SIGKILL)
        with suppress(psycopg.OperationalError):
            connection.execute("SELECT 1")


def check(state: dict[str, Any], host: Host) -> None:
    """This function will hold what is in the books against what the host was told."""
    kept = {batch["sequence"]: batch for batch in state["batches"]}
    made = {batch.sequence: batch for batch in host.sender.made}
    missing = [number for number in host.acknowledged if number not in kept]
    assert len(host.acknowledged) > 1
    assert not missing
    # What nobody was told of is either not there, or there whole: at most the one that was under way.
    assert set(kept) - set(host.acknowledged) <= {max(made)}
    assert sorted(kept) == list(range(1, len(kept) + 1))
    for number, batch in kept.items():
        assert batch["digest"] == made[number].digest
        assert batch["previous"] == made[number].previous
        assert batch["length"] == len(made[number].body)
    assert state["envelopes"] == sorted(batch["digest"] for batch in kept.values())
    assert state["pending"] == 0
    assert state["observed"] == state["observed_differently"] == UPGRADES * len(kept)
    assert state["changed"] == state["changed_differently"] == UPGRADES * len(kept)
    assert state["leaves"] == list(range(state["raw"]))
