"""The list of issued documents, one document with its lines, its page pictures and its PDF."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Q, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.disputes import held_total
from groundrules.core.invoices.answers import UNCHARGED, InvoiceLine
from groundrules.core.invoices.electronic import ElectronicInvoiceRefused, what_lacks
from groundrules.core.money import Money
from groundrules.records.invoices import Issued, IssuedLine
from groundrules.services import accounting, disputes, previews
from groundrules.services.attachments import decision_log_as_issued
from groundrules.services.einvoices import xml_of_document
from groundrules.services.headings import heading_of
from groundrules.web.access import actor_of, area
from groundrules.web.documents import file_response, pdf_response, png_response
from groundrules.web.invoices.tables import INVOICES
from groundrules.web.tables.kit import csv_answer, paged, respond
from groundrules.web.times import minute, span_words
from groundrules.web.words import sentence

_CSV_BATCH = 500
# So many pages of a document are shown as pictures; its PDF has them all.
_PICTURES = 20
_FORMAT_NAMES = {
    "xero": "Xero",
    "quickbooks": "QuickBooks Online",
    "csv": "spreadsheet (CSV)",
    "beancount": "beancount",
}
_EXPORT_REFUSALS = (
    *(accounting.NothingToExport, accounting.TooManyDocuments),
    *(accounting.CodesUnreadable, accounting.ExportOff),
)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as issued, with its time in words and its row."""

    row: IssuedLine
    line: InvoiceLine
    time: str


def _document(ref: str) -> Issued:
    rows = Issued.objects.select_related("client", "pdf", "corrects")
    return get_object_or_404(rows.defer("payload", "corrects__payload"), ref=ref)


def _shown(row: IssuedLine) -> ShownLine:
    line = row.to_core()
    seconds = int(line.minutes * 60) if line.minutes is not None else None
    return ShownLine(row, line, span_words(seconds) if seconds is not None else "")


@area("invoices")
def invoices(request: HttpRequest) -> HttpResponseBase:
    """Every issued document, and a month's documents for an accounting program."""
    rows = Issued.objects.select_related("client", "corrects")
    context: dict[str, object] = {
        "months": accounting.months_with_documents(),
        "formats": _FORMAT_NAMES.items(),
    }
    return respond(request, INVOICES, rows, "web/invoices/list.html", context)


@area("invoices")
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """A month's documents as a file; it is noted who took it."""
    form = request.POST.get("format", "")
    month = next(
        (m for m in accounting.months_with_documents() if str(m) == request.POST.get("month")), None
    )
    if month is None or form not in accounting.FORMATS:
        message = "Choose a month in which something was issued, and whose file it is to be."
        raise Http404(message)
    try:
        found = accounting.export_accounting(
            form, month, actor=actor_of(request), at=timezone.now()
        )
    except _EXPORT_REFUSALS as refused:
        messages.error(request, f"Nothing was handed out. {sentence(refused)}")
        return redirect("web:invoices")
    return file_response(found.content, found.media_type, found.name)


@area("invoices")
def invoice(request: HttpRequest, ref: str) -> HttpResponseBase:
    """One issued document; each line opens its decision. Its lines also as CSV."""
    row = _document(ref)
    lines = row.lines.order_by("position")
    if request.GET.get("format") == "csv":
        rows = lines.iterator(chunk_size=_CSV_BATCH)
        return csv_answer(row.ref, _COLUMNS, (_cells(_shown(one)) for one in rows))
    heading = row.to_heading()
    held = disputes.on_document(row)
    page = paged(request, lines, "lines")
    papers = previews.document_pages(row)
    context = {
        "document": row,
        "lacking": what_lacks(heading_of(row)),
        "has_log": decision_log_as_issued(row) is not None,
        "shares": heading.taxed.shares if heading and heading.is_taxed else (),
        **_sums(row),
        "issued": minute(row.issued_at, row.client.zone),
        "page": page,
        "lines": [_shown(line) for line in page.object_list],
        "corrections": row.corrections.order_by("issued_at"),
        "disputes": held,
        "held": held_total((d.to_core() for d in held), row.currency),
        "papers": papers,
        "pictures": range(1, min(papers, _PICTURES) + 1),
    }
    return render(request, "web/invoices/invoice.html", context)


def _sums(row: Issued) -> dict[str, Money]:
    """What all lines of a document come to: net, what is to be paid, and the value of work shown at 0.00."""
    uncharged = Sum("value_minor", filter=Q(kind__in=[kind.value for kind in UNCHARGED]))
    found = row.lines.aggregate(net=Sum("amount_minor"), uncharged=uncharged)
    return {
        "net": Money(found["net"] or 0, row.currency),
        "uncharged": Money(found["uncharged"] or 0, row.currency),
        "total": Money(row.total_minor, row.currency),
    }


_COLUMNS = ("Line", "Date", "What", "Working", "Clause", "Time", "Value", "Charged", "Decisions")


def _cells(shown: ShownLine) -> tuple[str, ...]:
    row, line = shown.row, shown.line
    return (
        *(str(row.position), row.service_day.isoformat(), line.description, line.working),
        *(str(line.clause or ""), shown.time, str(line.value), str(line.amount)),
        " ".join(row.decisions),
    )


@area("invoices")
def invoice_page(request: HttpRequest, ref: str, page: int) -> HttpResponse:
    """One page of a document as a picture."""
    try:
        return png_response(previews.document_picture(_document(ref), page))
    except previews.NoSuchPage as missing:
        raise Http404(str(missing)) from missing


@area("invoices")
def invoice_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """The PDF exactly as issued."""
    row = _document(ref)
    if row.pdf is None:
        message = f"{ref} has no PDF"
        raise Http404(message)
    return pdf_response(row.pdf, row.ref)


@area("invoices")
def invoice_xml(_request: HttpRequest, ref: str, form: str) -> HttpResponse:
    """The document as electronic invoice, from what was frozen."""
    try:
        content = xml_of_document(_document(ref), form)
    except ElectronicInvoiceRefused as refused:
        raise Http404(str(refused)) from refused
    return file_response(content, "application/xml", f"{ref}-{form}.xml")


@area("invoices")
def invoice_log(_request: HttpRequest, ref: str) -> HttpResponse:
    """The decisions behind the lines, as they travel inside the PDF."""
    content = decision_log_as_issued(_document(ref))
    if content is None:
        message = f"{ref} was issued before documents carried their decisions; its lines open them one by one"
        raise Http404(message)
    return file_response(content, "application/json", f"{ref}-decisions.json")
