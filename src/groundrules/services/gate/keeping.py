"""Keeping the gates: what is due at each host is done, what the host answers is written down, and closing never rests.

A step is a row only after the host has answered, so a worker that is killed tries again, and each step may be tried
any number of times. On-call hears of an access that should be closed and is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from threading import BoundedSemaphore

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from groundrules.core.vendors.gate import (
    GateAttempt,
    GatedWindow,
    GateRule,
    GateStep,
    gate_answer,
    not_open,
    still_open,
    window_end,
)
from groundrules.gateways.gate import GateDoor, GateRefused, GateUnreachable, Pass, Way
from groundrules.records.models import AccessWindow, Certificate, Gate, GateStepTaken
from groundrules.services import audit
from groundrules.services.actor import ENGINE
from groundrules.services.gate.action_windows import action_standings
from groundrules.services.gate.authority import control_pass
from groundrules.services.gate.standing import Standing
from groundrules.services.gate.ways import way_to
from groundrules.services.paging import page


@dataclass(frozen=True, slots=True)
class Keeper:
    """What keeping the gates works with: the door to hosts, the clock, the rule, how many calls at once.

    sshd drops logins at random from the tenth that is not through yet (MaxStartups), so each host gets a few at a time.
    """

    door: GateDoor
    clock: Callable[[], datetime]
    rule: GateRule = field(default_factory=GateRule)
    at_once: int = 16
    at_once_per_host: int = 4


@dataclass(frozen=True, slots=True)
class GateReport:
    """What one turn did: windows opened, closed and verified, and those that must be tried again with the reason."""

    opened: int = 0
    closed: int = 0
    problems: tuple[str, ...] = ()


def standings(rule: GateRule, at: datetime) -> tuple[Standing, ...]:
    """This function will return every window that may open or is not known to be closed, and how it stands."""
    gates = Gate.objects.by_actions().select_related("asset__client").order_by("pk")
    return (*_by_ssh(rule, at), *(s for gate in gates for s in action_standings(gate, rule, at)))


def _by_ssh(rule: GateRule, at: datetime) -> tuple[Standing, ...]:
    """Every window with a certificate that is not known to be closed."""
    found = []
    for certificate in _unsettled(at):
        row = (
            AccessWindow.objects.current()
            .of_client(certificate.client)
            .filter(ref=certificate.window)
            .first()
        )
        if row is not None:
            gated = GatedWindow(row.to_core(), certificate.account, _attempts(certificate))
            found.append(Standing(certificate.gate, gated, gate_answer(gated, rule, at)))
    return tuple(found)


def keep_gates(keeper: Keeper) -> GateReport:
    """This function will do what is due at every gate now, closings first, and return what came of it.

    Windows hosts call by themselves; one that has not answered when a window should be closed is written down and
    called out.
    """
    at = keeper.clock()
    missed = [
        _written(keeper, standing, (_silence(standing),)) for standing in _overdue(keeper.rule, at)
    ]
    due = _closings_first(s for s in _by_ssh(keeper.rule, at) if s.answer.is_due(at))
    return _report((*missed, _done(keeper, due, at)))


def _done(keeper: Keeper, due: list[Standing], at: datetime) -> GateReport:
    if not due:
        return GateReport()
    held = control_pass(at=at)
    with ThreadPoolExecutor(max_workers=keeper.at_once) as pool:
        # Threads only talk to hosts; the books are written here, by one hand.
        turn = {s.gate.pk: BoundedSemaphore(keeper.at_once_per_host) for s in due}
        outcomes = pool.map(lambda s: _tried(keeper.door, held, s, turn[s.gate.pk]), due)
        return _report(
            _written(keeper, standing, says) for standing, says in zip(due, outcomes, strict=True)
        )


def _overdue(rule: GateRule, at: datetime) -> Iterable[Standing]:
    """Windows of hosts that call by themselves which are due to be closed for longer than on-call lets pass."""
    for gate in Gate.objects.by_actions().select_related("asset__client").order_by("pk"):
        for standing in action_standings(gate, rule, at):
            if standing.answer.due is GateStep.CLOSE and standing.answer.is_due(
                at - rule.page_after
            ):
                yield standing


def _silence(standing: Standing) -> str:
    heard = standing.gate.action_host.heard_at
    when = f"since {heard:%Y-%m-%d %H:%M} UTC" if heard else "ever"
    return f"it has not confirmed the closing; it has not called {when}"


def _closings_first(due: Iterable[Standing]) -> list[Standing]:
    """Closings before openings, oldest first, and host by host in turn, so that no host holds up the others."""
    place: Counter[int] = Counter()
    ordered: list[tuple[bool, int, int, Standing]] = []
    for standing in sorted(due, key=lambda s: s.answer.due_at or s.gated.window.period.start):
        place[standing.gate.pk] += 1
        is_opening = standing.answer.due is not GateStep.CLOSE
        ordered.append((is_opening, place[standing.gate.pk], len(ordered), standing))
    return [standing for *_, standing in sorted(ordered, key=lambda row: row[:3])]


def _unsettled(at: datetime) -> Iterable[Certificate]:
    """The newest certificate of each window and account that may still open, is open, or is not surely closed."""
    same = {name: OuterRef(name) for name in ("gate", "window", "account")}
    last = GateStepTaken.objects.filter(**same).order_by("-pk")
    newer = Certificate.objects.filter(**same, pk__gt=OuterRef("pk"))
    rows = (
        Certificate.objects.filter(~Exists(newer))
        .annotate(
            last_step=Subquery(last.values("step")[:1]), last_done=Subquery(last.values("done")[:1])
        )
        .filter(Q(valid_to__gt=at) | Q(last_step="open") | Q(last_step="close", last_done=False))
    )
    return rows.select_related("gate__asset", "client").order_by("pk")


def _attempts(certificate: Certificate) -> tuple[GateAttempt, ...]:
    rows = GateStepTaken.objects.filter(
        gate=certificate.gate, window=certificate.window, account=certificate.account
    )
    return tuple(row.to_core() for row in rows.order_by("pk"))


def _tried(
    door: GateDoor, held: Pass, standing: Standing, turn: BoundedSemaphore
) -> tuple[str, ...]:
    """What keeps the step from being done, by the host's own answer; empty when it is done."""
    with turn:
        return _asked(door, way_to(standing.gate), held, standing)


