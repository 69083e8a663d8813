"""All that is known of a server's health, one row each: parts, backups, applications and their checks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from groundrules.core.evidence import ItemKind
from groundrules.core.health import Found, PartState
from groundrules.services.health.watching import ServerHealth

COLUMNS = ("client", "server", "what", "name", "state", "says", "looked_at", "since", "evidence")
PASSED = {True: "Passed", False: "Failed", None: "Not known"}
_KIND_WORDS = {ItemKind.MOUNT: "file system", ItemKind.DISK_HEALTH: "disk"}


def part_word(part: PartState) -> str:
    """This function will name a part's kind as people do."""
    return _KIND_WORDS.get(part.kind, part.kind.value)


def health_cells(found: ServerHealth) -> Iterator[tuple[str, ...]]:
    """This function will give every part, backup, application and check as cells, none put together; times in UTC."""
    asset = found.asset
    for cells in (*_parts(found), *_backups(found), *_applications(found)):
        yield (asset.client.code, asset.code, *cells)


def _parts(found: ServerHealth) -> Iterator[tuple[str, ...]]:
    for one in found.parts:
        evidence = next((c.evidence for c in one.citations), "")
        says, seen = one.sentence, _utc(one.looked_at)
        yield part_word(one), one.key, one.level.value, says, seen, "", evidence


def _backups(found: ServerHealth) -> Iterator[tuple[str, ...]]:
    for one in found.backups:
        for remark in one.remarks:
            yield "backup", one.policy.name, remark.level.value, remark.sentence, "", "", ""


def _applications(found: ServerHealth) -> Iterator[tuple[str, ...]]:
    for one in found.applications:
        shown, name = one.shown, one.application.name
        seen, since = _utc(shown.looked_at), _utc(shown.since)
        says = " ".join(part for part in (shown.sentence, one.problem) if part)
        yield "application", name, shown.level.value, says, seen, since, ""
        for check in one.plan.checks if one.plan else ():
            told = one.found.get(check.says)
            state = PASSED[told.passed] if told else ""
            says = ". ".join(part for part in (check.says, *_told(told)) if part)
            yield "check", name, state, says, seen, "", ""


def _told(told: Found | None) -> tuple[str, ...]:
    return (told.says, told.note) if told else ()


def _utc(at: datetime | None) -> str:
    return at.isoformat() if at else ""
