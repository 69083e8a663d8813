"""Who and what was there: for one change, every session and own run near it, each with its owner and its timing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from groundrules.core.attribution.context import AttributionContext
from groundrules.core.attribution.gaps import gaps_over
from groundrules.core.attribution.identity import Owner, login_of_session, owner_of
from groundrules.core.attribution.runs import touches_component
from groundrules.core.attribution.timing import away, covers, touches
from groundrules.core.changes import Change
from groundrules.core.changes.actors import is_service_account
from groundrules.core.evidence import Gap, GapKind, Session, SessionKind
from groundrules.core.periods import Period
from groundrules.core.work import OwnRun

_NOT_A_PERSON = frozenset({SessionKind.SERVICE, SessionKind.BATCH})


@dataclass(frozen=True, slots=True)
class Present:
    """One session near a change: whose login it is, and whether it was open at some or all of the time in question."""

    session: Session
    owner: Owner
    here: bool
    open: bool
    throughout: bool
    person: bool
    distance: timedelta

    @property
    def candidate(self) -> bool:
        """True when somebody in this session can have made the change."""
        return self.here and self.open and self.person


@dataclass(frozen=True, slots=True)
class Running:
    """One own run near a change; `fits` None when the run recorded no components."""

    run: OwnRun
    here: bool
    open: bool
    throughout: bool
    fits: bool | None
    distance: timedelta

    @property
    def candidate(self) -> bool:
        """True when this run can have made the change."""
        return self.here and self.open and self.fits is not False


@dataclass(frozen=True, slots=True)
class Scene:
    """One change, and everything near it in time or on its host, in an order that does not depend on the input's."""

    change: Change
    context: AttributionContext
    sessions: tuple[Present, ...]
    runs: tuple[Running, ...]
    gaps: tuple[Gap, ...]
    further: int

    @property
    def candidates(self) -> tuple[Present, ...]:
        """The sessions in which the change can have been made."""
        return tuple(p for p in self.sessions if p.candidate)

    @property
    def running(self) -> tuple[Running, ...]:
        """The own runs that can have made the change."""
        return tuple(r for r in self.runs if r.candidate)


def look(change: Change, context: AttributionContext) -> Scene:
    """This function will gather what is near a change: on its host within the horizon, elsewhere at the same time."""
    sessions = [_ended_by_restart(s, context.gaps) for s in context.sessions]
    near = [s for s in sessions if _near(change, s.asset == change.asset, s.period, context)]
    there = [
        r for r in context.own_runs if _near(change, r.asset == change.asset, r.period, context)
    ]
    here = sum(s.asset == change.asset for s in context.sessions)
    listed = sum(s.asset == change.asset for s in near)
    return Scene(
        change=change,
        context=context,
        sessions=tuple(sorted((_present(s, change, context) for s in near), key=_session_order)),
        runs=tuple(sorted((_running(r, change, context) for r in there), key=_run_order)),
        gaps=gaps_over(change, context.gaps),
        further=here - listed,
    )


def _ended_by_restart(session: Session, gaps: tuple[Gap, ...]) -> Session:
    """No login survives a restart, so one whose end was never seen ended there at the latest."""
    if session.period.end is not None:
        return session
    restarts = [
        g.interval.not_after
        for g in gaps
        if g.asset == session.asset
        and g.kind is GapKind.RESTART
        and g.interval.not_after > session.period.start
    ]
    return replace(session, ended=min(restarts)) if restarts else session


def _near(change: Change, here: bool, period: Period, context: AttributionContext) -> bool:  # noqa: FBT001 - one fact of the test
    if not here:
        return touches(change.interval, period, context.slack)
    return away(change.interval, period) <= context.horizon


def _present(session: Session, change: Change, context: AttributionContext) -> Present:
    login = login_of_session(session)
    service = session.kind in _NOT_A_PERSON or is_service_account(session.account)
    return Present(
        session=session,
        owner=owner_of(login, change.interval, context.accounts),
        here=session.asset == change.asset,
        open=touches(change.interval, session.period, context.slack),
        throughout=covers(change.interval, session.period, context.slack),
        person=not service,
        distance=away(change.interval, session.period),
    )


def _running(run: OwnRun, change: Change, context: AttributionContext) -> Running:
    return Running(
        run=run,
        here=run.asset == change.asset,
        open=touches(change.interval, run.period, context.slack),
        throughout=covers(change.interval, run.period, context.slack),
        fits=touches_component(change, run),
        distance=away(change.interval, run.period),
    )


def _session_order(present: Present) -> tuple[bool, timedelta, str, str, str]:
    session = present.session
    started = session.period.start.isoformat()
    return not present.here, present.distance, started, session.account.casefold(), session.id


def _run_order(running: Running) -> tuple[bool, timedelta, str, str, str]:
    run = running.run
    return not running.here, running.distance, run.period.start.isoformat(), run.kind, run.id
