"""When a part of a server began to be spoken of: each look judged with the looks before it only.

Of a disk, an array, a file system and a service the look tells; a certificate runs out though nobody looks, so it turns
at the instant itself. A part that goes up and down is one piece of news, and so are many that turn in one look.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import MINYEAR, datetime, timedelta
from itertools import pairwise

from groundrules.core.calendars import zone_label
from groundrules.core.evidence import Item, ItemKind
from groundrules.core.health.answers import Level, Looked, PartState
from groundrules.core.health.parts import WATCHED, Thresholds, certificate_end, part_states
from groundrules.core.ids import AssetId
from groundrules.core.periods import Period, utc
from groundrules.core.reasons import counted

# A disk's trend and an array's members are read from all looks; of the others the look before is enough.
TRENDING = (ItemKind.DISK_HEALTH, ItemKind.DISK_ARRAY)
PLAIN = (ItemKind.MOUNT, ItemKind.SERVICE)
RUNNING_OUT = ItemKind.CERTIFICATE
_ORDER = tuple(Level)
_BAD = frozenset({Level.WARNING, Level.CRITICAL})
_TOLD_APART = 2
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Warned:
    """A part at the instant that first showed it as bad as that; by a look it may have been so before.

    `again` are the instants it turned so again after it was better, `others` the parts of its kind that turned with it.
    """

    at: datetime
    state: PartState
    again: tuple[datetime, ...] = ()
    others: tuple[str, ...] = ()

    def says(self, zone: str) -> str:
        """What is said of it in a zone, with which others, and how often."""
        told = self.state.sentence
        if self.others:
            left = len(self.others) - _NAMED
            more = f" and {left} other{'s' if left > 1 else ''}" if left > 0 else ""
            told += f" With it {', '.join(self.others[:_NAMED])}{more}."
        if self.again:
            last = zone_label(self.again[-1], zone)
            told += f" So again {counted(len(self.again), 'time')}, last {last}."
        return told


@dataclass(slots=True)
class _Course:
    """How the parts of a server go through time, and what of it is news in a period."""

    asset: AssetId
    period: Period
    levels: dict[tuple[ItemKind, str], Level] = field(default_factory=dict)
    found: list[Warned] = field(default_factory=list)

    def judge(self, looks: Sequence[Looked], at: datetime, *, is_news: bool = True) -> None:
        """Judge the parts in the newest of some looks as they stand at an instant."""
        for state in part_states(self.asset, looks, at):
            if not state.key or state.level is Level.UNKNOWN:
                continue
            part = (state.kind, state.key)
            before = self.levels.get(part, Level.GOOD)
            self.levels[part] = state.level
            is_turn = state.level in _BAD and _worse(state.level, before)
            if is_turn and is_news and self.period.contains(at):
                self.found.append(Warned(at, state))


def warnings_in(
    asset: AssetId,
    looks: Iterable[Looked],
    period: Period,
    *,
    kinds: Collection[ItemKind] = WATCHED,
    is_whole: bool = True,
) -> tuple[Warned, ...]:
    """This function will list each turn for the worse of a server's parts of some kinds in a period, earliest first.

    A part that is better again is news when it turns once more. Without `is_whole` there were looks before the first
    one, so what that one shows is no turn. Certificates are followed to the period's end.
    """
    known = list(looks)
    course = _Course(asset, period)
    if set(kinds) & set(TRENDING):
        _judge_trends(course, _of(known, TRENDING), is_whole=is_whole)
    for kind in set(kinds) & set(PLAIN):
        _judge_changes(course, _of(known, (kind,)), is_whole=is_whole)
    if RUNNING_OUT in kinds:
        _judge_ends(course, _of(known, (RUNNING_OUT,)), is_whole=is_whole)
    return tuple(sorted(course.found, key=lambda one: (one.at, one.state.kind, one.state.key)))


def folded(warned: Iterable[Warned], within: timedelta) -> tuple[Warned, ...]:
    """This function will make one of what is one piece of news, earliest first.

    A part that turned again as badly, or less, within so long of its first turn is counted there; more than two parts
    of a kind that turned to one level at one instant stand together.
    """
    newest: dict[tuple[AssetId, ItemKind, str], int] = {}
    kept: list[Warned] = []
    for one in sorted(warned, key=lambda x: x.at):
        part = (one.state.asset, one.state.kind, one.state.key)
        place = newest.get(part)
        if place is not None and _is_again(one, kept[place], within):
            kept[place] = replace(kept[place], again=(*kept[place].again, one.at))
            continue
        newest[part] = len(kept)
        kept.append(one)
    return _gathered(kept)


def _is_again(one: Warned, known: Warned, within: timedelta) -> bool:
    return one.at - known.at <= within and not _worse(one.state.level, known.state.level)


def _gathered(warned: Iterable[Warned]) -> tuple[Warned, ...]:
    together: dict[tuple[object, ...], list[Warned]] = {}
    for one in warned:
        alike = (one.at, one.state.asset, one.state.kind, one.state.level)
        together.setdefault(alike, []).append(one)
    return tuple(told for alike in together.values() for told in _told(alike))


def _told(alike: list[Warned]) -> list[Warned]:
    if len(alike) <= _TOLD_APART:
        return alike
    first, *rest = sorted(alike, key=lambda one: one.state.key)
    others = tuple(one.state.key for one in rest)
    again = tuple(sorted(at for one in alike for at in one.again))
    return [replace(first, others=others, again=again)]


def _judge_trends(course: _Course, looks: Sequence[Looked], *, is_whole: bool) -> None:
    # What stood before a period is what its last look before showed: earlier ones need no judging.
    begin = max(sum(_taken(look) < course.period.start for look in looks) - 1, 0)
    last: dict[frozenset[ItemKind], tuple[Item, ...]] = {}
    for place, look in enumerate(looks[begin:], begin):
        kinds = look.snapshot.kinds
        if last.get(kinds) == look.snapshot.items:
            continue  # the same list again shows nothing new
        last[kinds] = look.snapshot.items
        course.judge(looks[: place + 1], _taken(look), is_news=is_whole or place > 0)


def _judge_changes(course: _Course, looks: Sequence[Looked], *, is_whole: bool) -> None:
    """Only what differs from the look before is judged: a server lists hundreds of services."""
    for place, (before, look) in enumerate(pairwise((None, *looks))):
        if look is None:
            continue
        known = {item.key: item for item in before.snapshot.items} if before else {}
        differing = {i.key for i in look.snapshot.items if known.get(i.key) != i}
        if differing:
            seen = [_with_only(one, differing) for one in (before, look) if one]
            course.judge(seen, _taken(look), is_news=is_whole or place > 0)


def _judge_ends(course: _Course, looks: Sequence[Looked], *, is_whole: bool) -> None:
    """A list of certificates holds until the next one, and each of them turns in its own time."""
    horizon = course.period.end or course.period.start
    for place, (look, after) in enumerate(pairwise((*looks, None))):
        if look is None:
            continue
        until = min(_taken(after), horizon) if after else horizon
        course.judge([look], _taken(look), is_news=is_whole or place > 0)
        for at, keys in sorted(_turning(look, until).items()):
            course.judge([_with_only(look, keys)], at)


def _turning(look: Looked, until: datetime) -> dict[datetime, set[str]]:
    """The instants between a list and the next at which a certificate in it begins to run out, or is over."""
    found: dict[datetime, set[str]] = {}
    for item in look.snapshot.items:
        ends = certificate_end(item)
        for at in _steps(ends) if ends else ():
            if _taken(look) < at < until:
                found.setdefault(at, set()).add(item.key)
    return found


def _steps(ends: datetime) -> Iterator[datetime]:
    if ends.year > MINYEAR:
        yield ends - Thresholds().certificate
    yield ends


def _of(looks: Iterable[Looked], kinds: tuple[ItemKind, ...]) -> list[Looked]:
    """The looks at some kinds, with nothing else in them, earliest first."""
    own = (one for one in looks if one.snapshot.kinds & set(kinds))
    return sorted((_narrowed(one, frozenset(kinds)) for one in own), key=_taken)


def _narrowed(look: Looked, kinds: frozenset[ItemKind]) -> Looked:
    seen = look.snapshot
    items = tuple(item for item in seen.items if item.kind in kinds)
    return replace(look, snapshot=replace(seen, kinds=seen.kinds & kinds, items=items))


def _with_only(look: Looked, keys: set[str]) -> Looked:
    items = tuple(item for item in look.snapshot.items if item.key in keys)
    return replace(look, snapshot=replace(look.snapshot, items=items))


def _taken(look: Looked) -> datetime:
    return utc(look.snapshot.taken_at)


def _worse(level: Level, before: Level) -> bool:
    return _ORDER.index(level) > _ORDER.index(before)
