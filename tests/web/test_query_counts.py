"""Lists cost the same however long they are: their query counts are on record, and fifty rows ask no more than five."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from groundrules.core.changes import Change
from groundrules.core.evidence import Action, Actor, ItemKind
from groundrules.core.ids import AssetId, ChangeId, IncidentId
from groundrules.core.periods import Interval
from groundrules.core.recovery import Recovery
from groundrules.records import models as books
from groundrules.services import recovery
from groundrules.services.filing import Filing, file_facts
from tests.web import harbor_books

RECORDED = Path(__file__).with_name("query_counts.json")
COUNTS: dict[str, int] = json.loads(RECORDED.read_text())
EVENING = datetime(2007, 2, 22, 2, 0, tzinfo=UTC)
NIGHT = "from=2007-02-21T18:00&to=2007-02-22T08:00"

pytestmark = pytest.mark.django_db


def more_changes(told: harbor_books.Books, count: int, hands: int = 7) -> None:
    """So many packages added in one evening, by so many hands in turn."""
    made = [
        Change(
            id=ChangeId(f"CHG-N{number:04}"),
            asset=AssetId("SRV1"),
            kind=ItemKind.PACKAGE,
            component=f"package-{number}",
            action=Action.ADDED,
            interval=Interval.exactly(EVENING + timedelta(seconds=8 * number)),
            after="1.0",
            actor=Actor(account=f"hand-{number % hands}"),
        )
        for number in range(count)
    ]
    file_facts(made, Filing(told.client, harbor_books.KIM, told.at))


def more_of_everything(told: harbor_books.Books, numbers: range) -> None:
    """So many more clients, servers and pieces of evidence, and ten times as many changes."""
    for number in numbers:
        client = books.Client.objects.create(
            code=f"C{number}", name=f"C{number}", zone="UTC", currency="USD"
        )
        books.Asset.objects.create(client=client, code="S", name=f"S{number}")
        books.RawEvidence.objects.create(
            recorded_at=EVENING,
            recorded_by="groundrules",
            client=told.client,
            asset=told.client.assets.get(code="SRV1"),
            digest=f"{number:064}",
            length=1,
            format="syslog",
            name=f"log {number}",
        )
    more_changes(told, 10 * numbers.stop)


def count(client: Client, address: str) -> int:
    """The queries of one page."""
    with CaptureQueriesContext(
        connection,
    ) as seen:
        status = client.get(address).status_code

    assert status == 200
    return len(seen)


@pytest.fixture
def told(client: Client) -> harbor_books.Books:
    """The scenario, with a recovery on record and the owner signed in."""
    books_told = harbor_books.with_documents("11-fee-credit-and-return.yaml")
    failed = EVENING - timedelta(hours=8)
    done = Recovery(IncidentId("INC-2"), AssetId("SRV1"), failed, failed, EVENING)
    recovery.note(done, client=books_told.client, actor=harbor_books.KIM, at=books_told.at)
    client.force_login(harbor_books.people(books_told.at)["owner"])
    return books_told


class TestLists:
    def test_ask_as_often_as_is_on_record(self, told: harbor_books.Books, client: Client) -> None:
        """A page that asks more often than before is noticed; write the new number down, or find out why."""
        seen = {address: count(client, address) for address in COUNTS}

        assert seen == COUNTS

    def test_ask_no_more_with_fifty_rows_than_with_five(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """Nothing is asked once per row."""
        more_of_everything(told, range(5))
        few = {address: count(client, address) for address in COUNTS}
        more_of_everything(told, range(5, 50))
        many = {address: count(client, address) for address in COUNTS}

        assert {a: n for a, n in many.items() if n > few[a]} == {}
