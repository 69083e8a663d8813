"""The client's report in its forms: the same sentences and values on page, on paper and in the mail."""

from __future__ import annotations

import io
from datetime import date
from typing import ClassVar

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from groundrules.records import models as books
from groundrules.renderers.letter_text import letter_text
from groundrules.services import (
    client_reports,
    report_mail,
)
from tests.web import harbor_books
from tests.web.harbor_books import KIM, Books, with_documents

FIRST, END = date(2007, 2, 1), date(2007, 4, 1)


COVERED_WORK = ("MAIL", "LOGINS", "BACKUP", "PATCHES")


class TestForms(TestCase):
    """A quarter with fees and four pieces of covered work."""

    told: ClassVar[Books]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        cls.told = with_documents("19-value-report.yaml")
        harbor_books.people(cls.told.at)

    def test_asks_the_database_as_often_for_many_servers(self) -> None:
        """Sixty servers more cost no query more: what the looks at all of them show is asked for together."""
        asked = []
        for more in (0, 60):
            books.Asset.objects.bulk_create(
                books.Asset(client=self.told.client, code=f"X{n:02}", name=f"X{n:02}")
                for n in range(more)
            )
            with CaptureQueriesContext(connection) as queries:
                client_reports.report_of(self.told.client, FIRST, END, at=self.told.at)
            asked.append(len(queries))

        assert asked[0] == asked[1]

    def test_says_the_same_on_page_paper_and_in_the_mail(self) -> None:
        """Every sentence read first, and every covered line at its value, stands in all of them."""
        first, end = date(2007, 1, 1), date(2007, 4, 1)
        report = client_reports.report_of(self.told.client, first, end, at=self.told.at)
        text = client_reports.text_of(report)
        pages = PdfReader(io.BytesIO(client_reports.pdf_of(report, at=self.told.at))).pages
        paper = " ".join(" ".join(page.extract_text() for page in pages).split())
        self.client.force_login(books.User.objects.get(email=KIM.label))
        page = self.client.get(f"/clients/HARBOR/report/?from={first}&to={end}").content.decode()

        assert report.value.sentence == report.short[0]
        assert report.short[0].startswith("Managed service saved you $1,925.81.")
        assert len(report.value.lines) == len(COVERED_WORK)
        given = client_reports.give(self.told.client, first, end, actor=KIM, at=self.told.at)
        letter = report_mail.mail(given, actor=KIM, at=self.told.at)
        mailed = " ".join(letter_text(letter.to_core(), ()).split())
        # Each covered line opens its decision, and each number the decisions it counts.
        opened = page.count('href="/work/DEC-')
        assert opened >= len(COVERED_WORK) * 4
        for amount in (
            report.value.fees.amount,
            report.value.reactive.amount,
            report.value.covered.amount,
        ):
            assert str(amount) in text
            assert str(amount) in paper
            assert str(amount) in page
            assert str(amount) in mailed
        for line in report.value.lines:
            assert line.issue in text
            assert line.issue in paper
            assert line.issue in page
            assert line.issue in mailed
