"""Putting a document before who signs it: the exact PDF is frozen, and the contact is mailed where to find it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from groundrules.core.agreements.digests import terms_digest
from groundrules.core.calendars import zone_label
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.parties import Authority
from groundrules.core.signatures import SignatureRefused
from groundrules.core.vendors import DatedStep, LetterOfAgencyStep, next_steps
from groundrules.records import models as books
from groundrules.records.models import Role, SignatureRequest
from groundrules.renderers.pdf_letter import LetterContext, render_letter
from groundrules.services import agency, audit
from groundrules.services.actor import Actor, require
from groundrules.services.frozen_files import freeze
from groundrules.services.letter_paper import context_of
from groundrules.services.outgoing import post

_PDF = "application/pdf"
_STEP = LetterOfAgencyStep


def ask_agency(ref: str, signer: books.Contact, *, actor: Actor, at: datetime) -> SignatureRequest:
    """This function will put a letter of agency before a contact, which sends it for signature.

    Raises UnknownLetterOfAgency, or SignatureRefused: not theirs to sign, signed before, or no text of it here.
    """
    require(actor, Role.TECHNICIAN)
    _check_signer(signer, at)
    client = signer.client
    with transaction.atomic():
        books.Client.objects.select_for_update().get(pk=client.pk)
        letter = agency.letter_row(client, ref).to_core()
        possible = next_steps(letter)
        if _STEP.SIGNED not in possible:
            message = f"{ref} is signed already, or has ended."
            raise SignatureRefused(message)
        text = agency_text(client, ref)
        if text is None:
            message = f"The text of {ref} is not here; have the paper signed, and bring its scan."
            raise SignatureRefused(message)
        pdf = render_letter(text.to_core(), context_of(text, at, is_draft=False))
        row = _keep(SignatureRequest.AGENCY, ref, text.subject, text.digest, pdf, signer, actor, at)
        if _STEP.SENT_FOR_SIGNATURE in possible:
            step = DatedStep(_STEP.SENT_FOR_SIGNATURE, at, f"to {signer.name}, as {row}")
            agency.take_step(ref, step, client=client, actor=actor, at=at)
    return row


def agency_text(client: books.Client, ref: str) -> books.LetterDraft | None:
    """This function will return the text a letter of agency was drafted with, or None."""
    row = agency.letter_row(client, ref)
    letter = row.to_core()
    drafted = next((one.at for one in letter.steps if one.step is _STEP.DRAFTED), row.recorded_at)
    vendor = books.Vendor.objects.get(code=letter.vendor)
    rows = books.LetterDraft.objects.filter(
        client=client, kind=LetterKind.LETTER_OF_AGENCY.value, drafted_at__lte=drafted
    )
    found = (r for r in rows.order_by("-drafted_at", "-pk") if r.to_core().to == vendor.name)
    return next(found, None)


def ask_agreement(
    version: books.AgreementVersion, signer: books.Contact, *, actor: Actor, at: datetime
) -> SignatureRequest:
    """This function will put a version of an agreement before a contact; raises SignatureRefused.

    It is published and frozen, or, where the client signs each version, the next one: then signing publishes it.
    """
    require(actor)
    _check_signer(signer, at)
    is_next = version.published_at is None
    if version.agreement.client_id != signer.client_id or (
        is_next and not version.agreement.client_signs
    ):
        message = (
            "Only a published version of the client's own agreement can be signed, or the next one where you chose "
            "that the client signs each version."
        )
        raise SignatureRefused(message)
    about = agreement_ref(version)
    with transaction.atomic():
        books.Client.objects.select_for_update().get(pk=signer.client_id)
        standing = standing_request(signer.client, SignatureRequest.AGREEMENT, about)
        if standing is not None and hasattr(standing, "signature"):
            message = f"{about} is signed already."
            raise SignatureRefused(message)
        title = f"{version.agreement.title}, version {version.version}"
        pdf = _agreement_pdf(version, title, signer, at)
        given = (SignatureRequest.AGREEMENT, about, title, terms_digest(version.to_core()))
        return _keep(*given, pdf, signer, actor, at)


def agreement_ref(version: books.AgreementVersion) -> str:
    """This function will name a version as requests do: `MSA-HARBOR v2`."""
    return f"{version.agreement.code} v{version.version}"


def _agreement_pdf(
    version: books.AgreementVersion, title: str, signer: books.Contact, at: datetime
) -> bytes:
    client = signer.client
    provider = books.Provider.objects.order_by("pk")[0]
    clauses = tuple(version.sentences.splitlines())
    begins = zone_label(version.in_force_from, client.zone)
    digest = f"In force from {begins}. SHA-256 of its terms: {terms_digest(version.to_core())}"
    signed = Paragraph(
        "",
        heading=f"Signed for {client.name}",
        items=(f"Name: {signer.name}", "Date: ____________", "Signature: ____________"),
    )
    text = LetterDraft(
        LetterKind.COPY,
        provider.name,
        client.name,
        title,
        (Paragraph(digest, items=clauses), signed),
    )
    context = LetterContext(
        agreement_ref(version),
        provider.name,
        tuple(provider.address.splitlines()),
        (client.name, *client.address.splitlines()),
        at,
        client.zone,
        paper="us-letter" if client.currency == "USD" else "a4",
        is_draft=False,
        is_closed=False,
    )
    return render_letter(text, context)


def standing_request(client: books.Client, kind: str, about: str) -> SignatureRequest | None:
    """This function will return the newest request about a document, or None; an older one counts no more."""
    rows = SignatureRequest.objects.filter(client=client, kind=kind, about=about)
    return rows.select_related("document", "signer", "client").order_by("-pk").first()


def to_sign(contact: books.Contact) -> tuple[SignatureRequest, ...]:
    """This function will list what waits for a contact's signature, the newest first."""
    rows = SignatureRequest.objects.filter(signer=contact, signature__isnull=True)
    rows = rows.select_related("document", "client", "signer").order_by("-pk")
    return tuple(row for row in rows if standing_request(row.client, row.kind, row.about) == row)


def _check_signer(signer: books.Contact, at: datetime) -> None:
    if signer.outside or not signer.to_core().may(Authority.SIGN, at):
        message = f"{signer.name} may not sign for {signer.client.name}; see the client's contacts."
        raise SignatureRefused(message)
    if not signer.email:
        message = f"{signer.name} has no mail address; the code that signs goes there."
        raise SignatureRefused(message)


def _keep(  # noqa: PLR0913 - what a request is, each once
    kind: str,
    about: str,
    title: str,
    content_digest: str,
    pdf: bytes,
    signer: books.Contact,
    actor: Actor,
    at: datetime,
) -> SignatureRequest:
    row = SignatureRequest.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        client=signer.client,
        kind=kind,
        about=about,
        title=title,
        content_digest=content_digest,
        document=freeze(pdf, _PDF, actor=actor, at=at),
        signer=signer,
    )
    says = f"{signer.name} was asked to sign {about}: {title}"
    entry = audit.Entry("signing.ask", str(row), says, signer.client)
    audit.record(entry, actor=actor, at=at)
    text = (
        f"Hello {signer.name},\n\n“{title}” waits for your signature. Open your personal page (the link we mailed you) "
        "and choose it under To sign. You read it there, type your name, and a code that we mail to you.\n\n"
        f"The document's SHA-256 is {row.document.digest}. If you do nothing, nothing is signed."
    )
    post(f"{row}-ask", signer.email, f"To sign: {title}", text, at)
    return row
