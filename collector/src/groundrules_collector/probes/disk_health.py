"""What disks say about themselves (SMART), by smartctl where it is installed; sleeping disks are left asleep."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from groundrules_collector.host import HostView
from groundrules_collector.probe import Item, NotLookedAt, SnapshotProbe, Spec

SPEC = Spec(
    name="disk-health",
    version="2",
    kinds=("disk health",),
    collects="overall health, worn and failing counters, model and firmware of each disk that smartctl finds",
    never="serial numbers, world wide names, temperatures and hours (they change by themselves)",
    columns=(
        ("key", "device name, with the place behind a RAID controller (megaraid,5)"),
        ("health", "passed or failed, in the disk's own judgement"),
        ("model", "model name, also firmware"),
        (
            "reallocated",
            "sectors given up, also pending, uncorrectable, reported (ATA), media_errors (NVMe), grown_defects (SAS)",
        ),
        ("worn", "percentage used of an NVMe disk, in tens"),
    ),
    every=60,
)
ATA_COUNTERS = {5: "reallocated", 187: "reported", 197: "pending", 198: "uncorrectable"}
TENS = 10


def items(view: HostView) -> Iterator[Item]:
    """This function will yield every disk smartctl can speak to."""
    devices = _devices(view)
    if devices is None:
        reason = "smartctl is not installed, or finds no disk it can speak to"
        raise NotLookedAt(reason)
    for device, kind in devices:
        answer = view.answer(
            "smartctl",
            "-j",
            "-n",
            "standby",
            "-i",
            "-H",
            "-A",
            "-d",
            kind,
            device,
            whatever_exit=True,
        )
        told = _object(answer)
        if "smart_status" in told:
            yield Item("disk health", f"{device} {kind}" if "," in kind else device, describe(told))


def _devices(view: HostView) -> list[tuple[str, str]] | None:
    found = _object(view.answer("smartctl", "-j", "--scan", whatever_exit=True)).get("devices")
    if not isinstance(found, list) or not found:
        return None
    rows = (one for one in found if isinstance(one, dict))
    return sorted((str(one.get("name")), str(one.get("type"))) for one in rows)


def _object(answer: bytes | None) -> Mapping[str, object]:
    try:
        told = json.loads(answer or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def describe(told: Mapping[str, object]) -> dict[str, str]:
    """This function will keep what matters of a smartctl answer (`smartctl -j -i -H -A`)."""
    status = told.get("smart_status")
    passed = isinstance(status, dict) and status.get("passed") is True
    kept = {
        "health": "passed" if passed else "failed",
        "model": str(told.get("model_name") or told.get("scsi_model_name") or ""),
        "firmware": str(told.get("firmware_version", "")),
        **_ata(told.get("ata_smart_attributes")),
        **_nvme(told.get("nvme_smart_health_information_log")),
        "grown_defects": str(told.get("scsi_grown_defect_list", "")),
    }
    return {name: value for name, value in kept.items() if value}


def _ata(table: object) -> dict[str, str]:
    rows = table.get("table") if isinstance(table, dict) else None
    found: dict[str, str] = {}
    for row in rows if isinstance(rows, list) else []:
        raw = row.get("raw") if isinstance(row, dict) else None
        if isinstance(raw, dict) and row.get("id") in ATA_COUNTERS:
            found[ATA_COUNTERS[row["id"]]] = str(raw.get("value", ""))
    return found


def _nvme(log: object) -> dict[str, str]:
    if not isinstance(log, dict):
        return {}
    worn = log.get("percentage_used")
    return {
        "media_errors": str(log.get("media_errors", "")),
        "critical_warning": str(log.get("critical_warning", "")),
        "worn": f"{worn // TENS * TENS} %" if isinstance(worn, int) else "",
    }


PROBE = SnapshotProbe(SPEC, items)
