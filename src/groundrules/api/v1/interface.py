"""The interface itself: its operations together, its refusals, and the OpenAPI file that describes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.http.request import UnreadablePostError
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation

from groundrules.api.problems import problem
from groundrules.api.v1 import (
    agreements,
    asking,
    changes,
    clients,
    documents,
    handing,
    health,
    incidents,
    letters,
    reports,
    sites,
    time,
    tray,
    vendors,
    work,
)
from groundrules.api.v1.door import ScopeMissing, View, guarded, too_many
from groundrules.api.v1.paging import CursorUnknown
from groundrules.api.v1.reports import DaysRefused
from groundrules.api.v1.time import WorkRefused
from groundrules.api.v1.writing import StateChanged, StateMissing
from groundrules.core.periods import EmptyPeriod
from groundrules.core.sites import MoveRefused
from groundrules.services.access import RequestRefused
from groundrules.services.actor import NotAllowed
from groundrules.services.answered import KeyReused
from groundrules.services.client_reports import ReportRefused
from groundrules.services.conversations import NothingSaid, NothingToReply
from groundrules.services.evidence import AmbiguousHost, HostZoneUnknown, UnknownHost
from groundrules.services.evidence_formats import UnknownFormat
from groundrules.services.health import LookInFuture
from groundrules.services.index import UnknownCard
from groundrules.services.profit.portfolio import BadPeriod
from groundrules.services.rates import TooManyRequests
from groundrules.services.sites import NeverMoved, SiteRefused, SiteThere, UnknownSite
from groundrules.services.starred import NotOnRecord
from groundrules.services.timekeeping import NoTechnician
from groundrules.services.tokens import TokenRefused
from groundrules.services.tray import TrayFull
from groundrules.services.work import EntryExists, UnknownEntry, WorkInFuture
from groundrules.services.world import NoAgreement, NoProvider

_Refusals = dict[type[Exception], tuple[HTTPStatus, str]]
_REFUSALS: _Refusals = {
    ScopeMissing: (HTTPStatus.FORBIDDEN, "scope"),
    NotAllowed: (HTTPStatus.FORBIDDEN, "role"),
    CursorUnknown: (HTTPStatus.BAD_REQUEST, "cursor"),
    Http404: (HTTPStatus.NOT_FOUND, "not-found"),
    RequestDataTooBig: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large"),
    UnreadablePostError: (HTTPStatus.BAD_REQUEST, "cut-short"),
    StateChanged: (HTTPStatus.PRECONDITION_FAILED, "changed"),
    StateMissing: (HTTPStatus.PRECONDITION_REQUIRED, "if-match"),
    KeyReused: (HTTPStatus.CONFLICT, "key-reused"),
    EntryExists: (HTTPStatus.CONFLICT, "exists"),
    SiteThere: (HTTPStatus.CONFLICT, "exists"),
    UnknownEntry: (HTTPStatus.NOT_FOUND, "not-found"),
    NotOnRecord: (HTTPStatus.NOT_FOUND, "not-found"),
    TrayFull: (HTTPStatus.CONFLICT, "full"),
}
# What was asked for is in its form, and still cannot be: the sentence says why, and what to do next.
_IMPOSSIBLE: tuple[type[Exception], ...] = (
    *(DaysRefused, WorkRefused, EmptyPeriod, RequestRefused, ReportRefused, NothingSaid),
    *(NothingToReply, AmbiguousHost, HostZoneUnknown, UnknownHost, UnknownFormat, LookInFuture),
    *(UnknownCard, BadPeriod, NoTechnician, WorkInFuture, NoAgreement, NoProvider),
    *(SiteRefused, UnknownSite, NeverMoved, MoveRefused),
)
_REFUSALS |= dict.fromkeys(_IMPOSSIBLE, (HTTPStatus.UNPROCESSABLE_ENTITY, "refused"))
_ABOUT = (
    "What Groundrules knows and decides, for other programs. Send `Authorization: Bearer TOKEN`; make tokens in the "
    "pages (your name, Tokens for programs) or by `groundrules token make`. Lists come in pages: ask again with "
    "`cursor` set to `next` until it is null. Amounts are decimal texts, instants are UTC. Refusals are problem "
    "details (RFC 9457) with a `code` to switch on."
)


class Interface(NinjaAPI):
    """Version 1, with its scopes and refusals written into the description."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:  # noqa: ANN401 - ninja's own signature
        """This function will describe every operation, the scope it needs, and how it refuses."""
        schema = super().get_openapi_schema(**kwargs)
        schema["components"]["schemas"]["Problem"] = _PROBLEM
        scopes = {self.get_openapi_operation_id(one): _scope_of(one) for one in self.operations()}
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                _describe(operation, scopes[operation["operationId"]], writes=method != "get")
        return schema

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """This function will name an operation as its function is named."""
        return operation.view_func.__name__

    def operations(self) -> Iterator[Operation]:
        """This function will return every operation."""
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                yield from view.operations


