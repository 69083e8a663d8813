"""One seed and one profile make one case file with its truth."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.independent.foreign_worlds import estate, words
from tests.independent.foreign_worlds.life import Act, Life, Plot, everyday
from tests.independent.foreign_worlds.plots import play
from tests.independent.foreign_worlds.profiles import PROFILES, Profile
from tests.independent.foreign_worlds.records import Entry, Recorder, said
from tests.independent.foreign_worlds.replaying import replay

_DAYS = 35
# Worlds begin so that a change of the clocks often falls into them.
_STARTS = ((2025, 3, 8), (2025, 10, 11), (2026, 3, 2), (2026, 6, 1))
_ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Australia/Sydney",
    "Asia/Kolkata",
)


def make(name: str, seed: int) -> Entry:
    """The case file of a profile's world by its seed, as plain data."""
    profile = PROFILES[name]
    rng = Random(f"foreign {name} {seed}")  # noqa: S311 - a made world must be the same each time.
    zone = rng.choice(_ZONES)
    start = datetime(*rng.choice(_STARTS), tzinfo=ZoneInfo("UTC"))
    life = Life(rng, estate.build(rng, profile.systems), start)
    everyday(life, _DAYS, profile.shared)
    for number in range(1, profile.plots + 1):
        play(
            life,
            profile,
            number,
            1 + (_DAYS - 4) * (number - 0.7 + rng.uniform(-0.2, 0.2)) / profile.plots,
        )
    recorder = Recorder(life, profile)
    recorder.write()
    return _frame(life, zone, f"{name} {seed}") | _evidence(life, profile, recorder)


def _frame(life: Life, zone: str, title: str) -> Entry:
    people = life.estate
    calendar = f'Hours: local time of "{zone}"; open Monday 09:00 to 18:00; weekend is Saturday and Sunday.'
    version: Entry = {
        "version": 1,
        "in_force": {"from": "2025-01-01"},
        "signed_at": "2024-12-01 10:00",
        "assets": sorted(people.hosts),
        "sentences": [
            calendar,
            "Rates: an hour costs 120.00 EUR; after hours 1.5 times that.",
            "Rounding: charged time is rounded up to 15 minutes per issue, person, local day and rate band.",
            (
                "Fee: 200.00 EUR per server and month, billed in advance on day 1, divided by the days of the month, "
                "stopping while suspended."
            ),
            "Clause 1 (Everything): any work is covered.",
        ],
    }
    return {
        "case": 1,
        "title": f"A foreign world: {title}",
        "zone": zone,
        "provider": {"id": "P", "name": "Weserblick IT", "zone": zone},
        "client": {"id": "C", "name": "Kunde", "zone": zone, "currency": "EUR"},
        "technicians": [{"id": "T1", "name": "M. Reiter"}],
        "vendors": [
            {"id": v, "name": estate.vendor_name(v), "networks": estate.networks(v)}
            for v in people.vendors
        ],
        "accounts": [_login(login) for login in people.logins],
        "assets": [
            {
                "id": host,
                "name": host,
                "operating_system": "Windows Server 2022" if system == "windows" else "Debian 12",
            }
            for host, system in sorted(people.hosts.items())
        ],
        "agreement": {"id": "A", "title": "Wartungsvertrag", "versions": [version]},
    }


def _login(login: estate.Login) -> Entry:
    entry: Entry = {
        "name": login.name,
        "party": "provider" if login.party == "agent" else login.party,
    }
    entry |= {"identifier": login.identifier} | ({"host": login.host} if login.host else {})
    return entry | ({"shared": True} if login.shared else {})


def _evidence(life: Life, profile: Profile, recorder: Recorder) -> Entry:
    applications, dependencies = _map(life, profile)
    end = life.start + timedelta(days=_DAYS + 1)
    found: Entry = {
        "applications": applications,
        "dependencies": dependencies,
        "sessions": list(recorder.sessions.values()),
        "changes": list(recorder.changes.values()),
        "gaps": recorder.gaps,
        "own_runs": [_run(life, run.id) for run in life.runs],
        "health_checks": [],
        "incidents": [],
        "replays": [],
        "truth": [_truth(plot, recorder) for plot in life.plots],
        "at": said(end),
        "expect": {"charges": []},
    }
    _watch(life, profile, found)
    for plot in life.plots:
        if life.rng.random() < profile.replayed:
            found["replays"] += _replays(life, plot, recorder, end - timedelta(hours=1))
    return found


def _run(life: Life, number: str) -> Entry:
    run = next(run for run in life.runs if run.id == number)
    return {
        "id": run.id,
        "asset": run.host,
        "from": said(run.start),
        "to": said(run.end),
        "kind": run.kind,
        "says": f"{run.kind} of {run.host}",
        "accounts": ["rmm"],
    }


