"""The database check against a real PostgreSQL: up, encrypted, closed to us, full, going down, starting, and gone."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from groundrules.core.health import CheckKind, CheckSpec, Found
from groundrules.gateways.probing import NetworkProber
from tests.hosts.test_database_destroyed import as_postgres, ours
from tests.loopback import free_port
from tests.patience import PATIENCE
from tests.shown_certificates import YEAR, write_shown

ROOT = Path(__file__).resolve().parents[2]
_SLOTS = 6
# Who may come in: the keeper without a password, everybody else with one they have or not.
_RULES = "host all keeper 127.0.0.1/32 trust\n{first}host all all 127.0.0.1/32 scram-sha-256\n"


@dataclass
class Shop:
    """A PostgreSQL of its own, started and stopped in every way."""

    folder: Path
    port: int
    programs: Path

    @property
    def url(self) -> str:
        """Where the keeper gets in."""
        return f"postgresql://keeper@127.0.0.1:{self.port}/postgres"

    @property
    def data(self) -> Path:
        """Its cluster."""
        return self.folder / "data"

    def run(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs to its end."""
        command = [*as_postgres(), str(self.programs / program), *words]
        with (self.folder / "programs.log").open("ab") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log, cwd="/", timeout=120)

    def start(self, *options: str, wait: bool = True) -> None:
        """Start it, without waiting where it shall never be ready."""
        told = (
            f"-p {self.port}", "-c listen_addresses=127.0.0.1", "-c unix_socket_directories=''",
            "-c fsync=off", f"-c max_connections={_SLOTS}", "-c superuser_reserved_connections=1",
            "-c max_wal_senders=0", "-c hot_standby=off", *options,
        )  # fmt: skip
        self.run(
            "pg_ctl", "start", "--wait" if wait else "--no-wait", "--silent",
            f"--pgdata={self.data}", f"--log={self.folder}/server.log", f"--options={' '.join(told)}",
        )  # fmt: skip

    def stop(self, mode: str = "fast") -> None:
        """Stop it; smart waits for nobody here, and lets those that are in finish."""
        wait = "--no-wait" if mode == "smart" else "--wait"
        self.run("pg_ctl", "stop", wait, "--silent", f"--pgdata={self.data}", f"--mode={mode}")

    def rule(self, first: str = "") -> None:
        """Put a rule before the one for everybody."""
        (self.data / "pg_hba.conf").write_text(_RULES.format(first=first))

    def look(self) -> Found:
        """Ask it as the worker does."""
        spec = CheckSpec(CheckKind.DATABASE, f"postgresql://127.0.0.1:{self.port}")
        return NetworkProber().look(spec, datetime.now(UTC))

    def look_until(self, words: str) -> Found:
        """Ask it until it says so: starting and stopping take their time."""
        ends = time.monotonic() + PATIENCE
        found = self.look()
        while words not in found.says and time.monotonic() < ends:
            time.sleep(0.05)
            found = self.look()
        return found


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """A cluster whose owner gets in without a password, with a certificate to offer encryption by."""
    folder = Path(tempfile.mkdtemp(prefix="groundrules-shop.", dir="/tmp"))
    asked = subprocess.run(["scripts/postgres-programs"], cwd=ROOT, capture_output=True, check=True)
    made = Shop(ours(folder), free_port(), Path(asked.stdout.decode().strip()))
    data = ("--pgdata", str(made.data), "--username=keeper", "--locale=C.UTF-8", "--no-sync")
    made.run("initdb", *data, "--auth=trust")
    made.rule()
    try:
        yield made
    finally:
        subprocess.run(
            [*as_postgres(), str(made.programs / "pg_ctl"), "stop", "--silent", "--mode=immediate",
             f"--pgdata={made.data}"],
            check=False, cwd="/", capture_output=True,
        )  # fmt: skip
        shutil.rmtree(folder)


def test_up_and_full_and_going_down(shop: Shop) -> None:
    """It asks for a password; full it says so; going down it says that; and then nobody answers."""
    shop.start()
    with ExitStack() as connections:
        up = shop.look()
        for _ in range(_SLOTS):
            connections.enter_context(psycopg.connect(shop.url))
        full = shop.look()
        connections.close()
        with psycopg.connect(shop.url):
            shop.stop("smart")
            going = shop.look_until("shutting down")
    gone = shop.look_until("refused")

    where = f"127.0.0.1:{shop.port}"
    assert up == Found(f"{where} takes logins (PostgreSQL)", passed=True)
    assert full == Found(f"{where}: has too many connections (SQLSTATE 53300)", passed=False)
    assert going == Found(f"{where}: is shutting down (SQLSTATE 57P03)", passed=False)
    assert gone == Found(f"{where}: connection refused", passed=False)


def test_encrypted_closed_to_us_and_open_to_all(shop: Shop) -> None:
    """Encryption is agreed to whoever signed for it; a host that may not come in, and one that needs no password."""
    shown = ours(write_shown(shop.folder, datetime.now(UTC) + YEAR))
    shop.rule("hostssl all all 127.0.0.1/32 scram-sha-256\nhost all all all reject\n")
    shop.start(f"-c ssl=on -c ssl_cert_file={shown} -c ssl_key_file={shown}")
    encrypted = shop.look()
    with psycopg.connect(shop.url, autocommit=True) as connection:
        shop.rule("host all all 127.0.0.1/32 reject\n")
        connection.execute("SELECT pg_reload_conf()")
        closed = shop.look_until("is up")
        connection.execute('CREATE ROLE "groundrules-look" LOGIN')
        shop.rule("host all all 127.0.0.1/32 trust\n")
        connection.execute("SELECT pg_reload_conf()")
        opened = shop.look_until("answers")
        log = (shop.folder / "server.log").read_text()
    shop.stop()
    shop.rule()

    assert encrypted.passed
    assert "takes logins" in encrypted.says
    assert (closed.passed, "SQLSTATE 28000" in closed.says) == (True, True)
    assert "lets nobody log in from here" in closed.note
    assert "without a password" in opened.note
    assert "password authentication failed" not in log


def test_starting_and_standing_by(shop: Shop) -> None:
    """While it recovers from its archive it is starting up; a standby that takes no readers says that it stands by."""
    (shop.data / "recovery.signal").touch()
    waiting = "-c restore_command='sleep 60'"
    shop.start(waiting, wait=False)
    starting = shop.look_until("57P03")
    shop.stop("immediate")
    (shop.data / "recovery.signal").unlink()
    (shop.data / "standby.signal").touch()
    shop.start("-c restore_command=false", wait=False)
    standing = shop.look_until("replays")

    assert starting.says.endswith(": is starting up (SQLSTATE 57P03)")
    assert standing.passed is False
    assert standing.says.endswith(": replays a log and takes no logins yet (SQLSTATE 57P03)")
