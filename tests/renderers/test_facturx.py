"""Hybrid invoices: one PDF/A-3 with its decisions and its data inside, the same bytes each time."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import facturx
import pikepdf
import pytest

from groundrules.core.invoices.electronic import electronic
from groundrules.renderers.einvoice_cii import render_cii
from groundrules.renderers.facturx import FILE_NAME, declare_factur_x
from groundrules.renderers.pdf_invoice import InvoiceContext, render_invoice
from groundrules.renderers.typesetting import Attachment, DocumentNotRendered
from tests.renderers.test_einvoices import CHARGED, COVERED, HEADING, bill

INVOICE = bill(CHARGED, COVERED)
XML = render_cii(electronic(INVOICE, HEADING))
LOG = json.dumps({"decisions": ["ü", "<&>"]}, ensure_ascii=False).encode()
FILES = (
    Attachment("decision-log.json", LOG, "application/json", "supplement", "Decisions"),
    Attachment(FILE_NAME, XML, "text/xml", "alternative", "Factur-X"),
)
AT = datetime(2007, 3, 13, 16, tzinfo=UTC)


def rendered(*files: Attachment) -> bytes:
    """This function will print the invoice with files attached."""
    return render_invoice(INVOICE, InvoiceContext(HEADING, AT, attachments=files))


@pytest.fixture(scope="module")
def hybrid() -> bytes:
    """This fixture will print the invoice once, with both files."""
    return rendered(*FILES)


class TestHybrid:
    def test_gives_the_same_bytes_every_time(self, hybrid: bytes) -> None:
        """Printed again it has the same digest, and other data gives other bytes."""
        other = replace(FILES[1], content=XML.replace(b"INV-00001", b"INV-00002"))

        assert rendered(*FILES) == hybrid
        assert rendered(FILES[0], other) != hybrid

    def test_carries_both_files_byte_for_byte(self, hybrid: bytes) -> None:
        """Under their names, with media type, date and relationship, and as associated files of the document."""
        with pikepdf.open(io.BytesIO(hybrid)) as pdf:
            found = {
                str(spec.UF): (
                    str(spec.AFRelationship),
                    str(spec.EF.F.Subtype),
                    "/ModDate" in spec.EF.F.Params,
                    spec.EF.F.read_bytes(),
                )
                for spec in pdf.Root.AF
            }

        assert found == {
            "decision-log.json": ("/Supplement", "/application/json", True, LOG),
            "factur-x.xml": ("/Alternative", "/text/xml", True, XML),
        }

    def test_says_in_its_metadata_what_it_is(self, hybrid: bytes) -> None:
        """PDF/A-3b with its output intent, and Factur-X with the schema of its properties described."""
        with pikepdf.open(io.BytesIO(hybrid)) as pdf:
            intents = [str(intent.S) for intent in pdf.Root.OutputIntents]
            raw = pdf.Root.Metadata.read_raw_bytes()
            with pdf.open_metadata() as xmp:
                said = {name: str(xmp.get(f"{{{SPACE}}}{name}")) for name in SAID}
                part = (xmp.get("pdfaid:part"), xmp.get("pdfaid:conformance"))

        assert intents == ["/GTS_PDFA1"]
        assert part == ("3", "B")
        assert said == SAID
        assert b"Factur-X PDFA Extension Schema" in raw

    def test_is_a_sound_file(self, hybrid: bytes) -> None:
        """Qpdf finds nothing wrong with its objects and places, though a part was appended; no font is missing."""
        with pikepdf.open(io.BytesIO(hybrid)) as pdf:
            problems = pdf.check_pdf_syntax()
            fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]

        assert problems == []
        assert fonts
        assert all(_is_embedded(font) for font in fonts)

    def test_is_read_by_others(self, hybrid: bytes) -> None:
        """The reference library finds the file, its flavour and its level."""
        name, xml = facturx.get_xml_from_pdf(io.BytesIO(hybrid), check_xsd=True)

        assert (name, xml) == (FILE_NAME, XML)
        assert facturx.get_level(facturx_root(xml)) == "en16931"


class TestDeclareFacturX:
    @pytest.mark.parametrize(
        "broken",
        [
            lambda pdf: pdf[:-20],
            lambda pdf: pdf.replace(b"/Metadata", b"/Medatata"),
            lambda pdf: pdf.replace(b"pdfaExtension:schemas", b"pdfaExtension:emehcs"),
            lambda _pdf: b"",
        ],
    )
    def test_refuses_what_it_was_not_made_for(self, broken: Callable[[bytes], bytes]) -> None:
        """A PDF built otherwise is refused and never half declared."""
        with pytest.raises(DocumentNotRendered, match="can not be declared as Factur-X"):
            declare_factur_x(broken(rendered(FILES[0])))


SPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
SAID = {
    "DocumentType": "INVOICE",
    "DocumentFileName": "factur-x.xml",
    "Version": "1.0",
    "ConformanceLevel": "EN 16931",
}


def facturx_root(xml: bytes) -> object:
    """This function will read XML as the reference library wants it."""
    return facturx.facturx.etree.fromstring(xml)


def _is_embedded(font: pikepdf.Object) -> bool:
    """A composite font keeps its file with its descendant."""
    descendants = font.get("/DescendantFonts", [font])
    return all(
        any(key in one.FontDescriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        for one in descendants
    )
