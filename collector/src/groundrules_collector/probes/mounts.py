"""Mounted file systems with size and fill level, and the disks below them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from groundrules_collector.host import HostView
from groundrules_collector.probe import Item, SnapshotProbe, Spec

SPEC = Spec(
    name="mounts",
    version="1",
    kinds=("mount", "disk"),
    collects="mounted disks and network shares: device, type, access options, size, fill level in bands; block devices",
    never="file names, user names or credentials in mount options, serial numbers",
    columns=(
        (
            "mount",
            "key: mount point; device, type, options (ro/rw, nosuid, nodev, noexec), size in bytes, fill band",
        ),
        ("disk", "key: device name; size in bytes, model, state"),
    ),
)
NETWORK_TYPES = frozenset({"nfs", "nfs4", "cifs", "smb3", "ceph", "glusterfs", "9p"})
KEPT_OPTIONS = ("ro", "rw", "nosuid", "nodev", "noexec")
BANDS = ((80, "below 80 %"), (90, "80 to 90 %"), (95, "90 to 95 %"), (101, "above 95 %"))
NEEDED_FIELDS = 4
SECTOR = 512


def items(view: HostView) -> Iterator[Item]:
    """This function will yield mounts, then disks."""
    seen: dict[str, Item] = {}
    for line in view.lines("/proc/mounts"):
        fields = line.split()
        if len(fields) >= NEEDED_FIELDS and (
            fields[0].startswith("/") or fields[2] in NETWORK_TYPES
        ):
            item = _mount(view, *(_unescaped(word) for word in fields[:NEEDED_FIELDS]))
            seen[item.key] = item
    yield from (seen[key] for key in sorted(seen))
    yield from _disks(view)


def _mount(view: HostView, device: str, point: str, kind: str, options: str) -> Item:
    chosen = set(options.split(","))
    kept = ",".join(option for option in KEPT_OPTIONS if option in chosen)
    return Item(
        "mount", point, {"device": device, "type": kind, "options": kept, **_space(view, point)}
    )


def _space(view: HostView, point: str) -> dict[str, str]:
    if not view.is_live:
        return {}
    try:
        space = os.statvfs(point)
    except OSError as error:
        view.unreadable(point, error)
        return {}
    used = 100 * (space.f_blocks - space.f_bfree) // space.f_blocks if space.f_blocks else 0
    fill = next(name for below, name in BANDS if used < below)
    return {"size": str(space.f_blocks * space.f_frsize), "fill": fill}


def _disks(view: HostView) -> Iterator[Item]:
    for folder in sorted(view.path("/sys/block").glob("*")):
        if re.match(r"(loop|ram|zram|dm-|sr|fd)", folder.name):
            continue
        shown = f"/sys/block/{folder.name}"
        sectors = view.text(f"{shown}/size").strip()
        attributes = {
            "size": str(int(sectors) * SECTOR) if sectors.isdigit() else "",
            "model": view.text(f"{shown}/device/model").strip(),
            "state": view.text(f"{shown}/device/state").strip(),
        }
        yield Item("disk", folder.name, {key: value for key, value in attributes.items() if value})


def _unescaped(word: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), word)


PROBE = SnapshotProbe(SPEC, items)
