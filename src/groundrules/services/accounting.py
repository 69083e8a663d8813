"""A month's issued documents for an accounting program: the same file each time, held against the books, and noted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction

from groundrules.core.invoices.export import BookedDocument, Month, book, totals_of
from groundrules.core.money import Money
from groundrules.core.periods import local_date
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.renderers.accounting import WRITERS, postings_of, render_beancount
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.headings import heading_of

FORMATS = (*WRITERS, "beancount")
ENDINGS = {"beancount": ("beancount", "text/plain; charset=utf-8")}
_CSV = ("csv", "text/csv; charset=utf-8")
_VERB = "accounting.export"
_XERO_TAKES = 500
_A_DAY = timedelta(days=1)
_CODE = re.compile(r"(work|fees|S|Z|E|AE|O|S [0-9]+(\.[0-9]+)?)\Z")
_DEFAULT_CODES = {"work": "200", "fees": "200"}


class NothingToExport(LookupError):
    """Nothing was issued in the month."""


class TooManyDocuments(ValueError):
    """The program takes fewer documents in one file."""


class CodesUnreadable(ValueError):
    """The setting of account and tax codes can not be read."""


class ExportOff(RuntimeError):
    """The file would not add up to what was issued; nothing was handed out."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file, what it is called, and whether the very same was handed out before (and by whom and when)."""

    name: str
    media_type: str
    content: bytes
    documents: int
    totals: dict[str, Money]
    before: str = ""


def export_accounting(
    form: str, month: Month, *, actor: Actor, at: datetime, client: books.Client | None = None
) -> Exported:
    """This function will write a month's documents in one of FORMATS and note that they were handed out.

    Documents count in the month they were issued in, by the client's own calendar. Raises NothingToExport,
    TooManyDocuments and CodesUnreadable.
    """
    require(actor, Role.ACCOUNTANT)
    documents = _documents(month, client)
    if not documents:
        whose = f" to {client.name}" if client else ""
        message = f"nothing was issued{whose} in {month}, so there is nothing to export"
        raise NothingToExport(message)
    if form == "xero" and len(documents) > _XERO_TAKES:
        message = f"Xero takes {_XERO_TAKES} documents in one file and {month} has {len(documents)}; export by client"
        raise TooManyDocuments(message)
    content = _written(form, documents, client)
    ending, media_type = ENDINGS.get(form, _CSV)
    whose = f"-{client.code}" if client else ""
    digest = hashlib.sha256(content).hexdigest()
    subject = f"{form} {month}{whose}"
    told = {"sha256": digest, "documents": len(documents)}
    with transaction.atomic():
        before = _before(subject, digest)
        says = f"{len(documents)} documents of {month} handed out for {form}"
        audit.record(audit.Entry(_VERB, subject, says, client, told), actor=actor, at=at)
    name = f"groundrules-{form}-{month}{whose}.{ending}"
    return Exported(name, media_type, content, len(documents), totals_of(documents), before)


def months_with_documents() -> tuple[Month, ...]:
    """This function will list the months in which something was issued, the newest first."""
    found = books.Issued.objects.select_related("client").only("issued_at", "client__zone")
    days = {_day_of(row) for row in found}
    months = {Month(day.year, day.month) for day in days}
    return tuple(sorted(months, key=lambda m: (m.year, m.month), reverse=True))


def codes_of(text: str) -> dict[str, str]:
    """This function will read the setting of codes: `work=200, fees=210, S 20=OUTPUT2`; raises CodesUnreadable."""
    codes = dict(_DEFAULT_CODES)
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, code = (words.strip() for words in part.partition("="))
        if not equals or not code or not _CODE.match(name):
            message = (
                f"GROUNDRULES_ACCOUNTS says {part!r}; write work=200 or fees=200 for an account, "
                "and S=..., S 20=..., Z=..., E=..., AE=... or O=... for a tax"
            )
            raise CodesUnreadable(message)
        codes[name] = code
    return codes


def _documents(month: Month, client: books.Client | None) -> list[BookedDocument]:
    rows = books.Issued.objects.select_related("client", "corrects").order_by("series_id", "number")
    rows = rows.filter(client=client) if client else rows
    # A local day may lie beside the UTC day; the client's own calendar decides below.
    first = datetime(month.year, month.month, 1, tzinfo=UTC)
    last = datetime.combine(month.last_day, time.max, UTC)
    near = rows.filter(issued_at__gte=first - _A_DAY, issued_at__lte=last + _A_DAY)
    return [booked(row) for row in near if month.holds(_day_of(row))]


def booked(row: books.Issued) -> BookedDocument:
    """This function will take a document as it was issued; raises ExportOff when it does not add up to that."""
    document = book(heading_of(row), row.to_core())
    zero = Money.zero(row.currency)
    charged = sum((b.line.amount + b.tax_amount for b in document.lines), zero)
    if not charged.minor == document.total.minor == row.total_minor:
        message = f"{row.ref} was issued over {Money(row.total_minor, row.currency)}, its lines come to {charged}"
        raise ExportOff(message)
    return document


def _day_of(row: books.Issued) -> date:
    return local_date(row.client.zone, row.issued_at)


def _written(form: str, documents: list[BookedDocument], client: books.Client | None) -> bytes:
    codes = codes_of(settings.GROUNDRULES_ACCOUNTS)
    if form == "beancount":
        everything = books.Issued.objects.select_related("client", "corrects")
        scope = everything.filter(client=client) if client else everything
        return render_beancount(documents, _opened(scope))
    return WRITERS[form](documents, codes)


def written(
    form: str, documents: list[BookedDocument], before: Iterable[BookedDocument]
) -> tuple[bytes, str]:
    """This function will write documents in a form, and say how its file's name ends; raises CodesUnreadable.

    `before` are the documents that went out in this form earlier: their accounts are open already.
    """
    if form != "beancount":
        return WRITERS[form](documents, codes_of(settings.GROUNDRULES_ACCOUNTS)), "csv"
    first = min(document.heading.issued_on for document in documents)
    open_now = {account for document in before for account, _ in postings_of(document)}
    used = {account for document in documents for account, _ in postings_of(document)}
    opened = {account: date.min if account in open_now else first for account in used}
    return render_beancount(documents, opened), "beancount"


def _opened(rows: Iterable[books.Issued]) -> dict[str, date]:
    """The day each account is first used, over everything exported so: it is opened in that month's file only."""
    opened: dict[str, date] = {}
    for row in rows:
        document = book(heading_of(row), row.to_core())
        for account, _ in postings_of(document):
            day = document.heading.issued_on
            opened[account] = min(day, opened.get(account, day))
    return opened


def _before(subject: str, digest: str) -> str:
    """Who was handed the very same file before, and when; nothing when it is new or has changed."""
    rows = books.AuditEntry.objects.filter(verb=_VERB, subject=subject).order_by("-pk")
    same = next((row for row in rows if row.details.get("sha256") == digest), None)
    return f"{same.recorded_by} on {same.recorded_at:%Y-%m-%d %H:%M} UTC" if same else ""
