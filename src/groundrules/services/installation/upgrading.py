"""Before and during an upgrade: what waits, what it needs, and whether there is a way back."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection

from groundrules.records.models import Pulse
from groundrules.services import pulses
from groundrules.services.database import between_forms, migrate, unapplied, unfinished
from groundrules.services.installation.bringing_back import read_manifest
from groundrules.services.long_runs import Tell

_FRESH = timedelta(hours=24)
_ROOM = 2


class NoWayBack(RuntimeError):
    """An upgrade without a backup to go back to is refused."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an upgrade would do, and what speaks against doing it now."""

    version: str
    waiting: tuple[str, ...]
    notes: tuple[str, ...]
    against: tuple[str, ...]


def look_ahead(at: datetime) -> Outlook:
    """This function will say what an upgrade would do here; it changes nothing."""
    waiting = unapplied()
    against = [one for one in (unfinished(), between_forms()) if one]
    notes: list[str] = []
    size = _books_size()
    if waiting and connection.vendor == "sqlite":
        free = shutil.disk_usage(settings.GROUNDRULES_DATA).free
        if free < _ROOM * size:
            against.append(
                f"{free >> 20} MiB are free and the database alone has {size >> 20}: make room first"
            )
        notes.append(f"the database has {size >> 20} MiB; tables that change are written anew")
    if not waiting:
        notes.append("the database is of this version; nothing waits")
    if waiting and _is_there(Pulse) and pulses.living(at):
        against.append(
            "programs of this installation run; stop groundrules-web and groundrules-worker first"
        )
    notes.append("going back means restoring the backup: a migrated database is not migrated back")
    return Outlook(version("groundrules"), waiting, tuple(notes), tuple(against))


def _books_size() -> int:
    file = Path(str(connection.settings_dict["NAME"]))
    return file.stat().st_size if connection.vendor == "sqlite" and file.is_file() else 0


def _is_there(kind: type[Pulse]) -> bool:
    return kind._meta.db_table in connection.introspection.table_names()


def upgrade(backup: Path, at: datetime, tell: Tell = lambda _done, _what: None) -> int:
    """This function will migrate, when `backup` is a whole backup of today, and return how many migrations ran.

    Raises NoWayBack, ArchiveDamaged or NotOurs, and then nothing was changed; GuardsMissing afterwards.
    """
    tell(0, f"reading {backup.name}")
    manifest = read_manifest(backup)
    age = at - datetime.fromisoformat(manifest["made_at"])
    if age > _FRESH:
        message = (
            f"{backup} is of {manifest['made_at']}: what came since would be lost on the way back; make one now with "
            "the version that made these books: groundrules installation backup --to FOLDER"
        )
        raise NoWayBack(message)
    return migrate()
