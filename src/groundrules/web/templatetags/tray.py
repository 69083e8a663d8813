"""Template words of the evidence tray: the star beside a thing, and the frozen copies a document holds."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest

from groundrules.core.letters.enclosing import StarKind
from groundrules.records.letters import LetterDraft
from groundrules.records.parties import Client
from groundrules.records.tray import FrozenCopy
from groundrules.services.frozen_copies import copies_in
from groundrules.web.access import may_open
from groundrules.web.tray.stars import may_star, star_id, starred

register = template.Library()
_SHORT = 28


@register.inclusion_tag("web/tray/star.html", takes_context=True)
def star(context: dict[str, Any], client: str, kind: str, ref: str) -> dict[str, object]:
    """This function will draw a star for a thing of a client, pressed when it is in the user's tray."""
    request: HttpRequest | None = context.get("request")
    if request is None or not may_star(request, StarKind(kind)):
        return {"shown": False}
    return {
        "shown": True,
        "on": (client, kind, ref) in starred(request),
        "id": star_id(client, kind, ref),
        "value": f"{client}|{kind}|{ref}",
        "ref": ref,
        "short": ref if len(ref) <= _SHORT else f"this {kind}",
    }


@register.inclusion_tag("web/tray/copies.html", takes_context=True)
def copies_in_letter(context: dict[str, Any], letter: LetterDraft) -> dict[str, object]:
    """This function will list the frozen copies a letter holds; while it is open they can be taken out."""
    request: HttpRequest | None = context.get("request")
    is_open = letter.state == LetterDraft.DRAFTED
    return {
        "copies": copies_in(letter.to_core(), letter.ref, letter.client),
        "document": letter.ref,
        "client_code": letter.client.code,
        "open": is_open and request is not None and may_open(request, "tray"),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("web/tray/copies.html")
def copies_on_ticket(client: Client, ref: str) -> dict[str, object]:
    """This function will list the frozen copies that were put on a ticket."""
    rows = FrozenCopy.objects.standing().filter(client=client).used_in(FrozenCopy.TICKET, ref)
    return {"copies": rows, "document": ref, "open": False}
