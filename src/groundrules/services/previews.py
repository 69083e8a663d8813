"""Documents as people look at them: pages of the frozen PDF, or of a draft typeset as it would leave the house.

Nothing is written. A small memory holds the last few pictures, so that turning a page does not typeset again.
"""

from __future__ import annotations

from functools import lru_cache

from groundrules.core.letters.answers import LetterDraft as CoreLetterDraft
from groundrules.records.invoices import Issued
from groundrules.records.letters import Letter, LetterDraft
from groundrules.renderers.pdf_letter import LetterContext, render_letter
from groundrules.renderers.pdf_picture import NoSuchPage, page_count, page_picture
from groundrules.services.letter_paper import context_of

__all__ = [
    "NoSuchPage",
    "document_pages",
    "document_picture",
    "letter_pages",
    "letter_pdf",
    "letter_picture",
]

_DRAFTS_KEPT = 16
_PICTURES_KEPT = 48


def letter_pdf(row: LetterDraft) -> bytes:
    """This function will return a letter's PDF: the frozen bytes once it was sent, otherwise the draft typeset now."""
    sent = Letter.objects.select_related("pdf").filter(draft=row, pdf__isnull=False).first()
    if sent is not None and sent.pdf is not None:
        return bytes(sent.pdf.content)
    if row.report is not None:
        return bytes(row.report.pdf.content)
    return _typeset(row.to_core(), context_of(row, row.drafted_at, is_draft=True))


def letter_pages(row: LetterDraft) -> int:
    """This function will return how many pages a letter has."""
    return _pages(letter_pdf(row))


def letter_picture(row: LetterDraft, page: int) -> bytes:
    """This function will draw one page of a letter (from 1) as PNG; raises NoSuchPage."""
    return _picture(letter_pdf(row), page)


def document_pages(row: Issued) -> int:
    """This function will return how many pages an issued document has; 0 when it was issued without a PDF."""
    return _pages(bytes(row.pdf.content)) if row.pdf is not None else 0


def document_picture(row: Issued, page: int) -> bytes:
    """This function will draw one page of an issued document (from 1) as PNG; raises NoSuchPage."""
    if row.pdf is None:
        message = f"{row.ref} was issued without a PDF; there is no page {page}"
        raise NoSuchPage(message)
    return _picture(bytes(row.pdf.content), page)


@lru_cache(maxsize=_DRAFTS_KEPT)
def _typeset(draft: CoreLetterDraft, context: LetterContext) -> bytes:
    return render_letter(draft, context)


@lru_cache(maxsize=_PICTURES_KEPT)
def _pages(pdf: bytes) -> int:
    return page_count(pdf)


@lru_cache(maxsize=_PICTURES_KEPT)
def _picture(pdf: bytes, page: int) -> bytes:
    return page_picture(pdf, page)
