"""A worker that is killed in the middle of an import: two others share what is left, and every row comes in once."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from tests.crash.installation import ROOT, Installation, postgres_installation
from tests.patience import PATIENCE, until

pytestmark = [pytest.mark.crash, pytest.mark.database]

DATABASE_URL = os.environ.get("GROUNDRULES_TEST_DATABASE_URL", "")
ROWS = 450
Ask = Callable[[str], Any]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """This fixture will make books in which a worker is to bring servers in."""
    data = tmp_path_factory.mktemp("import")
    if not DATABASE_URL:
        begun = Installation(data)
        begun.run("tests.crash.programs.prepare_import", str(ROWS))
        yield begun
        return
    with postgres_installation(data, DATABASE_URL, "long_runs") as on_postgres:
        on_postgres.run("tests.crash.programs.prepare_import", str(ROWS))
        yield on_postgres


@pytest.fixture
def ask(installation: Installation) -> Iterator[Ask]:
    """This fixture will ask the books one number or word, beside the programs that work on them."""
    if installation.database_url:
        with psycopg.connect(installation.database_url, autocommit=True) as postgres:
            yield lambda question: postgres.execute(question).fetchone()[0]  # type: ignore[index]
        return
    with closing(
        sqlite3.connect(installation.data / "groundrules.sqlite3", timeout=PATIENCE)
    ) as file:
        yield lambda question: file.execute(question).fetchone()[0]


def _worker(installation: Installation, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "groundrules.cli.main", "worker", *words],
        env=dict(installation.environment),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        text=True,
    )


def _wait_for(ask: Ask, question: str, least: int) -> int:
    until(lambda: int(ask(question)) >= least, f"{question} never came to {least}", 0.02)
    return int(ask(question))


class TestKilledWorker:
    def test_loses_no_row_and_brings_none_in_twice(
        self, installation: Installation, ask: Ask
    ) -> None:
        """Killed between two steps or in one; the next two programs find that it is gone, at once."""
        with _worker(installation) as first:
            done = _wait_for(ask, "SELECT done FROM records_longrun", 1)
            first.kill()
        held = ask("SELECT holder FROM records_longrun")
        with _worker(installation) as one, _worker(installation) as two:
            _wait_for(ask, "SELECT COUNT(*) FROM records_longrun WHERE outcome <> ''", 1)
            # The quicker one may have brought all in before the other listens to signals at all.
            pids = f"({one.pid}, {two.pid})"
            alive = f"SELECT COUNT(*) FROM records_pulse WHERE process IN {pids}"  # noqa: S608 - two numbers
            _wait_for(ask, alive, 2)
            one.terminate()
            two.terminate()

        assert 0 < done < ROWS
        assert f"|{first.pid}|" in held
        assert ask("SELECT outcome FROM records_longrun") == "done"
        assert ask("SELECT done FROM records_longrun") == ROWS
        assert ask("SELECT COUNT(*) FROM records_asset") == ROWS
        assert ask("SELECT COUNT(*) FROM records_importedcard") == ROWS
        assert ask("SELECT COUNT(*) FROM records_importbatch") == 1
        assert ask("SELECT COUNT(*) FROM records_waitingimport") == 0
        assert ask("SELECT status FROM django_tasks_database_dbtaskresult") == "SUCCESSFUL"
        assert (one.returncode, two.returncode) == (0, 0)
