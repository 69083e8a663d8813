"""Documents: numbered without a gap, issued once per key, sealed in a chain, credited from stored amounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from groundrules.core.ids import (
    AssetId,
    ContactId,
    InvoiceId,
    RequestId,
    TechnicianId,
    TimeEntryId,
)
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft
from groundrules.core.invoices.draft import Correction, CreditExceedsOriginal
from groundrules.core.money import Money
from groundrules.core.periods import Period
from groundrules.core.rating.journal import RECEIVABLE
from groundrules.core.work import Request, TimeEntry
from groundrules.records import models as books
from groundrules.services import invoices, requests, work
from groundrules.services.actor import NotAllowed
from groundrules.services.case_import import answer_into_books
from groundrules.services.issuing import CreditRepeated, KeyTaken, PeriodInvoiced, broken_seals
from groundrules.services.month_end.issuing import key_of
from tests.cast import ANNA, TARIQ

FIRST = datetime(2007, 2, 1, 16, 0, tzinfo=UTC)
LATER = datetime(2007, 2, 2, 16, 0, tzinfo=UTC)


@pytest.fixture
def february(harbor: books.Client) -> InvoiceDraft:
    """This fixture will draft the invoice of February: two monthly fees in advance."""
    return invoices.draft(
        client=harbor, first=date(2007, 2, 1), end=date(2007, 3, 1), actor=ANNA, at=FIRST
    )


class TestIssue:
    def test_gives_the_next_number_and_freezes_the_document(
        self, harbor: books.Client, february: InvoiceDraft
    ) -> None:
        """The first invoice is number one, for two fees, with its PDF and the very content drafted."""
        issued = invoices.issue(february, client=harbor, key="feb", actor=ANNA, at=FIRST)

        assert (issued.ref, issued.total_minor) == ("INV-00001", 70000)
        assert issued.to_core() == february
        assert issued.pdf is not None
        assert bytes(issued.pdf.content).startswith(b"%PDF")

    def test_happens_once_for_a_key(self, harbor: books.Client, february: InvoiceDraft) -> None:
        """The same key again returns the same document and writes nothing."""
        first = invoices.issue(february, client=harbor, key="feb", actor=ANNA, at=FIRST)

        again = invoices.issue(february, client=harbor, key="feb", actor=ANNA, at=LATER)

        assert again == first
        assert books.Issued.objects.count() == 1
        assert books.JournalEntry.objects.count() == 2

    def test_refuses_a_key_for_another_document(
        self, harbor: books.Client, february: InvoiceDraft
    ) -> None:
        """A key names one document for good."""
        invoices.issue(february, client=harbor, key="feb", actor=ANNA, at=FIRST)

        with pytest.raises(KeyTaken, match="INV-00001"):
            invoices.issue(
                replace(february, note="x"), client=harbor, key="feb", actor=ANNA, at=LATER
            )

    def test_refuses_a_period_that_was_invoiced_under_another_key(
        self, harbor: books.Client, february: InvoiceDraft
    ) -> None:
        """A draft that waited while its days went out another way would bill them twice."""
        invoices.issue(february, client=harbor, key="feb", actor=ANNA, at=FIRST)

        with pytest.raises(PeriodInvoiced, match="with INV-00001"):
            invoices.issue(february, client=harbor, key="run", actor=ANNA, at=LATER)

    def test_leaves_no_gap_when_it_fails_half_way(
        self, harbor: books.Client, february: InvoiceDraft
    ) -> None:
        """A number given in a transaction that fails is given again."""

        def issue_and_fail() -> None:
            with transaction.atomic():
                invoices.issue(february, client=harbor, key="feb", actor=ANNA, at=FIRST)
                message = "power cut"
                raise RuntimeError(message)

        with pytest.raises(RuntimeError, match="power cut"):
            issue_and_fail()

        issued = invoices.issue(february, client=harbor, key="feb", actor=ANNA, at=LATER)

        assert issued.ref == "INV-00001"

    def test_seals_each_document_with_the_one_before(
        self, harbor: books.Client, february: InvoiceDraft
    ) -> None:
        """The chain holds, and shows a document that was altered behind the triggers' back."""
        for number in (1, 2, 3):
            end = february.period_end + timedelta(days=number)
            document = replace(february, period_end=end)
            invoices.issue(document, client=harbor, key=f"feb {number}", actor=ANNA, at=FIRST)
        assert broken_seals() == ()

        with connection.cursor() as cursor:
            on = " ON records_issued" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER records_issued_no_update{on}")
            cursor.execute("UPDATE records_issued SET payload = '{}' WHERE number = 2")

        assert broken_seals() == ("INV-00002",)

    def test_is_not_for_technicians(self, harbor: books.Client, february: InvoiceDraft) -> None:
        """Money is for owners and accountants."""
        with pytest.raises(NotAllowed):
            invoices.issue(february, client=harbor, key="feb", actor=TARIQ, at=FIRST)


