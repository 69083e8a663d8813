"""How a server stands: what is known of its parts, backups, applications and checks, row by row as its page says it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from groundrules.api.v1.clients import asset_of
from groundrules.api.v1.door import needs
from groundrules.services.health import server_health
from groundrules.services.health.listing import COLUMNS, health_cells

router = Router(tags=["evidence"])
_READ = needs("evidence:read")


class HealthRow(Schema):
    """One thing that was looked at, or should have been: what, its name, how it stands and in which words."""

    what: str = Field(
        description="disk, file system, certificate, backup, application, check and so on"
    )
    name: str
    state: str = Field(description="A level; of a check: Passed, Failed, Not known or nothing.")
    says: str
    looked_at: datetime | None
    since: datetime | None
    evidence: str = Field(
        description="The SHA-256 of the file it was read from, if one is on record."
    )


class ServerHealthShape(Schema):
    """How a server stands: the worst of what is known, and every row behind it."""

    client: str
    asset: str
    level: str = Field(description="good, not known, warning or critical; not known is not good")
    rows: list[HealthRow]


@router.get("/assets/{client}/{code}/health", auth=_READ, response=ServerHealthShape)
def get_server_health(request: HttpRequest, client: str, code: str) -> ServerHealthShape:
    """How a server stands now, as its Health page and its CSV say it."""
    asset = asset_of(request, client, code)
    found = server_health(asset, timezone.now())
    return ServerHealthShape(
        client=asset.client.code,
        asset=asset.code,
        level=found.level.value,
        rows=[_row(cells) for cells in health_cells(found)],
    )


def _row(cells: tuple[str, ...]) -> HealthRow:
    told = dict(zip(COLUMNS, cells, strict=True))
    return HealthRow(
        what=told["what"],
        name=told["name"],
        state=told["state"],
        says=told["says"],
        looked_at=_instant(told["looked_at"]),
        since=_instant(told["since"]),
        evidence=told["evidence"],
    )


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
