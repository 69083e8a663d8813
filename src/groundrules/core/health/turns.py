"""When a disk or an array began to be spoken of: each look judged with the looks before it only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from groundrules.core.evidence import Item, ItemKind
from groundrules.core.health.answers import Level, Looked, PartState
from groundrules.core.health.parts import part_states
from groundrules.core.ids import AssetId
from groundrules.core.periods import Period, utc

# Of these a look alone tells the level; a certificate runs out though nobody looks.
TURNING = (ItemKind.DISK_HEALTH, ItemKind.DISK_ARRAY)
_ORDER = tuple(Level)


@dataclass(frozen=True, slots=True)
class Warned:
    """A disk or array in the look that first showed it as bad as that; it may have been so before the look."""

    at: datetime
    state: PartState


def warnings_in(
    asset: AssetId, looks: Iterable[Looked], period: Period, *, is_whole: bool = True
) -> tuple[Warned, ...]:
    """This function will list each turn for the worse of a server's disks and arrays that a look of a period showed.

    A part that is better again is news when it turns once more. Without `is_whole` there were looks before the first
    one, so what that one shows is no turn.
    """
    ordered = sorted(map(_narrowed, looks), key=lambda one: utc(one.snapshot.taken_at))
    levels: dict[tuple[ItemKind, str], Level] = {}
    found: list[Warned] = []
    last: dict[frozenset[ItemKind], tuple[Item, ...]] = {}
    # What stood before a period is what its last look before showed: earlier ones need no judging.
    begin = max(sum(utc(look.snapshot.taken_at) < period.start for look in ordered) - 1, 0)
    for place, look in enumerate(ordered[begin:], begin):
        at, kinds = utc(look.snapshot.taken_at), look.snapshot.kinds
        if last.get(kinds) == look.snapshot.items:
            continue  # the same list again shows nothing new
        last[kinds] = look.snapshot.items
        for state in part_states(asset, ordered[: place + 1], at):
            if state.kind not in TURNING or not state.key or state.level is Level.UNKNOWN:
                continue
            part = (state.kind, state.key)
            before = levels.get(part, Level.GOOD)
            levels[part] = state.level
            is_turn = state.level in {Level.WARNING, Level.CRITICAL} and _worse(state.level, before)
            if is_turn and period.contains(at) and (is_whole or place):
                found.append(Warned(at, state))
    return tuple(found)


def _narrowed(look: Looked) -> Looked:
    seen = look.snapshot
    items = tuple(item for item in seen.items if item.kind in TURNING)
    return replace(look, snapshot=replace(seen, kinds=seen.kinds & set(TURNING), items=items))


def _worse(level: Level, before: Level) -> bool:
    return _ORDER.index(level) > _ORDER.index(before)
