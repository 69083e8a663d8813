"""The letter list, one letter with its preview, its PDF, and the acts of review."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.records.letters import Letter, LetterDraft
from groundrules.services import letters as letter_services
from groundrules.services import previews
from groundrules.web.access import area
from groundrules.web.documents import pdf_response, png_response
from groundrules.web.letters.tables import LETTERS
from groundrules.web.tables.kit import respond
from groundrules.web.times import minute


def _draft(ref: str) -> LetterDraft:
    return get_object_or_404(LetterDraft.objects.select_related("client", "asset"), ref=ref)


@area("letters")
def letters(request: HttpRequest) -> HttpResponseBase:
    """Every letter, drafted or sent."""
    rows = LetterDraft.objects.select_related("client", "asset")
    return respond(request, LETTERS, rows, "web/letters/list.html")


@area("letters")
def letter(request: HttpRequest, ref: str) -> HttpResponse:
    """One letter: stage, who decided, the text with its facts, and how it looks on paper."""
    row = _draft(ref)
    sent = Letter.objects.filter(draft=row).first()
    zone = row.client.zone
    context = {
        "letter": row,
        "core": (sent or row).to_core(),
        "sent": sent,
        "drafted": minute(row.drafted_at, zone),
        "decided": minute(row.decided_at, zone) if row.decided_at else "",
        "sent_at": minute(sent.sent_at, zone) if sent else "",
        "pages": range(1, previews.letter_pages(row) + 1),
    }
    return render(request, "web/letters/letter.html", context)


@area("letters")
def letter_page(request: HttpRequest, ref: str, page: int) -> HttpResponse:
    """One page of a letter as a picture."""
    try:
        return png_response(previews.letter_picture(_draft(ref), page))
    except previews.NoSuchPage as missing:
        raise Http404(str(missing)) from missing


@area("letters")
def letter_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """The PDF of a sent letter, exactly as it was sent."""
    sent = get_object_or_404(
        Letter.objects.select_related("pdf"), draft__ref=ref, pdf__isnull=False
    )
    return pdf_response(sent.pdf, sent.ref)  # type: ignore[arg-type]  # the filter says it is there


@area("letters")
@require_POST
def approve(request: HttpRequest, ref: str) -> HttpResponse:
    """Approve a draft; another person than its author, or an owner."""
    try:
        letter_services.approve(draft=_draft(ref), actor=str(request.user), at=timezone.now())
        messages.info(request, "Approved. It goes out when it is sent.")
    except letter_services.LetterRefused as refused:
        messages.error(request, str(refused))
    return redirect("web:letter", ref)