def _map(life: Life, profile: Profile) -> tuple[list[Entry], list[Entry]]:
    rng = life.rng
    applications, dependencies = [], []
    for app in life.estate.apps:
        kept = [part.name for part in app.needs if rng.random() < profile.map_kept]
        others = [
            part.name
            for part in life.estate.parts(app.host)
            if part.common and part not in app.needs
        ]
        false = [name for name in others if rng.random() < profile.map_false]
        applications.append(
            {
                "id": app.id,
                "name": app.name,
                "asset": app.host,
                "vendor": app.vendor,
                "needs": kept + false,
            }
        )
        seen = [name for name in kept if rng.random() < profile.map_observed]
        dependencies += [
            {"dependent": app.id, "component": name, "grade": "observed"} for name in seen
        ]
    return applications, dependencies


def _truth(plot: Plot, recorder: Recorder) -> Entry:
    entry: Entry = {"incident": f"INC-{plot.number}"}
    if not plot.acts:
        kinds = {"outage": "provider outage"}
        return entry | {"kind": kinds.get(plot.cause, plot.cause), "party": "nobody"}
    recorded = [act.id for act in plot.acts if act.id in recorder.changes]
    if not recorded:
        return entry | {"kind": "unrecorded change", "party": "nobody"}
    return entry | {"kind": "change", "changes": recorded, "party": plot.acts[0].party}


def _signature(life: Life, profile: Profile, plot: Plot) -> str | None:
    rng = life.rng
    chance = rng.random()
    if chance < profile.names_part:
        if plot.broken:
            return words.naming(rng, plot.broken.kind, plot.broken.name)
        text = words.own(rng, plot.cause)
        if text:
            return text
    elif chance < profile.names_part + profile.names_application:
        return words.of_application(rng, plot.app.name)
    elif chance > 0.95:
        return None
    return words.of_anything(rng, life.estate.hosts[plot.app.host])


def _watch(life: Life, profile: Profile, found: Entry) -> None:
    """Poll the applications around every incident, and open its ticket."""
    rng = life.rng
    watched = {app.id for app in life.estate.apps if rng.random() < profile.monitored}
    polls = {app.id: (rng.choice(profile.polls), rng.random()) for app in life.estate.apps}
    done: set[tuple[str, datetime]] = set()
    for plot in life.plots:
        signature = _signature(life, profile, plot)
        _ticket(
            life, plot, signature, found, polls[plot.app.id] if plot.app.id in watched else None
        )
        for app in life.estate.apps:
            if app.id not in watched or (app is not plot.app and app.host != plot.app.host):
                continue
            for at in _instants(life, plot, polls[app.id]):
                if (app.id, at) not in done:
                    done.add((app.id, at))
                    healthy = life.healthy(app, at)
                    entry = {
                        "id": f"HC-{len(done)}",
                        "application": app.id,
                        "at": said(at),
                        "healthy": healthy,
                    }
                    text = (
                        signature
                        if app is plot.app
                        else words.of_anything(rng, life.estate.hosts[app.host])
                    )
                    found["health_checks"].append(
                        entry | ({"signature": text} if text and not healthy else {})
                    )


def _instants(life: Life, plot: Plot, poll: tuple[int, float]) -> list[datetime]:
    step, phase = timedelta(minutes=poll[0]), poll[1]
    first = life.start + (int((plot.fails - life.start) / step) + 1 + phase) * step
    if first - step >= plot.fails:
        first -= step
    last = life.start + (int((plot.repaired - life.start) / step) + 1 + phase) * step
    return [*(first + n * step for n in range(-36, 3)), last - step, last, last + step]


def _ticket(
    life: Life, plot: Plot, signature: str | None, found: Entry, poll: tuple[int, float] | None
) -> None:
    rng = life.rng
    opened = plot.fails + timedelta(minutes=rng.expovariate(1 / 50))
    if poll:
        seen = [at for at in _instants(life, plot, poll) if plot.fails <= at]
        opened = min(opened, min(seen) + timedelta(minutes=1))
    if plot.helped and rng.random() < 0.85:
        opened = min(opened, plot.helped - timedelta(minutes=3))
    opened = max(opened, plot.fails + timedelta(seconds=20))
    entry: Entry = {
        "id": f"INC-{plot.number}",
        "title": rng.choice((f"{plot.app.name} geht nicht", f"{plot.app.name} is down")),
        "asset": plot.app.host,
        "application": plot.app.id,
        "opened_at": said(opened),
        "resolved_at": said(plot.repaired + timedelta(minutes=rng.uniform(2, 50))),
    }
    found["incidents"].append(
        entry | ({"signature": signature} if signature and rng.random() < 0.8 else {})
    )


def _replays(life: Life, plot: Plot, recorder: Recorder, at: datetime) -> list[Entry]:
    """What a provider replays: the recorded changes of the server in the four days before the failure."""
    acts: list[Act] = [
        act
        for act in sorted(life.acts, key=lambda act: act.at)
        if act.id in recorder.changes
        and act.part.host == plot.app.host
        and timedelta() <= plot.fails - act.at < timedelta(days=4)
    ]
    entry = replay(life.rng, plot, [act.id for act in acts], at) if acts else None
    return [entry] if entry else []
