"""Finished envelopes that wait for the server, in one unbroken chain: each cites the digest of the one before.

A waiting batch is never dropped. When the spool is full nothing more is collected until the server has taken some; the
logs wait on the host meanwhile, and the next batch says from when to when nobody looked.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from groundrules_collector.gather import sync_folder, write_whole
from groundrules_collector.state import StateFolder, transaction
from groundrules_wire import Fact, Manifest, encode, unpack

KEPT_ROWS = 1_000
COLUMNS = "sequence, previous, digest, length, file, collected_at"


class SpoolFull(OSError):
    """As much waits for the server as the spool may hold; nothing was added and nothing was dropped."""


class ChainMoved(OSError):
    """The newest batch was chained anew while another was being made; that one is made again at the next look."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One finished envelope: its place in the stream, the SHA-256 of its bytes, and its file in the spool."""

    sequence: int
    previous: str
    digest: str
    length: int
    file: str
    collected_at: str


@dataclass(frozen=True, slots=True)
class Spool:
    """The batches of one agent; `limit` is in bytes."""

    folder: StateFolder
    database: sqlite3.Connection
    limit: int

    def last(self) -> Batch | None:
        """This function will return the newest batch, sent or not; None before the first."""
        return self._one("ORDER BY sequence DESC LIMIT 1")

    def oldest_waiting(self) -> Batch | None:
        """This function will return the batch that is next to be sent."""
        return self._one("WHERE state = 'waiting' ORDER BY sequence LIMIT 1")

    def at(self, sequence: int) -> Batch | None:
        """This function will return one batch by its number, if it is still known."""
        return self._one("WHERE sequence = ?", sequence)

    def waiting(self) -> tuple[int, int]:
        """This function will count the batches that wait, and their bytes."""
        row = self.database.execute(
            "SELECT count(*), coalesce(sum(length), 0) FROM batch WHERE state = 'waiting'"
        ).fetchone()
        return int(row[0]), int(row[1])

    def body(self, batch: Batch) -> Path:
        """This function will name the file that holds a batch."""
        return self.folder.spool / batch.file

    def require_room(self, length: int) -> None:
        """This function will refuse when that many bytes more are too many; raises SpoolFull."""
        count, used = self.waiting()
        if used + length > self.limit:
            message = f"{count} batches ({used} bytes) wait for the server and the spool may hold {self.limit}"
            raise SpoolFull(message)

    def add(
        self, manifest: Manifest, chunks: Iterable[bytes], learned: Callable[[], None]
    ) -> Batch:
        """This function will add a batch and what was `learned` by making it, both or neither; raises OSError.

        The manifest's sequence and previous must follow the newest batch.
        """
        name = f"{manifest.sequence:012d}.envelope"
        target = self.folder.spool / name
        digest = write_whole(target, chunks)
        batch = Batch(
            manifest.sequence,
            manifest.previous,
            digest,
            target.stat().st_size,
            name,
            manifest.collected_at,
        )
        try:
            with transaction(self.database):
                self._require_next(batch)
                self._insert(batch)
                learned()
        except ChainMoved:
            target.unlink()
            raise
        except sqlite3.OperationalError as error:
            target.unlink()
            message = f"the state cannot be written: {error}"
            raise OSError(message) from error
        return batch

    def _require_next(self, batch: Batch) -> None:
        last = self.last()
        if last is not None and (last.sequence + 1, last.digest) != (
            batch.sequence,
            batch.previous,
        ):
            message = (
                f"batch {batch.sequence} no longer follows the newest; the next look makes another"
            )
            raise ChainMoved(message)

    def mark_sent(self, up_to: int) -> None:
        """This function will note that the server has everything up to a number, and free its files."""
        done = self.database.execute(
            "SELECT file FROM batch WHERE state = 'waiting' AND sequence <= ?", (up_to,)
        ).fetchall()
        try:
            self._note_sent(up_to)
        except sqlite3.OperationalError:
            # A full disk: the server has these, so their own room is what the note can be written in.
            self._free(done)
            self._note_sent(up_to)
        self._free(done)

    def _note_sent(self, up_to: int) -> None:
        with transaction(self.database):
            self.database.execute("UPDATE batch SET state = 'sent' WHERE sequence <= ?", (up_to,))
            self.database.execute("DELETE FROM batch WHERE sequence <= ?", (up_to - KEPT_ROWS,))

    def _free(self, files: Iterable[tuple[str]]) -> None:
        for (file,) in files:
            with suppress(FileNotFoundError):
                (self.folder.spool / file).unlink()

    def clear_unfinished(self) -> None:
        """This function will clear away files that a kill left without a row: nothing was ever promised about them."""
        wanted = {batch.file for batch in self._waiting()}
        for path in self.folder.spool.iterdir():
            if path.name not in wanted:
                path.unlink()

    def damaged(self) -> Iterator[Batch]:
        """This function will yield the waiting batches whose bytes on the disk are not those that were written."""
        for batch in self._waiting():
            try:
                with self.body(batch).open("rb") as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()
            except FileNotFoundError:
                found = "nothing"
            if found != batch.digest:
                yield batch

    def give_up(self, bad: Collection[int], reason: str, plain: Manifest) -> None:
        """This function will put an empty envelope with a gap fact in the place of waiting batches that cannot be sent.

        The batches after them are chained anew (the server has none of them), and their bytes, if any, are kept in
        `held/`. `plain` is a manifest of this host without parts.
        """
        changed: list[tuple[Batch, Batch]] = []
        previous = None
        for batch in self._waiting():
            if previous is None and batch.sequence not in bad:
                continue
            cited = batch.previous if previous is None else previous
            written = replace(batch, previous=cited, file=f"{batch.file}.anew")
            why = reason if batch.sequence in bad else ""
            chunks = self._chained(batch, cited, replace(plain, sequence=batch.sequence), why)
            digest = write_whole(self.body(written), chunks)
            length = self.body(written).stat().st_size
            changed.append((batch, replace(written, digest=digest, length=length)))
            previous = digest
        with transaction(self.database):
            for _, new in changed:
                self._insert(new)
        self._set_aside(old for old, _ in changed)

    def _chained(self, batch: Batch, previous: str, plain: Manifest, why: str) -> Iterator[bytes]:
        """One batch's bytes with another `previous`; an empty one with the reason when it is given up."""
        raw = b"" if why else self.body(batch).read_bytes()
        if not why:
            envelope = unpack(raw)
            payloads = ([envelope.payload(part)] for part in envelope.manifest.parts)
            return encode(replace(envelope.manifest, previous=previous), payloads)
        before = self.at(batch.sequence - 1)
        details = {"reason": why, "digest": batch.digest, "bytes": str(batch.length)}
        gap = Fact("gap", before.collected_at if before else "", batch.collected_at, details)
        told = replace(plain, previous=previous, collected_at=batch.collected_at, facts=(gap,))
        return encode(told, ())

    def _set_aside(self, batches: Iterable[Batch]) -> None:
        held = self.folder.path / "held"
        held.mkdir(mode=0o700, exist_ok=True)
        for batch in batches:
            with suppress(FileNotFoundError):
                self.body(batch).replace(
                    held / f"{batch.sequence:012d}-{batch.digest[:16]}.envelope"
                )
        sync_folder(self.folder.spool)

    def _insert(self, batch: Batch) -> None:
        self.database.execute(
            f"INSERT OR REPLACE INTO batch ({COLUMNS}, state) VALUES (?, ?, ?, ?, ?, ?, 'waiting')",  # noqa: S608 - fixed names
            astuple(batch),
        )

    def _waiting(self) -> list[Batch]:
        rows = self.database.execute(
            f"SELECT {COLUMNS} FROM batch WHERE state = 'waiting' ORDER BY sequence"  # noqa: S608 - fixed names
        )
        return [Batch(*row) for row in rows]

    def _one(self, which: str, *values: int) -> Batch | None:
        row = self.database.execute(
            f"SELECT {COLUMNS} FROM batch {which}",  # noqa: S608 - fixed texts of this module
            values,
        ).fetchone()
        return Batch(*row) if row else None
