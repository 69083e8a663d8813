"""An array is as well as its disks: the time to act is when one wears out, not when it is gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from groundrules.core.evidence import ItemKind
from groundrules.core.health.answers import Level, Looked, PartState
from groundrules.core.periods import utc

_BAD = (Level.WARNING, Level.CRITICAL)


def with_failing_members(states: Iterable[PartState], looks: Sequence[Looked]) -> list[PartState]:
    """This function will warn of each array that is well but for a disk in it that is failing or wearing out."""
    told = list(states)
    failing = {
        state.key.removeprefix("/dev/"): state
        for state in told
        if state.kind is ItemKind.DISK_HEALTH and state.level in _BAD
    }
    if not failing:
        return told
    members = _members(looks)
    return [_warned(state, members.get(state.key, ()), failing) for state in told]


def _warned(state: PartState, members: Sequence[str], failing: dict[str, PartState]) -> PartState:
    if state.kind is not ItemKind.DISK_ARRAY or state.level is not Level.GOOD:
        return state
    bad = {disk: its for disk, its in failing.items() if any(_is_on(m, disk) for m in members)}
    if not bad:
        return state
    named = " and ".join(sorted(bad))
    sound = [member for member in members if not any(_is_on(member, disk) for disk in bad)]
    level = Level.WARNING if sound else Level.CRITICAL
    said = (
        f"Disk {named} in it is failing by what it tells of itself: replace it while the array is whole."
        if len(bad) == 1 and sound
        else f"Disks in it are failing by what they tell of themselves ({named}): replace them one after the other."
        if sound
        else f"No disk in it is sound by what they tell of themselves ({named}): see to a backup, then replace them."
    )
    cited = (*state.citations, *(one for its in bad.values() for one in its.citations))
    sentence = f"{state.sentence} {said}"
    return replace(state, level=level, sentence=sentence, citations=tuple(dict.fromkeys(cited)))


def _members(looks: Sequence[Looked]) -> dict[str, tuple[str, ...]]:
    """The members of each array in the newest look at arrays, without the marks of failed and spare ones."""
    own = [one.snapshot for one in looks if ItemKind.DISK_ARRAY in one.snapshot.kinds]
    newest = max(own, key=lambda one: utc(one.taken_at), default=None)
    if newest is None:
        return {}
    return {
        item.key: tuple(
            one.split("(")[0] for one in item.attributes.get("members", "").split(",") if one
        )
        for item in newest.items
        if item.kind is ItemKind.DISK_ARRAY
    }


def _is_on(member: str, disk: str) -> bool:
    """Whether a member is a disk or a part of it: sda1 is on sda, nvme0n1p2 on nvme0n1 and on nvme0."""
    rest = member.removeprefix(disk)
    if not member.startswith(disk):
        return False
    return not rest or rest[0].isdigit() or (disk[-1].isdigit() and rest[0] in "pn")
