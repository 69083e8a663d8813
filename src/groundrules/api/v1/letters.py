"""Letters: drafts that people decide on, letters that were sent with their delivery, and conversations."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from groundrules.api.v1.door import mine, needs
from groundrules.api.v1.paging import (
    Code,
    Instant,
    Paging,
    narrowed,
    of_client,
    one,
    page_of,
    page_type,
)
from groundrules.api.v1.shapes import FactsAsked, asked_for
from groundrules.records import models as books

router = Router(tags=["letters"])
_READ = needs("letters:read")


class DraftState(StrEnum):
    """How far a draft is."""

    DRAFTED = books.LetterDraft.DRAFTED
    APPROVED = books.LetterDraft.APPROVED
    HELD = books.LetterDraft.HELD
    SENT = books.LetterDraft.SENT


class DraftShape(Schema):
    """A letter before it leaves; a person approves, holds and sends it."""

    client: str
    ref: str
    kind: str
    asset: str | None
    subject: str
    state: str
    drafted_at: datetime
    drafted_by: str
    decided_by: str
    leaves_at: datetime | None


DraftPage = page_type("DraftPage", DraftShape, "A page of drafts.")


class LetterShape(Schema):
    """A letter that was sent."""

    client: str
    ref: str
    kind: str
    asset: str | None
    subject: str
    to: str
    sent_at: datetime


LetterPage = page_type("LetterPage", LetterShape, "A page of letters.")


class DeliveryShape(Schema):
    """One step of a letter on its way."""

    kind: str
    says: str
    recorded_at: datetime
    happened_at: datetime | None


class WholeLetter(LetterShape):
    """A letter with its text and what became of it."""

    cc: list[str]
    text: str
    text_digest: str
    deliveries: list[DeliveryShape]


class MessageShape(Schema):
    """A call or mail, in or out."""

    client: str
    ref: str
    channel: str
    sender: str
    contact: str | None
    vendor: str | None
    asset: str | None
    incident: str | None
    inbound: bool
    says: str
    at: datetime
    recorded_at: datetime


MessagePage = page_type("MessagePage", MessageShape, "A page of messages.")


class DraftsAsked(Paging):
    """Which drafts."""

    state: DraftState | None = Field(None, description="Only those this far.")
    kind: Code = Field("", description="Only this kind of letter.")


class LettersAsked(Paging):
    """Which letters."""

    kind: Code = Field("", description="Only this kind of letter.")
    since: Instant | None = Field(None, description="Only sent at or after this instant.")
    until: Instant | None = Field(None, description="Only sent before this instant.")


_PDF = {"responses": {"200": {"content": {"application/pdf": {"schema": {"type": "string"}}}}}}


@router.get("/letter-drafts", auth=_READ, response=DraftPage)
def list_letter_drafts(request: HttpRequest, asked: Query[DraftsAsked]) -> object:
    """Letters before they leave."""
    rows = books.LetterDraft.objects.select_related("client", "asset")
    found = of_client(mine(request, rows), asked)
    found = narrowed(found, state=asked.state, kind=asked.kind)
    return page_of(found, asked, draft_shape)


@router.get("/letters", auth=_READ, response=LetterPage)
def list_letters(request: HttpRequest, asked: Query[LettersAsked]) -> object:
    """Letters that were sent."""
    found = of_client(mine(request, _letters()), asked)
    found = narrowed(found, kind=asked.kind, sent_at__gte=asked.since, sent_at__lt=asked.until)
    return page_of(found, asked, _letter)


@router.get("/letters/{ref}", auth=_READ, response=WholeLetter)
def get_letter(request: HttpRequest, ref: str) -> WholeLetter:
    """One letter as it was sent, and what became of it on its way."""
    row = one(mine(request, _letters()), "sent letter", ref=ref)
    return WholeLetter(
        cc=[str(address) for address in row.cc],
        text=row.text,
        text_digest=row.text_digest,
        deliveries=[_delivery(step) for step in row.deliveries.order_by("number")],
        **_letter(row).dict(),
    )


@router.get("/letters/{ref}/pdf", auth=_READ, openapi_extra=_PDF)
def get_letter_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """The PDF exactly as it was sent."""
    row = one(mine(request, _letters().select_related("pdf")), "sent letter", ref=ref)
    if row.pdf is None:
        message = f"{ref} has no PDF"
        raise Http404(message)
    return HttpResponse(bytes(row.pdf.content), content_type="application/pdf")


@router.get("/messages", auth=_READ, response=MessagePage)
def list_messages(request: HttpRequest, asked: Query[FactsAsked]) -> object:
    """Calls and mails, by when they were said or sent."""
    rows = books.Message.objects.select_related("client", "contact", "vendor", "asset", "incident")
    return page_of(asked_for(mine(request, rows), asked, "sent_at"), asked, message_shape)


def _letters() -> QuerySet[books.Letter]:
    return books.Letter.objects.select_related("client", "asset")


def draft_shape(row: books.LetterDraft) -> DraftShape:
    """This function will give a draft its shape."""
    return DraftShape(
        client=row.client.code,
        ref=row.ref,
        kind=row.kind,
        asset=row.asset.code if row.asset else None,
        subject=row.subject,
        state=row.state,
        drafted_at=row.drafted_at,
        drafted_by=row.drafted_by,
        decided_by=row.decided_by,
        leaves_at=row.leaves_at,
    )


def _letter(row: books.Letter) -> LetterShape:
    return LetterShape(
        client=row.client.code,
        ref=row.ref,
        kind=row.kind,
        asset=row.asset.code if row.asset else None,
        subject=row.subject,
        to=row.to,
        sent_at=row.sent_at,
    )


def _delivery(row: books.Delivery) -> DeliveryShape:
    return DeliveryShape(
        kind=row.kind, says=row.says, recorded_at=row.recorded_at, happened_at=row.happened_at
    )


def message_shape(row: books.Message) -> MessageShape:
    """This function will give a message its shape."""
    return MessageShape(
        client=row.client.code,
        ref=row.ref,
        channel=row.channel,
        sender=row.sender,
        contact=row.contact.code if row.contact else None,
        vendor=row.vendor.code if row.vendor else None,
        asset=row.asset.code if row.asset else None,
        incident=row.incident.ref if row.incident else None,
        inbound=row.inbound,
        says=row.says,
        at=row.sent_at,
        recorded_at=row.recorded_at,
    )
