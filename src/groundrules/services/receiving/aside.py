"""Drills beside the worker's other work: one thread that reads repositories and restores, for hours if it must."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import Error, connection

from groundrules.services import backups

_LOG = logging.getLogger(__name__)


class Drills:
    """Starts the thread when there is something it may do, and never a second one."""

    def __init__(self, stop: threading.Event, clock: Callable[[], datetime]) -> None:
        self._stop, self._clock = stop, clock
        self._thread: threading.Thread | None = None

    def begin(self, at: datetime) -> None:
        """This function will start a turn, unless one goes on or no repository can be opened on this machine."""
        del at
        if self._thread is not None and self._thread.is_alive():
            return
        if not backups.any_readable_here():
            return
        self._thread = threading.Thread(target=self._turn, name="drills", daemon=True)
        self._thread.start()

    def _turn(self) -> None:
        try:
            done = backups.do_due(self._clock, goes_on=lambda: not self._stop.is_set())
        except Error:
            _LOG.exception("drills wait: the database does not answer")
        else:
            for said in done:
                _LOG.info("%s", said)
        finally:
            connection.close()