def _scope_of(operation: Operation) -> str:
    found = (getattr(one, "scope", "") for one in operation.auth_callbacks)
    return next(found, "")


_PROBLEM = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "For programs to switch on."},
        "detail": {"type": "string", "description": "What, why, and what to do next."},
    },
}
_ALWAYS = (
    (400, "The address, a cursor or a header cannot be read"),
    (401, "No good token"),
    (403, "The token's scopes, or its owner's role, do not reach this"),
    (404, "Nothing of the token's clients is called this"),
    (422, "A value is not in its form, or what it says cannot be done"),
    (
        503,
        "No room on the server's disk, or its database is away; Retry-After says when to ask again",
    ),
    (429, "The token, or the address, asks too often; Retry-After says when to ask again"),
)
_WRITING = (
    (
        409,
        "It is there already and says otherwise, or the idempotency key was used for something else",
    ),
    (412, "If-Match names another state than the present one"),
    (413, "The body is too large"),
    (428, "If-Match is missing"),
)


def _describe(operation: dict[str, Any], scope: str, *, writes: bool) -> None:
    """Responses that every operation can give are said once, here."""
    if scope:
        operation["x-scope"] = scope
        words = f"Needs the scope `{scope}`."
        operation["description"] = f"{operation.get('description', '').strip()}\n\n{words}".strip()
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, says in (*_ALWAYS, *(_WRITING if writes else ())):
        operation["responses"][str(status)] = {"description": says, "content": content}
    if not writes:
        operation["responses"]["304"] = {"description": "As If-None-Match says: nothing new"}


interface = Interface(
    title="Groundrules",
    version="1.0.0",
    description=_ABOUT,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api-v1",
)
for _router in (
    *(clients.router, agreements.router, changes.router, incidents.router, work.router),
    *(documents.router, letters.router, vendors.router, reports.router),
    *(sites.router, time.router, handing.router, asking.router, health.router, tray.router),
):
    interface.add_router("", _router)


def _refuse(status: HTTPStatus, code: str) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda _request, refused: problem(status, code, str(refused))


for _kind, (_status, _code) in _REFUSALS.items():
    interface.add_exception_handler(_kind, _refuse(_status, _code))


@interface.exception_handler(AuthenticationError)
def _no_token(_request: HttpRequest, _refused: AuthenticationError) -> HttpResponse:
    return _unauthorised("send a token: Authorization: Bearer TOKEN")


@interface.exception_handler(TokenRefused)
def _bad_token(_request: HttpRequest, refused: TokenRefused) -> HttpResponse:
    return _unauthorised(str(refused))


def _unauthorised(detail: str) -> HttpResponse:
    refused = problem(HTTPStatus.UNAUTHORIZED, "token", detail)
    refused.headers["WWW-Authenticate"] = 'Bearer realm="groundrules"'
    return refused


@interface.exception_handler(TooManyRequests)
def _too_often(_request: HttpRequest, refused: TooManyRequests) -> HttpResponse:
    return too_many(refused)


@interface.exception_handler(HttpError)
def _unparsed(_request: HttpRequest, refused: HttpError) -> HttpResponse:
    return problem(HTTPStatus(refused.status_code), "malformed", str(refused))


@interface.exception_handler(ValidationError)
def _malformed(_request: HttpRequest, refused: ValidationError) -> HttpResponse:
    errors = [
        {"at": ".".join(str(part) for part in one["loc"]), "says": one["msg"]}
        for one in refused.errors
    ]
    first = f"{errors[0]['at']}: {errors[0]['says']}" if errors else "a value is not in its form"
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "malformed", first, {"errors": errors})


@cache
def described() -> dict[str, Any]:
    """This function will return the OpenAPI description, which docs/reference/openapi.json is a copy of."""
    return dict(interface.get_openapi_schema(path_prefix="api/v1/"))


def _openapi(_request: HttpRequest) -> HttpResponse:
    """The description, for anybody: it says nothing about this installation."""
    return JsonResponse(described())


def addresses() -> list[URLPattern]:
    """This function will return the addresses of version 1, each opened to programs."""
    views: defaultdict[str, list[View]] = defaultdict(list)
    for one in interface.urls[0]:
        if isinstance(one, URLPattern) and one.name != "api-root":
            views[str(one.pattern)].append(one.callback)
    operations = [path(route, guarded(_joined(found))) for route, found in views.items()]
    return [path("openapi.json", guarded(_openapi), name="openapi"), *operations]


def _joined(views: Sequence[View]) -> View:
    """Reading and writing at one address stand in files of their own: whichever takes the method answers."""

    def answer(request: HttpRequest, **named: Any) -> HttpResponseBase:  # noqa: ANN401 - whatever the address holds
        allowed: list[str] = []
        for view in views:
            given = view(request, **named)
            if not isinstance(given, HttpResponseNotAllowed):
                return given
            allowed += given.headers["Allow"].split(", ")
        return HttpResponseNotAllowed(sorted(set(allowed)))

    return answer
