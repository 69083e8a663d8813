"""What a program can ask people for: a window, a letter's draft; and calls and mails it logs. Nothing here decides."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from groundrules.api.v1.clients import asset_of
from groundrules.api.v1.door import bearer_of, mine, needs
from groundrules.api.v1.letters import DraftShape, MessageShape, draft_shape, message_shape
from groundrules.api.v1.paging import Instant, one
from groundrules.api.v1.vendors import WindowShape, window_shape
from groundrules.api.v1.writing import Body, Key, Word, Words, do_once
from groundrules.core.work import Channel
from groundrules.records import models as books
from groundrules.services.access.proposing import Proposed, propose
from groundrules.services.conversations import Said, draft_reply, note
from groundrules.services.letters import draft

router = Router(tags=["asking"])


class WindowBody(Body):
    """Which vendor shall do what on which server, and when."""

    client: Word = Field(min_length=1)
    asset: Word = Field(min_length=1)
    vendor: Word = Field(min_length=1)
    starts_at: Instant
    ends_at: Instant
    plan: Words = Field(min_length=1, description="What will be done; whoever decides reads it.")
    account: Word = Field("", description="The vendor's account on the server, if one is meant.")


class MessageBody(Body):
    """A call, a meeting or a mail: who said what, and when."""

    client: Word = Field(min_length=1)
    channel: Channel = Channel.CALL
    says: Words = Field(min_length=1)
    said_at: Instant
    contact: Word = Field("", description="The client's person, by code.")
    vendor: Word = Field("", description="Or the vendor, by code.")
    sender: Word = Field("", description="Or a name, for somebody without a card.")
    asset: Word = ""
    inbound: bool = True
    incident: str = ""


class DraftsBody(Body):
    """Whose letters shall be drafted."""

    client: Word = Field(min_length=1)


class DraftsShape(Schema):
    """The drafts that stand now; people decide on them in the pages."""

    drafts: list[DraftShape]


@router.post("/windows", auth=needs("windows:request"), response={201: WindowShape})
def request_window(request: HttpRequest, key: Key, body: WindowBody) -> HttpResponse:
    """Ask for an access window on a vendor's behalf. Whoever is on call decides; nothing opens by asking."""

    def act() -> tuple[HTTPStatus, Schema]:
        at = timezone.now()
        asset = asset_of(request, body.client, body.asset)
        vendor = one(books.Vendor.objects.all(), "vendor", code=body.vendor)
        wanted = Proposed(vendor, body.starts_at, body.ends_at, body.plan, body.account)
        row = propose(asset, wanted, actor=bearer_of(request).actor, at=at)
        return HTTPStatus.CREATED, window_shape(row, at)

    return do_once(request, key, act)


@router.post("/messages", auth=needs("messages:write"), response={201: MessageShape})
def log_message(request: HttpRequest, key: Key, body: MessageBody) -> HttpResponse:
    """Log a call, a meeting or a mail. It changes nothing by itself; only an authorised contact can."""

    def act() -> tuple[HTTPStatus, Schema]:
        bearer = bearer_of(request)
        client = one(bearer.clients(), "client", code=body.client)
        said = Said(
            body.says,
            body.said_at,
            body.channel,
            contact=body.contact,
            vendor=body.vendor,
            sender=body.sender,
            asset=body.asset,
            inbound=body.inbound,
            incident=body.incident,
        )
        row = note(said, client=client, actor=bearer.actor, at=timezone.now())
        return HTTPStatus.CREATED, message_shape(row)

    return do_once(request, key, act)


@router.post("/letter-drafts", auth=needs("drafts:write"), response={201: DraftsShape})
def draft_letters(request: HttpRequest, key: Key, body: DraftsBody) -> HttpResponse:
    """Draft every letter today's facts call for. People read, approve and send them; no token can."""

    def act() -> tuple[HTTPStatus, Schema]:
        bearer = bearer_of(request)
        client = one(bearer.clients(), "client", code=body.client)
        rows = draft(client=client, actor=bearer.actor, at=timezone.now())
        return HTTPStatus.CREATED, DraftsShape(drafts=[draft_shape(row) for row in rows])

    return do_once(request, key, act)


@router.post(
    "/messages/{client}/{ref}/reply-drafts",
    auth=needs("drafts:write"),
    response={201: DraftsShape},
)
def draft_reply_letters(request: HttpRequest, client: str, ref: str, key: Key) -> HttpResponse:
    """Draft the reply to whoever asks how to get a server back: open conditions, words for vendors, cost so far."""

    def act() -> tuple[HTTPStatus, Schema]:
        rows = mine(request, books.Message.objects.current().select_related("client", "asset"))
        message = one(rows, "message", client__code=client, ref=ref)
        drafts = draft_reply(message, actor=bearer_of(request).actor, at=timezone.now())
        return HTTPStatus.CREATED, DraftsShape(drafts=[draft_shape(row) for row in drafts])

    return do_once(request, key, act)
