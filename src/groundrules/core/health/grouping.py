"""Alike parts told in one sentence: of forty certificates that ran out, that they ran out says more than forty rows.

Only kinds whose level says all there is to say of a part are put together; a disk or an array is always told by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groundrules.core.evidence import ItemKind
from groundrules.core.health.answers import Level, PartState, seen_then

# As many stand by themselves; one more, and they are told together.
_TOLD_APART = 2
_SAID = {
    (ItemKind.CERTIFICATE, Level.CRITICAL): "certificates ran out; who trusts them is refused.",
    (ItemKind.CERTIFICATE, Level.WARNING): "certificates run out soon: renew them.",
    (ItemKind.SERVICE, Level.CRITICAL): "services have failed.",
    (
        ItemKind.SERVICE,
        Level.WARNING,
    ): "services start with the server and ran before, but do not run now.",
    (ItemKind.MOUNT, Level.CRITICAL): "file systems are above 95 % full: make room.",
    (ItemKind.MOUNT, Level.WARNING): "file systems are 90 to 95 % full: make room.",
}


@dataclass(frozen=True, slots=True)
class Alike:
    """Parts of one server that stand alike, in the order they came, and one sentence for all of them."""

    states: tuple[PartState, ...]
    sentence: str

    @property
    def first(self) -> PartState:
        """The first of them; kind, level and look are the same for all."""
        return self.states[0]


def alike(states: Iterable[PartState]) -> tuple[Alike, ...]:
    """This function will put parts together that stand alike (server, kind, level, look); each part is in one answer.

    One or two, and kinds of which a level does not say all, stay by themselves with their own sentence. A group stands
    where its first part stood.
    """
    together: dict[tuple[object, ...], list[PartState]] = {}
    for place, one in enumerate(states):
        shared = (one.asset, one.kind, one.level, one.looked_at)
        own = (*shared, place)
        together.setdefault(shared if (one.kind, one.level) in _SAID else own, []).append(one)
    return tuple(told for found in together.values() for told in _told(found))


def _told(found: list[PartState]) -> list[Alike]:
    if len(found) <= _TOLD_APART:
        return [Alike((one,), one.sentence) for one in found]
    first = found[0]
    told = f"{len(found)} {_SAID[first.kind, first.level]}"
    long_ago = seen_then(first.looked_at) if first.looked_at else ""
    if long_ago and first.sentence.endswith(long_ago):
        told += f" {long_ago}"
    return [Alike(tuple(found), told)]
