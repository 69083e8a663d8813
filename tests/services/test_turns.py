"""Two people at once: whoever comes second waits for the first, and decides from what is in the books by then.

The other one's act is done while a verb waits for its turn, which is where a database would let it through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from groundrules.core.agreements.further_terms import BlockTerms
from groundrules.core.ids import (
    AssetId,
    BlockId,
    ContactId,
    RequestId,
    TechnicianId,
    TimeEntryId,
    VendorId,
    WindowId,
)
from groundrules.core.invoices.answers import InvoiceDraft
from groundrules.core.ledger import balance
from groundrules.core.lifecycle.answers import EntryKind
from groundrules.core.lifecycle.transitions import Step, TransitionRefused
from groundrules.core.money import Money
from groundrules.core.orders import BlockPurchase
from groundrules.core.periods import Period
from groundrules.core.rating.journal import RECEIVABLE
from groundrules.core.vendors import AccessWindow
from groundrules.core.work import Ratification, Request, TimeEntry
from groundrules.records import models as books
from groundrules.services import (
    access,
    agreements,
    invoices,
    lifecycle,
    orders,
    requests,
    turns,
    vendors,
    work,
)
from groundrules.services.case_import import answer_into_books
from groundrules.services.gate import WindowOver, end_now, extend
from tests.cast import AFTERWARDS, ANNA, OLGA, TARIQ, TESSA

HOUR = timedelta(hours=1)
WINDOW = WindowId("WIN-1")
Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """This fixture will let somebody else act once, at the moment the next verb waits for its turn."""

    def let(act: Callable[[], object]) -> None:
        waits = turns.lock

        def others_first(number: int) -> books.Client:
            monkeypatch.setattr(turns, "lock", waits)
            act()
            return waits(number)

        monkeypatch.setattr(turns, "lock", others_first)

    return let


def asked_for(client: books.Client, **more: object) -> None:
    """This function will record a window on SRV1 that somebody of the vendor asked for."""
    window = AccessWindow(
        WINDOW,
        AssetId("SRV1"),
        Period(AFTERWARDS, AFTERWARDS + HOUR),
        vendor=VendorId("V1"),
        recorded_at=AFTERWARDS,
    )
    window = replace(window, **more)  # type: ignore[arg-type]  # by name
    vendors.record_window(window, client=client, actor=TARIQ, at=AFTERWARDS)


def test_waits_for_the_row_and_holds_up_nothing_that_points_at_it(harbor: books.Client) -> None:
    """Evidence of a client may come in while somebody works out its answers."""
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        turns.take_turn(harbor)

    assert connection.vendor != "postgresql" or "FOR NO KEY UPDATE" in asked[0]["sql"]


class TestAccess:
    """A window that was decided or ended stays so."""

    @pytest.mark.parametrize("verb", ["deny", "change_time"])
    def test_decides_no_window_twice(
        self, harbor: books.Client, meanwhile: Meanwhile, verb: str
    ) -> None:
        """Approved while somebody else denied or moved it: a denial must not stand beside a certificate."""
        asked_for(harbor)
        meanwhile(lambda: asked_for(harbor, approved_at=AFTERWARDS))
        said = {
            "deny": lambda: access.deny(WINDOW, "no", client=harbor, actor=TESSA, at=AFTERWARDS),
            "change_time": lambda: access.change_time(
                WINDOW, Period(AFTERWARDS, None), client=harbor, actor=TESSA, at=AFTERWARDS
            ),
        }

        with pytest.raises(access.AlreadyDecided):
            said[verb]()

    def test_extends_no_window_that_was_ended(
        self, harbor: books.Client, meanwhile: Meanwhile
    ) -> None:
        """Ended while somebody else gave it more time: it stays ended."""
        asked_for(harbor, approved_at=AFTERWARDS)
        at = AFTERWARDS + timedelta(minutes=5)
        meanwhile(lambda: end_now(WINDOW, reason="enough", client=harbor, actor=OLGA, at=at))

        with pytest.raises(WindowOver):
            extend(WINDOW, AFTERWARDS + 2 * HOUR, client=harbor, actor=TESSA, at=at)


class TestMoney:
    """Nothing is posted, paid or sold twice."""

    def test_posts_what_two_answer_at_once_once(
        self, harbor: books.Client, meanwhile: Meanwhile
    ) -> None:
        """Both would have found the same charge unposted."""
        at = evening_work(harbor)
        meanwhile(lambda: answer_into_books(harbor, actor=TESSA, at=at))

        answer_into_books(harbor, actor=TARIQ, at=at + HOUR)

        entries = tuple(row.to_core() for row in books.JournalEntry.objects.filter(client=harbor))
        assert balance(entries, RECEIVABLE, "USD") == Money.of("300.00", "USD")
        assert books.Charge.objects.of_client(harbor).count() == 1

    def test_notes_one_payment(
        self, harbor: books.Client, february: InvoiceDraft, meanwhile: Meanwhile
    ) -> None:
        """Two people with the same bank statement."""
        row = invoices.issue(february, client=harbor, key="feb", actor=ANNA, at=AFTERWARDS)

        def pay() -> object:
            return invoices.record_payment(row, paid_at=AFTERWARDS, actor=ANNA, at=AFTERWARDS)

        meanwhile(pay)

        with pytest.raises(invoices.AlreadyPaid):
            pay()

    def test_sells_no_two_blocks_under_one_reference(
        self, harbor: books.Client, meanwhile: Meanwhile
    ) -> None:
        """The second would have taken the first one's place in the book."""
        with_blocks(harbor)
        block = BlockPurchase(BlockId("B-1"), date(2007, 4, 1), 600, Money.of("900.00", "USD"))

        def buy(minutes: int) -> object:
            bought = replace(block, minutes=minutes)
            at = datetime(2007, 4, 2, tzinfo=UTC)
            return orders.buy_block(bought, client=harbor, actor=ANNA, at=at)

        meanwhile(lambda: buy(600))

        with pytest.raises(orders.BlockExists):
            buy(60)


