"""A run: what was approved, done on each host, told as it happens, and put on record as our own, whatever comes of it.

Before a host is touched the run is in the book of our own runs, open-ended: if we are killed in the middle, what we did
is a suspect all the same. A retry goes only to hosts that are not done, and compares anew with what was approved.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from groundrules.core.ids import AssetId
from groundrules.core.periods import Period
from groundrules.core.remote import (
    HostState,
    WorkPlan,
    against_ring,
    against_running,
    kept_output,
    left_says,
    restart_until,
    without_secrets,
)
from groundrules.core.vendors import AccessWindow
from groundrules.core.work import OwnRun
from groundrules.gateways.ansible import AnsibleEngine, Engine, HostEvent, RunCut, Target
from groundrules.records import models as books
from groundrules.records.models import Gate, RunStep
from groundrules.services.actor import Actor
from groundrules.services.filing import Filing, enter
from groundrules.services.remote.keeping import RECORDS, RESTART, Answered, finish
from groundrules.services.remote.orders import words_for
from groundrules.services.remote.passes import (
    LONGEST,
    account_on,
    is_windows,
    may_plan,
    own_account,
    reach_of,
)
from groundrules.services.remote.planning import gates_of, targets_of
from groundrules.services.remote.showing import BEGAN, ENDED, PlanShown, only_runner, shown

_LOG = logging.getLogger(__name__)
_SAYS = 1_500
JOB_TASK = "job"
# Steps whose success is worth knowing when nothing more is heard.
_DEEDS = frozenset({"upgrade", RESTART})
Clock = Callable[[], datetime]


class RunRefused(ValueError):
    """The plan may not run now: not approved, frozen, outside its hours, or not its ring's turn."""


class AlreadyRunning(ValueError):
    """Somebody is at work on this plan."""


class NothingToRetry(ValueError):
    """Every host of the plan is done."""


@dataclass
class _Attempt:
    """One attempt while it runs: its hosts, and what each has answered so far."""

    row: books.WorkPlan
    plan: WorkPlan
    number: int
    actor: Actor
    clock: Clock
    runs: dict[str, OwnRun] = field(default_factory=dict)
    gates: dict[str, Gate] = field(default_factory=dict)
    answered: dict[str, Answered] = field(default_factory=dict)

    def note(self, standing: str, code: str = "", says: str = "", digest: str = "") -> None:
        """This function will write one step down at once, so that whoever looks on sees it."""
        RunStep.objects.create(
            recorded_at=self.clock(),
            recorded_by=self.actor.label,
            client=self.row.client,
            asset=self.gates[code].asset if code else None,
            plan=self.row.ref,
            attempt=self.number,
            standing=standing,
            says=says[:_SAYS],
            evidence_digest=digest,
        )

    def hear(self, event: HostEvent) -> None:
        """This function will keep what a host answered, and note where it is now."""
        answered = self.answered[event.host]
        if event.outcome == "started":
            self.note(HostState.RUNNING, event.host, event.task)
            return
        event = _kept(event)
        answered.events.append(event)
        if event.outcome in {"failed", "unreachable"}:
            answered.state = HostState(event.outcome)
            words = f"{event.task}: {event.says} {event.printed[-_SAYS:]}"
            answered.says = " ".join(words.split())
        elif event.task == JOB_TASK:
            answered.says = event.printed.strip()[-_SAYS:]
        elif event.task in _DEEDS:
            self.note(HostState.RUNNING, event.host, f"{event.task} is done")


def _kept(event: HostEvent) -> HostEvent:
    """What is kept of an answer. Package managers' records are evidence and stay as they are."""
    if event.task in RECORDS:
        return event
    return replace(
        event, printed=kept_output(event.printed), says=without_secrets(event.says)[:_SAYS]
    )


def run(
    row: books.WorkPlan,
    *,
    actor: Actor,
    clock: Clock,
    engine: Engine | None = None,
) -> PlanShown:
    """This function will do an approved plan on every host that waits, and return how each one stands afterwards.

    Raises RunRefused, AlreadyRunning, AnsibleMissing. Hosts that fail are an answer, not an exception.
    """
    return _begin(row, actor, clock, engine, only_first=True)


def retry(
    row: books.WorkPlan, *, actor: Actor, clock: Clock, engine: Engine | None = None
) -> PlanShown:
    """This function will try the hosts again that are not done; raises NothingToRetry, and as `run` does."""
    return _begin(row, actor, clock, engine, only_first=False)


def _begin(
    row: books.WorkPlan, actor: Actor, clock: Clock, engine: Engine | None, *, only_first: bool
) -> PlanShown:
    may_plan(actor)
    with only_runner(row.ref) as is_ours:
        if not is_ours:
            message = f"{row.ref} is being run right now; groundrules patch show {row.ref} says how far it is"
            raise AlreadyRunning(message)
        before = _settled(row)
        _refuse(before, clock(), only_first=only_first)
        codes = [str(asset) for asset in before.again]
        gates = gates_of(row.client, codes)
        ready = engine or AnsibleEngine()
        ready.check([reach_of(gate, {}) for gate in gates if is_windows(gate)])
        _attempt(before, gates, actor, clock, ready)
    return shown(before.row)


def _settled(row: books.WorkPlan) -> PlanShown:
    """How the plan stands for somebody who has its turn: whoever was at work before is at work no more."""
    fresh = (
        books.WorkPlan.objects.current()
        .select_related("client")
        .get(client=row.client, ref=row.ref)
    )
    return shown(fresh, alive=False)


def check_may_run(row: books.WorkPlan, at: datetime, *, only_first: bool) -> None:
    """This function will refuse a plan that may not run now; raises RunRefused or NothingToRetry."""
    _refuse(_settled(row), at, only_first=only_first)


