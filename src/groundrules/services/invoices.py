"""Invoices: drafted from what the decisions come to, issued under the next number without a gap, credited by line.

The document is typeset first; then number, frozen document and seal are written in one short transaction under a lock
on the series. The same idempotency key never issues twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from django.db import transaction

from groundrules.core.answers.documents import decided_again, not_sent_yet
from groundrules.core.ids import InvoiceId
from groundrules.core.invoices.answers import (
    MONTHLY_FEES,
    DocumentKind,
    InvoiceDraft,
    InvoiceLine,
    LineKind,
)
from groundrules.core.invoices.draft import Correction, draft_credit_note
from groundrules.core.invoices.lines import RATED
from groundrules.core.ledger import JournalEntry
from groundrules.core.lifecycle.answers import InvoiceStanding
from groundrules.core.rating.journal import Booking, journal, unposted_fee, unposted_tax
from groundrules.core.world import DocumentPeriod
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter, file_facts
from groundrules.services.issuing import (
    NumberTaken,
    Typeset,
    busy_is_refused,
    credited_before,
    issue_document,
    typeset_ahead,
)
from groundrules.services.rating import write_entries
from groundrules.services.turns import take_turn
from groundrules.services.world import answer_for

_POSTED_WITH_THE_DOCUMENT = MONTHLY_FEES | {
    LineKind.INSPECTION,
    LineKind.REINSTATEMENT_FEE,
    LineKind.ONBOARDING,
    LineKind.BLOCK,
    LineKind.CAP,
    LineKind.SERVICE_CREDIT,
    LineKind.REFUND,
}

# How often a document is typeset before the lock is taken; another issuer may take its number each time.
_TYPESET_AHEAD = 3


class NothingToInvoice(ValueError):
    """Nothing was done, charged or due in the period."""


class AlreadyPaid(ValueError):
    """The invoice was settled before."""


def draft(
    *, client: books.Client, first: date, end: date, actor: Actor, at: datetime
) -> InvoiceDraft:
    """This function will draft the invoice of the local days `[first, end)`; raises NothingToInvoice."""
    with transaction.atomic():
        ask_for(client=client, first=first, end=end, actor=actor, at=at)
        drafts = due(client=client, at=at)
    for found in drafts:
        if (found.period_start, found.period_end) == (first, end):
            return found
    message = f"nothing to invoice for {client.name} from {first} to {end}"
    raise NothingToInvoice(message)


def ask_for(*, client: books.Client, first: date, end: date, actor: Actor, at: datetime) -> None:
    """This function will note that the local days `[first, end)` are to be invoiced, once."""
    require(actor, Role.ACCOUNTANT)
    with transaction.atomic():
        if not books.DocumentPeriod.objects.of_client(client).filter(first=first, end=end).exists():
            says = f"invoice of {first} to {end} asked for"
            enter(DocumentPeriod(first, end), "invoices.draft", says, Filing(client, actor, at))


def _always() -> None:
    """Nothing keeps the document from being issued."""


def issue(
    document: InvoiceDraft,
    *,
    client: books.Client,
    key: str,
    actor: Actor,
    at: datetime,
    unless: Callable[[], None] = _always,
) -> books.Issued:
    """This function will issue a document once under `key`, with the next number of its series, frozen and sealed.

    `unless` is asked first in the transaction that issues it, and raises what keeps it from being issued.
    Raises KeyTaken, PeriodInvoiced, the core's CreditExceedsOriginal, and IssuerBusy when the books stay locked by
    another process; nothing is issued then.
    """
    require(actor, Role.ACCOUNTANT)
    filing = Filing(client, actor, at)
    with busy_is_refused(key):
        for _ in range(_TYPESET_AHEAD):
            typeset = typeset_ahead(document, client=client, key=key, at=at)
            try:
                return _issue(document, key, typeset, filing, unless)
            except NumberTaken:
                continue
        # Many issue at once: this one holds the lock while it is typeset, so that it is not passed over for ever.
        return _issue(document, key, None, filing, unless)


def _issue(
    document: InvoiceDraft,
    key: str,
    typeset: Typeset | None,
    filing: Filing,
    unless: Callable[[], None],
) -> books.Issued:
    client, actor, at = filing.client, filing.actor, filing.at
    with transaction.atomic():
        unless()
        issued, is_new = issue_document(
            document, client=client, key=key, typeset=typeset, actor=actor, at=at
        )
        if is_new:
            _book_document(issued, document, actor, at)
            says = f"{issued.ref} issued: {document.total}"
            entry = audit.Entry("invoices.issue", issued.ref, says, client)
            audit.record(entry, actor=actor, at=at)
    return issued


def credit(
    original: books.Issued,
    corrections: Iterable[Correction],
    *,
    key: str,
    actor: Actor,
    at: datetime,
) -> books.Issued:
    """This function will issue a credit note for lines of an invoice, from the amounts it stored.

    Raises the core's NoSuchLine, CreditExceedsOriginal and NothingToInvoice.
    """
    require(actor, Role.ACCOUNTANT)
    note = draft_credit_note(
        original.to_core(), InvoiceId(original.ref), corrections, credited_before(original)
    )
    return issue(note, client=original.client, key=key, actor=actor, at=at)


def record_payment(
    invoice: books.Issued, *, paid_at: datetime, actor: Actor, at: datetime
) -> books.InvoiceStanding:
    """This function will note that an invoice was settled; raises AlreadyPaid."""
    require(actor, Role.ACCOUNTANT)
    with transaction.atomic():
        client = take_turn(invoice.client)
        rows = books.InvoiceStanding.objects.of_client(client).current()
        standing = rows.filter(ref=invoice.ref).first()
        if standing is not None and standing.paid_at is not None:
            message = f"{invoice.ref} was paid at {standing.paid_at.isoformat()} already"
            raise AlreadyPaid(message)
        value = InvoiceStanding(InvoiceId(invoice.ref), invoice.issued_at, paid_at)
        says, filing = f"{invoice.ref} paid", Filing(client, actor, at)
        row: books.InvoiceStanding = enter(value, "invoices.record_payment", says, filing).row
    return row


def _book_document(
    issued: books.Issued, document: InvoiceDraft, actor: Actor, at: datetime
) -> None:
    """The period is known as invoiced, the document stands unpaid, and what no charge posted is posted.

    The charge of work that was decided again is reversed where it was posted, so its refund moves no money here.
    """
    if document.kind is DocumentKind.INVOICE:
        ref = InvoiceId(issued.ref)
        period = DocumentPeriod(document.period_start, document.period_end, at, ref)
        file_facts((InvoiceStanding(ref, at), period), Filing(issued.client, actor, at))
    entries = [
        journal(
            unposted_fee(f"fee|{line_ref}", line.service_day, line.description, line.amount),
            Booking(line_ref, at),
        )
        for number, line in enumerate(document.lines, start=1)
        if line.kind in _POSTED_WITH_THE_DOCUMENT
        and line.amount.minor
        and not _reversed_by_rating(issued, line)
        and (line_ref := f"{issued.ref}/{number}")
    ]
    write_entries(issued.client, [*entries, *_taxes(issued, at)], actor=actor, at=at)


def _reversed_by_rating(issued: books.Issued, line: InvoiceLine) -> bool:
    if line.corrects_line is None or issued.corrects is None or not decided_again(line):
        return False
    corrected = issued.corrects.to_core().lines[line.corrects_line - 1]
    return corrected.kind in RATED


def _taxes(issued: books.Issued, at: datetime) -> list[JournalEntry]:
    """The client owes each tax with the document, and the provider owes it on."""
    heading = issued.to_heading()
    shares = heading.taxed.shares if heading else ()
    day = heading.issued_on if heading else issued.period_start
    return [
        journal(
            unposted_tax(f"tax|{ref}", day, f"{share.tax} on {share.base}", share.amount),
            Booking(ref, at),
        )
        for number, share in enumerate(shares, start=1)
        if share.amount.minor and (ref := f"{issued.ref}/tax {number}")
    ]


def due(*, client: books.Client, at: datetime) -> tuple[InvoiceDraft, ...]:
    """This function will list the documents that today's facts call for and that were not issued yet."""
    answers = answer_for(client, at)
    return not_sent_yet(answers.money.invoices, answers.world.documents)
