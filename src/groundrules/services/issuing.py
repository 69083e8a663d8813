"""Issuing a document: the next number of its series, the frozen PDF, and a seal over it and the document before.

Numbers are given under a lock on the series' row, inside the verb's transaction: a number is given exactly once, and a
transaction that fails gives none. Typesetting takes ten times as long as everything else, so it happens before, under
the number expected next; where another issuer took that number meanwhile, it is done again.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError

from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine
from groundrules.core.invoices.draft import CreditExceedsOriginal, check_credit_note
from groundrules.core.invoices.heading import Heading
from groundrules.core.money import Money
from groundrules.records import models as books
from groundrules.records.typed_json import digest_of, dump
from groundrules.renderers.pdf_invoice import render_invoice
from groundrules.services.actor import Actor
from groundrules.services.attachments import attachments_of
from groundrules.services.frozen_files import freeze
from groundrules.services.headings import heading_for, on_paper

_PDF = "application/pdf"
_SERIES = {
    DocumentKind.INVOICE: ("invoice", "INV-"),
    DocumentKind.CREDIT_NOTE: ("credit note", "CRN-"),
}
_DIGITS = 5
# SQLite words it; PostgreSQL numbers it: lock not available, deadlock, cancelled.
_SQLITE_BUSY = ("database is locked", "database table is locked")
_POSTGRES_BUSY = frozenset({"55P03", "40P01", "57014"})


class KeyTaken(ValueError):
    """The idempotency key was used for another document."""


class PeriodInvoiced(ValueError):
    """The client was invoiced for these days before; what is still due of them belongs on a later document."""


class CreditRepeated(CreditExceedsOriginal):
    """A credit note that says the very same of the same invoice went out before, under another key."""


class NumberTaken(RuntimeError):
    """Another issuer took the number this document was typeset under; typeset it anew."""


class IssuerBusy(RuntimeError):
    """Another process kept the books locked for too long; nothing was issued."""


@dataclass(frozen=True, slots=True)
class Typeset:
    """A document's heading and PDF, under the number it has when nobody issues another one first."""

    ref: str
    heading: Heading
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
    return _typeset(document, client, ref, at)


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

    Without `typeset` the document is typeset here, under the lock. Raises KeyTaken, PeriodInvoiced, CreditRepeated or
    the core's CreditExceedsOriginal when another document went out since this one was drafted, and NumberTaken when
    `typeset` bears a number that is gone.
    """
    series = _locked_series(document.kind)
    payload = dump(document)
    known = books.Issued.objects.filter(idempotency_key=key).first()
    if known is not None:
        return _same(known, payload, key), False
    _refuse_twice(document, client)
    ref = _next_ref(series)
    if typeset is not None and typeset.ref != ref:
        message = f"{typeset.ref} was given to another document; typeset this one as {ref}"
        raise NumberTaken(message)
    ready = typeset or _typeset(document, client, ref, at)
    pdf = freeze(ready.pdf, _PDF, actor=actor, at=at)
    row = _sealed_row(document, ready, series, pdf)
    row.recorded_at, row.recorded_by, row.issued_at = at, actor.label, at
    row.client, row.idempotency_key = client, key
    row.save(force_insert=True)
    _write_lines(row, document, actor, at)
    series.last_number, series.last_seal = row.number, row.seal
    series.save(update_fields=["last_number", "last_seal"])
    return row, True


def _refuse_twice(document: InvoiceDraft, client: books.Client) -> None:
    """Under the series' lock: a draft may have waited while the same days, or lines, went out another way."""
    if document.kind is DocumentKind.CREDIT_NOTE and document.corrects is not None:
        _refuse_credit_again(document, books.Issued.objects.get(ref=document.corrects))
        return
    rows = books.Issued.objects.filter(client=client, kind=document.kind.value)
    before = rows.filter(period_start=document.period_start, period_end=document.period_end).first()
    if before is not None:
        message = (
            f"{client.name} was invoiced for {document.period_start} to {document.period_end} with {before.ref}; "
            "draft again what is still due"
        )
        raise PeriodInvoiced(message)


def _refuse_credit_again(note: InvoiceDraft, original: books.Issued) -> None:
    """What is left of a line may have room for the same credit once more; nobody meant that."""
    again = original.corrections.filter(digest=digest_of(dump(note))).first()
    if again is not None:
        message = (
            f"{again.ref} credits exactly this on {original.ref} already; "
            "where it is meant a second time, give another reason"
        )
        raise CreditRepeated(message)
    check_credit_note(note, original.to_core(), credited_before(original))


def credited_before(original: books.Issued) -> dict[int, Money]:
    """This function will say, by line number, what credit notes on an invoice took back so far."""
    taken: defaultdict[int, Money] = defaultdict(lambda: Money.zero(original.currency))
    for note in original.corrections.all():
        for line in note.to_core().lines:
            if line.corrects_line is not None:
                taken[line.corrects_line] -= line.amount
    return dict(taken)


def _sealed_row(
    document: InvoiceDraft, ready: Typeset, series: books.Series, pdf: books.FrozenFile
) -> books.Issued:
    """The row with everything it is sealed with; who issued it, when and for whom is still to be said."""
    payload, heading = dump(document), dump(ready.heading)
    digests = (digest_of(payload), digest_of(heading))
    return books.Issued(
        series=series,
        number=series.last_number + 1,
        ref=ready.ref,
        kind=document.kind.value,
        period_start=document.period_start,
        period_end=document.period_end,
        total_minor=ready.heading.to_pay(document).minor,
        tax_minor=ready.heading.taxed.total(document.currency).minor,
        currency=document.currency,
        payload=payload,
        heading=heading,
        digest=digests[0],
        previous_seal=series.last_seal,
        seal=seal_of(ready.ref, digests, pdf.digest, series.last_seal),
        pdf=pdf,
        corrects=books.Issued.objects.get(ref=document.corrects) if document.corrects else None,
    )


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


def _typeset(document: InvoiceDraft, client: books.Client, ref: str, at: datetime) -> Typeset:
    heading = heading_for(document, client, ref, at)
    attached = attachments_of(document, heading, client)
    return Typeset(
        ref, heading, render_invoice(document, on_paper(document, heading, at, attached))
    )


def _next_ref(series: books.Series) -> str:
    return f"{series.prefix}{series.last_number + 1:0{_DIGITS}d}"


def seal_of(ref: str, digests: tuple[str, ...], pdf_digest: str, previous: str) -> str:
    """This function will seal a document: SHA-256 over its reference, its digests, its PDF's and the seal before it."""
    text = json.dumps([ref, *digests, pdf_digest, previous], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def expected_seal(row: books.Issued, pdf_digest: str, previous: str) -> str:
    """This function will recompute a document's seal; one older than headings was sealed without."""
    digests = (digest_of(text) for text in (row.payload, row.heading) if text)
    return seal_of(row.ref, tuple(digests), pdf_digest, previous)


def broken_seals() -> tuple[str, ...]:
    """This function will list issued documents whose content, file or place in the chain is not what was sealed."""
    broken: list[str] = []
    for series in books.Series.objects.order_by("pk"):
        previous = ""
        for row in series.documents.select_related("pdf").order_by("number"):
            pdf = hashlib.sha256(bytes(row.pdf.content)).hexdigest() if row.pdf else ""
            expected = expected_seal(row, pdf, previous)
            if (row.seal, row.previous_seal) != (expected, previous):
                broken.append(row.ref)
            previous = row.seal
    return tuple(broken)


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
