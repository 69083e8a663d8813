"""The door of version 1: a token with the right scope, answers with their tag, refusals as problem details."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from ninja.security import HttpBearer

from groundrules.api.problems import problem
from groundrules.services.rates import TooManyRequests, count
from groundrules.services.tokens import Bearer, TokenRefused, admit

_LOG = logging.getLogger(__name__)
_TAG_LENGTH = 32
View = Callable[..., HttpResponseBase]
Row = TypeVar("Row", bound=models.Model)


class ScopeMissing(PermissionError):
    """The token is good, but it, or its owner's role, does not reach this."""


class needs(HttpBearer):  # noqa: N801 - reads as a word where operations are declared: auth=needs("work:read")
    """Asks for a token with a scope; empty means any good token."""

    def __init__(self, scope: str = "") -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Bearer:
        """This function will admit the holder of a token; raises TokenRefused, ScopeMissing, TooManyRequests."""
        if not token.strip():
            message = "send a token: Authorization: Bearer TOKEN"
            raise TokenRefused(message)
        at = timezone.now()
        bearer = admit(token.strip(), address=address_of(request), at=at)
        rate = settings.GROUNDRULES_API_TOKEN_RATE
        count(f"token:{bearer.token.pk}", f"the token {bearer.token.name}", rate, at)
        if self.scope and self.scope not in bearer.scopes:
            message = (
                f"the token {bearer.token.name} does not reach {self.scope}; its owner ({bearer.user.role}) "
                "makes one that does in Tokens for programs, if their role allows it"
            )
            raise ScopeMissing(message)
        return bearer


def bearer_of(request: HttpRequest) -> Bearer:
    """This function will return who was admitted."""
    bearer = getattr(request, "auth", None)
    if not isinstance(bearer, Bearer):
        message = "an operation without needs(...) asked who is there"
        raise TypeError(message)
    return bearer


def mine(
    request: HttpRequest, rows: models.QuerySet[Row], path: str = "client__"
) -> models.QuerySet[Row]:
    """This function will keep the rows of the clients the token is for; `path` leads from a row to its client."""
    codes = bearer_of(request).token.clients
    return rows.filter(**{f"{path}code__in": codes}) if codes else rows


def guarded(view: View) -> View:
    """This function will open a view to programs, without session or CSRF token, and dress its answers."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 - whatever the view takes
        refused = too_many_from(request) or _unreadable(request)
        if refused is not None:
            return refused
        given = view(request, *args, **kwargs)
        if isinstance(given, HttpResponseNotAllowed):
            return _not_allowed(request, given)
        return _tagged(request, given)

    return answer


def address_of(request: HttpRequest) -> str:
    """This function will return where a request comes from."""
    return str(request.META.get("REMOTE_ADDR", ""))


def too_many_from(request: HttpRequest) -> HttpResponse | None:
    """This function will count a request of its address, before anything is looked up, and refuse beyond the rate."""
    address, rate = address_of(request), settings.GROUNDRULES_API_ADDRESS_RATE
    try:
        count(f"address:{address}", f"the address {address}", rate, timezone.now())
    except TooManyRequests as refused:
        return too_many(refused)
    return None


def too_many(refused: TooManyRequests) -> HttpResponse:
    """This function will say that and for how long to wait."""
    wait = refused.retry_after
    return problem(HTTPStatus.TOO_MANY_REQUESTS, "rate", str(refused), retry_after=wait)


def _unreadable(request: HttpRequest) -> HttpResponse | None:
    """PostgreSQL keeps no NUL, so no text with one means anything here."""
    asked = [
        request.path,
        *request.GET.keys(),
        *(v for k in request.GET for v in request.GET.getlist(k)),
    ]
    if any("\0" in text for text in asked):
        return problem(HTTPStatus.BAD_REQUEST, "malformed", "the address holds a NUL character")
    return None


def _not_allowed(request: HttpRequest, given: HttpResponse) -> HttpResponse:
    detail = f"{request.path} answers to {given.headers['Allow']} only"
    refused = problem(HTTPStatus.METHOD_NOT_ALLOWED, "method", detail)
    refused.headers["Allow"] = given.headers["Allow"]
    return refused


def _tagged(request: HttpRequest, given: HttpResponseBase) -> HttpResponseBase:
    """What was read gets a tag of its bytes; a program that has those already is told so instead."""
    if (
        request.method != "GET"
        or given.status_code != HTTPStatus.OK
        or not isinstance(given, HttpResponse)
    ):
        return given
    tag = tag_of(given.content)
    given.headers["ETag"] = tag
    conditional = get_conditional_response(request, etag=tag, response=given)
    return given if conditional is None else conditional


def tag_of(content: bytes) -> str:
    """This function will return the entity tag of bytes."""
    return f'"{hashlib.sha256(content).hexdigest()[:_TAG_LENGTH]}"'
