"""The drawing of a dependency map: applications at the left, what they need to the right. Geometry only.

The table below it is the accessible truth; both hold the same edges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from groundrules.core.changes import normalised
from groundrules.records.parties import Application, Dependency

_COLUMN, _BOX, _ROW, _TALL, _TOP = 280, 220, 34, 26, 12
_MOST_LETTERS = 30
_DRAWN = 120


@dataclass(frozen=True, slots=True)
class Node:
    """A box: where it is, what it is called in full and as it fits, and whether it is an application."""

    x: int
    y: int
    name: str
    shown: str
    kind: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from a box to what it needs; `kind` is the grade as a class, `title` the whole sentence."""

    path: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole graph; `hidden` counts the edges that are in the table only."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    hidden: int


def edges_of(applications: Sequence[Application], every: Sequence[Dependency]) -> list[Dependency]:
    """This function will return the edges that lead from applications to all they need, over any number of steps."""
    by_dependent: defaultdict[str, list[Dependency]] = defaultdict(list)
    for edge in every:
        by_dependent[normalised(edge.dependent)].append(edge)
    waiting = [name for application in applications for name in _names(application)]
    seen: set[str] = set()
    found: list[Dependency] = []
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        found += by_dependent[name]
        waiting += [normalised(edge.component) for edge in by_dependent[name]]
    return found


def _names(application: Application) -> tuple[str, str]:
    return normalised(application.code), normalised(application.name)


def draw(applications: Sequence[Application], edges: Sequence[Dependency]) -> Drawing:
    """This function will place every application and component, and the lines between them."""
    called = {name: a.name for a in applications for name in _names(a)}
    drawn = edges[:_DRAWN]
    depths = _depths({normalised(a.name) for a in applications}, called, drawn)
    nodes = _placed(depths, called, drawn)
    lines = tuple(_line(edge, nodes, called) for edge in drawn)
    height = max((node.y for node in nodes.values()), default=0) + _ROW + _TOP
    width = max((node.x for node in nodes.values()), default=0) + _BOX + _TOP
    return Drawing(width, height, tuple(nodes.values()), lines, len(edges) - len(drawn))


def _key(name: str, called: dict[str, str]) -> str:
    """One box for an application however an edge names it."""
    plain = normalised(name)
    return normalised(called[plain]) if plain in called else plain


def _depths(roots: set[str], called: dict[str, str], edges: Sequence[Dependency]) -> dict[str, int]:
    depths = dict.fromkeys(sorted(roots), 0)
    waiting = list(depths)
    while waiting:
        name = waiting.pop(0)
        for edge in edges:
            target = _key(edge.component, called)
            if _key(edge.dependent, called) == name and target not in depths:
                depths[target] = depths[name] + 1
                waiting.append(target)
    return depths


def _placed(
    depths: dict[str, int], called: dict[str, str], edges: Sequence[Dependency]
) -> dict[str, Node]:
    spelled = {normalised(n): n for n in called.values()}
    spelled |= {
        _key(e.component, called): called.get(normalised(e.component), e.component) for e in edges
    }
    rows: defaultdict[int, int] = defaultdict(int)
    placed: dict[str, Node] = {}
    for name, depth in depths.items():
        label = spelled.get(name, name)
        kind = "application" if name in {normalised(n) for n in called.values()} else "component"
        y = _TOP + rows[depth] * _ROW
        rows[depth] += 1
        placed[name] = Node(_TOP + depth * _COLUMN, y, label, _fitting(label), kind)
    return placed


def _fitting(label: str) -> str:
    """A long path keeps its end, where it differs from others."""
    return label if len(label) <= _MOST_LETTERS else f"…{label[-_MOST_LETTERS + 1 :]}"


def _line(edge: Dependency, nodes: dict[str, Node], called: dict[str, str]) -> Edge:
    start, end = nodes[_key(edge.dependent, called)], nodes[_key(edge.component, called)]
    x1, y1, x2, y2 = start.x + _BOX, start.y + _TALL // 2, end.x, end.y + _TALL // 2
    bend = max(abs(x2 - x1) // 2, 24)
    path = f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    kind = f"edge-{edge.grade.replace(' ', '-')}"
    return Edge(path, kind, f"{start.name} needs {end.name} ({edge.grade})")
