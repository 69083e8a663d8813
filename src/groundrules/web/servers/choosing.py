"""Which servers of a client a form is about: ticked where there are some, written where there are very many."""

from __future__ import annotations

from django.http import HttpRequest

from groundrules.core.ids import AssetId
from groundrules.records.models import Asset, Client

_MOST_TICKED = 100
_NAMED = 5


class UnknownServer(ValueError):
    """What was written is no server of the client; the message names it."""


def to_tick(owner: Client) -> list[Asset]:
    """This function will list a client's servers by name; none where there are too many to tick."""
    found = list(owner.assets.order_by("name")[: _MOST_TICKED + 1])
    return found if len(found) <= _MOST_TICKED else []


def chosen(request: HttpRequest, owner: Client) -> frozenset[AssetId]:
    """This function will return the servers that were ticked, or written one a line by name or code; none means all.

    Raises UnknownServer.
    """
    written = (line.strip() for line in request.POST.get("servers", "").splitlines())
    lines = [*request.POST.getlist("assets"), *(line for line in written if line)]
    if not lines:
        return frozenset()
    known: dict[str, str] = {}
    for code, name in owner.assets.order_by("-code").values_list("code", "name"):
        known[name.casefold()] = code
    known |= {code.casefold(): code for code in known.values()}
    unknown = [line for line in lines if line.casefold() not in known]
    if unknown:
        named = ", ".join(unknown[:_NAMED])
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        message = (
            f"{named}{more}: no server of {owner.name}. Write each as its page does, one a line"
        )
        raise UnknownServer(message)
    return frozenset(AssetId(known[line.casefold()]) for line in lines)
