"""What an application depends on, directly and through others, and how well each dependency is known.

A path is as good as its weakest step (observed over declared). A component known only for being on the same host is
not a path. The best path to a component is the best known, then the shortest, then the first by name.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from heapq import heappop, heappush

from groundrules.core.causation.context import CausationContext
from groundrules.core.changes import Change, is_needed_by, normalised, same_component
from groundrules.core.changes.components import named_version
from groundrules.core.ids import AssetId
from groundrules.core.parties import Application, Dependency, DependencyGrade

_WEAKNESS = {DependencyGrade.OBSERVED: 0, DependencyGrade.DECLARED: 1, DependencyGrade.SAME_HOST: 2}
_BY_WEAKNESS = {rank: grade for grade, rank in _WEAKNESS.items()}


@dataclass(frozen=True, slots=True)
class Reach:
    """One component an application depends on: where it is, the names on the way, and the weakest step's grade."""

    asset: AssetId
    component: str
    path: tuple[str, ...]
    grade: DependencyGrade


@dataclass(frozen=True, slots=True, order=True)
class _Step:
    weakness: int
    hops: int
    path: tuple[str, ...]
    asset: AssetId
    node: str


def reaches(application: Application, context: CausationContext) -> tuple[Reach, ...]:
    """This function will list every component the application needs over any number of steps, best path first."""
    index = _index(context.dependencies)
    queue = [_Step(0, 0, (application.name,), application.asset, application.id)]
    seen: dict[tuple[AssetId, str], Reach] = {}
    while queue:
        step = heappop(queue)
        place = (step.asset, normalised(step.node))
        if place in seen:
            continue
        grade = _BY_WEAKNESS[step.weakness]
        seen[place] = Reach(step.asset, step.node, step.path, grade)
        for dependency in _needs(step.node, application, index, context):
            heappush(queue, _onward(step, dependency, context))
    found = list(seen.values())[1:]
    return tuple(found)


def best_path(change: Change, known: tuple[Reach, ...]) -> Reach | None:
    """This function will return the best path that leads to what a change touched, or None."""
    return next(
        (
            r
            for r in known
            if r.asset == change.asset and is_needed_by(r.component, change.component)
        ),
        None,
    )


def _index(dependencies: tuple[Dependency, ...]) -> dict[str, list[Dependency]]:
    index: defaultdict[str, list[Dependency]] = defaultdict(list)
    for dependency in dependencies:
        index[named_version(dependency.dependent)[0]].append(dependency)
    return index


def _needs(
    node: str,
    origin: Application,
    index: dict[str, list[Dependency]],
    context: CausationContext,
) -> list[Dependency]:
    names = {node}
    for application in (origin, *context.applications):
        if node in {application.id, application.name}:
            names |= {application.id, application.name}
    found = [d for name in names for d in index.get(named_version(name)[0], ())]
    return [d for d in found if any(same_component(d.dependent, name) for name in names)]


def _onward(step: _Step, dependency: Dependency, context: CausationContext) -> _Step:
    target = str(dependency.component)
    application = next((a for a in context.applications if target in {a.id, a.name}), None)
    asset = step.asset if application is None else application.asset
    shown = target if application is None else application.name
    weakness = max(step.weakness, _WEAKNESS[dependency.grade])
    return _Step(weakness, step.hops + 1, (*step.path, shown), asset, target)
