"""Clients and what stands on their cards: people, servers, applications, agreements; and who the token is."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from groundrules.api.v1.door import bearer_of, mine, needs
from groundrules.api.v1.paging import Code, Paging, narrowed, of_client, one, page_of, page_type
from groundrules.records import models as books

router = Router(tags=["clients"])
_READ = needs("clients:read")


class Holder(Schema):
    """Whom a token acts for, and what it opens now."""

    token: str
    acts_for: str
    role: str
    scopes: list[str]
    clients: list[str] = Field(description="Codes; empty means every client.")
    expires_at: datetime


class ClientShape(Schema):
    """A client."""

    code: str
    name: str
    zone: str
    currency: str
    notice_email: str
    language: str


ClientPage = page_type("ClientPage", ClientShape, "A page of clients.")


class ContactShape(Schema):
    """A person at, or acting for, a client, and what they may do."""

    client: str
    code: str
    name: str
    role: str
    email: str
    authorities: list[str]
    authorised_from: datetime | None
    authorised_to: datetime | None
    outside: bool


ContactPage = page_type("ContactPage", ContactShape, "A page of contacts.")


class AssetShape(Schema):
    """A server or endpoint of a client."""

    client: str
    code: str
    name: str
    kind: str
    zone: str = Field(description="Its own, else its client's.")
    operating_system: str
    site: str | None = Field(description="The code of the site it stands at, where that is known.")


AssetPage = page_type("AssetPage", AssetShape, "A page of assets.")


class ApplicationShape(Schema):
    """An application on an asset, and its vendor."""

    client: str
    code: str
    name: str
    asset: str
    vendor: str | None


ApplicationPage = page_type("ApplicationPage", ApplicationShape, "A page of applications.")


class AssetsAsked(Paging):
    """Which assets."""

    kind: Code = Field("", description="Only this kind, such as server.")
    site: Code = Field("", description="Only those that stand at a site of this code.")


class ApplicationsAsked(Paging):
    """Which applications."""

    asset: Code = Field("", description="Only those on this asset.")
    vendor: Code = Field("", description="Only this vendor's.")


@router.get("/whoami", auth=needs(), response=Holder)
def who_am_i(request: HttpRequest) -> Holder:
    """Whom the token acts for, and what it opens."""
    bearer = bearer_of(request)
    return Holder(
        token=bearer.token.name,
        acts_for=bearer.user.email,
        role=bearer.user.role,
        scopes=sorted(bearer.scopes),
        clients=bearer.token.clients,
        expires_at=bearer.token.expires_at,
    )


@router.get("/clients", auth=_READ, response=ClientPage)
def list_clients(request: HttpRequest, asked: Query[Paging]) -> object:
    """Every client of the token."""
    rows = mine(request, books.Client.objects.all(), "")
    return page_of(narrowed(rows, code=asked.client), asked, _client)


@router.get("/clients/{code}", auth=_READ, response=ClientShape)
def get_client(request: HttpRequest, code: str) -> ClientShape:
    """One client."""
    return _client(one(mine(request, books.Client.objects.all(), ""), "client", code=code))


@router.get("/contacts", auth=_READ, response=ContactPage)
def list_contacts(request: HttpRequest, asked: Query[Paging]) -> object:
    """People at clients, with what each may do and since when."""
    rows = mine(request, books.Contact.objects.select_related("client"))
    return page_of(of_client(rows, asked), asked, _contact)


@router.get("/assets", auth=_READ, response=AssetPage)
def list_assets(request: HttpRequest, asked: Query[AssetsAsked]) -> object:
    """Servers and endpoints."""
    rows = of_client(mine(request, books.Asset.objects.select_related("client", "site")), asked)
    rows = narrowed(rows, kind=asked.kind, site__code=asked.site)
    return page_of(rows, asked, asset_shape)


@router.get("/assets/{client}/{code}", auth=_READ, response=AssetShape)
def get_asset(request: HttpRequest, client: str, code: str) -> AssetShape:
    """One server or endpoint."""
    return asset_shape(asset_of(request, client, code))


@router.get("/applications", auth=_READ, response=ApplicationPage)
def list_applications(request: HttpRequest, asked: Query[ApplicationsAsked]) -> object:
    """Applications, where each runs, and whose it is."""
    rows = books.Application.objects.select_related("client", "asset", "vendor")
    rows = of_client(mine(request, rows), asked)
    rows = narrowed(rows, asset__code=asked.asset, vendor__code=asked.vendor)
    return page_of(rows, asked, _application)


def asset_of(request: HttpRequest, client: str, code: str) -> books.Asset:
    """This function will return an asset the token is for; raises Http404."""
    rows = mine(request, books.Asset.objects.select_related("client", "site"))
    return one(rows, "asset", client__code=client, code=code)


def _client(row: books.Client) -> ClientShape:
    return ClientShape(
        code=row.code,
        name=row.name,
        zone=row.zone,
        currency=row.currency,
        notice_email=row.notice_email,
        language=row.language,
    )


def _contact(row: books.Contact) -> ContactShape:
    return ContactShape(
        client=row.client.code,
        code=row.code,
        name=row.name,
        role=row.role,
        email=row.email,
        authorities=row.authorities,
        authorised_from=row.authorised_from,
        authorised_to=row.authorised_to,
        outside=row.outside,
    )


def asset_shape(row: books.Asset) -> AssetShape:
    """This function will give an asset its shape."""
    return AssetShape(
        client=row.client.code,
        code=row.code,
        name=row.name,
        kind=row.kind,
        zone=row.zone or row.client.zone,
        operating_system=row.operating_system,
        site=row.site.code if row.site else None,
    )


def _application(row: books.Application) -> ApplicationShape:
    return ApplicationShape(
        client=row.client.code,
        code=row.code,
        name=row.name,
        asset=row.asset.code,
        vendor=row.vendor.code if row.vendor else None,
    )
