"""`groundrules invoice check`: every sum of anybody's electronic invoice, to the cent, and what the norm says."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from groundrules.cli.main import main
from groundrules.core.invoices.electronic import electronic
from groundrules.core.invoices.stated import recompute
from groundrules.gateways import norm
from groundrules.readers.einvoice import NotAnInvoice, read_invoice
from groundrules.renderers.einvoice_cii import render_cii
from groundrules.renderers.einvoice_ubl import render_ubl
from groundrules.services.invoice_check import check_invoice
from tests.renderers.test_einvoices import (
    CHARGED,
    COVERED,
    TAXED_HEADING,
    TWO_LINES_BACK,
    VAT,
    bill,
    taxed,
)
from tests.renderers.test_facturx import FILES, rendered

WITH_ALLOWANCE = bill(CHARGED, COVERED)
STATED = electronic(WITH_ALLOWANCE, replace(TAXED_HEADING, taxed=taxed(WITH_ALLOWANCE, (VAT, VAT))))
UBL = render_ubl(STATED).decode()
CII = render_cii(STATED).decode()


@dataclass(frozen=True, slots=True)
class Broken:
    """A document made wrong in one place, and what must be said of it: place, rule and words."""

    right: str
    wrong: str
    place: str
    rule: str
    says: str


DOCUMENT, TAX, PRODUCT = "the document", "the tax S 20%", "quantity x price"
USD = 'currencyID="USD">'
LINES = "</cbc:LineExtensionAmount>\n    <cbc:TaxE"
TAX_TOTAL = f"<cac:TaxTotal>\n    <cbc:TaxAmount {USD}32.0"
RATE = "<cac:ClassifiedTaxCategory>\n        <cbc:ID>S</cbc:ID>\n        <cbc:Percent>"
SHARE = "</cbc:TaxAmount>\n      <cac:TaxC"
BROKEN = {
    "a quantity": Broken(">77<", ">78<", "line 1", PRODUCT, "78 x 125 / 60"),
    "an allowance": Broken("60.66</cbc:Am", "60.67</cbc:Am", "line 2", PRODUCT, "is -0.01"),
    "the lines": Broken(f"160.42{LINES}", f"160.43{LINES}", DOCUMENT, "BR-CO-10", "160.42"),
    "net": Broken("160.42</cbc:TaxEx", "160.41</cbc:TaxEx", DOCUMENT, "BR-CO-13", "160.42"),
    "all taxes": Broken(f"{TAX_TOTAL}8<", f"{TAX_TOTAL}9<", DOCUMENT, "BR-CO-14", "32.08"),
    "gross": Broken("192.50</cbc:TaxIn", "192.51</cbc:TaxIn", DOCUMENT, "BR-CO-15", "192.50"),
    "what is due": Broken("192.50</cbc:Pay", "192.49</cbc:Pay", DOCUMENT, "BR-CO-16", "192.50"),
    "a tax's base": Broken("160.42</cbc:Taxable", "160.43</cbc:Taxable", TAX, "BR-S-08", "160.42"),
    "a tax": Broken(f"32.08{SHARE}", f"32.09{SHARE}", TAX, "BR-CO-17", "32.08"),
    "a line's tax": Broken(f"{RATE}20", f"{RATE}19", "line 1", "BR-CO-18", "S 19%"),
    "no price": Broken(
        f"<cbc:PriceAmount {USD}125.00</cbc:PriceAmount>", "", "line 1", "BR-26", "price"
    ),
    "a currency": Broken(
        f"PayableAmount {USD}", 'PayableAmount currencyID="EUR">', DOCUMENT, "", "EUR"
    ),
    "too fine": Broken(
        "192.50</cbc:Pay", "192.505</cbc:Pay", DOCUMENT, "BR-DEC", "2 decimal places"
    ),
}


class TestRecompute:
    @pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
    def test_finds_what_is_broken_and_says_where(self, broken: Broken) -> None:
        """Each of these documents is off by the least there is; the sentence names the place and the right amount."""
        assert broken.right in UBL
        xml = UBL.replace(broken.right, broken.wrong, 1)

        found = recompute(read_invoice(xml.encode()).stated)

        mine = [one for one in found if (one.place, one.rule) == (broken.place, broken.rule)]
        assert mine, found
        assert broken.says in mine[0].says
        assert 1 < mine[0].at <= len(xml.splitlines())

    def test_names_the_line_of_the_file(self) -> None:
        """Whoever opens the file finds the wrong amount there."""
        xml = UBL.replace("192.50</cbc:Pay", "192.49</cbc:Pay")

        (found,) = recompute(read_invoice(xml.encode()).stated)

        assert "PayableAmount" in xml.splitlines()[found.at - 1]

    def test_finds_nothing_in_what_we_write(self) -> None:
        """Invoice and credit note, in both forms."""
        back = electronic(
            TWO_LINES_BACK, replace(TAXED_HEADING, taxed=taxed(TWO_LINES_BACK, (VAT, VAT)))
        )
        written = (UBL.encode(), CII.encode(), render_ubl(back), render_cii(back))

        stated = [read_invoice(xml).stated for xml in written]

        assert [recompute(one) for one in stated] == [()] * 4
        assert [one.is_credit_note for one in stated] == [False, False, True, True]
        assert {len(one.lines) for one in stated} == {2}

    @pytest.mark.parametrize(
        ("right", "wrong", "rule"),
        [
            ("160.42</ram:BasisAmount>", "160.43</ram:BasisAmount>", "BR-S-08"),
            ("192.50</ram:GrandTotalAmount>", "192.51</ram:GrandTotalAmount>", "BR-CO-15"),
            ("<ram:ActualAmount>60.66<", "<ram:ActualAmount>60.65<", "quantity x price"),
            ('currencyID="USD">32.08<', 'currencyID="CHF">32.08<', ""),
        ],
    )
    def test_reads_the_other_form_as_well(self, right: str, wrong: str, rule: str) -> None:
        """The same rules on a Cross Industry Invoice."""
        assert right in CII

        found = recompute(read_invoice(CII.replace(right, wrong, 1).encode()).stated)

        assert rule in {one.rule for one in found}


class TestReadInvoice:
    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "no element found"),
            (b"<Invoice", "line 1: this is no XML"),
            (b"<html/>", "a html, not an invoice"),
            (b'<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>', "DOCTYPE"),
            (b"<a>" * 80, "64 deep"),
            (b"%PDF-1.7 broken", "can not be opened"),
            (UBL.replace(">77<", ">many<").encode(), "says 'many', which is no number"),
            (UBL.replace(">77<", ">NaN<").encode(), "which is no number"),
            (UBL.replace(">77<", ">1E+999999999<").encode(), "which is no number"),
            (UBL.replace(">77<", f">{'7' * 60}<").encode(), "which is no number"),
            (b'<?xml version="1.0" encoding="no-such"?><Invoice/>', "line 1: its encoding"),
            (b'<?xml version="1.0" encoding="utf-7"?><Invoice/>', "line 1: its encoding"),
        ],
    )
    def test_refuses_what_it_can_not_read(self, content: bytes, says: str) -> None:
        """With the line and the reason, and never with a traceback."""
        with pytest.raises(NotAnInvoice, match=says):
            read_invoice(content)

    def test_refuses_a_pdf_without_data(self) -> None:
        """It says what the PDF does carry."""
        with pytest.raises(NotAnInvoice, match=r"it carries decision-log\.json"):
            read_invoice(rendered(FILES[0]))


class TestCommand:
    def test_accepts_a_hybrid_invoice(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The data inside is found and judged; that the PDF itself was not is said."""
        file = tmp_path / "invoice.pdf"
        file.write_bytes(rendered(*FILES))

        ended = main(["invoice", "check", str(file)])

        said = capsys.readouterr().out
        assert ended == 0
        assert "factur-x.xml inside a PDF" in said
        assert "nothing against it" in said
        assert "veraPDF" in said

    def test_finds_what_the_norm_lets_pass(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A taxable amount that is off by a cent: CEN's rules say nothing, the arithmetic does."""
        file = tmp_path / "invoice.xml"
        file.write_text(UBL.replace("160.42</cbc:TaxableAmount>", "160.43</cbc:TaxableAmount>"))

        ended = main(["invoice", "check", str(file), "--json"])

        told = json.loads(capsys.readouterr().out)
        assert ended == 6
        assert [one["rule"] for one in told["arithmetic"]] == ["BR-S-08", "BR-CO-17"]
        assert told["norm"] == []

    def test_names_rule_and_place_of_what_the_norm_refuses(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A country code that is none: the arithmetic is fine, CEN's code list is not."""
        file = tmp_path / "invoice.xml"
        file.write_text(UBL.replace("IdentificationCode>DE<", "IdentificationCode>XX<"))

        ended = main(["invoice", "check", str(file)])

        said = capsys.readouterr().out
        assert ended == 6
        assert "every sum is exact" in said
        assert "CEN BR-CL-14 (line" in said

    def test_says_when_the_rules_are_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The arithmetic is checked all the same, and what to install is said."""
        monkeypatch.setattr(norm, "find_spec", lambda _name: None)

        checked = check_invoice(UBL.encode())

        assert not checked.fails
        assert "pip install" in checked.not_asked

    @pytest.mark.parametrize(("name", "number"), [("none.xml", 3), ("there.xml", 8)])
    def test_refuses_files_in_words(
        self, name: str, number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A file that is not there, and one that is no invoice."""
        (tmp_path / "there.xml").write_text("hello")

        assert main(["invoice", "check", str(tmp_path / name)]) == number
        assert name in capsys.readouterr().err
