"""Posting: what a busy client's ledger asks of the database, and what people's own words may not do to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundrules.core.ids import AssetId, ContactId, RequestId, TechnicianId, TimeEntryId
from groundrules.core.periods import Period
from groundrules.core.work import Request, TimeEntry
from groundrules.records import models as books
from groundrules.records.book import REF_LENGTH
from groundrules.services import requests, work
from groundrules.services.case_import import answer_into_books
from tests.cast import TARIQ

NOON = datetime(2007, 2, 7, 20, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def worked(
    client: books.Client, number: int, issue: str, request: RequestId | None = None
) -> datetime:
    """This function will record and answer half an hour of work so many hours after noon, and say when that was."""
    began = NOON + number * HOUR
    entry = TimeEntry(
        TimeEntryId(f"TIM-{number}"),
        TechnicianId("A"),
        Period(began, began + HOUR / 2),
        issue,
        asset=AssetId("SRV1"),
        request=request,
    )
    work.record_time(entry, client=client, actor=TARIQ, at=began + HOUR)
    answer_into_books(client, actor=TARIQ, at=began + HOUR)
    return began + HOUR


class TestPosting:
    def test_asks_no_more_of_a_long_ledger_than_of_a_short_one(self, harbor: books.Client) -> None:
        """Every entry's postings are read at once, however many there are."""

        def asked(at: datetime) -> int:
            with CaptureQueriesContext(connection) as queries:
                answer_into_books(harbor, actor=TARIQ, at=at)
            return len(queries)

        short = asked(worked(harbor, 1, "printer"))
        for number in (2, 3):
            at = worked(harbor, number, "printer")

        assert books.JournalEntry.objects.filter(client=harbor).count() == 3
        assert asked(at) == short

    def test_keeps_a_source_that_is_named_at_length(self, harbor: books.Client) -> None:
        """An issue in a whole sentence fits the column on every database, and is not posted again."""
        issue = "Mail, calendars and the shared drive move to the new host, second phase, with all users"
        asked = Request(RequestId("REQ-1"), ContactId("PAT"), NOON, "Tonight, please.")
        requests.record(asked, client=harbor, actor=TARIQ, at=NOON)
        at = worked(harbor, 7, f"{issue} of the practice", RequestId("REQ-1"))
        answer_into_books(harbor, actor=TARIQ, at=at + HOUR)

        (entry,) = books.JournalEntry.objects.filter(client=harbor)
        assert entry.source.startswith("charge|v1|Mail, calendars")
        assert len(entry.source) == REF_LENGTH
