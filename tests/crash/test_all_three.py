"""Server, collector and database killed together, and their network cut: what was acknowledged is there once, and no
line of a log is lost.

One real collector looks at a small host while its log is written and rotated; everything is killed again and again, in
any company. GROUNDRULES_TEST_CRASHES sets how often (a fifth of it here), GROUNDRULES_TEST_CRASH_SEED other moments.
On SQLite the database dies with the server, and the network between it and the collector is cut in turn with them (by
root, who may have a network); with GROUNDRULES_TEST_CRASH_DATABASE=1 PostgreSQL's whole cluster is killed
too (`scripts/with-postgres .venv/bin/pytest tests/crash`).
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from groundrules_wire import unpack
from tests.collector.host_tree import build
from tests.collector.test_crash import Writer, enrol, running, told_of
from tests.crash.cluster import Cluster
from tests.crash.installation import Installation, postgres_installation
from tests.crash.network import Network, own_network
from tests.crash.nursery import Nursery, nursery
from tests.crash.test_crash_loop import CRASHES, CRASHES_DATABASE, DATABASE_URL, SEED

pytestmark = [pytest.mark.crash]

TURNS = max(CRASHES // 5, 3)
_LIVES_SECONDS = (0.1, 1.2)
_CUT_SECONDS = (0.1, 0.8)
# Slower than the server can take: what is looked at is the kills, not a backlog.
_PACE = ("--cadence", "0.5", "--heartbeat", "1.0")
_DRAINS_WITHIN_SECONDS = 600.0
Process = subprocess.Popen[bytes]


@dataclass(slots=True)
class Collector:
    """The collector's side: its processes, and what its spool says the server has acknowledged."""

    state: Path
    host: Path
    process: Process | None = None
    acknowledged: dict[int, str] = field(default_factory=dict)
    _life: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """This function will start it unless it runs."""
        if self.process is None:
            self.process = self._life.enter_context(running(self.state, self.host, *_PACE))

    def kill(self) -> None:
        """This function will kill it without warning, and note what it had been told of."""
        self._life.close()
        self.process = None
        self.note()

    def note(self) -> None:
        """This function will add what is acknowledged by now; the spool forgets its oldest rows."""
        rows = self._ask("SELECT sequence, digest FROM batch WHERE state = 'sent'")
        self.acknowledged |= dict(rows)

    def newest(self) -> int:
        """This function will return the number of the newest batch, sent or not."""
        return int(self._ask("SELECT max(sequence) FROM batch")[0][0])

    def wait_for(self, number: int) -> None:
        """This function will wait until the server has acknowledged a batch."""
        ends = time.monotonic() + _DRAINS_WITHIN_SECONDS
        while number not in self.acknowledged:
            assert time.monotonic() < ends, "the collector did not get rid of what it holds"
            time.sleep(0.1)
            self.note()

    def _ask(self, question: str) -> list[Any]:
        """Before its first start is through there is no spool yet."""
        with closing(sqlite3.connect(self.state / "state.db", timeout=10)) as spool:
            made = spool.execute("SELECT 1 FROM sqlite_master WHERE name = 'batch'").fetchone()
            return spool.execute(question).fetchall() if made else []


