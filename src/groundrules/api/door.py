"""The door every request of the interface comes through: exempt from sessions by name, one method, no encodings."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from groundrules.api.problems import problem

View = Callable[[HttpRequest], HttpResponse]


def door(method: str) -> Callable[[View], View]:
    """This function will open a view to programs: without session or CSRF token, for one method only."""

    def opened(view: View) -> View:
        @csrf_exempt
        @login_not_required
        @wraps(view)
        def answer(request: HttpRequest) -> HttpResponse:
            return _refusal(request, method) or view(request)

        return answer

    return opened


def _refusal(request: HttpRequest, method: str) -> HttpResponse | None:
    if request.method != method:
        detail = f"{request.path} answers to {method} only"
        refused = problem(HTTPStatus.METHOD_NOT_ALLOWED, "method", detail)
        refused.headers["Allow"] = method
        return refused
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        detail = (
            f"the body is encoded as {encoding!r}; send the bytes that were signed, as they are"
        )
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "encoding", detail)
    return None


@csrf_exempt
@login_not_required
def nothing_here(request: HttpRequest) -> HttpResponse:
    """This view will answer for every address of the interface that is none."""
    detail = f"there is nothing at {request.path}; docs/reference/api.md lists what there is"
    return problem(HTTPStatus.NOT_FOUND, "address", detail)
