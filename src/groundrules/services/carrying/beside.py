"""A thread beside the worker's other work that carries long runs; several programs at once share the queue."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import Error, close_old_connections, connection

from groundrules.services.carrying.carrier import Carrier
from groundrules.services.carrying.leases import (
    find_lost_tasks,
    own_name,
    take_from_the_gone,
)
from groundrules.services.long_runs import forget_ended
from groundrules.services.made_files import forget_files

_LOG = logging.getLogger(__name__)
_PAUSE_SECONDS = 1
_AFTER_TROUBLE_SECONDS = 10
_LOOK_EVERY = timedelta(seconds=5)
_FORGET_EVERY = timedelta(hours=1)
# A step is short; one of a month end may take longer, and is given back by whoever comes after.
_LAST_STEP_SECONDS = 10


@contextmanager
def carried_beside(stop: threading.Event, clock: Callable[[], datetime]) -> Iterator[None]:
    """This function will carry long runs for the length of the block; what goes on at its end is waited for."""
    thread = threading.Thread(
        target=_keep_carrying, args=(stop, clock), name="carrying", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_LAST_STEP_SECONDS)


def carry_waiting(clock: Callable[[], datetime]) -> int:
    """This function will carry every run that is ready, and return how many turns that took."""
    carrier = Carrier(own_name(), clock)
    take_from_the_gone(clock(), ours=carrier.name)
    find_lost_tasks(clock())
    turns = 0
    while carrier.carry_next():
        turns += 1
    return turns


def _keep_carrying(stop: threading.Event, clock: Callable[[], datetime]) -> None:
    carrier = Carrier(own_name(), clock, lambda: not stop.is_set())
    look_at = forget_at = clock()
    try:
        while not stop.is_set():
            close_old_connections()
            try:
                if (at := clock()) >= look_at:
                    take_from_the_gone(at, ours=carrier.name)
                    find_lost_tasks(at)
                    look_at = at + _LOOK_EVERY
                if at >= forget_at:
                    forget_ended(at)
                    forget_files(at)
                    forget_at = at + _FORGET_EVERY
                more = carrier.carry_next()
            except Error:
                _LOG.exception("long runs wait: the database does not answer")
                connection.close()
                stop.wait(_AFTER_TROUBLE_SECONDS)
                continue
            if not more:
                stop.wait(_PAUSE_SECONDS)
    finally:
        connection.close()
