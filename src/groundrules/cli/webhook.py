"""`groundrules webhook`: addresses that are told what happens: kept, tried out, looked after, told again."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.records.models import Webhook, WebhookDelivery
from groundrules.services import webhook_events, webhooks
from groundrules.services.actor import NotAllowed
from groundrules.services.who import NobodyToActAs, acting

NAME = "webhook"
HELP = "Tell other programs what happens, see whether it arrived, and tell it again."
NEEDS_DATABASE = True
_SHOWN = 50
_REFUSED: Mapping[type[Exception], Exit] = {
    webhooks.WebhookMalformed: Exit.BAD_INPUT,
    webhooks.AddressRefused: Exit.BAD_INPUT,
    webhooks.WebhookUnknown: Exit.NOT_FOUND,
    WebhookDelivery.DoesNotExist: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `kinds`, `list`, `add`, `test`, `secret`, `log`, `replay` and `end`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    kinds = actions.add_parser("kinds", help="what programs can be told of")
    listed = actions.add_parser("list", help="webhooks, and how they stand")
    added = actions.add_parser("add", help="keep a webhook and print its secret, once")
    tested = actions.add_parser("test", help="tell it something that means nothing")
    secret = actions.add_parser("secret", help="a new secret; the old one signs too for a day")
    log = actions.add_parser("log", help="what it was told lately, and what it answered")
    again = actions.add_parser("replay", help="tell an event once more, under the same identity")
    ended = actions.add_parser("end", help="tell it nothing more")
    for one in (added, tested, secret, log, again, ended):
        one.add_argument("name", help="the webhook's name")
    _declare_added(added)
    again.add_argument("event", help="the event's identity, msg_..., as the log shows it")
    for one in (added, tested, secret, again, ended):
        one.add_argument("--as", dest="actor", default="", metavar="EMAIL", help="who acts")
    for one in (kinds, listed, added, tested, secret, log, again, ended):
        one.add_argument("--json", action="store_true", help="print data")


def _declare_added(added: argparse.ArgumentParser) -> None:
    added.add_argument(
        "url", help="where to; HTTPS, at a public address unless the setting says otherwise"
    )
    added.add_argument(
        "--event",
        action="append",
        default=[],
        metavar="KIND",
        help="only this kind; may be repeated",
    )
    added.add_argument(
        "--client",
        action="append",
        default=[],
        metavar="CODE",
        help="only of this client; may be repeated",
    )


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "kinds": _kinds,
        "list": _list,
        "add": _add,
        "test": _test,
        "secret": _secret,
        "log": _log,
        "replay": _replay,
        "end": _end,
    }
    try:
        return actions[args.action](args)
    except tuple(_REFUSED) as refused:
        number = next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))
        return refuse(refused, number)


def _kinds(args: argparse.Namespace) -> int:
    print(json.dumps(webhook_events.KINDS) if args.json else "\n".join(webhook_events.KINDS))
    return Exit.OK


def _list(args: argparse.Namespace) -> int:
    rows = list(Webhook.objects.filter(ended_at__isnull=True).order_by("name"))
    if args.json:
        print(json.dumps([_told(row) for row in rows], indent=2))
        return Exit.OK
    for row in rows:
        of = ", ".join(row.events) or "everything"
        print(f"{row.name}  {row.url}  {of}  {webhooks.standing(row)}")
    if not rows:
        print("No webhook yet. Keep one: groundrules webhook add NAME https://hooks.example.com/x")
    return Exit.OK


def _told(row: Webhook) -> dict[str, object]:
    return {
        "name": row.name,
        "url": row.url,
        "events": row.events,
        "clients": row.clients,
        "made_at": row.made_at.isoformat(),
        "failures": row.failures,
        "paused_until": row.paused_until.isoformat() if row.paused_until else None,
        "standing": webhooks.standing(row),
    }


def _add(args: argparse.Namespace) -> int:
    wanted = webhooks.Wanted(args.name, args.url, args.event, args.client)
    row, secret = webhooks.add(wanted, actor=acting(args.actor), at=timezone.now())
    return _with_secret(args, row, secret)


def _secret(args: argparse.Namespace) -> int:
    row = webhooks.named(args.name)
    secret = webhooks.replace_secret(row, actor=acting(args.actor), at=timezone.now())
    return _with_secret(args, row, secret)


def _with_secret(args: argparse.Namespace, row: Webhook, secret: str) -> int:
    if args.json:
        print(json.dumps({**_told(row), "secret": secret}, indent=2))
        return Exit.OK
    print(secret)
    # Beside the answer, so that a file or a variable of a script holds the secret alone.
    said = "This is shown once. The receiver checks signatures with it (Standard Webhooks)."
    print(said, file=sys.stderr)
    return Exit.OK


def _test(args: argparse.Namespace) -> int:
    row = webhooks.named(args.name)
    webhooks.try_out(row, actor=acting(args.actor), at=timezone.now())
    return _said(args, f"The worker tells {row.name} now. See: groundrules webhook log {row.name}")


def _log(args: argparse.Namespace) -> int:
    rows = webhooks.lately(webhooks.named(args.name))[:_SHOWN]
    told = [
        {
            "event": row.event.uid,
            "kind": row.event.kind,
            "subject": row.event.subject,
            "happened_at": row.event.recorded_at.isoformat(),
            "state": row.state,
            "attempts": [
                {
                    "at": one.recorded_at.isoformat(),
                    "status": one.status,
                    "says": one.says,
                    "milliseconds": one.milliseconds,
                }
                for one in row.attempts.order_by("pk")
            ],
        }
        for row in rows
    ]
    if args.json:
        print(json.dumps(told, indent=2))
        return Exit.OK
    for row in rows:
        last = row.attempts.order_by("-pk").first()
        answer = f"{last}" if last else "not tried yet"
        print(f"{row.event.uid}  {row.event.kind}  {row.event.subject}  {row.state}  {answer}")
    if not rows:
        print("It was told nothing yet.")
    return Exit.OK


def _replay(args: argparse.Namespace) -> int:
    rows = WebhookDelivery.objects.filter(webhook=webhooks.named(args.name), event__uid=args.event)
    row = rows.select_related("webhook", "event").first()
    if row is None:
        message = (
            f"{args.name} was never told {args.event}; see: groundrules webhook log {args.name}"
        )
        raise WebhookDelivery.DoesNotExist(message)
    webhooks.replay(row, actor=acting(args.actor), at=timezone.now())
    return _said(args, f"{args.name} is told {row.event} once more.")


def _end(args: argparse.Namespace) -> int:
    webhooks.end(webhooks.named(args.name), actor=acting(args.actor), at=timezone.now())
    return _said(args, f"{args.name} is told nothing more.")


def _said(args: argparse.Namespace, words: str) -> int:
    print(json.dumps({"says": words}) if args.json else words)
    return Exit.OK
