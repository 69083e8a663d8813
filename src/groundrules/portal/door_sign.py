"""Signing behind the client's door: read the exact document, type your name and a code, or bring the scanned page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from groundrules.core.signatures import LARGEST_SCAN, SignatureRefused
from groundrules.portal.door import behind, frame
from groundrules.records.models import FrozenFile, SignatureRequest
from groundrules.services import signing
from groundrules.services.access import CodeRefused, mail_code
from groundrules.services.door import Reader


def _request(reader: Reader, number: int) -> SignatureRequest:
    """Only who was asked sees it, and no delegate."""
    rows = SignatureRequest.objects.filter(signer=reader.contact, client=reader.client, pk=number)
    row = rows.select_related("document", "client", "signer").first()
    if row is None or reader.delegation is not None:
        message = "Nothing like that waits for you."
        raise Http404(message)
    return row


@behind("")
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, reader: Reader, token: str, number: int) -> HttpResponse:
    """The document and its digest; only a typed name with a typed code, posted from here, signs it."""
    row = _request(reader, number)
    problem, said = "", ""
    step = request.POST.get("step", "") if request.method == "POST" else ""
    if step == "code":
        mail_code(reader.link, reader.at)
        said = f"We mailed six digits to {reader.link.email}. They are good for ten minutes."
    elif step == "sign":
        try:
            signing.sign(row, _given(request), reader.link, reader.at)
        except (SignatureRefused, CodeRefused) as refused:
            problem = str(refused)
        else:
            return redirect("door:sign", token, number)
    context = frame(request, reader, token, "") | {
        "row": row,
        "signature": getattr(row, "signature", None),
        "problem": problem,
        "said": said,
        "typed": request.POST.get("typed_name", ""),
    }
    return render(request, "portal/door/sign.html", context, status=422 if problem else 200)


def _given(request: HttpRequest) -> signing.Given:
    sent = request.FILES.get("scan")
    # One byte more than is allowed is enough to refuse it; the rest is never read.
    scan = sent.read(LARGEST_SCAN + 1) if sent else b""
    if sent and not scan:
        message = "The file is empty. Choose the scanned page again."
        raise SignatureRefused(message)
    return signing.Given(
        request.POST.get("digest", ""),
        request.POST.get("typed_name", ""),
        request.POST.get("code", ""),
        request.META.get("REMOTE_ADDR", ""),
        scan,
    )


@behind("")
@require_safe
def document(_request_: HttpRequest, reader: Reader, token: str, number: int) -> HttpResponse:
    """The exact PDF that is to be signed."""
    row = _request(reader, number)
    answer = HttpResponse(bytes(row.document.content), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{row}.pdf"'
    return answer


@behind("")
@require_safe
def signed(_request_: HttpRequest, reader: Reader, token: str, number: int) -> HttpResponse:
    """What was signed, with its evidence, to keep."""
    row = _request(reader, number)
    signature = getattr(row, "signature", None)
    if signature is None:
        message = "It is not signed yet."
        raise Http404(message)
    return download(signature.file, str(row))


def download(kept: FrozenFile, name: str) -> HttpResponse:
    """This function will give a file to save: never shown in place, whatever it is."""
    ending = {"image/png": "png", "image/jpeg": "jpg"}.get(kept.media_type, "pdf")
    answer = HttpResponse(bytes(kept.content), content_type=kept.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
