"""What a running collector must not forget: its batches, how far each log was read, and what it last saw.

One folder, one SQLite file (write-ahead log, every commit brought to the disk), one process at a time. A batch and
everything that was learned by making it are one transaction: after a kill at any moment they are both there or neither.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DEFAULT_STATE = Path("/var/lib/groundrules-collector")
SCHEMA = """
CREATE TABLE IF NOT EXISTS batch (
  sequence INTEGER PRIMARY KEY, previous TEXT NOT NULL, digest TEXT NOT NULL, length INTEGER NOT NULL,
  file TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('waiting', 'sent')), collected_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS batch_waiting ON batch (sequence) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS cursor (
  origin TEXT PRIMARY KEY, source TEXT NOT NULL, device INTEGER NOT NULL, inode INTEGER NOT NULL,
  offset INTEGER NOT NULL, head TEXT NOT NULL, head_length INTEGER NOT NULL, seen_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS look (
  probe TEXT PRIMARY KEY, digest TEXT NOT NULL, kinds TEXT NOT NULL, lines BLOB NOT NULL,
  told_at TEXT NOT NULL, looked_at TEXT NOT NULL, mark TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS memory (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class StateInUse(RuntimeError):
    """Another collector works in this state folder; two would break the chain. Stop that one first."""


@dataclass(frozen=True, slots=True)
class StateFolder:
    """Where a collector keeps its key, its identity and its spool."""

    path: Path

    @property
    def spool(self) -> Path:
        """The folder of finished envelopes that wait for the server."""
        return self.path / "spool"

    @property
    def key(self) -> Path:
        """The agent's secret key; made at enrolment, for its owner only, never sent."""
        return self.path / "agent.key"

    @property
    def identity(self) -> Path:
        """What the server answered at enrolment."""
        return self.path / "agent.json"

    @property
    def tree_index(self) -> Path:
        """Digests of files by their stat; only saves work, and is made anew when lost."""
        return self.path / "trees.db"

    def prepare(self) -> None:
        """This function will make the folders, for their owner only."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.spool.mkdir(mode=0o700, exist_ok=True)

    def connect(self) -> sqlite3.Connection:
        """This function will open the state, making it when it is new; transactions are begun by hand."""
        database = sqlite3.connect(self.path / "state.db", timeout=60, isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA journal_size_limit = 4194304")
        database.executescript(SCHEMA)
        return database

    @contextmanager
    def locked(self) -> Iterator[None]:
        """This function will hold the folder for one process; raises StateInUse. The kernel lets go when it dies."""
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as busy:
                message = (
                    f"{self.path}: another collector works here; stop it first (systemctl stop "
                    "groundrules-collector), or name another folder with --state"
                )
                raise StateInUse(message) from busy
            yield
        finally:
            os.close(descriptor)


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """This function will make what happens inside one step: all of it is on the disk afterwards, or nothing."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def remember(database: sqlite3.Connection, name: str, value: str) -> None:
    """This function will keep one text under a name."""
    database.execute(
        "INSERT INTO memory VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def recall(database: sqlite3.Connection, name: str) -> str:
    """This function will return what was kept under a name, or an empty text."""
    row = database.execute("SELECT value FROM memory WHERE name = ?", (name,)).fetchone()
    return row[0] if row else ""
