"""Replays of made incidents: what a copy would do by the world's truth, asked by the search that production uses.

A copy knows which acts break what. The search decides what is run, and nobody tells it what is true. Not every
incident can be replayed, not every copy is faithful, and a health check is sometimes wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from groundrules.core.ids import ChangeId, IncidentId
from groundrules.core.replay.answers import REPEATS, Outcome, ReplayPlan, ReplayResult, Run, State
from groundrules.core.replay.search import next_step
from groundrules.services.worlds.making.acts import Act, failure_of, written
from groundrules.services.worlds.making.estate import Part, Row, Software
from groundrules.services.worlds.making.profiles import Profile

# Backups are kept longer than harm waits for a restart in these worlds.
_BACK = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Failure:
    """One incident as its copy would know it: who failed, when it was seen, what it said, and what truly did it.

    `generic` when what it said names nothing. `stays` when the copy of the end state fails as well: something in it is
    broken, recorded or not. `waits` when what did it shows itself only at a fresh start.
    """

    incident: str
    application: Software
    bad: datetime
    said: str
    causes: tuple[Act, ...]
    generic: bool
    stays: bool
    waits: bool = False


class Copy:
    """The good state with some changes made, as it truly behaves: each act breaks a part, mends it, or does nothing."""

    def __init__(
        self, failure: Failure, acts: Iterable[Act], profile: Profile, luck: Random
    ) -> None:
        self._failure, self._profile, self._luck = failure, profile, luck
        self._acts = tuple(acts)
        self._faithful = luck.random() < profile.faithful
        self._brittle = {a.ref for a in self._acts if a.odd and luck.random() < profile.brittle}
        self._waits = failure.waits or luck.random() >= profile.shown_running
        self._young = {r for r in sorted(self._brittle) if luck.random() < profile.brittle_running}
        self._needed = {part for part, _ in failure.application.needs}
        self._causes = frozenset(ChangeId(a.ref) for a in failure.causes)

    def tell(self, state: State) -> Outcome:
        """This function will say what the health check says of a state, right or, seldom, wrong."""
        outcome = self._outcome(state)
        if self._luck.random() >= self._profile.flaky:
            return outcome
        return Outcome.SAME_FAILURE if outcome is Outcome.PASSES else Outcome.PASSES

    def _outcome(self, state: State) -> Outcome:
        if state.end_copy:
            return Outcome.SAME_FAILURE if self._failure.stays else Outcome.PASSES
        broken = self._broken(state.changes, running=state.running)
        if self._shows_itself(state, broken):
            return Outcome.SAME_FAILURE
        others = [p for p, ref in broken.items() if ref not in self._causes and p in self._needed]
        if not others:
            return Outcome.PASSES
        alike = self._failure.generic or failure_of(others[0]) == self._failure.said
        return Outcome.SAME_FAILURE if alike else Outcome.OTHER_FAILURE

    def _shows_itself(self, state: State, broken: Mapping[Part, str]) -> bool:
        """Two that only break it together do nothing alone; harm that waits for a restart spares a running copy."""
        if not (self._causes and self._faithful) or (state.running and self._waits):
            return False
        still = {ref for part, ref in broken.items() if part in self._needed}
        return (
            self._causes <= state.changes if len(self._causes) > 1 else bool(self._causes & still)
        )

    def _broken(self, made: frozenset[ChangeId], *, running: bool) -> dict[Part, str]:
        """What is broken after these acts in their order, and by which. A brittle one breaks a fresh start, and seldom
        a copy that has run for a minute only.
        """
        waiting = self._causes if running and self._waits else frozenset[ChangeId]()
        brittle = self._young if running else self._brittle
        broken: dict[Part, str] = {}
        for act in self._acts:
            if act.ref not in made:
                continue
            if act.undoes:
                broken.pop(act.part, None)
            elif (act.harmful and act.ref not in waiting) or act.ref in brittle:
                broken[act.part] = act.ref
        return broken


def replays_of(
    failures: Iterable[Failure], acts: Iterable[Act], profile: Profile, luck: Random
) -> list[Row]:
    """This function will carry out what can be replayed, and write it as a case file does."""
    recorded = sorted((a for a in acts if a.recorded), key=lambda a: (a.at, a.ref))
    found = [_replay(failure, recorded, profile, luck) for failure in failures]
    return [row for row in found if row is not None]


def _replay(failure: Failure, acts: list[Act], profile: Profile, luck: Random) -> Row | None:
    """Every recorded change on the server since the copy of three days before is replayed."""
    since = failure.bad - _BACK
    here = [
        a
        for a in acts
        if a.part.server == failure.application.server and since <= a.at <= failure.bad
    ]
    if luck.random() >= profile.replayed or not here:
        return None
    plan = ReplayPlan(
        IncidentId(failure.incident),
        tuple(ChangeId(a.ref) for a in here),
        has_end_copy=luck.random() < profile.end_copy,
        running=True,
        repeats=REPEATS,
    )
    copy = Copy(failure, here, profile, luck)
    runs: list[Run] = []
    while not isinstance(step := next_step(plan, runs), ReplayResult):
        runs.append(Run(len(runs) + 1, step.state, copy.tell(step.state)))
    row: Row = {"incident": plan.incident, "changes": list(plan.changes)}
    row |= {"running": True, "repeats": plan.repeats}
    return {
        "at": written(failure.bad + timedelta(hours=luck.randint(3, 30))),
        "plan": row | ({"has_end_copy": True} if plan.has_end_copy else {}),
        "runs": [_run_row(run, failure.said) for run in runs],
    }


def _run_row(run: Run, said: str) -> Row:
    state: Row = {"changes": sorted(run.state.changes)} if run.state.changes else {}
    if run.state.running:
        state["running"] = True
    row: Row = {
        "number": run.number,
        "state": {"end_copy": True} if run.state.end_copy else state,
        "outcome": run.outcome.value,
    }
    return row | ({"signature": said} if said and run.outcome is Outcome.SAME_FAILURE else {})
