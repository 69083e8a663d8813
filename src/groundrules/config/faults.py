"""The answer when something broke, or keeps us from answering: a page for people, a problem for programs."""

from __future__ import annotations

import sys
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from groundrules.api.problems import problem
from groundrules.services.waiting import why_it_waits

_BROKEN = "something broke on our side and was written to the log with this request's id; nothing was changed"


def server_error(request: HttpRequest) -> HttpResponse:
    """This view will answer in place of one that raised: 503 where asking again helps, else 500."""
    waits = why_it_waits(sys.exception())
    status = HTTPStatus.SERVICE_UNAVAILABLE if waits else HTTPStatus.INTERNAL_SERVER_ERROR
    if request.path.startswith(("/api/", "/mcp")):
        return problem(
            status,
            "waits" if waits else "fault",
            f"{waits.why}; nothing was changed. Send the same again, with the same key"
            if waits
            else _BROKEN,
            retry_after=waits.seconds if waits else None,
        )
    answer = HttpResponse(render_to_string("500.html", {"waits": waits}), status=status)
    if waits:
        answer.headers["Retry-After"] = str(waits.seconds)
    return answer
