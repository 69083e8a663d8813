"""Refusals as RFC 9457 problem details: a status, a code programs switch on, and a sentence people read."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from django.http import JsonResponse


def problem(
    status: HTTPStatus,
    code: str,
    detail: str,
    more: Mapping[str, object] | None = None,
    retry_after: int | None = None,
) -> JsonResponse:
    """This function will return a refusal; `more` are further members, `retry_after` is in seconds."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "detail": detail,
        **(more or {}),
    }
    answer = JsonResponse(body, status=status, content_type="application/problem+json")
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer
