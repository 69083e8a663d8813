"""The report of what an application needs: one JSON document, the same for the same host, without any contents."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from groundrules_collector.host import HostView, identity
from groundrules_collector.needs import FORMAT, Seen, Wanted, components
from groundrules_collector.needs_packages import declared, owners_of


@dataclass(frozen=True, slots=True)
class Watched:
    """One watch: the application's name, whose processes, what was seen, and from when to when."""

    application: str
    wanted: Wanted
    seen: Seen
    began: datetime
    ended: datetime


def report(view: HostView, watched: Watched) -> bytes:
    """This function will write the report as JSON, in a fixed order."""
    seen = watched.seen
    observed = components(view, seen)
    programs = set(owners_of(view, seen.programs).values())
    edges = [
        _edge(watched.application, component, "observed", how)
        for component, how in sorted(observed.items())
    ]
    edges += [
        _edge(watched.application, component, "declared", how)
        for _, component, how in sorted(set(declared(view, programs, watched.wanted.unit)))
        if component not in observed
    ]
    document = {
        "groundrules-needs": FORMAT,
        "application": watched.application,
        "host": identity(view).name,
        "watched": watched.wanted.sentence,
        "processes": sorted(seen.processes),
        "began": watched.began.isoformat(),
        "ended": watched.ended.isoformat(),
        "looks": seen.looks,
        "edges": edges,
        "problems": sorted({*seen.problems, *view.problems}),
    }
    return json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"


def _edge(dependent: str, component: str, grade: str, how: str) -> dict[str, str]:
    return {"dependent": dependent, "component": component, "grade": grade, "how": how}
