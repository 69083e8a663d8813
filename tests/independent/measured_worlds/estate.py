"""The client's servers, what is on them, what really needs what, and the map people have of it, with its errors."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.independent.measured_worlds.profiles import Profile
from tests.independent.measured_worlds.words import (
    BACKGROUND,
    DATABASES,
    RUNTIMES,
    SYSTEMS,
    VENDORS,
    WEB,
)

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A component on one server; `vendor` is whose product it belongs to, empty for the operating system's."""

    name: str
    kind: str
    server: str
    needs: tuple[str, ...] = ()
    vendor: str = ""


@dataclass(frozen=True, slots=True)
class App:
    """An application with the components it really needs directly."""

    id: str
    name: str
    server: str
    vendor: str
    needs: tuple[str, ...]


@dataclass(slots=True)
class Estate:
    """Servers by id with their systems, parts by name, applications, vendors by id."""

    servers: dict[str, str]
    vendors: dict[str, str]
    parts: dict[str, Part] = field(default_factory=dict)
    apps: list[App] = field(default_factory=list)
    steps: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, part: Part) -> str:
        """This function will add a part and return its name, made unlike the names of other servers' parts."""
        name = part.name if part.name not in self.parts else f"{part.name} ({part.server})"
        self.parts[name] = Part(name, part.kind, part.server, part.needs, part.vendor)
        return name

    def on(self, server: str) -> list[Part]:
        """This function will list the parts of one server."""
        return [part for part in self.parts.values() if part.server == server]


def build(rng: Random) -> Estate:
    """This function will build an estate of 1 to 4 servers, 3 to 6 applications and about 25 to 90 components."""
    count = rng.choice((1, 2, 2, 3, 3, 4))
    systems = rng.sample(SYSTEMS, count)
    servers = {f"SRV-{number + 1}": system for number, system in enumerate(systems)}
    known = rng.sample(VENDORS, rng.randint(3, 5))
    vendors = {f"V{number + 1}": company for number, (company, _) in enumerate(known)}
    estate = Estate(servers, vendors)
    platform = _platform(rng, estate)
    names = [(vendor, known[int(vendor[1:]) - 1][1]) for vendor in vendors]
    wanted = rng.randint(max(3, len(names) - 1), 6)
    for number in range(wanted):
        vendor, name = names[number % len(names)]
        suffix = "" if number < len(names) else " Web"
        _application(rng, estate, platform, (vendor, name + suffix, f"APP-{number + 1}"))
    _background(rng, estate)
    for app in estate.apps:
        estate.steps[app.id] = _steps(estate, app)
    return estate


def _platform(rng: Random, estate: Estate) -> dict[str, str]:
    """Systems and runtimes of every server, one database and one web server; returned by role."""
    roles: dict[str, str] = {}
    servers = list(estate.servers)
    runtimes = iter(rng.sample(RUNTIMES, len(RUNTIMES)))
    for server in servers:
        host = estate.add(Part(server, "host", server))
        system = estate.add(Part(estate.servers[server], "package", server, (host,)))
        roles[f"system {server}"] = system
        for number in range(rng.randint(1, 3)):
            name = estate.add(Part(next(runtimes), "runtime", server, (system,)))
            roles[f"runtime {server} {number}"] = name
    roles["database"] = _service(rng, estate, rng.choice(servers), rng.choice(DATABASES))
    roles["web"] = _service(rng, estate, rng.choice(servers), rng.choice(WEB))
    return roles


def _service(rng: Random, estate: Estate, server: str, product: str) -> str:
    system = estate.servers[server]
    package = estate.add(Part(product, "package", server, (system,)))
    config = estate.add(Part(f"{product} settings", "config file", server))
    port = estate.add(Part(f"tcp/{rng.randint(1024, 9999)} {product}", "port", server))
    needs = [package, config, port]
    if rng.random() < 0.6:
        needs.append(estate.add(Part(f"data volume of {product}", "mount", server)))
    if rng.random() < 0.5:
        needs.append(estate.add(Part(f"service account of {product}", "password", server)))
    return estate.add(Part(f"{product} service", "service", server, tuple(needs)))


