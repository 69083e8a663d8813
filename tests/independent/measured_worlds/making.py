"""A whole world as a case file: drawn from a seed, lived, looked at, and written with its truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from tests.independent.measured_worlds.allowed import Allowances
from tests.independent.measured_worlds.checks import checks, incident, words
from tests.independent.measured_worlds.estate import Entry, Estate, build, mapped
from tests.independent.measured_worlds.life import Failure, Life, Notice
from tests.independent.measured_worlds.people import Cast, accounts, cast
from tests.independent.measured_worlds.profiles import PROFILES, Profile
from tests.independent.measured_worlds.quiet import OnRecord, innocents, on_record, planned
from tests.independent.measured_worlds.replaying import replay
from tests.independent.measured_worlds.seen import Seen, observe, said
from tests.independent.measured_worlds.visits import ordinary
from tests.independent.measured_worlds.words import CLIENTS, PROVIDERS

_LOOK_BACK = timedelta(days=14)


def make(profile: str, seed: int, replayed: float | None = None) -> Entry:
    """This function will return the world of a profile and seed; KeyError for a profile that is not there."""
    chosen = PROFILES[profile]
    if replayed is not None:
        chosen = replace(chosen, replayed=replayed)
    life = live(chosen, seed)
    rng = Random(f"told {profile} {seed}")  # noqa: S311 - the same world each time
    seen = observe(rng, life)
    allowed = Allowances(rng, life, seen.accounts)
    signatures = {one.number: words(rng, chosen, one) for one in life.failures}
    applications, dependencies = mapped(rng, life.estate, chosen)
    world = _frame(rng, life, seed)
    known = OnRecord()
    incidents = [incident(one, signatures[one.number]) for one in life.failures]
    for one, entry in zip(life.failures, incidents, strict=True):
        on_record(rng, life, one, entry, known)
    world |= {
        "applications": applications,
        "dependencies": dependencies,
        "windows": allowed.entries,
        "sessions": seen.sessions,
        "changes": seen.changes + known.changes,
        "gaps": seen.gaps,
        "own_runs": seen.runs,
        "health_checks": checks(life, signatures),
        "incidents": incidents,
        "recoveries": known.recoveries,
        "messages": known.messages,
        "third_party_attempts": known.attempts,
        "truth": [_truth(one, seen, allowed) for one in life.failures],
    }
    world["replays"] = _replays(Random(f"replayed {profile} {seed}"), life, seen)  # noqa: S311 - the same world each time
    return world


def live(profile: Profile, seed: int) -> Life:
    """This function will live a world, without looking at it."""
    rng = Random(f"{profile.name} {seed}")  # noqa: S311 - the same world each time
    estate = build(rng)
    people = cast(rng, estate)
    notices = {app.id: _notice(rng, profile) for app in estate.apps}
    visits = ordinary(rng, profile, estate, people)
    quiet = planned(rng, profile, estate, people, visits)
    life = Life(rng, profile, estate, people, notices)
    for one in quiet:
        life.fail_quietly(*one)
    if profile.trap:
        visits += innocents(rng, estate, people, quiet)
    life.run(visits)
    return life


def _notice(rng: Random, profile: Profile) -> Notice:
    if rng.random() >= profile.polled:
        return Notice(0, 0)
    every = rng.choice(profile.poll_minutes)
    return Notice(every, rng.randrange(every))


def _truth(failure: Failure, seen: Seen, allowed: Allowances) -> Entry:
    code = f"INC-{failure.number}"
    if failure.quiet is not None:
        return {"incident": code, "kind": failure.quiet.kind, "party": "nobody"}
    act = failure.act
    if act is None:
        return {"incident": code, "kind": "unknown", "party": "nobody"}
    change = seen.id_of(act)
    truth: Entry = {
        "incident": code,
        "kind": "change" if change else "unrecorded change",
        "party": act.visit.person.party,
        "authority": allowed.of(act),
    }
    if change:
        truth["changes"] = [change]
    return truth


def _replays(rng: Random, life: Life, seen: Seen) -> list[Entry]:
    servers = {server for server in life.estate.servers if rng.random() < life.profile.replayed}
    entries: list[Entry] = []
    for failure in life.failures:
        if failure.app.server not in servers:
            continue
        changes = _replayable(life, seen, failure)
        cause = seen.id_of(failure.act) if failure.act is not None else None
        at = failure.up + timedelta(hours=rng.uniform(2, 40))
        entry = replay(rng, f"INC-{failure.number}", changes, cause, at) if changes else None
        entries += [entry] if entry else []
    return entries


def _replayable(life: Life, seen: Seen, failure: Failure) -> list[str]:
    """Every recorded change since the good copy, which is as old as it must be to hold the state before the cause."""
    since = failure.onset - _LOOK_BACK
    if failure.act is not None:
        since = min(since, failure.act.at - timedelta(hours=1))
    servers = {life.estate.parts[name].server for name in life.estate.steps[failure.app.id]}
    return [
        code
        for act in life.acts
        if (code := seen.id_of(act)) is not None
        and since <= act.at < failure.onset
        and act.visit.server in servers
    ]


def _frame(rng: Random, life: Life, seed: int) -> Entry:
    """Who is who, the agreement, and the instant everything is answered from."""
    people, estate, profile = life.people, life.estate, life.profile
    last = people.start + timedelta(days=profile.days + 6)
    zone, currency = str(people.zone), people.currency
    return {
        "case": 1,
        "title": f"Measured world {profile.name} {seed}",
        "zone": zone,
        "at": said(max([last, *(one.up + timedelta(days=3) for one in life.failures)])),
        "provider": {"id": "MSP", "name": rng.choice(PROVIDERS), "zone": zone},
        "client": {"id": "CLIENT", "name": rng.choice(CLIENTS), "zone": zone, "currency": currency},
        "technicians": [{"id": f"T{n + 1}", "name": name} for n, name in enumerate(people.names)],
        "vendors": _vendors(estate),
        "accounts": accounts(people),
        "assets": [
            {"id": server, "name": server, "operating_system": system}
            for server, system in estate.servers.items()
        ],
        "agreement": _agreement(people, estate, people.start - timedelta(days=30)),
    }


def _vendors(estate: Estate) -> list[Entry]:
    return [
        {"id": code, "name": name, "networks": [f"203.0.113.{16 * index}/28"]}
        for index, (code, name) in enumerate(estate.vendors.items())
    ]


def _agreement(people: Cast, estate: Estate, signed: datetime) -> Entry:
    clause = {
        "number": "3",
        "title": "All work",
        "outcome": "covered",
        "when": {},
        "text": "All work on a listed server is covered by the fee.",
    }
    fee, rate = (f"{amount}.00 {people.currency}" for amount in (280, 120))
    days = ["mon", "tue", "wed", "thu", "fri"]
    version: Entry = {
        "version": 1,
        "in_force": {"from": said(signed)},
        "signed_at": said(signed),
        "assets": list(estate.servers),
        "calendar": {"open": [{"days": days, "opens": "08:00", "closes": "17:00"}]},
        "rates": {"hourly": rate, "clause": "2"},
        "rounding": {
            "direction": "up",
            "increment": "15 min",
            "unit": ["issue", "person", "local_day", "band"],
            "clause": "2",
        },
        "fees": {"monthly": fee, "billing_day": 1, "proration": "actual_days", "clause": "1"},
        "clauses": [
            {"number": "1", "title": "Fee", "text": f"Each server costs {fee} a month."},
            {
                "number": "2",
                "title": "Rate",
                "text": f"An hour costs {rate}, rounded up to 15 min.",
            },
            clause,
        ],
    }
    return {"id": "MSA", "title": "Service agreement", "versions": [version]}
