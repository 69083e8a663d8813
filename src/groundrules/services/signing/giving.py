"""Signing: the typed name or the scan is checked, the code used up, the evidence frozen beside it and sealed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from groundrules.core.agreements.digests import terms_digest
from groundrules.core.agreements.table import NotPublishable
from groundrules.core.calendars import zone_label
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.letters.tongue import ENGLISH, say
from groundrules.core.parties import Authority
from groundrules.core.signatures import (
    ScanKind,
    SignatureRefused,
    Signing,
    check_document,
    check_name,
    evidence_of,
    scan_kind,
)
from groundrules.core.vendors import DatedStep, LetterOfAgencyStep
from groundrules.records import models as books
from groundrules.records.models import (
    PortalLink,
    RawEvidence,
    Role,
    Signature,
    SignatureRequest,
)
from groundrules.renderers.pdf_letter import LetterContext, render_letter
from groundrules.renderers.pdf_picture import joined
from groundrules.services import agency, agreements, audit, seal
from groundrules.services.access.codes import use_code
from groundrules.services.actor import Actor
from groundrules.services.frozen_files import freeze
from groundrules.services.outgoing import post, provider_address
from groundrules.services.signing.asking import agency_text, agreement_ref, standing_request
from groundrules.services.storage import raw_store

FORMAT = "signature"


@dataclass(frozen=True, slots=True)
class Given:
    """What the signer sends: the digest they were shown, their typed name, the code, from where, and maybe a scan."""

    digest: str
    typed_name: str
    code: str
    address: str = ""
    scan: bytes = b""


def sign(request: SignatureRequest, given: Given, link: PortalLink, at: datetime) -> Signature:
    """This function will sign a document as the link's contact, once; it raises SignatureRefused or CodeRefused.

    Whatever can be refused is refused before the code is used up, and once more when the books are locked.
    """
    kind = _check(request, given, link, at)
    use_code(link, given.code, at)
    actor = Actor(link.email, Role.TECHNICIAN)
    with transaction.atomic():
        books.Client.objects.select_for_update().get(pk=request.client_id)
        _check(request, given, link, at)
        signature = _write(request, given, link, kind, actor, at)
        _TAKEN[request.kind](request, signature, actor, at)
        says = f"{signature} signed {request.about}: {request.title}"
        entry = audit.Entry("signing.sign", str(request), says, request.client)
        audit.record(entry, actor=actor, at=at)
        _tell(signature, link, at)
    return signature


def _check(
    request: SignatureRequest, given: Given, link: PortalLink, at: datetime
) -> ScanKind | None:
    contact = link.contact
    if contact is None or contact.pk != request.signer_id or link.delegation is not None:
        message = f"Only {request.signer.name} signs this."
        raise SignatureRefused(message)
    if not contact.to_core().may(Authority.SIGN, at):
        message = f"{contact.name} may not sign for {request.client.name} any more."
        raise SignatureRefused(message)
    if Signature.objects.filter(request=request).exists():
        message = "This is signed already; nothing was changed."
        raise SignatureRefused(message)
    _check_still_to_come(request, at)
    check_document(given.digest, request.document.digest, unchanged=_is_unchanged(request))
    check_name(given.typed_name, contact.name)
    return scan_kind(given.scan) if given.scan else None


def _check_still_to_come(request: SignatureRequest, at: datetime) -> None:
    """A signature binds from then on: a version whose first day has begun is put before the signer anew."""
    version = _version(request) if request.kind == SignatureRequest.AGREEMENT else None
    if version is None or version.published_at is not None or version.in_force_from >= at:
        return
    message = (
        f"{request.about} was to begin {zone_label(version.in_force_from, request.client.zone)}, which is over. "
        "Nothing is backdated; ask us for it with a later day."
    )
    raise SignatureRefused(message)


def _is_unchanged(request: SignatureRequest) -> bool:
    """Whether it is still the newest request, made from what still stands."""
    newest = standing_request(request.client, request.kind, request.about)
    return newest == request and _STANDS[request.kind](request) == request.content_digest


def _agency_digest(request: SignatureRequest) -> str:
    text = agency_text(request.client, request.about)
    return text.digest if text else ""


def _agreement_digest(request: SignatureRequest) -> str:
    version = _version(request)
    if version is None:
        return ""
    # A request from before the next version could be signed named the whole digest of a published one.
    whole = version.published_at is not None and request.content_digest == version.digest
    return version.digest if whole else terms_digest(version.to_core())


def _version(request: SignatureRequest) -> books.AgreementVersion | None:
    versions = books.AgreementVersion.objects.filter(agreement__client=request.client)
    rows = versions.select_related("agreement")
    return next((row for row in rows if agreement_ref(row) == request.about), None)


_STANDS: dict[str, Callable[[SignatureRequest], str]] = {
    SignatureRequest.AGENCY: _agency_digest,
    SignatureRequest.AGREEMENT: _agreement_digest,
}


def _write(
    request: SignatureRequest,
    given: Given,
    link: PortalLink,
    kind: ScanKind | None,
    actor: Actor,
    at: datetime,
) -> Signature:
    page = evidence_page(_signing(request, given, link, at), request, at)
    document = bytes(request.document.content)
    content = given.scan or joined((document, page))
    media = kind.media_type if kind else ScanKind.PDF.media_type
    signature = Signature.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        request=request,
        typed_name=" ".join(given.typed_name.split()),
        scanned=bool(given.scan),
        address=given.address[:64],
        document_digest=request.document.digest,
        file=freeze(content, media, actor=actor, at=at),
        evidence=freeze(page, ScanKind.PDF.media_type, actor=actor, at=at),
    )
    for name, held in (("signed", content), ("evidence", page)):
        _seal(request, f"{request}-{name}", held, actor, at)
    return signature


def _signing(request: SignatureRequest, given: Given, link: PortalLink, at: datetime) -> Signing:
    return Signing(
        request.title,
        request.signer.name,
        request.signer.role,
        link.email,
        " ".join(given.typed_name.split()),
        at,
        given.address,
        request.document.digest,
        scanned=bool(given.scan),
    )


def evidence_page(signing: Signing, request: SignatureRequest, at: datetime) -> bytes:
    """This function will typeset the evidence of a signature, in the language of the document it is joined to."""
    client, language = request.client, _language(request)
    items = tuple(say(item, language) for item in evidence_of(signing, client.zone))
    text = LetterDraft(
        LetterKind.COPY,
        client.name,
        client.name,
        say("Evidence of signature", language),
        (Paragraph(say("This page belongs to the document named below.", language), items=items),),
        language=language,
    )
    context = LetterContext(
        str(request),
        client.name,
        (),
        (signing.signer, client.name),
        at,
        client.zone,
        paper="us-letter" if client.currency == "USD" else "a4",
        is_draft=False,
        is_closed=False,
    )
    return render_letter(text, context)


def _language(request: SignatureRequest) -> str:
    """Agreements are written in the one language their sentences are read back from."""
    text = agency_text(request.client, request.about) if _is_agency(request) else None
    return text.to_core().language if text else ENGLISH


def _is_agency(request: SignatureRequest) -> bool:
    return request.kind == SignatureRequest.AGENCY


def _seal(request: SignatureRequest, name: str, content: bytes, actor: Actor, at: datetime) -> None:
    """Its bytes get their leaf in the client's log, so that a stranger can check that they stood there then."""
    digest = raw_store().put(content)
    key = {"client": request.client, "asset": None, "digest": digest, "format": FORMAT}
    if RawEvidence.objects.filter(**key).exists():
        return
    row = RawEvidence.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        length=len(content),
        name=name,
        source=str(request),
        collected_at=at,
        **key,
    )
    seal.append((row,), seal.UNCHAINED, actor=actor, at=at)


