"""What a report of backups says of a PostgreSQL archive: one look at it, with each base backup and how far it reaches.

    {"backups": 1, "product": "postgresql", "results": [], "archive": {"name": "ledger", "looked": "…", "place": "…",
     "bases": [{"name": "2026-11-28", "made": "…", "until": "…", "first": "000000010000000000000011"}],
     "broken": "", "newest_whole": true, "needless": {"segments": 3, "bytes": 50331648, "oldest": "…"},
     "unfinished": [{"name": "…", "since": "…"}]}}
A base backup whose `until` is null could not be restored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from groundrules.core.backups import ArchiveLook, KeptBase, Needless, Unfinished
from groundrules.core.evidence import Citation
from groundrules.core.periods import utc
from groundrules.readers.context import ReadingContext

_LONGEST = 2_000


def read_look(told: Mapping[str, object], context: ReadingContext, reader: str) -> ArchiveLook:
    """This function will read one look; raises KeyError, TypeError or ValueError where it lacks what it must say."""
    needless = told.get("needless")
    return ArchiveLook(
        context.asset,
        _text(told, "name"),
        _moment(told["looked"]),
        str(told.get("place", ""))[:_LONGEST],
        tuple(_base(one) for one in _listed(told, "bases")),
        str(told.get("broken", ""))[:_LONGEST],
        told.get("newest_whole") is not False,
        _needless(needless) if isinstance(needless, dict) else None,
        tuple(
            Unfinished(_text(one, "name"), _moment(one["since"]))
            for one in _listed(told, "unfinished")
        ),
        Citation(context.evidence, "archive", reader),
    )


def _base(told: Mapping[str, object]) -> KeptBase:
    until = _moment(told["until"]) if told.get("until") else None
    return KeptBase(_text(told, "name"), _moment(told["made"]), until, _text(told, "first"))


def _needless(told: Mapping[str, object]) -> Needless:
    segments, size = told["segments"], told["bytes"]
    for one in (segments, size):
        if isinstance(one, bool) or not isinstance(one, int) or one < 0:
            message = "segments and bytes are not whole numbers of 0 or more"
            raise ValueError(message)
    return Needless(int(str(segments)), int(str(size)), _moment(told["oldest"]))


def _listed(told: Mapping[str, object], key: str) -> Sequence[Mapping[str, object]]:
    listed = told.get(key, [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        message = f"{key} is not a list of objects"
        raise ValueError(message)
    return listed


def _text(told: Mapping[str, object], key: str) -> str:
    value = told[key]
    if not isinstance(value, str) or not value.strip():
        message = f"{key} is empty"
        raise ValueError(message)
    return value.strip()[:_LONGEST]


def _moment(value: object) -> datetime:
    return utc(datetime.fromisoformat(str(value)))
