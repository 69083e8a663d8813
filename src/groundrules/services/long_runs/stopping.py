"""Stopping a long run: at its next step, so that nothing is left half done."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from groundrules.records.models import LongRun
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.long_runs.watched import CUT_OFF, STANDS_STILL


class UnknownRun(LookupError):
    """There is no long run of that number."""


class RunIsOver(ValueError):
    """The run has ended already."""


def ask_to_stop(number: int, *, actor: Actor, at: datetime) -> LongRun:
    """This function will ask a run to stop at its next step; one that was cut off, or never began, is over by it.

    Whoever started it, and owners; raises UnknownRun or RunIsOver.
    """
    with transaction.atomic():
        row = LongRun.objects.select_for_update().filter(pk=number).first()
        if row is None:
            message = f"there is no run {number}; see groundrules runs list"
            raise UnknownRun(message)
        if actor.label != row.by:
            require(actor)
        if row.ended_at is not None:
            message = f"run {number} ({row.what}) is over: {row.outcome}"
            raise RunIsOver(message)
        row.stop_asked_by = actor.label
        if row.kind and not row.holder and not row.place:
            message = f"{actor.label} stopped it before it began"
            row.ended_at, row.outcome, row.problem = at, LongRun.STOPPED, message
        elif not row.kind and at - row.beat_at > STANDS_STILL:
            row.ended_at, row.outcome, row.problem = at, LongRun.FAILED, CUT_OFF
        row.save()
        # What waits to be tried again is not waited for: its next step is the one that ends it.
        if row.task:
            queued = DBTaskResult.objects.filter(pk=row.task, status=TaskResultStatus.READY)
            queued.update(run_after=get_date_max())
        entry = audit.Entry("long_runs.stop", str(row.pk), f"{row.what} by {row.by} asked to stop")
        audit.record(entry, actor=actor, at=at)
    return row


def leave_behind(at: datetime) -> None:
    """This function will note of every run that a copy of the books shows as running that it was cut off there."""
    LongRun.objects.filter(ended_at__isnull=True).update(
        outcome=LongRun.FAILED, problem=CUT_OFF, ended_at=at
    )
