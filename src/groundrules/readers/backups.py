"""Reports of backups, of restore drills and of checks of a repository, from any product, as one JSON object.

    {"backups": 1, "product": "restic", "results": [{"name": "files", "began": "…", "ended": "…", "succeeded": true,
     "snapshot": "81d29e07", "says": ""}]}
    {"restore_drill": 1, "product": "restic", "name": "files", "began": "…", "ended": "…", "passed": true,
     "snapshot": "81d29e07", "data_from": "…", "records_lost": 0, "says": ""}
    {"repository_check": 1, "product": "restic", "name": "files", "began": "…", "ended": "…", "whole": true,
     "held": ["…"], "says": "", "part": 2, "parts": 7, "all_since": "…"}
A check without parts read every byte. "server" and "client" are the codes of what it is about, for a report that comes
without a person who knows (by mail). A report may have a look at an archive beside its results (`backup_archives`).
Times carry their offset; one without is damage, because nobody knows when it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from groundrules.core.backups import ArchiveLook, BackupResult, RepositoryCheck, RestoreDrill
from groundrules.core.evidence import Citation, Damage, Reading
from groundrules.core.periods import NaiveTime, utc
from groundrules.readers.backup_archives import read_look
from groundrules.readers.context import ReadingContext

READER = "backups/1"
_VERSION = 1
_LONGEST = 2_000
_SHORT = 120
_DAMAGE = (KeyError, TypeError, ValueError, OverflowError, NaiveTime)


@dataclass(slots=True)
class BackupReport:
    """What a report says: results, a restore drill, a check or a look, and what of it could not be read."""

    results: list[BackupResult]
    drills: list[RestoreDrill]
    damaged: list[Damage]
    checks: list[RepositoryCheck] = field(default_factory=list)
    looks: list[ArchiveLook] = field(default_factory=list)
    product: str = ""
    server: str = ""
    client: str = ""

    @property
    def entries(self) -> tuple[BackupResult | RestoreDrill | RepositoryCheck, ...]:
        """All that could be read."""
        return (*self.results, *self.drills, *self.checks)


def read_report(raw: bytes, context: ReadingContext) -> BackupReport:
    """This function will read a report; an entry that lacks what it must say is damage and the others are read."""
    found = BackupReport([], [], [])
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError) as error:
        found.damaged.append(Damage("the file", f"not a JSON object: {error}"))
        return found
    if isinstance(told, dict):
        found.product, found.server, found.client = (
            _optional(told, key) for key in ("product", "server", "client")
        )
    if isinstance(told, dict) and told.get("backups") == _VERSION:
        _take_results(told, context, found)
    elif isinstance(told, dict) and told.get("restore_drill") == _VERSION:
        _take_drill(told, context, found)
    elif isinstance(told, dict) and told.get("repository_check") == _VERSION:
        _take_check(told, context, found)
    else:
        problem = (
            "no report of backups, of a restore drill or of a repository's check, of version 1"
        )
        found.damaged.append(Damage("the file", problem))
    return found


def read_backups(raw: bytes, context: ReadingContext) -> Reading:
    """This function will count what a report holds; what it says is filed by `groundrules backup take`."""
    found = read_report(raw, context)
    kinds = {"backups/result": len(found.results), "backups/drill": len(found.drills)}
    kinds["backups/check"] = len(found.checks)
    kinds["backups/archive"] = len(found.looks)
    return Reading(
        READER,
        sum(kinds.values()),
        damaged=tuple(found.damaged),
        by_type={name: number for name, number in kinds.items() if number},
    )


def _take_results(told: Mapping[str, object], context: ReadingContext, found: BackupReport) -> None:
    entries = told.get("results")
    for number, entry in enumerate(entries if isinstance(entries, list) else [], start=1):
        try:
            found.results.append(_result(_object(entry), number, context))
        except _DAMAGE as error:
            found.damaged.append(Damage(f"result {number}", _words(error)))
    if "archive" in told:
        try:
            found.looks.append(read_look(_object(told["archive"]), context, READER))
        except _DAMAGE as error:
            found.damaged.append(Damage("the archive", _words(error)))


def _take_drill(told: Mapping[str, object], context: ReadingContext, found: BackupReport) -> None:
    try:
        found.drills.append(_drill(told, context))
    except _DAMAGE as error:
        found.damaged.append(Damage("the drill", _words(error)))


def _take_check(told: Mapping[str, object], context: ReadingContext, found: BackupReport) -> None:
    try:
        found.checks.append(_check(told, context))
    except _DAMAGE as error:
        found.damaged.append(Damage("the check", _words(error)))


def _object(entry: object) -> Mapping[str, object]:
    if not isinstance(entry, dict):
        message = "not an object"
        raise ValueError(message)  # noqa: TRY004 - one kind of damage like the others
    return entry


def _words(error: Exception) -> str:
    return f"lacks {error}" if isinstance(error, KeyError) else str(error)


def _result(entry: Mapping[str, object], number: int, context: ReadingContext) -> BackupResult:
    began, ended = _span(entry)
    return BackupResult(
        context.asset,
        _text(entry, "name"),
        began,
        ended,
        _truth(entry, "succeeded"),
        str(entry.get("says", ""))[:_LONGEST],
        str(entry.get("snapshot", ""))[:_LONGEST],
        _cited(context, f"result {number}"),
    )


def _drill(told: Mapping[str, object], context: ReadingContext) -> RestoreDrill:
    lost = told.get("records_lost")
    if lost is not None and (isinstance(lost, bool) or not isinstance(lost, int) or lost < 0):
        message = "records_lost is not a whole number of 0 or more"
        raise ValueError(message)
    began, ended = _span(told)
    data_from = _moment(told, "data_from") if told.get("data_from") else None
    if data_from is not None and data_from > began:
        message = "data_from is after the drill began"
        raise ValueError(message)
    return RestoreDrill(
        context.asset,
        _text(told, "name"),
        began,
        ended,
        _truth(told, "passed"),
        str(told.get("says", ""))[:_LONGEST],
        str(told.get("snapshot", ""))[:_LONGEST],
        data_from,
        lost,
        _cited(context, "drill"),
    )


def _check(told: Mapping[str, object], context: ReadingContext) -> RepositoryCheck:
    began, ended = _span(told)
    held = told.get("held", [])
    if not isinstance(held, list):
        message = "held is not a list of instants"
        raise ValueError(message)  # noqa: TRY004 - one kind of damage like the others
    part, parts = _parts(told)
    return RepositoryCheck(
        context.asset,
        _text(told, "name"),
        began,
        ended,
        _truth(told, "whole"),
        str(told.get("says", ""))[:_LONGEST],
        tuple(sorted({utc(datetime.fromisoformat(str(one))) for one in held})),
        _cited(context, "check"),
        part,
        parts,
        _moment(told, "all_since") if told.get("all_since") else None,
    )


def _parts(told: Mapping[str, object]) -> tuple[int, int]:
    part, parts = told.get("part", 1), told.get("parts", 1)
    for one in (part, parts):
        if isinstance(one, bool) or not isinstance(one, int):
            message = "part and parts are not whole numbers"
            raise ValueError(message)  # noqa: TRY004 - one kind of damage like the others
    if not isinstance(part, int) or not isinstance(parts, int) or not 1 <= part <= parts:
        message = f"part {part} of {parts} is none"
        raise ValueError(message)
    return part, parts


def _cited(context: ReadingContext, record: str) -> Citation:
    return Citation(context.evidence, record, READER)


def _text(entry: Mapping[str, object], key: str) -> str:
    value = entry[key]
    if not isinstance(value, str) or not value.strip():
        message = f"{key} is empty"
        raise ValueError(message)
    return value.strip()[:_LONGEST]


def _optional(told: Mapping[str, object], key: str) -> str:
    value = told.get(key)
    return value.strip()[:_SHORT] if isinstance(value, str) else ""


def _truth(entry: Mapping[str, object], key: str) -> bool:
    value = entry[key]
    if not isinstance(value, bool):
        message = f"{key} is neither true nor false"
        raise ValueError(message)  # noqa: TRY004 - one kind of damage like the others
    return value


def _span(entry: Mapping[str, object]) -> tuple[datetime, datetime]:
    began, ended = _moment(entry, "began"), _moment(entry, "ended")
    if ended < began:
        message = "it ended before it began"
        raise ValueError(message)
    return began, ended


def _moment(entry: Mapping[str, object], key: str) -> datetime:
    return utc(datetime.fromisoformat(str(entry[key])))
