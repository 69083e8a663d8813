"""Failures that no change caused, what is on record of their true cause, and innocent visits put beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from tests.independent.measured_worlds.deeds import DEEDS, QUIET_SHARES
from tests.independent.measured_worlds.estate import App, Entry, Estate
from tests.independent.measured_worlds.life import Act, Failure, Life, Quiet, Visit
from tests.independent.measured_worlds.people import Cast
from tests.independent.measured_worlds.profiles import Profile
from tests.independent.measured_worlds.seen import said

_Planned = tuple[App, datetime, Quiet]


def planned(
    rng: Random, profile: Profile, estate: Estate, people: Cast, visits: Sequence[Visit]
) -> list[_Planned]:
    """This function will draw the failures that come by themselves, and those with which a recovery begins."""
    found: list[_Planned] = []
    for visit in visits:
        if visit.purpose == "recovery":
            app = next(app for app in estate.apps if app.server == visit.server)
            found.append((app, visit.start - timedelta(minutes=20), Quiet("disk", visit.end)))
    count = int(profile.quiet_failures) + (rng.random() < profile.quiet_failures % 1)
    for _ in range(count):
        day = rng.uniform(profile.calm_days, profile.days - 1)
        night = rng.random() < 0.3
        onset = people.night(rng, day) if night else people.working_time(rng, day)
        kind = rng.choices([*QUIET_SHARES], [*QUIET_SHARES.values()])[0]
        found.append((rng.choice(estate.apps), onset, Quiet(kind)))
    return found


def innocents(rng: Random, estate: Estate, people: Cast, quiet: Sequence[_Planned]) -> list[Visit]:
    """This function will put a vendor's visit before each failure, at work on its path and breaking nothing."""
    visits: list[Visit] = []
    for app, onset, _ in quiet:
        person = rng.choice(people.vendors[app.vendor])
        parts = [estate.parts[name] for name in app.needs if DEEDS.get(estate.parts[name].kind)]
        server = rng.choice(parts).server
        start = onset - timedelta(minutes=rng.uniform(15, 120))
        visit = Visit(person, server, start, onset + timedelta(minutes=rng.uniform(1, 30)), "visit")
        there = [part for part in parts if part.server == server]
        for number in range(rng.randint(1, 2)):
            part = rng.choice(there)
            deed = replace(rng.choice(DEEDS[part.kind]), weight=-9.0)
            at = onset - timedelta(minutes=rng.uniform(1, 12) + number)
            visit.acts.append(Act(max(at, start), part, deed, visit))
        visits.append(visit)
    return visits


@dataclass(slots=True)
class OnRecord:
    """What is known of quiet causes beside changes."""

    changes: list[Entry] = field(default_factory=list)
    messages: list[Entry] = field(default_factory=list)
    attempts: list[Entry] = field(default_factory=list)
    recoveries: list[Entry] = field(default_factory=list)


def on_record(rng: Random, life: Life, failure: Failure, incident: Entry, found: OnRecord) -> None:
    """This function will write what is known of a failure's true cause, for part of those that no change caused."""
    quiet = failure.quiet
    if quiet is None:
        return
    if quiet.until is not None:
        incident["hardware"] = "drive array"
        found.recoveries.append(_recovery(failure, quiet.until))
    elif rng.random() < life.profile.evidence:
        _write(rng, failure, quiet, incident, found)


def _recovery(failure: Failure, until: datetime) -> Entry:
    return {
        "incident": f"INC-{failure.number}",
        "asset": failure.app.server,
        "failed_at": said(failure.onset),
        "restore_point": said(failure.onset - timedelta(hours=5)),
        "restored_at": said(until - timedelta(minutes=30)),
        "recovered_at": said(until),
        "records_lost": 0,
        "verified_by": "Office manager",
        "restored_from": "last night's image",
    }


def _write(rng: Random, failure: Failure, quiet: Quiet, incident: Entry, found: OnRecord) -> None:
    code = f"INC-{failure.number}"
    if quiet.kind == "disk" and rng.random() < 0.6:
        incident["hardware"] = "disk"
    elif quiet.kind == "disk":
        found.changes.append(_ailing_disk(failure, len(found.changes) + 1))
    elif quiet.kind == "certificate":
        incident["signature"] = f"certificate expired at {said(failure.onset)}"
    elif quiet.kind == "provider outage":
        at = failure.reported + timedelta(minutes=rng.uniform(10, 90))
        outcome = "confirmed an outage on their side"
        found.attempts.append(
            {"party": "Internet provider", "at": said(at), "outcome": outcome, "incident": code}
        )
        found.messages.append(
            {
                "id": f"MSG-{len(found.messages) + 1}",
                "at": said(at),
                "channel": "email",
                "sender": "noc@carrier.example",
                "says": "We had an outage in your area; it is being repaired.",
                "incident": code,
            }
        )


def _ailing_disk(failure: Failure, number: int) -> Entry:
    before = failure.onset - timedelta(hours=9)
    return {
        "id": f"DISK-{number}",
        "asset": failure.app.server,
        "kind": "disk health",
        "component": "PhysicalDisk0",
        "action": "altered",
        "before": "healthy",
        "after": "predicted failure",
        "between": [said(before), said(before + timedelta(hours=8))],
        "snapshot_only": True,
    }