@dataclass(slots=True)
class Scene:
    """Everything that can be killed, and how often each was."""

    servers: Nursery
    collector: Collector
    cluster: Cluster | None
    network: Network | None
    dice: random.Random
    kills: Counter[str] = field(default_factory=Counter)

    def run(self, writer: Writer) -> None:
        """This function will kill again and again while the log is written, and then let everything arrive."""
        try:
            self.collector.start()
            self.collector.wait_for(1)
            writer.start()
            for _ in range(TURNS):
                self.turn()
            writer.ended.set()
            writer.join()
            _drain(self.collector)
        finally:
            writer.ended.set()
            self.collector.kill()

    def turn(self) -> None:
        """This function will let everything live a while, kill some or all of it at once, and start it again."""
        time.sleep(self.dice.uniform(*_LIVES_SECONDS))
        victims = self._victims()
        blows = [threading.Thread(target=self._kill, args=(victim,)) for victim in victims]
        for blow in blows:
            blow.start()
        for blow in blows:
            blow.join()
        # A server that finds no database says so and ends, for its service manager to start it again: not tried here.
        shuffled = self.dice.sample(victims, len(victims))
        for victim in sorted(shuffled, key=lambda name: name not in ("network", "database")):
            self._start(victim)
        self.kills[" + ".join(victims)] += 1

    def _victims(self) -> list[str]:
        names = ["server", "collector"]
        names += ["database"] if self.cluster else []
        names += ["network"] if self.network else []
        chosen = [name for name in names if self.dice.random() < 2 / 3]
        return chosen or names

    def _kill(self, victim: str) -> None:
        if victim == "network":
            assert self.network is not None
            self.network.cut()
            # For a while, so that what was under way stays under way.
            time.sleep(self.dice.uniform(*_CUT_SECONDS))
        elif victim == "database":
            assert self.cluster is not None
            self.cluster.kill()
        else:
            (self.servers if victim == "server" else self.collector).kill()

    def _start(self, victim: str) -> None:
        if victim == "network":
            assert self.network is not None
            self.network.join()
        elif victim == "database":
            assert self.cluster is not None
            self.cluster.start()
        else:
            (self.servers if victim == "server" else self.collector).start()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """This fixture will give an installation; on PostgreSQL only where its cluster may be killed."""
    if not CRASHES_DATABASE:
        yield Installation(tmp_path / "data")
        return
    with postgres_installation(tmp_path / "data", DATABASE_URL) as on_postgres:
        yield on_postgres


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """This fixture will say on the terminal how a run went."""

    def say(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}\n")

    return say


class TestServerCollectorAndDatabase:
    def test_killed_together_lose_nothing_and_double_nothing(
        self, installation: Installation, tmp_path: Path, tell: Callable[[str], None]
    ) -> None:
        """Every batch the collector was told of is in the books once; every line of its log arrived once."""
        dice = random.Random(SEED)  # noqa: S311 - the same moments on every run
        installation.data.mkdir()
        token, host = installation.begin(), build(tmp_path / "host")
        writer = Writer(host / "var/log/auth.log", dice)
        cluster = Cluster.at(DATABASE_URL) if CRASHES_DATABASE else None
        with ExitStack() as stack:
            network = None if cluster or os.geteuid() else stack.enter_context(own_network())
            servers = stack.enter_context(nursery(installation))
            servers.start()
            enrol(f"http://127.0.0.1:{servers.port}", tmp_path / "state", host, token)
            scene = Scene(servers, Collector(tmp_path / "state", host), cluster, network, dice)
            scene.run(writer)
            servers.kill()

        bodies = tmp_path / "bodies"
        bodies.mkdir()
        _check(installation.state(str(bodies)), scene.collector.acknowledged)
        expected = sorted(writer.written.splitlines())
        assert _lines(bodies) == expected
        kills = ", ".join(f"{name} {count}" for name, count in sorted(scene.kills.items()))
        tell(
            f"{TURNS} times killed or cut ({kills}): {len(scene.collector.acknowledged)} batches acknowledged, "
            f"{len(expected)} lines, none lost, none twice"
        )


def _drain(collector: Collector) -> None:
    """Looks that began after the last line have seen it; the server has it once it has the third of them."""
    collector.kill()
    collector.start()
    collector.wait_for(collector.newest() + 3)
    collector.kill()


def _check(state: dict[str, Any], acknowledged: dict[int, str]) -> None:
    kept = {batch["sequence"]: batch["digest"] for batch in state["batches"]}
    assert len(acknowledged) > 1
    assert {number: kept.get(number) for number in acknowledged} == acknowledged
    assert sorted(kept) == list(range(1, len(kept) + 1))
    assert state["envelopes"] == sorted(kept.values())
    assert state["pending"] == 0
    assert state["observed"] == state["observed_differently"]
    assert state["changed"] == state["changed_differently"]
    assert state["leaves"] == list(range(state["raw"]))


def _lines(bodies: Path) -> list[bytes]:
    envelopes = [unpack(body.read_bytes()) for body in sorted(bodies.iterdir())]
    return sorted(told_of(envelopes, "auth-log").splitlines())
