"""The estate of a made world: servers, what runs on them and needs what, and everyone who may log in."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from groundrules.services.worlds.making.profiles import Profile

Row = dict[str, object]

_WINDOWS = (
    ("package", ".NET Framework {n}.0"),
    ("package", "Visual C++ Runtime {n}"),
    ("service", "MSSQL$LOB{n}"),
    ("database login", "lob_owner{n}"),
    ("service", "W3SVC{n}"),
    ("config file", r"C:\App{n}\web.config"),
    ("password", "svc-lob{n}"),
    ("package", "Crystal Reports {n}"),
    ("file", r"C:\App{n}\licence.dat"),
    ("port", "tcp/80{n}"),
)
_LINUX = (
    ("package", "libxml{n}"),
    ("package", "python3-lxml{n}"),
    ("service", "postgresql@{n}.service"),
    ("database login", "app{n}"),
    ("service", "nginx{n}.service"),
    ("config file", "/etc/app{n}/app.conf"),
    ("password", "appuser{n}"),
    ("mount", "/srv/data{n}"),
    ("package", "openssl{n}"),
    ("package", "redis{n}"),
)
_UNNEEDED = (
    ("package", "Notepad {n}"),
    ("scheduled task", "Report {n}"),
    ("config file", "backup{n}.ini"),
    ("account", "guest{n}"),
    ("package", "Viewer {n}"),
)
_NAMES = ("Charts", "Ledger", "Imaging", "Dispatch", "Payroll", "Orders", "Portal", "Archive")
_FIRMS = ("Ashgrove Software", "Bellwether Systems", "Corvid Data")


@dataclass(frozen=True, slots=True)
class Part:
    """One component on one server: its kind and name."""

    server: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Software:
    """One application, everything it truly needs with the distance, and the vendor who looks after it."""

    id: str
    server: str
    vendor: str
    needs: tuple[tuple[Part, int], ...]


@dataclass(frozen=True, slots=True)
class Estate:
    """Everything that stands before anything happens; `rows` is it as a case file writes it."""

    applications: tuple[Software, ...]
    unneeded: tuple[Part, ...]
    servers: tuple[str, ...]
    rows: dict[str, list[Row]]

    def who_needs(self, part: Part) -> tuple[Software, ...]:
        """This function will return the applications that truly need a component."""
        return tuple(a for a in self.applications if any(p == part for p, _ in a.needs))


VENDORS = ("V1", "V2", "V3")
TECHNICIANS = ("tech-ana", "tech-bo")
SHARED, PATCHER, OWNER = "admin", "rmm-agent", "owner"
_SIDS = ("v1-svc", "v2-svc", "v3-svc", *TECHNICIANS, SHARED, OWNER)
PARTY_OF = {"tech-ana": "provider", "tech-bo": "provider", PATCHER: "provider", OWNER: "client"}


def login_of(vendor: str) -> str:
    """This function will return a vendor's own login."""
    return f"{vendor.lower()}-svc"


def sid_of(login: str) -> str:
    """This function will return the identifier Windows knows a login by."""
    return f"S-1-5-21-1004336348-1177238915-682003330-{_SIDS.index(login) + 1104}"


def build(profile: Profile, luck: Random) -> Estate:
    """This function will draw an estate."""
    servers = tuple(f"SRV{n}" for n in range(1, luck.randint(*profile.servers) + 1))
    parts = {s: _parts(s, profile, luck) for s in servers}
    unneeded = tuple(
        Part(s, kind, name.format(n=s[-1])) for s in servers for kind, name in _UNNEEDED
    )
    links: dict[Part, tuple[Part, ...]] = {s_part: () for s in servers for s_part in parts[s]}
    for server in servers:
        for place, part in enumerate(parts[server]):
            below = parts[server][place + 1 :]
            links[part] = tuple(luck.sample(below, k=min(len(below), luck.choice((0, 0, 1, 2)))))
    count = luck.randint(*profile.applications)
    software = tuple(
        _software(n, luck.choice(servers), parts, links, (profile.depth, luck))
        for n in range(count)
    )
    return Estate(software, unneeded, servers, _rows(servers, software, links, (profile, luck)))


def _parts(server: str, profile: Profile, luck: Random) -> tuple[Part, ...]:
    catalogue = list(_WINDOWS if profile.windows else _LINUX)
    luck.shuffle(catalogue)
    return tuple(Part(server, kind, name.format(n=server[-1])) for kind, name in catalogue)


def _software(
    number: int,
    server: str,
    parts: dict[str, tuple[Part, ...]],
    links: dict[Part, tuple[Part, ...]],
    drawn: tuple[int, Random],
) -> Software:
    depth, luck = drawn
    known: dict[Part, int] = {}
    layer = luck.sample(parts[server][:7], k=luck.randint(2, 4))
    for distance in range(1, depth + 1):
        for part in layer:
            known.setdefault(part, distance)
        layer = [below for part in layer for below in links[part]]
    return Software(f"APP{number + 1}", server, luck.choice(VENDORS), tuple(known.items()))


def _rows(
    servers: tuple[str, ...],
    software: tuple[Software, ...],
    links: dict[Part, tuple[Part, ...]],
    drawn: tuple[Profile, Random],
) -> dict[str, list[Row]]:
    profile, _ = drawn
    own: list[Row] = [{"name": login_of(v), "party": v} for v in VENDORS]
    others: list[Row] = [{"name": name, "party": party} for name, party in PARTY_OF.items()]
    system = "Windows Server 2022" if profile.windows else "Debian 12"
    return {
        "assets": [{"id": s, "name": s, "operating_system": system} for s in servers],
        "applications": [
            {"id": a.id, "name": _NAMES[n], "asset": a.server, "vendor": a.vendor}
            for n, a in enumerate(software)
        ],
        "dependencies": _dependencies(software, links, drawn),
        "vendors": [{"id": v, "name": f} for v, f in zip(VENDORS, _FIRMS, strict=True)],
        "accounts": [*own, *others, {"name": SHARED, "party": "provider", "shared": True}],
    }


def _dependencies(
    software: tuple[Software, ...],
    links: dict[Part, tuple[Part, ...]],
    drawn: tuple[Profile, Random],
) -> list[Row]:
    profile, luck = drawn
    direct = [(a.id, part) for a in software for part, distance in a.needs if distance == 1]
    needed = {part for a in software for part, _ in a.needs}
    onward = [(part.name, below) for part in links if part in needed for below in links[part]]
    return [
        {
            "dependent": dependent,
            "component": part.name,
            "grade": "observed" if luck.random() < profile.observed else "declared",
        }
        for dependent, part in (*direct, *onward)
        if luck.random() < profile.mapped
    ]
