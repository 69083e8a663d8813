"""`/mcp`: tools for an assistant over streamable HTTP, with a token as everywhere in the interface."""

from __future__ import annotations

from http import HTTPStatus
from importlib import import_module
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from groundrules.api.problems import problem
from groundrules.api.v1.door import address_of, too_many_from
from groundrules.services.tokens import TokenRefused, admit

_PASSED_ON = ("Accept", "Content-Type", "Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name")
_LONGEST = 1_000_000


@csrf_exempt
@login_not_required
def mcp(request: HttpRequest) -> HttpResponse:
    """One request of the protocol: answered at once, no session is kept and no stream held open."""
    if request.method != "POST":
        refused = problem(HTTPStatus.METHOD_NOT_ALLOWED, "method", "/mcp answers to POST only")
        refused.headers["Allow"] = "POST"
        return refused
    waiting = too_many_from(request)
    if waiting is not None:
        return waiting
    if not _is_ours(request.headers.get("Origin", "")):
        return problem(HTTPStatus.FORBIDDEN, "origin", "another site's page may not ask this")
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    address = address_of(request)
    try:
        admit(token, address=address, at=timezone.now())
    except TokenRefused as refused_token:
        refused = problem(HTTPStatus.UNAUTHORIZED, "token", str(refused_token))
        refused.headers["WWW-Authenticate"] = 'Bearer realm="groundrules"'
        return refused
    body = request.read(_LONGEST + 1)
    if len(body) > _LONGEST:
        detail = f"send {_LONGEST} bytes at most"
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", detail)
    return _answer(request, body, token, address)


def _answer(request: HttpRequest, body: bytes, token: str, address: str) -> HttpResponse:
    try:
        protocol = import_module("groundrules.services.assistant.protocol")
    except ModuleNotFoundError as missing:
        detail = f"{missing.name} is not installed here; an owner installs the extra mcp"
        return problem(HTTPStatus.NOT_IMPLEMENTED, "extra", detail)
    scheme = "https" if request.is_secure() else "http"
    own = protocol.InProcess(WSGIHandler(), token, request.get_host(), scheme, address)
    headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
    headers["Content-Length"] = str(len(body))
    told = protocol.answer_request(body, headers, protocol.asking(own))
    kind = told.headers.get("Content-Type", "application/json")
    return HttpResponse(told.body, status=told.status, content_type=kind)


def _is_ours(origin: str) -> bool:
    """Browsers say which page asks; programs say nothing."""
    if not origin:
        return True
    return origin == settings.GROUNDRULES_PUBLIC_URL or urlsplit(origin).hostname in {
        "localhost",
        "127.0.0.1",
        "::1",
    }
