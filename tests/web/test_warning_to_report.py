"""A disk's own answer, as recorded from a real disk, is told on Health, on the timeline, and in the client's report."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from groundrules.core.evidence import Citation, Item, ItemKind, Snapshot
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.core.periods import Period, local_date
from groundrules.readers.smartctl import read_smartctl
from groundrules.services import client_reports
from groundrules.services.filing import Filing, file_facts
from groundrules.services.health import warnings_of
from tests.kept import Kept
from tests.readers.linux.reading import context
from tests.web import harbor_books
from tests.web.harbor_books import ALEX

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CASE = "04-rogue-change.yaml"
RECORDED = Path(__file__).parents[1] / "readers/smartctl/recorded"
HOUR = timedelta(hours=1)


def test_one_warning_is_told_three_times(
    taken_over: Kept[harbor_books.Books], client: Client
) -> None:
    """The second look at the same failing disk is no second warning, and a span before the first has none."""
    told = taken_over.made.client
    raw = (RECORDED / "SAMSUNG_MZWLL3T2HAJQ.json").read_bytes()
    (seen,) = read_smartctl(raw, context()).snapshots
    at = timezone.now()
    looks = [replace(seen, asset=AssetId("SRV1"), taken_at=at - n * HOUR) for n in (30, 2)]
    file_facts(looks, Filing(told, ALEX, at))
    (said,) = (
        one.state.sentence for one in warnings_of(told.assets.all(), Period(at - 31 * HOUR, at))
    )
    assert "says of itself that it is failing" in said
    assert warnings_of(told.assets.all(), Period(at - 29 * HOUR, at)) == ()
    assert warnings_of(told.assets.all(), Period(at - 99 * HOUR, at - 31 * HOUR)) == ()

    client.force_login(harbor_books.person("technician"))
    assert said in client.get("/servers/HARBOR/SRV1/health/").content.decode()
    timeline = client.get("/servers/HARBOR/SRV1/?range=7d").content.decode()
    assert timeline.count(said) == 1
    assert "health critical" in timeline
    day = local_date(told.zone, at)
    report = client_reports.report_of(
        told, day - timedelta(days=3), day + timedelta(days=1), at=at + HOUR
    )
    assert "1 warning of disks or arrays." in report.short
    text = " ".join(client_reports.text_of(report).split())
    assert f"SRV1: {said} First seen so" in text


def listed(kind: ItemKind, hours_ago: float, told: dict[str, dict[str, str]]) -> Snapshot:
    """A list of one kind that a collector handed in."""
    items = tuple(Item(kind, key, its) for key, its in told.items())
    cited = Citation(EvidenceId("e" * 64), kind.value, "snapshot/1")
    at = timezone.now() - hours_ago * HOUR
    return Snapshot(AssetId("SRV1"), at, frozenset({kind}), items, cited)


def test_file_systems_services_and_certificates(
    taken_over: Kept[harbor_books.Books], client: Client
) -> None:
    """What fills up, fails or runs out is told once on the timeline and in the report, and nothing that is to come."""
    told = taken_over.made.client
    now = timezone.now()
    ends = {"old": now - 5 * HOUR, "new": now + 14 * DAY + 2 * HOUR}
    certificates = {
        name: {"subject": f"CN={name}.example", "not_after": at.isoformat()}
        for name, at in ends.items()
    }
    looks = [
        listed(ItemKind.MOUNT, 30, {"/var": {"fill": "80 to 90 %"}}),
        listed(ItemKind.MOUNT, 8, {"/var": {"fill": "above 95 %"}}),
        listed(ItemKind.CERTIFICATE, 30, certificates),
        *(
            listed(ItemKind.SERVICE, hours, {"mssql": {"running": state, "enabled": "yes"}})
            for hours, state in ((30, "yes"), (9, "failed"), (7, "yes"), (6, "failed"))
        ),
    ]
    file_facts(looks, Filing(told, ALEX, now))

    client.force_login(harbor_books.person("technician"))
    timeline = client.get("/servers/HARBOR/SRV1/?range=24h").content.decode()
    day = local_date(told.zone, now)
    report = client_reports.report_of(told, day - 3 * DAY, day + DAY, at=now + HOUR)
    text = " ".join(client_reports.text_of(report).split())

    for said in (
        "File system /var is above 95 % full: make room before it stops.",
        "Service mssql has failed. So again 1 time, last ",
        "Certificate CN=old.example ran out at",
    ):
        assert timeline.count(said) == 1
        assert f"SRV1: {said}" in text
    assert "CN=new.example" not in timeline + text
    assert "CN=old.example runs out" not in timeline
    assert "4 warnings of file systems, certificates or services." in report.short
