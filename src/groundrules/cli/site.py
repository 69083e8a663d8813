"""`groundrules site`: clients' sites, and which server stands at which since when."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields

from django.db.models import Count
from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.cli.vendor_words import NotOnRecord, add_client, client_named, local_time
from groundrules.core.calendars import zone_label
from groundrules.core.ids import SiteId
from groundrules.core.parties import Site
from groundrules.core.periods import ImpossibleLocalTime, local_instant
from groundrules.core.reasons import counted
from groundrules.core.sites import MoveRefused
from groundrules.records import models as books
from groundrules.services.actor import NotAllowed
from groundrules.services.sites import (
    Moved,
    NeverMoved,
    SiteRefused,
    SiteThere,
    UnknownSite,
    add_site,
    change_site,
    moves_of,
    place_assets,
    said_site,
    site_named,
)
from groundrules.services.who import NobodyToActAs, acting

NAME = "site"
HELP = "Keep clients' sites, and say which server stands at which since when."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    SiteRefused: Exit.BAD_INPUT,
    MoveRefused: Exit.BAD_INPUT,
    ImpossibleLocalTime: Exit.BAD_INPUT,
    SiteThere: Exit.CONFLICT,
    NeverMoved: Exit.NOT_FOUND,
    UnknownSite: Exit.NOT_FOUND,
    NotOnRecord: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}
_SAID = (
    ("name", "what it is called"),
    ("address", "street and town"),
    ("zone", "its time zone, where it is not the client's, such as America/Denver"),
    ("opening_hours", "when somebody is there, in words"),
    ("closed_days", "when nobody is there, in words"),
    ("phone", "its number"),
    ("contact", "whom to ask for: a contact's code"),
    ("notes", "how to get in; no passwords, they belong where you keep secrets"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list`, `show`, `add`, `change` and `move`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list sites, and how many servers stand at each")
    listing.add_argument("--client", default="", help="only this client's")
    listing.add_argument("--json", action="store_true", help="print data")
    shown = actions.add_parser("show", help="one site: its card, its servers and their moves")
    added = actions.add_parser("add", help="put a new site on record")
    changed = actions.add_parser("change", help="change a site's card; what is not named stays")
    for one in (shown, added, changed):
        one.add_argument("site", help="its code, such as MAIN")
        add_client(one, acts=one is not shown)
    for name, says in _SAID:
        option = f"--{name.replace('_', '-')}"
        added.add_argument(option, default="", required=name == "name", help=says)
        changed.add_argument(option, default=None, help=says)
    moved = actions.add_parser("move", help="say where servers stand now, and since when")
    moved.add_argument("asset", nargs="+", help="a server's code; several may follow")
    moved.add_argument("--to", required=True, metavar="SITE", help="the site's code; none: -")
    moved.add_argument(
        "--since",
        type=local_time,
        help="when it moved, by the site's clock: 2026-03-05T18:00; default: now, or all along at its first site",
    )
    moved.add_argument("--why", default="", help="why it moved")
    moved.add_argument(
        "--correct", action="store_true", help="put the last move right instead of adding one"
    )
    add_client(moved, acts=True)


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace], None]] = {
        "list": _list,
        "show": _show,
        "add": _add,
        "change": _change,
        "move": _move,
    }
    try:
        actions[args.action](args)
    except tuple(_REFUSED) as refused:
        return refuse(refused, _REFUSED[type(refused)])
    return Exit.OK


def _list(args: argparse.Namespace) -> None:
    rows = books.Site.objects.select_related("client", "contact")
    if args.client:
        rows = rows.filter(client=client_named(args.client))
    found = list(rows.annotate(servers=Count("assets")).order_by("client__code", "code"))
    if args.json:
        told = [_data(row) | {"servers": vars(row)["servers"]} for row in found]
        print(json.dumps(told, indent=2))
        return
    for row in found:
        servers = counted(vars(row)["servers"], "server")
        where = " · ".join(row.address.splitlines()) or "no address"
        print(f"{row.client.code:<12} {row.code:<12} {row.name}: {servers}; {where}")
    if not found:
        print(
            "No site is on record. Add one: groundrules site add CODE --client CLIENT --name NAME"
        )


def _show(args: argparse.Namespace) -> None:
    _print(site_named(client_named(args.client), args.site), as_data=args.json)


def _add(args: argparse.Namespace) -> None:
    client = client_named(args.client)
    told = {name: getattr(args, name) for name, _ in _SAID}
    site = Site(SiteId(args.site), **{**told, "contact": told["contact"] or None})
    row = add_site(site, client=client, actor=acting(args.email_as), at=timezone.now())
    _print(row, as_data=args.json)


def _change(args: argparse.Namespace) -> None:
    client = client_named(args.client)
    told = {name: getattr(args, name) for name, _ in _SAID if getattr(args, name) is not None}
    site = said_site(site_named(client, args.site), **told)
    row = change_site(site, client=client, actor=acting(args.email_as), at=timezone.now())
    _print(row, as_data=args.json)


def _move(args: argparse.Namespace) -> None:
    client = client_named(args.client)
    site = None if args.to == "-" else site_named(client, args.to)
    zone = site.zone if site and site.zone else client.zone
    since = local_instant(zone, args.since) if args.since else None
    moved = Moved(since, args.why, args.correct)
    assets = place_assets(
        _named(client, args.asset), site, moved, actor=acting(args.email_as), at=timezone.now()
    )
    told = [_moved_data(asset) for asset in assets]
    if args.json:
        print(json.dumps(told, indent=2))
        return
    for asset in assets:
        print(f"{asset.code} stands at {asset.site.name if asset.site else 'no site on record'}.")


def _named(client: books.Client, codes: Sequence[str]) -> list[books.Asset]:
    found = {one.code: one for one in client.assets.select_related("client").filter(code__in=codes)}
    strange = [code for code in codes if code not in found]
    if strange:
        message = f"{client.code} has no server {strange[0]!r}"
        raise NotOnRecord(message)
    return list(found.values())


def _print(row: books.Site, *, as_data: bool) -> None:
    zone = row.zone or row.client.zone
    assets = list(row.assets.order_by("code"))
    if as_data:
        print(json.dumps(_data(row) | {"assets": [_moved_data(one) for one in assets]}, indent=2))
        return
    print(f"{row.code} {row.name}, of {row.client.name}; times in {zone}")
    for name, value in _lines(row):
        print(f"    {name}: {value}")
    for asset in assets:
        print(f"    {asset.code} {asset.name}{_since(asset, zone)}")
    if not assets:
        print("    No server stands here on record.")


def _lines(row: books.Site) -> list[tuple[str, str]]:
    told = [
        ("address", ", ".join(row.address.splitlines())),
        ("open", row.opening_hours),
        ("closed", " ".join(row.closed_days.split())),
        ("phone", row.phone),
        ("ask for", row.contact.name if row.contact else ""),
        ("notes", " ".join(row.notes.split())),
    ]
    return [(name, value) for name, value in told if value]


def _since(asset: books.Asset, zone: str) -> str:
    last = moves_of(asset).last()
    if last is None or last.left_id == last.reached_id:
        return ""
    came = f", from {last.left.name}" if last.left else ""
    why = f" ({last.to_core().reason})" if last.to_core().reason else ""
    return f" since {zone_label(last.moved_at, zone)}{came}{why}"


def _data(row: books.Site) -> dict[str, object]:
    core = row.to_core()
    told = {one.name: getattr(core, one.name) for one in fields(core) if one.name != "id"}
    return {"client": row.client.code, "code": row.code, **told}


def _moved_data(asset: books.Asset) -> dict[str, object]:
    return {
        "asset": asset.code,
        "site": asset.site.code if asset.site else None,
        "moves": [
            {
                "since": move.at.isoformat(),
                "left": move.left,
                "reached": move.reached,
                "reason": move.reason,
            }
            for move in (row.to_core() for row in moves_of(asset))
        ],
    }
