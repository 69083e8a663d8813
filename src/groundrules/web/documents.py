"""Frozen documents for the browser: the PDF exactly as issued. Types are fixed, names come from references."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from groundrules.records.invoices import FrozenFile


def pdf_response(frozen: FrozenFile, name: str) -> HttpResponse:
    """This function will send a frozen PDF inline, under its reference."""
    answer = drawn_pdf(bytes(frozen.content), name)
    answer["X-Document-SHA256"] = frozen.digest
    return answer


def drawn_pdf(content: bytes, name: str) -> HttpResponse:
    """This function will send a PDF inline that is not frozen: a draft of today."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def png_response(picture: bytes) -> HttpResponse:
    """This function will send a page picture."""
    return HttpResponse(picture, content_type="image/png")


def saved_file(content: bytes, name: str) -> HttpResponse:
    """This function will give a stranger's file out to be saved: never opened in the page, whatever it claims to be."""
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def file_response(content: bytes, media_type: str, name: str) -> HttpResponse:
    """This function will send a file to be kept, under a name made from references only."""
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
