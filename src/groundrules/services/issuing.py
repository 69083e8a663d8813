"""Issuing a document: the next number of its series, the frozen PDF, and a seal over it and the document before.

Everything happens under a lock on the series' row, inside the verb's transaction: a number is given exactly once, and a
transaction that fails gives none.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta

from groundrules.core.agreements.terms import Agreement
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine
from groundrules.core.periods import local_date
from groundrules.records import models as books
from groundrules.records.typed_json import digest_of, dump
from groundrules.renderers.pdf_invoice import InvoiceContext, render_invoice
from groundrules.services.actor import Actor
from groundrules.services.frozen_files import freeze
from groundrules.services.world import agreement_of

_PDF = "application/pdf"
_SERIES = {
    DocumentKind.INVOICE: ("invoice", "INV-"),
    DocumentKind.CREDIT_NOTE: ("credit note", "CRN-"),
}
_DIGITS = 5
_DAYS_TO_PAY = 30


class KeyTaken(ValueError):
    """The idempotency key was used for another document."""


def issue_document(
    document: InvoiceDraft, *, client: books.Client, key: str, actor: Actor, at: datetime
) -> tuple[books.Issued, bool]:
    """This function will return the document issued under `key`, and whether that happened now; raises KeyTaken."""
    series = _locked_series(document.kind)
    payload = dump(document)
    known = books.Issued.objects.filter(idempotency_key=key).first()
    if known is not None:
        if known.digest != digest_of(payload):
            message = f"{key!r} was used for {known.ref}, which says otherwise; use another key"
            raise KeyTaken(message)
        return known, False
    number = series.last_number + 1
    ref = f"{series.prefix}{number:0{_DIGITS}d}"
    context = context_of(document, client, ref, at)
    pdf = freeze(render_invoice(document, context), _PDF, actor=actor, at=at)
    seal = seal_of(ref, digest_of(payload), pdf.digest, series.last_seal)
    row = books.Issued.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        client=client,
        series=series,
        number=number,
        ref=ref,
        kind=document.kind.value,
        issued_at=at,
        period_start=document.period_start,
        period_end=document.period_end,
        total_minor=document.total.minor,
        currency=document.currency,
        payload=payload,
        digest=digest_of(payload),
        previous_seal=series.last_seal,
        seal=seal,
        pdf=pdf,
        corrects=books.Issued.objects.get(ref=document.corrects) if document.corrects else None,
        idempotency_key=key,
    )
    _write_lines(row, document, actor, at)
    series.last_number, series.last_seal = number, seal
    series.save(update_fields=["last_number", "last_seal"])
    return row, True


def seal_of(ref: str, digest: str, pdf_digest: str, previous: str) -> str:
    """This function will seal a document: SHA-256 over its reference, both digests and the seal before it."""
    text = json.dumps([ref, digest, pdf_digest, previous], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def broken_seals() -> tuple[str, ...]:
    """This function will list issued documents whose content, file or place in the chain is not what was sealed."""
    broken: list[str] = []
    for series in books.Series.objects.order_by("pk"):
        previous = ""
        for row in series.documents.select_related("pdf").order_by("number"):
            pdf = hashlib.sha256(bytes(row.pdf.content)).hexdigest() if row.pdf else ""
            expected = seal_of(row.ref, digest_of(row.payload), pdf, previous)
            if (row.seal, row.previous_seal) != (expected, previous):
                broken.append(row.ref)
            previous = row.seal
    return tuple(broken)


def context_of(
    document: InvoiceDraft, client: books.Client, number: str, at: datetime
) -> InvoiceContext:
    """This function will gather what surrounds a document on paper; `number` is empty for a draft."""
    provider = books.Provider.objects.order_by("pk").first()
    day = local_date(client.zone, at)
    sender = (provider.address.splitlines(), [provider.email]) if provider else ([], [])
    return InvoiceContext(
        number=number,
        sender_name=provider.name if provider else "",
        sender_lines=tuple(line for lines in sender for line in lines if line),
        recipient_lines=(client.name, *client.address.splitlines()),
        issued_on=day,
        due_on=day + timedelta(days=_DAYS_TO_PAY),
        issued_at=at,
        agreement=_agreement_words(agreement_of(client, at), document.period_start),
        corrects=str(document.corrects or ""),
        paper="us-letter" if client.currency == "USD" else "a4",
    )


def _agreement_words(agreement: Agreement, first: date) -> str:
    in_force = [v for v in agreement.versions if v.in_force.start.date() <= first]
    version = (in_force or list(agreement.versions))[-1]
    return f"{agreement.title}, version {version.version}"


def _locked_series(kind: DocumentKind) -> books.Series:
    code, prefix = _SERIES[kind]
    books.Series.objects.get_or_create(code=code, defaults={"prefix": prefix})
    return books.Series.objects.select_for_update().get(code=code)


def _write_lines(row: books.Issued, document: InvoiceDraft, actor: Actor, at: datetime) -> None:
    numbers = dict(
        books.Decision.objects.of_client(row.client).current().values_list("ref", "number")
    )
    books.IssuedLine.objects.bulk_create(
        _line(row, position, line, numbers, (actor, at))
        for position, line in enumerate(document.lines, start=1)
    )


def _line(
    row: books.Issued,
    position: int,
    line: InvoiceLine,
    numbers: dict[str, str],
    written: tuple[Actor, datetime],
) -> books.IssuedLine:
    actor, at = written
    return books.IssuedLine(
        recorded_at=at,
        recorded_by=actor.label,
        document=row,
        position=position,
        ref=f"{row.ref}/{position}",
        kind=line.kind.value,
        description=line.description,
        service_day=line.service_day,
        amount_minor=line.amount.minor,
        value_minor=line.value.minor,
        currency=line.amount.currency,
        decisions=[numbers[entry] for entry in line.entries if entry in numbers],
        payload=dump(line),
    )
