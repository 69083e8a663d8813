"""Pages of a PDF as pictures, and the files inside it: what people look at is the very document that was frozen."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from types import ModuleType

_WIDTH_PIXELS = 1224
_ONE_AT_A_TIME = threading.Lock()  # PDFium is not safe for concurrent use.


class NoSuchPage(LookupError):
    """A page number lies outside the document."""


@cache
def _pdfium() -> ModuleType:
    """The library, loaded by the first who looks at a document: it takes 5 MiB, and most programs never look."""
    return import_module("pypdfium2")


def page_count(pdf: bytes) -> int:
    """This function will return how many pages a PDF has."""
    with _ONE_AT_A_TIME:
        document = _pdfium().PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()


def joined(parts: Sequence[bytes]) -> bytes:
    """This function will put PDFs one behind the other as one."""
    with _ONE_AT_A_TIME:
        whole = _pdfium().PdfDocument.new()
        try:
            for part in parts:
                document = _pdfium().PdfDocument(part)
                whole.import_pages(document)
                document.close()
            held = io.BytesIO()
            write = whole.save  # Of a PDF, into memory: no row is written here.
            write(held)
            return held.getvalue()
        finally:
            whole.close()


def attached_file(pdf: bytes, name: str) -> bytes | None:
    """This function will return the file of that name inside a PDF, or None."""
    with _ONE_AT_A_TIME:
        document = _pdfium().PdfDocument(pdf)
        try:
            held = (document.get_attachment(n) for n in range(document.count_attachments()))
            found = next((one for one in held if one.get_name() == name), None)
            return bytes(found.get_data()) if found else None
        finally:
            document.close()


def page_picture(pdf: bytes, page: int) -> bytes:
    """This function will draw one page (counted from 1) as PNG, 1224 pixels wide; raises NoSuchPage."""
    with _ONE_AT_A_TIME:
        document = _pdfium().PdfDocument(pdf)
        try:
            if not 1 <= page <= len(document):
                message = f"the document has {len(document)} page(s); there is no page {page}"
                raise NoSuchPage(message)
            sheet = document[page - 1]
            bitmap = sheet.render(scale=_WIDTH_PIXELS / sheet.get_width())
            held = io.BytesIO()
            bitmap.to_pil().save(held, format="PNG", optimize=True)
            return held.getvalue()
        finally:
            document.close()
