"""Whether what must be kept can be written now: in the data folder, and on the disk of the database.

Supervisors ask every few seconds and in every process, so a few kilobytes are tried, and what was seen holds a while.
"""

from __future__ import annotations

import errno
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from groundrules.services.waiting import why_it_waits

_HOLDS_SECONDS = 10.0
_TRIED = bytes(64 << 10)
# A sort too large for its memory is written to the disk of PostgreSQL: no table grows, and nothing is left of it.
_SMALL_MEMORY = "SET LOCAL work_mem = '64kB'"
_USUAL_DISK = "SET LOCAL temp_tablespaces = ''"
_SPILL = "SELECT count(*) FROM generate_series(1, 20000)"
_IS_READ_ONLY = "SHOW transaction_read_only"
_WHY = {
    errno.EROFS: "the disk can only be read",
    errno.EACCES: "its user may not write there",
    errno.EPERM: "its user may not write there",
    errno.ENOENT: "it is not there",
}


@dataclass(slots=True)
class Seen:
    """What was seen last, for which folder and database, and until when it is taken as still so."""

    of: tuple[str, str] = ("", "")
    until: float = 0.0
    says: str = ""


_seen = Seen()


def unwritable(now: float) -> str:
    """This function will say what cannot be written, without naming any place; empty when all can be.

    `now` is seconds of a clock that never goes back; the disk is asked at most every ten of them.
    """
    of = (str(settings.GROUNDRULES_DATA), str(connection.settings_dict["NAME"]))
    if of != _seen.of or now >= _seen.until:
        _seen.of, _seen.says, _seen.until = of, asked_unwritable(), now + _HOLDS_SECONDS
    return _seen.says


def asked_unwritable() -> str:
    """This function will ask the disks themselves what `unwritable` tells."""
    if why := _why_not_in(Path(settings.GROUNDRULES_DATA)):
        return f"nothing can be written to the data folder: {why}"
    why = _why_not_in_postgresql() if connection.vendor == "postgresql" else _why_not_in_sqlite()
    return f"nothing can be written to the database: {why}" if why else ""


def _why_not_in(folder: Path) -> str:
    """A file without a name is written out and gone when closed, also when this process is killed at it."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(_TRIED)
            os.fsync(file.fileno())
    except OSError as problem:
        waits = why_it_waits(problem)
        return waits.why if waits else _WHY.get(problem.errno or 0, "the disk refuses")
    return ""


def _why_not_in_sqlite() -> str:
    file = Path(str(connection.settings_dict["NAME"]))
    if not file.exists():
        return ""  # In memory, or not made yet, which another question is about.
    if not os.access(file, os.W_OK):
        return _WHY[errno.EACCES]
    return "" if file.parent == Path(settings.GROUNDRULES_DATA) else _why_not_in(file.parent)


def _why_not_in_postgresql() -> str:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_IS_READ_ONLY)
            if cursor.fetchone() == ("on",):
                return "it is a copy that can only be read, or was set to be"
            for asked in (_SMALL_MEMORY, _USUAL_DISK, _SPILL):
                cursor.execute(asked)
    except DatabaseError as problem:
        waits = why_it_waits(problem)
        return waits.why if waits else "it refuses"
    return ""
