"""Values of our own remote work: a policy, a plan per host with every package, and the steps of its runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from groundrules.core.ids import AssetId

_WEEK = 7
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NEVER, IF_NEEDED, IN_A_WINDOW = "never", "if needed", "in a window"
REBOOTS = (NEVER, IF_NEEDED, IN_A_WINDOW)
_APPROVERS = ("owner", "technician")


class PolicyIncomplete(ValueError):
    """A patch policy must say which servers belong to which ring, and the rest of it in known words."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Servers that are patched together; `after_hours` is how long the ring before must have stood well."""

    name: str
    assets: tuple[AssetId, ...]
    after_hours: int = 0


@dataclass(frozen=True, slots=True)
class PatchPolicy:
    """How servers of an agreement are patched. `days` (Monday 0) with `opens` and `closes` are the hours for it.

    An end no later than the beginning is the next morning's. Without days only a window of our own permits a run.
    `excludes` are packages never touched (`postgresql-*`). `precheck` is a command that must end with 0 on each host.
    `restart_seconds` is how long a restarted host is waited for.
    """

    agreement: str
    rings: tuple[Ring, ...]
    excludes: tuple[str, ...] = ()
    days: frozenset[int] = frozenset()
    opens: time = time(19)
    closes: time = time(23)
    reboot: str = NEVER
    approver: str = "owner"
    precheck: str = ""
    rollback: str = ""
    free_mb: int = 200
    restart_seconds: int = 600

    def __post_init__(self) -> None:
        named = [asset for ring in self.rings for asset in ring.assets]
        checks = (
            (not self.rings, "name at least one ring with its servers"),
            (
                any(not r.name or not r.assets for r in self.rings),
                "each ring needs a name and servers",
            ),
            (len({r.name for r in self.rings}) < len(self.rings), "two rings have one name"),
            (len(set(named)) < len(named), "a server belongs to one ring"),
            (any(r.after_hours < 0 for r in self.rings), "a ring can't wait less than no time"),
            (not self.days <= set(range(_WEEK)), "days are Monday to Sunday"),
            (bool(self.days) and self.opens == self.closes, "say when the hours begin and end"),
            (self.reboot not in REBOOTS, f"reboots are one of: {', '.join(REBOOTS)}"),
            (self.restart_seconds < 1, "a restarted server must be given time to come back"),
            (self.approver not in _APPROVERS, f"the approver is one of: {', '.join(_APPROVERS)}"),
            (self.free_mb < 0, "free space can't be less than nothing"),
            ("\n" in self.precheck, "the check beforehand is one line"),
            (
                "{" in self.precheck,
                "the check beforehand has no braces; put it into a script there",
            ),
        )
        for wrong, sentence in checks:
            if wrong:
                raise PolicyIncomplete(sentence)

    @property
    def hours(self) -> str:
        """When runs are permitted, in words."""
        if not self.days:
            return "only in windows of our own"
        days = ", ".join(_DAYS[day] for day in sorted(self.days))
        return f"{days}, {self.opens:%H:%M} to {self.closes:%H:%M}"


@dataclass(frozen=True, slots=True)
class PackageStep:
    """One package that would get another version."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HostPlan:
    """What would happen on one host, as the host itself said in a dry run. `problem` is why it could not say.

    `excluded` would have been upgraded but for the policy, `kept_back` the package manager holds back itself. `shown`
    is what a job's dry run printed.
    """

    asset: AssetId
    steps: tuple[PackageStep, ...] = ()
    excluded: tuple[str, ...] = ()
    kept_back: tuple[str, ...] = ()
    problem: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class WorkPlan:
    """Work on hosts, planned by a dry run and approved by a person before anything happens.

    `kind` is `patch` or `job`. `policy` is the policy as it stood. A plan runs as often as hosts failed; `reason` says
    why outside hours, where somebody decided so.
    """

    id: str
    kind: str
    title: str
    planned_at: datetime
    hosts: tuple[HostPlan, ...]
    ring: str = ""
    policy: PatchPolicy | None = None
    job: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    approved_at: datetime | None = None
    approved_by: str = ""
    outside_hours: str = ""

    @property
    def due_hosts(self) -> tuple[HostPlan, ...]:
        """The hosts where something would happen."""
        return tuple(h for h in self.hosts if not h.problem and (h.steps or self.kind == "job"))


class HostState(StrEnum):
    """How one host of a plan stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    BROKEN_OFF = "broken off"
    RESTART_DUE = "restart due"


@dataclass(frozen=True, slots=True)
class HostStep:
    """One thing that happened to one host in one attempt, in the order it was told."""

    attempt: int
    asset: AssetId
    state: HostState
    at: datetime
    says: str = ""
