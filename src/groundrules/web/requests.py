"""Every request gets an id, a line in the log and a place in the counts; never with a token from its address."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from groundrules.services import counters
from groundrules.services.request_ids import current, request_id

_LOG = logging.getLogger("groundrules.requests")
_HEADER = "X-Request-ID"
_SERVER_ERROR = 500
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def tracked(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """This function will wrap Django's handler, outermost."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        name = request_id(request.headers.get(_HEADER, ""))
        token = current.set(name)
        began = time.monotonic()
        try:
            response = get_response(request)
            _note(request, response.status_code, time.monotonic() - began)
        finally:
            current.reset(token)
        response.headers[_HEADER] = name
        return response

    return answer


def _note(request: HttpRequest, status: int, seconds: float) -> None:
    route, method = _route(request), request.method if request.method in _METHODS else "other"
    counters.note(str(method), route, status, seconds)
    level = logging.ERROR if status >= _SERVER_ERROR else logging.INFO
    if _LOG.isEnabledFor(level):
        told = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000)}
        _LOG.log(level, "answered", extra=told)


def _route(request: HttpRequest) -> str:
    """The pattern of the address: what stood in it may be a secret link."""
    if request.resolver_match is not None:
        return f"/{request.resolver_match.route}"
    return "/static/" if request.path.startswith("/static/") else "(none)"