def _agency_signed(
    request: SignatureRequest, signature: Signature, actor: Actor, at: datetime
) -> None:
    content = bytes(signature.file.content)
    kind = scan_kind(content)
    brought = agency.Brought(f"{request.about}.{kind.value}", content, signature.typed_name)
    how = "a scan" if signature.scanned else "a typed name and a mailed code"
    step = DatedStep(LetterOfAgencyStep.SIGNED, at, f"with {how}; the evidence is {request}")
    agency.take_step(
        request.about, step, client=request.client, actor=actor, at=at, brought=brought
    )


def _agreement_signed(
    request: SignatureRequest, _signature: Signature, _actor: Actor, at: datetime
) -> None:
    """A published version is frozen, and this row is that it was signed; the next one is published by it."""
    version = _version(request)
    if version is None or version.published_at is not None:
        return
    # The owner who asked is who publishes: the signature is the condition they set.
    owner = Actor(request.recorded_by, Role.OWNER)
    signed = replace(version.to_core(), signed_at=at)
    row = agreements.draft(version.agreement, signed, actor=owner, at=at)
    try:
        agreements.publish(row, actor=owner, at=at)
    except NotPublishable as refused:
        message = f"{refused} Nothing was signed; we will put it before you again."
        raise SignatureRefused(message) from refused
    drafts = books.AgreementDraft.objects.filter(agreement=version.agreement)
    drafts.filter(saved_at__lte=request.recorded_at).delete()


_TAKEN: dict[str, Callable[[SignatureRequest, Signature, Actor, datetime], None]] = {
    SignatureRequest.AGENCY: _agency_signed,
    SignatureRequest.AGREEMENT: _agreement_signed,
}


def _tell(signature: Signature, link: PortalLink, at: datetime) -> None:
    request = signature.request
    digest = hashlib.sha256(bytes(signature.file.content)).hexdigest()
    text = (
        f"{signature.typed_name} signed “{request.title}”.\n\nSHA-256 of what was signed: {signature.document_digest}\n"
        f"SHA-256 of the signed file: {digest}\nThe evidence is {request}."
    )
    for place, to in (("ours", provider_address()), ("theirs", link.email)):
        post(f"{request}-signed-{place}", to, f"Signed: {request.title}", text, at)
