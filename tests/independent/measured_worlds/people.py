"""Who may log in: technicians, the patch agent, vendors and the client's own administrator; and when they work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.independent.measured_worlds.estate import Entry, Estate
from tests.independent.measured_worlds.words import PEOPLE, ZONES

SHARED = "Administrator"


@dataclass(frozen=True, slots=True)
class Person:
    """An account of its own and the address its owner comes from; `party` as case files write it."""

    party: str
    account: str
    identifier: str
    address: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody by party, the site's zone and currency, and the first instant of the world (UTC)."""

    zone: ZoneInfo
    currency: str
    start: datetime
    technicians: tuple[Person, ...]
    vendors: dict[str, tuple[Person, ...]]
    client: Person
    agent: Person
    names: tuple[str, ...]

    def working_time(self, rng: Random, day: float) -> datetime:
        """This function will draw an instant in working hours (UTC) on about the day that many days after the start."""
        local = (self.start + timedelta(days=int(day))).astimezone(self.zone)
        minute = int(min(max(rng.gauss(13 * 60, 150), 7 * 60), 20 * 60))
        if local.weekday() > 4 and rng.random() < 0.8:
            local += timedelta(days=7 - local.weekday())
        at = local.replace(hour=minute // 60, minute=minute % 60, second=rng.randrange(60))
        return at.astimezone(UTC)

    def night(self, rng: Random, day: float) -> datetime:
        """This function will draw an instant between 01:00 and 04:00 site time of that day (UTC)."""
        local = (self.start + timedelta(days=int(day))).astimezone(self.zone)
        at = local.replace(hour=rng.randint(1, 3), minute=rng.randrange(60), second=0)
        return at.astimezone(UTC)


def cast(rng: Random, estate: Estate) -> Cast:
    """This function will draw the people of an estate."""
    zone, currency = rng.choice(ZONES)
    start = datetime(
        rng.choice((2023, 2024, 2025)), rng.randint(1, 12), rng.randint(1, 28), 12, tzinfo=UTC
    )
    names = tuple(rng.sample(PEOPLE, rng.randint(2, 4)))
    technicians = tuple(
        Person("provider", f"t.{name.lower()}", _sid(10 + number), "198.51.100.20")
        for number, name in enumerate(names)
    )
    vendors = {
        code: tuple(
            Person(
                code,
                account,
                _sid(100 + 10 * index + number),
                f"203.0.113.{16 * index + 2 + number}",
            )
            for number, account in enumerate(_accounts(rng, company))
        )
        for index, (code, company) in enumerate(estate.vendors.items())
    }
    client = Person("client", "it.office", _sid(60), "10.20.0.14")
    agent = Person("provider", "svc-patch", _sid(61), "198.51.100.9")
    return Cast(ZoneInfo(zone), currency, start, technicians, vendors, client, agent, names)


def _accounts(rng: Random, company: str) -> list[str]:
    short = company.split(maxsplit=1)[0].lower()
    return [f"{short}.support"] + ([f"{short}.field"] if rng.random() < 0.4 else [])


def _sid(number: int) -> str:
    return f"S-1-5-21-47110815-22031-907-{1000 + number}"


def accounts(people: Cast) -> list[Entry]:
    """This function will write the register of accounts, with one login that everybody may use."""
    own = [*people.technicians, people.client, people.agent]
    own += [person for several in people.vendors.values() for person in several]
    entries: list[Entry] = [
        {"name": one.account, "party": one.party, "identifier": one.identifier} for one in own
    ]
    return [*entries, {"name": SHARED, "party": "client", "identifier": _sid(-500), "shared": True}]