class TestCredit:
    def test_takes_back_what_was_stored_and_never_more(
        self, harbor: books.Client, february: InvoiceDraft
    ) -> None:
        """Part of a line, then no more than the rest of it."""
        issued = invoices.issue(february, client=harbor, key="feb", actor=ANNA, at=FIRST)
        part = Correction(1, "ten days off", credit=Money.of("225.81", "USD"))

        note = invoices.credit(issued, [part], key="credit", actor=ANNA, at=LATER)

        assert (note.ref, note.total_minor, note.corrects) == ("CRN-00001", -22581, issued)
        core = replace(note.to_core(), note="meant a second time")
        with pytest.raises(CreditExceedsOriginal, match=r"225\.81 of its"):
            invoices.issue(core, client=harbor, key="twin", actor=ANNA, at=LATER)
        whole = Correction(1, "all of it", credit=Money.of("350.00", "USD"))
        with pytest.raises(CreditExceedsOriginal, match=r"\$124.19"):
            invoices.credit(issued, [whole], key="credit 2", actor=ANNA, at=LATER)

    def test_is_not_given_twice_under_two_keys(
        self, harbor: books.Client, february: InvoiceDraft
    ) -> None:
        """Enough is left of the line for the same note again, but nobody meant that; another reason is another note."""
        issued = invoices.issue(february, client=harbor, key="feb", actor=ANNA, at=FIRST)
        part = Correction(1, "a day off", credit=Money.of("12.50", "USD"))
        invoices.credit(issued, [part], key="credit", actor=ANNA, at=LATER)

        with pytest.raises(CreditRepeated, match=r"CRN-00001 credits exactly this on INV-00001"):
            invoices.credit(issued, [part], key="credit 2", actor=ANNA, at=LATER)
        second = replace(part, why="a second day off")
        again = invoices.credit(issued, [second], key="credit 3", actor=ANNA, at=LATER)

        assert (again.ref, again.total_minor) == ("CRN-00002", -1250)

    def test_notes_of_one_invoice_go_out_of_one_run(
        self, harbor: books.Client, february: InvoiceDraft
    ) -> None:
        """A month's run names each of its documents apart, also two that correct the same invoice."""
        run = books.BillingRun(ref="RUN-1")
        note = replace(
            february, kind=DocumentKind.CREDIT_NOTE, corrects=InvoiceId("INV-00001"), note="one"
        )

        keys = {key_of(run, harbor, draft) for draft in (note, replace(note, note="two"))}

        assert len(keys) == 2
        assert key_of(run, harbor, note) in keys


class TestPayment:
    def test_settles_an_invoice_once(self, harbor: books.Client, february: InvoiceDraft) -> None:
        """A payment supersedes the open standing, and a second one is refused."""
        issued = invoices.issue(february, client=harbor, key="feb", actor=ANNA, at=FIRST)

        invoices.record_payment(issued, paid_at=LATER, actor=ANNA, at=LATER)

        standing = books.InvoiceStanding.objects.current().get(ref=issued.ref)
        assert standing.paid_at == LATER
        with pytest.raises(invoices.AlreadyPaid, match="INV-00001"):
            invoices.record_payment(issued, paid_at=LATER, actor=ANNA, at=LATER)


