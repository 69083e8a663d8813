"""Which part of a repository is read next, and since when all of it was read: a rotation, from the checks on record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from groundrules.core.backups.answers import RepositoryCheck
from groundrules.core.periods import utc


def next_part(checks: Iterable[RepositoryCheck], parts: int) -> tuple[int, int]:
    """This function will return the part to read next and of how many: the one never read, or read longest ago.

    A part found damaged is read again until it is whole, so that no other part hides it; where the number of parts
    was changed meanwhile, everything is read (1 of 1).
    """
    rotation = _in_order(checks)
    if parts == 1 or not rotation:
        return 1, parts
    last = rotation[-1]
    if not last.whole:
        return (last.part, parts) if last.parts == parts else (1, 1)
    read = _last_read(rotation, parts)
    never = [part for part in range(1, parts + 1) if part not in read]
    return (never[0] if never else min(read, key=lambda part: (read[part], part))), parts


def all_read_since(checks: Iterable[RepositoryCheck], parts: int) -> datetime | None:
    """This function will return since when every part was read and whole; None where that is not so yet.

    A check of everything counts for each part; one of another number of parts ends what was read before it.
    """
    rotation = _in_order(checks)
    if not rotation or not rotation[-1].whole:
        return None
    read = _last_read(rotation, parts)
    return min(read.values()) if len(read) == parts else None


def _in_order(checks: Iterable[RepositoryCheck]) -> list[RepositoryCheck]:
    return sorted(checks, key=lambda check: utc(check.ended))


def _last_read(rotation: Sequence[RepositoryCheck], parts: int) -> dict[int, datetime]:
    """When each part was last read and whole, in the rotation that runs."""
    read: dict[int, datetime] = {}
    for check in rotation:
        if check.parts not in {1, parts}:
            read.clear()
            continue
        for part in range(1, parts + 1) if check.parts == 1 else (check.part,):
            read.pop(part, None)
            if check.whole:
                read[part] = utc(check.began)
    return read
