"""The list of issued documents, one document with its lines, its page pictures and its PDF."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.disputes import held_total
from groundrules.core.invoices.answers import InvoiceLine
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
from groundrules.web.tables.kit import respond
from groundrules.web.times import minute, span_words
from groundrules.web.words import sentence

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
    return get_object_or_404(Issued.objects.select_related("client", "pdf", "corrects"), ref=ref)


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
def invoice(request: HttpRequest, ref: str) -> HttpResponse:
    """One issued document; each line opens its decision."""
    row = _document(ref)
    core = row.to_core()
    heading = row.to_heading()
    held = disputes.on_document(row)
    context = {
        "document": row,
        "lacking": what_lacks(heading_of(row)),
        "has_log": decision_log_as_issued(row) is not None,
        "shares": heading.taxed.shares if heading and heading.is_taxed else (),
        "core": core,
        "total": Money(row.total_minor, row.currency),
        "issued": minute(row.issued_at, row.client.zone),
        "lines": [_shown(line) for line in row.lines.order_by("position")],
        "corrections": row.corrections.order_by("issued_at"),
        "disputes": held,
        "held": held_total((d.to_core() for d in held), row.currency),
        "pages": range(1, previews.document_pages(row) + 1),
    }
    return render(request, "web/invoices/invoice.html", context)


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
