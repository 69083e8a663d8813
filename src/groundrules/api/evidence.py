"""`POST /api/v1/evidence` takes in one batch; `GET /api/v1/evidence/position` says where a stream stands."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone

from groundrules.api.door import door
from groundrules.api.problems import problem
from groundrules.services import receiving

_CHUNK = 1 << 18
_SIGNATURE_BYTES = 64
_NAME = re.compile(r"[A-Za-z0-9._-]{1,120}")
_SEQUENCE = re.compile(r"[1-9][0-9]{0,17}")
_DIGEST = re.compile(r"(?:[0-9a-f]{64})?")
_REFUSALS = (
    receiving.AgentNotTrusted,
    receiving.AgentRevoked,
    receiving.BodyTooLarge,
    receiving.EnvelopeRefused,
    receiving.OutOfTurn,
    receiving.ReceiverBusy,
)
_PLAIN_REFUSALS = {
    receiving.AgentNotTrusted: (HTTPStatus.UNAUTHORIZED, "not-trusted"),
    receiving.AgentRevoked: (HTTPStatus.FORBIDDEN, "revoked"),
    receiving.BodyTooLarge: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large"),
    receiving.EnvelopeRefused: (HTTPStatus.UNPROCESSABLE_ENTITY, "envelope"),
}


class HeaderMalformed(ValueError):
    """A header that names the agent, the place in the stream or the signature is missing or not in its form."""


@door("POST")
def evidence(request: HttpRequest) -> HttpResponse:
    """This view will take in one batch: 201 when it is kept, 200 when it was kept before."""
    try:
        claimed = _claimed(request)
        _refuse_length(request)
        accepted = receiving.accept(claimed, _chunks(request), at=timezone.now())
    except HeaderMalformed as refused:
        return problem(HTTPStatus.BAD_REQUEST, "header", str(refused))
    except UnreadablePostError as broken:
        return problem(HTTPStatus.BAD_REQUEST, "cut-short", f"the body broke off: {broken}")
    except _REFUSALS as refused:
        return _refusal(refused)
    answer = {"digest": accepted.digest, "received_at": accepted.received_at.isoformat()}
    status = HTTPStatus.CREATED if accepted.is_new else HTTPStatus.OK
    return JsonResponse(answer, status=status)


@door("GET")
def position(request: HttpRequest) -> HttpResponse:
    """This view will say which batch a stream needs next, and which digest that one must follow."""
    try:
        agent = _header(request, "Groundrules-Agent", _NAME)
        stream = _header(request, "Groundrules-Stream", _NAME)
        stands = receiving.position(agent, stream, _signature(request), at=timezone.now())
    except HeaderMalformed as refused:
        return problem(HTTPStatus.BAD_REQUEST, "header", str(refused))
    except _REFUSALS as refused:
        return _refusal(refused)
    return JsonResponse({"next_sequence": stands.sequence + 1, "previous": stands.digest})


def _refusal(refused: Exception) -> HttpResponse:
    if isinstance(refused, receiving.OutOfTurn):
        stands = refused.position
        more = {"next_sequence": stands.sequence + 1, "previous": stands.digest}
        return problem(HTTPStatus.CONFLICT, refused.verdict.value, str(refused), more)
    if isinstance(refused, receiving.ReceiverBusy):
        wait = refused.retry_after
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "busy", str(refused), retry_after=wait)
    status, code = _PLAIN_REFUSALS[type(refused)]
    return problem(status, code, str(refused))


def _claimed(request: HttpRequest) -> receiving.Claimed:
    return receiving.Claimed(
        agent=_header(request, "Groundrules-Agent", _NAME),
        stream=_header(request, "Groundrules-Stream", _NAME),
        sequence=int(_header(request, "Groundrules-Sequence", _SEQUENCE)),
        previous=_header(request, "Groundrules-Previous", _DIGEST),
        signature=_signature(request),
    )


def _header(request: HttpRequest, name: str, form: re.Pattern[str]) -> str:
    text = request.headers.get(name, "")
    if not form.fullmatch(text):
        message = f"the header {name} is {text[:200]!r}, which is not in its form"
        raise HeaderMalformed(message)
    return text


def _signature(request: HttpRequest) -> bytes:
    text = request.headers.get("Groundrules-Signature", "")
    try:
        signature = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        signature = b""
    if len(signature) != _SIGNATURE_BYTES:
        message = (
            "the header Groundrules-Signature is not an Ed25519 signature (64 bytes) in base64"
        )
        raise HeaderMalformed(message)
    return signature


def _refuse_length(request: HttpRequest) -> None:
    """A body that says it is too large is refused before a byte of it is looked at."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > settings.GROUNDRULES_RECEIVE_LIMIT:
        raise receiving.BodyTooLarge(settings.GROUNDRULES_RECEIVE_LIMIT)


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    while chunk := request.read(_CHUNK):
        yield chunk
