"""Seven simple ways to point at a change, for comparison: each always names one when any was made before the failure.

They see what our rules see, and who made a change and whether that was allowed besides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from groundrules.core.attribution.answers import Attribution
from groundrules.core.causation.answers import CauseAnswer
from groundrules.core.causation.context import CausationContext
from groundrules.core.causation.paths import Reach, best_path, reaches
from groundrules.core.changes import Change
from groundrules.core.ids import ChangeId
from groundrules.core.periods import Order
from groundrules.core.vendors import Permission
from groundrules.core.world import World

_HORIZON = timedelta(days=30)
_FAR = 99
_RESTART = 0.15
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Suspect:
    """A change before the failure as the baselines see it: hours before, path, and authority."""

    change: Change
    hours: float
    hops: int
    walk: float
    outside: bool
    luck: str


def orders(
    file: str, cause: CauseAnswer, world: World, made: Mapping[ChangeId, Attribution]
) -> dict[str, tuple[ChangeId, ...]]:
    """This function will return the order in which each baseline suspects the changes before the failure."""
    suspects = _suspects(file, cause, world, made)
    return {
        name: tuple(s.change.id for s in sorted(suspects, key=lambda s: (key(s), s.change.id)))
        for name, key in _KEYS.items()
    }


def _suspects(
    file: str, cause: CauseAnswer, world: World, made: Mapping[ChangeId, Attribution]
) -> list[Suspect]:
    incident = next(i for i in world.incidents if i.id == cause.incident)
    application = next((a for a in world.applications if a.id == incident.application), None)
    context = CausationContext(
        zone=world.client.zone, applications=world.applications, dependencies=world.dependencies
    )
    known = () if application is None else reaches(application, context)
    hosts = {incident.asset, *(reach.asset for reach in known)}
    walks = _walks(known)
    earliest = cause.onset.not_after - _HORIZON
    return [
        _suspect(change, best_path(change, known), walks, made, (file, cause))
        for change in world.changes
        if change.asset in hosts
        and change.interval.not_after >= earliest
        and change.interval.order_to(cause.onset) is not Order.CERTAINLY_AFTER
    ]


def _suspect(
    change: Change,
    reach: Reach | None,
    walks: Mapping[tuple[str, ...], float],
    made: Mapping[ChangeId, Attribution],
    asked: tuple[str, CauseAnswer],
) -> Suspect:
    file, cause = asked
    age = (cause.onset.not_after - change.interval.not_after).total_seconds() / _HOUR
    permission = made[change.id].permission.permission if change.id in made else None
    return Suspect(
        change=change,
        hours=max(age, 0.0),
        hops=_FAR if reach is None else len(reach.path) - 1,
        walk=0.0 if reach is None else walks[reach.path],
        outside=permission is Permission.OUTSIDE,
        luck=sha256(f"{file} {cause.incident} {change.id}".encode()).hexdigest(),
    )


def _walks(known: tuple[Reach, ...]) -> dict[tuple[str, ...], float]:
    """How often a walk that starts at the application, and at each step may start again, comes by each path."""
    children: dict[tuple[str, ...], int] = {}
    for reach in known:
        children[reach.path[:-1]] = children.get(reach.path[:-1], 0) + 1
    chances: dict[tuple[str, ...], float] = {}
    for reach in sorted(known, key=lambda r: len(r.path)):
        before = chances.get(reach.path[:-1], 1.0)
        chances[reach.path] = before * (1 - _RESTART) / children[reach.path[:-1]]
    return chances


def _weighted(suspect: Suspect) -> float:
    """A score as tools for root causes print it: recency, topology, and a ticket that is missing."""
    recent = 2.0 / (1.0 + suspect.hours)
    near = 0.0 if suspect.hops == _FAR else 3.0 / suspect.hops
    return -(recent + near + (1.0 if suspect.outside else 0.0))


_KEYS: Mapping[str, Callable[[Suspect], tuple[object, ...]]] = {
    "random": lambda s: (s.luck,),
    "last unauthorised": lambda s: (not s.outside, s.hours),
    "latest": lambda s: (s.hours,),
    "latest on path": lambda s: (s.hops == _FAR, s.hours),
    "nearest in graph": lambda s: (s.hops, s.hours),
    "random walk": lambda s: (-s.walk, s.hours),
    "weighted score": lambda s: (_weighted(s),),
}
