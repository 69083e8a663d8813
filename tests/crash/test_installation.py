"""Backup, restore and move of an installation, killed half way, and a backup on a disk that fills up."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from groundrules.store.archive import check
from tests.crash.installation import ROOT, Installation, postgres_installation
from tests.patience import until

pytestmark = [pytest.mark.crash]

DATABASE_URL = os.environ.get("GROUNDRULES_TEST_DATABASE_URL", "")
MAIN = "groundrules.cli.main"
_LOOK_AGAIN = 0.005


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """This fixture will make an installation with the books of a whole case."""
    made = Installation(tmp_path_factory.mktemp("whole"))
    made.run("tests.crash.programs.prepare_whole")
    return made


@pytest.fixture(scope="module")
def backup(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """This fixture will back it up once, after a backup into the same folder was killed."""
    folder = tmp_path_factory.mktemp("kept")
    target = folder / "one.grbackup"
    _kill_when(
        installation,
        ("backup", "--to", str(target)),
        lambda: any(one.stat().st_size for one in folder.glob(".unfinished-*")),
    )
    left = [one.name for one in folder.iterdir()]
    assert all(name.startswith(".unfinished-") for name in left), left
    _command(installation, "backup", "--to", str(target))
    yield target
    assert [one.name for one in folder.iterdir()] == ["one.grbackup"]


def _command(installation: Installation, *words: str) -> str:
    return installation.run(MAIN, "installation", *words)


def _kill_when(
    installation: Installation, words: tuple[str, ...], begun: Callable[[], bool]
) -> None:
    """Starts a command and kills it as soon as it has begun to write."""
    with subprocess.Popen(
        [sys.executable, "-m", MAIN, "installation", *words],
        env=dict(installation.environment),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        until(lambda: begun() or process.poll() is not None, "it never began", _LOOK_AGAIN)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert process.returncode == -signal.SIGKILL, "it ended before it was killed"


def _refused(installation: Installation, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", MAIN, *words],
        env=dict(installation.environment),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


class TestBackup:
    def test_is_whole_after_one_that_was_killed(self, backup: Path) -> None:
        """Only a hidden half was left, and the next backup cleared it away."""
        rows = {one["name"]: one["rows"] for one in check(backup)["tables"]}

        assert rows["records_rawevidence"] > 0
        assert rows["records_sealleaf"] > 0

    def test_leaves_nothing_on_a_disk_that_fills_up(
        self, installation: Installation, tmp_path: Path
    ) -> None:
        """The disk is a small one in memory, full after the first table: the reason is told, no file is left."""
        words = ["unshare", "--mount", *(["--map-root-user"] if os.geteuid() else []), "sh", "-c"]
        script = f'mount -t tmpfs -o size=96m none {tmp_path} && exec "$@"'
        program = [sys.executable, "-m", "tests.crash.programs.fill_disk", str(tmp_path)]

        done = subprocess.run(
            [*words, script, "sh", *program],
            env=dict(installation.environment),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.stdout == "No space left on device ['somebody-elses']\n", done.stderr


class TestRestore:
    def test_gives_back_every_row_after_one_that_was_killed(
        self, backup: Path, installation: Installation, tmp_path: Path
    ) -> None:
        """Nothing serves the half, nothing restores over it; emptied, every row and seal comes back."""
        data = tmp_path / "copy"
        copy = Installation(data)

        _kill_when(copy, ("restore", str(backup)), (data / "restore-unfinished").exists)
        served = _refused(copy, "user", "list")
        again = _refused(copy, "installation", "restore", str(backup))
        for path in sorted(data.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        told = json.loads(_command(copy, "restore", str(backup), "--json"))

        assert (served[0], "not whole" in served[1]) == (6, True)
        assert again[0] == 5
        assert told["findings"] == []
        assert told["checked"]["leaves"] > 0
        assert _differing(installation.data, data) == {
            "records_auditentry",
            "records_longrun",
        }


def _differing(one: Path, other: Path) -> set[str]:
    """Asks SQLite itself, whose rows of one are not in the other: the audit grew, runs that were on are over."""
    with closing(sqlite3.connect(one / "groundrules.sqlite3")) as database:
        database.execute("ATTACH ? AS other", [str(other / "groundrules.sqlite3")])
        names = database.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name LIKE 'records_%'"
        ).fetchall()
        assert len(names) > 100
        return {name for (name,) in names if _differs(database, name)}


def _differs(database: sqlite3.Connection, name: str) -> bool:
    counts = [
        database.execute(f"SELECT COUNT(*) FROM {base}.{name}").fetchone()[0]  # noqa: S608 - a table of ours
        for base in ("main", "other")
    ]
    columns = ", ".join(
        f'"{row[1]}"' for row in database.execute(f"PRAGMA main.table_info({name})").fetchall()
    )
    alien = database.execute(
        f"SELECT {columns} FROM main.{name} EXCEPT SELECT {columns} FROM other.{name}"  # noqa: S608 - as above
    ).fetchone()
    return alien is not None or counts[0] != counts[1]


class TestMove:
    def test_leaves_no_half_of_the_books_when_it_is_killed(
        self, installation: Installation, tmp_path: Path
    ) -> None:
        """All rows go over in one transaction: there is none, and a move can begin anew."""
        target = tmp_path / "moved.sqlite3"

        _kill_when(
            installation,
            ("move", f"sqlite:///{target}"),
            lambda: _has_tables(target),
        )

        with closing(sqlite3.connect(target)) as half:
            assert half.execute("SELECT COUNT(*) FROM records_client").fetchone()[0] == 0

    @pytest.mark.postgres
    @pytest.mark.database
    def test_goes_to_postgresql(self, tmp_path: Path) -> None:
        """From SQLite: every row is compared, and the books there are guarded and can be written to."""
        small = Installation(tmp_path)
        small.run(MAIN, "init", "--email", "olga@castle-it.example", "--name", "Olga")
        small.begin()

        with postgres_installation(tmp_path, DATABASE_URL, "moved") as grown:
            told = json.loads(_command(small, "move", grown.database_url, "--json"))
            added = grown.run(MAIN, "agent", "token", "--client", "HARBOR", "--asset", "SRV1")

        rows = {one["table"]: one["rows"] for one in told["tables"]}
        assert rows["records_client"] == 1
        assert added.strip()


def _has_tables(target: Path) -> bool:
    if not target.exists():
        return False
    with closing(sqlite3.connect(f"file:{target}?mode=ro", uri=True)) as database:
        names = database.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'records_vendor'")
        return bool(names.fetchone()[0])
