"""Letters: drafted from facts, approved or held by a person, sent once, and frozen as they were sent."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from groundrules.core.letters.answers import LetterDraft
from groundrules.gateways.mail import Attachment, Mail, message_id
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.records.typed_json import digest_of, dump
from groundrules.renderers.letter_text import letter_text
from groundrules.renderers.pdf_letter import LetterContext, render_letter
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.frozen_files import freeze
from groundrules.services.shelf import reference, short_digest
from groundrules.services.storage import outbox
from groundrules.services.world import answer_for

PDF = "application/pdf"


class LetterRefused(ValueError):
    """A letter cannot take the step asked for; the subclasses say which and why."""


class LetterNotOpen(LetterRefused):
    """The letter was sent, or is held, so it cannot be approved or changed."""


class LetterNotApproved(LetterRefused):
    """A letter is sent only after someone approved it."""


class OwnLetter(LetterRefused):
    """A letter is approved by another person than its author, or by an owner."""


class ReasonMissing(LetterRefused):
    """Holding a letter needs a reason."""


def draft(*, client: books.Client, actor: Actor, at: datetime) -> tuple[books.LetterDraft, ...]:
    """This function will draft every letter that today's facts call for; an unchanged draft is left as it is."""
    letters = answer_for(client, at).letters
    return tuple(keep_draft(one, client=client, actor=actor, at=at) for one in letters)


def keep_draft(
    letter: LetterDraft, *, client: books.Client, actor: Actor, at: datetime
) -> books.LetterDraft:
    """This function will keep one draft; while nobody decided on it, newer facts rewrite it."""
    require(actor, Role.TECHNICIAN)
    ref = letter_ref(client, letter)
    payload = dump(letter)
    with transaction.atomic():
        standing = books.LetterDraft.objects.select_for_update().filter(ref=ref).first()
        if standing is not None and (
            standing.state != standing.DRAFTED or standing.digest == digest_of(payload)
        ):
            return standing
        row, made = books.LetterDraft.objects.update_or_create(
            ref=ref,
            defaults={
                "client": client,
                "asset": client.assets.filter(code=letter.asset).first() if letter.asset else None,
                "kind": letter.kind.value,
                "subject": letter.subject,
                "payload": payload,
                "digest": digest_of(payload),
                "drafted_at": at,
                "drafted_by": actor.label,
            },
        )
        says = f"{row.ref} {'drafted' if made else 'drafted anew'}: {row.subject}"
        audit.record(audit.Entry("letters.draft", row.ref, says, client), actor=actor, at=at)
    return row


def letter_ref(client: books.Client, letter: LetterDraft) -> str:
    """This function will name a letter by what it is about, so that newer facts find its draft again."""
    about = reference(client.code, letter.kind.value, letter.asset or "", letter.to, letter.subject)
    return f"LTR-{short_digest(about)}"


def approve(*, draft: books.LetterDraft, actor: Actor, at: datetime) -> books.LetterDraft:
    """This function will approve a draft for sending; raises LetterNotOpen or OwnLetter."""
    require(actor, Role.TECHNICIAN)
    if draft.drafted_by == actor.label and actor.role != Role.OWNER:
        message = f"{draft.ref} was drafted by {actor.label}; someone else approves it"
        raise OwnLetter(message)
    return _decide(draft, books.LetterDraft.APPROVED, "approved", actor, at)


def hold(*, draft: books.LetterDraft, reason: str, actor: Actor, at: datetime) -> books.LetterDraft:
    """This function will hold a letter back, with the reason; raises LetterNotOpen or ReasonMissing."""
    require(actor, Role.TECHNICIAN)
    if not reason.strip():
        message = f"{draft.ref} is held only with a reason"
        raise ReasonMissing(message)
    return _decide(draft, books.LetterDraft.HELD, reason.strip(), actor, at)


