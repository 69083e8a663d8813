"""The chain page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from groundrules.records import models as books
from groundrules.services import explain as explaining
from groundrules.services.explain import Link
from groundrules.web.access import area, may_open
from groundrules.web.refs import change_page, incident_page, session_page

_OWNERS: tuple[tuple[Any, str, str], ...] = (
    (books.Issued, "ref", "client__code"),
    (books.IssuedLine, "ref", "document__client__code"),
    (books.Decision, "number", "client__code"),
    (books.Charge, "ref", "client__code"),
    (books.Decision, "ref", "client__code"),
    (books.Change, "ref", "client__code"),
    (books.Cause, "ref", "client__code"),
    (books.Session, "ref", "client__code"),
)
_PAGES: dict[str, tuple[str, Callable[[str, str], str]]] = {
    "invoice": ("invoices", lambda _client, ref: reverse("web:invoice", args=[ref])),
    "credit note": ("invoices", lambda _client, ref: reverse("web:invoice", args=[ref])),
    "invoice line": (
        "invoices",
        lambda _client, ref: reverse("web:invoice", args=[ref.split("/")[0]]),
    ),
    "decision": ("work", lambda _client, ref: reverse("web:decision", args=[ref])),
    "cause": ("servers", incident_page),
    "change": ("servers", change_page),
    "session": ("servers", session_page),
    "raw evidence": ("evidence", lambda _client, ref: reverse("web:raw", args=[ref])),
}
_LONG = 48


@dataclass(frozen=True, slots=True)
class ShownLink:
    """One record of the chain with the page it opens, and what it rests on."""

    kind: str
    ref: str
    says: str
    details: tuple[tuple[str, str], ...]
    href: str
    because: tuple[ShownLink, ...]


def _owner(ref: str) -> str:
    """The code of the client a reference belongs to."""
    for book, column, client in _OWNERS:
        code = book.objects.filter(**{column: ref}).values_list(client, flat=True).first()
        if code:
            return str(code)
    return ""


def _href(link: Link, request: HttpRequest, client: str) -> str:
    name, page = _PAGES.get(link.kind, ("", None))
    if page is None or not client or not may_open(request, name):
        return ""
    # A case may state a fact without a file behind it: there is a digest, and nothing to open.
    if link.kind == "raw evidence" and "received" not in dict(link.details):
        return ""
    return page(client, link.ref)


def _shown(link: Link, request: HttpRequest, client: str) -> ShownLink:
    because = tuple(_shown(one, request, client) for one in link.because)
    ref = link.ref if len(link.ref) <= _LONG else f"{link.ref[:_LONG]}…"
    return ShownLink(link.kind, ref, link.says, link.details, _href(link, request, client), because)


@area("work")
def explain(request: HttpRequest, ref: str) -> HttpResponse:
    """Walk from a reference back to the raw evidence."""
    given = request.GET.get("client", "")
    try:
        link = explaining.chain(ref, given)
    except (explaining.UnknownReference, explaining.AmbiguousReference) as refused:
        raise Http404(str(refused)) from refused
    shown = _shown(link, request, given or _owner(ref))
    return render(request, "web/explain/explain.html", {"link": shown})
