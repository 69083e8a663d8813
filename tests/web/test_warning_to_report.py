"""A disk's own answer, as recorded from a real disk, is told on Health, on the timeline, and in the client's report."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from groundrules.core.ids import AssetId
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
