"""Software RAID as the kernel sees it (/proc/mdstat), and pools as ZFS tells of them (zpool).

Which arrays and pools there are, of which disks, and whether one is missing or makes errors. Format of the pools: the
OpenZFS manual, zpool-list(8) and zpool-status(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from groundrules_collector.host import HostView
from groundrules_collector.probe import Item, NotLookedAt, SnapshotProbe, Spec

SPEC = Spec(
    name="disk-arrays",
    version="2",
    kinds=("disk array",),
    collects="state, level, members and missing members of every Linux software RAID array, and of every ZFS pool",
    never="progress of a rebuild in percent (only that there is one), names of files that ZFS calls damaged",
    columns=(
        ("key", "array name"),
        ("state", "active or inactive, and (read-only) where it is"),
        ("level", "raid1, raid5…"),
        (
            "members",
            "devices in name order, with (F) failed and (S) spare as the kernel marks them",
        ),
        ("in_place", "one letter per place: U up, _ missing"),
        ("task", "recovery, resync, check or reshape while one runs; resilver or scrub of a pool"),
        ("pool", "of a ZFS pool: its health as zpool says it (ONLINE, DEGRADED…)"),
        ("errors", "of a ZFS pool: read, write and checksum errors of its devices together"),
        ("data", "of a ZFS pool: damaged, where zpool says that files are"),
    ),
)
ARRAY = re.compile(
    r"(md\S*) : (active|inactive)(?: (\([^)]+\)))?(?: (raid\d+|linear|multipath))?\s*(.*)"
)
PLACES = re.compile(r"\[([U_]+)\]")
TASK = re.compile(r"\b(recovery|resync|check|reshape)\b")
PLACE_NUMBER = re.compile(r"\[\d+\]")
DEVICE = re.compile(
    r"^\t( +)(\S+) +(ONLINE|DEGRADED|FAULTED|OFFLINE|UNAVAIL|REMOVED) +(\d+) +(\d+) +(\d+)",
    re.MULTILINE,
)
POOL_TASK = re.compile(r"^ *scan: (resilver|scrub) in progress", re.MULTILINE)
DATA_ERRORS = re.compile(r"^errors: (?!No known data errors)\S", re.MULTILINE)


def items(view: HostView) -> Iterator[Item]:
    """This function will yield every array in the kernel's order, then every pool in zpool's."""
    has_arrays = view.path("/proc/mdstat").is_file()
    pools = view.answer("zpool", "list", "-H", "-o", "name,health")
    if not has_arrays and pools is None:
        reason = "the kernel has no software RAID, and zpool is not installed or does not answer"
        raise NotLookedAt(reason)
    if has_arrays:
        yield from _arrays(view.lines("/proc/mdstat"))
    for line in (pools or b"").decode("utf-8", "replace").splitlines():
        name, _, health = line.partition("\t")
        if name and health:
            answer = view.answer("zpool", "status", "-p", "-L", name) or b""
            yield Item("disk array", name, _pool(health.strip(), answer.decode("utf-8", "replace")))


def _arrays(lines: Iterable[str]) -> Iterator[Item]:
    name = ""
    told: dict[str, str] = {}
    for line in lines:
        found = ARRAY.match(line)
        if found:
            yield from _finished(name, told)
            name, told = found[1], _opening(found)
        elif name:
            told |= _more(line)
    yield from _finished(name, told)


def _pool(health: str, status: str) -> dict[str, str]:
    """What zpool says of a pool: what hangs lowest in its tree are disks; above them the errors stand again."""
    rows = [(len(row[1]), row) for row in DEVICE.finditer(status)]
    disks = [
        row
        for (depth, row), (below, _) in zip(rows, [*rows[1:], (0, None)], strict=True)
        if below <= depth
    ]
    task = POOL_TASK.search(status)
    told = {
        "pool": health,
        "members": ",".join(row[2] + ("" if row[3] == "ONLINE" else "(F)") for row in disks),
        "errors": str(sum(int(row[place]) for row in disks for place in (4, 5, 6)))
        if disks
        else "",
        "task": task[1] if task else "",
        "data": "damaged" if DATA_ERRORS.search(status) else "",
    }
    return {name: value for name, value in told.items() if value}


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
