"""Mails that are no letters: kept in the transaction of what they tell, then tried at once, and again until they left.

No page fails because a mail server does. A program that dies between writing and sending loses nothing: the worker's
next turn finds the mail. What is refused for good, or may have left, waits for a person.
"""

from __future__ import annotations

import base64
import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from groundrules.gateways.mail import Attachment, Mail, MailDelayed, MailRefused, MailUncertain
from groundrules.gateways.mail_servers import MailServerUnusable
from groundrules.records.book import REF_LENGTH
from groundrules.records.models import OutgoingMail, Provider, Role
from groundrules.services import audit
from groundrules.services.actor import ENGINE, Actor, require
from groundrules.services.storage import UnknownMailSetting, outbox

_LOG = logging.getLogger(__name__)
# No attempt lasts this long: the connection itself gives up after half a minute without a word.
ABANDONED = timedelta(minutes=10)
# Words that may open a door are not kept for good because nobody looked after a refused mail.
KEPT = timedelta(days=7)
_LONGEST_WAIT = timedelta(hours=1)
_ATTEMPTS = 30
_AT_ONCE = 100
_CUT = 500
_LATER = (MailDelayed, MailServerUnusable, UnknownMailSetting, OSError)


class MailNotOpen(ValueError):
    """Only a mail that was refused, or may not have left, is sent again or forgotten by a person."""


def post(
    reference: str,
    to: str,
    subject: str,
    text: str,
    at: datetime,
    attachments: tuple[Attachment, ...] = (),
) -> OutgoingMail:
    """This function will keep one mail with what it tells, and try to send it once that is committed."""
    with transaction.atomic():
        row = OutgoingMail.objects.create(
            reference=reference[:REF_LENGTH],
            sender=provider_address(),
            to=to,
            subject=" ".join(subject.split()),
            text=text,
            attachments=[_kept(one) for one in attachments],
            written_at=at,
            due_at=at,
            changed_at=at,
        )
    transaction.on_commit(lambda: _try(row.pk, at))
    return row


def provider_address() -> str:
    """This function will return the address our mail comes from."""
    provider = Provider.objects.order_by("pk").first()
    return provider.email if provider and provider.email else "groundrules@localhost"


def send_due(*, at: datetime) -> tuple[OutgoingMail, ...]:
    """This function will make the next attempt for every mail that waits for one, and return those it tried.

    Raises UnknownMailSetting or MailServerUnusable before the first, so that a wrong setting uses no attempt up.
    """
    _forget_old(at)
    numbers = list(_waiting(at).order_by("due_at", "pk").values_list("pk", flat=True)[:_AT_ONCE])
    if numbers:
        outbox()
    tried = [number for number in numbers if _try(number, at)]
    return tuple(OutgoingMail.objects.filter(pk__in=tried).order_by("pk"))


def repeat(row: OutgoingMail, *, actor: Actor, at: datetime) -> OutgoingMail:
    """This function will send a refused or uncertain mail once more; raises MailNotOpen."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        held = _open(row)
        held.state, held.says, held.attempts = (
            OutgoingMail.WAITING,
            f"once more, by {actor.label}",
            0,
        )
        held.due_at = held.changed_at = at
        held.save(update_fields=["state", "says", "attempts", "due_at", "changed_at"])
        _note("outgoing.repeat", held, f"to {held.to}, once more: {held.subject}", actor, at)
        transaction.on_commit(lambda: _try(held.pk, at))
    return held


def forget(row: OutgoingMail, *, actor: Actor, at: datetime) -> OutgoingMail:
    """This function will give a refused or uncertain mail up, and take its words away; raises MailNotOpen."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        held = _open(row)
        _end(held.pk, OutgoingMail.FORGOTTEN, f"given up by {actor.label}", at)
        _note("outgoing.forget", held, f"to {held.to}, given up: {held.subject}", actor, at)
    return OutgoingMail.objects.get(pk=held.pk)


def in_trouble() -> tuple[OutgoingMail, ...]:
    """This function will list the mails a person must look after, and those that are late, oldest first."""
    late = OutgoingMail.objects.filter(
        state__in=(*OutgoingMail.TROUBLED, OutgoingMail.DELAYED)
    ).order_by("pk")
    return tuple(late.defer("text", "attachments")[:_AT_ONCE])


def _waiting(at: datetime) -> QuerySet[OutgoingMail]:
    """Every mail whose next attempt is due; also one that a clock set back since would keep waiting."""
    waiting = OutgoingMail.objects.filter(state__in=OutgoingMail.UNFINISHED)
    return waiting.filter(Q(due_at__lte=at) | Q(changed_at__gt=at + ABANDONED))


