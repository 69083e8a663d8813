"""Modelled replays: the project's search asks for runs, and a copy answers as the truth has it.

As in section 3.5 of the reference, a copy shows the cause with probability 0.9, and an innocent change fails on it
with probability 0.003.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random

from groundrules.core.ids import ChangeId, IncidentId
from groundrules.core.replay.answers import Outcome, ReplayPlan, Run, State, Wanted
from groundrules.core.replay.search import next_step
from tests.independent.measured_worlds.estate import Entry
from tests.independent.measured_worlds.seen import said

_SENSITIVITY = 0.9
_FALSE_POSITIVE = 0.003
_REPEATS = 30
_MOST_RUNS = 400


def replay(
    rng: Random, incident: str, changes: Sequence[str], cause: str | None, at: datetime
) -> Entry | None:
    """This function will carry out a replay and write it; None where it would not end."""
    plan = ReplayPlan(
        IncidentId(incident), tuple(map(ChangeId, changes)), running=True, repeats=_REPEATS
    )
    ask = _copy(rng, changes, cause)
    runs: list[Run] = []
    while isinstance(step := next_step(plan, runs), Wanted):
        if len(runs) == _MOST_RUNS:
            return None
        runs.append(Run(len(runs) + 1, step.state, ask(step.state)))
    planned: Entry = {
        "incident": incident,
        "changes": list(changes),
        "running": True,
        "repeats": _REPEATS,
    }
    return {"at": said(at), "plan": planned, "runs": [_written(run) for run in runs]}


def _copy(rng: Random, changes: Sequence[str], cause: str | None) -> Callable[[State], Outcome]:
    failing = {change for change in changes if rng.random() < _FALSE_POSITIVE}
    if cause is not None and rng.random() < _SENSITIVITY:
        failing.add(cause)

    def answer(state: State) -> Outcome:
        return Outcome.SAME_FAILURE if failing & state.changes else Outcome.PASSES

    return answer


def _written(run: Run) -> Entry:
    state: Entry = {}
    if run.state.changes:
        state["changes"] = sorted(run.state.changes)
    if run.state.running:
        state["running"] = True
    return {"number": run.number, "state": state, "outcome": run.outcome.value}
