"""What the records show of a life: logs that name somebody, snapshots that do not, and what nobody wrote down."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.independent.foreign_worlds.life import Act, Life, Visit
from tests.independent.foreign_worlds.profiles import Profile

Entry = dict[str, Any]


@dataclass(slots=True)
class Recorder:
    """The records of one life, and which acts they lost."""

    life: Life
    profile: Profile
    changes: dict[str, Entry] = field(default_factory=dict)
    sessions: dict[str, Entry] = field(default_factory=dict)
    gaps: list[Entry] = field(default_factory=list)
    lost: dict[str, list[tuple[datetime, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    skew: dict[str, timedelta] = field(default_factory=dict)

    def write(self) -> None:
        """Record everything, in the order of the hosts' weaknesses, their logins and their changes."""
        self._weaknesses()
        self._restarts()
        keys = self._keys()
        for visit in self.life.visits:
            self._session(visit, keys[visit.id])
        self._changes(keys)

    def _weaknesses(self) -> None:
        rng, rough = self.life.rng, self.profile.name in {"poor", "chaos"}
        for host in sorted(self.life.estate.hosts):
            self.skew[host] = timedelta(seconds=rng.uniform(-2, 2))
            if rough and rng.random() < 0.4:
                self._gap(
                    host,
                    rng.uniform(0, 30),
                    rng.choice(("collector silent", "log cleared", "records missing")),
                )
            if self.profile.name == "chaos" and rng.random() < 0.3:
                self.skew[host] = timedelta(seconds=rng.uniform(-900, 900))
                if rng.random() < 0.7:
                    whole = [self.life.start, self.life.start + timedelta(days=35)]
                    self._note(host, "clock step", {"between": [said(at) for at in whole]})

    def _gap(self, host: str, day: float, kind: str) -> None:
        first = self.life.start + timedelta(days=day)
        last = first + timedelta(hours=self.life.rng.uniform(6, 40))
        self.lost[host].append((first, last))
        if self.life.rng.random() < 0.7:
            self._note(host, kind, {"between": [said(first), said(last)]})

    def _note(self, host: str, kind: str, when: Entry) -> None:
        self.gaps.append(
            {
                "id": f"GAP-{len(self.gaps) + 1}",
                "asset": host,
                "kind": kind,
                **when,
                "source": "system log",
                "says": kind,
            }
        )

    def _restarts(self) -> None:
        for host, at in self.life.restarts:
            if not self._silent(host, at):
                self._note(host, "restart", {"at": said(at + self.skew[host])})

    def _silent(self, host: str, at: datetime) -> bool:
        return any(first <= at < last for first, last in self.lost[host])

    def _keys(self) -> dict[str, str]:
        """Keys of logins. Linux counts from one again after each restart; Windows may give a number twice."""
        found = {}
        for visit in sorted(self.life.visits, key=lambda visit: visit.start):
            boots = [
                at for host, at in self.life.restarts if host == visit.host and at <= visit.start
            ]
            since = max(boots, default=self.life.start)
            # The project's readers write the boot into a key; a bare number, given again after a restart, is a trap.
            boot = (
                ""
                if self.profile.name == "chaos" and self.life.rng.random() < 0.2
                else f"{visit.host}|{len(boots)}|"
            )
            if self.life.estate.hosts[visit.host] == "linux":
                same = [
                    v
                    for v in self.life.visits
                    if v.host == visit.host and since <= v.start <= visit.start
                ]
                found[visit.id] = f"{boot}{len(same)}"
            else:
                found[visit.id] = boot + hex(
                    0x3E000 + int((visit.start - since).total_seconds()) * 7
                )
        return found

    def _session(self, visit: Visit, key: str) -> None:
        rng = self.life.rng
        if rng.random() >= self.profile.logins_kept or self._silent(visit.host, visit.start):
            return
        skew = self.skew[visit.host]
        entry: Entry = {
            "id": visit.id,
            "asset": visit.host,
            "account": self._spelled(visit),
            "started": said(visit.start + skew),
        }
        if rng.random() < 0.93:
            entry["ended"] = said(visit.end + skew)
        if rng.random() < 0.7:
            entry["identifier"] = visit.login.identifier
        if rng.random() < 0.8:
            entry["source_address"] = self.life.estate.address(visit.party)
        entry |= {"kind": rng.choice(("remote", "remote", "console")), "key": key}
        self._late(entry, visit.start)
        self.sessions[visit.id] = entry

    def _spelled(self, visit: Visit) -> str:
        windows = self.life.estate.hosts[visit.host] == "windows"
        return (
            rf"KUNDE\{visit.login.name}"
            if windows and self.life.rng.random() < 0.4
            else visit.login.name
        )

    def _late(self, entry: Entry, at: datetime) -> None:
        if self.life.rng.random() < self.profile.late:
            entry["discovered"] = said(at + timedelta(days=self.life.rng.uniform(1, 4)))

    def _changes(self, keys: dict[str, str]) -> None:
        hidden = {act.id for plot in self.life.plots if plot.unrecorded for act in plot.acts}
        snapshots: dict[tuple[str, str, datetime], list[Act]] = defaultdict(list)
        hours = {
            host: self.life.rng.choice(self.profile.snapshot_hours)
            for host in sorted(self.life.estate.hosts)
        }
        for act in sorted(self.life.acts, key=lambda act: act.at):
            if act.id in hidden or (not act.harmful and self.life.rng.random() < 0.03):
                continue
            way = self._way(act)
            if way == "snapshot":
                step = timedelta(hours=hours[act.part.host])
                first = self.life.start + (act.at - self.life.start) // step * step
                snapshots[act.part.host, act.part.name, first].append(act)
            else:
                self.changes[act.id] = self._logged(act, way, keys)
        for (host, _, first), acts in snapshots.items():
            self._seen_by_snapshot(acts, first, first + timedelta(hours=hours[host]))

    def _way(self, act: Act) -> str:
        if self._silent(act.part.host, act.at):
            return "snapshot"
        p = self.profile
        ways = {
            "keyed": p.keyed,
            "identified": p.identified,
            "timed": p.timed,
            "system": p.as_system,
            "snapshot": p.seen_by_snapshot,
        }
        return self.life.rng.choices(list(ways), list(ways.values()))[0]

    def _entry(self, act: Act) -> Entry:
        action, before, after = act.what
        entry: Entry = {
            "id": act.id,
            "asset": act.part.host,
            "kind": act.part.kind,
            "component": act.part.name,
            "action": action,
        }
        return entry | ({"before": before} if before else {}) | ({"after": after} if after else {})

    def _logged(self, act: Act, way: str, keys: dict[str, str]) -> Entry:
        entry = self._entry(act) | {"at": said(act.at + self.skew[act.part.host])}
        if act.run:
            if way in {"keyed", "identified"}:
                entry |= {"run": act.run, "actor": {"account": "rmm"}}
            return entry
        assert act.visit
        login = act.visit.login
        if way == "keyed":
            named = self.life.rng.choice(
                ({"account": login.name}, {"identifier": login.identifier}, {})
            )
            entry["actor"] = named | {"session_key": keys[act.visit.id]}
            if act.visit.id in self.sessions and self.life.rng.random() < 0.8:
                entry["in_session"] = act.visit.id
        elif way == "identified":
            entry["actor"] = {"identifier": login.identifier}
        elif way == "system":
            entry["actor"] = {"account": "SYSTEM", "process": "msiexec.exe"}
        self._late(entry, act.at)
        return entry

    def _seen_by_snapshot(self, acts: list[Act], first: datetime, last: datetime) -> None:
        """Only the net of an interval is seen; what was made and put back within it is not."""
        if acts[0].what[1] == acts[-1].what[2] and len(acts) > 1:
            return
        shown = next((act for act in acts if act.harmful), acts[-1])
        skew = self.skew[shown.part.host]
        when = [said(first + skew), said(last + skew)]
        self.changes[shown.id] = self._entry(shown) | {"between": when, "snapshot_only": True}


def said(at: datetime) -> str:
    """A time as case files write it."""
    text = at.strftime("%Y-%m-%d %H:%M:%S%z")
    return f"{text[:-2]}:{text[-2:]}"
