"""Five weeks on an estate, lived forward: visits, patch runs, failures and repairs. The truth is what happened here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tests.independent.foreign_worlds.estate import App, Estate, Login, Part

# What breaks a part of each kind: action, before, after.
HARM: dict[str, tuple[tuple[str, str, str], ...]] = {
    "package": (
        ("removed", "4.8.1", ""),
        ("altered", "4.8.1", "4.6.0"),
        ("altered", "17.4", "18.0"),
    ),
    "service": (
        ("altered", "running", "stopped"),
        ("altered", "automatic", "disabled"),
        ("removed", "running", ""),
    ),
    "config file": (("altered", "sha256:1f0c", "sha256:9a77"), ("removed", "sha256:1f0c", "")),
    "database login": (
        ("altered", "password set", "password set again"),
        ("removed", "enabled", ""),
    ),
    "port": (("removed", "listening", ""),),
    "account": (("altered", "enabled", "disabled"),),
    "mount": (("removed", "mounted", ""),),
}
# What happens every day and breaks nothing.
HARMLESS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "package": (("altered", "4.8.1", "4.8.2"), ("altered", "17.4", "17.5")),
    "service": (("altered", "running", "restarted"),),
    "config file": (("altered", "sha256:1f0c", "sha256:22be"),),
    "database login": (("altered", "default language English", "default language German"),),
    "port": (("altered", "listening", "listening, other process"),),
    "account": (("altered", "description", "new description"),),
    "mount": (("altered", "rw", "rw,noatime"),),
}


@dataclass(slots=True)
class Visit:
    """Somebody logged on to a server."""

    id: str
    party: str
    login: Login
    host: str
    start: datetime
    end: datetime


@dataclass(slots=True)
class Act:
    """A change that happened; `harmful` says that it breaks its part."""

    id: str
    at: datetime
    part: Part
    what: tuple[str, str, str]
    party: str
    visit: Visit | None = None
    run: str | None = None
    harmful: bool = False
    summary: str = ""


@dataclass(slots=True)
class Run:
    """Something the provider's own machinery did."""

    id: str
    kind: str
    host: str
    start: datetime
    end: datetime


@dataclass(slots=True)
class Outage:
    """A time in which an application did not work, and why."""

    app: App
    start: datetime
    end: datetime
    plot: int


@dataclass(slots=True)
class Plot:
    """One incident: what failed, and what really did it."""

    number: int
    cause: str
    app: App
    fails: datetime
    repaired: datetime
    acts: list[Act] = field(default_factory=list)
    unrecorded: bool = False
    broken: Part | None = None
    helped: datetime | None = None
    latent: bool = False
    brittle: list[Act] = field(default_factory=list)


class Life:
    """The world as it is lived: what everybody did, in the order in which it was thought up."""

    def __init__(self, rng: Random, estate: Estate, start: datetime) -> None:
        self.rng = rng
        self.estate = estate
        self.start = start
        self.visits: list[Visit] = []
        self.acts: list[Act] = []
        self.runs: list[Run] = []
        self.outages: list[Outage] = []
        self.plots: list[Plot] = []
        self.restarts: list[tuple[str, datetime]] = []

    def visit(
        self, party: str, host: str, start: datetime, minutes: float, *, shared: float
    ) -> Visit:
        """Log somebody on, by the own login or by one that several use."""
        login = self.estate.login(party, host, shared=self.rng.random() < shared)
        end = start + timedelta(minutes=minutes)
        visit = Visit(f"SES-{len(self.visits) + 1}", party, login, host, start, end)
        self.visits.append(visit)
        return visit

    def act(self, by: Visit | Run, part: Part, at: datetime, what: tuple[str, str, str]) -> Act:
        """Change a part in a visit or a run."""
        party = "provider" if isinstance(by, Run) else by.party
        act = Act(f"CHG-{len(self.acts) + 1}", at, part, what, party)
        if isinstance(by, Run):
            act.run = by.id
        else:
            act.visit = by
        self.acts.append(act)
        return act

    def run(self, kind: str, host: str, start: datetime, minutes: float) -> Run:
        """Let the provider's own machinery do something."""
        run = Run(
            f"RUN-{len(self.runs) + 1}", kind, host, start, start + timedelta(minutes=minutes)
        )
        self.runs.append(run)
        return run

    def harmless(self, by: Visit | Run, count: int, parts: list[Part] | None = None) -> list[Act]:
        """Change a few parts of the server so that nothing breaks."""
        host = by.host
        found = []
        for _ in range(count):
            part = self.rng.choice(parts or self.estate.parts(host))
            at = by.start + (by.end - by.start) * self.rng.uniform(0.1, 0.9)
            found.append(self.act(by, part, at, self.rng.choice(HARMLESS[part.kind])))
        return found

    def fail(self, plot: Plot, apps: list[App]) -> None:
        """Take applications down from the plot's failure to its repair."""
        self.outages += [Outage(app, plot.fails, plot.repaired, plot.number) for app in apps]

    def needing(self, part: Part) -> list[App]:
        """The applications that truly need a part."""
        return [app for app in self.estate.apps if part in app.needs]

    def healthy(self, app: App, at: datetime) -> bool:
        """Whether an application worked at an instant."""
        return not any(o.app is app and o.start <= at < o.end for o in self.outages)


def everyday(life: Life, days: int, shared: float) -> None:
    """Fill the weeks with work that breaks nothing."""
    rng = life.rng
    for host in sorted(life.estate.hosts):
        for day in range(days):
            midnight = life.start + timedelta(days=day)
            if day % 7 == 2:
                _patches(life, host, midnight + timedelta(hours=rng.uniform(1, 4)))
            for party, rate in [
                ("provider", 0.3),
                ("client", 0.1),
                *((vendor, 0.12) for vendor in life.estate.vendors),
            ]:
                if rng.random() < rate:
                    start = midnight + timedelta(hours=rng.triangular(6, 23, 11))
                    visit = life.visit(party, host, start, rng.uniform(5, 90), shared=shared)
                    own = [
                        part
                        for app in life.estate.apps
                        if app.vendor == party
                        for part in app.needs
                        if part.host == host
                    ]
                    life.harmless(
                        visit, rng.choice((0, 1, 1, 2, 3)), own if rng.random() < 0.7 else None
                    )


def _patches(life: Life, host: str, at: datetime) -> None:
    run = life.run("patch run", host, at, life.rng.uniform(15, 70))
    packages = [part for part in life.estate.parts(host) if part.kind == "package"]
    life.harmless(run, life.rng.randint(1, 3), packages)
    if life.rng.random() < 0.7:
        life.restarts.append((host, run.end))
