"""`groundrules message`: what was said and written; log a call, file one to an incident, note what it asks for."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.core.calendars import zone_label
from groundrules.core.periods import ImpossibleLocalTime, local_instant, wall_time
from groundrules.core.work import Channel
from groundrules.records.models import Client, Message
from groundrules.services import conversations, requests
from groundrules.services.actor import NotAllowed
from groundrules.services.index import UnknownCard
from groundrules.services.who import NobodyToActAs, acting

NAME = "message"
HELP = "See what was said and written, log a call, file it to an incident, note what it asks for."
NEEDS_DATABASE = True
_CHANNELS = (Channel.CALL, Channel.MEETING, Channel.EMAIL, Channel.POST)
_SHORT = 90


class TimeUnreadable(ValueError):
    """When something was said is written as the client's clock showed it: 2007-03-14T10:00."""


_REFUSED: Mapping[type[Exception], Exit] = {
    Client.DoesNotExist: Exit.NOT_FOUND,
    Message.DoesNotExist: Exit.NOT_FOUND,
    UnknownCard: Exit.NOT_FOUND,
    requests.NoRequest: Exit.BAD_INPUT,
    conversations.NothingSaid: Exit.BAD_INPUT,
    TimeUnreadable: Exit.BAD_INPUT,
    ImpossibleLocalTime: Exit.BAD_INPUT,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the actions on messages."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="calls and mails, newest first")
    listed.add_argument("--client", default="", help="only this client's (its code)")
    listed.add_argument("--incident", default="", help="only those filed to it")
    logged = actions.add_parser("log", help="log what somebody said; it changes nothing")
    logged.add_argument("says", help="their words")
    logged.add_argument("--client", required=True, help="the client's code")
    logged.add_argument("--contact", default="", help="who said it: a contact's code")
    logged.add_argument("--vendor", default="", help="who said it: a vendor's code")
    logged.add_argument("--sender", default="", help="who said it: a name without a card")
    logged.add_argument("--asset", default="", help="the server it was about")
    logged.add_argument("--incident", default="", help="the incident it was about")
    logged.add_argument("--channel", choices=[c.value for c in _CHANNELS], default="call")
    logged.add_argument("--at", default="", help="when, by the client's clock; without it, now")
    filed = actions.add_parser("file", help="file a message to an incident, or to none")
    filed.add_argument("message", help="the message's reference (MSG-... or MAIL-...)")
    filed.add_argument("--client", required=True, help="the client's code")
    filed.add_argument("--incident", required=True, help="the incident; empty takes it off")
    asks = actions.add_parser("asks", help="note that a message asks for work after hours")
    asks.add_argument("message", help="the message's reference (MSG-... or MAIL-...)")
    asks.add_argument("--client", required=True, help="the client's code")
    for one in (logged, filed, asks):
        one.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")
    for one in (listed, logged, filed, asks):
        one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    try:
        rows = _ACTIONS[args.action](args)
    except tuple(_REFUSED) as refused:
        print(f"groundrules: {_words(refused)}", file=sys.stderr)
        return _REFUSED[type(refused)]
    asked = requests.refs_in(rows)
    if args.json:
        print(json.dumps([_as_data(row, asked.get(row.pk, "")) for row in rows], indent=2))
    else:
        lines = (_line(row, asked.get(row.pk, "")) for row in rows)
        print("\n".join(lines) or "Nothing is logged.")
    return Exit.OK


def _words(refused: Exception) -> str:
    missing: dict[type[Exception], str] = {
        Client.DoesNotExist: "there is no such client",
        Message.DoesNotExist: "there is no such message; groundrules message list names them",
    }
    return missing.get(type(refused)) or str(refused)


def _list(args: argparse.Namespace) -> list[Message]:
    rows = Message.objects.current().select_related("client", "asset", "incident")
    if args.client:
        rows = rows.filter(client=Client.objects.get(code=args.client))
    if args.incident:
        rows = rows.filter(incident__ref=args.incident)
    return list(rows.order_by("-sent_at", "-pk"))


def _log(args: argparse.Namespace) -> list[Message]:
    client, now = Client.objects.get(code=args.client), timezone.now()
    said = conversations.Said(
        args.says,
        _instant(args.at, client) if args.at else now,
        Channel(args.channel),
        contact=args.contact,
        vendor=args.vendor,
        sender=args.sender,
        asset=args.asset,
        incident=args.incident,
    )
    return [conversations.note(said, client=client, actor=acting(args.email), at=now)]


def _file(args: argparse.Namespace) -> list[Message]:
    client = Client.objects.get(code=args.client)
    row = Message.objects.current().get(client=client, ref=args.message)
    actor, now = acting(args.email), timezone.now()
    return [conversations.file_to_incident(row, args.incident, actor=actor, at=now)]


def _asks(args: argparse.Namespace) -> list[Message]:
    client = Client.objects.get(code=args.client)
    row = Message.objects.current().get(client=client, ref=args.message)
    requests.asked_in(row, actor=acting(args.email), at=timezone.now())
    return [row]


def _instant(text: str, client: Client) -> datetime:
    try:
        wall = wall_time(text)
    except ValueError as unreadable:
        message = f"{text!r} is no date and time; write it as 2007-03-14T10:00"
        raise TimeUnreadable(message) from unreadable
    return local_instant(client.zone, wall)


def _line(row: Message, asked: str) -> str:
    words = " ".join(row.says.split())
    short = words if len(words) <= _SHORT else f"{words[:_SHORT]} ..."
    about = ", ".join(
        one for one in (row.asset and row.asset.code, row.incident and row.incident.ref) if one
    )
    when = zone_label(row.sent_at, row.client.zone)
    way = "from" if row.inbound else "to"
    named = f"{row.channel} {way} {row.sender}{f' about {about}' if about else ''}"
    noted = f" [{asked}]" if asked else ""
    return f"{row.ref}  {row.client.code}  {when}  {named}{noted}: {short}"


def _as_data(row: Message, asked: str) -> dict[str, object]:
    return {
        "message": row.ref,
        "client": row.client.code,
        "at": row.sent_at.isoformat(),
        "channel": row.channel,
        "sender": row.sender,
        "inbound": row.inbound,
        "asset": row.asset.code if row.asset else None,
        "incident": row.incident.ref if row.incident else None,
        "request": asked or None,
        "says": row.says,
    }


_ACTIONS: Mapping[str, Callable[[argparse.Namespace], list[Message]]] = {
    "list": _list,
    "log": _log,
    "file": _file,
    "asks": _asks,
}
