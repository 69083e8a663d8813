"""For supervisors, proxies and monitoring: alive, ready, metrics. Nothing of anybody's data is in an answer."""

from __future__ import annotations

import hmac
from http import HTTPStatus
from time import monotonic

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from groundrules.services import metrics
from groundrules.services.database import not_ready
from groundrules.services.writable import unwritable

_PLAIN = "text/plain; charset=utf-8"
_BEARER = "Bearer "
_SHORTEST = 16


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Whether this process answers; it asks nobody else, so that a database that is away restarts nothing."""
    return HttpResponse("alive\n", content_type=_PLAIN)


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether requests can be answered: the database is there and of this version, what they change can be written.

    The reason is said where it names no place of this machine; `groundrules doctor` says the others.
    """
    if not_ready():
        return _not_ready("not ready")
    if why := unwritable(monotonic()):
        return _not_ready(f"not ready: {why}. What to do: groundrules doctor")
    return HttpResponse("ready\n", content_type=_PLAIN)


def _not_ready(says: str) -> HttpResponse:
    return HttpResponse(f"{says}\n", content_type=_PLAIN, status=HTTPStatus.SERVICE_UNAVAILABLE)


@login_not_required
@require_safe
def measured(request: HttpRequest) -> HttpResponse:
    """The metrics, for whoever sends the token; without a token set there is no such page."""
    wanted = settings.GROUNDRULES_METRICS_TOKEN
    if len(wanted) < _SHORTEST:
        return HttpResponse(
            "there are no metrics here\n", content_type=_PLAIN, status=HTTPStatus.NOT_FOUND
        )
    said = request.headers.get("Authorization", "").removeprefix(_BEARER).strip()
    if not hmac.compare_digest(said.encode(), wanted.encode()):
        refused = HttpResponse(
            "say the token\n", content_type=_PLAIN, status=HTTPStatus.UNAUTHORIZED
        )
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused
    return HttpResponse(metrics.measured(timezone.now()), content_type=metrics.CONTENT_TYPE)
