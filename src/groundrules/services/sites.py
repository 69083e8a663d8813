"""Sites of clients: their cards, which asset stands at which, and moves, which only ever grow.

Nothing is decided by a site: an agreement says its own business hours, holidays and zone, and a trip costs what its
clause says. A site tells people where things are, how to get in, and whom to ask for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import fields as fields_of
from datetime import datetime
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import QuerySet

from groundrules.core.ids import AssetId, ContactId, SiteId
from groundrules.core.parties import Site
from groundrules.core.remote.output import without_secrets
from groundrules.core.sites import AssetMove, check_move
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.cards import keep
from groundrules.services.filing import Filing, file_fact
from groundrules.services.turns import take_turn

_LONGEST = {"id": 64, "name": 200, "zone": 64, "opening_hours": 200, "phone": 64}
_LONG_TEXT = 2_000
_LINES = ("id", "name", "opening_hours", "phone")


class SiteRefused(ValueError):
    """What was said of a site can not be kept; the message says which part, and what to write."""


class SiteThere(ValueError):
    """The client has a site of that code already."""


class UnknownSite(LookupError):
    """The client has no site of that code."""


class NeverMoved(LookupError):
    """An asset's last move was to be corrected, and none is on record."""


def site_named(client: books.Client, code: str) -> books.Site:
    """This function will return a client's site; raises UnknownSite with the sites there are."""
    found: books.Site | None = client.sites.select_related("contact").filter(code=code).first()
    if found is None:
        known = ", ".join(client.sites.order_by("code").values_list("code", flat=True)) or "none"
        message = f"{client.code} has no site {code!r} (on record: {known})"
        raise UnknownSite(message)
    return found


def add_site(site: Site, *, client: books.Client, actor: Actor, at: datetime) -> books.Site:
    """This function will put a new site on record; raises SiteRefused or SiteThere."""
    require(actor, Role.TECHNICIAN)
    check_site(site, client)
    with transaction.atomic():
        if take_turn(client).sites.filter(code=site.id).exists():
            message = f"{client.code} has a site {site.id} already; change that one, or choose another code"
            raise SiteThere(message)
        row: books.Site = keep(site, actor=actor, at=at, client=client)
    return row


def change_site(site: Site, *, client: books.Client, actor: Actor, at: datetime) -> books.Site:
    """This function will change a site's card, with before and after in the audit.

    Raises SiteRefused or UnknownSite.
    """
    require(actor, Role.TECHNICIAN)
    check_site(site, client)
    with transaction.atomic():
        site_named(take_turn(client), site.id)
        row: books.Site = keep(site, actor=actor, at=at, client=client)
    return row


def check_site(site: Site, client: books.Client) -> None:
    """This function will refuse a site that can not be kept; raises SiteRefused."""
    for name in (one.name for one in fields_of(Site)):
        _check_text(name, getattr(site, name) or "")
    if not site.id or not site.name:
        message = "a site needs a code and a name"
        raise SiteRefused(message)
    if site.zone and site.zone not in available_timezones():
        message = f"{site.zone} is no time zone; choose one such as America/Chicago, or none for the client's"
        raise SiteRefused(message)
    if site.contact and not client.contacts.filter(code=site.contact).exists():
        message = f"{client.code} has nobody on record as {site.contact!r}; add them first, or name nobody"
        raise SiteRefused(message)


def _check_text(name: str, text: str) -> None:
    words = "code" if name == "id" else name.replace("_", " ")
    most = _LONGEST.get(name, _LONG_TEXT)
    is_line = name in _LINES
    told = text if is_line else "".join(text.split())
    if len(text) > most or not told.isprintable():
        message = f"{words}: write {most} characters at most{', on one line' if is_line else ''}"
        raise SiteRefused(message)
    if name == "id" and (text != text.strip() or "/" in text):
        message = "code: write letters, digits and dashes, no slash and no space around it"
        raise SiteRefused(message)
    if holds_secret(text):
        message = f"{words}: this looks like a password or key; keep it where you keep secrets, and say here where"
        raise SiteRefused(message)


def holds_secret(text: str) -> bool:
    """This function will say whether a text looks as if it held a password or key; notes hold none."""
    return without_secrets(text) != text


def stand_at(asset: books.Asset, site: books.Site, *, actor: Actor, at: datetime) -> books.Asset:
    """This function will say where an asset stands that no site is on record for yet: that is no move.

    Raises SiteRefused for another client's site, and for an asset that stands somewhere already.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        asset = _in_turn(asset)
        _check_owner(asset, site)
        if asset.site is not None or moves_of(asset).exists():
            message = f"where {asset.code} stands is on record; note a move"
            raise SiteRefused(message)
        _place(asset, site)
        says = f"{asset.code} stands at {site.name}"
        details = {"before": None, "after": site.code}
        entry = audit.Entry("sites.stand_at", asset.code, says, asset.client, details)
        audit.record(entry, actor=actor, at=at)
    return asset


def move_asset(
    asset: books.Asset,
    reached: books.Site | None,
    moved_at: datetime,
    reason: str = "",
    *,
    actor: Actor,
    at: datetime,
) -> books.AssetMove:
    """This function will note that an asset moved to a site, or to where we do not know; raises MoveRefused."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        asset = _in_turn(asset)
        last = _last(asset)
        number = last.number + 1 if last else 1
        move = _move(asset, number, moved_at, asset.site, reached, reason)
        check_move(move, last.to_core() if last else None, at)
        return _enter("sites.move", move, asset, reached, actor, at)


