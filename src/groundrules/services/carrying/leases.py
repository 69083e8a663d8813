"""Who has a long run in hand: claimed from the queue, given back, and taken from a worker that is gone.

A step locks its run, so a worker that was only slow can't do a step that another one has begun: it finds that the run
is no longer its own, and leaves it.
"""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from django.db import transaction
from django.db.models import F
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from groundrules.records.models import LongRun
from groundrules.services.long_runs import enqueue
from groundrules.services.long_runs.task import QUEUE

# Attempts at one and the same step; every step that is kept begins the count anew.
MOST_ATTEMPTS = 5
# A step takes a second or two; one of a month end, or of a slow disk, perhaps a minute.
LEASE = timedelta(minutes=5)
# A process of this host that lives is busy, with one long step perhaps; for ever it is not believed.
_LEASE_OF_THE_LIVING = timedelta(hours=1)
_FIRST_PAUSE = timedelta(seconds=10)
_FACTOR = 4
_WORKER = 64
Queued: TypeAlias = "DBTaskResult[..., None]"


def own_name() -> str:
    """This function will name this process so that another can see whether it lives: host, number, and its start."""
    return f"{socket.gethostname()}|{os.getpid()}|{_began(os.getpid())}"


def is_gone(holder: str) -> bool:
    """This function will say whether a worker of this host is surely gone; of another host nobody here knows."""
    host, _, rest = holder.rpartition("|")[0].rpartition("|")
    began = holder.rpartition("|")[2]
    if host != socket.gethostname() or not rest.isdecimal() or not began:
        return False
    return _began(int(rest)) != began


def _began(process: int) -> str:
    """When a process began, as the kernel counts; a number that was given anew does not pass for it."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return told.rpartition(")")[2].split()[19]


def claim(holder: str, at: datetime) -> Queued | None:
    """This function will take the most urgent task that is ready, and its run with it."""
    ready = DBTaskResult.objects.ready().filter(queue_name=QUEUE)
    if not ready.exists():
        return None
    with transaction.atomic():
        task = ready.get_locked()
        if task is None:
            return None
        task.claim(holder[:_WORKER])
        LongRun.objects.going_on().filter(task=str(task.pk)).update(
            holder=holder, attempts=F("attempts") + 1, beat_at=at
        )
    return task


def more_urgent(priority: int) -> bool:
    """This function will say whether something more urgent is ready."""
    ready = DBTaskResult.objects.ready().filter(queue_name=QUEUE)
    return ready.filter(priority__gt=priority).exists()


def give_back(
    run: LongRun, at: datetime, *, says: str = "", pause: timedelta | None = None
) -> None:
    """This function will let a run wait for a worker again, after a pause or at once. Call it in a transaction."""
    again = at + pause if pause else get_date_max()
    DBTaskResult.objects.running().filter(pk=run.task).update(
        status=TaskResultStatus.READY, run_after=again, started_at=None
    )
    told = {"says": says} if says else {}
    LongRun.objects.filter(pk=run.pk).update(holder="", beat_at=at, **told)


def fail(run: LongRun, problem: str, at: datetime) -> None:
    """This function will end a run that could not be done, in a sentence. Call it in a transaction."""
    LongRun.objects.going_on().filter(pk=run.pk).update(
        outcome=LongRun.FAILED, problem=problem, ended_at=at, beat_at=at, holder=""
    )
    DBTaskResult.objects.running().filter(pk=run.task).update(
        status=TaskResultStatus.FAILED, finished_at=at, traceback=problem
    )


def pause_after(attempts: int) -> timedelta | None:
    """This function will say how long a step waits that went wrong so often: not at all, then longer and longer."""
    return _FIRST_PAUSE * _FACTOR ** (attempts - 2) if attempts > 1 else None


def take_from_the_gone(at: datetime, *, ours: str = "") -> int:
    """This function will give back the runs of workers that are gone, or say nothing for too long; returns how many.

    `ours` is a worker that asks before it carries anything, so what it still holds it was cut off from.
    """
    found = 0
    for run in LongRun.objects.carried().going_on().exclude(holder="").order_by("pk"):
        if run.holder == ours or is_gone(run.holder) or at - run.beat_at > _lease_of(run.holder):
            found += _take(run, at)
    return found


def _lease_of(holder: str) -> timedelta:
    return _LEASE_OF_THE_LIVING if holder.startswith(f"{socket.gethostname()}|") else LEASE


def find_lost_tasks(at: datetime) -> int:
    """This function will enqueue runs whose task is not in the queue: books that were moved come without it."""
    found = 0
    for run in LongRun.objects.waiting().order_by("pk"):
        if run.task and DBTaskResult.objects.filter(pk=run.task).exists():
            continue
        with transaction.atomic():
            row = LongRun.objects.waiting().select_for_update().filter(pk=run.pk).first()
            if row is not None and row.task == run.task:
                enqueue(row)
                LongRun.objects.filter(pk=row.pk).update(beat_at=at)
                found += 1
    return found


def _take(seen: LongRun, at: datetime) -> int:
    """A step that is being done has its run locked: such a worker lives, and is left alone."""
    with transaction.atomic():
        rows = LongRun.objects.going_on().select_for_update(skip_locked=True)
        run = rows.filter(pk=seen.pk, holder=seen.holder, beat_at=seen.beat_at).first()
        if run is None:
            return 0
        if run.attempts >= MOST_ATTEMPTS:
            problem = (
                f"the worker was cut off {run.attempts} times at the same step ({run.says} {run.done}); look into its "
                "log (journalctl -u groundrules-worker), then start it again"
            )
            fail(run, problem, at)
        else:
            give_back(
                run,
                at,
                says="its worker was cut off; another goes on",
                pause=pause_after(run.attempts),
            )
    return 1
