"""How a plan stands: what was approved, each host's last word, each attempt, and whether anybody is at work now."""

from __future__ import annotations

import fcntl
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from groundrules.core.ids import AssetId
from groundrules.core.remote import HostState, HostStep, WorkPlan, states
from groundrules.records import models as books
from groundrules.records.models import Client, RunStep

BEGAN, ENDED = "began", "ended"
WELL, UNWELL, NOT_KNOWN = "well", "unwell", "not known"
_PATCHED = frozenset({HostState.DONE, HostState.RESTART_DUE})
_HEALTH = frozenset({WELL, UNWELL, NOT_KNOWN})


@dataclass(frozen=True, slots=True)
class PlanShown:
    """A plan with how it stands. `evidence` is the sealed record of each host's newest attempt, where it was kept.

    `health` is how each application of a host was when that attempt was over: well, unwell or not known, and why.
    """

    row: books.WorkPlan
    plan: WorkPlan
    hosts: dict[AssetId, HostStep]
    attempts: int
    running: bool
    evidence: dict[str, str]
    health: dict[str, tuple[tuple[str, str], ...]]

    @property
    def unwell(self) -> tuple[str, ...]:
        """What was found unwell after the run, with its server."""
        return tuple(
            f"{asset}: {says}"
            for asset, told in self.health.items()
            for standing, says in told
            if standing == UNWELL
        )

    @property
    def standing(self) -> str:
        """The plan in two words."""
        found = {step.state for step in self.hosts.values()}
        if self.running:
            return "running"
        if not self.hosts:
            return "nothing to do"
        if self.plan.approved_at is None:
            return "to be approved"
        if found == {HostState.WAITING}:
            return "approved"
        if found == {HostState.DONE}:
            return "done"
        if HostState.BROKEN_OFF in found:
            return "broken off"
        return "restart due" if found <= _PATCHED else "partly failed"

    @property
    def again(self) -> tuple[AssetId, ...]:
        """The hosts a retry would go to."""
        return tuple(a for a, step in self.hosts.items() if step.state is not HostState.DONE)


def shown(row: books.WorkPlan, *, alive: bool | None = None) -> PlanShown:
    """This function will say how a plan stands now; `alive` is whether somebody is at work, where that is known."""
    alive = is_running(row.ref) if alive is None else alive
    return _stands(row, _told([row])[row.client_id, row.ref], alive=alive)


def _told(rows: Sequence[books.WorkPlan]) -> defaultdict[tuple[int, str], list[RunStep]]:
    """Every step of these plans, in one question."""
    found: defaultdict[tuple[int, str], list[RunStep]] = defaultdict(list)
    steps = RunStep.objects.filter(plan__in=[row.ref for row in rows]).select_related("asset")
    for step in steps.order_by("pk"):
        found[step.client_id, step.plan].append(step)
    return found


def _stands(row: books.WorkPlan, told: list[RunStep], *, alive: bool) -> PlanShown:
    plan = row.to_core()
    steps = [one.to_core() for one in told if is_host_step(one)]
    evidence = {
        one.asset.code: one.evidence_digest for one in told if one.asset and one.evidence_digest
    }
    attempts = max((one.attempt for one in told), default=0)
    hosts = states(plan, steps, alive=alive)
    return PlanShown(row, plan, hosts, attempts, alive, evidence, _health(told, hosts))


def _health(
    told: list[RunStep], hosts: dict[AssetId, HostStep]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Of each host's newest attempt only: an older look says nothing of what was done since."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in told:
        newest = hosts.get(AssetId(one.asset.code)) if one.asset else None
        if one.asset and newest and one.standing in _HEALTH and one.attempt == newest.attempt:
            found[one.asset.code].append((one.standing, one.says))
    return {code: tuple(listed) for code, listed in found.items()}


def is_host_step(step: RunStep) -> bool:
    """This function will say whether a step is about a host itself, not about how its applications were."""
    return step.asset_id is not None and step.standing not in _HEALTH


def newest_plans(client: Client | None = None, most: int = 50) -> list[PlanShown]:
    """This function will list the newest plans, of one client or of all."""
    rows = books.WorkPlan.objects.current().select_related("client")
    chosen = rows.filter(client=client) if client else rows
    listed = list(chosen.order_by("-planned_at", "-pk")[:most])
    told = _told(listed)
    return [_stands(row, told[row.client_id, row.ref], alive=is_running(row.ref)) for row in listed]


def is_running(ref: str) -> bool:
    """This function will say whether a program is at work on a plan; the system gives its lock back however it dies."""
    place = _place(ref)
    if not place.exists():
        return False
    with place.open("r") as turn:
        try:
            fcntl.flock(turn, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def only_runner(ref: str) -> Iterator[bool]:
    """This function will hold a plan's turn; False when somebody else has it."""
    place = _place(ref)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    with place.open("w") as turn:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _place(ref: str) -> Path:
    return Path(settings.GROUNDRULES_DATA) / "runs" / f"{ref}.lock"
