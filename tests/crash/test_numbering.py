"""Invoice numbers have no gap and no double, though processes issue at once and are killed while they do.

Six kills with a fixed seed; GROUNDRULES_TEST_CRASHES and GROUNDRULES_TEST_CRASH_SEED make it longer or another run.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.crash.installation import Installation, postgres_installation
from tests.crash.parent import Parent, Program, parent_of

pytestmark = [pytest.mark.crash, pytest.mark.database]

KILLS = int(os.environ.get("GROUNDRULES_TEST_CRASHES", "6"))
SEED = int(os.environ.get("GROUNDRULES_TEST_CRASH_SEED", "20260305"))
DATABASE_URL = os.environ.get("GROUNDRULES_TEST_DATABASE_URL", "")
PROCESSES = 2
_ISSUES_BEFORE = (3, 6)
_LIVES_SECONDS = (0.0, 0.4)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """This fixture will begin an installation on the database the tests run on."""
    data = tmp_path_factory.mktemp("installation")
    with ExitStack() as stack:
        alone = Installation(data)
        if DATABASE_URL:
            alone = stack.enter_context(postgres_installation(data, DATABASE_URL))
        begun = stack.enter_context(parent_of(alone))
        begun.begin()
        yield begun


def _start(installation: Installation, first: int) -> Program:
    assert isinstance(installation.parent, Parent)
    return installation.parent.start("tests.crash.programs.issue", str(first))


def _kill_while_issuing(
    installation: Installation, first: int, dice: random.Random
) -> list[tuple[int, str]]:
    """Two processes ask for the same documents; each is killed a little after it issued its first few."""
    running = [_start(installation, first) for _ in range(PROCESSES)]
    told: list[str] = []
    try:
        for process in running:
            # Counted, not timed: a slow machine issues as many before the kill as a fast one.
            lines = [process.stdout.readline() for _ in range(dice.randint(*_ISSUES_BEFORE))]
            assert all(lines), "a process ended before it issued anything"
            told += lines
        for process in running:
            time.sleep(dice.uniform(*_LIVES_SECONDS))
            process.kill()
    finally:
        for process in running:
            process.kill()
            told += process.stdout.readlines()
            process.ends()
    whole = (line.split() for line in told if line.endswith("\n"))
    return [(int(key), ref) for key, ref in whole]


class TestNumbering:
    def test_leaves_no_gap_and_no_double_when_issuers_are_killed(
        self, installation: Installation, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Every number is there once, every key kept the number it was told, and each document is whole."""
        dice = random.Random(SEED)  # noqa: S311 - the same moments on every run
        acknowledged: dict[int, str] = {}
        for _ in range(KILLS // PROCESSES):
            # From the last key anybody was told of: the documents after it may or may not be there.
            for key, ref in _kill_while_issuing(installation, max(acknowledged, default=1), dice):
                assert acknowledged.setdefault(key, ref) == ref

        told = json.loads(installation.run("tests.crash.programs.tell_issued"))
        issued = len(told["numbers"])
        assert issued > KILLS
        assert told["numbers"] == list(range(1, issued + 1))
        assert told["last_number"] == told["lines"] == told["posted"] == issued
        assert {told["refs"][f"key {key}"] for key in acknowledged} == set(acknowledged.values())
        assert all(told["refs"][f"key {key}"] == ref for key, ref in acknowledged.items())
        assert told["broken"] == []
        with capsys.disabled():
            sys.stdout.write(f"\n{KILLS} kills, {issued} issued: no gap, no double\n")

    def test_refuses_in_words_while_another_process_keeps_the_books_locked(
        self, installation: Installation
    ) -> None:
        """Nothing is issued, the refusal says what to do, and the same key issues as soon as the lock is free."""
        refused, issued = installation.run("tests.crash.programs.issue_locked").splitlines()

        assert refused.startswith("IssuerBusy: another process is writing to the books")
        assert "issue it again under the same key ('key 0')" in refused
        assert issued.startswith("INV-")
