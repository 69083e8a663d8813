"""Letters and invoices on paper: every promised word is there, and the same draft gives the same bytes."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from pypdf import PdfReader

from groundrules.core.ids import AssetId, ClauseNumber, ClientId, InvoiceId
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.invoices.heading import Heading, TradeParty
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.money import Money
from groundrules.core.reasons import FactRef
from groundrules.renderers import typesetting
from groundrules.renderers.letter_text import letter_text
from groundrules.renderers.pdf_invoice import InvoiceContext, clock_time, render_invoice
from groundrules.renderers.pdf_letter import LetterContext, render_letter
from groundrules.renderers.pdf_picture import NoSuchPage, page_count, page_picture

AT = datetime(2007, 3, 2, 18, 0, tzinfo=UTC)
DRAFT = LetterDraft(
    kind=LetterKind.SUSPENSION,
    letterhead="provider",
    to="Pat Owner",
    subject="SRV1: managed service is suspended from Mon 2007-03-12 08:00 PDT",
    paragraphs=(
        Paragraph("Our agreement continues. One thing changes, and only for SRV1."),
        Paragraph(
            "",
            heading="What happened",
            items=(
                ".NET Framework 2.0 removed by account SRV1\\rogue #strong[recorded] $x$ *bold*",
            ),
            facts=(FactRef("change", "CHG-1A2B"),),
        ),
    ),
    clauses=(ClauseNumber("6.1"), ClauseNumber("6.3")),
    asset=AssetId("SRV1"),
)
CONTEXT = LetterContext(
    reference="LTR-9",
    sender_name="Noble Outsourced I.T.",
    sender_lines=("12 Harbor Street",),
    recipient_lines=("Pat Owner", "Harbor Dental"),
    dated_at=AT,
    zone="America/Los_Angeles",
)


def usd(amount: str) -> Money:
    """An amount in dollars."""
    return Money.of(amount, "USD")


def text_of(pdf: bytes) -> str:
    """What a reader finds in a PDF, on one line."""
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split()
    )


INVOICE = InvoiceDraft(
    kind=DocumentKind.INVOICE,
    client=ClientId("harbor"),
    currency="USD",
    period_start=date(2007, 2, 1),
    period_end=date(2007, 2, 28),
    lines=(
        InvoiceLine(
            kind=LineKind.CHARGE,
            description="SRV1: drive array, asked for by Pat Owner",
            service_day=date(2007, 2, 20),
            amount=usd("2025"),
            value=usd("2025"),
            clause=ClauseNumber("4.2"),
            minutes=Fraction(405),
            working="6 h 35 min -> 6.75 h x $300.00",
        ),
        InvoiceLine(
            kind=LineKind.COVERED,
            description="SRV1: drive array",
            service_day=date(2007, 2, 20),
            amount=usd("0"),
            value=usd("575"),
            clause=ClauseNumber("3.2"),
            minutes=Fraction(230),
        ),
    ),
)
HEADING = Heading(
    number="INV-2007-0002",
    issued_on=date(2007, 3, 1),
    due_on=date(2007, 3, 15),
    seller=TradeParty("noble", "Noble Outsourced I.T.", ("12 Harbor Street",)),
    buyer=TradeParty("harbor", "Harbor Dental"),
    agreement="Managed services agreement, version 1",
)
INVOICE_CONTEXT = InvoiceContext(HEADING, AT)


class TestRenderLetter:
    def test_prints_subject_facts_and_clauses(self) -> None:
        """Everything the draft says is in the PDF, with the record references."""
        text = text_of(render_letter(DRAFT, CONTEXT))

        for words in (
            "Mon 2007-03-12 08:00 PDT",
            "Our agreement continues",
            "CHG-1A2B",
            "6.1, 6.3",
            "2 March 2007",
        ):
            assert words in text

    def test_never_reads_markup_in_a_fact(self) -> None:
        """Words that look like typesetting commands are printed as they are."""
        text = text_of(render_letter(DRAFT, CONTEXT))

        assert "#strong[recorded] $x$ *bold*" in text

    def test_signs_off_below_no_form(self) -> None:
        """What is signed on the page itself ends with its lines for that, on paper and by mail."""
        items = ("Name: Pat Owner", "Date: ____________", "Signature: ____________")
        form = replace(DRAFT, paragraphs=(Paragraph("", heading="Signed for us", items=items),))

        text = text_of(render_letter(form, replace(CONTEXT, is_closed=False)))

        assert "Signed for us Name: Pat Owner Date: Signature:" in text
        assert "Yours sincerely" not in text
        assert letter_text(form, ()).endswith("  - Signature: ____________\n")

    def test_leaves_no_signature_alone_on_a_page(self) -> None:
        """Wherever the end of a page falls, words of some length go over with the signature."""
        last = Paragraph("Do you have questions? Reply to this letter or call us.")
        for lines in range(26, 42):
            body = Paragraph("", items=tuple(f"Fact {n}" for n in range(lines)))
            told = Paragraph("Before the end. " * 12)
            draft = replace(DRAFT, paragraphs=(body, told, last), clauses=())
            pages = PdfReader(io.BytesIO(render_letter(draft, CONTEXT))).pages
            ends = pages[-1].extract_text()
            assert "Yours sincerely" in ends
            assert "Before the end." in ends

    def test_keeps_a_number_with_its_word(self) -> None:
        """Wherever a line ends, none begins with a clause's bare number, a bare day, or a zone."""
        facts = ("clause 6.3", "Ziffer 6.3", "Mon 2007-03-12", "Mo, 12.03.2007", "08:00 PDT")
        items = tuple(f"{'x' * pad} {'word ' * 14}({fact})" for fact in facts for pad in range(24))
        draft = replace(DRAFT, paragraphs=(Paragraph("", items=items),))

        pages = PdfReader(io.BytesIO(render_letter(draft, CONTEXT))).pages

        lines = [line.strip() for page in pages for line in page.extract_text().splitlines()]
        assert len(lines) > len(items) * 1.5
        bare = ("6.3", "2007-03-12", "12.03.2007", "PDT")
        assert [line for line in lines if line.startswith(bare)] == []

    def test_gives_the_same_bytes_for_the_same_draft(self) -> None:
        """A digest taken today still names the document tomorrow."""
        assert render_letter(DRAFT, CONTEXT) == render_letter(DRAFT, CONTEXT)


