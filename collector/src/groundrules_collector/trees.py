"""Whole folders by digest, cheaply: every file is looked at (stat), only what looks changed is read again.

Inode, size, mtime and ctime, mode and owner of a folder's entries are kept as one text per folder; when it is the same
nothing in the folder needs a second look. Once a day everything is read all the same, because a moved clock or a raw
disk can change bytes without changing those. Memory holds one folder at a time.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import stat
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

FULL_EVERY = 86_400
SHARE = 200  # Seconds of rest for each second of work.
DIGEST_LIMIT = 64 * 1024 * 1024
BUFFER = 1 << 18
SCHEMA = """
CREATE TABLE IF NOT EXISTS folder (path TEXT PRIMARY KEY, signature BLOB NOT NULL, entries TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
# A digest of these would let somebody check a guess, or is of a secret itself: they are dated, never digested.
NEVER_DIGESTED = (
    "shadow",
    "shadow-",
    "gshadow",
    "gshadow-",
    "opasswd",
    "krb5.keytab",
    "shadow.lock",
)
PRIVATE_KEY = b"PRIVATE KEY-----"
NEVER_SUFFIXES = ("_key", ".key", ".pem.key", ".keytab", ".p12", ".pfx", ".jks")
_PACK = struct.Struct("<QQqqIII").pack
Entry = dict[str, str | int]


@dataclass(slots=True)
class Scan:
    """What a look at the trees came to: `generation` stays the same as long as nothing changed."""

    generation: str = ""
    files: int = 0
    hashed: int = 0
    problems: list[str] = field(default_factory=list)
    altered_silently: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Walk:
    """One walk in progress."""

    database: sqlite3.Connection
    root: str
    is_full: bool
    scan: Scan
    seen: set[str] = field(default_factory=set)
    changed: bool = False


def scan(index: Path, root: Path, trees: Sequence[str], *, full: bool | None = None) -> Scan:
    """This function will bring the index up to date with the trees and say whether anything changed.

    `full` None reads everything again when the last time is a day ago. An index that is damaged is made anew.
    """
    try:
        return _scanned(index, root, trees, full)
    except sqlite3.DatabaseError:
        for path in index.parent.glob(f"{index.name}*"):
            path.unlink()
        return _scanned(index, root, trees, full)


def is_due(index: Path) -> bool:
    """This function will say whether looking again now keeps the cost of looking below half a percent of a core."""
    if not index.exists():
        return True
    try:
        with closing(_opened(index)) as database:
            known = dict(database.execute("SELECT name, value FROM meta"))
    except sqlite3.DatabaseError:
        return True  # Damaged: the look makes it anew.
    passed = time.time() - float(known.get("looked_at", 0))
    return not 0 <= passed < SHARE * float(known.get("cost", 0))


def listed(index: Path) -> Iterator[tuple[str, Entry]]:
    """This function will yield every file of the index with its digest, mode, owner and change time, in path order."""
    with closing(_opened(index)) as database:
        for folder, entries in database.execute("SELECT path, entries FROM folder ORDER BY path"):
            for name, entry in json.loads(entries).items():
                yield f"{folder}/{name}", entry


def _opened(index: Path) -> sqlite3.Connection:
    database = sqlite3.connect(index, isolation_level=None)
    # Only a cache: after a power cut it is at worst made anew.
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    database.executescript(SCHEMA)
    return database


def _scanned(index: Path, root: Path, trees: Sequence[str], full: bool | None) -> Scan:  # noqa: FBT001 - one fact
    with closing(_opened(index)) as database:
        known = dict(database.execute("SELECT name, value FROM meta"))
        age = time.time() - float(known.get("full_at", 0))
        is_full = not 0 <= age < FULL_EVERY if full is None else full
        found = Scan()
        started = time.thread_time()
        walk = _Walk(database, str(root).rstrip("/"), is_full, found)
        database.execute("BEGIN")
        for tree in trees:
            _walk_tree(walk, walk.root + "/" + tree.strip("/"))
        _forget(walk)
        found.generation = known.get("generation", "")
        if walk.changed or not found.generation:
            found.generation = os.urandom(8).hex()
            _keep(database, "generation", found.generation)
        if is_full:
            _keep(database, "full_at", str(int(time.time())))
        _keep(database, "looked_at", str(time.time()))
        _keep(database, "cost", str(time.thread_time() - started))
        database.execute("COMMIT")
        return found


def _keep(database: sqlite3.Connection, name: str, value: str) -> None:
    database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def _walk_tree(walk: _Walk, top: str) -> None:
    try:
        device = os.stat(top).st_dev  # noqa: PTH116 - a text path: this loop is the cost of the scan
    except FileNotFoundError:
        return
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            folders.extend(_look(walk, folder, device))
        except FileNotFoundError:
            continue  # Removed while we walked: its parent tells next time.
        except OSError as error:
            walk.scan.problems.append(f"{folder[len(walk.root) :]}: {error.strerror or error}")


def _look(walk: _Walk, folder: str, device: int) -> list[str]:
    """Compares one folder with what is kept of it and returns the folders in it."""
    deeper: list[str] = []
    statuses: dict[str, os.stat_result] = {}
    pieces: list[bytes] = []
    with os.scandir(folder) as found:
        entries = sorted(found, key=_name)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            deeper.append(entry.path)
            continue
        status = entry.stat(follow_symlinks=False)
        statuses[entry.name] = status
        pieces.append(os.fsencode(entry.name) + b"\0" + _packed(status))
    walk.scan.files += len(statuses)
    signature = b"".join(pieces)
    shown = folder[len(walk.root) :]
    walk.seen.add(shown)
    row = walk.database.execute(
        "SELECT signature, entries FROM folder WHERE path = ?", (shown,)
    ).fetchone()
    if row is None or row[0] != signature or walk.is_full:
        _read_again(walk, shown, statuses, signature, row)
    return [path for path in deeper if os.lstat(path).st_dev == device]


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _packed(status: os.stat_result) -> bytes:
    return _PACK(
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_mode,
        status.st_uid,
        status.st_gid,
    )


def _read_again(
    walk: _Walk,
    folder: str,
    statuses: dict[str, os.stat_result],
    signature: bytes,
    row: tuple[bytes, str] | None,
) -> None:
    before = json.loads(row[1]) if row else {}
    old = _by_name(row[0]) if row else {}
    entries: dict[str, Entry] = {}
    for name, status in statuses.items():
        same = name in before and old.get(name) == _packed(status)
        if same and not walk.is_full:
            entries[name] = before[name]
            continue
        described = _described(walk, f"{walk.root}{folder}/{name}", name, status)
        if described is None:
            continue
        if same and described != before[name]:
            walk.scan.altered_silently.append(f"{folder}/{name}")
        entries[name] = described
    if row is None or entries != before or row[0] != signature:
        walk.changed = walk.changed or entries != before
        walk.database.execute(
            "INSERT OR REPLACE INTO folder VALUES (?, ?, ?)",
            (folder, signature, json.dumps(entries, separators=(",", ":"))),
        )


def _by_name(signature: bytes) -> dict[str, bytes]:
    width = struct.calcsize("<QQqqIII")
    found: dict[str, bytes] = {}
    at = 0
    while at < len(signature):
        end = signature.index(b"\0", at)
        found[os.fsdecode(signature[at:end])] = signature[end + 1 : end + 1 + width]
        at = end + 1 + width
    return found


def _described(walk: _Walk, path: str, name: str, status: os.stat_result) -> Entry | None:
    entry: Entry = {
        "mode": f"{stat.S_IMODE(status.st_mode):04o}",
        "owner": f"{status.st_uid}:{status.st_gid}",
        "changed": status.st_ctime_ns // 1_000_000_000,
    }
    try:
        if stat.S_ISLNK(status.st_mode):
            entry["link"] = os.readlink(path)  # noqa: PTH115 - a text path, as above
        elif stat.S_ISREG(status.st_mode):
            entry |= _digested(walk, path, name, status)
        else:
            return None  # Sockets, pipes and devices hold no configuration.
    except FileNotFoundError:
        return None
    except OSError as error:
        walk.scan.problems.append(f"{path[len(walk.root) :]}: {error.strerror or error}")
    return entry


def _digested(walk: _Walk, path: str, name: str, status: os.stat_result) -> Entry:
    if name in NEVER_DIGESTED or name.endswith(NEVER_SUFFIXES) or "/private/" in path:
        return {}
    if status.st_size > DIGEST_LIMIT:
        return {"size": str(status.st_size)}
    walk.scan.hashed += 1
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a text path, as above
        if status.st_size > BUFFER:
            return {"sha256": hashlib.file_digest(file, "sha256", _bufsize=BUFFER).hexdigest()}
        raw = file.read(BUFFER + 1)
        return {} if PRIVATE_KEY in raw else {"sha256": hashlib.sha256(raw).hexdigest()}


def _forget(walk: _Walk) -> None:
    gone = [
        (path,)
        for (path,) in walk.database.execute("SELECT path FROM folder")
        if path not in walk.seen
    ]
    if gone:
        walk.changed = True
        walk.database.executemany("DELETE FROM folder WHERE path = ?", gone)
