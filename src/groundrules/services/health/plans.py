"""An application's checks: set, changed and stopped by a technician, each with an audit entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from groundrules.core.health import CheckSpec, HealthPlan
from groundrules.core.ids import ApplicationId
from groundrules.core.periods import utc
from groundrules.records.models import Application, HealthLook, Role
from groundrules.records.models import HealthPlan as PlanRow
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.dependencies import ApplicationUnknown
from groundrules.services.filing import Filing, file_fact

__all__ = ["ApplicationUnknown", "plan_of", "set_checks", "stop_checks"]


class NothingToStop(LookupError):
    """The application has no checks."""


def plan_of(application: Application) -> HealthPlan | None:
    """This function will return the checks in force, or None when none were ever set."""
    row = PlanRow.objects.current().filter(application=application).first()
    return row.to_core() if row else None


def set_checks(
    application: Application,
    checks: Sequence[CheckSpec],
    *,
    every: int,
    actor: Actor,
    at: datetime,
) -> HealthPlan:
    """This function will set all checks of an application from now on, in place of those before.

    `every` is in minutes. The first look is due at once. Raises PlanRefused, and NotAllowed for an accountant.
    """
    require(actor, Role.TECHNICIAN)
    plan = HealthPlan(ApplicationId(application.code), tuple(checks), every, utc(at))
    with transaction.atomic():
        before = plan_of(Application.objects.select_for_update().get(pk=application.pk))
        if before and (before.checks, before.every) == (plan.checks, plan.every):
            return before
        file_fact(plan, Filing(application.client, actor, at))
        if plan.checks:
            HealthLook.objects.update_or_create(application=application, defaults={"due_at": at})
        else:
            HealthLook.objects.filter(application=application).delete()
        listed = "; ".join(one.says for one in plan.checks) or "no checks any more"
        says = f"{application.code}: {listed}" + (f", every {every} minutes" if plan.checks else "")
        was = [one.says for one in before.checks] if before else []
        entry = audit.Entry(
            "health.set_checks", application.code, says, application.client, {"before": was}
        )
        audit.record(entry, actor=actor, at=at)
    return plan


def stop_checks(application: Application, *, actor: Actor, at: datetime) -> None:
    """This function will end an application's checks; what was found stays on record. Raises NothingToStop."""
    require(actor, Role.TECHNICIAN)
    before = plan_of(application)
    if before is None or not before.checks:
        message = f"{application.code} has no checks to stop"
        raise NothingToStop(message)
    set_checks(application, (), every=before.every, actor=actor, at=at)
