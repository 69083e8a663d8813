"""The list of issued documents, one document with its lines, its page pictures and its PDF."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from groundrules.core.invoices.answers import InvoiceLine
from groundrules.core.money import Money
from groundrules.records.invoices import Issued, IssuedLine
from groundrules.services import previews
from groundrules.web.access import area
from groundrules.web.documents import pdf_response, png_response
from groundrules.web.invoices.tables import INVOICES
from groundrules.web.tables.kit import respond
from groundrules.web.times import minute, span_words


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
    """Every issued document."""
    rows = Issued.objects.select_related("client", "corrects")
    return respond(request, INVOICES, rows, "web/invoices/list.html")


@area("invoices")
def invoice(request: HttpRequest, ref: str) -> HttpResponse:
    """One issued document; each line opens its decision."""
    row = _document(ref)
    core = row.to_core()
    heading = row.to_heading()
    context = {
        "document": row,
        "shares": heading.taxed.shares if heading and heading.is_taxed else (),
        "core": core,
        "total": Money(row.total_minor, row.currency),
        "issued": minute(row.issued_at, row.client.zone),
        "lines": [_shown(line) for line in row.lines.order_by("position")],
        "corrections": row.corrections.order_by("issued_at"),
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
