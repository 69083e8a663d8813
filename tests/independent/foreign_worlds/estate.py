"""An estate: servers, applications and what they truly need, parties and their logins."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

_SHARED = {
    "windows": (
        ("package", ".NET Framework 4.8"),
        ("package", "ODBC Driver 17 for SQL Server"),
        ("package", "Visual C++ 2015 Redistributable"),
        ("service", "W3SVC"),
        ("service", "MSSQLSERVER"),
        ("database login", "sa"),
        ("port", "tcp/1433"),
        ("account", "svc-sql"),
    ),
    "linux": (
        ("package", "psycopg2"),
        ("package", "openjdk-17-jre"),
        ("package", "php-fpm"),
        ("service", "nginx"),
        ("service", "postgresql"),
        ("config file", "/etc/postgresql/15/main/pg_hba.conf"),
        ("port", "tcp/5432"),
        ("mount", "/srv/daten"),
    ),
}
_PRODUCTS = (
    "Kontor",
    "Mandat",
    "Praxima",
    "Werkstatt-Pro",
    "Lagerix",
    "TimeClock",
    "Fleetline",
    "Dokustar",
    "Caldera",
    "Zahnwerk",
)
_VENDORS = ("Nordsoft", "Halden Systems", "Brightwater", "Kuppel & Sohn", "Interlink")
_ADDRESSES = ("203.0.113.", "198.51.100.", "192.0.2.", "203.0.113.1", "198.51.100.1")


@dataclass(frozen=True, slots=True)
class Part:
    """A component of one server. Parts every server has carry the same name everywhere."""

    kind: str
    name: str
    host: str
    common: bool


@dataclass(slots=True)
class App:
    """An application and the parts it truly needs; what the map says of it is another thing."""

    id: str
    name: str
    host: str
    vendor: str
    needs: list[Part]


@dataclass(frozen=True, slots=True)
class Login:
    """An account on one server (`host`) or everywhere, and whose it is."""

    name: str
    party: str
    identifier: str
    host: str | None = None
    shared: bool = False


@dataclass(slots=True)
class Estate:
    """Everything that stands still."""

    hosts: dict[str, str] = field(default_factory=dict)
    apps: list[App] = field(default_factory=list)
    vendors: list[str] = field(default_factory=list)
    logins: list[Login] = field(default_factory=list)

    def parts(self, host: str) -> list[Part]:
        """Every part of a server, needed or not."""
        own = {part for app in self.apps for part in app.needs if part.host == host}
        shared = {Part(kind, name, host, common=True) for kind, name in _SHARED[self.hosts[host]]}
        return sorted(own | shared, key=lambda part: (part.kind, part.name))

    def login(self, party: str, host: str, *, shared: bool) -> Login:
        """The login a party uses on a server: its own, or the one that several use."""
        for login in self.logins:
            if (
                login.shared == shared
                and login.host in {None, host}
                and (shared or login.party == party)
            ):
                return login
        raise LookupError(party)

    def address(self, party: str) -> str:
        """An address a party comes from."""
        if party in self.vendors:
            return _ADDRESSES[self.vendors.index(party)] + "7"
        return "10.0.0.15" if party == "client" else "198.18.0.9"


def build(rng: Random, systems: tuple[str, ...]) -> Estate:
    """Draw an estate of two to four servers with three to six applications."""
    estate = Estate()
    for number in range(1, rng.randint(2, 4) + 1):
        estate.hosts[f"SRV{number}"] = rng.choice(systems)
    estate.vendors = [f"V{number}" for number in range(1, rng.randint(2, 4) + 1)]
    names = rng.sample(_PRODUCTS, rng.randint(3, 6))
    for number, name in enumerate(names, 1):
        estate.apps.append(_app(rng, estate, f"APP{number}", name))
    estate.logins = list(_logins(estate))
    return estate


def vendor_name(vendor: str) -> str:
    """What the vendor is called."""
    return _VENDORS[int(vendor[1:]) - 1]


def networks(vendor: str) -> list[str]:
    """Where the vendor says it comes from."""
    return [_ADDRESSES[int(vendor[1:]) - 1] + "7/32"]


def _app(rng: Random, estate: Estate, number: str, name: str) -> App:
    host = rng.choice(sorted(estate.hosts))
    windows = estate.hosts[host] == "windows"
    short = name.split("-", maxsplit=1)[0].lower()
    own = [
        Part(
            "service",
            f"{short}-server" if not windows else f"{short.title()}Server",
            host,
            common=False,
        ),
        Part(
            "config file",
            rf"C:\{name}\{short}.ini" if windows else f"/etc/{short}/{short}.conf",
            host,
            common=False,
        ),
        Part("database login", f"{short}_app", host, common=False),
        Part("port", f"tcp/{rng.randint(8000, 9999)}", host, common=False),
    ]
    shared = [Part(kind, part, host, common=True) for kind, part in _SHARED[estate.hosts[host]]]
    needs = rng.sample(own, rng.randint(2, 4)) + rng.sample(shared, rng.randint(2, 4))
    return App(number, name, host, rng.choice(estate.vendors), needs)


def _logins(estate: Estate) -> list[Login]:
    found = []
    domain = "S-1-5-21-771-22-901-"
    people = [*estate.vendors, "provider", "client"]
    names = {"provider": "m.reiter", "client": "verwaltung"}
    for host, system in sorted(estate.hosts.items()):
        if system == "linux":
            # Numbers are given out per server, so one number is another person's on the next.
            numbers = range(1001, 1001 + len(people))
            turned = people[int(host[3:]) % len(people) :] + people[: int(host[3:]) % len(people)]
            found += [
                Login(names.get(party, f"fern-{party.lower()}"), party, str(number), host)
                for number, party in zip(numbers, turned, strict=True)
            ]
            found.append(Login("root", "client", "0", host, shared=True))
        else:
            found += [
                Login(
                    names.get(party, f"fern-{party.lower()}"),
                    party,
                    domain + str(1100 + number),
                    host,
                )
                for number, party in enumerate(people)
            ]
            found.append(Login("Administrator", "client", domain + "500", host, shared=True))
        found.append(Login("rmm", "agent", "997" if system == "linux" else domain + "1190", host))
    return found
