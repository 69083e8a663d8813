"""What smartctl says of disks, handed in as it wrote it: one answer or several of one look, one after the other.

    smartctl -j -a /dev/sda > disks.json; smartctl -j -a /dev/sdb >> disks.json

Format: smartctl(8), --json, format version 1. A file stands for all disks of its server: one that is not in it would
look like one taken out, so a file that cannot be read whole is no snapshot. Serial numbers are not kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from groundrules.core.evidence import Item, ItemKind, Reading, Snapshot
from groundrules.readers.context import ReadingContext
from groundrules.readers.documents import EARLIEST, LATEST
from groundrules.readers.linux.tally import Tally

READER = "smartctl/1"
_VERSION = 1
_ONE_LOOK = timedelta(hours=1)
_ATA = {5: "reallocated", 187: "reported", 197: "pending", 198: "uncorrectable"}
_TENS = 10
_COULD_NOT_ASK = 0b11


def read_smartctl(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read every answer of a file; the disks of one look are one snapshot."""
    tally = Tally(READER, context)
    items: dict[str, Item] = {}
    seen: list[datetime] = []
    for number, told in enumerate(_answers(tally, raw), start=1):
        _take(tally, number, told, items, seen)
    if tally.damages or not items:
        return tally.reading()
    if max(seen) - min(seen) > _ONE_LOOK:
        tally.damage("the file", "answers of more than an hour: hand in each look by itself")
        return tally.reading()
    kinds = frozenset({ItemKind.DISK_HEALTH})
    found = Snapshot(context.asset, max(seen), kinds, tuple(items.values()), tally.cite("smartctl"))
    tally.snapshots.append(found)
    return tally.reading()


def _answers(tally: Tally, raw: bytes) -> Iterator[Mapping[str, object]]:
    """Objects that follow one another, or a list of them."""
    text = raw.decode("utf-8", "replace").removeprefix("\ufeff")
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        try:
            told, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            tally.damage(f"character {at + 1}", f"not a JSON object: {error}")
            return
        for one in told if isinstance(told, list) else [told]:
            if isinstance(one, dict):
                yield one
            else:
                tally.damage(f"before character {at + 1}", "not a JSON object")


def _take(
    tally: Tally,
    number: int,
    told: Mapping[str, object],
    items: dict[str, Item],
    seen: list[datetime],
) -> None:
    where = f"answer {number}"
    version, device = told.get("json_format_version"), _part(told, "device")
    name, moment = str(device.get("name", "")), _moment(_part(told, "local_time").get("time_t"))
    asked = _part(told, "smartctl").get("exit_status", 0)
    if not isinstance(version, list) or version[:1] != [_VERSION]:
        tally.damage(where, "not an answer of smartctl --json, of format version 1")
    elif not name or moment is None:
        tally.damage(where, "it does not say which disk it is of, and when (device, local_time)")
    elif isinstance(asked, int) and asked & _COULD_NOT_ASK:
        tally.damage(where, f"smartctl could not speak to {name}")
    else:
        kind = str(device.get("type", ""))
        key = f"{name} {kind}" if "," in kind else name
        if key in items:
            tally.damage(where, f"{key} is told of twice: hand in each look by itself")
            return
        items[key] = Item(ItemKind.DISK_HEALTH, key, _described(told))
        seen.append(moment)
        tally.known("smartctl/disk")


def _described(told: Mapping[str, object]) -> dict[str, str]:
    passed = _part(told, "smart_status").get("passed")
    log = _part(told, "nvme_smart_health_information_log")
    worn = log.get("percentage_used")
    kept = {
        "health": "" if not isinstance(passed, bool) else "passed" if passed else "failed",
        "model": _text(told.get("model_name") or told.get("scsi_model_name")),
        "firmware": _text(told.get("firmware_version") or told.get("scsi_revision")),
        **_ata(_part(told, "ata_smart_attributes").get("table")),
        "media_errors": _count(log.get("media_errors")),
        "critical_warning": _count(log.get("critical_warning")),
        "worn": f"{worn // _TENS * _TENS} %" if isinstance(worn, int) else "",
        "grown_defects": _count(told.get("scsi_grown_defect_list")),
    }
    return {name: value for name, value in kept.items() if value}


def _ata(table: object) -> dict[str, str]:
    rows = [row for row in table if isinstance(row, dict)] if isinstance(table, list) else []
    named = {_ATA.get(row["id"], ""): _part(row, "raw").get("value") for row in rows if _plain(row)}
    return {name: _count(value) for name, value in named.items() if name}


def _plain(row: Mapping[str, object]) -> bool:
    return isinstance(row.get("id"), int)


def _part(told: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = told.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _moment(written: object) -> datetime | None:
    if not isinstance(written, int) or isinstance(written, bool):
        return None
    if not EARLIEST.timestamp() <= written <= LATEST.timestamp():
        return None
    return datetime.fromtimestamp(written, UTC)
