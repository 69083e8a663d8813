"""Vendors, the windows they were let in by, and freezes."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from groundrules.api.v1.door import bearer_of, mine, needs
from groundrules.api.v1.paging import Code, Paging, narrowed, one, page_of, page_type
from groundrules.api.v1.shapes import FactsAsked, asked_for
from groundrules.core.vendors import AccessWindow
from groundrules.records import models as books

router = Router(tags=["vendors"])
_READ = needs("vendors:read")


class VendorShape(Schema):
    """A vendor, known to the provider, not to one client."""

    code: str
    name: str
    email: str
    zone: str


VendorPage = page_type("VendorPage", VendorShape, "A page of vendors.")


class WindowShape(Schema):
    """A planned access to one server; it permits only once approved, and for as long as it is open."""

    client: str
    ref: str
    asset: str
    vendor: str | None
    starts_at: datetime
    ends_at: datetime | None
    state: str = Field(description="asked, approved, denied, open, or over")
    type: str
    accounts: list[str]
    requested_at: datetime | None
    approved_at: datetime | None
    approved_by: str
    denied_at: datetime | None
    ended_at: datetime | None
    reason: str
    recorded_at: datetime


WindowPage = page_type("WindowPage", WindowShape, "A page of windows.")


class FreezeShape(Schema):
    """A period in which normal changes are refused."""

    client: str
    ref: str
    starts_at: datetime
    ends_at: datetime | None
    assets: list[str] = Field(description="Codes; empty means every server of the client.")
    reason: str


FreezePage = page_type("FreezePage", FreezeShape, "A page of freezes.")


class WindowsAsked(FactsAsked):
    """Which windows."""

    vendor: Code = Field("", description="Only this vendor's.")


@router.get("/vendors", auth=_READ, response=VendorPage)
def list_vendors(request: HttpRequest, asked: Query[Paging]) -> object:
    """Vendors; of a narrowed token, those with an application or a window at its clients."""
    rows = books.Vendor.objects.all()
    if asked.client or bearer_of(request).token.clients:
        clients = mine(request, books.Client.objects.all(), "")
        clients = clients.filter(code=asked.client) if asked.client else clients
        with_them = books.Application.objects.filter(client__in=clients).values("vendor")
        by_window = books.AccessWindow.objects.filter(client__in=clients).values("vendor")
        rows = rows.filter(Q(pk__in=with_them) | Q(pk__in=by_window))
    return page_of(rows, asked, _vendor)


@router.get("/windows", auth=_READ, response=WindowPage)
def list_windows(request: HttpRequest, asked: Query[WindowsAsked]) -> object:
    """Windows as they stand, by when they begin."""
    rows = books.AccessWindow.objects.select_related("client", "asset", "vendor")
    found = asked_for(mine(request, rows), asked, "starts_at")
    found = narrowed(found, vendor__code=asked.vendor)
    at = timezone.now()
    return page_of(found, asked, lambda row: window_shape(row, at))


@router.get("/windows/{client}/{ref}", auth=_READ, response=WindowShape)
def get_window(request: HttpRequest, client: str, ref: str) -> WindowShape:
    """One window as it stands."""
    rows = books.AccessWindow.objects.current().select_related("client", "asset", "vendor")
    row = one(mine(request, rows), "window", client__code=client, ref=ref)
    return window_shape(row, timezone.now())


@router.get("/freezes", auth=_READ, response=FreezePage)
def list_freezes(request: HttpRequest, asked: Query[Paging]) -> object:
    """Freezes as they stand, by when they begin."""
    rows = mine(request, books.Freeze.objects.current().select_related("client"))
    rows = narrowed(rows, client__code=asked.client)
    return page_of(rows, asked, _freeze)


def _vendor(row: books.Vendor) -> VendorShape:
    return VendorShape(code=row.code, name=row.name, email=row.email, zone=row.zone)


def window_shape(row: books.AccessWindow, at: datetime) -> WindowShape:
    """This function will give a window its shape, and say how it stands at an instant."""
    core = row.to_core()
    return WindowShape(
        client=row.client.code,
        ref=row.ref,
        asset=row.asset.code,
        vendor=row.vendor.code if row.vendor else None,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=_state(core, at),
        type=core.type.value,
        accounts=sorted(core.accounts),
        requested_at=core.requested_at,
        approved_at=core.approved_at,
        approved_by=core.approved_by,
        denied_at=core.denied_at,
        ended_at=core.ended_at,
        reason=core.reason,
        recorded_at=row.recorded_at,
    )


def _state(core: AccessWindow, at: datetime) -> str:
    if core.denied_at is not None:
        return "denied"
    if core.ended_at is not None or (core.period.end is not None and core.period.end <= at):
        return "over"
    if core.approved_at is None:
        return "asked"
    return "open" if core.period.contains(at) else "approved"


def _freeze(row: books.Freeze) -> FreezeShape:
    core = row.to_core()
    return FreezeShape(
        client=row.client.code,
        ref=row.ref,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        assets=sorted(core.assets),
        reason=core.reason,
    )
