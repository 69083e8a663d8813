"""Every book and card as plain files, JSON lines or CSV, that need no Groundrules of any version to be read.

It is the way out, and the rescue when an upgrade fails. It is no backup: raw evidence, keys and how people sign in are
not in it. The folder gets its name only when all of it is written.
"""

from __future__ import annotations

import csv
import inspect
import json
import os
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models

from groundrules.core.cells import defused
from groundrules.records.book import Book
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.installation.databases import snapshot
from groundrules.services.installation.rows import APP
from groundrules.services.long_runs import Tell, long_run

FORMS = ("jsonl", "csv")
# How people prove who they are, and which programs run: nothing a reader elsewhere could use, and much a thief could.
_LEFT_OUT = {
    "SignIn",
    "SignInLink",
    "Passkey",
    "CodeApp",
    "RecoveryCode",
    "Pulse",
    "AnsweredRequest",
}
_SECRET_PARTS = ("password", "token_digest", "code_digest", "secret", "sealed", "credential")
_TYPED = "payload"
_AT_ONCE = 2000
_STARTS_ALIKE = ("{", "[")


class FolderThere(FileExistsError):
    """There is something where the export was to go; nothing is overwritten."""


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What was written: the folder, and how many rows of each table."""

    folder: Path
    rows: dict[str, int]


def hand_out(
    folder: Path, form: str, *, actor: Actor, at: datetime, tell: Tell = lambda _done, _what: None
) -> HandedOut:
    """This function will write every book and card into a new folder. Owners only.

    Raises NotAllowed, FolderThere or RunStopped; then there is no such folder.
    """
    require(actor)
    if folder.exists():
        message = f"{folder} is there already; name a folder that is to be made"
        raise FolderThere(message)
    beside = folder.with_name(f".unfinished-{folder.name}-{os.getpid()}")
    beside.mkdir(parents=True, mode=0o700)
    try:
        with long_run(f"export {folder.name}", actor=actor, at=at, tell=tell) as telling:
            rows = write_books(beside, form, at, telling)
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    done = HandedOut(folder, rows)
    note_handed_out(done, form, actor=actor, at=at)
    return done


def note_handed_out(done: HandedOut, form: str, *, actor: Actor, at: datetime) -> None:
    """This function will write into the audit book that every book and card was handed out."""
    rows = sum(done.rows.values())
    says = f"every book and card handed out as {form}: {rows} rows in {len(done.rows)} files"
    details = {"folder": str(done.folder)}
    entry = audit.Entry("installation.export", done.folder.name, says, details=details)
    audit.record(entry, actor=actor, at=at)


def exported_kinds() -> list[type[models.Model]]:
    """This function will list the records that are handed out, by name."""
    kinds = apps.get_app_config(APP).get_models()
    return sorted((k for k in kinds if k.__name__ not in _LEFT_OUT), key=lambda k: k.__name__)


def columns_of(kind: type[models.Model]) -> list[models.Field[Any, Any]]:
    """This function will list the columns of a record that are handed out: all but secrets."""
    fields = kind._meta.local_concrete_fields
    return [one for one in fields if not any(part in one.name for part in _SECRET_PARTS)]


def write_books(folder: Path, form: str, at: datetime, tell: Tell) -> dict[str, int]:
    """This function will write every book and card as of one instant, and return how many rows of each."""
    writers: dict[str, Callable[..., int]] = {"jsonl": _write_lines, "csv": _write_csv}
    rows: dict[str, int] = {}
    with snapshot() as alias:
        for kind in exported_kinds():
            names = [field.attname for field in columns_of(kind)]
            found = kind._base_manager.using(alias).order_by("pk").values_list(*names)  # noqa: SLF001 - the manager that leaves nothing out
            path = folder / f"{kind.__name__}.{form}"
            rows[kind.__name__] = writers[form](path, names, found.iterator(chunk_size=_AT_ONCE))
            tell(sum(rows.values()), kind.__name__)
    told = {
        "groundrules": version("groundrules"),
        "at": at.isoformat(),
        "files": [_described(kind, rows[kind.__name__]) for kind in exported_kinds()],
    }
    (folder / "about.json").write_text(json.dumps(told, indent=1, ensure_ascii=False), "utf-8")
    return rows


def _described(kind: type[models.Model], rows: int) -> dict[str, Any]:
    columns = [_column(field) for field in columns_of(kind)]
    means = inspect.getdoc(kind) or ""
    form = "book" if issubclass(kind, Book) else "card"
    return {"name": kind.__name__, "is": form, "means": means, "rows": rows, "columns": columns}


def _column(field: models.Field[Any, Any]) -> dict[str, str]:
    told = {"name": field.attname, "holds": field.get_internal_type().removesuffix("Field")}
    related = field.related_model
    if isinstance(related, type):
        told["refers_to"] = f"{related.__name__}.{related._meta.pk.name}"
    return told


def _write_lines(path: Path, names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            value = {name: _plain(name, one) for name, one in zip(names, row, strict=True)}
            file.write(json.dumps(value, ensure_ascii=False) + "\n")
            count += 1
    return count


def _write_csv(path: Path, names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for row in rows:
            writer.writerow([_cell(one) for one in row])
            count += 1
    return count


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """A value as JSON has it; typed JSON that a column keeps as text is opened, so that nobody has to parse twice."""
    if name == _TYPED and isinstance(value, str) and value.startswith(_STARTS_ALIKE):
        return json.loads(value)
    if value is None or isinstance(value, str | int | dict | list | float):
        return value
    return _text(value)


def _cell(value: Any) -> str:  # noqa: ANN401 - as above
    """A cell; no text in it is run as a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return defused(json.dumps(value, ensure_ascii=False))
    return str(value) if isinstance(value, int) else defused(_text(value))


def _text(value: Any) -> str:  # noqa: ANN401 - as above
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return b64encode(value).decode()
    return str(value)