def correct_move(
    asset: books.Asset,
    reached: books.Site | None,
    moved_at: datetime,
    reason: str = "",
    *,
    actor: Actor,
    at: datetime,
) -> books.AssetMove:
    """This function will put another entry in the place of an asset's last move; the wrong one stays readable.

    Raises NeverMoved or MoveRefused. A move back to where it came from says that it never left.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        asset = _in_turn(asset)
        last = _last(asset)
        if last is None:
            message = f"no move of {asset.code} is on record; note one instead"
            raise NeverMoved(message)
        before = moves_of(asset).filter(number=last.number - 1).first()
        move = _move(asset, last.number, moved_at, last.left, reached, reason)
        check_move(move, before.to_core() if before else None, at, corrects=True)
        return _enter("sites.correct_move", move, asset, reached, actor, at)


def moves_of(asset: books.Asset) -> QuerySet[books.AssetMove]:
    """This function will return an asset's moves that stand, the earliest first."""
    rows = books.AssetMove.objects.current().filter(asset=asset)
    return rows.select_related("left", "reached").order_by("number")


@dataclass(frozen=True, slots=True)
class Moved:
    """How assets came to where they stand: since when, why, and whether that puts their last move right.

    Without an instant it was no move: they stood there all along, as far as anybody knows.
    """

    since: datetime | None
    reason: str = ""
    corrects: bool = False


def place_assets(
    assets: Sequence[books.Asset],
    site: books.Site | None,
    moved: Moved,
    *,
    actor: Actor,
    at: datetime,
) -> tuple[books.Asset, ...]:
    """This function will say where several assets stand now, all of them or none; raises as each single verb does.

    An asset no site was on record for, without an instant, is said to stand there; others moved just now.
    """
    with transaction.atomic():
        for asset in assets:
            _place_one(asset, site, moved, actor, at)
    found = books.Asset.objects.filter(pk__in=[one.pk for one in assets])
    return tuple(found.select_related("site").order_by("code"))


def _place_one(
    asset: books.Asset, site: books.Site | None, moved: Moved, actor: Actor, at: datetime
) -> None:
    if moved.corrects:
        last = _last(asset)
        since = moved.since or (last.moved_at if last else at)
        correct_move(asset, site, since, moved.reason, actor=actor, at=at)
    elif site and not moved.since and not asset.site_id and not moves_of(asset).exists():
        stand_at(asset, site, actor=actor, at=at)
    else:
        move_asset(asset, site, moved.since or at, moved.reason, actor=actor, at=at)


def _in_turn(asset: books.Asset) -> books.Asset:
    take_turn(asset.client)
    found: books.Asset = books.Asset.objects.select_related("client", "site").get(pk=asset.pk)
    return found


def _last(asset: books.Asset) -> books.AssetMove | None:
    return moves_of(asset).last()


def _move(
    asset: books.Asset,
    number: int,
    moved_at: datetime,
    left: books.Site | None,
    reached: books.Site | None,
    reason: str,
) -> AssetMove:
    _check_text("reason", reason)
    if reached is not None:
        _check_owner(asset, reached)
    return AssetMove(AssetId(asset.code), number, moved_at, _id(left), _id(reached), reason.strip())


def _check_owner(asset: books.Asset, site: books.Site) -> None:
    if site.client_id != asset.client_id:
        message = f"{site.code} is another client's site"
        raise SiteRefused(message)


def _place(asset: books.Asset, site: books.Site | None) -> None:
    asset.site = site
    asset.save(update_fields=["site"])


def _id(site: books.Site | None) -> SiteId | None:
    return SiteId(site.code) if site else None


def _enter(
    verb: str,
    move: AssetMove,
    asset: books.Asset,
    reached: books.Site | None,
    actor: Actor,
    at: datetime,
) -> books.AssetMove:
    filed = file_fact(move, Filing(asset.client, actor, at))
    row: books.AssetMove = filed.row
    if not filed.new:
        return row
    before = asset.site
    _place(asset, reached)
    to = reached.name if reached else "no site on record"
    says = f"{asset.code} stands at {to} since {move.at:%Y-%m-%d %H:%M} UTC"
    details = {"before": _id(before), "after": _id(reached), "reason": move.reason}
    entry = audit.Entry(verb, asset.code, says, asset.client, details)
    audit.record(entry, actor=actor, at=at)
    return row


def said_site(row: books.Site, **changed: str) -> Site:
    """This function will return a site as its card has it, with what is said anew; an empty contact is nobody."""
    core = row.to_core()
    told = {one.name: getattr(core, one.name) for one in fields_of(Site)} | changed
    told["contact"] = ContactId(told["contact"]) if told["contact"] else None
    return Site(**told)
