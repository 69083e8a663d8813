"""`groundrules invoice xml`: the XML of an issued document, and what is said when it can not be written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from groundrules.cli.main import main
from groundrules.records import models as books
from groundrules.services import invoices
from tests.cast import ANNA
from tests.renderers.norm import complaints

FIRST = datetime(2007, 2, 1, 16, 0, tzinfo=UTC)
COUNTRIES = ["--seller-country", "US", "--buyer-country", "US"]


@pytest.fixture
def february(harbor: books.Client) -> books.Issued:
    """This fixture will issue February's invoice: two monthly fees."""
    found = invoices.draft(
        client=harbor, first=date(2007, 2, 1), end=date(2007, 3, 1), actor=ANNA, at=FIRST
    )
    return invoices.issue(found, client=harbor, key="feb", actor=ANNA, at=FIRST)


class TestInvoiceXml:
    def test_writes_an_issued_document_that_the_norm_accepts(
        self, february: books.Issued, tmp_path: Path
    ) -> None:
        """The file passes schema and CEN rules, pays what was frozen, and is kept when asked again."""
        file = tmp_path / "invoice.xml"

        ended = [main(["invoice", "xml", february.ref, *COUNTRIES, "-o", str(file)]) for _ in "ab"]

        xml = file.read_bytes()
        assert ended == [0, 1]
        assert not complaints({february.ref: xml})
        assert b'<cbc:PayableAmount currencyID="USD">700.00<' in xml
        assert b"<cbc:EndDate>2007-02-28<" in xml

    @pytest.mark.usefixtures("february")
    @pytest.mark.parametrize(
        ("ref", "country", "ends", "says"),
        [("INV-00009", "US", 3, "INV-00009"), ("INV-00001", "USA", 8, "two capital letters")],
    )
    def test_refuses_in_words(
        self, ref: str, country: str, ends: int, says: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """An unknown document and a country that is none end with their own numbers."""
        given = ["--seller-country", country, "--buyer-country", "US"]

        assert main(["invoice", "xml", ref, *given]) == ends
        assert says in capsys.readouterr().err
