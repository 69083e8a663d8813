"""Invoices and credit notes as they were issued: as data, as the frozen PDF, as an electronic invoice."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from http import HTTPStatus

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from groundrules.api.problems import problem
from groundrules.api.v1.door import mine, needs
from groundrules.api.v1.paging import Instant, Paging, narrowed, of_client, one, page_of, page_type
from groundrules.api.v1.shapes import Amount, minor
from groundrules.core.invoices.answers import DocumentKind
from groundrules.core.invoices.electronic import ElectronicInvoiceRefused
from groundrules.records import models as books
from groundrules.services.einvoices import xml_of_document

router = Router(tags=["invoices"])
_READ = needs("invoices:read")


class LineShape(Schema):
    """One line: what is charged, and what it is worth (covered work is worth its value at 0.00)."""

    ref: str
    position: int
    kind: str
    description: str
    service_day: date
    amount: Amount
    value: Amount
    decisions: list[str]


class DocumentShape(Schema):
    """An invoice or credit note."""

    client: str
    ref: str
    kind: str
    issued_at: datetime
    period_start: date
    period_end: date
    total: Amount = Field(description="What is to be paid, taxes included.")
    tax: Amount
    corrects: str | None
    digest: str
    seal: str


DocumentPage = page_type("DocumentPage", DocumentShape, "A page of documents.")


class WholeDocument(DocumentShape):
    """A document with its lines."""

    lines: list[LineShape]


class DocumentsAsked(Paging):
    """Which documents."""

    kind: DocumentKind | None = Field(None, description="Only invoices, or only credit notes.")
    since: Instant | None = Field(None, description="Only issued at or after this instant.")
    until: Instant | None = Field(None, description="Only issued before this instant.")


class XmlForm(StrEnum):
    """The two forms of EN 16931."""

    UBL = "ubl"
    CII = "cii"


class XmlAsked(Schema):
    """Which form."""

    form: XmlForm = Field(XmlForm.UBL, description="ubl or cii (EN 16931).")


_PDF = {"responses": {"200": {"content": {"application/pdf": {"schema": {"type": "string"}}}}}}
_XML = {"responses": {"200": {"content": {"application/xml": {"schema": {"type": "string"}}}}}}


@router.get("/documents", auth=_READ, response=DocumentPage)
def list_documents(request: HttpRequest, asked: Query[DocumentsAsked]) -> object:
    """Invoices and credit notes."""
    rows = of_client(mine(request, _documents()), asked)
    rows = narrowed(rows, kind=asked.kind, issued_at__gte=asked.since, issued_at__lt=asked.until)
    return page_of(rows, asked, document_shape)


@router.get("/documents/{ref}", auth=_READ, response=WholeDocument)
def get_document(request: HttpRequest, ref: str) -> WholeDocument:
    """One invoice or credit note with its lines; each names the decisions that made it."""
    row = one(mine(request, _documents()), "document", ref=ref)
    lines = [_line(line) for line in row.lines.order_by("position")]
    return WholeDocument(lines=lines, **document_shape(row).dict())


@router.get("/documents/{ref}/pdf", auth=_READ, openapi_extra=_PDF)
def get_document_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """The PDF exactly as it was issued."""
    rows = books.Issued.objects.select_related("client", "pdf")
    row = one(mine(request, rows), "document", ref=ref)
    if row.pdf is None:
        message = f"{ref} has no PDF"
        raise Http404(message)
    return HttpResponse(bytes(row.pdf.content), content_type="application/pdf")


@router.get("/documents/{ref}/xml", auth=_READ, openapi_extra=_XML)
def get_document_xml(request: HttpRequest, ref: str, asked: Query[XmlAsked]) -> HttpResponse:
    """The document as an electronic invoice (EN 16931)."""
    row = one(mine(request, _documents()), "document", ref=ref)
    try:
        written = xml_of_document(row, asked.form.value)
    except ElectronicInvoiceRefused as refused:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "not-electronic", str(refused))
    return HttpResponse(written, content_type="application/xml")


def _documents() -> QuerySet[books.Issued]:
    return books.Issued.objects.select_related("client", "corrects")


def document_shape(row: books.Issued) -> DocumentShape:
    """This function will give a document its shape."""
    return DocumentShape(
        client=row.client.code,
        ref=row.ref,
        kind=row.kind,
        issued_at=row.issued_at,
        period_start=row.period_start,
        period_end=row.period_end,
        total=minor(row.total_minor, row.currency),
        tax=minor(row.tax_minor, row.currency),
        corrects=row.corrects.ref if row.corrects else None,
        digest=row.digest,
        seal=row.seal,
    )


def _line(row: books.IssuedLine) -> LineShape:
    return LineShape(
        ref=row.ref,
        position=row.position,
        kind=row.kind,
        description=row.description,
        service_day=row.service_day,
        amount=minor(row.amount_minor, row.currency),
        value=minor(row.value_minor, row.currency),
        decisions=[str(number) for number in row.decisions],
    )
