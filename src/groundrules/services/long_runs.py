"""Long runs on record: who began one, how far it is, and a way to stop it that leaves nothing half done.

One that is all or nothing keeps nothing when it is stopped; one of many whole steps keeps those that were done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from groundrules.records.models import LongRun
from groundrules.services import audit
from groundrules.services.actor import Actor, require

_EVERY_SECONDS = 2.0
# A run that lives says so every two seconds; a step of it may take some minutes.
STANDS_STILL = timedelta(minutes=15)
CUT_OFF = "cut off"
NOTHING_KEPT = "nothing of it is kept"
_SAYS = 200
Tell = Callable[[int, str], None]


class RunStopped(RuntimeError):
    """Somebody asked the run to stop; the message says what of it is kept."""


class UnknownRun(LookupError):
    """There is no long run of that number."""


class RunIsOver(ValueError):
    """The run has ended already."""


@contextmanager
def long_run(
    what: str, *, actor: Actor, at: datetime, tell: Tell, stopped: str = NOTHING_KEPT
) -> Iterator[Tell]:
    """This function will put a run on record for the length of the block, and give what it tells its progress to.

    What it is told goes on to `tell` and, every two seconds, into the record; it raises RunStopped when somebody
    asked for that, with `stopped` as the words for what stays. How the run ended is on record in any case but a kill.
    """
    row = LongRun.objects.create(what=what, by=actor.label, began_at=at, beat_at=at)
    last = time.monotonic()

    def told(done: int, says: str) -> None:
        nonlocal last
        tell(done, says)
        if time.monotonic() - last >= _EVERY_SECONDS:
            last = time.monotonic()
            _note(row, done, says, stopped)

    try:
        yield told
    except BaseException as problem:
        asked = isinstance(problem, RunStopped | KeyboardInterrupt)
        _end(row, LongRun.STOPPED if asked else LongRun.FAILED, str(problem))
        raise
    _end(row, LongRun.DONE, "")


def _note(row: LongRun, done: int, says: str, stopped: str) -> None:
    rows = LongRun.objects.filter(pk=row.pk)
    rows.update(done=done, says=says[:_SAYS], beat_at=timezone.now())
    asked = rows.values_list("stop_asked_by", flat=True).first()
    if asked:
        message = f"{asked} stopped it; {stopped}"
        raise RunStopped(message)


def _end(row: LongRun, outcome: str, problem: str) -> None:
    LongRun.objects.filter(pk=row.pk).update(
        outcome=outcome, problem=problem, ended_at=timezone.now(), beat_at=timezone.now()
    )


def ask_to_stop(number: int, *, actor: Actor, at: datetime) -> LongRun:
    """This function will ask a run to stop at its next step; one that was cut off is over by it.

    Owners only; raises UnknownRun or RunIsOver.
    """
    require(actor)
    with transaction.atomic():
        row = LongRun.objects.select_for_update().filter(pk=number).first()
        if row is None:
            message = f"there is no run {number}; see groundrules runs list"
            raise UnknownRun(message)
        if row.ended_at is not None:
            message = f"run {number} ({row.what}) is over: {row.outcome}"
            raise RunIsOver(message)
        row.stop_asked_by = actor.label
        if at - row.beat_at > STANDS_STILL:
            row.ended_at, row.outcome, row.problem = at, LongRun.FAILED, CUT_OFF
        row.save()
        entry = audit.Entry("long_runs.stop", str(row.pk), f"{row.what} by {row.by} asked to stop")
        audit.record(entry, actor=actor, at=at)
    return row


def leave_behind(at: datetime) -> None:
    """This function will note of every run that a copy of the books shows as running that it was cut off there."""
    LongRun.objects.filter(ended_at__isnull=True).update(
        outcome=LongRun.FAILED, problem=CUT_OFF, ended_at=at
    )
