"""Letters: drafted from facts, approved or held by a person, sent once, and frozen as they were sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from groundrules.core.letters.answers import LetterDraft, LetterKind
from groundrules.gateways.mail import Mail, message_id
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.records.typed_json import digest_of, dump
from groundrules.renderers.letter_text import letter_text
from groundrules.renderers.pdf_letter import LetterContext, render_letter
from groundrules.services import audit, delivering, letter_signing, letter_texts, notices
from groundrules.services.actor import ENGINE, Actor, require
from groundrules.services.frozen_copies import enclosed
from groundrules.services.frozen_files import freeze
from groundrules.services.letter_paper import context_of
from groundrules.services.letter_refs import standing_draft
from groundrules.services.turns import take_turn
from groundrules.services.world import answer_for


class LetterRefused(ValueError):
    """A letter cannot take the step asked for; the subclasses say which and why."""


class LetterNotOpen(LetterRefused):
    """The letter was sent, or is held, so it cannot be approved or changed."""


class LetterChanged(LetterRefused):
    """Newer facts rewrote the letter since it was read; nobody approves words they did not see."""


class LetterNotApproved(LetterRefused):
    """A letter is sent only after someone approved it."""


class OwnLetter(LetterRefused):
    """A letter is approved by another person than its author, or by an owner."""


class LetterAlreadyLeaving(LetterRefused):
    """Somebody sent the letter before; it leaves at the time they were told."""


class ReasonMissing(LetterRefused):
    """Holding a letter needs a reason."""


def draft(*, client: books.Client, actor: Actor, at: datetime) -> tuple[books.LetterDraft, ...]:
    """This function will draft every letter that today's facts call for; an unchanged draft is left as it is.

    A notice that waits as a draft keeps to the changes it rests on.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        answers = answer_for(client, at)
        drafts = (
            notices.as_chosen(one, answers, _open_draft(client, one)) for one in answers.letters
        )
        return tuple(keep_draft(one, client=client, actor=actor, at=at) for one in drafts)


def _open_draft(client: books.Client, letter: LetterDraft) -> LetterDraft | None:
    """The draft of a letter that nobody decided on yet."""
    _, row = standing_draft(client, letter, once_more=False)
    return row.to_core() if row is not None and row.state == row.DRAFTED else None