class TestSecondThoughts:
    """What follows from an issued document is taken from the document, never drafted again."""

    def test_about_work_are_credited_once_and_billed_again(self, harbor: books.Client) -> None:
        """An entry shortened after it was billed, then put back: each time what was said before is taken back."""
        entry = TimeEntry(
            TimeEntryId("TIM-1"),
            TechnicianId("A"),
            Period(datetime(2007, 2, 6, 18, tzinfo=UTC), datetime(2007, 2, 6, 20, tzinfo=UTC)),
            "projector",
            asset=AssetId("SRV1"),
        )
        shorter = replace(
            entry, period=Period(entry.period.start, datetime(2007, 2, 6, 19, tzinfo=UTC))
        )
        work.record_time(entry, client=harbor, actor=TARIQ, at=datetime(2007, 2, 6, 21, tzinfo=UTC))

        shown = [_issue_month(harbor, 3)]
        for month, version in ((4, shorter), (5, entry)):
            at = datetime(2007, month - 1, 20, 16, tzinfo=UTC)
            work.correct(version, client=harbor, why="recounted", actor=TARIQ, at=at)
            shown.append(_issue_month(harbor, month))

        assert shown == [30000, 15000 - 30000, 30000 - 15000]

    def test_about_charged_work_leave_the_ledger_equal_to_the_documents(
        self, harbor: books.Client
    ) -> None:
        """The charge is reversed by re-rating, so its refund on the credit note must not be posted once more."""
        self._bill_evening_work(harbor, hours=2)
        bills = [_issued_and_owed(harbor)]
        for month, hours in ((4, 1), (5, 3)):
            at = datetime(2007, month - 1, 20, 16, tzinfo=UTC)
            entry = _evening_work(hours)
            work.correct(entry, client=harbor, why="recounted", actor=TARIQ, at=at)
            answer_into_books(harbor, actor=ANNA, at=at)
            _issue_month(harbor, month)
            bills.append(_issued_and_owed(harbor))

        fees = [70000, 140000, 210000]
        assert bills == [
            (fee + work_done, fee + work_done)
            for fee, work_done in zip(fees, [60000, 30000, 90000], strict=True)
        ]

    def test_about_a_goodwill_credit_stay_posted(self, harbor: books.Client) -> None:
        """Nothing re-rates what was given out of kindness: it is posted with its note, and the work stays charged."""
        self._bill_evening_work(harbor, hours=2)
        issued = books.Issued.objects.get(lines__kind="charge")
        (line,) = issued.lines.filter(kind="charge").values_list("position", flat=True)
        kindness = Correction(line, "for your patience", credit=Money.of("100.00", "USD"))

        invoices.credit(issued, [kindness], key="kind", actor=ANNA, at=issued.issued_at)
        answer_into_books(harbor, actor=ANNA, at=issued.issued_at)

        assert _issued_and_owed(harbor) == (120000, 120000)

    def _bill_evening_work(self, client: books.Client, hours: int) -> None:
        at = datetime(2007, 2, 7, 9, tzinfo=UTC)
        asked = Request(
            RequestId("REQ-1"), ContactId("PAT"), EVENING - timedelta(minutes=5), "Come tonight."
        )
        requests.record(asked, client=client, actor=TARIQ, at=at)
        work.record_time(_evening_work(hours), client=client, actor=TARIQ, at=at)
        answer_into_books(client, actor=ANNA, at=at)
        _issue_month(client, 3)


EVENING = datetime(2007, 2, 7, 3, tzinfo=UTC)  # 19:00 on the 6th where the client is


def _evening_work(hours: int) -> TimeEntry:
    return TimeEntry(
        TimeEntryId("TIM-1"),
        TechnicianId("A"),
        Period(EVENING, EVENING + timedelta(hours=hours)),
        "printer",
        asset=AssetId("SRV1"),
        request=RequestId("REQ-1"),
    )


def _issued_and_owed(client: books.Client) -> tuple[int, int]:
    """The sum of all documents, and what the ledger says the client owes."""
    documents = sum(row.total_minor for row in books.Issued.objects.filter(client=client))
    postings = books.Posting.objects.filter(entry__client=client, account=RECEIVABLE)
    return documents, sum(row.amount_minor for row in postings)


def _issue_month(client: books.Client, month: int) -> int:
    """Issues everything due for the month before and returns the value of work it shows at 0.00."""
    at = datetime(2007, month, 2, 16, tzinfo=UTC)
    first, end = date(2007, month - 1, 1), date(2007, month, 1)
    invoices.ask_for(client=client, first=first, end=end, actor=ANNA, at=at)
    due = invoices.due(client=client, at=at)
    for place, document in enumerate(due):
        invoices.issue(document, client=client, key=f"{month} {place}", actor=ANNA, at=at)
    return sum(line.value.minor for d in due for line in d.lines if line.amount.minor == 0)
