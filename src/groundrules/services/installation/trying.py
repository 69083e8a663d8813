"""A backup tried out: brought back into a scratch folder by a program of its own, verified there, and removed."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from groundrules.gateways.own_program import run_aside
from groundrules.services import audit
from groundrules.services.actor import ENGINE
from groundrules.services.database import not_ready
from groundrules.services.installation.bringing_back import BroughtBack, read_manifest
from groundrules.services.installation.keeping import NoRoom
from groundrules.services.storage import segments_place

_TIMES = 4


class RestoreFailed(RuntimeError):
    """The backup could not be brought back, even aside."""


def told(back: BroughtBack) -> dict[str, Any]:
    """This function will tell what came back, as data."""
    return {
        "made_at": back.manifest["made_at"],
        "groundrules": back.manifest["groundrules"],
        "rows": back.rows,
        "tables": len(back.manifest["tables"]),
        "files": back.files,
        "checked": dict(back.report.checked),
        "findings": [one.sentence for one in back.report.findings],
        "notes": [*back.notes, *back.report.notes],
    }


def try_restore(file: Path, *, at: datetime) -> Mapping[str, Any]:
    """This function will restore a backup aside, on SQLite, and return what was found; the books here note it.

    Raises ArchiveDamaged, NotOurs, NoRoom or RestoreFailed.
    """
    manifest = read_manifest(file)
    file = file.resolve()
    with tempfile.TemporaryDirectory(prefix="groundrules-restore-") as scratch:
        _refuse_without_room(file, Path(scratch))
        number, said, problem = run_aside(
            ["installation", "restore", str(file), "--json"], _surroundings(Path(scratch))
        )
        try:
            found: dict[str, Any] = json.loads(said)
        except ValueError as cut:
            message = f"{file} could not be restored (exit {number}): {problem.strip()[-600:]}"
            raise RestoreFailed(message) from cut
    _note_it(file, manifest, found, at)
    return found


def _surroundings(scratch: Path) -> dict[str, str]:
    """Nothing of this installation's settings but where its buckets are, when evidence or segments rest in some."""
    return {
        "GROUNDRULES_DATA": str(scratch / "data"),
        "GROUNDRULES_EVIDENCE_URL": settings.GROUNDRULES_EVIDENCE_URL,
        "GROUNDRULES_SEGMENTS_URL": ""
        if segments_place().is_local
        else settings.GROUNDRULES_SEGMENTS_URL,
    }


def _refuse_without_room(file: Path, scratch: Path) -> None:
    needed = _TIMES * file.stat().st_size
    free = shutil.disk_usage(scratch).free
    if free < needed:
        message = (
            f"{scratch.parent} has {free >> 20} MiB left and trying {file.name} may need {needed >> 20} MiB; make room "
            "there, or name another folder in TMPDIR"
        )
        raise NoRoom(message)


def _note_it(
    file: Path, manifest: Mapping[str, Any], found: Mapping[str, Any], at: datetime
) -> None:
    """Where there are books, they remember when a restore was last proven; a fresh machine has none to note it in."""
    if not_ready():
        return
    holds = not found["findings"]
    says = f"{file.name}, made {manifest['made_at']}, restored aside: " + (
        "every row, book and seal as it was" if holds else f"{len(found['findings'])} findings"
    )
    details = {
        "file": str(file),
        "made_at": manifest["made_at"],
        "holds": holds,
        "rows": found["rows"],
    }
    audit.record(
        audit.Entry("installation.verify", file.name, says, details=details), actor=ENGINE, at=at
    )