def _application(
    rng: Random, estate: Estate, roles: dict[str, str], called: tuple[str, str, str]
) -> None:
    vendor, name, code = called
    server = rng.choice(list(estate.servers))
    short = name.split()[0].lower() + code[-1]
    own = {
        "service": (f"{name} service", "service", 0.8),
        "config": (f"{short}.config", "config file", 0.95),
        "login": (f"{short}_app", "database login", 0.75),
        "certificate": (f"{short}.client.example", "certificate", 0.4),
        "port": (f"tcp/{rng.randint(5000, 9999)} {name}", "port", 0.5),
        "library": (f"{short}core.dll", "file", 0.6),
        "task": (f"{name} import", "scheduled task", 0.35),
        "share": (f"share {short}$", "mount", 0.35),
        "account": (f"svc-{short}", "password", 0.5),
        "rights": (f"{name} users", "group", 0.3),
        "licence": (f"{short}.lic", "file", 0.3),
    }
    system = roles[f"system {server}"]
    runtimes = [roles[key] for key in roles if key.startswith(f"runtime {server}")]
    package = estate.add(Part(name, "package", server, (rng.choice(runtimes), system), vendor))
    direct = [package]
    for role, (part, kind, likely) in own.items():
        if rng.random() >= likely:
            continue
        needs = {"service": (package,), "login": (roles["database"],), "port": ()}.get(role, ())
        direct.append(estate.add(Part(part, kind, server, needs, vendor)))
    if rng.random() < 0.45:
        direct.append(roles["web"])
    if rng.random() < 0.3:
        direct.append(rng.choice(runtimes))
    estate.apps.append(App(code, name, server, vendor, tuple(dict.fromkeys(direct))))


def _background(rng: Random, estate: Estate) -> None:
    for server in estate.servers:
        for kind, name in rng.sample(BACKGROUND, rng.randint(9, 20)):
            estate.add(Part(name, kind, server))


def _steps(estate: Estate, app: App) -> dict[str, int]:
    """How many steps each needed component is away from the application, along what is really needed."""
    steps = dict.fromkeys(app.needs, 1)
    waiting = deque(app.needs)
    while waiting:
        name = waiting.popleft()
        for needed in estate.parts[name].needs:
            if needed not in steps:
                steps[needed] = steps[name] + 1
                waiting.append(needed)
    return steps


def mapped(rng: Random, estate: Estate, profile: Profile) -> tuple[list[Entry], list[Entry]]:
    """This function will write applications and dependencies as people know them: edges missing, false and graded."""
    applications: list[Entry] = []
    edges: list[Entry] = []
    for app in estate.apps:
        observed = rng.random() < profile.observed
        known = [one for one in app.needs if rng.random() < _known(profile, observed=observed)]
        known += _false(rng, estate, app, profile.edge_false * len(app.needs))
        entry: Entry = {"id": app.id, "name": app.name, "asset": app.server, "needs": known}
        if app.vendor:
            entry["vendor"] = app.vendor
        applications.append(entry)
        if observed:
            edges += [
                {"dependent": app.id, "component": one, "grade": "observed"}
                for one in known
                if one in app.needs or rng.random() < 0.2
            ]
    edges += _deeper(rng, estate, profile)
    return applications, edges


def _known(profile: Profile, *, observed: bool) -> float:
    return max(0.97, profile.edge_known) if observed else profile.edge_known


def _false(rng: Random, estate: Estate, app: App, about: float) -> list[str]:
    others = [p.name for p in estate.on(app.server) if p.name not in estate.steps[app.id]]
    count = int(about) + (rng.random() < about % 1)
    return rng.sample(others, min(count, len(others)))


def _deeper(rng: Random, estate: Estate, profile: Profile) -> list[Entry]:
    edges: list[Entry] = []
    for part in estate.parts.values():
        for needed in part.needs:
            if rng.random() >= profile.edge_known:
                continue
            grade = "observed" if rng.random() < profile.observed else "declared"
            edges.append({"dependent": part.name, "component": needed, "grade": grade})
    needed_by_some = [part for part in estate.parts.values() if part.needs]
    for part in needed_by_some:
        others = [p.name for p in estate.on(part.server) if p.name not in {part.name, *part.needs}]
        if others and rng.random() < profile.edge_false:
            edges.append(
                {"dependent": part.name, "component": rng.choice(others), "grade": "declared"}
            )
    return edges
