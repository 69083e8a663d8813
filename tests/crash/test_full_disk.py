"""A disk that runs full: it is refused in words, nothing is lost, and with room again it goes on where it was."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.crash.installation import Installation
from tests.crash.nursery import nursery
from tests.crash.test_crash_loop import Host, check
from tests.patience import PATIENCE, until
from tests.sender import Sender

pytestmark = [pytest.mark.crash, pytest.mark.database]

DISK = 24 << 20
LEFT = 1 << 20
"""Room for a few small batches, and for half of a large one."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """This fixture will mount a disk of 24 MiB; only root may, as for the tests on real hosts."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", disk], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


class TestFullDisk:
    @pytest.mark.skipif(
        bool(os.environ.get("GROUNDRULES_TEST_DATABASE_URL")),
        reason="PostgreSQL's own disk is not the small one",
    )
    @pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
    def test_refuses_in_words_and_goes_on_with_room(self, small_disk: Path) -> None:
        """Full, then killed while full, then with room again: every acknowledged batch is there once and whole."""
        installation = Installation(small_disk)
        token = installation.begin()
        ballast = small_disk / "ballast"
        with nursery(installation) as servers:
            servers.start()
            host = Host(servers.port, Sender(), random.Random(7))  # noqa: S311 - the same sizes on every run
            host.enrol(token)
            host.wait_for_answer()
            room = os.statvfs(small_disk)
            ballast.write_bytes(bytes(room.f_bavail * room.f_frsize - LEFT))

            _send_until_refused(host)
            servers.kill()
            ballast.unlink()
            servers.start()
            host.wait_for_answer()
            for _ in range(3):
                host.step()

        assert host.answers[503] >= 1
        assert host.answers[201] > 3
        check(installation.state(), host)

    @pytest.mark.skipif(
        bool(os.environ.get("GROUNDRULES_TEST_DATABASE_URL")),
        reason="PostgreSQL's own disk is not the small one",
    )
    @pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
    def test_is_said_by_readyz_for_as_long_as_it_is_full(self, small_disk: Path) -> None:
        """A proxy sends nobody there while every change would be refused, and sends them again with room."""
        installation = Installation(small_disk)
        installation.begin()
        ballast = small_disk / "ballast"
        with nursery(installation) as servers:
            servers.start()
            until(lambda: _ready(servers.port)[0] == 200, "it was never ready")
            with suppress(OSError), ballast.open("ab", buffering=0) as file:
                while file.write(bytes(1 << 12)):
                    pass

            until(lambda: _ready(servers.port)[0] == 503, "it stayed ready on a full disk")
            why = _ready(servers.port)[1]
            ballast.unlink()
            until(lambda: _ready(servers.port)[0] == 200, "it never was ready again")

        assert why.startswith(
            "not ready: nothing can be written to the data folder: the disk is full"
        )


def _ready(port: int) -> tuple[int, str]:
    asked = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        asked.request("GET", "/readyz")
        answer = asked.getresponse()
        return answer.status, answer.read().decode()
    finally:
        asked.close()


def _send_until_refused(host: Host) -> None:
    """A host asks again what was refused, and is refused again: nothing changes by asking."""
    for _ in range(40):
        host.step()
        if host.answers.get(503, 0) > 1:
            return
    pytest.fail(f"the disk never ran full: {host.answers}")
