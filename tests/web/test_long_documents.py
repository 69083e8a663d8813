"""Documents and drafts of thousands of lines: a page at a time, with sums over all, and every line as CSV."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any
from unittest.mock import patch

from django.test import TestCase

from groundrules.core.money import Money
from groundrules.records import models as books
from groundrules.services import month_end
from groundrules.services.month_end import BilledLine, Standing
from groundrules.services.portfolio_demo import Size, fill
from groundrules.web.month_end import views
from groundrules.web.tables import kit
from tests.web.harbor_books import KIM

_RUN = "/month-end/RUN-2026-06"
_A_PAGE = 2


class TestLongDocuments(TestCase):
    """Five clients' month: two rows a page instead of fifty."""

    @classmethod
    def setUpTestData(cls) -> None:
        """The month is collected, and its draft is on record."""
        fill(Size(date(2026, 7, 1), clients=5, months=0))
        at = datetime(2026, 7, 2, 9, tzinfo=UTC)
        run = month_end.open_run(date(2026, 6, 1), actor=KIM, at=at, hold_hours=0)
        month_end.collect_all(run, actor=KIM, now=lambda: at)

    def setUp(self) -> None:
        """The accountant is signed in."""
        self.client.force_login(books.User.objects.get(email=KIM.label))
        self.enterContext(patch.object(kit, "_ROWS", _A_PAGE))

    def _lines(self, client: str = "") -> list[BilledLine]:
        """Every line of the run, or of one client of it."""
        standing = month_end.standing_of(month_end.find_run(""), at=datetime.now(UTC))
        kept = tuple(c for c in standing.clients if client in {"", c.client.code})
        return list(month_end.lines_of(Standing(standing.run, kept)))

    def _issue(self) -> books.Issued:
        """Answer, approve and issue what was collected."""
        run = month_end.find_run("")
        at = datetime(2026, 7, 2, 10, tzinfo=UTC)
        for one in month_end.standing_of(run, at=at).clients:
            for doubt in one.open_doubts:
                month_end.answer(run, one.client, doubt, ("known", None), actor=KIM, at=at)
        month_end.approve_clean(run, actor=KIM, at=at)
        month_end.issue_due(run, actor=KIM, now=lambda: datetime(2026, 7, 2, 11, tzinfo=UTC))
        return books.Issued.objects.get(client__code="C001")

    def _shown(self, address: str, count: int) -> list[Any]:
        """What all pages of a list of so many lines hold, one after the other."""
        pages = range(1, 1 + -(-count // _A_PAGE))
        found = [self.client.get(f"{address}?lines={n}").context["page"].object_list for n in pages]
        return list(chain.from_iterable(found))

    def _sheet(self, address: str, column: str) -> list[str]:
        """One column of a list as CSV."""
        answer = self.client.get(f"{address}?format=csv")
        rows = csv.DictReader(io.StringIO(b"".join(answer).decode()))
        return [row[column] for row in rows]

    def test_lead_to_every_line_of_a_draft(self) -> None:
        """All pages together are all lines, in order, and so is the CSV: of a run, and of one client in it."""
        lists = {f"{_RUN}/lines/": "", f"{_RUN}/clients/C001/": "C001"}

        for address, client in lists.items():
            whole = self._lines(client)
            assert self._shown(address, len(whole)) == whole
            assert self._sheet(address, "Description") == [line.description for line in whole]

    def test_lead_to_every_line_as_issued(self) -> None:
        """What was issued is read from its own lines, which are those of the draft."""
        drafted, whole = self._lines("C001"), len(self._lines())
        address = f"/invoices/{self._issue().ref}/"

        rows = self._shown(address, len(drafted))

        assert [row.position for row in rows] == list(range(1, len(drafted) + 1))
        assert self._sheet(address, "What") == [line.description for line in drafted]
        assert [x.amount for x in self._lines("C001")] == [line.amount for line in drafted]
        assert self._shown(f"{_RUN}/lines/", whole) == self._lines()

    def test_show_sums_over_all_on_every_page(self) -> None:
        """The sums of a run and of a document are those of all lines, whichever page is open."""
        total = sum((x.amount for x in self._lines()), Money.zero("USD"))
        run = self.client.get(f"{_RUN}/lines/?lines=2").context
        issued = self._issue()

        page = self.client.get(f"/invoices/{issued.ref}/?lines=2").context

        assert run["sums"] == (total,)
        assert page["net"] == issued.to_core().total
        assert page["uncharged"] == issued.to_core().value_uncharged

    def test_show_the_first_exceptions_and_lead_to_the_others(self) -> None:
        """A run's page has the first of a client; the client's own page has every one, a page at a time."""
        standing = month_end.standing_of(month_end.find_run(""), at=datetime.now(UTC))
        (doubts,) = (one.open_doubts for one in standing.doubtful)
        self.enterContext(patch.object(views, "_DOUBTS", 0))

        run = self.client.get(f"{_RUN}/").content.decode()
        own = self.client.get(f"{_RUN}/clients/C001/")

        assert doubts
        assert f"{len(doubts)} more exception" in run
        assert list(own.context["doubts_page"].paginator.object_list) == list(doubts)

    def test_show_the_first_pages_of_a_long_document(self) -> None:
        """So many pages are pictures; the PDF, which has them all, is named."""
        issued = self._issue()
        with patch("groundrules.services.previews.document_pages", return_value=412):
            page = self.client.get(f"/invoices/{issued.ref}/").content.decode()

        assert "These are the first 20 of 412 pages" in page
        assert page.count("<img src=") == 20
