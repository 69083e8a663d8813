"""A place backups lie in, whoever made them: what can be restored from it, a restore into a scratch folder, a check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from groundrules.core.backups.archive import Holdings


class RepositoryUnusable(RuntimeError):
    """The program is not there, the repository does not open, or what was asked failed; the message says which."""


class RepositoryDamaged(RepositoryUnusable):
    """The repository was read and is not whole; the message has the program's own words."""


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """One snapshot: its id, the instant its data are of (UTC), its host and paths.

    `made_at` is when it was made, where a log brings its data on from there.
    """

    id: str
    taken_at: datetime
    host: str = ""
    paths: tuple[str, ...] = ()
    made_at: datetime | None = None

    @property
    def made(self) -> datetime:
        """When it was made: by this instant it is kept or thinned out."""
        return self.made_at or self.taken_at


class Repository(Protocol):
    """A place backups lie in."""

    def snapshots(self) -> tuple[StoredSnapshot, ...]:
        """This function will list the snapshots, oldest first; raises RepositoryUnusable."""

    def restore(self, snapshot: str, into: Path) -> None:
        """This function will restore a snapshot into an empty folder; raises RepositoryUnusable."""

    def check(self, part: int = 1, parts: int = 1) -> str:
        """This function will read and verify every byte of the repository, or of one part of so many.

        Returns what is worth saying of one that is whole, if anything.
        Raises RepositoryDamaged when it is not whole, and RepositoryUnusable when it could not be looked at.
        """

    def archive(self) -> Holdings | None:
        """This function will list what lies there where it is an archive with a log; None where it is none.

        Raises RepositoryUnusable.
        """

    def forget(self, snapshots: Sequence[str]) -> None:
        """This function will remove these snapshots and what only they need; raises RepositoryUnusable."""


class NullRepository:
    """A repository with nothing in it."""

    def snapshots(self) -> tuple[StoredSnapshot, ...]:
        """This function will list nothing."""
        return ()

    def restore(self, snapshot: str, into: Path) -> None:
        """This function will refuse: there is nothing to restore."""
        del into
        message = f"there is no snapshot {snapshot}"
        raise RepositoryUnusable(message)

    def check(self, part: int = 1, parts: int = 1) -> str:
        """This function will find nothing wrong with nothing."""
        del part, parts
        return ""

    def archive(self) -> Holdings | None:
        """This function will say that it is no archive."""
        return None

    def forget(self, snapshots: Sequence[str]) -> None:
        """This function will remove nothing, for there is nothing."""
        del snapshots
