"""Approval: a person with the permission read exactly what would change, and said yes to that and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from groundrules.core.remote import WorkPlan
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services.actor import ENGINE, Actor, NotAllowed, require
from groundrules.services.filing import Filing, enter
from groundrules.services.turns import take_turn


class AlreadyApproved(ValueError):
    """The plan was approved before."""


class NothingToDo(ValueError):
    """No host of the plan would change, so there is nothing to approve."""


def approve(
    row: books.WorkPlan, *, actor: Actor, at: datetime, outside_hours: str = ""
) -> WorkPlan:
    """This function will approve a plan as it stands; an owner, or a technician where the policy lets one.

    A job of the reviewed library is a technician's to approve. A reason to run outside hours is an owner's to give.
    Raises NotAllowed, AlreadyApproved or NothingToDo.
    """
    plan = row.to_core()
    trusted = plan.policy is None or plan.policy.approver == "technician"
    require(actor, *((Role.TECHNICIAN,) if trusted and not outside_hours else ()))
    if actor == ENGINE:
        message = "a plan is approved by a person"
        raise NotAllowed(message)
    with transaction.atomic():
        take_turn(row.client)
        standing = books.WorkPlan.objects.current().get(client=row.client, ref=row.ref).to_core()
        if standing.approved_at is not None:
            message = f"{row.ref} was approved by {standing.approved_by} already"
            raise AlreadyApproved(message)
        if not standing.due_hosts:
            message = f"{row.ref} would change nothing on any server; there is nothing to approve"
            raise NothingToDo(message)
        whole = replace(
            standing, approved_at=at, approved_by=actor.label, outside_hours=outside_hours.strip()
        )
        also = f", outside hours: {whole.outside_hours}" if whole.outside_hours else ""
        says = f"{row.ref} approved for {len(whole.due_hosts)} servers{also}"
        enter(whole, "remote.approve", says, Filing(row.client, actor, at))
    return whole