def keep_draft(
    letter: LetterDraft,
    *,
    client: books.Client,
    actor: Actor,
    at: datetime,
    once_more: bool = False,
) -> books.LetterDraft:
    """This function will keep one draft; while nobody decided on it, newer facts rewrite it.

    With `once_more` a letter that was sent before is drafted again, as another letter.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        ref, standing = standing_draft(client, letter, once_more=once_more)
        letter = letter_texts.in_own_words(letter, standing.own_text if standing else "")
        letter = enclosed(letter, ref, client)
        payload = dump(letter)
        if standing is not None and (
            standing.state != standing.DRAFTED or standing.digest == digest_of(payload)
        ):
            return standing
        letter_texts.note_used(letter, actor=actor, at=at)
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


def attach(draft: books.LetterDraft, report: books.ReportGiven) -> books.LetterDraft:
    """This function will let a draft bring a report's own PDF; call it inside the verb's transaction."""
    draft.report = report
    draft.save(update_fields=["report"])
    return draft


def approve(
    *, draft: books.LetterDraft, actor: Actor, at: datetime, confirmed: str = "", seen: str = ""
) -> books.LetterDraft:
    """This function will approve a draft for sending.

    Another person than its author approves it; an owner may approve their own by writing its server's name (or the
    client's). `seen` is the digest of what was read; left out, that of the draft handed in. Raises LetterNotOpen,
    LetterChanged or OwnLetter.
    """
    require(actor, Role.TECHNICIAN)
    if draft.drafted_by == actor.label and actor.role != Role.OWNER:
        message = f"{draft.ref} was drafted by {actor.label}; someone else approves it"
        raise OwnLetter(message)
    if draft.drafted_by == actor.label and confirmed.strip() != to_confirm(draft):
        message = f"{draft.ref} is your own letter; write {to_confirm(draft)} to approve it, or let someone else"
        raise OwnLetter(message)
    with transaction.atomic():
        row = books.LetterDraft.objects.select_for_update().get(pk=draft.pk)
        if row.digest != (seen or draft.digest):
            message = (
                f"{row.ref} was written anew since you read it; read it again, then approve it"
            )
            raise LetterChanged(message)
        return _decide(row, books.LetterDraft.APPROVED, "approved", actor, at)


def to_confirm(draft: books.LetterDraft) -> str:
    """This function will return what an owner writes to approve their own letter: whom it strikes."""
    return draft.asset.name if draft.asset else draft.client.name


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


def queue(*, draft: books.LetterDraft, actor: Actor, at: datetime) -> books.LetterDraft:
    """This function will set an approved letter to leave after the hold, until when it can be called back.

    Raises LetterNotApproved, LetterAlreadyLeaving when somebody else was first, or LetterUnsigned when the
    certificate that is set cannot sign it.
    """
    require(actor, Role.TECHNICIAN)
    if actor != ENGINE and is_ours_to_sign(
        draft
    ):  # What leaves by rule waits; a person is told at once.
        letter_signing.refuse_unsigned(at)
    with transaction.atomic():
        row = _approved(draft)
        if row.leaves_at is not None:
            message = f"{row.ref} is on its way already; it leaves at {row.leaves_at.isoformat()}"
            raise LetterAlreadyLeaving(message)
        row.leaves_at = at + timedelta(minutes=settings.GROUNDRULES_SEND_HOLD)
        row.save(update_fields=["leaves_at"])
        says = f"{row.ref} leaves at {row.leaves_at.isoformat()}"
        audit.record(audit.Entry("letters.queue", row.ref, says, row.client), actor=actor, at=at)
    return row


def call_back(*, draft: books.LetterDraft, actor: Actor, at: datetime) -> books.LetterDraft:
    """This function will call a letter back before it left; it is approved as before. Raises LetterNotOpen."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        row = books.LetterDraft.objects.select_for_update().get(pk=draft.pk)
        if row.state == row.SENT or row.leaves_at is None:
            message = f"{row.ref} is {row.state} and waits for nothing, so it cannot be called back"
            raise LetterNotOpen(message)
        row.leaves_at = None
        row.save(update_fields=["leaves_at"])
        entry = audit.Entry("letters.call_back", row.ref, f"{row.ref} called back", row.client)
        audit.record(entry, actor=actor, at=at)
    return row


