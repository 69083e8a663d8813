"""The server's clock jumps, back and forth, while a host sends: nothing is lost, and what was sealed stays provable."""

from __future__ import annotations

import os
import random
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.crash.installation import Installation
from tests.crash.nursery import nursery
from tests.crash.parent import parent_of
from tests.crash.test_crash_loop import Host, check
from tests.sender import Sender

pytestmark = [pytest.mark.crash, pytest.mark.database]

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
DAY = 24 * 60 * 60
JUMPS = (-DAY, 30 * DAY, 0)
"""Seconds by which the server's clock is wrong, in turn: a wrong time server, a dead battery, a restored machine."""


class TestClockJump:
    @pytest.mark.skipif(
        bool(os.environ.get("GROUNDRULES_TEST_DATABASE_URL")),
        reason="PostgreSQL's own clock stays right",
    )
    def test_loses_nothing_and_keeps_the_seal(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Every batch taken in under any clock is there once, whole, in one chain, and everything verifies."""
        assert LIBRARIES, "libfaketime is missing; run scripts/install-test-needs"
        clock = tmp_path / "clock"
        clock.write_text("+0")
        monkeypatch.setenv("LD_PRELOAD", str(LIBRARIES[0]))
        monkeypatch.setenv("FAKETIME_TIMESTAMP_FILE", str(clock))
        monkeypatch.setenv("FAKETIME_NO_CACHE", "1")
        monkeypatch.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        data = tmp_path / "data"
        data.mkdir()
        with ExitStack() as stack:
            installation = stack.enter_context(parent_of(Installation(data)))
            token = installation.begin()
            servers = stack.enter_context(nursery(installation))
            servers.start()
            host = Host(servers.port, Sender(), random.Random(7))  # noqa: S311 - the same sizes on every run
            host.enrol(token)
            host.wait_for_answer()
            for offset in JUMPS:
                clock.write_text(f"{offset:+d}")
                sent = len(host.acknowledged)
                while len(host.acknowledged) < sent + 2:
                    host.step()

            servers.kill()
            check(installation.state(), host)
            said = installation.run("groundrules.cli.main", "evidence", "verify")
        assert len(host.acknowledged) == 2 * len(JUMPS)
        assert "Everything is exactly as it was sealed." in said, said
