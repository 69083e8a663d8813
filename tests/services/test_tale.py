"""The tale, walked through the real pipeline, says what the story says: to the cent, and down to the byte."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader
from pytest_django import DjangoDbBlocker

from groundrules.core.money import Money
from groundrules.records import models as books
from groundrules.services import issuing, tale
from groundrules.services.accounting import export_accounting, months_with_documents
from groundrules.services.einvoices import xml_of
from groundrules.services.explain import Link, chain
from groundrules.services.tale import Told
from tests.cast import AFTERWARDS, OLGA
from tests.kept import Kept, kept
from tests.renderers.norm import complaints

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def walked(
    django_db_setup: None,  # noqa: ARG001 - there must be a database
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Kept[list[Told]]]:
    """This fixture will walk the tale once."""
    with kept(django_db_blocker, tmp_path_factory.mktemp("tale"), _walk) as made:
        yield made


def _walk() -> list[Told]:
    chapters: list[Told] = []
    tale.walk(chapters.append)
    return chapters


@pytest.fixture
def told(walked: Kept[list[Told]], data: Path) -> list[Told]:
    """This fixture will give its chapters, with the books it left."""
    return walked.lay_out(data)


def _documents_carry_data_and_decisions() -> None:
    """Each PDF holds valid Factur-X data and the decisions of its lines, and nothing of what work costs us."""
    carried = {
        row.ref: PdfReader(io.BytesIO(bytes(row.pdf.content))).attachments
        for row in books.Issued.objects.select_related("pdf").order_by("pk")
        if row.pdf
    }
    logs = {ref: files["decision-log.json"][0] for ref, files in carried.items()}

    assert not complaints({ref: files["factur-x.xml"][0] for ref, files in carried.items()})
    assert not complaints({ref: xml_of(ref) for ref in carried})
    assert all(ref.encode() in log for ref, log in logs.items())
    told = json.loads(logs["INV-00002"])
    numbers = {number for line in told["lines"] for number in line["decisions"]}
    assert numbers == set(told["decisions"])
    assert numbers
    for secret in (b'"cost"', b"357.50", b"forgone", b"loss"):
        assert not [ref for ref, log in logs.items() if secret in log]


def _exported() -> Decimal:
    """What all months come to in the file for Xero."""
    files = [
        export_accounting("xero", month, actor=OLGA, at=AFTERWARDS).content.decode()
        for month in months_with_documents()
    ]
    rows = [row for text in files for row in csv.DictReader(io.StringIO(text, newline=""))]
    return sum((Decimal(row["*UnitAmount"]) for row in rows), Decimal(0))


def _every(link: Link) -> list[Link]:
    return [link, *(below for one in link.because for below in _every(one))]


class TestTheTale:
    def test_ends_with_these_books(self, told: list[Told]) -> None:
        """Four invoices that carry data and decisions, the wasted day decided twice, one server off and back."""
        issued = {
            d.ref: Money(d.total_minor, d.currency) for d in books.Issued.objects.order_by("pk")
        }
        assert {ref: str(total) for ref, total in issued.items()} == {
            "INV-00001": "$700.00",
            "INV-00002": "$3,775.00",
            "INV-00003": "$349.19",
            "INV-00004": "$1,653.33",
        }
        wasted = [row.to_core() for row in books.Decision.objects.filter(ref="W-SP").order_by("pk")]
        assert [d.caused_by_vendor for d in wasted] == [None, "V1"]
        assert [str(s.forgone) for d in wasted for s in d.segments] == ["$0.00", "$975.00"]
        assert [row.kind for row in books.LifecycleEntry.objects.order_by("pk")] == [
            "notice given",
            "suspended",
            "reinstated",
        ]
        assert issuing.broken_seals() == ()
        _documents_carry_data_and_decisions()
        entries = [row.to_core() for row in books.JournalEntry.objects.order_by("pk")]
        owed = [p.amount.minor for e in entries for p in e.postings if p.account == "receivable"]
        assert sum(owed) == sum(books.Issued.objects.values_list("total_minor", flat=True))
        assert Decimal(sum(owed)).scaleb(-2) == _exported()
        assert books.Attribution.objects.current().get(change__ref="CHG-SA").grade == "C"
        text = "\n".join(line for chapter in told for line in chapter.lines)
        assert "suspended from Mon 2007-03-12 08:00 PDT" in text
        assert "Refused: SRV1 cannot come back yet. Open: Rogue accepts version 2" in text

    def test_leads_from_an_invoice_line_to_raw_bytes(self, told: list[Told]) -> None:
        """The line of the wasted day opens decision, cause, change, attribution, session and the file's line."""
        line = books.IssuedLine.objects.get(
            document__ref="INV-00002", description__istartswith="SharePoint"
        )

        links = _every(chain(line.ref))

        kinds = {link.kind for link in links}
        assert {
            "invoice line",
            "decision",
            "cause",
            "change",
            "attribution",
            "session",
            "raw evidence",
        } <= kinds
        digests = {link.ref for link in links if link.kind == "raw evidence"}
        assert digests <= set(books.RawEvidence.objects.values_list("digest", flat=True))
