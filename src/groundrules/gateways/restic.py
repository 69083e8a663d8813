"""Restic (restic.net): lists a repository's snapshots, restores one, checks the repository, removes named snapshots.

Only these four; taking backups is the business of the host and its own schedule. The password stays in its file, whose
path is all that is told to restic; one that is kept sealed is told by its environment, never by its words. Every call
has a limit, and none changes the repository but `forget` and its lock.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from groundrules.core.backups.archive import Holdings
from groundrules.core.periods import utc
from groundrules.gateways.repositories import RepositoryDamaged, RepositoryUnusable, StoredSnapshot

_LIST_SECONDS = 120
_RESTORE_SECONDS = 6 * 3600
_WORDS = 600
# The last words of `restic check` when it looked and found damage.
_DAMAGED = "repository contains errors"


@dataclass(frozen=True, slots=True)
class ResticRepository:
    """A repository of restic: its place, and the file its password lies in, or else the password itself."""

    place: str
    password_file: str = ""
    password: str = field(default="", repr=False)

    def snapshots(self) -> tuple[StoredSnapshot, ...]:
        """This function will list the snapshots, oldest first; raises RepositoryUnusable."""
        answer = self._run(["snapshots", "--json"], _LIST_SECONDS)
        try:
            found = [_snapshot(one) for one in json.loads(answer)]
        except (ValueError, KeyError, TypeError) as error:
            message = f"{self.place}: restic's list of snapshots cannot be read: {error}"
            raise RepositoryUnusable(message) from error
        return tuple(sorted(found, key=lambda one: one.taken_at))

    def restore(self, snapshot: str, into: Path) -> None:
        """This function will restore a snapshot into an empty folder; raises RepositoryUnusable."""
        self._run(["restore", snapshot, "--target", str(into)], _RESTORE_SECONDS)

    def check(self, part: int = 1, parts: int = 1) -> str:
        """This function will read and verify every byte of the repository, or of one part of so many.

        Raises RepositoryDamaged when it is not whole, and RepositoryUnusable otherwise: one that is locked or does not
        open was not looked at, so it is not called damaged.
        """
        how = "--read-data" if parts == 1 else f"--read-data-subset={part}/{parts}"
        try:
            self._run(["check", how], _RESTORE_SECONDS)
        except RepositoryUnusable as failed:
            if _DAMAGED in str(failed):
                message = f"{self.place}: the {_DAMAGED} (restic check {how} lists them)"
                raise RepositoryDamaged(message) from failed
            raise
        return ""

    def archive(self) -> Holdings | None:
        """This function will say that it is no archive: each snapshot stands by itself."""
        return None

    def forget(self, snapshots: Sequence[str]) -> None:
        """This function will remove these snapshots and the data only they need; raises RepositoryUnusable."""
        if snapshots:
            self._run(["forget", "--prune", *snapshots], _RESTORE_SECONDS)

    def _run(self, words: Sequence[str], seconds: float) -> bytes:
        command = ["restic", "--repo", self.place, "--no-cache", *words]
        kept = {k: v for k, v in os.environ.items() if not k.startswith("RESTIC_PASSWORD")}
        environment = kept | (
            {"RESTIC_PASSWORD_FILE": self.password_file}
            if self.password_file
            else {"RESTIC_PASSWORD": self.password}
        )
        try:
            done = subprocess.run(  # noqa: S603 - a fixed program; place and id are words, not a shell's
                command, env=environment, capture_output=True, timeout=seconds, check=False
            )
        except FileNotFoundError as missing:
            message = "restic is not installed here; install it (apt install restic)"
            raise RepositoryUnusable(message) from missing
        except subprocess.TimeoutExpired as slow:
            message = f"{self.place}: restic was not done after {seconds:.0f} s"
            raise RepositoryUnusable(message) from slow
        if done.returncode:
            told = " ".join(done.stderr.decode("utf-8", "replace").split())[-_WORDS:]
            message = f"{self.place}: {told or f'restic ended with {done.returncode}'}"
            raise RepositoryUnusable(message)
        return done.stdout


def _snapshot(told: dict[str, object]) -> StoredSnapshot:
    paths = told.get("paths")
    return StoredSnapshot(
        str(told["id"]),
        utc(datetime.fromisoformat(str(told["time"]))),
        str(told.get("hostname", "")),
        tuple(str(one) for one in paths) if isinstance(paths, list) else (),
    )
