"""The work that goes on beside receiving, for as long as a program runs: reading, changes, silence,
checkpoints, letters, health, mail that arrives, and what is due in a server's life.

A thread of `groundrules serve` runs it, or `groundrules worker` on its own; several at once do no harm.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import Error, close_old_connections, connection

from groundrules.gateways.imap import MailboxUnusable
from groundrules.gateways.key_files import KeyMissing, KeyUnusable
from groundrules.gateways.mail_servers import MailServerUnusable
from groundrules.services import (
    agency,
    audit_chain,
    delivering,
    letters,
    lifecycle_due,
    mail_in,
    outgoing,
    pulses,
    recovery,
    report_mail,
    webhooks,
)
from groundrules.services.actor import ENGINE
from groundrules.services.answered import forget_old
from groundrules.services.checkpoints import UNSEALABLE
from groundrules.services.health import check_due, summarise_due
from groundrules.services.imports import waiting
from groundrules.services.letter_signing import LetterUnsigned
from groundrules.services.receiving.aside import Drills
from groundrules.services.receiving.reading import read_pending, work_out_changes
from groundrules.services.receiving.silence import find_silent
from groundrules.services.remote.shells import settle_shells
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
_CHAIN_EVERY = timedelta(seconds=30)
_LETTERS_EVERY = timedelta(seconds=5)
_COVERAGE_EVERY = timedelta(seconds=20)
# What is reminded of is due on a day, so minutes do not matter; every client with a letter of agency is looked at.
_REMINDERS_EVERY = timedelta(minutes=15)
_HEALTH_EVERY = timedelta(seconds=5)
_DRILLS_EVERY = timedelta(minutes=1)
_BASELINES_EVERY = timedelta(minutes=1)
_SHELLS_EVERY = timedelta(minutes=1)
_WEBHOOKS_EVERY = timedelta(seconds=2)
_ANSWERS_EVERY = timedelta(hours=1)
_REPORTS_EVERY = timedelta(hours=1)
_MAIL_LATER = timedelta(minutes=5)
_SURELY_ABANDONED = timedelta(days=1)
_REFUSED = object()


@dataclass(frozen=True, slots=True)
class _Job:
    """What is done again and again: its act, its name in the log, and when next, after it took so long and went so."""

    act: Callable[[datetime], object]
    name: str
    pause: Callable[[timedelta, bool], timedelta]


def _every(span: timedelta) -> Callable[[timedelta, bool], timedelta]:
    return lambda _took, _well: span


def _sparing(span: timedelta) -> Callable[[timedelta, bool], timedelta]:
    return lambda took, _well: max(span, took + _SHARE * took)


def _mail_pause(_took: timedelta, well: bool) -> timedelta:  # noqa: FBT001 - as every job's pause
    """A mailbox that does not answer holds everything else up for as long as it is asked, so it is asked seldom."""
    return timedelta(seconds=settings.GROUNDRULES_IMAP_EVERY) if well else _MAIL_LATER


def keep_reading(
    stop: threading.Event, clock: Callable[[], datetime], program: str = "worker"
) -> None:
    """This function will read what arrives until `stop` is set; a database that is away is waited for.

    It says every few seconds that `program` lives, and how its jobs went.
    """
    sweep(raw_store(), (clock() - _SURELY_ABANDONED).timestamp())
    drills = Drills(stop, clock)
    jobs = (*_JOBS, _Job(drills.begin, "drilling restores", _every(_DRILLS_EVERY)))
    due = dict.fromkeys(jobs, clock())
    went: dict[str, dict[str, object]] = {}
    beats_at = clock()
    try:
        while not stop.is_set():
            close_old_connections()
            if (at := clock()) >= beats_at:
                _guarded(partial(pulses.beat, program, went, at=at), "saying that we live")
                beats_at = at + pulses.EVERY
            more = _guarded(partial(_read, clock()), "reading") is True
            for job in jobs:
                if clock() >= due[job]:
                    due[job], went[job.name] = _turn(job, clock)
            if not more:
                stop.wait(_PAUSE_SECONDS)
    finally:
        _guarded(pulses.stopped, "saying that we stop")
        connection.close()


def _turn(job: _Job, clock: Callable[[], datetime]) -> tuple[datetime, dict[str, object]]:
    """Does a job once; when it is due again, and how it went."""
    began = clock()
    came = _guarded(partial(job.act, began), job.name)
    ended = clock()
    took = ended - began
    well = came is not _REFUSED and came is not False
    went = {"at": ended.isoformat(), "seconds": round(took.total_seconds(), 3), "well": well}
    return began + job.pause(took, came is True), went


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


def chain_audit(at: datetime) -> None:
    """This function will link what was written into the audit book since the last turn."""
    while audit_chain.extend(at=at):
        continue


def send_letters(at: datetime) -> bool:
    """This function will send letters whose hold is over, and other mails that wait; what it cannot it says."""
    well = True
    try:
        letters.send_due(at=at)
    except LetterUnsigned as unsigned:
        well = False
        _LOG.error("letters wait: %s", unsigned)
    try:
        outgoing.send_due(at=at)
        delivering.deliver_due(at=at)
    except (MailServerUnusable, UnknownMailSetting) as unusable:
        _LOG.error("letters wait: %s", unusable)
    return well


def give_reports(at: datetime) -> None:
    """This function will give the promised reports that leave by rule, and log each and what holds one up."""
    for turn in report_mail.give_due(at=at):
        told = turn.waits or "its mail leaves after the hold"
        _LOG.info("report of %s from %s: %s", turn.due.client.code, turn.due.first, told)


def apply_coverage(at: datetime) -> None:
    """This function will apply notices, suspensions and returns whose instant has come, and log each."""
    for turn in lifecycle_due.apply_due(at=at):
        for said in turn.says:
            _LOG.info("%s: %s", turn.client.code, said)


def remind_on_call(at: datetime) -> None:
    """This function will remind on-call, once each, of introducing calls and letters of agency to renew or to chase."""
    for said in agency.remind(at=at):
        _LOG.info("reminded: %s", said)


def check_health(at: datetime) -> int:
    """This function will look at each application that is due, log what is unwell, and return how many there were.

    What lists that arrived say of disks, arrays, file systems, certificates and services is worked out too.
    """
    summarise_due(at)
    runs = check_due(at=at)
    for run in runs:
        if run.check is not None and not run.check.healthy and run.filed:
            _LOG.warning("%s is unhealthy: %s", run.application.code, run.check.signature)
    return len(runs)


def keep_baselines(at: datetime) -> None:
    """This function will keep the baseline of each server that is back from a recovery, and log each."""
    for incident in recovery.keep_due(at):
        _LOG.info("%s: the server is listed right after its recovery", incident)


def collect_mail(at: datetime) -> bool:
    """This function will take in what waits in the mailbox, and say whether it could; a failure is logged."""
    try:
        mail_in.collect(at=at)
    except (MailServerUnusable, MailboxUnusable) as unusable:
        _LOG.error("mail is not taken in: %s", unusable)
        return False
    return True


def tell_webhooks(at: datetime) -> int:
    """This function will deliver events that are due, and return how many arrived; a key that is away is said."""
    try:
        return webhooks.deliver_due(at)
    except (KeyMissing, KeyUnusable) as unusable:
        _LOG.error("webhooks wait: %s", unusable)
        return 0


def _guarded(act: Callable[[], object], name: str) -> object:
    """What a step returns; one that the database refuses is done in a later turn."""
    try:
        return act()
    except Error:
        _LOG.exception("%s waits: the database does not answer", name)
        connection.close()
        return _REFUSED


_JOBS = (
    _Job(lambda at: work_out_changes(at=at), "working out changes", _sparing(_CHANGES_EVERY)),
    _Job(find_silent, "looking for silent collectors", _every(_SILENCE_EVERY)),
    _Job(sign_checkpoints, "signing checkpoints", _every(CHECKPOINT_EVERY)),
    _Job(chain_audit, "chaining the audit book", _every(_CHAIN_EVERY)),
    _Job(send_letters, "sending letters", _every(_LETTERS_EVERY)),
    _Job(give_reports, "giving promised reports", _sparing(_REPORTS_EVERY)),
    _Job(apply_coverage, "applying what is due", _sparing(_COVERAGE_EVERY)),
    _Job(remind_on_call, "reminding on-call", _sparing(_REMINDERS_EVERY)),
    _Job(check_health, "checking health", _sparing(_HEALTH_EVERY)),
    _Job(keep_baselines, "keeping baselines", _sparing(_BASELINES_EVERY)),
    _Job(settle_shells, "closing shells whose end the server tells", _every(_SHELLS_EVERY)),
    _Job(collect_mail, "taking mail in", _mail_pause),
    _Job(tell_webhooks, "telling webhooks", _every(_WEBHOOKS_EVERY)),
    _Job(forget_old, "forgetting answered requests", _every(_ANSWERS_EVERY)),
    _Job(waiting.forget_old, "forgetting files nobody brought in", _every(_ANSWERS_EVERY)),
)
