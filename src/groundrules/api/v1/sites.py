"""Clients' sites, and which server stands at which since when. A site decides nothing; see the agreement for hours."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from groundrules.api.v1.clients import asset_of
from groundrules.api.v1.door import bearer_of, mine, needs
from groundrules.api.v1.paging import Instant, Paging, of_client, one, page_of, page_type
from groundrules.api.v1.writing import Body, IfMatch, Key, Word, Words, check_state, do_once, fields
from groundrules.core.ids import ContactId, SiteId
from groundrules.core.parties import Site
from groundrules.records import models as books
from groundrules.services.sites import (
    Moved,
    add_site,
    change_site,
    moves_of,
    place_assets,
    site_named,
)
from groundrules.services.turns import take_turn

router = Router(tags=["sites"])
_READ = needs("clients:read")
_WRITE = needs("sites:write")


class SiteShape(Schema):
    """A place of a client where servers stand."""

    client: str
    code: str
    name: str
    address: str
    zone: str = Field(description="Its own, else its client's.")
    opening_hours: str
    closed_days: str
    phone: str
    contact: str | None = Field(description="Whom to ask for: a contact's code.")
    notes: str
    assets: list[str] = Field(description="Codes of the servers that stand there.")


SitePage = page_type("SitePage", SiteShape, "A page of sites.")


class MoveShape(Schema):
    """A server left one site and stood at another from an instant on; null is a place we do not know."""

    ref: str
    since: datetime
    left: str | None
    reached: str | None
    reason: str
    recorded_at: datetime
    recorded_by: str


class StandingShape(Schema):
    """Where a server stands, and every move of it that stands, the earliest first."""

    client: str
    asset: str
    site: str | None
    moves: list[MoveShape]


class SiteBody(Body):
    """A site's card, whole; what is left out is empty. Hours and closed days are words: no decision reads them."""

    name: Word = Field(min_length=1)
    address: Words = ""
    zone: Word = Field("", description="An IANA zone; empty means the client's.")
    opening_hours: Word = ""
    closed_days: Words = ""
    phone: Word = ""
    contact: Word = Field("", description="A contact's code, or nobody.")
    notes: Words = Field(
        "", description="How to get in. No secrets: what looks like one is refused."
    )


class NewSite(SiteBody):
    """A site to put on record, and whose it is."""

    client: Word = Field(min_length=1)
    code: Word = Field(min_length=1)


class Move(Body):
    """Where a server stands now."""

    site: Word | None = Field(description="A site's code; null: at none we know.")
    since: Instant | None = Field(
        None,
        description="When it moved. Without it: now, or all along where no site was on record.",
    )
    reason: Words = ""
    corrects: bool = Field(
        default=False, description="Put the last move right instead of adding one."
    )


@router.get("/sites", auth=_READ, response=SitePage)
def list_sites(request: HttpRequest, asked: Query[Paging]) -> object:
    """Sites with the servers that stand there."""
    rows = books.Site.objects.select_related("client", "contact").prefetch_related("assets")
    return page_of(of_client(mine(request, rows), asked), asked, _site)


@router.get("/sites/{client}/{code}", auth=_READ, response=SiteShape)
def get_site(request: HttpRequest, client: str, code: str) -> SiteShape:
    """One site."""
    return _site(_named(request, client, code))


@router.post("/sites", auth=_WRITE, response={201: SiteShape})
def create_site(request: HttpRequest, key: Key, body: NewSite) -> HttpResponse:
    """Put a site on record."""

    def act() -> tuple[HTTPStatus, Schema]:
        bearer = bearer_of(request)
        client = one(bearer.clients(), "client", code=body.client)
        said = _said(body.code, body)
        return HTTPStatus.CREATED, _site(
            add_site(said, client=client, actor=bearer.actor, at=timezone.now())
        )

    return do_once(request, key, act)


@router.put("/sites/{client}/{code}", auth=_WRITE, response=SiteShape)
def replace_site(
    request: HttpRequest, client: str, code: str, key: Key, if_match: IfMatch, body: SiteBody
) -> HttpResponse:
    """Replace a site's card. Send the ETag of the site you read as If-Match."""

    def act() -> tuple[HTTPStatus, Schema]:
        bearer = bearer_of(request)
        card = take_turn(one(bearer.clients(), "client", code=client))
        check_state(if_match, _site(_named(request, client, code)))
        said = _said(code, body)
        change_site(said, client=card, actor=bearer.actor, at=timezone.now())
        return HTTPStatus.OK, _site(_named(request, client, code))

    return do_once(request, key, act)


@router.get("/assets/{client}/{code}/moves", auth=_READ, response=StandingShape)
def get_asset_moves(request: HttpRequest, client: str, code: str) -> StandingShape:
    """Where a server stands, and how it came there."""
    return _standing(asset_of(request, client, code))


@router.post("/assets/{client}/{code}/moves", auth=_WRITE, response={201: StandingShape})
def move_asset(request: HttpRequest, client: str, code: str, key: Key, body: Move) -> HttpResponse:
    """Say where a server stands now, or put its last move right."""

    def act() -> tuple[HTTPStatus, Schema]:
        bearer = bearer_of(request)
        asset = asset_of(request, client, code)
        site = site_named(asset.client, body.site) if body.site else None
        moved = Moved(body.since, body.reason, body.corrects)
        place_assets([asset], site, moved, actor=bearer.actor, at=timezone.now())
        return HTTPStatus.CREATED, _standing(asset_of(request, client, code))

    return do_once(request, key, act)


def _named(request: HttpRequest, client: str, code: str) -> books.Site:
    rows = books.Site.objects.select_related("client", "contact").prefetch_related("assets")
    return one(mine(request, rows), "site", client__code=client, code=code)


def _said(code: str, body: SiteBody) -> Site:
    told = fields(body)
    contact = told.pop("contact")
    known = {name: told[name] for name in SiteBody.model_fields if name in told}
    return Site(SiteId(code), contact=ContactId(contact) if contact else None, **known)


def _site(row: books.Site) -> SiteShape:
    core = row.to_core()
    return SiteShape(
        client=row.client.code,
        code=row.code,
        name=row.name,
        address=row.address,
        zone=row.zone or row.client.zone,
        opening_hours=row.opening_hours,
        closed_days=row.closed_days,
        phone=row.phone,
        contact=core.contact,
        notes=row.notes,
        assets=sorted(asset.code for asset in row.assets.all()),
    )


def _standing(asset: books.Asset) -> StandingShape:
    return StandingShape(
        client=asset.client.code,
        asset=asset.code,
        site=asset.site.code if asset.site else None,
        moves=[_move(row) for row in moves_of(asset)],
    )


def _move(row: books.AssetMove) -> MoveShape:
    core = row.to_core()
    return MoveShape(
        ref=row.ref,
        since=core.at,
        left=core.left,
        reached=core.reached,
        reason=core.reason,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )
