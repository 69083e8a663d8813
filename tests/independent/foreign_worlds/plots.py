"""How things break: each cause plays out on the estate, with repairs, and with people who were only near."""

from __future__ import annotations

from datetime import timedelta

from tests.independent.foreign_worlds.estate import App, Part
from tests.independent.foreign_worlds.life import HARM, Act, Life, Plot, Run, Visit
from tests.independent.foreign_worlds.profiles import Profile

# The share of each kind that shows only at the next restart, and the share that shows late with its mean in minutes.
_UNTIL_A_RESTART = {"package": 0.2, "config file": 0.3}
_OUTLIVES = {
    "package": (0.25, 20),
    "database login": (0.3, 25),
    "account": (0.4, 90),
    "config file": (0.1, 20),
}


def play(life: Life, profile: Profile, number: int, day: float) -> Plot:
    """Let one thing go wrong on a day, and everything that belongs to it."""
    rng = life.rng
    cause = rng.choices(list(profile.causes), list(profile.causes.values()))[0]
    app = rng.choice(life.estate.apps)
    fails = life.start + timedelta(days=day, hours=rng.triangular(0, 24, 11))
    lasts = timedelta(minutes=rng.lognormvariate(5, 0.7))
    plot = Plot(number, cause, app, fails, fails + min(lasts, timedelta(hours=14)))
    life.plots.append(plot)
    if cause in {"vendor", "technician", "client", "patch", "recovery", "pair", "unrecorded"}:
        _by_change(life, profile, plot)
    else:
        _by_itself(life, plot)
    if rng.random() < profile.innocent_before:
        _innocent_before(life, profile, plot)
    if rng.random() < profile.odd:
        _odd(life, profile, plot)
    _afterwards(life, profile, plot)
    return plot


def _by_change(life: Life, profile: Profile, plot: Plot) -> None:
    rng = life.rng
    part = rng.choice(plot.app.needs)
    plot.broken = part
    if plot.cause == "patch" and part.kind != "package":
        part = plot.broken = _a_package(life, plot)
    latent = rng.random() < _UNTIL_A_RESTART.get(part.kind, 0)
    when = plot.fails - (timedelta(hours=rng.uniform(3, 90)) if latent else _lag(life, part))
    by: Visit | Run
    if plot.cause in {"patch", "recovery"}:
        by = life.run(
            "patch run" if plot.cause == "patch" else "recovery",
            part.host,
            when - timedelta(minutes=9),
            30,
        )
        others = [p for p in life.estate.parts(part.host) if p.kind == "package" and p != part]
        life.harmless(by, rng.randint(0, 3), others)
    else:
        by = life.visit(
            _who(life, plot),
            part.host,
            when - timedelta(minutes=rng.uniform(2, 50)),
            1,
            shared=profile.shared,
        )
        by.end = when + timedelta(minutes=rng.uniform(1, 45))
        if rng.random() < 0.6:
            life.harmless(
                by, rng.randint(1, 4), [p for p in life.estate.parts(part.host) if p != part]
            )
    act = life.act(by, part, when, rng.choice(HARM[part.kind]))
    act.harmful = True
    plot.acts = [act]
    plot.unrecorded = plot.cause == "unrecorded"
    if plot.cause == "pair":
        _second(life, plot, by)
    plot.latent = latent
    if latent:
        _restart(life, profile, part.host, plot)
    parts = [act.part for act in plot.acts]
    life.fail(plot, [app for app in life.estate.apps if all(part in app.needs for part in parts)])


def _lag(life: Life, part: Part) -> timedelta:
    """How long the harm takes to show: pools, tickets and loaded files outlive what they came from."""
    share, mean = _OUTLIVES.get(part.kind, (0, 1))
    if life.rng.random() < share:
        return timedelta(minutes=life.rng.expovariate(1 / mean))
    return timedelta(seconds=life.rng.uniform(1, 25))


def _who(life: Life, plot: Plot) -> str:
    if plot.cause in {"technician", "client"}:
        return "provider" if plot.cause == "technician" else "client"
    if plot.cause in {"vendor", "pair"}:
        return plot.app.vendor if life.rng.random() < 0.5 else life.rng.choice(life.estate.vendors)
    return life.rng.choice([*life.estate.vendors, "client", "client", "provider"])


def _a_package(life: Life, plot: Plot) -> Part:
    packages = [part for part in plot.app.needs if part.kind == "package"]
    if not packages:
        packages = [part for part in life.estate.parts(plot.app.host) if part.kind == "package"]
        plot.app.needs.append(packages[0])
    return packages[0]


def _second(life: Life, plot: Plot, by: Visit | Run) -> None:
    """A second change of the same visit: only both together break the application."""
    others = [part for part in plot.app.needs if part != plot.broken]
    part = life.rng.choice(others)
    act = life.act(
        by,
        part,
        plot.acts[0].at - timedelta(minutes=life.rng.uniform(0.2, 1.5)),
        life.rng.choice(HARM[part.kind]),
    )
    act.harmful = True
    plot.acts.append(act)


