"""The PostgreSQL cluster a run has to itself (scripts/with-postgres): killed as a whole, and started again."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.patience import until


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where it lies, and how to connect to it."""

    url: str
    folder: Path

    @classmethod
    def at(cls, url: str) -> Cluster:
        """This function will find the cluster behind a connection."""
        with psycopg.connect(url) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        assert row is not None
        return cls(url, Path(row[0]))

    def kill(self) -> None:
        """This function will end the postmaster and every process of it with SIGKILL, as if the power had gone."""
        postmaster = int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
        family = [postmaster, *_children_of(postmaster)]
        for process in family:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        until(
            lambda: not any(_lives(process) for process in family),
            "PostgreSQL's processes outlive a SIGKILL",
        )
        # Where nothing collects dead processes their numbers stay taken, and PostgreSQL would believe in its old self.
        (self.folder / "postmaster.pid").unlink()

    def start(self) -> None:
        """This function will start it as it was started before, and wait until it has recovered from its log."""
        owner = self.folder.stat()
        command = shlex.split((self.folder / "postmaster.opts").read_text())
        with (self.folder / "server.log").open("ab") as log:
            # Nobody's child, as it was before: what stops the cluster at the end of the run is scripts/with-postgres.
            subprocess.run(
                ["setsid", "--fork", *command], check=True, stdout=log, stderr=log, cwd="/",
                user=owner.st_uid, group=owner.st_gid, extra_groups=[],
            )  # fmt: skip
        self.wait()

    def wait(self) -> None:
        """This function will wait until it takes connections: after a crash it recovers from its log first."""
        until(self._answers, self._log)

    def _log(self) -> str:
        log = (self.folder / "server.log").read_text("utf-8", "replace")
        return f"PostgreSQL takes no connections: {log[-2000:]}"

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False


def _children_of(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = status.read_text("utf-8", "replace").rpartition(")")[2].split()
            if int(after_name[1]) == parent:
                found.append(int(status.parent.name))
    return found


def _lives(process: int) -> bool:
    with suppress(OSError):
        state = Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2]
        return state.split()[0] != "Z"
    return False
