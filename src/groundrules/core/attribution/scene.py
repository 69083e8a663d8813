"""Who and what was there: for one change, every session and own run near it, each with its owner and its timing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from groundrules.core.attribution.certificates import certified
from groundrules.core.attribution.context import AttributionContext
from groundrules.core.attribution.elsewhere import Openings, openings
from groundrules.core.attribution.gaps import gaps_over
from groundrules.core.attribution.identity import Owner, login_of_session, owner_of
from groundrules.core.attribution.passing_on import about_accounts
from groundrules.core.attribution.runs import touches_component
from groundrules.core.attribution.timing import away, covers, touches, widened
from groundrules.core.changes import Change
from groundrules.core.changes.actors import is_service_account
from groundrules.core.evidence import Gap, GapKind, Session, SessionKind
from groundrules.core.ids import AssetId
from groundrules.core.parties import Account, Party
from groundrules.core.periods import Period
from groundrules.core.work import OwnRun

NOT_A_PERSON = frozenset({SessionKind.SERVICE, SessionKind.BATCH})


@dataclass(frozen=True, slots=True)
class Present:
    """One session near a change: whose login it is, and whether it was open at some or all of the time in question."""

    session: Session
    period: Period
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
    """One change, and everything near it in time or on its host, in an order that does not depend on the input's.

    `further` counts the sessions on the host that are not listed, `elsewhere` the sessions and `runs_elsewhere` the own
    runs that were open on other hosts and are not.
    """

    change: Change
    roster: Roster
    sessions: tuple[Present, ...]
    runs: tuple[Running, ...]
    gaps: tuple[Gap, ...]
    further: int
    elsewhere: int = 0
    runs_elsewhere: int = 0

    @property
    def context(self) -> AttributionContext:
        """What attribution may look at."""
        return self.roster.context

    @property
    def candidates(self) -> tuple[Present, ...]:
        """The sessions in which the change can have been made."""
        return tuple(p for p in self.sessions if p.candidate)

    @property
    def running(self) -> tuple[Running, ...]:
        """The own runs that can have made the change."""
        return tuple(r for r in self.runs if r.candidate)


@dataclass(frozen=True, slots=True)
class Roster:
    """The context made ready once for many questions: sessions and runs with the period they can have been open.

    `accounts` are those of one host, under None those of every host; `run_of` has the first run of each id; `histories`
    the changes of accounts on a host, oldest first.
    """

    context: AttributionContext
    parties: tuple[Party, ...]
    accounts: Mapping[AssetId | None, list[Account]]
    sessions: Openings[Session]
    runs: Openings[OwnRun]
    run_of: Mapping[str, OwnRun]
    gaps: Mapping[AssetId, tuple[Gap, ...]]
    histories: Mapping[AssetId, tuple[Change, ...]] = field(default_factory=dict)

    def accounts_on(self, host: AssetId) -> tuple[Account, ...]:
        """This method will return the accounts a login on a host can be of."""
        return (*self.accounts.get(None, ()), *self.accounts.get(host, ()))


def roster(context: AttributionContext, changes: Iterable[Change] = ()) -> Roster:
    """This function will prepare a context; an unclosed session ends at its host's next restart."""
    gaps: defaultdict[AssetId, list[Gap]] = defaultdict(list)
    for gap in context.gaps:
        gaps[gap.asset].append(gap)
    histories: defaultdict[AssetId, list[Change]] = defaultdict(list)
    for change in about_accounts(changes):
        histories[change.asset].append(change)
    accounts: defaultdict[AssetId | None, list[Account]] = defaultdict(list)
    for account in context.accounts:
        accounts[account.host].append(account)
    return Roster(
        context=context,
        parties=context.parties,
        accounts=accounts,
        sessions=openings((_open_period(s, gaps.get(s.asset, [])), s) for s in context.sessions),
        runs=openings((run.period, run) for run in context.own_runs),
        run_of={run.id: run for run in reversed(context.own_runs)},
        gaps={host: tuple(listed) for host, listed in gaps.items()},
        histories={host: tuple(listed) for host, listed in histories.items()},
    )


def look(change: Change, roster: Roster) -> Scene:
    """This function will gather what is near a change: on its host within the horizon, elsewhere at the same time."""
    context, time = roster.context, widened(change.interval, roster.context.slack)
    here = roster.sessions.on(change.asset)
    others, elsewhere = roster.sessions.beside(change.asset, time, context.most_listed)
    listed = [*_nearest(change, here, context), *others]
    present = [_present(period, s, change, roster) for period, s in listed]
    ours, runs_elsewhere = roster.runs.beside(change.asset, time, context.most_listed)
    near = [one for one in roster.runs.on(change.asset) if _is_near(one[1], change, context)]
    return Scene(
        change=change,
        roster=roster,
        sessions=tuple(sorted(present, key=_session_order)),
        runs=tuple(
            sorted((_running(r, change, context) for _, r in (*near, *ours)), key=_run_order)
        ),
        gaps=gaps_over(change, roster.gaps.get(change.asset, ())),
        further=len(here) - sum(p.here for p in present),
        elsewhere=elsewhere,
        runs_elsewhere=runs_elsewhere,
    )


def _open_period(session: Session, gaps: list[Gap]) -> Period:
    """No login survives a restart, so one whose end was never seen ended there at the latest."""
    period = session.period
    if period.end is not None:
        return period
    restarts = [
        g.interval.not_after
        for g in gaps
        if g.kind is GapKind.RESTART and g.interval.not_after > period.start
    ]
    return Period(period.start, min(restarts)) if restarts else period


def _nearest(
    change: Change, here: list[tuple[Period, Session]], context: AttributionContext
) -> list[tuple[Period, Session]]:
    """Every session that was open, or that carries the record's identifier, and the nearest of the others."""
    told = change.actor.identifier
    must, others = [], []
    for period, session in here:
        distance = away(change.interval, period)
        if distance <= context.slack or (told and session.identifier == told):
            must.append((period, session))
        elif distance <= context.horizon:
            others.append((distance, period.start, session.account, session.id, period, session))
    nearest = sorted(others, key=lambda one: one[:4])[: context.most_listed]
    return [*must, *((one[4], one[5]) for one in nearest)]


def _is_near(run: OwnRun, change: Change, context: AttributionContext) -> bool:
    return away(change.interval, run.period) <= context.horizon


def _present(period: Period, session: Session, change: Change, roster: Roster) -> Present:
    login, context = login_of_session(session), roster.context
    service = session.kind in NOT_A_PERSON or is_service_account(session.account)
    owner = owner_of(login, change.interval, roster.accounts_on(session.asset), context.slack)
    return Present(
        session=session,
        period=period,
        owner=certified(owner, session, context.windows, context.vendors),
        here=session.asset == change.asset,
        open=touches(change.interval, period, context.slack),
        throughout=covers(change.interval, period, context.slack),
        person=not service,
        distance=away(change.interval, period),
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
    started = present.period.start.isoformat()
    return not present.here, present.distance, started, session.account.casefold(), session.id


def _run_order(running: Running) -> tuple[bool, timedelta, str, str, str]:
    run = running.run
    return not running.here, running.distance, run.period.start.isoformat(), run.kind, run.id
