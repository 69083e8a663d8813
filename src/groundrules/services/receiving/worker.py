"""The work that goes on beside receiving, for as long as a program runs: reading, changes, silence,
checkpoints, letters, and what is due in a server's life.

A thread of `groundrules serve` runs it, or `groundrules worker` on its own; several at once do no harm.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import Error, close_old_connections, connection

from groundrules.gateways.mail_servers import MailServerUnusable
from groundrules.services import delivering, letters, lifecycle_due
from groundrules.services.actor import ENGINE
from groundrules.services.checkpoints import UNSEALABLE
from groundrules.services.receiving.reading import read_pending, work_out_changes
from groundrules.services.receiving.silence import find_silent
from groundrules.services.seal import CHECKPOINT_EVERY, checkpoint_all
from groundrules.services.storage import UnknownMailSetting, raw_store
from groundrules.services.timestamps import is_asked, stamp_logs
from groundrules.store.incoming import sweep

_LOG = logging.getLogger(__name__)
_PAUSE_SECONDS = 1
_SILENCE_EVERY = timedelta(minutes=1)
# Working out a client's changes and attributions looks at all its facts: never more than a tenth of the time.
_CHANGES_EVERY = timedelta(seconds=5)
_SHARE = 9
_LETTERS_EVERY = timedelta(seconds=5)
_COVERAGE_EVERY = timedelta(seconds=20)
_SURELY_ABANDONED = timedelta(days=1)


def keep_reading(stop: threading.Event, clock: Callable[[], datetime]) -> None:
    """This function will read what arrives until `stop` is set; a database that is away is waited for."""
    sweep(raw_store(), (clock() - _SURELY_ABANDONED).timestamp())
    next_changes = next_silence = next_checkpoint = next_letters = next_coverage = clock()
    try:
        while not stop.is_set():
            at = clock()
            close_old_connections()
            more = _guarded(partial(_read, at), "reading")
            if at >= next_changes:
                _guarded(partial(work_out_changes, at=at), "working out changes")
                next_changes = clock() + max(_CHANGES_EVERY, _SHARE * (clock() - at))
            if at >= next_silence:
                _guarded(partial(find_silent, at), "looking for silent collectors")
                next_silence = at + _SILENCE_EVERY
            if at >= next_checkpoint:
                _guarded(partial(sign_checkpoints, at), "signing checkpoints")
                next_checkpoint = at + CHECKPOINT_EVERY
            if at >= next_letters:
                _guarded(partial(send_letters, at), "sending letters")
                next_letters = at + _LETTERS_EVERY
            if at >= next_coverage:
                _guarded(partial(apply_coverage, at), "applying what is due")
                next_coverage = clock() + max(_COVERAGE_EVERY, _SHARE * (clock() - at))
            if not more:
                stop.wait(_PAUSE_SECONDS)
    finally:
        connection.close()


def _read(at: datetime) -> bool:
    return read_pending(at=at).more


def sign_checkpoints(at: datetime) -> None:
    """This function will sign every log as it stands; one that cannot be signed is said in the log, and tried again."""
    try:
        checkpoint_all(actor=ENGINE, at=at)
    except UNSEALABLE:
        _LOG.exception("the logs cannot all be signed; run: groundrules evidence verify")
        return
    if is_asked():
        for problem in stamp_logs(actor=ENGINE, at=at).refused:
            _LOG.warning("no time stamp: %s", problem)


def send_letters(at: datetime) -> None:
    """This function will send letters whose hold is over, and try again what was delayed; what it cannot it says."""
    letters.send_due(at=at)
    try:
        delivering.deliver_due(at=at)
    except (MailServerUnusable, UnknownMailSetting) as unusable:
        _LOG.error("letters wait: %s", unusable)


def apply_coverage(at: datetime) -> None:
    """This function will apply notices, suspensions and returns whose instant has come, and log each."""
    for turn in lifecycle_due.apply_due(at=at):
        for said in turn.says:
            _LOG.info("%s: %s", turn.client.code, said)


def _guarded(act: Callable[[], object], name: str) -> bool:
    """Whether there is more to do at once; a step that the database refuses is done in a later turn."""
    try:
        return act() is True
    except Error:
        _LOG.exception("%s waits: the database does not answer", name)
        connection.close()
        return False
