"""Taking mail in: the bytes first, then the row, then its filing; each mail once, and none lost in between.

A program that dies before the row is written finds the mail unmarked and takes it again; one that dies before the
filing finds the row and files it; one that dies before the mark finds the row and only marks.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from groundrules.core.mail import MailRead, thread_of
from groundrules.core.periods import utc
from groundrules.gateways.imap import Arrived
from groundrules.readers.mail import MailUnreadable, read_mail
from groundrules.records.models import IncomingMail, MailFiling
from groundrules.records.typed_json import dump
from groundrules.services.actor import ENGINE
from groundrules.services.mail_in.filing import file_by_rule
from groundrules.services.mail_in.steps import Step, last_filing, write_step
from groundrules.services.storage import mailbox, raw_store

__all__ = ["Collected", "collect", "last_filing", "take", "take_file"]

_LOG = logging.getLogger(__name__)
_WIDTH = 255
_TRIES = 3
_ABANDONED = timedelta(minutes=10)
_TOO_LARGE = "it is too large to fetch whole; only its head is kept here, the mail itself is still in the mailbox"


@dataclass(frozen=True, slots=True)
class Collected:
    """What one look into the mailbox came to: mails taken in, and those known already that were only marked."""

    taken: tuple[IncomingMail, ...] = ()
    known: int = 0


def collect(*, at: datetime) -> Collected:
    """This function will take in what waits in the mailbox; raises MailboxUnusable or MailServerUnusable.

    What was taken before the mailbox failed stays taken.
    """
    taken: list[IncomingMail] = []
    known = 0
    file_unfinished(at=at)
    with mailbox() as box:
        for arrived in box.waiting():
            row = take(arrived, name=settings.GROUNDRULES_IMAP_URL, at=at)
            box.mark_logged(arrived)
            if row is None:
                known += 1
            else:
                taken.append(row)
    return Collected(tuple(taken), known)


def take(arrived: Arrived, *, name: str, at: datetime) -> IncomingMail | None:
    """This function will take one mail in and file it; nothing when these very bytes are in the books already."""
    digest = raw_store().put(arrived.content)
    if IncomingMail.objects.filter(digest=digest).exists():
        return None
    try:
        with transaction.atomic():
            row = _enter(arrived, digest, name, at)
            write_step(row, Step(MailFiling.ARRIVED, ""), actor=ENGINE, at=at)
    except IntegrityError:
        return None  # Another program took these bytes in at the same moment.
    _file(row, at=at)
    return row


def take_file(content: bytes, *, name: str, at: datetime) -> IncomingMail | None:
    """This function will take in a mail that somebody saved as a file, as `take` does with one that arrived."""
    return take(Arrived("", content), name=name, at=at)


def file_unfinished(*, at: datetime) -> None:
    """This function will file what a program took in and did not come to file."""
    for row in IncomingMail.objects.standing(MailFiling.ARRIVED, MailFiling.TRYING).order_by("pk"):
        last = last_filing(row)
        if last is None or last.kind not in {last.ARRIVED, last.TRYING}:
            continue  # Another program filed it since this one looked.
        if last.kind == last.TRYING and last.recorded_at > at - _ABANDONED:
            continue  # Another program is at it.
        _file(row, at=at)


def _file(row: IncomingMail, *, at: datetime) -> None:
    """A stranger's mail must never stop the next one: what goes wrong with it is logged, and tried again later."""
    try:
        if row.filings.filter(kind=MailFiling.TRYING).count() >= _TRIES:
            says = "filing it broke off three times; file it by hand"
            write_step(row, Step(MailFiling.WAITING, says), actor=ENGINE, at=at)
            return
        write_step(row, Step(MailFiling.TRYING, ""), actor=ENGINE, at=at)
        with transaction.atomic():
            file_by_rule(row, at=at)
    except IntegrityError:
        _LOG.info("%s is being filed by another program", row)
    except Exception:  # noqa: BLE001 - a bug in filing one must not keep the others out; it is logged whole
        _LOG.exception("%s is kept and could not be filed; it is tried again", row)


def _enter(arrived: Arrived, digest: str, name: str, at: datetime) -> IncomingMail:
    read, problem = _read(arrived)
    return IncomingMail.objects.create(
        recorded_at=at,
        recorded_by=ENGINE.label,
        mailbox=name[-_WIDTH:],
        uid=arrived.uid,
        digest=digest,
        length=len(arrived.content),
        received_at=_received_at(arrived, at),
        message_id=(read.message_id if read else f"<{digest[:32]}@unread.invalid>")[:_WIDTH],
        thread=(thread_of(read, _threads(read)) if read else "")[:_WIDTH],
        sender=(read.sender if read else "")[:_WIDTH],
        subject=read.subject if read else "",
        payload=dump(read) if read else "",
        problem=problem,
    )


def _received_at(arrived: Arrived, at: datetime) -> datetime:
    """The mail server's own time; never one that is still to come, should a clock have jumped."""
    return min(utc(arrived.received_at), utc(at)) if arrived.received_at else at


def _read(arrived: Arrived) -> tuple[MailRead | None, str]:
    try:
        read = read_mail(arrived.content)
    except MailUnreadable as problem:
        return None, str(problem)
    return read, "" if arrived.is_whole else _TOO_LARGE


def _threads(read: MailRead) -> Mapping[str, str]:
    named = {one[:_WIDTH] for one in (*read.references, *read.in_reply_to)}
    rows = IncomingMail.objects.filter(message_id__in=named).order_by("pk")
    return dict(rows.values_list("message_id", "thread"))
