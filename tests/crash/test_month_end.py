"""A billing run that is killed goes on where it stopped: every client is billed once, and no number is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.crash.installation import ROOT, Installation, postgres_installation

pytestmark = [pytest.mark.crash, pytest.mark.database]

DATABASE_URL = os.environ.get("GROUNDRULES_TEST_DATABASE_URL", "")
CLIENTS = 5


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """This fixture will make a provider with five clients whose June is to be billed."""
    data = tmp_path_factory.mktemp("month")
    if not DATABASE_URL:
        begun = Installation(data)
        begun.run("tests.crash.programs.prepare_month", str(CLIENTS))
        yield begun
        return
    with postgres_installation(data, DATABASE_URL) as on_postgres:
        on_postgres.run("tests.crash.programs.prepare_month", str(CLIENTS))
        yield on_postgres


def _command(installation: Installation, *words: str) -> str:
    return installation.run("groundrules.cli.main", "month-end", *words)


def _kill_after(installation: Installation, lines: int, step: str) -> None:
    """Starts a step of the run, and kills it the moment it has told of so many clients."""
    with subprocess.Popen(
        [sys.executable, "-m", "groundrules.cli.main", "month-end", step],
        env=dict(installation.environment),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(lines)]
        process.kill()
    assert all(told), "the step ended before it was killed"


class TestKilledRun:
    def test_goes_on_without_a_double_or_a_gap(self, installation: Installation) -> None:
        """Killed while it collects, and twice while it issues; in the end each client has its one invoice."""
        _kill_after(installation, 1, "collect")
        left = int(installation.run("tests.crash.programs.approve_month"))

        for _ in range(2):
            _kill_after(installation, 1, "issue")
        _command(installation, "issue")

        clients = json.loads(_command(installation, "status", "--json"))["clients"]
        told = json.loads(installation.run("tests.crash.programs.tell_issued"))
        assert 0 < left < CLIENTS
        assert {one["stage"] for one in clients} == {"issued"}
        documents = sorted(ref for one in clients for ref in one["documents"])
        assert documents == [f"INV-{n:05d}" for n in range(1, CLIENTS + 1)]
        assert told["numbers"] == list(range(1, CLIENTS + 1))
        assert told["last_number"] == CLIENTS
        assert told["broken"] == []
