"""The exact document, the signed file, or the evidence page of a signature; always to save, never shown in place."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from groundrules.records.models import SignatureRequest
from groundrules.web.access import area
from groundrules.web.documents import file_response

_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


@area("letters")
@require_safe
def kept(_request: HttpRequest, number: int, what: str) -> HttpResponse:
    """One of the three files of a request."""
    row = get_object_or_404(SignatureRequest.objects.select_related("document"), pk=number)
    signature = getattr(row, "signature", None)
    files = {"document": row.document}
    if signature is not None:
        files |= {"signed": signature.file, "evidence": signature.evidence}
    found = files.get(what)
    if found is None:
        message = f"{row} has no {what}."
        raise Http404(message)
    name = f"{row}-{what}.{_ENDINGS[found.media_type]}"
    return file_response(bytes(found.content), found.media_type, name)
