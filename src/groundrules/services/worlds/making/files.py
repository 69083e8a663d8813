"""A profile and seeds -> case files, each a whole world with its truth."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from groundrules.services.worlds.making.acts import Journal, written
from groundrules.services.worlds.making.estate import Row, build
from groundrules.services.worlds.making.profiles import PROFILES, Profile, drawn
from groundrules.services.worlds.making.replaying import replays_of
from groundrules.services.worlds.making.stories import Stories

INCIDENTS = 6
_DAYS_APART = 5
# The first incidents lie on either side of the clock change of 8 March 2026 in America and 29 March in Europe.
_START = datetime(2026, 2, 27, tzinfo=UTC)
_ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata")


class UnknownProfile(ValueError):
    """There is no profile by that name; the message lists those there are."""


def generate(
    name: str, seeds: Iterable[int], folder: Path, *, replayed: float | None = None
) -> tuple[Path, ...]:
    """This function will write one case file per seed into a folder, and return them; raises UnknownProfile.

    `replayed` takes the place of the profile's share of incidents that are replayed; the worlds stay the same.
    """
    profile = PROFILES.get(name)
    if profile is None:
        raise UnknownProfile(f'there is no profile "{name}"; choose one of: {", ".join(PROFILES)}')
    if replayed is not None:
        profile = replace(profile, replayed=replayed)
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for seed in seeds:
        path = folder / f"{name}-{seed:05}.json"
        drawn_by = (_luck(f"{name} {seed}{beside}") for beside in ("", " copies", " records"))
        world = make_world(profile, seed, *drawn_by)
        path.write_text(json.dumps(world, indent=1) + "\n", encoding="utf-8")
        made.append(path)
    return tuple(made)


def _luck(seed: str) -> Random:
    return Random(seed)  # noqa: S311 - drawn worlds, no secret


def make_world(profile: Profile, seed: int, luck: Random, copies: Random, records: Random) -> Row:
    """This function will draw one world as a case file's data; what its copies do is drawn beside it, and what its
    records say of who did something.
    """
    profile = drawn(profile, luck)
    estate = build(profile, luck)
    journal = Journal(profile, luck, records)
    stories = Stories(estate, journal)
    for number in range(INCIDENTS):
        day = _START + timedelta(days=_DAYS_APART * number)
        stories.background(day - timedelta(days=luck.randint(1, 3)))
        stories.background(day)
        stories.tell(number + 1, day)
    zone = luck.choice(_ZONES)
    for rows in journal.rows.values():
        luck.shuffle(rows)
    return {
        "case": 1,
        "title": f"Made world {profile.name} {seed}",
        "story": profile.says,
        "zone": zone,
        **_people(zone),
        **estate.rows,
        "agreement": _agreement(estate.servers),
        **journal.rows,
        "health_checks": stories.checks,
        "incidents": stories.incidents,
        "replays": replays_of(stories.failures, journal.acts, profile, copies),
        "at": written(_START + timedelta(days=_DAYS_APART * (INCIDENTS + 1))),
        "truth": stories.truth,
    }


def _people(zone: str) -> Row:
    return {
        "provider": {"id": "KP", "name": "Greenway IT Services", "zone": zone},
        "client": {"id": "CLIENT", "name": "Harbor Dental", "zone": zone, "currency": "USD"},
    }


def _agreement(servers: tuple[str, ...]) -> Row:
    """The shortest agreement that can be published; a world is scored for its causes, not its bills."""
    opens: Row = {"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "08:00", "closes": "17:00"}
    version: Row = {
        "version": 1,
        "in_force": {"from": "2026-01-01"},
        "signed_at": "2025-12-18 10:00",
        "assets": list(servers),
        "calendar": {"open": [opens]},
        "rates": {"hourly": "150.00 USD", "multipliers": {"after_hours": 2}},
        "rounding": {"increment": "15 min", "unit": ["issue", "person"]},
        "fees": {"monthly": "350.00 USD"},
        "clauses": [{"number": "3.2", "title": "Everything is covered", "outcome": "covered"}],
    }
    return {"id": "MSA", "title": "The agreement", "versions": [version]}
