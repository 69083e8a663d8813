"""Frozen documents for the browser: the PDF exactly as issued. Types are fixed, names come from references."""

from __future__ import annotations

from django.http import HttpResponse

from groundrules.records.invoices import FrozenFile


def pdf_response(frozen: FrozenFile, name: str) -> HttpResponse:
    """This function will send a frozen PDF inline, under its reference."""
    answer = HttpResponse(bytes(frozen.content), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["X-Document-SHA256"] = frozen.digest
    return answer


def png_response(picture: bytes) -> HttpResponse:
    """This function will send a page picture."""
    return HttpResponse(picture, content_type="image/png")
