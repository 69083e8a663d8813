"""Snapshot documents: what a collector's probe listed, one JSON object a line, between a head and an end that counts.

    {"snapshot":1,"probe":"packages","probe_version":"1","kinds":["package"],"taken_at":"…"}
    {"kind":"package","key":"hello","attributes":{"version":"2.10-3"},"dated_at":"…"}
    {"end":1}
A document without its end, or whose end disagrees, is not a snapshot: a missing item would look like a removal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from groundrules.core.evidence import Item, ItemKind, Reading, Snapshot
from groundrules.core.periods import utc
from groundrules.readers.context import ReadingContext
from groundrules.readers.linux.tally import Tally, numbered_lines

READER = "snapshot/1"
VERSION = 1
KINDS = {kind.value: kind for kind in ItemKind}


def read_snapshot(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read a snapshot document; one that is not whole gives its damage and no snapshot."""
    tally = Tally(READER, context)
    head: Mapping[str, object] = {}
    items: dict[tuple[ItemKind, str], Item] = {}
    count, ended = 0, False
    for number, line in numbered_lines(raw):
        entry = _object(tally, number, line)
        if entry is None:
            continue
        if "snapshot" in entry and not head:
            head = entry
            tally.known("snapshot/head")
        elif "end" in entry:
            ended = entry["end"] == count
            tally.known("snapshot/end")
        else:
            count += 1
            _take(tally, number, entry, items)
    _finish(tally, head, items, ended=ended and not tally.damages)
    return tally.reading()


def _object(tally: Tally, number: int, line: str) -> Mapping[str, object] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        tally.damage(f"line {number}", f"not a JSON object: {error}")
        return None
    if not isinstance(entry, dict):
        tally.damage(f"line {number}", "not a JSON object")
        return None
    return entry


def _take(
    tally: Tally, number: int, entry: Mapping[str, object], items: dict[tuple[ItemKind, str], Item]
) -> None:
    kind, key, attributes = entry.get("kind"), entry.get("key"), entry.get("attributes", {})
    if not isinstance(kind, str) or not isinstance(key, str) or not isinstance(attributes, dict):
        tally.damage(f"line {number}", "an item needs a kind, a key and attributes")
        return
    if kind not in KINDS:
        tally.unknown(f"snapshot/{kind}")
        return
    dated = entry.get("dated_at")
    moment = _moment(dated) if isinstance(dated, str) else None
    if (KINDS[kind], key) in items:
        tally.damage(f"line {number}", f"{kind} {key!r} is listed twice")
        return
    texts = {str(name): str(value) for name, value in attributes.items()}
    items[KINDS[kind], key] = Item(KINDS[kind], key, texts, moment)
    tally.known(f"snapshot/{kind}")


def _moment(written: str) -> datetime | None:
    try:
        return utc(datetime.fromisoformat(written))
    except (ValueError, OverflowError):
        return None


def _finish(
    tally: Tally,
    head: Mapping[str, object],
    items: Mapping[tuple[ItemKind, str], Item],
    *,
    ended: bool,
) -> None:
    taken_at = _moment(str(head.get("taken_at", "")))
    kinds = head.get("kinds", [])
    if head.get("snapshot") != VERSION or taken_at is None or not isinstance(kinds, list):
        tally.damage("line 1", "not a snapshot head of version 1 with its time and kinds")
    elif not ended:
        tally.damage(
            "the end", "the document is not whole; it is not used as a snapshot, collect again"
        )
    else:
        looked_at = frozenset(KINDS[kind] for kind in kinds if kind in KINDS)
        probe = str(head.get("probe", ""))
        tally.snapshots.append(
            Snapshot(
                tally.context.asset, taken_at, looked_at, tuple(items.values()), tally.cite(probe)
            )
        )