class TestStanding:
    """What was settled once is not settled again otherwise."""

    def test_takes_a_request_over_once(self, harbor: books.Client, meanwhile: Meanwhile) -> None:
        """A second word, hours later, must not turn work that was ratified in time into work that was not."""
        asked = Request(RequestId("REQ-1"), ContactId("ROBIN"), AFTERWARDS - HOUR, "Come tonight.")
        row = requests.record(asked, client=harbor, actor=TARIQ, at=AFTERWARDS)

        def ratify(at: datetime) -> object:
            return requests.ratify(row, Ratification(ContactId("PAT"), at), actor=TARIQ, at=at)

        meanwhile(lambda: ratify(AFTERWARDS))

        with pytest.raises(requests.AlreadyRatified):
            ratify(AFTERWARDS + 48 * HOUR)

    def test_ends_a_servers_coverage_once(self, harbor: books.Client, meanwhile: Meanwhile) -> None:
        """Both saw a covered server."""
        step = Step(AssetId("SRV1"), AFTERWARDS, AFTERWARDS, "Olga", "sold")

        def terminate() -> object:
            return lifecycle.take(
                EntryKind.TERMINATED, step, client=harbor, actor=OLGA, at=AFTERWARDS
            )

        meanwhile(terminate)

        with pytest.raises(TransitionRefused):
            terminate()

    def test_publishes_a_version_once(self, harbor: books.Client) -> None:
        """The page of a draft that was published meanwhile says so."""
        second, stale = with_blocks(harbor), books.AgreementVersion.objects.order_by("pk").last()
        assert stale is not None
        stale.published_at = None

        with pytest.raises(agreements.VersionAlreadyPublished, match="was published at"):
            agreements.publish(stale, actor=OLGA, at=second.signed_at)


def evening_work(client: books.Client) -> datetime:
    """This function will record an hour of an evening that Pat asked for, and say when that was known."""
    began = datetime(2007, 2, 7, 3, tzinfo=UTC)  # 19:00 on the 6th where the client is
    asked = Request(RequestId("REQ-1"), ContactId("PAT"), began - HOUR, "Come tonight.")
    entry = TimeEntry(
        TimeEntryId("TIM-1"),
        TechnicianId("A"),
        Period(began, began + HOUR),
        "printer",
        asset=AssetId("SRV1"),
        request=RequestId("REQ-1"),
    )
    at = began + 6 * HOUR
    requests.record(asked, client=client, actor=TARIQ, at=at)
    work.record_time(entry, client=client, actor=TARIQ, at=at)
    return at


def with_blocks(client: books.Client) -> books.AgreementVersion:
    """This function will publish a next version that sells prepaid hours."""
    agreement = client.agreements.get()
    last = agreement.versions.order_by("version").last()
    assert last is not None
    signed = datetime(2007, 3, 21, tzinfo=UTC)
    core = replace(
        last.to_core(),
        version=last.version + 1,
        in_force=Period(datetime(2007, 3, 25, 8, tzinfo=UTC)),
        signed_at=signed,
        block=BlockTerms(),
    )
    row = agreements.draft(agreement, core, actor=OLGA, at=signed)
    return agreements.publish(row, actor=OLGA, at=signed)


@pytest.fixture
def february(harbor: books.Client) -> InvoiceDraft:
    """This fixture will draft the invoice of February."""
    first = datetime(2007, 2, 1, 16, tzinfo=UTC)
    return invoices.draft(
        client=harbor, first=date(2007, 2, 1), end=date(2007, 3, 1), actor=ANNA, at=first
    )
