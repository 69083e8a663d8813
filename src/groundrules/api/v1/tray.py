"""The tray of starred evidence: what the token's owner keeps at hand for letters and tickets; one star more or less."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from groundrules.api.v1.door import ScopeMissing, bearer_of, needs
from groundrules.api.v1.paging import Code, one
from groundrules.api.v1.writing import Body, Key, Word, do_once
from groundrules.core.letters.enclosing import StarKind
from groundrules.services import tray
from groundrules.services.tokens import Bearer

router = Router(tags=["asking"])
_READ = needs("evidence:read")
_STAR = needs("drafts:write")
# A tray shows a token no more than its other scopes do.
_NEEDED: Mapping[StarKind, str] = {
    StarKind.MESSAGE: "letters:read",
    StarKind.INVOICE_LINE: "invoices:read",
    StarKind.WORK: "work:read",
}


class UsedShape(Schema):
    """A document that holds a frozen copy of the thing."""

    place: str
    document: str
    sha256: str


class StarShape(Schema):
    """One starred thing as it is now."""

    client: str
    kind: StarKind
    ref: str
    says: str | None = Field(description="What it states; null when it is on record no more.")
    strength: str | None = Field(description="How far it is known; empty for a person's word.")
    internal: bool = Field(description="No letter may hold it.")
    starred_at: datetime
    used_in: list[UsedShape]


class TrayShape(Schema):
    """The whole tray, client by client, oldest star first; it holds at most 200 things."""

    things: list[StarShape]


class TrayAsked(Schema):
    """Whose things."""

    client: Code = Field("", description="Only this client's, by its code.")


class StarBody(Body):
    """What to star."""

    client: Word = Field(min_length=1)
    kind: StarKind
    ref: Word = Field(min_length=1, description="Its reference; a file's SHA-256.")


class StarAsked(Schema):
    """Which star to take away."""

    client: Word = Field(min_length=1)
    kind: StarKind
    ref: Word = Field(min_length=1, description="Its reference; a file's SHA-256.")


class UnstarredShape(Schema):
    """What is no longer in the tray, and whether it was until now."""

    client: str
    kind: StarKind
    ref: str
    was_starred: bool


@router.get("/tray", auth=_READ, response=TrayShape)
def list_tray(request: HttpRequest, asked: Query[TrayAsked]) -> TrayShape:
    """What the token's owner starred, as far as the token's scopes and clients reach."""
    bearer = bearer_of(request)
    clients = set(bearer.clients().values_list("code", flat=True))
    return TrayShape(
        things=[
            _shape(row)
            for row in tray.tray(bearer.actor)
            if row.star.client.code in clients
            and asked.client in {"", row.star.client.code}
            and _needed(StarKind(row.star.kind)) in bearer.scopes
        ]
    )


@router.post("/tray", auth=_STAR, response={201: StarShape})
def star_thing(request: HttpRequest, key: Key, body: StarBody) -> HttpResponse:
    """Keep a thing on record at hand for its owner; once more changes nothing. People use it in letters and tickets."""
    bearer = bearer_of(request)
    _check_reach(bearer, body.kind)

    def act() -> tuple[HTTPStatus, Schema]:
        client = one(bearer.clients(), "client", code=body.client)
        at, actor = timezone.now(), bearer.actor
        row = tray.star(client=client, kind=body.kind, ref=body.ref, actor=actor, at=at)
        found = next(one for one in tray.tray(actor, client) if one.star.pk == row.pk)
        return HTTPStatus.CREATED, _shape(found)

    return do_once(request, key, act)


@router.delete("/tray", auth=_STAR, response=UnstarredShape)
def unstar_thing(request: HttpRequest, key: Key, asked: Query[StarAsked]) -> HttpResponse:
    """Take a thing out of its owner's tray, also one that is on record no more; once more changes nothing."""
    bearer = bearer_of(request)
    _check_reach(bearer, asked.kind)

    def act() -> tuple[HTTPStatus, Schema]:
        client = one(bearer.clients(), "client", code=asked.client)
        was = tray.unstar(client=client, kind=asked.kind, ref=asked.ref, actor=bearer.actor)
        told = UnstarredShape(client=client.code, kind=asked.kind, ref=asked.ref, was_starred=was)
        return HTTPStatus.OK, told

    return do_once(request, key, act)


def _check_reach(bearer: Bearer, kind: StarKind) -> None:
    if _needed(kind) not in bearer.scopes:
        message = (
            f"the token {bearer.token.name} does not reach {_needed(kind)}, so it stars no {kind}"
        )
        raise ScopeMissing(message)


def _needed(kind: StarKind) -> str:
    return _NEEDED.get(kind, "evidence:read")


def _shape(row: tray.InTray) -> StarShape:
    return StarShape(
        client=row.star.client.code,
        kind=StarKind(row.star.kind),
        ref=row.star.ref,
        says=row.thing.says if row.thing else None,
        strength=row.thing.strength if row.thing else None,
        internal=row.is_internal,
        starred_at=row.star.at,
        used_in=[
            UsedShape(place=copy.place, document=copy.document, sha256=copy.digest)
            for copy in row.used
        ],
    )