def send(*, draft: books.LetterDraft, actor: Actor, at: datetime) -> books.Letter:
    """This function will send an approved letter once: frozen first, handed over after commit.

    Raises LetterNotApproved, or LetterUnsigned.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        row = books.LetterDraft.objects.select_for_update().get(pk=draft.pk)
        if row.state == row.SENT:
            return row.letter
        _approved(row)
        letter = _freeze(row, actor, at)
        notices.enter_sent(letter, actor=actor, at=at)
        row.state = row.SENT
        row.save(update_fields=["state"])
        says = f"{row.ref} sent to {letter.to}"
        audit.record(audit.Entry("letters.send", row.ref, says, row.client), actor=actor, at=at)
        transaction.on_commit(lambda: delivering.deliver(letter, at=at), robust=True)
    return letter


def send_by_rule(
    letter: LetterDraft,
    *,
    client: books.Client,
    at: datetime,
    report: books.ReportGiven | None = None,
) -> books.LetterDraft:
    """This function will let a letter leave that a rule calls for: a copy, or a promised report.

    It waits out the usual hold, so that a person can call it back. The same letter again changes nothing.
    """
    with transaction.atomic():
        row = keep_draft(letter, client=client, actor=ENGINE, at=at)
        if row.state != row.DRAFTED:
            return row
        row = attach(row, report) if report else row
        _decide(row, row.APPROVED, f"a {letter.kind.value}, by rule", ENGINE, at)
        return queue(draft=row, actor=ENGINE, at=at)


def send_due(*, at: datetime) -> tuple[books.Letter, ...]:
    """This function will send every letter whose hold is over; one that was called back meanwhile stays.

    Raises LetterUnsigned, after the others left, when one could not be signed; it waits and is tried again.
    """
    due = books.LetterDraft.objects.filter(state=books.LetterDraft.APPROVED, leaves_at__lte=at)
    sent: list[books.Letter] = []
    unsigned: letter_signing.LetterUnsigned | None = None
    for row in due.order_by("leaves_at", "pk"):
        try:
            letter = _send_if_due(row, at)
        except letter_signing.LetterUnsigned as problem:
            unsigned = problem
        else:
            sent += [letter] if letter else []
    if unsigned is not None:
        raise unsigned
    return tuple(sent)


def _send_if_due(draft: books.LetterDraft, at: datetime) -> books.Letter | None:
    with transaction.atomic():
        row = books.LetterDraft.objects.select_for_update().get(pk=draft.pk)
        if row.state != row.APPROVED or row.leaves_at is None or row.leaves_at > at:
            return None
        return send(draft=row, actor=ENGINE, at=at)


def _approved(draft: books.LetterDraft) -> books.LetterDraft:
    row = books.LetterDraft.objects.select_for_update().get(pk=draft.pk)
    if row.state != row.APPROVED:
        message = f"{row.ref} is {row.state}; approve it before it is sent"
        raise LetterNotApproved(message)
    return row


def _signed(
    row: books.LetterDraft, core: LetterDraft, context: LetterContext, at: datetime
) -> letter_signing.Signed:
    """Its PDF as it leaves."""
    if row.report:
        return letter_signing.Signed(bytes(row.report.pdf.content))
    pdf = render_letter(core, context)
    if not is_ours_to_sign(row):
        return letter_signing.Signed(pdf)
    return letter_signing.sign(pdf, f"Letter {row.ref}", at=at)


def is_ours_to_sign(row: books.LetterDraft) -> bool:
    """This function will say whether a letter's PDF is signed where a certificate is set.

    What the client signs is not, nor a report's own PDF, which was frozen when the report was given.
    """
    return row.report is None and row.to_core().letterhead != row.client.name


def _freeze(row: books.LetterDraft, actor: Actor, at: datetime) -> books.Letter:
    core = row.to_core()
    context = context_of(row, at, is_draft=False)
    text = letter_text(core, context.signature_lines)
    signed = _signed(row, core, context, at)
    to = _address(row, at)
    letter = books.Letter.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        client=row.client,
        asset=row.asset,
        draft=row,
        ref=row.ref,
        kind=row.kind,
        subject=row.subject,
        to=to,
        cc=[_known_address(one, row.client) for one in core.cc],
        text=text,
        text_digest=digest_of(text),
        payload=row.payload,
        pdf=row.report.pdf
        if row.report
        else freeze(signed.pdf, delivering.PDF, actor=actor, at=at),
        signed_by=signed.by,
        sent_at=at,
        sent_as=message_id(Mail(row.ref, "", to, row.subject, text, at)),
    )
    delivering.expect(letter, actor=actor, at=at)
    return letter


def _known_address(name: str, client: books.Client) -> str:
    """A copy goes to the address of the contact the letter names; without one, the name stands as written."""
    contact = client.contacts.filter(name=name).exclude(email="").order_by("pk").first()
    return contact.email if contact else name


def _asker(row: books.LetterDraft, name: str, at: datetime) -> str:
    """The address of who asked: one of the client's own, or an outsider let in for letters and this server now."""
    for contact in row.client.contacts.filter(name=name).exclude(email="").order_by("pk"):
        if not contact.outside:
            return contact.email
        for held in contact.delegations.filter(client=row.client):
            sees = not held.servers or (row.asset is not None and row.asset.code in held.servers)
            if held.holds_at(at) and "letters" in held.areas and sees:
                return contact.email
    return ""


def _address(row: books.LetterDraft, at: datetime) -> str:
    """A letter to the client goes to its notice address; one to a vendor never does, even where it has no address.

    The reply to who asked goes to them, as far as they may read letters about the server.
    """
    core = row.to_core()
    if "@" in core.to:
        return core.to
    if core.kind is LetterKind.REPLY_PACK and (asked := _asker(row, core.to, at)):
        return asked
    vendor = books.Vendor.objects.filter(name=core.to).order_by("pk").first()
    if vendor is not None and core.letterhead != row.client.name:
        return vendor.email or core.to
    return row.client.notice_email or core.to


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