def _refuse(before: PlanShown, at: datetime, *, only_first: bool) -> None:
    row, plan = before.row, before.plan
    if before.hosts and not before.again:
        message = f"{row.ref} is done on every server"
        raise NothingToRetry(message)
    if only_first and before.attempts:
        message = (
            f"{row.ref} ran before; to try what is not done: groundrules patch retry {row.ref}"
        )
        raise RunRefused(message)
    why = against_running(
        plan,
        at,
        row.client.zone,
        windows=_windows(row),
        only=before.again,
        freezes=[f.to_core() for f in books.Freeze.objects.of_client(row.client).current()],
    )
    if not why and plan.policy is not None and not before.attempts:
        why = against_ring(plan.policy, plan.ring, _ended_well(row), at)
    if why:
        message = f"{row.ref} does not run now: {why}"
        raise RunRefused(message)


def _windows(row: books.WorkPlan) -> list[AccessWindow]:
    return [w.to_core() for w in books.AccessWindow.objects.of_client(row.client).current()]


def _ended_well(row: books.WorkPlan) -> dict[str, datetime]:
    """When each ring was last patched without a failure, and nothing was unwell afterwards: its last step then."""
    plans = books.WorkPlan.objects.of_client(row.client).current().filter(kind="patch")
    found: dict[str, datetime] = {}
    for other in plans.exclude(ref=row.ref).select_related("client").order_by("planned_at"):
        how = shown(other)
        if how.standing in {"done", "nothing to do"} and not how.unwell:
            ends = [step.at for step in how.hosts.values()] or [how.plan.planned_at]
            found[how.plan.ring] = max(ends)
    return found


def _attempt(
    before: PlanShown, gates: Sequence[Gate], actor: Actor, clock: Clock, engine: Engine
) -> None:
    number, plan, row = before.attempts + 1, before.plan, before.row
    attempt = _Attempt(row, plan, number, actor, clock)
    began = clock()
    own_account(gates, actor=actor, at=began)
    for place, gate in enumerate(gates, 1):
        code = gate.asset.code
        attempt.gates[code] = gate
        attempt.answered[code] = Answered()
        attempt.runs[code] = _own_run(plan, f"{row.ref}.{number}.{place}", gate, began)
        enter(attempt.runs[code], "work.record_run", f"{row.ref} began on {code}", _filing(attempt))
    attempt.note(BEGAN, says=f"by {actor.label} on {len(gates)} servers")
    words = _words(attempt, began)
    targets = targets_of(gates, f"{row.ref}.{number}", words, at=began)
    cut = _play(plan.kind, engine, targets, attempt)
    _settle(attempt, cut)
    attempt.note(ENDED, says=cut)


def _words(attempt: _Attempt, began: datetime) -> dict[str, dict[str, str]]:
    """What each host's playbook is told, with how long a restart is permitted there."""
    zone, windows = attempt.row.client.zone, _windows(attempt.row)

    def until(asset: AssetId) -> datetime | None:
        return restart_until(attempt.plan, asset, began, zone, windows=windows, longest=LONGEST)

    return {
        code: words_for(
            attempt.plan,
            AssetId(code),
            run.id,
            again=attempt.number > 1,
            restart_until=until(AssetId(code)),
            windows=is_windows(attempt.gates[code]),
        )
        for code, run in attempt.runs.items()
    }


def _filing(attempt: _Attempt) -> Filing:
    return Filing(attempt.row.client, attempt.actor, attempt.clock())


def _own_run(plan: WorkPlan, name: str, gate: Gate, began: datetime) -> OwnRun:
    code = gate.asset.code
    host = next(host for host in plan.hosts if host.asset == code)
    touched = frozenset(step.name for step in host.steps)
    kind = "patch run" if plan.kind == "patch" else "job"
    return OwnRun(
        id=name,
        asset=AssetId(code),
        period=Period(began, None),
        kind=kind,
        accounts=frozenset({account_on(gate)}),
        components=touched,
        says=f"{kind} {plan.id}: {plan.title}",
    )


def _play(kind: str, engine: Engine, targets: Sequence[Target], attempt: _Attempt) -> str:
    """What cut the run short, or nothing. Whatever it is, what the hosts had answered by then is kept."""
    try:
        engine.play(kind, targets, attempt.hear)
    except RunCut as cut:
        _LOG.warning("%s was cut short: %s", attempt.row.ref, cut)
        return str(cut)
    return ""


def _settle(attempt: _Attempt, cut: str) -> None:
    ended = attempt.clock()
    for answered in attempt.answered.values():
        if answered.state is HostState.RUNNING:
            _judge(answered, cut, attempt.plan)
    left = finish(attempt.row, attempt.answered, attempt.runs, (attempt.actor, ended))
    for code, answered in attempt.answered.items():
        attempt.note(answered.state, code, answered.says, left.digests.get(code, ""))
    for code, standing, says in left.health:
        attempt.note(standing, code, says)


def _judge(answered: Answered, cut: str, plan: WorkPlan) -> None:
    """A server that answered until the end is done; one that a cut run left is neither done nor failed.

    One that asked for a restart and may have it at another time is not done before it had it.
    """
    if cut:
        last = answered.events[-1].task if answered.events else "none"
        answered.state = HostState.BROKEN_OFF
        answered.says = (
            f"{cut}; the last step answered: {last}. What was done after that is not known"
        )
    elif not answered.events:
        answered.state, answered.says = HostState.FAILED, "it did not answer"
    elif answered.restart.is_left:
        is_due, answered.says = left_says(plan)
        answered.state = HostState.RESTART_DUE if is_due else HostState.DONE
    else:
        answered.state, answered.says = HostState.DONE, answered.says or answered.restart.says
