"""Letters on their way: each attempt is on record before it is made, and each outcome after.

A program that dies in between leaves an attempt without an outcome. Where handing on twice is still one mail, the next
turn tries again; where it is not, the letter is uncertain and a person decides. Delays are tried again, ever later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery

from groundrules.gateways.mail import (
    Attachment,
    Mail,
    MailDelayed,
    MailRefused,
    MailUncertain,
)
from groundrules.records import models as books
from groundrules.records.models import Delivery, Role
from groundrules.services import audit, notices, reply_invitations
from groundrules.services.actor import ENGINE, Actor, require
from groundrules.services.outgoing import is_set_back, provider_address
from groundrules.services.storage import outbox

PDF = "application/pdf"
# No attempt lasts this long: the connection itself gives up after half a minute without a word.
ABANDONED = timedelta(minutes=10)
_LONGEST_WAIT = timedelta(hours=1)
_ATTEMPTS = 30
_OUTCOMES: dict[type[Exception], str] = {
    MailRefused: Delivery.REFUSED,
    MailDelayed: Delivery.DELAYED,
    MailUncertain: Delivery.UNCERTAIN,
}


class NothingToRepeat(ValueError):
    """Only a letter that was refused, came back or may not have left is sent once more."""


def expect(letter: books.Letter, *, actor: Actor, at: datetime) -> None:
    """This function will put a letter on its way; call it inside the verb's transaction."""
    _note(letter, 1, Told(Delivery.WAITING, ""), actor, at)


def deliver(letter: books.Letter, *, at: datetime) -> Delivery | None:
    """This function will make the next attempt if one is due, and record how it ended.

    Returns nothing when none is due, or another program is at it.
    """
    door = outbox()
    attempt = _begin(letter, at, repeats_safely=door.repeats_safely)
    if attempt is None or attempt.kind != Delivery.TRYING:
        return attempt
    try:
        door.send(mail_of(letter))
    except (MailRefused, MailDelayed, MailUncertain) as ended:
        kind = _OUTCOMES[type(ended)]
        if kind == Delivery.DELAYED and _attempts(letter) >= _ATTEMPTS:
            kind = Delivery.REFUSED
        return record(letter, kind, str(ended), actor=ENGINE, at=at)
    return record(letter, Delivery.HANDED_OVER, f"to {letter.to}", actor=ENGINE, at=at)


def deliver_due(*, at: datetime) -> tuple[Delivery, ...]:
    """This function will make an attempt for every letter that waits for one."""
    last = Delivery.objects.filter(letter=OuterRef("pk")).order_by("-number").values("kind")[:1]
    rows = books.Letter.objects.annotate(last=Subquery(last)).filter(last__in=Delivery.UNFINISHED)
    made = (deliver(letter, at=at) for letter in rows.order_by("pk"))
    return tuple(one for one in made if one is not None)


def repeat(letter: books.Letter, *, actor: Actor, at: datetime) -> Delivery:
    """This function will send a letter once more after a person decided so; raises NothingToRepeat.

    It goes under the same Message-ID, so a receiving server that has it knows it again.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        last = _last_held(letter)
        if last is None or last.kind not in Delivery.TROUBLED:
            standing = last.kind if last else "sent before deliveries were kept"
            message = f"{letter.ref} is {standing}; only a refused, returned or uncertain letter is sent once more"
            raise NothingToRepeat(message)
        return record(letter, Delivery.WAITING, f"once more, by {actor.label}", actor=actor, at=at)


def record(letter: books.Letter, kind: str, says: str, *, actor: Actor, at: datetime) -> Delivery:
    """This function will write the next step of a letter's way, with its audit entry."""
    return report(letter, Told(kind, says), actor=actor, at=at)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a letter's way; `happened_at` is a claim, believed between its sending and now."""

    kind: str
    says: str
    happened_at: datetime | None = None


def report(letter: books.Letter, told: Told, *, actor: Actor, at: datetime) -> Delivery:
    """This function will write the next step of a letter's way as somebody reported it, with its audit entry."""
    kind, says = told.kind, told.says
    with transaction.atomic():
        last = _last_held(letter)
        step = _note(letter, last.number + 1 if last else 1, told, actor, at)
        said = f"{letter.ref} {kind}: {says}" if says else f"{letter.ref} {kind}"
        entry = audit.Entry("letters.delivery", letter.ref, said, letter.client)
        audit.record(entry, actor=actor, at=at)
        notices.note_delivery(step, actor=actor, at=at)
        reply_invitations.note_delivery(step, actor=actor, at=at)
        return step


def last_of(letter: books.Letter) -> Delivery | None:
    """This function will return how a letter stands on its way."""
    return letter.deliveries.order_by("-number").first()


def _last_held(letter: books.Letter) -> Delivery | None:
    """How a letter stands, while nobody else writes its next step: an outcome must not be lost to a report."""
    books.Letter.objects.select_for_update(no_key=True).get(pk=letter.pk)
    return last_of(letter)


def mail_of(letter: books.Letter) -> Mail:
    """This function will write the mail of a letter from what was frozen, the same each time."""
    pdf = letter.pdf
    name = letter.draft.report.ref if letter.draft.report else letter.ref
    attached = (Attachment(f"{name}.pdf", PDF, bytes(pdf.content)),) if pdf else ()
    return Mail(
        reference=letter.ref,
        sender=provider_address(),
        to=letter.to,
        subject=letter.subject,
        text=letter.text,
        written_at=letter.sent_at,
        cc=tuple(one for one in letter.cc if "@" in one),
        attachments=attached,
        wants_receipt=True,
    )


def _begin(letter: books.Letter, at: datetime, *, repeats_safely: bool) -> Delivery | None:
    last = last_of(letter)
    if last is None or last.kind not in Delivery.UNFINISHED:
        return None
    if at < _due(last, letter) and not is_set_back(last.recorded_at, at):
        return None
    broke_off = last.kind == Delivery.TRYING and not repeats_safely
    kind = Delivery.UNCERTAIN if broke_off else Delivery.TRYING
    says = "an attempt broke off, and nobody knows whether the mail left" if broke_off else ""
    try:
        with transaction.atomic():
            return _note(letter, last.number + 1, Told(kind, says), ENGINE, at)
    except IntegrityError:
        return None  # Another program took this step; it is on record there.


def _due(last: Delivery, letter: books.Letter) -> datetime:
    if last.kind == Delivery.WAITING:
        return last.recorded_at
    if last.kind == Delivery.TRYING:
        return last.recorded_at + ABANDONED
    minutes = timedelta(minutes=2 ** min(_attempts(letter) - 1, 6))
    return last.recorded_at + min(minutes, _LONGEST_WAIT)


def _attempts(letter: books.Letter) -> int:
    return letter.deliveries.filter(kind=Delivery.TRYING).count()


def _note(letter: books.Letter, number: int, told: Told, actor: Actor, at: datetime) -> Delivery:
    happened = told.happened_at
    return Delivery.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        letter=letter,
        number=number,
        kind=told.kind,
        says=told.says,
        happened_at=max(letter.sent_at, min(happened, at)) if happened else None,
    )
