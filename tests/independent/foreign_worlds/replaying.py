"""Replays of made worlds: the search of the project asks, and a copy answers as this world's truth has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

from groundrules.core.ids import ChangeId, IncidentId
from groundrules.core.replay.answers import Outcome, ReplayPlan, Run, State, Wanted
from groundrules.core.replay.search import next_step
from tests.independent.foreign_worlds.life import Plot
from tests.independent.foreign_worlds.records import Entry, said

_LASTING = {
    "vendor",
    "technician",
    "client",
    "patch",
    "recovery",
    "pair",
    "unrecorded",
    "certificate",
}


def replay(rng: Random, plot: Plot, changes: list[str], at: datetime) -> Entry | None:
    """A replay of an incident with its recorded changes, as a case file writes it; None when it would not end."""
    ids = tuple(ChangeId(change) for change in changes)
    plan = ReplayPlan(
        IncidentId(f"INC-{plot.number}"),
        ids,
        has_end_copy=rng.random() < 0.5,
        running=True,
        repeats=30,
    )
    answer = _copy(rng, plot)
    runs: list[Run] = []
    while isinstance(step := next_step(plan, runs), Wanted):
        if len(runs) > 400:
            return None
        runs.append(Run(len(runs) + 1, step.state, answer(step.state)))
    return {
        "at": said(at),
        "plan": {
            "incident": plan.incident,
            "changes": list(changes),
            "has_end_copy": plan.has_end_copy,
            "running": True,
            "repeats": 30,
        },
        "runs": [
            {"number": run.number, "state": _state(run.state), "outcome": run.outcome.value}
            for run in runs
        ],
    }


def _copy(rng: Random, plot: Plot) -> Callable[[State], Outcome]:
    faithful = rng.random() < 0.9
    true = frozenset(act.id for act in plot.acts)
    brittle = {act.id for act in plot.brittle}
    flake = 0.005

    def answer(state: State) -> Outcome:
        fails = _fails(state, plot, true, brittle) and faithful
        if rng.random() < flake:
            fails = not fails
        return Outcome.SAME_FAILURE if fails else Outcome.PASSES

    return answer


def _fails(state: State, plot: Plot, true: frozenset[str], brittle: set[str]) -> bool:
    if state.end_copy:
        return plot.cause in _LASTING
    made = {str(change) for change in state.changes}
    if true and not plot.unrecorded and true <= made:
        return not (state.running and plot.latent)
    return bool(brittle & made) and not state.running


def _state(state: State) -> Entry:
    entry: Entry = {"changes": sorted(state.changes)} if state.changes else {}
    if state.end_copy:
        entry["end_copy"] = True
    if state.running:
        entry["running"] = True
    return entry
