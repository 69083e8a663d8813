"""What the signed-in user starred: asked once for a page, for its stars and for the count in its header."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from groundrules.core.letters.enclosing import StarKind
from groundrules.services.tray import roles_of, starred_by
from groundrules.web.access import actor_of, may_open, role_of
from groundrules.web.refs import fact_page

_KEPT = "_groundrules_starred"
_FACTS = {
    StarKind.CHANGE: "change",
    StarKind.LOGIN: "session",
    StarKind.INCIDENT: "incident",
    StarKind.MESSAGE: "message",
}


def starred(request: HttpRequest) -> frozenset[tuple[str, str, str]]:
    """This function will return what the user starred, as client code, kind and reference; nothing without a tray."""
    if not may_open(request, "tray"):
        return frozenset()
    kept = vars(request)
    if _KEPT not in kept:
        kept[_KEPT] = starred_by(actor_of(request))
    found: frozenset[tuple[str, str, str]] = kept[_KEPT]
    return found


def may_star(request: HttpRequest, kind: StarKind) -> bool:
    """This function will say whether the user may star things of a kind."""
    return may_open(request, "tray") and role_of(request) in {"owner", *roles_of(kind)}


def star_id(client: str, kind: str, ref: str) -> str:
    """This function will name a star's button on a page."""
    return "-".join(("star", client, kind, *ref.split())).replace(" ", "-")


def page_of(client: str, kind: StarKind, ref: str) -> str:
    """This function will return where a starred thing opens."""
    if kind is StarKind.FILE:
        return reverse("web:raw", args=[ref])
    if kind is StarKind.WORK:
        return reverse("web:decision", args=[ref])
    if kind is StarKind.INVOICE_LINE:
        return reverse("web:explain", args=[ref])
    return fact_page(client, _FACTS[kind], ref)
