"""What happens, in the order it happens: visits and their acts, what they break, what breaks by itself, and repairs."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random

from tests.independent.measured_worlds.deeds import RESTART, Deed
from tests.independent.measured_worlds.estate import App, Estate, Part
from tests.independent.measured_worlds.people import Cast, Person
from tests.independent.measured_worlds.profiles import Profile


@dataclass(eq=False, slots=True)
class Visit:
    """Somebody on a server for a while; `purpose` is visit, patch run, recovery or repair."""

    person: Person
    server: str
    start: datetime
    end: datetime
    purpose: str
    number: int = 0
    acts: list[Act] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Act:
    """One thing done to one part; `undone` once somebody put it right, `rights` is what it puts right itself."""

    at: datetime
    part: Part
    deed: Deed
    visit: Visit
    rights: Act | None = None
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Quiet:
    """What no change did: a kind as the truth writes it, and until when it lasts where that is known beforehand."""

    kind: str
    until: datetime | None = None


@dataclass(eq=False, slots=True)
class Failure:
    """An application down from `onset` until `up`; `act` broke it, or else `quiet` says what did."""

    number: int
    app: App
    onset: datetime
    act: Act | None
    quiet: Quiet | None
    found: datetime
    reported: datetime
    up: datetime


@dataclass(slots=True)
class Notice:
    """How an application's failures are noticed: polled every so many minutes, or reported by people (0)."""

    every: int
    phase: int


@dataclass(slots=True)
class Life:
    """A world as it really was."""

    rng: Random
    profile: Profile
    estate: Estate
    people: Cast
    notices: dict[str, Notice]
    visits: list[Visit] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    _events: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    _told: int = 0
    _down: dict[str, datetime] = field(default_factory=dict)
    _waiting: list[tuple[Act, App]] = field(default_factory=list)

    def run(self, visits: list[Visit]) -> None:
        """This function will let the visits happen, and everything that follows from them."""
        for visit in visits:
            self._enter(visit)
        while self._events:
            at, _, happen = heapq.heappop(self._events)
            happen(at)
        self.acts.sort(key=lambda act: act.at)
        self.visits.sort(key=lambda visit: visit.start)

    def _at(self, when: datetime, happen: Callable[[datetime], None]) -> None:
        self._told += 1
        heapq.heappush(self._events, (when, self._told, happen))

    def _enter(self, visit: Visit) -> None:
        self.visits.append(visit)
        for act in visit.acts:
            self._at(act.at, partial(self._do, act))

    def _do(self, act: Act, _at: datetime) -> None:
        self.acts.append(act)
        if act.visit.purpose == "repair":
            return
        if act.deed is RESTART:
            self._wake(act)
        for app in self.estate.apps:
            steps = self.estate.steps[app.id].get(act.part.name)
            if steps is None or self.rng.random() >= act.deed.breaks(steps, self.profile.harm):
                continue
            self._plan_failure(act, app)

    def _plan_failure(self, act: Act, app: App) -> None:
        rng, deed = self.rng, act.deed
        if rng.random() < min(0.95, deed.waits * self.profile.latent):
            if rng.random() < 0.5:
                self._waiting.append((act, app))
            delay = timedelta(days=rng.expovariate(1 / (deed.later * self.profile.later)))
        else:
            delay = timedelta(minutes=rng.expovariate(1 / (deed.soon * self.profile.soon)))
        when = act.at + delay + timedelta(seconds=20)
        self._at(when, partial(self._fail, app, act, None))

    def _wake(self, restart: Act) -> None:
        """What waited for a restart of this server fails now."""
        due = [one for one in self._waiting if one[0].part.server == restart.part.server]
        self._waiting = [one for one in self._waiting if one not in due]
        for act, app in due:
            when = restart.at + timedelta(minutes=self.rng.uniform(1, 6))
            self._at(when, partial(self._fail, app, act, None))

    def fail_quietly(self, app: App, onset: datetime, quiet: Quiet) -> None:
        """This function will plan a failure that no change caused."""
        self._at(onset, partial(self._fail, app, None, quiet))

    def _fail(self, app: App, act: Act | None, quiet: Quiet | None, at: datetime) -> None:
        last = self.people.start + timedelta(days=self.profile.days)
        up = self._down.get(app.id)
        too_soon = up is not None and at < up + timedelta(hours=3)
        if too_soon or (act is not None and act.undone) or at > last:
            return
        if at < self.people.start + timedelta(days=self.profile.calm_days):
            if act is not None:
                act.undone = True
            return
        found, reported = self._noticed(app, at)
        up = reported + timedelta(minutes=self.rng.lognormvariate(4.4, 0.7))
        if quiet is not None and quiet.until is not None:
            up = max(quiet.until, reported)
        self._down[app.id] = up
        failure = Failure(len(self.failures) + 1, app, at, act, quiet, found, reported, up)
        self.failures.append(failure)
        self._repair(failure)

    def _noticed(self, app: App, onset: datetime) -> tuple[datetime, datetime]:
        """When it was first seen failing, and when an incident was opened."""
        notice = self.notices[app.id]
        if not notice.every:
            found = onset + timedelta(
                minutes=self.rng.expovariate(1 / self.profile.reported_after) + 2
            )
            return found, found
        found = next_poll(self.people.start, notice, onset)
        return found, found + timedelta(minutes=self.rng.uniform(1, 25))

    def _repair(self, failure: Failure) -> None:
        """Mostly it is put back or put right; the time is that at which the application is up again."""
        rng, act = self.rng, failure.act
        if act is None and (rng.random() < 0.45 or (failure.quiet and failure.quiet.until)):
            return
        person = rng.choice(self.people.technicians)
        if failure.app.vendor and rng.random() < 0.25:
            person = rng.choice(self.people.vendors[failure.app.vendor])
        at = failure.up - timedelta(minutes=rng.uniform(1, 6))
        part = act.part if act else self.estate.parts[rng.choice(failure.app.needs)]
        visit = Visit(
            person, part.server, at - timedelta(minutes=rng.uniform(4, 30)), failure.up, "repair"
        )
        visit.acts.append(Act(at, part, _put_right(act), visit, rights=act))
        self._enter(visit)
        if act is not None:
            self._at(at, partial(_undo, act))


def _undo(act: Act, _at: datetime) -> None:
    act.undone = True


def _put_right(act: Act | None) -> Deed:
    if act is None:
        return Deed("looked after", "altered", -9.0, 1.0)
    action = {"added": "removed", "removed": "added"}.get(act.deed.action, "altered")
    return Deed("put right", action, -9.0, 1.0, as_kind=act.deed.as_kind)


def next_poll(start: datetime, notice: Notice, at: datetime) -> datetime:
    """This function will return the first poll after an instant."""
    passed = (at - start).total_seconds() / 60 - notice.phase
    return start + timedelta(minutes=notice.phase + (passed // notice.every + 1) * notice.every)
