"""Carries a replay from the first control to its result, with any backend; the core says which run comes next."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from groundrules.core.ids import IncidentId
from groundrules.core.replay.answers import REPEATS, ReplayPlan, ReplayResult, Run, Wanted
from groundrules.core.replay.search import next_step
from groundrules.gateways.replay import (
    ActionKind,
    BadSite,
    NotAReplica,
    ReplayBackend,
    ReplaySite,
    read_site,
)

__all__ = ["BadSite", "NotAReplica", "Replay", "carry_out", "plan_for", "read_site"]
_HIDDEN = "[stand-in]"
Progress = Callable[[Wanted, Run], None]


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay as it went: the result, and each run's log by its digest."""

    result: ReplayResult
    logs: dict[str, str]


def plan_for(site: ReplaySite, incident: IncidentId) -> ReplayPlan:
    """This function will plan the replay of a site's recorded changes."""
    changes = tuple(action.change for action in site.actions)
    return ReplayPlan(
        incident,
        changes,
        site.suspects,
        has_end_copy=site.end_tree is not None,
        running=site.running,
        repeats=REPEATS,
    )


def carry_out(
    plan: ReplayPlan, site: ReplaySite, backend: ReplayBackend, progress: Progress = lambda *_: None
) -> Replay:
    """This function will run what the search asks for until it has its answer; the backend is closed by its owner."""
    runs: list[Run] = []
    logs: dict[str, str] = {}
    while not isinstance(step := next_step(plan, runs), ReplayResult):
        seen = backend.run(step.state, site)
        log = _without_stand_ins(seen.log, site)
        digest = hashlib.sha256(log.encode()).hexdigest()
        logs[digest] = log
        runs.append(Run(len(runs) + 1, step.state, seen.outcome, seen.signature, digest))
        progress(step, runs[-1])
    return Replay(step, logs)


def _without_stand_ins(log: str, site: ReplaySite) -> str:
    """Stand-in passwords leave a log before it is kept, in case a program printed one."""
    words = {a.value for a in site.actions if a.kind is ActionKind.PASSWORD and a.value}
    for word in sorted(words, key=len, reverse=True):
        log = log.replace(word, _HIDDEN)
    return log
