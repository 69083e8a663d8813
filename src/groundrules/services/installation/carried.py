"""Exports and backups made by a worker. Each is one piece, read as of one instant: whoever takes over begins it anew.

An export lies in the worker's data folder for a day, to be fetched by the browser; a backup where its command said.
"""

from __future__ import annotations

import socket
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Any

from groundrules.core.reasons import counted
from groundrules.records.models import LongRun
from groundrules.services.actor import Actor, require
from groundrules.services.installation.handing_out import (
    FORMS,
    HandedOut,
    note_handed_out,
    write_books,
)
from groundrules.services.installation.keeping import Kept, note_backup, write_backup
from groundrules.services.long_runs import NOTHING_KEPT, Tell, Wanted, ask
from groundrules.services.long_runs.steps import Kind, Place, Step, Work, stays
from groundrules.services.long_runs.task import LAST
from groundrules.services.made_files import EXPORT, UNFINISHED, folder_for_files, place_of
from groundrules.store.archive import ArchiveExists

BACKUP = "backup"
_PRIVATE = 0o700


class FormUnknown(ValueError):
    """The books are handed out in no such form."""


@dataclass(frozen=True, slots=True)
class _Made:
    """What was made: how many rows of each table, or what the backup holds."""

    rows: Mapping[str, int]
    file: Path
    kept: Kept | None = None


def export_later(form: str, *, actor: Actor, at: datetime) -> LongRun:
    """This function will let a worker hand out every book and card as one zip. Owners only; raises FormUnknown."""
    require(actor)
    if form not in FORMS:
        message = f"the books are handed out as {' or '.join(FORMS)}, not as {form or 'nothing'}"
        raise FormUnknown(message)
    return ask(
        Wanted(EXPORT, f"export the books ({form})", {"form": form}, LAST), actor=actor, at=at
    )


def backup_later(target: Path, *, actor: Actor, at: datetime) -> LongRun:
    """This function will let a worker write a backup into a file, which it must be allowed to. Owners only."""
    require(actor)
    asked = {"target": str(target.resolve())}
    return ask(Wanted(BACKUP, f"backup {target.name}", asked, LAST), actor=actor, at=at)


def _begin_export(run: LongRun, actor: Actor) -> Work:
    require(actor)
    return Exporting(run, actor)


def _begin_backup(run: LongRun, actor: Actor) -> Work:
    require(actor)
    return BackingUp(run, actor)


class _Whole:
    """What is made in one piece, and kept or not."""

    def __init__(self, run: LongRun, actor: Actor) -> None:
        self._run, self._actor = run, actor

    def back_out(self, place: Place, by: str, at: datetime) -> Step:
        """This function will keep nothing."""
        del at
        return stays(place, by, done=0, kept=NOTHING_KEPT)


class Exporting(_Whole):
    """Every book and card in one zip."""

    def prepare(self, place: Place, at: datetime, tell: Tell) -> object:
        """This function will write the tables as of one instant and pack them; the zip is named when it is whole."""
        del place
        form = self._run.asked["form"]
        name = f"groundrules-books-{self._run.pk}-{form}.zip"
        folder = folder_for_files()
        beside = folder / f"{UNFINISHED}{self._run.pk}"
        rmtree(beside, ignore_errors=True)
        beside.mkdir(mode=_PRIVATE)
        try:
            rows = write_books(beside, form, at, tell)
            packed = folder / f"{UNFINISHED}{name}"
            _pack(beside, packed, tell)
            packed.rename(folder / name)
        finally:
            rmtree(beside, ignore_errors=True)
        return _Made(rows, folder / name)

    def step(self, place: Place, prepared: object, at: datetime) -> Step:
        """This function will put the export on record."""
        made = _made(prepared)
        done = HandedOut(made.file, dict(made.rows))
        note_handed_out(done, self._run.asked["form"], actor=self._actor, at=at)
        length = made.file.stat().st_size
        rows = sum(made.rows.values())
        says = (
            f"{counted(rows, 'row')} in {counted(len(made.rows), 'file')}, {length:,} bytes as zip"
        )
        return Step(place, rows, says, over=LongRun.DONE, came=place_of(made.file))


class BackingUp(_Whole):
    """The installation in one file."""

    def prepare(self, place: Place, at: datetime, tell: Tell) -> object:
        """This function will write the file."""
        del place
        target = Path(self._run.asked["target"])
        return _Made({}, target, write_backup(target, at, tell))

    def step(self, place: Place, prepared: object, at: datetime) -> Step:
        """This function will put the backup on record."""
        made = _made(prepared)
        kept = made.kept or Kept(made.file)
        note_backup(kept, actor=self._actor, at=at)
        says = f"{kept.file}: {counted(kept.rows, 'row')}, {counted(kept.files, 'file')}, {kept.length:,} bytes"
        told: dict[str, Any] = {
            **asdict(kept),
            "file": str(kept.file),
            "host": socket.gethostname(),
        }
        return Step(place, kept.rows, says, over=LongRun.DONE, came=told)


def _made(prepared: object) -> _Made:
    if not isinstance(prepared, _Made):
        message = "nothing was made"
        raise TypeError(message)
    return prepared


def _pack(folder: Path, target: Path, tell: Tell) -> None:
    """Packs every file of a folder into one zip that only its owner reads."""
    target.touch(mode=0o600)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, path in enumerate(sorted(folder.iterdir()), start=1):
            packed.write(path, path.name)
            tell(number, "files packed")


EXPORTED = Kind(_begin_export, (FormUnknown,))
BACKED_UP = Kind(_begin_backup, (ArchiveExists, OSError))