def _is_due(row: OutgoingMail, at: datetime) -> bool:
    is_due = row.due_at <= at or is_set_back(row.changed_at, at)
    return is_due and row.state in OutgoingMail.UNFINISHED


def is_set_back(written_at: datetime, at: datetime) -> bool:
    """This function will say whether the clock was set back since something was written down.

    What waits for a time that a wrong clock named would wait for as long as the clock was wrong.
    """
    return written_at > at + ABANDONED


def _try(number: int, at: datetime) -> bool:
    """One attempt; whether it was this program's to make. Whoever marks the row first makes it."""
    row = OutgoingMail.objects.filter(pk=number).first()
    if row is None or not _is_due(row, at):
        return False
    broke_off = row.state == OutgoingMail.TRYING
    mine = OutgoingMail.objects.filter(pk=number, state=row.state, due_at=row.due_at).update(
        state=OutgoingMail.TRYING,
        attempts=F("attempts") + 1,
        due_at=at + ABANDONED,
        changed_at=at,
    )
    if not mine:
        return False
    try:
        door = outbox()
        if broke_off and not door.repeats_safely:
            says = "an attempt broke off, and nobody knows whether the mail left"
            _hold(number, OutgoingMail.UNCERTAIN, says, at)
            return True
        door.send(_mail_of(row))
    except MailRefused as refused:
        _hold(number, OutgoingMail.REFUSED, str(refused), at)
    except MailUncertain as uncertain:
        _hold(number, OutgoingMail.UNCERTAIN, str(uncertain), at)
    except _LATER as later:
        _delay(row, str(later), at)
    else:
        _end(number, OutgoingMail.HANDED_OVER, "", at)
    return True


def _delay(row: OutgoingMail, says: str, at: datetime) -> None:
    made = row.attempts + 1
    if made >= _ATTEMPTS:
        _hold(row.pk, OutgoingMail.REFUSED, f"given up after {made} attempts: {says}", at)
        return
    _LOG.warning("%s to %s waits: %s", row, row.to, says)
    wait = min(timedelta(minutes=2 ** min(made - 1, 6)), _LONGEST_WAIT)
    OutgoingMail.objects.filter(pk=row.pk).update(
        state=OutgoingMail.DELAYED, says=says[:_CUT], due_at=at + wait, changed_at=at
    )


def _hold(number: int, state: str, says: str, at: datetime) -> None:
    """A person must look: the audit says so, for a mail that nobody got is a promise that was not kept."""
    with transaction.atomic():
        OutgoingMail.objects.filter(pk=number).update(
            state=state, says=says[:_CUT], changed_at=at, due_at=at
        )
        row = OutgoingMail.objects.get(pk=number)
        _note("outgoing.trouble", row, f"to {row.to}, {state}: {row.subject}. {says}", ENGINE, at)


def _end(number: int, state: str, says: str, at: datetime) -> None:
    OutgoingMail.objects.filter(pk=number).update(
        state=state, says=says, text="", attachments=[], changed_at=at
    )


def _forget_old(at: datetime) -> None:
    old = OutgoingMail.objects.filter(
        state__in=OutgoingMail.TROUBLED, changed_at__lte=at - KEPT
    ).order_by("pk")
    for row in old[:_AT_ONCE]:
        with transaction.atomic():
            _end(row.pk, OutgoingMail.FORGOTTEN, f"{row.state}, and nobody sent it again", at)
            _note("outgoing.forget", row, f"to {row.to}, after a week: {row.subject}", ENGINE, at)


def _open(row: OutgoingMail) -> OutgoingMail:
    held = OutgoingMail.objects.select_for_update().get(pk=row.pk)
    if held.state not in OutgoingMail.TROUBLED:
        message = (
            f"{held} is {held.state}; only a refused or uncertain mail is sent again or given up"
        )
        raise MailNotOpen(message)
    return held


def _note(verb: str, row: OutgoingMail, says: str, actor: Actor, at: datetime) -> None:
    audit.record(audit.Entry(verb, str(row), says), actor=actor, at=at)


def _kept(one: Attachment) -> dict[str, str]:
    content = base64.b64encode(one.content).decode()
    return {"name": one.name, "media_type": one.media_type, "content": content}


def _mail_of(row: OutgoingMail) -> Mail:
    attached = tuple(
        Attachment(one["name"], one["media_type"], base64.b64decode(one["content"]))
        for one in row.attachments
    )
    return Mail(
        row.reference, row.sender, row.to, row.subject, row.text, row.written_at, (), attached
    )
