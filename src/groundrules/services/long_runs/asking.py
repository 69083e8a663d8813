"""Asking for a long run: it waits in the queue from the very transaction of whoever asked, and is started again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django_tasks_db.models import DBTaskResult

from groundrules.records.models import LongRun
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.long_runs.stopping import UnknownRun
from groundrules.services.long_runs.task import carry_on

_FORGET_AFTER = timedelta(days=30)


class CannotStartAgain(ValueError):
    """The run goes on still, or is done, or was no worker's to carry out."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: a kind that workers know, in words for people, with what it needs to know, and how urgent."""

    kind: str
    what: str
    asked: Mapping[str, Any]
    priority: int


def ask(wanted: Wanted, *, actor: Actor, at: datetime) -> LongRun:
    """This function will put a long run into the queue, in the transaction it is called in or one of its own.

    Whether the actor may do it is asked by the verb that calls, and again by the worker.
    """
    with transaction.atomic():
        row = LongRun.objects.create(
            kind=wanted.kind,
            what=wanted.what[:120],
            by=actor.label,
            asked={**wanted.asked, "priority": wanted.priority},
            began_at=at,
            beat_at=at,
            says="waits for a worker",
        )
        enqueue(row)
        entry = audit.Entry("long_runs.ask", str(row.pk), f"{row.what} asked for")
        audit.record(entry, actor=actor, at=at)
    return row


def start_again(number: int, *, actor: Actor, at: datetime) -> LongRun:
    """This function will let a run that failed go on where it ended. Its starter and owners only.

    Raises UnknownRun and CannotStartAgain.
    """
    with transaction.atomic():
        row = LongRun.objects.carried().select_for_update().filter(pk=number).first()
        if row is None:
            message = f"there is no run {number} that a worker carries out"
            raise UnknownRun(message)
        if actor.label != row.by:
            require(actor)
        if not row.can_go_on:
            message = f"{row.what} is {row.state}; only what broke off on its way is started again"
            raise CannotStartAgain(message)
        row.ended_at, row.outcome, row.problem, row.stop_asked_by = None, "", "", ""
        row.attempts, row.says, row.holder, row.beat_at = 0, "waits for a worker", "", at
        row.seen_at = None
        row.save()
        enqueue(row)
        entry = audit.Entry("long_runs.start_again", str(row.pk), f"{row.what} started again")
        audit.record(entry, actor=actor, at=at)
    return row


def enqueue(row: LongRun) -> None:
    """This function will put a run's task into the queue. Call it in the transaction that makes the run wait."""
    queued = carry_on.using(priority=row.asked["priority"]).enqueue(row.pk)
    row.task = queued.id
    row.save(update_fields=["task"])


def note_seen(row: LongRun, *, by: str, at: datetime) -> None:
    """This function will note that whoever started a run saw its end, so that it is told of no more."""
    if row.ended_at is not None and row.by == by:
        LongRun.objects.filter(pk=row.pk, seen_at__isnull=True).update(seen_at=at)


def forget_ended(at: datetime) -> int:
    """This function will forget the queue's rows of what ended a month ago. The run itself stays on record.

    A worker that was killed right after the last step left its row as running.
    """
    before = at - _FORGET_AFTER
    going_on = LongRun.objects.going_on().carried().values_list("task", flat=True)
    ended = DBTaskResult.objects.finished().filter(finished_at__lt=before)
    left = DBTaskResult.objects.running().filter(started_at__lt=before)
    return (ended | left.exclude(pk__in=[one for one in going_on if one])).delete()[0]
