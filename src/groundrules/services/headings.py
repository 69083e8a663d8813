"""What surrounds a document's lines: dates, parties and taxes from the cards, frozen with the document when issued."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from groundrules.core.agreements.terms import Agreement
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft
from groundrules.core.invoices.heading import Heading, TradeParty
from groundrules.core.invoices.tax import (
    CreditedBefore,
    Taxed,
    TaxRule,
    TaxRules,
    tax_credit_note,
    tax_invoice,
)
from groundrules.core.periods import local_date
from groundrules.records import models as books
from groundrules.renderers.pdf_invoice import InvoiceContext
from groundrules.renderers.typesetting import Attachment
from groundrules.services.world import agreement_of

_DAYS_TO_PAY = 30


def heading_for(document: InvoiceDraft, client: books.Client, number: str, at: datetime) -> Heading:
    """This function will gather what a document says beside its lines, from the cards as they are now.

    `number` is empty for a draft. Raises the core's TaxNotSettled.
    """
    day = local_date(client.zone, at)
    original = _original(document)
    return Heading(
        number=number,
        issued_on=day,
        due_on=day + timedelta(days=_DAYS_TO_PAY),
        seller=_seller(),
        buyer=_buyer(client),
        agreement=_agreement_words(agreement_of(client, at), document.period_start),
        corrected_on=local_date(client.zone, original.issued_at) if original else None,
        taxed=_taxed(document, client, original),
    )


def heading_of(row: books.Issued) -> Heading:
    """This function will return what was frozen with an issued document.

    One issued before parties were frozen is told by today's cards; it was not taxed.
    """
    frozen = row.to_heading()
    if frozen is not None:
        return frozen
    day = local_date(row.client.zone, row.issued_at)
    original = row.corrects
    return Heading(
        number=row.ref,
        issued_on=day,
        due_on=day + timedelta(days=_DAYS_TO_PAY),
        seller=_seller(),
        buyer=_buyer(row.client),
        agreement=_agreement_words(agreement_of(row.client, row.issued_at), row.period_start),
        corrected_on=local_date(row.client.zone, original.issued_at) if original else None,
    )


def on_paper(
    document: InvoiceDraft,
    heading: Heading,
    at: datetime,
    attachments: tuple[Attachment, ...] = (),
) -> InvoiceContext:
    """This function will say what the printed page shows around the lines; `at` is the document's own timestamp."""
    return InvoiceContext(
        heading=heading,
        issued_at=at,
        corrects=str(document.corrects or ""),
        paper="us-letter" if document.currency == "USD" else "a4",
        attachments=attachments,
    )


def rules_for(client: books.Client) -> TaxRules:
    """This function will return the tax rules that may apply to a client's documents."""
    return TaxRules(_rules(client), _rules(None))


def _rules(client: books.Client | None) -> tuple[TaxRule, ...]:
    rows = books.TaxRule.objects.filter(client=client).order_by("starts_on", "pk")
    return tuple(row.to_core() for row in rows)


def _taxed(document: InvoiceDraft, client: books.Client, original: books.Issued | None) -> Taxed:
    if document.kind is not DocumentKind.CREDIT_NOTE or original is None:
        return tax_invoice(document, rules_for(client))
    heading = original.to_heading()
    before = [note.to_heading() for note in original.corrections.order_by("pk")]
    shares = tuple(share for note in before if note for share in note.taxed.shares)
    return tax_credit_note(document, CreditedBefore(heading.taxed if heading else Taxed(), shares))


def _original(document: InvoiceDraft) -> books.Issued | None:
    return books.Issued.objects.get(ref=document.corrects) if document.corrects else None


def _seller() -> TradeParty:
    provider = books.Provider.objects.order_by("pk").first() or books.Provider()
    return TradeParty(
        identifier=provider.code,
        name=provider.name,
        address=_lines(provider.address),
        email=provider.email,
        legal=provider.legal(),
    )


def _buyer(client: books.Client) -> TradeParty:
    return TradeParty(
        identifier=client.code,
        name=client.name,
        address=_lines(client.address),
        email=client.notice_email,
        legal=client.legal(),
    )


def _lines(address: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in address.splitlines() if line.strip())


def _agreement_words(agreement: Agreement, first: date) -> str:
    in_force = [v for v in agreement.versions if v.in_force.start.date() <= first]
    version = (in_force or list(agreement.versions))[-1]
    return f"{agreement.title}, version {version.version}"
