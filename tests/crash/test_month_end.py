"""A billing run that is killed goes on where it stopped: every client is billed once, and no number is missing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.crash.installation import Installation, postgres_installation
from tests.crash.parent import Parent, parent_of

pytestmark = [pytest.mark.crash, pytest.mark.database]

DATABASE_URL = os.environ.get("GROUNDRULES_TEST_DATABASE_URL", "")
CLIENTS = 5


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """This fixture will make a provider with five clients whose June is to be billed."""
    data = tmp_path_factory.mktemp("month")
    with ExitStack() as stack:
        alone = Installation(data)
        if DATABASE_URL:
            alone = stack.enter_context(postgres_installation(data, DATABASE_URL))
        begun = stack.enter_context(parent_of(alone))
        begun.run("tests.crash.programs.prepare_month", str(CLIENTS))
        yield begun


def _command(installation: Installation, *words: str) -> str:
    return installation.run("groundrules.cli.main", "month-end", *words)


def _kill_after(installation: Installation, lines: int, step: str) -> None:
    """Starts a step of the run, and kills it the moment it has told of so many clients."""
    assert isinstance(installation.parent, Parent)
    process = installation.parent.start("groundrules.cli.main", "month-end", step)
    told = [process.stdout.readline() for _ in range(lines)]
    process.kill()
    process.ends()
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
