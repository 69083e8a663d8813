"""Acts in a made world: somebody logs in and changes something; what is written down depends on the telemetry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from groundrules.services.worlds.making.estate import (
    OWNER,
    PARTY_OF,
    PATCHER,
    SHARED,
    TECHNICIANS,
    VENDORS,
    Part,
    Row,
    login_of,
    sid_of,
)
from groundrules.services.worlds.making.profiles import Profile

# What is done to a kind of thing: action, before, after, and how often it is harmful against harmless.
Deed = tuple[str, str | None, str | None]
_HARMFUL: dict[str, tuple[Deed, ...]] = {
    "package": (("removed", "1.4", None), ("altered", "1.4", "2.0"), ("altered", "1.4", "1.5")),
    "service": (("altered", "running", "stopped"), ("removed", "running", None)),
    "database login": (("altered", None, None),),
    "password": (("altered", None, None),),
    "config file": (("altered", "a1", "b2"),),
    "file": (("removed", "c3", None), ("altered", "c3", "d4")),
    "mount": (("removed", "ext4", None),),
    "port": (("removed", "listening", None),),
}
_HARMLESS: dict[str, tuple[Deed, ...]] = {
    "package": (("altered", "1.4", "1.5"), ("altered", "1.4", "1.4.1"), ("added", None, "1.4")),
    "service": (("altered", "automatic", "delayed"),),
    "config file": (("altered", "a1", "a2"),),
    "file": (("altered", "c3", "c4"),),
    "port": (("added", None, "listening"),),
    "mount": (("altered", "ext4", "ext4,noatime"),),
    "database login": (("altered", None, None),),
    "password": (("altered", None, None),),
    "scheduled task": (("altered", "daily", "weekly"),),
    "account": (("added", None, "guest"),),
}
_SAYS: dict[str, str] = {
    "package": "could not load {}",
    "service": "connection refused by {}",
    "database login": "login failed for user {}",
    "password": "login failed for user {}",
    "config file": "invalid setting in {}",
    "file": "{} cannot be read",
    "mount": "{}: no such file or directory",
    "port": "nothing answers on {}",
}


# What a disk, a certificate or a line that fails leaves on record: kind, component, before, after.
_TROUBLES: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "disk": (
        ("disk health", "disk 0", "passed", "failed"),
        ("disk array", "md0", "clean", "degraded"),
    ),
    "certificate": (("certificate", "portal", "valid", "expired"),),
    "outage": (("connection", "fibre line", "up", "down"), ("connection", "vpn", "up", "lost")),
}


def failure_of(part: Part) -> str:
    """This function will return the error an application prints when this component fails it."""
    return _SAYS[part.kind].format(part.name)


def written(at: datetime) -> str:
    """This function will write an instant as a case file does."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done: where, what, when in truth, by whom, and its reference.

    `harmful` broke what it touched; `odd` only looks as if; `undoes` put something right.
    """

    ref: str
    part: Part
    deed: Deed
    at: datetime
    actor: str
    allowed: str
    harmful: bool = False
    odd: bool = False
    undoes: bool = False
    recorded: bool = True


class Journal:
    """What a world's evidence will hold. Acts are told to it in any order; it numbers and writes them."""

    def __init__(self, profile: Profile, luck: Random, records: Random) -> None:
        """`records` draws what a log says of who did it, beside `luck`, which draws what happens."""
        self.profile = profile
        self.luck = luck
        self._records = records
        self.rows: dict[str, list[Row]] = {
            name: [] for name in ("changes", "sessions", "windows", "own_runs", "gaps")
        }
        self.acts: list[Act] = []
        self._count = 0

    def _next(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}-{self._count}"

    def act(
        self, part: Part, at: datetime, actor: str, *, harmful: bool, recorded: bool = True
    ) -> Act:
        """This function will let a vendor (by id) or a login change a component, and write down what is seen."""
        odd = part.kind in _HARMFUL and self.luck.random() < self.profile.odd
        deed = self.luck.choice((_HARMFUL if harmful or odd else _HARMLESS)[part.kind])
        login = login_of(actor) if actor in VENDORS else actor
        if actor != PATCHER and self.luck.random() < self.profile.shared:
            login = SHARED
        session = self._visit(part.server, at, login)
        allowed = self._approve(part.server, at, actor)
        act = Act(
            self._next("CHG"),
            part,
            deed,
            at,
            actor,
            allowed,
            harmful=harmful,
            odd=odd,
            recorded=recorded,
        )
        self.acts.append(act)
        if recorded:
            self._write(act, login, session)
        return act

    def undo(self, act: Act, at: datetime) -> Act:
        """This function will let a technician put back what an act did."""
        action, before, after = act.deed
        opposite = {"added": "removed", "removed": "added", "altered": "altered"}[action]
        actor = self.luck.choice(TECHNICIANS)
        session = self._visit(act.part.server, at, actor)
        deed = (opposite, after, before)
        back = Act(self._next("CHG"), act.part, deed, at, actor, "inside", undoes=True)
        self.acts.append(back)
        self._write(back, actor, session)
        return back

    def mend(self, act: Act, at: datetime) -> Act:
        """This function will let a technician put right otherwise what an act did: another version, new settings."""
        mended = self.act(act.part, at, self.luck.choice(TECHNICIANS), harmful=False)
        mended = replace(mended, undoes=True)
        self.acts[-1] = mended
        return mended

    def trouble(self, server: str, name: str, at: datetime) -> None:
        """This function will write down that something failed by itself: a disk, a certificate, a line."""
        kind, component, before, after = self.luck.choice(_TROUBLES[name])
        row: Row = {"id": self._next("CHG"), "asset": server, "kind": kind, "action": "altered"}
        row |= {"component": component, "before": before, "after": after, "at": written(at)}
        self.rows["changes"].append(row)

    def restart(self, server: str, at: datetime) -> None:
        """This function will let a server restart."""
        self._gap(server, "restart", at, at + timedelta(minutes=3), "the server restarted")

    def lose_records(self, server: str, start: datetime, end: datetime) -> None:
        """This function will leave a hole in the evidence."""
        self._gap(server, "records missing", start, end, "records are not in this evidence")

    def _gap(self, server: str, kind: str, start: datetime, end: datetime, says: str) -> None:
        row: Row = {"id": self._next("GAP"), "asset": server, "kind": kind, "source": "log"}
        self.rows["gaps"].append(row | {"between": [written(start), written(end)], "says": says})

    def _visit(self, server: str, at: datetime, login: str) -> str:
        if login == PATCHER:
            run = self._next("RUN")
            edges = {
                "from": written(at - timedelta(minutes=4)),
                "to": written(at + timedelta(minutes=3)),
            }
            row: Row = {"id": run, "asset": server, "kind": "patch run", "accounts": [PATCHER]}
            self.rows["own_runs"].append(row | edges)
            return run
        ref = self._next("SES")
        start = at - timedelta(minutes=self.luck.randint(2, 25))
        end = at + timedelta(minutes=self.luck.randint(2, 40))
        row = {"id": ref, "asset": server, "account": login, "kind": "remote"}
        row |= {"identifier": sid_of(login)} if self.profile.windows else {}
        self.rows["sessions"].append(row | {"started": written(start), "ended": written(end)})
        return ref

    def _approve(self, server: str, at: datetime, actor: str) -> str:
        """Ourselves and the client need no window; a vendor's visit has one, has one too late, or has none."""
        if actor not in VENDORS:
            return "inside"
        if self.luck.random() >= self.profile.approved:
            return "outside"
        start, end = at - timedelta(hours=1), at + timedelta(hours=self.luck.randint(1, 3))
        late = self.luck.random() < self.profile.afterwards
        known = end + timedelta(hours=5) if late else start - timedelta(hours=20)
        row: Row = {"id": self._next("WIN"), "asset": server, "vendor": actor}
        times = {
            "from": written(start),
            "to": written(end),
            "requested_at": written(start - timedelta(hours=30)),
            "approved_at": written(known),
            "recorded_at": written(known),
            "approved_by": "Pat Owner",
        }
        self.rows["windows"].append(row | times)
        return "outside" if late else "inside"

    def _write(self, act: Act, login: str, session: str) -> None:
        luck, profile = self.luck, self.profile
        action, before, after = act.deed
        row: Row = {"id": act.ref, "asset": act.part.server, "kind": act.part.kind}
        row |= {"component": act.part.name, "action": action}
        row |= {k: v for k, v in (("before", before), ("after", after)) if v is not None}
        if login == PATCHER:
            row["run"] = session
        if luck.random() < profile.exact:
            off = luck.randint(-profile.skew_seconds, profile.skew_seconds)
            row["at"] = written(act.at + timedelta(seconds=off))
            if luck.random() < profile.keyed(act.part.kind):
                row["actor"] = {"account": login}
                row |= {} if login == PATCHER else {"in_session": session}
            elif profile.windows and act.part.kind == _INSTALLED and login != PATCHER:
                row["actor"] = self._installer_says(login)
        else:
            span = 12 if max(profile.checks) >= _RARE else 2
            start = act.at - timedelta(minutes=luck.randint(1, 60 * span))
            until = start + timedelta(hours=span, minutes=1)
            row |= {"between": [written(start), written(until)], "snapshot_only": True}
        if luck.random() < profile.late:
            row["discovered"] = written(act.at + timedelta(hours=luck.randint(13, 40)))
        self.rows["changes"].append(row)

    def _installer_says(self, login: str) -> Row:
        """Windows Installer writes who started it by SID alone; where that is lost, its end names SYSTEM."""
        if self._records.random() < self.profile.started_by:
            return {"identifier": sid_of(login), "process": "MsiInstaller"}
        return {"account": "SYSTEM", "identifier": "S-1-5-18", "process": "MsiInstaller"}


_RARE = 120
_INSTALLED = "package"
ACTORS = {"vendor": VENDORS, "technician": TECHNICIANS, "patch": (PATCHER,), "client": (OWNER,)}


def party_of(actor: str) -> str:
    """This function will return whose act it is, in the words of a case file."""
    return actor if actor in VENDORS else PARTY_OF[actor]
