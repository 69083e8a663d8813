"""Issuing a document: the next number of its series, the frozen PDF, and a seal over it and the document before.

Numbers are given under a lock on the series' row, inside the verb's transaction: a number is given exactly once, and a
transaction that fails gives none. Typesetting takes ten times as long as everything else, so it happens before, under
the number expected next; where another issuer took that number meanwhile, it is done again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import OperationalError

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
# SQLite words it; PostgreSQL numbers it: lock not available, deadlock, cancelled.
_SQLITE_BUSY = ("database is locked", "database table is locked")
_POSTGRES_BUSY = frozenset({"55P03", "40P01", "57014"})


class KeyTaken(ValueError):
    """The idempotency key was used for another document."""


class NumberTaken(RuntimeError):
    """Another issuer took the number this document was typeset under; typeset it anew."""


class IssuerBusy(RuntimeError):
    """Another process kept the books locked for too long; nothing was issued."""


@dataclass(frozen=True, slots=True)
class Typeset:
    """A document's PDF, under the number it has when nobody issues another one first."""

    ref: str
    pdf: bytes


def typeset_ahead(
    document: InvoiceDraft, *, client: books.Client, key: str, at: datetime
) -> Typeset | None:
    """This function will typeset a document under the number expected next; None when `key` was used."""
    if books.Issued.objects.filter(idempotency_key=key).exists():
        return None
    code, prefix = _SERIES[document.kind]
    series = books.Series.objects.filter(code=code).first() or books.Series(prefix=prefix)
    ref = _next_ref(series)
    return Typeset(ref, _pdf_of(document, client, ref, at))


def issue_document(
    document: InvoiceDraft,
    *,
    client: books.Client,
    key: str,
    typeset: Typeset | None,
    actor: Actor,
    at: datetime,
) -> tuple[books.Issued, bool]:
    """This function will return the document issued under `key`, and whether that happened now.

    Without `typeset` the document is typeset here, under the lock. Raises KeyTaken, and NumberTaken when `typeset`
    bears a number that is gone.
    """
    series = _locked_series(document.kind)
    payload = dump(document)
    known = books.Issued.objects.filter(idempotency_key=key).first()
    if known is not None:
        return _same(known, payload, key), False
    ref = _next_ref(series)
    if typeset is not None and typeset.ref != ref:
        message = f"{typeset.ref} was given to another document; typeset this one as {ref}"
        raise NumberTaken(message)
    content = typeset.pdf if typeset else _pdf_of(document, client, ref, at)
    pdf = freeze(content, _PDF, actor=actor, at=at)
    row = books.Issued.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        client=client,
        series=series,
        number=series.last_number + 1,
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
        seal=seal_of(ref, digest_of(payload), pdf.digest, series.last_seal),
        pdf=pdf,
        corrects=books.Issued.objects.get(ref=document.corrects) if document.corrects else None,
        idempotency_key=key,
    )
    _write_lines(row, document, actor, at)
    series.last_number, series.last_seal = row.number, row.seal
    series.save(update_fields=["last_number", "last_seal"])
    return row, True


@contextmanager
def busy_is_refused(key: str) -> Iterator[None]:
    """This context will turn the database's own words for a lock that did not come free into IssuerBusy."""
    try:
        yield
    except OperationalError as error:
        if not _waited_in_vain(error):
            raise
        message = (
            "another process is writing to the books and did not finish in time, so nothing was issued; "
            f"issue it again under the same key ({key!r}), which never gives two documents"
        )
        raise IssuerBusy(message) from error


def _waited_in_vain(error: OperationalError) -> bool:
    code = getattr(error.__cause__, "sqlstate", None)
    return code in _POSTGRES_BUSY or str(error) in _SQLITE_BUSY


def _same(known: books.Issued, payload: str, key: str) -> books.Issued:
    if known.digest != digest_of(payload):
        message = f"{key!r} was used for {known.ref}, which says otherwise; use another key"
        raise KeyTaken(message)
    return known


def _pdf_of(document: InvoiceDraft, client: books.Client, ref: str, at: datetime) -> bytes:
    return render_invoice(document, context_of(document, client, ref, at))


def _next_ref(series: books.Series) -> str:
    return f"{series.prefix}{series.last_number + 1:0{_DIGITS}d}"


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