def _restart(life: Life, profile: Profile, host: str, plot: Plot) -> None:
    """The restart that brings a hidden harm to light: by our patch run, or by somebody's hand."""
    at = plot.fails - timedelta(seconds=life.rng.uniform(1, 30))
    if life.rng.random() < 0.5:
        run = life.run("patch run", host, at - timedelta(minutes=20), 20)
        life.harmless(run, 1, [part for part in life.estate.parts(host) if part.kind == "package"])
    else:
        party = life.rng.choice(["provider", "client", *life.estate.vendors])
        life.visit(party, host, at - timedelta(minutes=6), 15, shared=profile.shared)
    life.restarts.append((host, at))


def _by_itself(life: Life, plot: Plot) -> None:
    host = plot.app.host
    apps = [plot.app]
    if plot.cause == "disk":
        apps = [app for app in life.estate.apps if app.host == host]
    if plot.cause == "outage":
        apps = [app for app in life.estate.apps if app is plot.app or life.rng.random() < 0.6]
    life.fail(plot, apps)
    if plot.cause == "unknown" and life.rng.random() < 0.5:
        _flap(life, plot)


def _flap(life: Life, plot: Plot) -> None:
    for _ in range(life.rng.randint(1, 3)):
        first = plot.fails - timedelta(hours=life.rng.uniform(2, 30))
        short = Plot(
            plot.number,
            plot.cause,
            plot.app,
            first,
            first + timedelta(minutes=life.rng.uniform(5, 25)),
        )
        life.fail(short, [plot.app])


def _innocent_before(life: Life, profile: Profile, plot: Plot) -> None:
    """A vendor is on the server shortly before the failure, and changes what the application needs, without harm."""
    rng = life.rng
    close = rng.random() < 0.4
    minutes = rng.uniform(1, 15) if close else rng.uniform(4, 200)
    length = minutes if close else rng.uniform(4, 60)
    start = plot.fails - timedelta(minutes=minutes)
    visit = life.visit(
        rng.choice(life.estate.vendors), plot.app.host, start, length, shared=profile.shared
    )
    near = [part for part in plot.app.needs if part.host == plot.app.host and part != plot.broken]
    acts = life.harmless(visit, rng.randint(1, 3), near if rng.random() < 0.7 else None)
    # On a fresh copy an update sometimes breaks what ran on in real life.
    plot.brittle = [act for act in acts if rng.random() < 0.1]


def _odd(life: Life, profile: Profile, plot: Plot) -> None:
    """Things that look like guilt: the same part on another server, harm undone at once, a part nobody needs."""
    rng = life.rng
    vendor = rng.choice(life.estate.vendors)
    start = plot.fails - timedelta(minutes=rng.uniform(8, 300))
    other = [host for host in sorted(life.estate.hosts) if host != plot.app.host]
    if other and rng.random() < 0.5:
        host = rng.choice(other)
        visit = life.visit(vendor, host, start, 20, shared=profile.shared)
        spare = [p for p in life.estate.parts(host) if p.common and not life.needing(p)]
        if spare:
            part = rng.choice(spare)
            life.act(visit, part, start + timedelta(minutes=9), rng.choice(HARM[part.kind]))
        return
    visit = life.visit(vendor, plot.app.host, start, 30, shared=profile.shared)
    spare = [p for p in life.estate.parts(plot.app.host) if not life.needing(p)]
    if spare:
        part = rng.choice(spare)
        life.act(visit, part, start + timedelta(minutes=5), rng.choice(HARM[part.kind]))


def _afterwards(life: Life, profile: Profile, plot: Plot) -> None:
    """What people do once it is down: look, try in vain, and repair. The vendor's hotline may be first."""
    rng = life.rng
    span = plot.repaired - plot.fails
    host = (plot.broken or plot.app.needs[0]).host
    if rng.random() < profile.vendor_after:
        visit = life.visit(
            plot.app.vendor,
            host,
            plot.fails + span * rng.uniform(0.1, 0.5),
            1,
            shared=profile.shared,
        )
        visit.end = visit.start + span * 0.4
        plot.helped = visit.start
        _in_vain(life, plot, visit, plot.app)
    visit = life.visit(
        "provider", host, plot.fails + span * rng.uniform(0.2, 0.7), 1, shared=profile.shared / 2
    )
    visit.end = plot.repaired + timedelta(minutes=rng.uniform(3, 40))
    plot.helped = min(visit.start, plot.helped or visit.start)
    if rng.random() < 0.35:
        _in_vain(life, plot, visit, plot.app)
    if plot.acts and not plot.unrecorded and rng.random() < 0.85:
        for act in plot.acts:
            _put_back(life, visit, act, plot)


def _in_vain(life: Life, plot: Plot, visit: Visit, app: App) -> None:
    """A restart or a reinstallation that does not help, made while the application is down."""
    parts = [part for part in app.needs if part.host == visit.host and part != plot.broken]
    for part in life.rng.sample(parts, min(len(parts), life.rng.randint(1, 2))):
        at = visit.start + (plot.repaired - visit.start) * life.rng.uniform(0.1, 0.8)
        what = (
            ("altered", "running", "restarted")
            if part.kind == "service"
            else ("altered", "as it was", "repaired")
        )
        life.act(visit, part, at, what)


def _put_back(life: Life, visit: Visit, act: Act, plot: Plot) -> None:
    action, before, after = act.what
    back = ("added", "", before) if action == "removed" else ("altered", after, before)
    life.act(visit, act.part, plot.repaired - timedelta(minutes=life.rng.uniform(0.2, 4)), back)