def release(*, draft: books.LetterDraft, actor: Actor, at: datetime) -> books.LetterDraft:
    """This function will open a held letter again, so that it can be approved; raises LetterNotOpen."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        row = books.LetterDraft.objects.select_for_update().get(pk=draft.pk)
        if row.state != row.HELD:
            message = f"{row.ref} is {row.state}, not held"
            raise LetterNotOpen(message)
        row.state, row.reason = row.DRAFTED, ""
        row.save(update_fields=["state", "reason"])
        entry = audit.Entry("letters.release", row.ref, f"{row.ref} released", row.client)
        audit.record(entry, actor=actor, at=at)
    return row


def send(*, draft: books.LetterDraft, actor: Actor, at: datetime) -> books.Letter:
    """This function will send an approved letter once: frozen first, handed to the outbox after commit.

    Raises LetterNotApproved.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        row = books.LetterDraft.objects.select_for_update().get(pk=draft.pk)
        if row.state == row.SENT:
            return row.letter
        if row.state != row.APPROVED:
            message = f"{row.ref} is {row.state}; approve it before it is sent"
            raise LetterNotApproved(message)
        letter, mail = _freeze(row, actor, at)
        row.state = row.SENT
        row.save(update_fields=["state"])
        says = f"{row.ref} sent to {letter.to}"
        audit.record(audit.Entry("letters.send", row.ref, says, row.client), actor=actor, at=at)
        transaction.on_commit(lambda: _hand_over(mail))
    return letter


def context_of(row: books.LetterDraft, at: datetime, *, is_draft: bool) -> LetterContext:
    """This function will gather what surrounds a letter on paper."""
    provider = books.Provider.objects.order_by("pk").first()
    client = row.client
    name = provider.name if provider else ""
    address = (provider.address if provider else "").splitlines()
    contact = [provider.email] if provider and provider.email else []
    return LetterContext(
        reference=row.ref,
        sender_name=row.to_core().letterhead or name,
        sender_lines=(*address, *contact),
        recipient_lines=(row.to_core().to, *client.address.splitlines()),
        dated_at=at,
        zone=client.zone,
        signature_lines=(row.decided_by or name, name),
        paper="us-letter" if client.currency == "USD" else "a4",
        is_draft=is_draft,
    )


def _freeze(row: books.LetterDraft, actor: Actor, at: datetime) -> tuple[books.Letter, Mail]:
    core = row.to_core()
    context = context_of(row, at, is_draft=False)
    text = letter_text(core, context.signature_lines)
    pdf = freeze(render_letter(core, context), PDF, actor=actor, at=at)
    mail = Mail(
        reference=row.ref,
        sender=_sender(),
        to=_address(row),
        subject=core.subject,
        text=text,
        written_at=at,
        cc=core.cc,
        attachments=(Attachment(f"{row.ref}.pdf", PDF, bytes(pdf.content)),),
    )
    letter = books.Letter.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        client=row.client,
        asset=row.asset,
        draft=row,
        ref=row.ref,
        kind=row.kind,
        subject=row.subject,
        to=mail.to,
        cc=list(core.cc),
        text=text,
        text_digest=digest_of(text),
        payload=row.payload,
        pdf=pdf,
        sent_at=at,
        sent_as=message_id(mail),
    )
    return letter, mail


def _hand_over(mail: Mail) -> None:
    outbox().send(mail)


def _sender() -> str:
    provider = books.Provider.objects.order_by("pk").first()
    return provider.email if provider and provider.email else "groundrules@localhost"


def _address(row: books.LetterDraft) -> str:
    """A letter to the client goes to its notice address; any other to whom the draft names."""
    to = row.to_core().to
    return to if "@" in to else row.client.notice_email or to


def _decide(
    draft: books.LetterDraft, state: str, reason: str, actor: Actor, at: datetime
) -> books.LetterDraft:
    with transaction.atomic():
        row = books.LetterDraft.objects.select_for_update().get(pk=draft.pk)
        if row.state != row.DRAFTED:
            message = f"{row.ref} is {row.state} already; only an open draft can be {state}"
            raise LetterNotOpen(message)
        row.state, row.decided_by, row.decided_at, row.reason = state, actor.label, at, reason
        row.save(update_fields=["state", "decided_by", "decided_at", "reason"])
        says = f"{row.ref} {state}: {reason}"
        audit.record(audit.Entry(f"letters.{state}", row.ref, says, row.client), actor=actor, at=at)
    return row