class TestLetterText:
    def test_holds_the_whole_letter_in_mail_width(self) -> None:
        """The mail is complete on its own, in lines of at most 76 columns."""
        text = letter_text(DRAFT, ("Dana Noble",))

        assert "WHAT HAPPENED" in text
        assert "CHG-1A2B" in text
        assert text.endswith("Dana Noble\n")
        assert max(len(line) for line in text.splitlines()) <= 76


class TestRenderInvoice:
    def test_shows_covered_work_at_its_value_and_nothing_charged(self) -> None:
        """The covered hours stand there with 575.00 beside 0.00, and the clause."""
        text = text_of(render_invoice(INVOICE, INVOICE_CONTEXT))

        for words in (
            "575.00 0.00",
            "Clause 3.2",
            "2,025.00",
            "Clause 4.2",
            "6 h 45 min",
            "3 h 50 min",
            "INV-2007-0002",
        ):
            assert words in text

    def test_names_no_day_to_pay_a_credit_note_by(self) -> None:
        """An invoice is due on a day; what is the client's own money is not."""
        note = replace(INVOICE, kind=DocumentKind.CREDIT_NOTE, corrects=InvoiceId("INV-1"))

        invoice = text_of(render_invoice(INVOICE, INVOICE_CONTEXT))
        credit = text_of(render_invoice(note, INVOICE_CONTEXT))

        assert "Due 2007-03-15" in invoice
        assert "To your credit" in credit
        assert "Due" not in credit
        assert "2007-03-15" not in credit

    def test_gives_the_same_bytes_for_the_same_invoice(self) -> None:
        """An issued invoice can be rendered again and compared byte by byte."""
        assert render_invoice(INVOICE, INVOICE_CONTEXT) == render_invoice(INVOICE, INVOICE_CONTEXT)

    def test_repeats_the_columns_headings_on_the_next_page_and_tags_them(self) -> None:
        """Who reads page 2, or hears it read, is told again which number is what was charged."""
        long = replace(INVOICE, lines=INVOICE.lines[1:] * 40)

        reader = PdfReader(io.BytesIO(render_invoice(long, INVOICE_CONTEXT)))
        pages = [" ".join(page.extract_text().split()) for page in reader.pages]

        assert len(pages) > 1
        assert all("Date What and why Time Value Charged" in page for page in pages)
        assert "/StructTreeRoot" in reader.root_object

    def test_keeps_nothing_of_a_long_one(self) -> None:
        """What was laid out of thousands of lines is given back, and the same document is the same bytes again."""
        long = replace(INVOICE, lines=INVOICE.lines * 1000)

        first = render_invoice(long, INVOICE_CONTEXT)

        assert "invoice" not in typesetting._COMPILERS  # noqa: SLF001 - what is kept of it
        assert render_invoice(long, INVOICE_CONTEXT) == first


class TestClockTime:
    @pytest.mark.parametrize(
        ("minutes", "words"),
        [
            (Fraction(405), "6 h 45 min"),
            (Fraction(10), "10 min"),
            (Fraction(461, 2), "3 h 50 min 30 s"),
            (None, ""),
        ],
    )
    def test_writes_hours_minutes_and_odd_seconds(
        self, minutes: Fraction | None, words: str
    ) -> None:
        """Exact time is never shown as a rounded decimal."""
        assert clock_time(minutes) == words


class TestPagePicture:
    def test_draws_each_page_and_refuses_others(self) -> None:
        """The browser sees the frozen document itself; a page that isn't there is refused."""
        pdf = render_letter(DRAFT, CONTEXT)

        assert page_count(pdf) == 1
        assert page_picture(pdf, 1).startswith(b"\x89PNG")
        with pytest.raises(NoSuchPage):
            page_picture(pdf, 2)
