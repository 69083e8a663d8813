"""What an invoice's page hands out: the electronic forms, the decisions as issued, and a month for accounting."""

from __future__ import annotations

import json
from typing import ClassVar

from django.test import TestCase

from groundrules.readers.einvoice import read_invoice
from groundrules.records import models as books
from groundrules.records.models import AuditEntry, User
from tests.web import harbor_books


class TestDownloads(TestCase):
    """One scenario with invoices, read by its accountant."""

    document: ClassVar[books.Issued]
    accountant: ClassVar[User]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        told = harbor_books.with_documents("12-the-way-back.yaml")
        cls.accountant = harbor_books.people(told.at)["accountant"]
        cls.document = books.Issued.objects.order_by("pk")[0]

    def setUp(self) -> None:
        """The accountant is signed in."""
        self.client.force_login(self.accountant)

    def test_hand_the_electronic_forms_out(self) -> None:
        """Each file is the document in its form, under its own number."""
        ref = self.document.ref

        files = [self.client.get(f"/invoices/{ref}/{form}.xml") for form in ("ubl", "cii")]

        found = [read_invoice(file.content) for file in files]
        assert [one.stated.number for one in found] == [ref, ref]
        assert [one.stated.form for one in found] == ["UBL", "CII"]
        assert f'filename="{ref}-ubl.xml"' in files[0].headers["Content-Disposition"]

    def test_hand_out_the_decisions_as_issued(self) -> None:
        """The log inside the frozen PDF, not one written anew."""
        answer = self.client.get(f"/invoices/{self.document.ref}/decisions.json")

        assert json.loads(answer.content)["document"] == self.document.ref

    def test_say_which_card_lacks_what(self) -> None:
        """Without a country there is no electronic form; the page names the card and leads to it."""
        heading = self.document.heading.replace('"country":"US"', '"country":""')
        copy = books.Issued.objects.get(pk=self.document.pk)
        copy.pk, copy.ref, copy.number, copy.heading = None, "INV-90001", 90001, heading
        copy.seal, copy.idempotency_key = "0" * 64, "copy"
        copy.save(force_insert=True)

        page = self.client.get("/invoices/INV-90001/").content.decode()

        assert "There is no electronic form" in page
        assert "the client Harbor Dental has no country" in page
        assert "/clients/HARBOR/billing/" in page
        assert self.client.get("/invoices/INV-90001/ubl.xml").status_code == 404

    def test_hand_a_month_out_and_note_it(self) -> None:
        """The form offers the months there are; another month or format is not found."""
        page = self.client.get("/invoices/").content.decode()
        month = page.partition('name="month"><option>')[2].partition("<")[0]

        answers = [
            self.client.post("/invoices/export/", {"month": m, "format": f})
            for m, f in ((month, "xero"), (month, "sap"), ("1999-01", "xero"))
        ]

        assert [answer.status_code for answer in answers] == [200, 404, 404]
        assert answers[0].content.startswith(b"*ContactName,*InvoiceNumber")
        assert AuditEntry.objects.get(verb="accounting.export").recorded_by == self.accountant.email
