"""Files that long runs make to be fetched: they lie in the data folder of the machine that made them, for a day."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree

from django.conf import settings

from groundrules.records.models import LongRun, Role
from groundrules.services.actor import Actor, require

EXPORT, DOCUMENTS = "export", "documents"
KEPT_FOR = timedelta(days=1)
UNFINISHED = ".unfinished-"
_PRIVATE = 0o700
# Who may fetch what beside owners, whoever asked for it.
_ROLES: Mapping[str, tuple[Role, ...]] = {EXPORT: (), DOCUMENTS: (Role.ACCOUNTANT,)}


class NotHere(LookupError):
    """The file lies on another machine, or was removed, or the run made none."""


def folder_for_files() -> Path:
    """This function will return the folder files are made in; only the worker's own user reads it."""
    folder = Path(settings.GROUNDRULES_DATA) / "exports"
    folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
    return folder


def place_of(path: Path) -> dict[str, str]:
    """This function will return what a run keeps of a file that it made."""
    return {"file": path.name, "folder": str(path.parent), "host": socket.gethostname()}


def made_file(run: LongRun, *, actor: Actor) -> Path:
    """This function will return the file a run made; raises NotAllowed and NotHere."""
    require(actor, *_ROLES.get(run.kind, ()))
    if run.kind not in _ROLES or run.outcome != LongRun.DONE:
        message = f"{run.what} made no file"
        raise NotHere(message)
    path = folder_for_files() / str(run.came["file"])
    if not path.is_file():
        place = f"{run.came['host']} in {run.came['folder']}"
        message = f"the file lies on {place}, or was removed after a day; have it made anew"
        raise NotHere(message)
    return path


def forget_files(at: datetime) -> int:
    """This function will remove files of this machine that are older than a day: they hold people's data."""
    before = (at - KEPT_FOR).timestamp()
    old = [path for path in folder_for_files().glob("*") if path.stat().st_mtime < before]
    for path in old:
        if path.is_dir():
            rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(old)
