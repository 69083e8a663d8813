"""Software RAID as the kernel sees it (/proc/mdstat): which arrays, of which disks, and whether one is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundrules_collector.host import HostView
from groundrules_collector.probe import Item, NotLookedAt, SnapshotProbe, Spec

SPEC = Spec(
    name="disk-arrays",
    version="1",
    kinds=("disk array",),
    collects="state, level, members and missing members of every Linux software RAID array",
    never="progress of a rebuild in percent (only that there is one)",
    columns=(
        ("key", "array name"),
        ("state", "active or inactive, and (read-only) where it is"),
        ("level", "raid1, raid5…"),
        (
            "members",
            "devices in name order, with (F) failed and (S) spare as the kernel marks them",
        ),
        ("in_place", "one letter per place: U up, _ missing"),
        ("task", "recovery, resync, check or reshape while one runs"),
    ),
)
ARRAY = re.compile(
    r"(md\S*) : (active|inactive)(?: (\([^)]+\)))?(?: (raid\d+|linear|multipath))?\s*(.*)"
)
PLACES = re.compile(r"\[([U_]+)\]")
TASK = re.compile(r"\b(recovery|resync|check|reshape)\b")
PLACE_NUMBER = re.compile(r"\[\d+\]")


def items(view: HostView) -> Iterator[Item]:
    """This function will yield every array in the kernel's order."""
    if not view.path("/proc/mdstat").is_file():
        reason = "the kernel has no software RAID"
        raise NotLookedAt(reason)
    name = ""
    told: dict[str, str] = {}
    for line in view.lines("/proc/mdstat"):
        found = ARRAY.match(line)
        if found:
            yield from _finished(name, told)
            name, told = found[1], _opening(found)
        elif name:
            told |= _more(line)
    yield from _finished(name, told)


def _opening(found: re.Match[str]) -> dict[str, str]:
    members = sorted(PLACE_NUMBER.sub("", word) for word in found[5].split())
    state = f"{found[2]} {found[3]}" if found[3] else found[2]
    return {"state": state, "level": found[4] or "", "members": ",".join(members)}


def _more(line: str) -> dict[str, str]:
    places, task = PLACES.search(line), TASK.search(line)
    return ({"in_place": places[1]} if places else {}) | ({"task": task[1]} if task else {})


def _finished(name: str, told: dict[str, str]) -> Iterator[Item]:
    if name:
        yield Item("disk array", name, {key: value for key, value in told.items() if value})


PROBE = SnapshotProbe(SPEC, items)
