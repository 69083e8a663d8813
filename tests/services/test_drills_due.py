"""When the next drills of many servers are due: asked for all at once, as each server's own page says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from groundrules.core.backups import BackupPolicy, Origin, OriginKind, RestoreDrill
from groundrules.core.backups.states import drill_due_at
from groundrules.core.ids import AssetId
from groundrules.records import models as books
from groundrules.services import backups, lifecycle_due
from groundrules.services.backups import showing
from groundrules.services.filing import Filing, file_facts
from tests.web.harbor_books import ALEX, take_over

pytestmark = pytest.mark.django_db
OFF = datetime(2007, 3, 12, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def drill(asset: str, name: str, days: int, *, passed: bool, by_mail: bool = False) -> RestoreDrill:
    """A drill so many days before the server is off."""
    ended = OFF - days * DAY
    origin = Origin(OriginKind.MAIL, "reports@product.example") if by_mail else Origin()
    return RestoreDrill(AssetId(asset), name, ended, ended, passed, origin=origin)


def test_are_those_of_each_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passed, failed, reported by mail, never drilled, none asked for, resting, and more than are read at once."""
    client = take_over("10d-backups-that-rest.yaml").client
    for number in range(4):
        books.Asset.objects.create(client=client, code=f"X{number}", name=f"Till {number}")
    since = OFF - 200 * DAY
    every = [("SRV1", "files"), ("SRV1", "mail"), ("X0", "files"), ("X1", "files"), ("X2", "image")]
    facts = (
        *(BackupPolicy(AssetId(a), n, "veeam", 24, since, drill_every=30) for a, n in every),
        BackupPolicy(AssetId("X3"), "files", "veeam", 24, since),
        drill("SRV1", "files", 20, passed=True),
        drill("SRV1", "files", 50, passed=True),
        drill("SRV1", "mail", 9, passed=False),
        drill("X0", "files", 9, passed=True, by_mail=True),
        drill("X0", "files", 40, passed=True),
        drill("X2", "image", 3, passed=False),
    )
    file_facts(facts, Filing(client, ALEX, OFF - DAY))
    lifecycle_due.apply_due(at=OFF)
    at = OFF + 20 * DAY
    assets = list(books.Asset.objects.select_related("client").order_by("code"))
    monkeypatch.setattr(showing, "_AT_ONCE", 2)

    found = list(backups.drills_due(assets, at))

    assert found == [
        (asset, state.policy.name, due)
        for asset in assets
        for state in backups.states_of(asset, at)
        if (due := drill_due_at(state)) is not None
    ]
    assert {(asset.code, name) for asset, name, _ in found} >= {("X0", "files"), ("X2", "image")}
