"""A long run in the program it was started in, which tells the record how far it is.

One that is all or nothing keeps nothing when it is stopped; one of many whole steps keeps those that were done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone

from groundrules.records.models import LongRun
from groundrules.services.actor import Actor

_EVERY_SECONDS = 2.0
# A run that lives says so every two seconds; a step of it may take some minutes.
STANDS_STILL = timedelta(minutes=15)
CUT_OFF = "cut off"
NOTHING_KEPT = "nothing of it is kept"
_SAYS = 200
Tell = Callable[[int, str], None]


class RunStopped(RuntimeError):
    """Somebody asked the run to stop; the message says what of it is kept."""


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
