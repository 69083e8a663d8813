"""What health checks said, which words a failure used, and how an incident was opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from tests.independent.measured_worlds.deeds import DEEDS, GENERIC, QUIET
from tests.independent.measured_worlds.estate import App, Entry
from tests.independent.measured_worlds.life import Failure, Life, Notice, next_poll
from tests.independent.measured_worlds.profiles import Profile
from tests.independent.measured_worlds.seen import said


def words(rng: Random, profile: Profile, failure: Failure) -> str:
    """This function will draw what the failure says: its kind's words, a general error, another kind's, or nothing."""
    drawn = rng.random()
    if drawn < profile.specific:
        return _own_words(rng, failure)
    if drawn < profile.specific + profile.generic:
        return rng.choice(GENERIC)
    if drawn < profile.specific + profile.generic + profile.other:
        kind = rng.choice([*DEEDS])
        said_by = rng.choice([one for deed in DEEDS[kind] for one in deed.says])
        return said_by.format(part=rng.choice(failure.app.needs))
    return ""


def _own_words(rng: Random, failure: Failure) -> str:
    if failure.quiet is not None:
        return rng.choice(QUIET[failure.quiet.kind])
    if failure.act is None:
        return ""
    return rng.choice(failure.act.deed.says).format(part=failure.act.part.name)


def checks(life: Life, signatures: dict[int, str]) -> list[Entry]:
    """This function will write the checks of every polled application: daily, and each one around a failure."""
    entries: list[Entry] = []
    for app in life.estate.apps:
        notice = life.notices[app.id]
        if not notice.every:
            continue
        failures = [one for one in life.failures if one.app.id == app.id]
        for at in sorted(set(_moments(life, app, notice))):
            down = next((one for one in failures if one.onset <= at < one.up), None)
            entry: Entry = {
                "id": f"HC-{len(entries) + 1}",
                "application": app.id,
                "at": said(at),
                "healthy": down is None,
            }
            if down is not None and signatures[down.number]:
                entry["signature"] = signatures[down.number]
            entries.append(entry)
    return entries


def _moments(life: Life, app: App, notice: Notice) -> Iterator[datetime]:
    start = life.people.start
    for day in range(life.profile.days + 1):
        yield next_poll(start, notice, start + timedelta(days=day))
    for failure in life.failures:
        if failure.app.id != app.id:
            continue
        for hours in range(24, 3, -3):
            yield next_poll(start, notice, failure.onset - timedelta(hours=hours))
        first = next_poll(start, notice, failure.onset)
        for number in range(-max(2, min(24, 180 // notice.every)), 4):
            yield first + timedelta(minutes=number * notice.every)
        for number in range(3):
            yield next_poll(start, notice, failure.up) + timedelta(minutes=number * notice.every)


def incident(failure: Failure, signature: str) -> Entry:
    """This function will write the incident of a failure as it was opened and closed."""
    entry: Entry = {
        "id": f"INC-{failure.number}",
        "title": f"{failure.app.name} does not work",
        "asset": failure.app.server,
        "application": failure.app.id,
        "opened_at": said(failure.reported),
        "resolved_at": said(failure.up + timedelta(minutes=30)),
    }
    if signature:
        entry["signature"] = signature
    return entry
