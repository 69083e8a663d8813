"""The note beside a client's books: an entry is answered beside what stands only where nothing else came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundrules.core.agreements.facts import Outcome
from groundrules.core.causation.answers import Incident
from groundrules.core.coverage.overriding import Override
from groundrules.core.evidence import HealthCheck as HealthSeen
from groundrules.core.ids import (
    ApplicationId,
    AssetId,
    BlockId,
    ContactId,
    HealthCheckId,
    IncidentId,
    RequestId,
    TechnicianId,
    TimeEntryId,
)
from groundrules.core.lifecycle.answers import EntryKind, LifecycleEntry
from groundrules.core.money import Money
from groundrules.core.orders import BlockPurchase
from groundrules.core.periods import Period
from groundrules.core.work import Request, TimeEntry
from groundrules.records import models as books
from groundrules.services import (
    answered_books,
    case_import,
    one_more,
    requests,
)
from groundrules.services.case_import import (
    answer_into_books,
)
from groundrules.services.facts import fact_columns
from groundrules.services.filing import Filing, file_fact
from groundrules.services.findings import Report
from groundrules.services.timekeeping import decided
from groundrules.services.verify_answers import check_answers
from groundrules.services.work import correct, record_time
from tests.cast import OLGA
from tests.services.either_way import counting

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
BEGAN = datetime(2007, 2, 6, 18, tzinfo=UTC)  # 10:00 where the client is
AT = BEGAN + 12 * HOUR


def _plain(number: int, **more: Any) -> TimeEntry:  # noqa: ANN401 - any field
    """Half an hour of remote maintenance on SRV1, half an hour after the one before."""
    start = BEGAN + number * HOUR / 2
    entry = TimeEntry(
        TimeEntryId(f"T-{number}"),
        TechnicianId("A"),
        Period(start, start + HOUR / 2),
        "printer",
        asset=AssetId("SRV1"),
    )
    return replace(entry, **more)


def _record(  # what is recorded, when, and any field of it
    client: books.Client, number: int, at: datetime = AT, **more: object
) -> None:
    row = record_time(_plain(number, **more), client=client, actor=OLGA, at=at)
    decided([row], client, OLGA, at)


def _all_rows(client: books.Client) -> list[int]:
    journal = books.JournalEntry.objects.filter(client=client).count()
    facts = (books.Attribution, books.Cause, books.Decision, books.Charge)
    return [journal, *(book.objects.of_client(client).count() for book in facts)]


def _assert_nothing_is_left(client: books.Client, at: datetime) -> None:
    """Answering everything anew finds nothing to write."""
    before = _all_rows(client)
    answer_into_books(client, actor=OLGA, at=at)
    assert _all_rows(client) == before


def _file(client: books.Client, value: object, at: datetime = AT) -> None:
    file_fact(value, Filing(client, OLGA, at))


def _dearer(client: books.Client) -> None:
    del client
    rate = books.CostRate.objects.filter(technician__code="A").get()
    rate.hourly_minor += 100
    rate.save()


def _health(client: books.Client) -> None:
    seen = HealthSeen(HealthCheckId("HC-1"), ApplicationId("CHARTS"), BEGAN, healthy=True)
    _file(client, seen)


def _block(client: books.Client) -> None:
    _file(client, BlockPurchase(BlockId("B-1"), BEGAN.date(), 600, Money.of("900.00", "USD")))


def _unseen(client: books.Client) -> None:
    record_time(_plain(20), client=client, actor=OLGA, at=AT)


def _corrected(client: books.Client) -> None:
    longer = Period(BEGAN, BEGAN + 2 * HOUR)
    made = _plain(0, period=longer, recorded_at=AT)
    correct(made, client=client, why="longer", actor=OLGA, at=AT)


def _exception(client: books.Client) -> None:
    row = books.TimeEntry.objects.of_client(client).order_by("pk")[0]
    value = Override(TimeEntryId(row.ref), Outcome.NOT_BILLABLE, "kindness", "Olga", AT)
    books.Override.objects.create(
        **fact_columns(value, "OVR-1", OLGA, AT),
        client=client,
        entry=row,
        outcome=value.outcome.value,
        reason=value.reason,
        lifted=False,
        decided_at=AT,
        difference_minor=0,
        currency="USD",
    )


def _off(client: books.Client) -> None:
    ended = LifecycleEntry(AssetId("SRV2"), EntryKind.SUSPENDED, BEGAN, AT, None, "Olga", "sold")
    _file(client, ended)


_NEWS = (_dearer, _health, _block, _unseen, _corrected, _exception, _off)


class TestTheNote:
    """When an entry may be answered beside what stands, and when not."""

    def test_answers_plain_work_beside_what_stands(
        self, harbor: books.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The first entry answers everything, those after it do not; work on an incident neither."""
        _file(harbor, Incident(IncidentId("INC-1"), "no print", AssetId("SRV1"), BEGAN))

        with counting(monkeypatch, short=True) as taken:
            for number in range(3):
                _record(harbor, number)
            _record(harbor, 3, incident=IncidentId("INC-1"))
            _record(harbor, 4, at=AT + HOUR)

        assert taken == [False, True, True, True, True]
        _assert_nothing_is_left(harbor, AT + HOUR)

    @pytest.mark.parametrize("news", _NEWS)
    def test_answers_everything_after_news(
        self,
        harbor: books.Client,
        monkeypatch: pytest.MonkeyPatch,
        news: Callable[[books.Client], None],
    ) -> None:
        """A card, a fact, work nobody has decided, a correction, an exception: whatever came is in the answers."""
        _record(harbor, 0)
        news(harbor)

        with counting(monkeypatch, short=True) as taken:
            _record(harbor, 1)

        assert taken == [False]
        _assert_nothing_is_left(harbor, AT)

    @pytest.mark.parametrize("news", _NEWS)
    @pytest.mark.parametrize("before_reading", [True, False])
    def test_takes_nothing_for_seen_that_came_while_all_was_answered(
        self,
        harbor: books.Client,
        monkeypatch: pytest.MonkeyPatch,
        news: Callable[[books.Client], None],
        *,
        before_reading: bool,
    ) -> None:
        """What another connection commits while all is answered, seen or not, is looked at the next time."""
        _record(harbor, 0)
        _meanwhile(
            monkeypatch, case_import, "load_world", lambda: news(harbor), before=before_reading
        )
        monkeypatch.setattr(answered_books, "_others_write", lambda: True)
        answer_into_books(harbor, actor=OLGA, at=AT)

        with counting(monkeypatch, short=True) as taken:
            _record(harbor, 1)

        assert taken == [False]
        _assert_nothing_is_left(harbor, AT)

    @pytest.mark.parametrize("news", _NEWS)
    def test_takes_nothing_for_seen_that_came_while_one_entry_was_answered(
        self,
        harbor: books.Client,
        monkeypatch: pytest.MonkeyPatch,
        news: Callable[[books.Client], None],
    ) -> None:
        """The same while an entry was answered beside the others."""
        _record(harbor, 0)
        _meanwhile(monkeypatch, one_more, "decisions_of", lambda: news(harbor), before=True)
        monkeypatch.setattr(answered_books, "_others_write", lambda: True)

        with counting(monkeypatch, short=True) as taken:
            _record(harbor, 1)
            _record(harbor, 2)

        assert taken == [True, False]
        _assert_nothing_is_left(harbor, AT)

    def test_forgets_the_note_where_a_card_was_edited_meanwhile(
        self, harbor: books.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Decided by a card that is no longer so: the note goes, and the next entry answers everything."""
        _record(harbor, 0)
        _meanwhile(monkeypatch, one_more, "decisions_of", lambda: _dearer(harbor), before=True)
        monkeypatch.setattr(answered_books, "_others_write", lambda: True)

        _record(harbor, 1)

        assert not books.AnsweredBooks.objects.filter(client=harbor).exists()

    def test_answers_everything_once_time_has_moved_something(
        self, harbor: books.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A request nobody took over within its business day: work that waited is waiting no more."""
        asked = Request(RequestId("REQ-1"), ContactId("ROBIN"), BEGAN - HOUR, "Come tonight.")
        requests.record(asked, client=harbor, actor=OLGA, at=AT)
        _record(harbor, 16, request=RequestId("REQ-1"), at=AT + HOUR)

        with counting(monkeypatch, short=True) as taken:
            _record(harbor, 1, at=AT + HOUR)
            _record(harbor, 2, at=AT + 48 * HOUR)
            _record(harbor, 3, at=AT + 48 * HOUR)

        assert taken == [True, False, True]
        _assert_nothing_is_left(harbor, AT + 48 * HOUR)

    def test_answers_everything_for_a_clock_that_is_behind(
        self, harbor: books.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What was known at an earlier instant is another question."""
        _record(harbor, 0, at=AT + HOUR)

        with counting(monkeypatch, short=True) as taken:
            _record(harbor, 1, at=AT)

        assert taken == [False]

    def test_is_safe_to_lose(self, harbor: books.Client, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without a note everything is answered, and noted again."""
        _record(harbor, 0)
        books.AnsweredBooks.objects.all().delete()

        with counting(monkeypatch, short=True) as taken:
            _record(harbor, 1)
            _record(harbor, 2)

        assert taken == [False, True]

    def test_is_compared_by_verify(
        self, harbor: books.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever went wrong beside what stands is found by answering everything."""
        asked = Request(RequestId("REQ-1"), ContactId("PAT"), BEGAN + HOUR, "Come tonight.")
        requests.record(asked, client=harbor, actor=OLGA, at=AT)
        evening = [Period(BEGAN + hour * HOUR, BEGAN + (hour + 1) * HOUR) for hour in (8, 9, 10)]
        for number in range(2):
            _record(harbor, number, period=evening[number], request=asked.id)
        right, wrong = Report(), Report()
        check_answers(harbor, right)
        monkeypatch.setattr(one_more, "_sharing", lambda *_: ())
        _record(harbor, 2, period=evening[2], request=asked.id)

        check_answers(harbor, wrong)

        assert right.holds
        assert right.checked["answers"] == 3
        assert [finding.kind for finding in wrong.findings] == ["charge", "ledger", "ledger"]

    def test_asks_as_much_of_the_database_however_much_is_on_record(
        self, harbor: books.Client
    ) -> None:
        """Two entries before, or forty: the fortieth costs no query more."""
        for number in range(2):
            _record(harbor, number, issue=f"case {number}")
        with CaptureQueriesContext(connection) as few:
            _record(harbor, 2, issue="case 2")
        for number in range(3, 23):
            _record(harbor, number, at=AT + HOUR, issue=f"case {number}")

        with CaptureQueriesContext(connection) as many:
            _record(harbor, 23, at=AT + HOUR, issue="case 23")

        assert len(many) == len(few)


def _meanwhile(
    monkeypatch: pytest.MonkeyPatch,
    room: object,
    verb: str,
    act: Callable[[], None],
    *,
    before: bool,
) -> None:
    """Lets another connection act once, just before or after a verb reads."""
    reads = getattr(room, verb)

    def others_act(*given: object) -> object:
        monkeypatch.setattr(room, verb, reads)
        if before:
            act()
        found = reads(*given)
        if not before:
            act()
        return found

    monkeypatch.setattr(room, verb, others_act)
