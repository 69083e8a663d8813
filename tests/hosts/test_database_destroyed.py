"""A PostgreSQL database destroyed while it is written to, and restored from its own archive: how much, how soon."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from groundrules.core.backups import BackupPolicy
from groundrules.core.health import Level
from groundrules.core.ids import AssetId
from groundrules.gateways.postgresql_archive import PostgresqlArchive
from groundrules.records.models import Asset
from groundrules.services import backups
from groundrules.services.case_import import keep_cards
from groundrules.services.cases import run_case
from tests.cast import OLGA, TARIQ
from tests.crash.cluster import Cluster
from tests.loopback import free_port
from tests.patience import PATIENCE, until

ROOT = Path(__file__).resolve().parents[2]
CASE = ROOT / "tests/cases/01-drive-array-recovery.yaml"
_WRITES_FOR_SECONDS = 3.0
_SEGMENTS = 5
_NAME = 24
# Behind the headers of a segment's first page, where records lie however little of it was used.
_IN_THE_FIRST_RECORDS = 200


def clock() -> datetime:
    """The real time: this is a measurement."""
    return datetime.now(UTC)


def as_postgres() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        if os.geteuid() == 0
        else []
    )


def ours(folder: Path) -> Path:
    """A folder of the account PostgreSQL runs as."""
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


@dataclass
class Bank:
    """A cluster that keeps its commits, its archive, and how far its writer knows them committed."""

    folder: Path
    port: int
    programs: Path
    acknowledged: int = 0
    receiver: subprocess.Popen[bytes] | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"postgresql://keeper@127.0.0.1:{self.port}/postgres"

    @property
    def archive(self) -> Path:
        """Where base backups and the log go."""
        return self.folder / "archive"

    def run(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs to its end."""
        command = [*as_postgres(), str(self.programs / program), *words]
        with (self.folder / "programs.log").open("ab") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log, cwd="/", timeout=120)

    def begin(self) -> None:
        """Make it, start it, take the base backup, and receive its log from then on."""
        data = str(self.folder / "data")
        self.run(
            "initdb",
            "--pgdata",
            data,
            "--username=keeper",
            "--auth=trust",
            "--locale=C.UTF-8",
            "--wal-segsize=1",
        )
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        self.run(
            "pg_ctl",
            "start",
            "--wait",
            "--silent",
            "--pgdata",
            data,
            f"--log={self.folder}/server.log",
            f"--options={options}",
        )
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "CREATE TABLE ledger (id bigint PRIMARY KEY, at timestamptz DEFAULT now())"
            )
        for name in ("base", "wal"):
            (self.archive / name).mkdir()
            ours(self.archive / name)
        connect = ("--host=127.0.0.1", f"--port={self.port}", "--username=keeper", "--no-password")
        wal = f"--directory={self.archive / 'wal'}"
        self.run("pg_receivewal", *connect, "--create-slot", "--slot=archive")
        command = [
            *as_postgres(),
            str(self.programs / "pg_receivewal"),
            *connect,
            wal,
            "--slot=archive",
            "--status-interval=1",
            "--no-loop",
        ]
        self.receiver = subprocess.Popen(
            command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        base = f"--pgdata={self.archive / 'base' / 'first'}"
        self.run("pg_basebackup", *connect, base, "--checkpoint=fast", "--wal-method=none")
        self.archived()

    def archived(self) -> None:
        """Wait until the log kept reaches what is written now: without its end a base backup cannot be restored."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute("SELECT pg_current_wal_lsn()").fetchone()
            asked = "SELECT 1 FROM pg_stat_replication WHERE write_lsn >= %s::pg_lsn"
            until(
                lambda: connection.execute(asked, row).fetchone(),
                f"the receiver of the log never reached {row}",
            )

    def write(self) -> None:
        """Commit one row after the other until the end, noting each that was acknowledged."""
        with suppress(psycopg.Error), psycopg.connect(self.url, autocommit=True) as connection:
            while not self.ended.is_set():
                connection.execute("INSERT INTO ledger (id) VALUES (%s)", (self.acknowledged + 1,))
                self.acknowledged += 1

    def write_for(self, seconds: float, segments: int) -> None:
        """Let it be written to for so long, over so many segments of the log at least."""
        for _ in range(segments):
            time.sleep(seconds / segments)
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute("SELECT pg_switch_wal()")

    def destroy(self) -> None:
        """SIGKILL while it is written to, and the whole data folder gone."""
        Cluster.at(self.url).kill()
        self.ended.set()
        shutil.rmtree(self.folder / "data")
        if self.receiver is not None:
            self.receiver.wait(PATIENCE)

    def close(self) -> None:
        """Leave nothing running."""
        self.ended.set()
        with suppress(psycopg.Error, OSError):
            Cluster.at(self.url).kill()
        if self.receiver is not None and self.receiver.poll() is None:
            self.receiver.kill()
            self.receiver.wait(PATIENCE)


@pytest.fixture
def bank() -> Iterator[Bank]:
    """A running cluster with its archive, in a folder PostgreSQL's own account can reach."""
    programs = subprocess.run(
        [ROOT / "scripts/postgres-programs"], check=True, capture_output=True, text=True
    )
    folder = ours(Path(tempfile.mkdtemp(prefix="groundrules-bank-")))
    ours_archive = folder / "archive"
    ours_archive.mkdir()
    ours(ours_archive)
    made = Bank(folder, free_port(), Path(programs.stdout.strip()))
    try:
        made.begin()
        yield made
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Tell a figure, whatever pytest captures."""

    def told(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}\n")

    return told


@pytest.mark.django_db
def test_destroyed_under_load_and_restored_within_a_minute(
    bank: Bank, tmp_path: Path, say: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kill it, delete it, restore it by a drill: at most the last minute is lost, and the drill counts exactly what."""
    monkeypatch.setenv("GROUNDRULES_DATA", str(tmp_path))
    harbor = keep_cards(run_case(CASE.read_bytes(), CASE).case.world, actor=OLGA)
    asset = harbor.assets.select_related("client").order_by("pk")[0]
    writer = threading.Thread(target=bank.write, daemon=True)
    writer.start()
    bank.write_for(_WRITES_FOR_SECONDS, _SEGMENTS)
    bank.destroy()
    writer.join(60)
    destroyed = clock()
    question = f"SELECT greatest(0, {bank.acknowledged} - max(id)) FROM ledger"  # noqa: S608 - a number
    program = str(Path(sys.executable).with_name("groundrules"))
    ask = (program, "backup", "ask-postgresql", "--user", "keeper", "--sql", question)
    policy = BackupPolicy(
        AssetId(asset.code),
        "ledger",
        "postgresql",
        24,
        clock() - timedelta(hours=1),
        place=str(bank.archive),
        check=ask,
        loses_at_most=1440,
        back_within=60,
        drill_every=30,
    )
    backups.set_policy(policy, asset, actor=OLGA, at=clock())
    assert backups.read_repository(policy, asset, actor=TARIQ, at=clock()).new == 1
    assert backups.verify(policy, asset, actor=TARIQ, clock=clock).whole

    done = backups.drill(policy, asset, actor=TARIQ, clock=clock).drill

    assert done.passed, done.says
    assert done.records_lost is not None
    assert done.data_from is not None
    assert destroyed - done.data_from < timedelta(minutes=1)
    # What the log's last piece did not hold yet when the power went is all that may be missing.
    assert done.records_lost < bank.acknowledged / 2
    (state,) = backups.states_of(asset, clock())
    assert state.level is Level.GOOD
    say(
        f"[database destroyed] {bank.acknowledged} rows acknowledged, {done.records_lost} lost; "
        f"back after {done.took.total_seconds():.1f} s; the log reached to "
        f"{(destroyed - done.data_from).total_seconds():.1f} s before"
    )
    a_broken_log_is_said(bank, policy, asset)


def a_broken_log_is_said(bank: Bank, policy: BackupPolicy, asset: Asset) -> None:
    """A bit turned in the middle of the log, then that segment gone, then all of it: each is damage, and named."""
    log = bank.archive / "wal"
    whole = sorted(one for one in log.iterdir() if len(one.name) == _NAME)
    assert len(whole) > _SEGMENTS
    middle = whole[len(whole) // 2]
    raw = bytearray(middle.read_bytes())
    raw[_IN_THE_FIRST_RECORDS] ^= 1
    middle.write_bytes(raw)
    bent = backups.verify(policy, asset, actor=TARIQ, clock=clock)
    middle.unlink()
    gone = backups.verify(policy, asset, actor=TARIQ, clock=clock)
    reached = datetime.fromtimestamp(whole[len(whole) // 2 - 1].stat().st_mtime, UTC)
    shutil.rmtree(log)
    log.mkdir()
    lost = backups.verify(policy, asset, actor=TARIQ, clock=clock)

    assert [bent.whole, gone.whole, lost.whole] == [False] * 3
    assert f"{middle.name} is damaged (error in WAL record at" in bent.says
    assert f"{middle.name} is missing" in gone.says
    assert f"Base backup first can be brought to {reached:%Y-%m-%d %H:%M:%S} UTC" in gone.says
    assert "Base backup first cannot be restored" in lost.says
    assert backups.states_of(asset, clock())[0].level is Level.CRITICAL


@pytest.mark.django_db
def test_tablespaces_are_refused(tmp_path: Path) -> None:
    """A link out of the backup would let a scratch cluster write into the place it came from."""
    place = tmp_path / "archive"
    (place / "wal").mkdir(parents=True)
    base = place / "base" / "first"
    (base / "pg_tblspc").mkdir(parents=True)
    (base / "PG_VERSION").write_text("15\n")
    (base / "backup_manifest").write_text("{}")
    (base / "pg_tblspc" / "16400").symlink_to(tmp_path)

    with pytest.raises(backups.RepositoryUnusable, match="tablespaces"):
        PostgresqlArchive(str(place)).restore("first", tmp_path / "into")
