"""A backup brought back into an empty installation, and proven there: file, rows, log, books and seals.

Nothing is overwritten. While it runs, and after it was cut off, a marker in the data folder keeps every program from
taking the half for the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import zstandard
from django.apps import apps as current_apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from groundrules.records.models import Pulse, SealLog
from groundrules.services import audit, audit_chain, long_runs
from groundrules.services.actor import ENGINE
from groundrules.services.database import UNFINISHED, migrate
from groundrules.services.findings import Report
from groundrules.services.installation.keeping import FORMAT, FORMAT_VERSION
from groundrules.services.installation.rows import (
    Table,
    Tally,
    row_of,
    rows_there,
    set_counters,
    tables,
    tally_of,
)
from groundrules.services.long_runs import Tell
from groundrules.services.seal import latest, lay_tiles, publish
from groundrules.services.storage import segments_place
from groundrules.services.verification import verify
from groundrules.store.archive import ArchiveDamaged, Member, check, lay_down, members

_HARMLESS = {"secret-key", "groundrules.toml", "lost+found"}
_LARGEST_BATCH = 1 << 30
_APPS = {"records", "auth", "contenttypes", "sessions"}
TOML_KEPT = "groundrules.toml.from-backup"


class NotEmpty(RuntimeError):
    """There are books where a backup is to be brought back to; nothing is ever overwritten."""


class NotOurs(ValueError):
    """The file is whole, but it is no backup of an installation, or of a later version than this program."""


class RowsDiffer(RuntimeError):
    """What was written is not row for row what the backup holds; it must not be used."""


@dataclass(slots=True)
class BroughtBack:
    """What came back, and what its verification found."""

    manifest: Mapping[str, Any]
    rows: int = 0
    files: int = 0
    notes: list[str] = field(default_factory=list)
    report: Report = field(default_factory=Report)


def bring_back(file: Path, *, at: datetime, tell: Tell = lambda _done, _what: None) -> BroughtBack:
    """This function will restore a backup into this installation, which must be empty, and verify everything.

    Raises ArchiveDamaged, NotOurs or NotEmpty, and then nothing was written; RowsDiffer or anything else after that
    leaves a marker that keeps programs away from what is there.
    """
    data = Path(settings.GROUNDRULES_DATA)
    data.mkdir(parents=True, exist_ok=True, mode=0o750)
    tell(0, "reading every checksum; nothing is written yet")
    manifest = read_manifest(file)
    _refuse_unless_empty(data)
    marker = data / UNFINISHED
    with marker.open("x", encoding="utf-8") as written:
        written.write(f"{file} is being brought back since {at.isoformat()}\n")
    back = BroughtBack(manifest)
    _lay_files(file, data, back, tell)
    _fill(file, manifest, back, tell)
    migrate()
    _lay_logs(tell)
    tell(0, "verification")
    back.report = verify()
    _follow_audit(back.report)
    _note_it(file, back, at)
    marker.unlink()
    return back


def read_manifest(file: Path) -> dict[str, Any]:
    """This function will read and check a whole backup and return its manifest; raises ArchiveDamaged or NotOurs."""
    manifest = check(file)
    if manifest.get("format") != FORMAT:
        message = f"{file} is no backup of an installation"
        raise NotOurs(message)
    unknown = sorted(_seen(manifest)[1])
    if manifest["version"] > FORMAT_VERSION or unknown:
        message = (
            f"{file} was made by Groundrules {manifest['groundrules']} and holds what this version does not know"
            f" ({', '.join(unknown) or 'another form'}); install that version or a later one, and restore with it"
        )
        raise NotOurs(message)
    return manifest


def _seen(manifest: Mapping[str, Any]) -> tuple[set[tuple[str, str]], set[str]]:
    """The migrations the backup's database had seen, of those this program has, and the names of those it has not.

    One migration may stand for many older ones: it was seen when they were.
    """
    made_at = {(app, name) for app, name in manifest["migrations"] if app in _APPS}
    ours = MigrationExecutor(connection).loader.disk_migrations or {}
    seen = {
        node
        for node, migration in ours.items()
        if node in made_at or (migration.replaces and made_at.issuperset(migration.replaces))
    }
    explained = seen.union(*(ours[node].replaces for node in seen))
    return seen, {name for app, name in made_at - explained}


def _refuse_unless_empty(data: Path) -> None:
    if (data / UNFINISHED).exists():
        message = (
            f"an earlier restore into {data} was cut off; empty the folder (and make the PostgreSQL database anew, "
            "where one is used), then restore again"
        )
        raise NotEmpty(message)
    books = Path(str(connection.settings_dict["NAME"])).name
    there = (
        sorted(
            one.name
            for one in data.iterdir()
            if one.name not in _HARMLESS and not one.name.startswith(books)
        )
        if data.is_dir()
        else []
    )
    table = rows_there(DEFAULT_DB_ALIAS)
    if there or table:
        what = (
            f"{data} holds {', '.join(there[:3])}" if there else f"the database has rows in {table}"
        )
        message = f"{what}; a backup is brought back into an empty installation only: name another GROUNDRULES_DATA"
        raise NotEmpty(message)


def _lay_files(file: Path, data: Path, back: BroughtBack, tell: Tell) -> None:
    for member in members(file):
        first, _, rest = member.name.partition("/")
        if first == "database":
            continue
        if first == "segments" and not segments_place().is_local:
            client, name = unquote(rest.split("/")[0]), member.read()
            segments_place().put(client, name)
        else:
            _lay(member, _target(first, rest, data))
        back.files += 1
        tell(back.files, "files")
    if (data / TOML_KEPT).exists():
        back.notes.append(
            f"the backup's settings file lies beside as {TOML_KEPT}; look at it, then rename it to groundrules.toml"
        )


def _target(first: str, rest: str, data: Path) -> Path:
    if first == "segments" and rest:
        return Path(segments_place().base) / rest
    if first == "data" and rest:
        return data / rest
    if (first, rest) == ("configuration", "groundrules.toml"):
        return data / TOML_KEPT
    message = f"{first}/{rest} has no place in an installation"
    raise ArchiveDamaged(message)


def _lay(member: Member, target: Path) -> None:
    if target.name == "secret-key" and target.parent == Path(settings.GROUNDRULES_DATA):
        # The one that this very command made on its start has signed nothing yet.
        target.unlink(missing_ok=True)
    lay_down(member, target)


def _fill(file: Path, manifest: Mapping[str, Any], back: BroughtBack, tell: Tell) -> None:
    """All rows in one transaction, into the form the database had when they were kept; each table compared after it."""
    apps = _form_of(manifest)
    orders = {told["name"]: told["columns"] for told in manifest["tables"]}
    known = {table.name: table for table in tables(apps, orders)}
    _refuse_other_tables(manifest, known)
    with transaction.atomic():
        for member in members(file):
            first, _, rest = member.name.partition("/")
            if first == "database":
                lines = _unpacked(member)
                table = known[rest.partition("/")[0]]
                table.write(DEFAULT_DB_ALIAS, [row_of(line, table) for line in lines])
                back.rows += len(lines)
                tell(back.rows, "rows")
        set_counters(apps, DEFAULT_DB_ALIAS)
        for told in manifest["tables"]:
            tell(back.rows, f"comparing {told['name']}")
            _compare(told, tally_of(known[told["name"]], DEFAULT_DB_ALIAS))


def _form_of(manifest: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a migration's state of the apps
    """Brings the database to the migrations the backup was made at, and returns the models of that time."""
    seen, _ = _seen(manifest)
    executor = MigrationExecutor(connection)
    if seen.issuperset(executor.loader.graph.nodes):
        migrate()
        return current_apps
    graph = executor.loader.graph
    newest = [node for node in seen if not _has_later(graph.node_map[node], seen)]
    return executor.migrate(newest).apps


def _has_later(node: Any, seen: set[tuple[str, str]]) -> bool:  # noqa: ANN401 - a node of the migrations' graph
    return any(child.key in seen and child.key[0] == node.key[0] for child in node.children)


def _refuse_other_tables(manifest: Mapping[str, Any], known: Mapping[str, Table]) -> None:
    for told in manifest["tables"]:
        table = known.get(told["name"])
        if table is None or list(table.columns) != told["columns"]:
            message = f"the table {told['name']} of the backup is not what this program made at that version"
            raise NotOurs(message)


def _unpacked(member: Member) -> list[bytes]:
    try:
        whole = zstandard.ZstdDecompressor().decompress(
            member.read(), max_output_size=_LARGEST_BATCH
        )
    except zstandard.ZstdError as error:
        message = f"{member.name} cannot be unpacked ({error})"
        raise ArchiveDamaged(message) from error
    return whole.splitlines(keepends=True)


def _compare(told: Mapping[str, Any], found: Tally) -> None:
    if (found.rows, found.digest) != (told["rows"], told["digest"]):
        message = f"{told['name']} has {found.rows} rows and should have {told['rows']}, or they read otherwise"
        raise RowsDiffer(message)


def _lay_logs(tell: Tell) -> None:
    for log in SealLog.objects.filter(leaves__index=0).order_by("origin"):
        newest = latest(log)
        if newest is not None:
            tell(newest.size, f"tiles of {log.origin}")
            lay_tiles(log, newest)
            publish(newest)


def _follow_audit(report: Report) -> None:
    chain = audit_chain.verify()
    report.look("audit links", chain.links)
    for fault in chain.faults:
        report.find("audit book", "its chain", fault)


def _note_it(file: Path, back: BroughtBack, at: datetime) -> None:
    holds = "everything holds" if back.report.holds else "NOT everything holds"
    says = f"{file.name}, made {back.manifest['made_at']}, brought back: {back.rows} rows, {back.files} files; {holds}"
    # What ran where the backup was made does not run here.
    Pulse.objects.all().delete()
    long_runs.leave_behind(at)
    audit.record(audit.Entry("installation.restore", file.name, says), actor=ENGINE, at=at)
