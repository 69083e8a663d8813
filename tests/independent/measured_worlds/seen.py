"""What is on record of the acts: exact or between two lists, by whom as far as a record says, and in which session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from tests.independent.measured_worlds.estate import Entry
from tests.independent.measured_worlds.life import Act, Life, Visit
from tests.independent.measured_worlds.people import SHARED, Person
from tests.independent.measured_worlds.profiles import Profile


@dataclass(slots=True)
class Seen:
    """The records of a world. `ids` are those of acts on record; an act without one was never seen."""

    changes: list[Entry] = field(default_factory=list)
    sessions: list[Entry] = field(default_factory=list)
    gaps: list[Entry] = field(default_factory=list)
    runs: list[Entry] = field(default_factory=list)
    ids: dict[int, str] = field(default_factory=dict)
    accounts: dict[int, str] = field(default_factory=dict)
    blind: list[tuple[str, datetime, datetime]] = field(default_factory=list)

    def id_of(self, act: Act) -> str | None:
        """This function will return the reference of an act's record, None when there is none."""
        return self.ids.get(id(act))


def said(at: datetime) -> str:
    """This function will write an instant as case files do."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def observe(rng: Random, life: Life) -> Seen:
    """This function will look at a life as its telemetry does."""
    seen = Seen()
    profile = life.profile
    _blind_spans(rng, life, seen)
    logins: dict[int, str] = {}
    for number, visit in enumerate(life.visits, start=1):
        visit.number = number
        shared = profile.everyone_shares or rng.random() < profile.shared
        by_agent = visit.person is life.people.agent
        seen.accounts[number] = SHARED if shared and not by_agent else visit.person.account
        if by_agent or visit.purpose == "recovery":
            seen.runs.append(_run(rng, visit, seen.accounts[number]))
        elif rng.random() < profile.sessions:
            logins[number] = f"SES-{number}"
            seen.sessions.append(_session(rng, visit, seen.accounts[number], logins[number]))
    scans = {server: _Scans(rng, profile) for server in life.estate.servers}
    for act in life.acts:
        _record(rng, life, seen, (act, scans[act.visit.server], logins))
    return seen


def _blind_spans(rng: Random, life: Life, seen: Seen) -> None:
    for server in life.estate.servers:
        if rng.random() >= life.profile.gaps:
            continue
        start = life.people.start + timedelta(days=rng.uniform(5, life.profile.days))
        end = start + timedelta(hours=rng.uniform(2, 30))
        seen.blind.append((server, start, end))
        kind = rng.choice(("records missing", "log cleared", "collector silent", "audit off"))
        seen.gaps.append(
            {
                "id": f"GAP-{len(seen.gaps) + 1}",
                "asset": server,
                "kind": kind,
                "between": [said(start), said(end)],
                "source": rng.choice(("Security", "System", "collector")),
                "says": f"No records of {server} for this span",
            }
        )


def _run(rng: Random, visit: Visit, account: str) -> Entry:
    patching = visit.purpose == "patch run"
    entry: Entry = {
        "id": f"RUN-{visit.number}",
        "asset": visit.server,
        "from": said(visit.start),
        "to": said(visit.end),
        "kind": visit.purpose,
        "accounts": [account],
        "says": "Monthly patches" if patching else "Restore after the disks failed",
    }
    if patching and rng.random() < 0.7:
        entry["components"] = [_called(act) for act in visit.acts]
    return entry


def _session(rng: Random, visit: Visit, account: str, code: str) -> Entry:
    entry: Entry = {
        "id": code,
        "asset": visit.server,
        "account": account,
        "started": said(visit.start),
        "kind": rng.choice(("remote", "remote", "remote", "console", "network")),
        "key": _key(visit),
    }
    if rng.random() < 0.9:
        entry["ended"] = said(visit.end)
    if account != SHARED and rng.random() < 0.7:
        entry["identifier"] = visit.person.identifier
    if rng.random() < 0.75:
        entry["source_address"] = visit.person.address
    return entry


def _key(visit: Visit) -> str:
    return f"{visit.server}|boot-1|0x{0x40000 + visit.number * 937:x}"


class _Scans:
    """The lists made of a server: so many a day, at the same times each day."""

    def __init__(self, rng: Random, profile: Profile) -> None:
        self._every = 24 * 60 // rng.choice(profile.scans_a_day)
        self._phase = rng.randrange(self._every)

    def around(self, at: datetime) -> tuple[datetime, datetime]:
        midnight = datetime(at.year, at.month, at.day, tzinfo=UTC)
        passed = (at - midnight).total_seconds() / 60 - self._phase
        before = midnight + timedelta(minutes=self._phase + passed // self._every * self._every)
        return before, before + timedelta(minutes=self._every)


def _record(rng: Random, life: Life, seen: Seen, of: tuple[Act, _Scans, dict[int, str]]) -> None:
    act, scans, logins = of
    exact = rng.random() < _exactly(life.profile, act)
    hidden = _in_gap(seen.blind, act) and rng.random() < 0.6
    if rng.random() < life.profile.unseen or hidden:
        return
    code = f"CHG-{len(seen.changes) + 1}"
    seen.ids[id(act)] = code
    entry: Entry = {
        "id": code,
        "asset": act.visit.server,
        "kind": act.deed.as_kind or act.part.kind,
        "component": _called(act),
        "action": act.deed.action,
        "summary": f"{act.part.name} {act.deed.name}",
    }
    if exact:
        entry["at"] = said(act.at)
        _name(rng, life.profile, entry, (act, seen.accounts[act.visit.number], logins))
    else:
        before, after = scans.around(act.at)
        if _shows_nothing_new(seen, act, before):
            del seen.ids[id(act)]
            return
        entry |= {"between": [said(before), said(after)], "snapshot_only": True}
    seen.changes.append(entry)


def _exactly(profile: Profile, act: Act) -> float:
    """Repairs are written down by those who were called; most have their time."""
    return max(profile.exact, 0.85) if act.visit.purpose == "repair" else profile.exact


def _shows_nothing_new(seen: Seen, act: Act, before: datetime) -> bool:
    """Two lists show one difference when something was changed and put right between them."""
    broken = seen.id_of(act.rights) if act.rights is not None else None
    return any(
        one["id"] == broken and one.get("between", [""])[0] == said(before) for one in seen.changes
    )


def _in_gap(spans: Iterable[tuple[str, datetime, datetime]], act: Act) -> bool:
    return any(server == act.visit.server and start <= act.at < end for server, start, end in spans)


def _called(act: Act) -> str:
    """A patch is called by its own name, which says what it is for."""
    if act.deed.as_kind != "patch":
        return act.part.name
    number = 5_010_000 + sum(map(ord, act.part.name)) * 7 % 9973 + act.at.timetuple().tm_yday
    return f"Security Update for {act.part.name} (KB{number})"


def _name(rng: Random, profile: Profile, entry: Entry, of: tuple[Act, str, dict[int, str]]) -> None:
    """By its session's own key, by an account, by the system's name only, or not at all."""
    act, account, logins = of
    visit: Visit = act.visit
    person: Person = visit.person
    if visit.purpose == "patch run":
        if rng.random() < 0.8:
            entry["run"] = f"RUN-{visit.number}"
        entry["actor"] = {"account": account if rng.random() < 0.6 else "SYSTEM"}
        return
    session = logins.get(visit.number)
    drawn = rng.random()
    if session and drawn < profile.keyed:
        entry["in_session"] = session
        if rng.random() < 0.7:
            entry["actor"] = {"account": account}
    elif drawn < profile.keyed + profile.named * (1 - profile.keyed):
        named = {"account": account}
        if account != SHARED and rng.random() < 0.4:
            named["identifier"] = person.identifier
        entry["actor"] = named
    elif rng.random() < 0.5:
        entry["actor"] = {"account": "SYSTEM"}