def _asked(door: GateDoor, way: Way, held: Pass, standing: Standing) -> tuple[str, ...]:
    gated, step = standing.gated, standing.answer.due
    words = (gated.window.id, gated.account)
    end = window_end(gated.window)
    try:
        if step is GateStep.OPEN and end is not None:
            says = door.call(way, held, ("open", *words, str(int(end.timestamp())))).says
            return not_open(says)
        door.call(way, held, ("close", *words))
        # Asked again on a connection of its own: closed is what the host says afterwards, not what closing said.
        return still_open(door.call(way, held, ("status", *words)).says)
    except (GateUnreachable, GateRefused) as problem:
        return (str(problem),)


def _written(keeper: Keeper, standing: Standing, problems: tuple[str, ...]) -> GateReport:
    gated, answer, at = standing.gated, standing.answer, keeper.clock()
    is_open_step = answer.due is GateStep.OPEN
    if problems and not is_open_step:
        failed = GateAttempt(GateStep.CLOSE, at, done=False)
        tried = GatedWindow(gated.window, gated.account, (*gated.attempts, failed))
        answer = gate_answer(tried, keeper.rule, at)
    says = "; ".join(problems)
    label = f"{gated.window.id} on {standing.gate.asset.code}"
    # Whoever is not reached is called again at the next turn, so a call counts only when it arrived.
    calls = answer.page and bool(problems)
    called = page(_should_be_closed(label), _call_text(standing, says), at=at) if calls else ()
    with transaction.atomic():
        row = GateStepTaken.objects.create(
            recorded_at=at,
            recorded_by=ENGINE.label,
            gate=standing.gate,
            window=gated.window.id,
            account=gated.account,
            step="open" if is_open_step else "close",
            done=not problems,
            until=window_end(gated.window) if is_open_step else None,
            says=says,
            paged=bool(called),
        )
        _audit(standing, row, at)
    if problems:
        return GateReport(problems=(f"{label}: {says}",))
    return GateReport(opened=int(is_open_step), closed=int(not is_open_step))


def _should_be_closed(label: str) -> str:
    return f"{label} should be closed and is not"


def _audit(standing: Standing, row: GateStepTaken, at: datetime) -> None:
    how = "done" if row.done else f"not done: {row.says}"
    says = f"{row.step} {row.window} for {row.account} on {standing.gate.asset.code} {how}"
    entry = audit.Entry(f"gate.{row.step}", row.window, says, standing.gate.asset.client)
    audit.record(entry, actor=ENGINE, at=at)


def _call_text(standing: Standing, says: str) -> str:
    gate, gated = standing.gate, standing.gated
    end = window_end(gated.window)
    by_hand = (
        f"as root on the host:\n\n    groundrules-gate close {gated.window.id} {gated.account}\n"
        if gate.address
        else f"as administrator on the host:\n\n    Disable-LocalUser -Name {gated.account}\n    query user\n"
        "    logoff ID\n"
    )
    return (
        f"Window {gated.window.id} for {gated.account} on {gate.asset.code}{f' ({gate.address})' * bool(gate.address)} "
        f"ended {end:%Y-%m-%d %H:%M} UTC, and the host has not confirmed that it is closed: {says}.\n\n"
        f"Closing is tried again by itself. To close by hand, {by_hand}"
    )


def _report(outcomes: Iterable[GateReport]) -> GateReport:
    total = GateReport()
    for one in outcomes:
        total = GateReport(
            total.opened + one.opened, total.closed + one.closed, (*total.problems, *one.problems)
        )
    return total
