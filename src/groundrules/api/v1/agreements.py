"""Agreements and their dated versions, and how a server is covered at an instant."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from groundrules.api.v1.clients import asset_of
from groundrules.api.v1.door import mine, needs
from groundrules.api.v1.paging import Instant, Paging, of_client, one, page_of, page_type
from groundrules.records import models as books
from groundrules.services.coverage_states import state_of

router = Router(tags=["agreements"])
_READ = needs("clients:read")


class VersionShape(Schema):
    """A published version: when it is in force, and its digest."""

    version: int
    in_force_from: datetime
    in_force_to: datetime | None
    signed_at: datetime
    published_at: datetime
    digest: str


class AgreementShape(Schema):
    """An agreement with its published versions, oldest first."""

    client: str
    code: str
    title: str
    versions: list[VersionShape]


AgreementPage = page_type("AgreementPage", AgreementShape, "A page of agreements.")


class WholeVersion(VersionShape):
    """A version with the sentences people signed."""

    client: str
    agreement: str
    assets: list[str] = Field(description="Codes of the servers it covers.")
    sentences: list[str]


class CoverageState(Schema):
    """How a server is covered at an instant, as known then; a state is computed from dated entries."""

    client: str
    asset: str
    at: datetime
    state: str = Field(
        description="covered, notice, suspended, reinstating, terminated or not_in_agreement"
    )
    since: datetime | None
    until: datetime | None
    clause: str
    sentence: str


class StateAsked(Schema):
    """When."""

    at: Instant | None = Field(None, description="The instant; else now.")


_PUBLISHED = books.AgreementVersion.objects.filter(published_at__isnull=False)


@router.get("/agreements", auth=_READ, response=AgreementPage)
def list_agreements(request: HttpRequest, asked: Query[Paging]) -> object:
    """Agreements with their published versions."""
    rows = books.Agreement.objects.select_related("client").prefetch_related(
        Prefetch("versions", _PUBLISHED.order_by("version"))
    )
    return page_of(of_client(mine(request, rows), asked), asked, _agreement)


@router.get("/agreements/{client}/{code}/versions/{int:version}", auth=_READ, response=WholeVersion)
def get_agreement_version(
    request: HttpRequest, client: str, code: str, version: int
) -> WholeVersion:
    """One published version, in the sentences people signed."""
    rows = mine(request, _PUBLISHED.select_related("agreement__client"), "agreement__client__")
    named = {"agreement__client__code": client, "agreement__code": code}
    row = one(rows, "published version", version=_number(version), **named)
    return WholeVersion(
        client=client,
        agreement=code,
        assets=sorted(row.to_core().assets),
        sentences=[line for line in row.sentences.splitlines() if line.strip()],
        **_version(row).dict(),
    )


@router.get("/assets/{client}/{code}/coverage", auth=_READ, response=CoverageState)
def get_coverage_state(
    request: HttpRequest, client: str, code: str, asked: Query[StateAsked]
) -> CoverageState:
    """How a server is covered at an instant, under which clause, and since when."""
    asset = asset_of(request, client, code)
    at = asked.at or timezone.now()
    state = state_of(asset, at)
    return CoverageState(
        client=client,
        asset=code,
        at=at,
        state=state.state if state else "not_in_agreement",
        since=state.since if state else None,
        until=state.until if state else None,
        clause=state.clause if state else "",
        sentence=state.sentence if state else "There is no agreement with this client.",
    )


def _number(version: int) -> int:
    """Larger numbers fit no column; there is no such version either."""
    return version if version < 1 << 31 else 0


def _agreement(row: books.Agreement) -> AgreementShape:
    versions = [_version(one) for one in row.versions.all()]
    return AgreementShape(client=row.client.code, code=row.code, title=row.title, versions=versions)


def _version(row: books.AgreementVersion) -> VersionShape:
    return VersionShape(
        version=row.version,
        in_force_from=row.in_force_from,
        in_force_to=row.in_force_to,
        signed_at=row.signed_at,
        published_at=row.published_at or row.signed_at,
        digest=row.digest,
    )
