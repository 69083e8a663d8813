"""`groundrules invoice xml`: the XML of an issued document, and what is said when it can not be written."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection
from pypdf import PdfReader

from groundrules.cli.main import main
from groundrules.core.invoices.draft import Correction
from groundrules.core.parties import LegalDetails
from groundrules.records import models as books
from groundrules.records.models import AuditEntry, Role, User
from groundrules.services import invoices
from groundrules.services.cards import keep_legal
from groundrules.services.einvoices import FORMS, xml_of
from groundrules.services.issuing import broken_seals
from tests.cast import ANNA
from tests.renderers.norm import complaints

FIRST = datetime(2007, 2, 1, 16, 0, tzinfo=UTC)


def issue_february(harbor: books.Client) -> books.Issued:
    """This function will issue February's invoice: two monthly fees."""
    found = invoices.draft(
        client=harbor, first=date(2007, 2, 1), end=date(2007, 3, 1), actor=ANNA, at=FIRST
    )
    return invoices.issue(found, client=harbor, key="feb", actor=ANNA, at=FIRST)


@pytest.fixture
def february(harbor: books.Client) -> books.Issued:
    """This fixture will issue February's invoice."""
    return issue_february(harbor)


def user() -> User:
    """This function will make the owner that commands act as."""
    return User.objects.create(email="olga@castle-it.example", name="Olga", role=Role.OWNER)


def text_of(issued: books.Issued) -> str:
    """This function will read the words of a document's PDF."""
    assert issued.pdf is not None
    pages = PdfReader(io.BytesIO(bytes(issued.pdf.content))).pages
    return " ".join(page.extract_text() for page in pages)


class TestInvoiceXml:
    def test_writes_an_issued_document_that_the_norm_accepts(
        self, february: books.Issued, tmp_path: Path
    ) -> None:
        """The file passes schema and CEN rules, pays what was frozen, and is kept when asked again."""
        file = tmp_path / "invoice.xml"

        ended = [main(["invoice", "xml", february.ref, "-o", str(file)]) for _ in "ab"]

        xml = file.read_bytes()
        assert ended == [0, 1]
        assert not complaints({february.ref: xml})
        assert b'<cbc:PayableAmount currencyID="USD">700.00<' in xml
        assert b"<cbc:EndDate>2007-02-28<" in xml

    def test_is_listed_and_written_as_pdf(
        self, february: books.Issued, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The list says what is to be paid; the file is the frozen bytes, and one that is there is kept."""
        file = tmp_path / "invoice.pdf"

        ended = [
            main(["invoice", "list", "--client", "HARBOR", "--month", "2007-02", "--json"]),
            main(["invoice", "pdf", february.ref, "-o", str(file), "--json"]),
        ]
        told = capsys.readouterr().out
        again = main(["invoice", "pdf", february.ref, "-o", str(file)])
        elsewhere = main(["invoice", "list", "--month", "2007-03"])

        assert february.pdf is not None
        assert (ended, again, elsewhere) == ([0, 0], 1, 0)
        assert file.read_bytes() == bytes(february.pdf.content)
        assert '"total": "700.00"' in told
        assert f'"sha256": "{february.pdf.digest}"' in told
        assert "Nothing was issued" in capsys.readouterr().out

    @pytest.mark.usefixtures("february")
    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            (["pdf", "INV-00009"], "see: groundrules invoice list"),
            (["list", "--client", "NOBODY"], "there is no client NOBODY"),
        ],
    )
    def test_says_what_is_not_there(
        self, asked: list[str], said: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """With where to look."""
        assert main(["invoice", *asked]) == 3
        assert said in capsys.readouterr().err

    @pytest.mark.usefixtures("february")
    def test_refuses_an_unknown_document(self, capsys: pytest.CaptureFixture[str]) -> None:
        """With its own exit number."""
        assert main(["invoice", "xml", "INV-00009"]) == 3
        assert "INV-00009" in capsys.readouterr().err

    def test_names_the_card_that_lacks_a_country(
        self, harbor: books.Client, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The document is issued all the same; its XML can not be written, and why is said."""
        books.Client.objects.filter(pk=harbor.pk).update(country="")
        harbor.refresh_from_db()
        issued = issue_february(harbor)

        assert main(["invoice", "xml", issued.ref]) == 8
        assert "the client Harbor Dental has no country" in capsys.readouterr().err


class TestFrozen:
    def test_keeps_the_parties_of_the_day_it_was_issued(
        self, harbor: books.Client, february: books.Issued
    ) -> None:
        """A client that moves abroad afterwards changes nothing of the document."""
        before = xml_of(february.ref)

        keep_legal(harbor, LegalDetails(name="Harbor SA", country="FR"), actor=ANNA, at=FIRST)

        assert xml_of(february.ref) == before
        assert broken_seals() == ()
        assert AuditEntry.objects.get(verb="cards.keep_client", recorded_by=ANNA.label).details[
            "country"
        ] == ["US", "FR"]

    def test_is_covered_by_the_seal(self, february: books.Issued) -> None:
        """A buyer exchanged behind the triggers' back is found."""
        with connection.cursor() as cursor:
            on = " ON records_issued" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER records_issued_no_update{on}")
            cursor.execute(
                "UPDATE records_issued SET heading = replace(heading, 'Dental', 'Mental')"
            )

        assert broken_seals() == (february.ref,)


class TestTaxes:
    def test_are_charged_booked_and_taken_back(self, harbor: books.Client) -> None:
        """8.875% on 700.00 is 62.13; half of it goes back with a half, the rest with the rest."""
        main(["billing", "set", "--tax-number", "WA-1", "--as", user().email])
        tax = ["--category", "S", "--percent", "8.875", "--name", "Sales tax"]
        assert main(["billing", "tax", "--from", "2007-01-01", *tax]) == 0
        issued = issue_february(harbor)

        notes = [
            invoices.credit(issued, [Correction(n, "wrong")], key=f"n{n}", actor=ANNA, at=FIRST)
            for n in (1, 2)
        ]

        assert (issued.total_minor, issued.tax_minor) == (76213, 6213)
        assert sum(note.tax_minor for note in notes) == -6213
        owed = books.Posting.objects.filter(account="owed: tax").values_list(
            "amount_minor", flat=True
        )
        assert sorted(owed) == [-6213, 3106, 3107]
        assert "Sales tax 8.875% on 700.00" in text_of(issued)
        assert not complaints(
            {d.ref: xml_of(d.ref, form) for d in (issued, *notes) for form in FORMS}
        )

    def test_can_be_taken_out_again(
        self, harbor: books.Client, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A rule twice is refused, an unknown one too; what is issued afterwards is as without it."""
        user()
        start = ["--client", harbor.code, "--from", "2007-01-01", "--on", "fees"]
        add = ["billing", "tax", *start, "--category", "Z"]

        ended = [main(add), main(add), *(main(["billing", "untax", *start]) for _ in "ab")]

        assert ended == [0, 5, 0, 3]
        assert issue_february(harbor).total_minor == 70000
        assert "starts on 2007-01-01 already" in capsys.readouterr().err
