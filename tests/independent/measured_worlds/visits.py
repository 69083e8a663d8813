"""Ordinary life: who comes when, and what they do there, on the path of an application as well as beside it."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from tests.independent.measured_worlds.deeds import DEEDS, NEW, PATCH, RESTART, Deed
from tests.independent.measured_worlds.estate import Estate, Part
from tests.independent.measured_worlds.life import Act, Visit
from tests.independent.measured_worlds.people import Cast, Person
from tests.independent.measured_worlds.profiles import Profile

_NEW_WORDS = ("toolbox", "viewer", "helper", "export", "bridge", "sync", "console", "report")


def ordinary(rng: Random, profile: Profile, estate: Estate, people: Cast) -> list[Visit]:
    """This function will draw every planned visit of a world; repairs come later, from what breaks."""
    visits: list[Visit] = []
    pace = rng.lognormvariate(0, profile.spread)
    for vendor, persons in people.vendors.items():
        for day in _days(rng, profile.vendor_every * pace, profile.days):
            visits.append(_visit(rng, estate, people, rng.choice(persons), day))
            _fill(rng, estate, visits[-1], vendor, profile.own_parts)
    for day in _days(rng, profile.technician_every * pace, profile.days):
        person = people.client if rng.random() < 0.1 else rng.choice(people.technicians)
        visits.append(_visit(rng, estate, people, person, day))
        _fill(rng, estate, visits[-1], "", 0.0)
    for server in estate.servers:
        days = _days(rng, profile.patch_every * pace, profile.days)
        visits += [_patch_run(rng, estate, people, server, day) for day in days]
    if rng.random() < profile.recovery:
        visits += _recovery(rng, profile, estate, people)
    return visits


def _days(rng: Random, every: float, until: int) -> list[float]:
    days: list[float] = []
    day = rng.expovariate(1 / every)
    while day < until:
        days.append(day)
        day += rng.expovariate(1 / every) * 0.8 + every * 0.2
    return days


def _visit(rng: Random, estate: Estate, people: Cast, person: Person, day: float) -> Visit:
    own = [app.server for app in estate.apps if app.vendor == person.party]
    server = rng.choice(own) if own and rng.random() < 0.8 else rng.choice([*estate.servers])
    start = people.working_time(rng, day)
    return Visit(person, server, start, start + timedelta(minutes=rng.uniform(12, 110)), "visit")


def _fill(rng: Random, estate: Estate, visit: Visit, vendor: str, own: float) -> None:
    count = rng.choices((0, 1, 2, 3, 4, 6), (1, 4, 5, 4, 2, 1))[0]
    for at in _moments(rng, visit, count):
        visit.acts.append(_act(rng, estate, visit, at, (vendor, own)))


def _moments(rng: Random, visit: Visit, count: int) -> list[datetime]:
    length = (visit.end - visit.start).total_seconds()
    return [
        visit.start + timedelta(seconds=int(s))
        for s in sorted(rng.uniform(60, length - 30) for _ in range(count))
    ]


def _act(rng: Random, estate: Estate, visit: Visit, at: datetime, whose: tuple[str, float]) -> Act:
    vendor, own = whose
    if rng.random() < 0.14:
        return _new(rng, visit, at)
    parts = [part for part in estate.on(visit.server) if part.kind != "host" or not vendor]
    mine = [part for part in parts if part.vendor and part.vendor == vendor]
    part = rng.choice(mine) if mine and rng.random() < own else rng.choice(parts)
    deeds = DEEDS[part.kind]
    return Act(at, part, rng.choices(deeds, [deed.often for deed in deeds])[0], visit)


def _new(rng: Random, visit: Visit, at: datetime) -> Act:
    kind, pattern, name = rng.choice(NEW)
    word = rng.choice(_NEW_WORDS)
    called = pattern.format(word=word, number=rng.randint(10000, 65000), minor=rng.randint(0, 9))
    return Act(at, Part(called, kind, visit.server), Deed(name, "added", -9.0, 1.0), visit)


def _patch_run(rng: Random, estate: Estate, people: Cast, server: str, day: float) -> Visit:
    start = people.night(rng, day)
    visit = Visit(
        people.agent, server, start, start + timedelta(minutes=rng.uniform(20, 70)), "patch run"
    )
    parts = [part for part in estate.on(server) if part.kind in {"package", "runtime"}]
    chosen = rng.sample(parts, min(len(parts), rng.randint(1, 3)))
    for at, part in zip(_moments(rng, visit, len(chosen)), chosen, strict=True):
        visit.acts.append(Act(at, part, PATCH, visit))
    if rng.random() < 0.6:
        at = visit.end - timedelta(seconds=20)
        visit.acts.append(Act(at, estate.parts[server], RESTART, visit))
    return visit


def _recovery(rng: Random, profile: Profile, estate: Estate, people: Cast) -> list[Visit]:
    """A server restored after its disks failed, and vendors who return in the days after it to set things up again."""
    server = rng.choice([app.server for app in estate.apps])
    day = rng.uniform(profile.calm_days, profile.days - 8)
    start = people.working_time(rng, day)
    end = start + timedelta(hours=rng.uniform(4, 14))
    recovery = Visit(rng.choice(people.technicians), server, start, end, "recovery")
    for at in _moments(rng, recovery, rng.randint(1, 4)):
        recovery.acts.append(_act(rng, estate, recovery, at, ("", 0.0)))
    visits = [recovery]
    ours = [app.vendor for app in estate.apps if app.server == server]
    for vendor in sorted(set(ours)):
        person = rng.choice(people.vendors[vendor])
        begin = people.working_time(rng, day + rng.uniform(1, 3))
        visit = Visit(
            person, server, begin, begin + timedelta(minutes=rng.uniform(30, 150)), "visit"
        )
        for at in _moments(rng, visit, rng.randint(1, 4)):
            visit.acts.append(_act(rng, estate, visit, at, (vendor, 0.85)))
        visits.append(visit)
    return visits
