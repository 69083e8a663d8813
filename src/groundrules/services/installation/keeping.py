"""One file that keeps the installation: every row, the store, documents, mail, keys and settings, with checksums.

The database is read first, as it is at one instant, and the files after it: what a row names was on the disk before the
row was written. The log's tiles are left out: they are calculated again from the leaves and proven by the signed roots.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import zstandard
from django.conf import settings
from django.db import connection

from groundrules.core.reasons import counted
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.database import UNFINISHED
from groundrules.services.installation.databases import applied, snapshot
from groundrules.services.installation.rows import Table, Tally, batches, line_of, tables
from groundrules.services.installation.settings_kept import settings_told
from groundrules.services.long_runs import Tell, long_run
from groundrules.services.storage import segments_place
from groundrules.store.archive import ArchiveExists, FileChanged, Writing, is_unfinished, writing

FORMAT, FORMAT_VERSION = "groundrules-installation", 1
ENDING = ".grbackup"
_LEVEL = 6
_SPARE = 64 << 20
_TEMPORARY = ".incoming-"
_DERIVED = {"seal", "segments", "exports"}


class NoRoom(OSError):
    """The disk the backup is to lie on is too full for it."""


class FolderMissing(FileNotFoundError):
    """The folder a backup is to be written into is not there."""


@dataclass(slots=True)
class Kept:
    """What a backup holds, and what it could not hold."""

    file: Path
    length: int = 0
    digest: str = ""
    rows: int = 0
    files: int = 0
    remarks: list[str] = field(default_factory=list)


def file_name(at: datetime) -> str:
    """This function will return what a backup of that instant is called."""
    return f"groundrules-{at:%Y%m%dT%H%M%SZ}{ENDING}"


def keep(
    target: Path, *, actor: Actor, at: datetime, tell: Tell = lambda _done, _what: None
) -> Kept:
    """This function will write everything of the installation into one new file. Owners only; writers go on meanwhile.

    Raises NotAllowed, ArchiveExists, FolderMissing, NoRoom or RunStopped; then, as after a kill, there is no file.
    """
    require(actor)
    target = target.resolve()
    _check_target(target)
    what = f"backup {target.name}"
    with long_run(what, actor=actor, at=at, tell=tell) as telling:
        kept = write_backup(target, at, telling)
    note_backup(kept, actor=actor, at=at)
    return kept


def write_backup(target: Path, at: datetime, tell: Tell) -> Kept:
    """This function will write the file; it gets its name when it is whole, or never. Raises as `keep`."""
    _check_target(target)
    kept = Kept(target)
    with writing(target) as archive:
        manifest = _write(archive, kept, at, tell)
        kept.digest = archive.seal(manifest)
    kept.length = target.stat().st_size
    return kept


def file_for(said: Path, at: datetime) -> Path:
    """This function will return the file a folder or a file's name means; raises FolderMissing.

    A folder that is not there (not mounted, mistyped) must not become a file of its name: the next night would fail.
    """
    if said.is_dir():
        return said / file_name(at)
    if said.suffix != ENDING:
        message = (
            f"there is no folder {said}; make or mount it, on another disk than the books lie on, or name a file "
            f"that ends in {ENDING}"
        )
        raise FolderMissing(message)
    return said


def _check_target(target: Path) -> None:
    if not target.parent.is_dir():
        message = f"there is no folder {target.parent}; make it first, on another disk than the books lie on"
        raise FolderMissing(message)
    if target.exists():
        message = f"{target} is there already; name another file"
        raise ArchiveExists(message)
    _refuse_without_room(target.parent)


def note_backup(kept: Kept, *, actor: Actor, at: datetime) -> None:
    """This function will write into the audit book that a backup was made."""
    target = kept.file
    says = f"backup {target.name}: {counted(kept.rows, 'row')}, {counted(kept.files, 'file')}, {kept.length} bytes"
    details = {
        "file": str(target),
        "manifest": kept.digest,
        "bytes": kept.length,
        "rows": kept.rows,
    }
    entry = audit.Entry(
        "installation.backup", target.name, says, details={**details, "remarks": kept.remarks}
    )
    audit.record(entry, actor=actor, at=at)


def _write(archive: Writing, kept: Kept, at: datetime, tell: Tell) -> dict[str, Any]:
    with snapshot() as alias:
        migrations = applied(alias)
        told = [_write_table(archive, table, alias, tell) for table in tables()]
    of_database = archive.members
    kept.rows = sum(one["rows"] for one in told)
    _write_segments(archive, kept, tell)
    _write_files(archive, kept, tell)
    _note_bucket(kept)
    config = (
        Path(settings.GROUNDRULES_SETTINGS_FILE) if settings.GROUNDRULES_SETTINGS_FILE else None
    )
    if config is not None:
        archive.add_file("configuration/groundrules.toml", config)
    kept.files = archive.members - of_database
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "groundrules": version("groundrules"),
        "made_at": at.isoformat(),
        "database": connection.vendor,
        "migrations": [list(one) for one in migrations],
        "tables": told,
        "settings": settings_told(),
        "remarks": kept.remarks,
    }


def _write_table(archive: Writing, table: Table, alias: str, tell: Tell) -> dict[str, Any]:
    tally, packer = Tally(), zstandard.ZstdCompressor(level=_LEVEL)
    for number, rows in enumerate(batches(table.read(alias))):
        tally.add(rows)
        lines = b"".join(line_of(row) for row in rows)
        archive.add(f"database/{table.name}/{number:06d}.jsonl.zst", packer.compress(lines))
        tell(tally.rows, table.name)
    return {
        "name": table.name,
        "columns": list(table.columns),
        "rows": tally.rows,
        "digest": tally.digest,
    }


def _write_segments(archive: Writing, kept: Kept, tell: Tell) -> None:
    place = segments_place()
    if not place.is_local:
        kept.remarks.append(
            "segments of raw events rest in a bucket and are not in this file; the bucket is kept by its own means"
        )
        return
    base = Path(place.base)
    for path in _files_below(base, set(), kept):
        _add(archive, f"segments/{path.relative_to(base).as_posix()}", path, kept)
        tell(archive.members, "segments")


def _note_bucket(kept: Kept) -> None:
    if settings.GROUNDRULES_EVIDENCE_URL:
        kept.remarks.append(
            "raw evidence rests in a bucket and is not in this file; the bucket is kept by its own means"
        )


def _write_files(archive: Writing, kept: Kept, tell: Tell) -> None:
    data = Path(settings.GROUNDRULES_DATA)
    for path in _files_below(data, _left_out(data), kept):
        _add(archive, f"data/{path.relative_to(data).as_posix()}", path, kept)
        tell(archive.members, "files")


def _left_out(data: Path) -> set[Path]:
    """What is the database itself (or was, before a move), is derived, or is on its way in."""
    books = Path(str(connection.settings_dict["NAME"])).resolve()
    of_database = {
        file.with_name(file.name + end)
        for file in (books, data / "groundrules.sqlite3")
        for end in ("", "-wal", "-shm", "-journal")
    }
    named = {data / name for name in (*_DERIVED, UNFINISHED, "groundrules.toml")}
    return {*of_database, *named, data / "evidence" / "incoming"}


def _files_below(folder: Path, left_out: set[Path], kept: Kept) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if Path(here, one) not in left_out)
        for name in sorted(names):
            path = Path(here, name)
            if path in left_out or is_temporary(name):
                continue
            if path.is_symlink() or not path.is_file() or not name.isprintable() or "\\" in name:
                kept.remarks.append(f"{str(path)!a} is no ordinary file and is not in this file")
                continue
            yield path


def is_temporary(name: str) -> bool:
    """This function will say whether a file is on its way in or out, or a backup itself."""
    return name.startswith(_TEMPORARY) or is_unfinished(name) or name.endswith(ENDING)


def _add(archive: Writing, name: str, path: Path, kept: Kept) -> None:
    try:
        archive.add_file(name, path)
    except FileNotFoundError:
        kept.remarks.append(f"{name} was removed while the backup ran")


def _refuse_without_room(folder: Path) -> None:
    """A file that cannot fit is not begun: rows pack to less than they take in the database, files stay as they are."""
    data = Path(settings.GROUNDRULES_DATA)
    needed = sum(sizes_of_files(data).values()) + _SPARE
    found = os.statvfs(folder)
    free = found.f_bavail * found.f_frsize
    if free < needed:
        message = (
            f"{folder} has {free >> 20} MiB left and the backup may need {needed >> 20} MiB; make room there, or "
            "name a folder on another disk"
        )
        raise NoRoom(message)


def sizes_of_files(folder: Path) -> Counter[str]:
    """This function will add up what lies below a folder, by the first part of its name."""
    sizes: Counter[str] = Counter()
    for here, folders, names in os.walk(folder):
        if Path(here) == folder:
            folders[:] = [one for one in folders if one != "seal"]
        for name in names:
            path = Path(here, name)
            if not is_temporary(name) and path.is_file():
                first = path.relative_to(folder).parts[0]
                sizes[first] += path.stat().st_size
    return sizes


__all__ = [
    "ArchiveExists",
    "FileChanged",
    "FolderMissing",
    "Kept",
    "NoRoom",
    "file_for",
    "file_name",
    "keep",
    "sizes_of_files",
]
