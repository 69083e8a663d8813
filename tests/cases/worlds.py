"""Whole worlds for property tests: a scenario's facts, and drawn logins, changes and gaps among them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from groundrules.core.answers.known import as_known
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, Actor, Gap, GapKind, ItemKind, Session, SessionKind
from groundrules.core.ids import AssetId, ChangeId, GapId, SessionId
from groundrules.core.periods import Interval
from groundrules.core.world import World
from groundrules.services.cases import run_case

_FOLDER = Path(__file__).parent
SCENARIOS = ("04-rogue-change.yaml", "06-our-own-patch.yaml", "07-sa-password.yaml")
WITH_INCIDENTS = (
    *SCENARIOS,
    "01-drive-array-recovery.yaml",
    "05b-the-same-in-april.yaml",
    "18-sla-pause.yaml",
    "v30-two-cases-at-dell.yaml",
)


@cache
def world_of(name: str) -> World:
    """This function will return a scenario's world as known at its last question."""
    path = _FOLDER / name
    outcome = run_case(path.read_bytes(), path)
    return as_known(outcome.case.world, outcome.case.questions[-1].at)


def _opened(world: World) -> datetime:
    return min(incident.opened_at for incident in world.incidents)


@dataclass(frozen=True)
class Drawn:
    """A scenario by name, and what was drawn to stand in it."""

    scenario: str
    sessions: tuple[Session, ...]
    changes: tuple[Change, ...]
    gaps: tuple[Gap, ...]

    @property
    def world(self) -> World:
        """The whole world."""
        world = world_of(self.scenario)
        return replace(
            world,
            sessions=(*world.sessions, *self.sessions),
            changes=(*world.changes, *self.changes),
            gaps=(*world.gaps, *self.gaps),
        )


@st.composite
def noisy(draw: st.DrawFn) -> Drawn:
    """A scenario with up to four more logins, three more changes and one gap in the day before its incident."""
    scenario = draw(st.sampled_from(SCENARIOS))
    world = world_of(scenario)
    start = _opened(world) - timedelta(hours=24)
    minutes = st.integers(0, 24 * 60)
    names = st.sampled_from([*(a.name for a in world.accounts), "stranger"])
    hosts = st.sampled_from([a.id for a in world.assets])
    sessions = [
        _session(n, draw(hosts), draw(names), start + timedelta(minutes=draw(minutes)))
        for n in range(draw(st.integers(0, 4)))
    ]
    components = sorted({str(d.component) for d in world.dependencies} | {"Notepad"})
    changes = [
        _change(
            n,
            draw(hosts),
            draw(st.sampled_from(components)),
            start + timedelta(minutes=draw(minutes)),
            _actor(draw, names, sessions),
        )
        for n in range(draw(st.integers(0, 3)))
    ]
    gaps = [_gap(draw(hosts), start + timedelta(minutes=draw(minutes)))] if draw(_RARELY) else []
    return Drawn(scenario, tuple(sessions), tuple(changes), tuple(gaps))


_RARELY = st.sampled_from([False, False, True])


def _actor(draw: st.DrawFn, names: Any, sessions: list[Session]) -> Actor:  # noqa: ANN401 - a strategy
    keys = ["", *(s.key for s in sessions)]
    return draw(st.sampled_from([Actor(), Actor(account=draw(names)), Actor(session_key=keys[-1])]))


def _session(number: int, host: AssetId, account: str, start: datetime) -> Session:
    return Session(
        SessionId(f"SES-N{number}"),
        host,
        account,
        start,
        start + timedelta(minutes=40),
        SessionKind.REMOTE,
        key=f"{host}|boot|n{number}",
    )


def _change(number: int, host: AssetId, component: str, at: datetime, actor: Actor) -> Change:
    return Change(
        ChangeId(f"CHG-NOISE{number}"),
        host,
        ItemKind.PACKAGE,
        component,
        Action.ALTERED,
        Interval.exactly(at),
        actor=actor,
    )


def _gap(host: AssetId, at: datetime) -> Gap:
    until = at + timedelta(hours=2)
    return Gap(
        GapId("GAP-N"), host, GapKind.RECORDS_MISSING, Interval(at, until), "Security", "missing"
    )
