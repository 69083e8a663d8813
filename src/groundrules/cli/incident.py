"""`groundrules incident`: open one, say that it is over, and list those there are."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.cli.vendor_words import NotOnRecord, add_client, client_named, local_time
from groundrules.core.calendars import zone_label
from groundrules.core.periods import ImpossibleLocalTime, local_instant
from groundrules.records.models import Client, Incident
from groundrules.services import incidents
from groundrules.services.actor import NotAllowed
from groundrules.services.index import UnknownCard
from groundrules.services.who import NobodyToActAs, acting

NAME = "incident"
HELP = "Open an incident, say that it is over, and list those there are."
NEEDS_DATABASE = True
_MOST = 100
_REFUSED: Mapping[type[Exception], Exit] = {
    incidents.IncidentRefused: Exit.BAD_INPUT,
    ImpossibleLocalTime: Exit.BAD_INPUT,
    incidents.IncidentAlreadyResolved: Exit.CONFLICT,
    UnknownCard: Exit.NOT_FOUND,
    NotOnRecord: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list`, `open` and `over`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="a client's incidents, the newest first")
    opened = actions.add_parser("open", help="say what stopped working")
    opened.add_argument("server", help="the server's code")
    opened.add_argument("title", help="what stopped working, in a few words")
    opened.add_argument("--application", default="", help="the application's code, if it is one")
    opened.add_argument("--signature", default="", help="what it says when it fails")
    opened.add_argument(
        "--hardware", default="", help="the failed part, only if the maker's own signal names it"
    )
    over = actions.add_parser("over", help="say that an incident is over")
    over.add_argument("incident", help="the incident's reference")
    for one, help_ in ((opened, "since when"), (over, "when it ended")):
        one.add_argument(
            "--at",
            type=local_time,
            default=None,
            metavar="TIME",
            help=f"{help_}, by the site's clock: 2007-02-20T13:10; without it, now",
        )
    for one in (listed, opened, over):
        add_client(one, acts=one is not listed)


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    try:
        rows = _ACTIONS[args.action](args, client_named(args.client))
    except tuple(_REFUSED) as refused:
        return refuse(refused, _REFUSED[type(refused)])
    if args.json:
        print(json.dumps([_as_data(row) for row in rows], indent=2))
    else:
        print("\n".join(_line(row) for row in rows) or "No incident is on record.")
    return Exit.OK


def _list(_args: argparse.Namespace, client: Client) -> list[Incident]:
    rows = Incident.objects.of_client(client).current().select_related("asset", "client")
    return list(rows.order_by("-opened_at", "-pk")[:_MOST])


def _open(args: argparse.Namespace, client: Client) -> list[Incident]:
    now = timezone.now()
    since = local_instant(client.zone, args.at) if args.at else now
    told = incidents.Reported(
        args.server, args.title, since, args.application, args.signature, args.hardware
    )
    return [incidents.report(told, client=client, actor=acting(args.email_as), at=now)]


def _over(args: argparse.Namespace, client: Client) -> list[Incident]:
    now = timezone.now()
    row = Incident.objects.of_client(client).current().filter(ref=args.incident).first()
    if row is None:
        message = f"there is no incident {args.incident!r} of {client.code}"
        raise NotOnRecord(message)
    ended = local_instant(client.zone, args.at) if args.at else now
    actor = acting(args.email_as)
    return [incidents.resolve(row, resolved_at=ended, actor=actor, at=now)]


def _line(row: Incident) -> str:
    zone = row.client.zone
    ended = f", over since {zone_label(row.resolved_at, zone)}" if row.resolved_at else ", open"
    return f"{row.ref}  {row.asset.code}  {zone_label(row.opened_at, zone)}{ended}: {row.title}"


def _as_data(row: Incident) -> dict[str, object]:
    return {
        "incident": row.ref,
        "client": row.client.code,
        "server": row.asset.code,
        "title": row.title,
        "opened_at": row.opened_at.isoformat(),
        "resolved_at": row.resolved_at.isoformat() if row.resolved_at else None,
    }


_ACTIONS: Mapping[str, Callable[[argparse.Namespace, Client], list[Incident]]] = {
    "list": _list,
    "open": _open,
    "over": _over,
}
