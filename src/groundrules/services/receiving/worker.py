"""The work that goes on beside receiving, for as long as a program runs: reading, changes, and noticing silence.

A thread of `groundrules serve` runs it, or `groundrules worker` on its own; several at once do no harm.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import Error, close_old_connections, connection

from groundrules.services.receiving.reading import read_pending
from groundrules.services.receiving.silence import find_silent
from groundrules.services.storage import raw_store
from groundrules.store.incoming import sweep

_LOG = logging.getLogger(__name__)
_PAUSE_SECONDS = 1
_LOOK_FOR_SILENCE = timedelta(minutes=1)
_SURELY_ABANDONED = timedelta(days=1)


def keep_reading(stop: threading.Event, clock: Callable[[], datetime]) -> None:
    """This function will read what arrives until `stop` is set; a database that is away is waited for."""
    looked_at: datetime | None = None
    sweep(raw_store(), (clock() - _SURELY_ABANDONED).timestamp())
    try:
        while not stop.is_set():
            at = clock()
            close_old_connections()
            more = _one_round(at)
            if looked_at is None or at - looked_at >= _LOOK_FOR_SILENCE:
                _look_for_silence(at)
                looked_at = at
            if not more:
                stop.wait(_PAUSE_SECONDS)
    finally:
        connection.close()


def _one_round(at: datetime) -> bool:
    try:
        return read_pending(at=at).more
    except Error:
        _LOG.exception("reading waits: the database does not answer")
        connection.close()
        return False


def _look_for_silence(at: datetime) -> None:
    try:
        find_silent(at)
    except Error:
        _LOG.exception("silent collectors cannot be looked for: the database does not answer")
        connection.close()
