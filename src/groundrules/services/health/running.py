"""Carrying out what is due: claimed first, asked outside any transaction, filed when it says something.

Several workers may run at once: whoever moves the due instant on has the turn. A worker that is killed after that loses
one turn, which shows as a look that is missing, never as a good one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from groundrules.core.evidence import HealthCheck, ItemKind
from groundrules.core.health import (
    CheckKind,
    CheckSpec,
    Found,
    HealthPlan,
    NewestFound,
    ServicesListed,
    judge,
    service_found,
    turn,
)
from groundrules.core.periods import utc
from groundrules.gateways.probing import Prober
from groundrules.records.models import Application, HealthLook
from groundrules.records.typed_json import dump
from groundrules.services.actor import ENGINE
from groundrules.services.filing import Filing, file_facts
from groundrules.services.health.plans import plan_of
from groundrules.services.health.watching import STALE, looks_of
from groundrules.services.storage import prober as door

# All of a turn's checks are asked at once, and reading evidence waits for them no longer than this.
_MOST = 64
_TURN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Run:
    """One look at one application: `check` is None when it could not say anything (`problem` is why).

    `found` is what each of its checks found.
    """

    application: Application
    check: HealthCheck | None
    problem: str
    filed: int
    found: tuple[Found, ...] = ()


def check_due(
    *, at: datetime, prober: Prober | None = None, only: Iterable[Application] = ()
) -> tuple[Run, ...]:
    """This function will look at every application whose turn has come, or at `only` those at once."""
    asked = {application.pk for application in only}
    rows = HealthLook.objects.select_related("application__client", "application__asset")
    due = (
        rows.filter(application__in=asked)
        if asked
        else rows.filter(due_at__lte=at).order_by("due_at")
    )
    plans = _claimed(due[:_MOST], at)
    found = _look(plans, prober or door(), at)
    return tuple(_filed(look, plan, found, at) for look, plan in plans.items())


def _claimed(due: Iterable[HealthLook], at: datetime) -> dict[HealthLook, HealthPlan]:
    """Those whose turn this is, as many as fit: another worker that came first has moved their instant on."""
    chosen: dict[HealthLook, HealthPlan] = {}
    checks = 0
    for look in due:
        plan = plan_of(look.application)
        if plan is None or not plan.checks or (chosen and checks + len(plan.checks) > _MOST):
            continue
        later = at + timedelta(minutes=plan.every)
        taken = HealthLook.objects.filter(pk=look.pk, due_at=look.due_at).update(due_at=later)
        if taken:
            chosen[look] = plan
            checks += len(plan.checks)
    return chosen


_Asked = tuple[int, CheckSpec]


def _look(
    plans: Mapping[HealthLook, HealthPlan], prober: Prober, at: datetime
) -> dict[_Asked, Found]:
    outside = [
        (look.pk, spec)
        for look, plan in plans.items()
        for spec in plan.checks
        if spec.kind is not CheckKind.SERVICE
    ]
    found = _ask(outside, prober, at)
    for look, plan in plans.items():
        names = [spec for spec in plan.checks if spec.kind is CheckKind.SERVICE]
        if names:
            listed = _services(look.application, at)
            found |= {(look.pk, spec): service_found(spec.target, listed, at) for spec in names}
    return found


def _ask(outside: Sequence[_Asked], prober: Prober, at: datetime) -> dict[_Asked, Found]:
    """Asks all at once; what is not back when the turn is over got no answer in time, and is waited for no more."""
    if not outside:
        return {}
    pool = ThreadPoolExecutor(min(len(outside), _MOST))
    try:
        asked = {one: pool.submit(prober.look, one[1], at) for one in outside}
        wait(asked.values(), timeout=_TURN_SECONDS)
        return {
            one: answer.result()
            if answer.done()
            else Found(f"{one[1].target}: no answer in time", passed=False)
            for one, answer in asked.items()
        }
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _services(application: Application, at: datetime) -> ServicesListed | None:
    """What the newest look at the server's services lists, and until when that held; None where nobody looked."""
    looks = [
        look for look in looks_of(application.asset, at) if ItemKind.SERVICE in look.snapshot.kinds
    ]
    newest = max(looks, key=lambda look: utc(look.snapshot.taken_at), default=None)
    if newest is None:
        return None
    states = {
        item.key: item.attributes.get("running", "")
        for item in newest.snapshot.items
        if item.kind is ItemKind.SERVICE and item.attributes.get("running")
    }
    return ServicesListed(states, max(utc(newest.until), utc(newest.snapshot.taken_at)), STALE)


def _filed(look: HealthLook, plan: HealthPlan, found: Mapping[_Asked, Found], at: datetime) -> Run:
    answers = tuple(found[look.pk, spec] for spec in plan.checks)
    newest = NewestFound({one.says: its for one, its in zip(plan.checks, answers, strict=True)})
    check = judge(plan, answers, at)
    problem = "" if check else "; ".join(one.says for one in answers if one.passed is None)
    with transaction.atomic():
        row = HealthLook.objects.select_for_update().filter(pk=look.pk).first()
        if row is None:  # The checks were stopped meanwhile.
            return Run(look.application, check, problem, 0, answers)
        row.problem = problem
        row.found = dump(newest)
        filed = 0
        if check is not None:
            done = turn(row.to_core(), row.filed_at, check)
            if done.file:
                file_facts(done.file, Filing(look.application.client, ENGINE, at))
                row.filed_at = done.file[-1].at
            row.payload = dump(done.keep)
            row.healthy = check.healthy
            filed = len(done.file)
        row.save(update_fields=["problem", "found", "payload", "healthy", "filed_at"])
    return Run(look.application, check, problem, filed, answers)
