"""`groundrules token`: what programs act with: made and shown once, listed, revoked."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.records.models import ApiToken, User
from groundrules.services import scopes, tokens
from groundrules.services.actor import NotAllowed
from groundrules.services.who import NobodyToActAs, acting

NAME = "token"
HELP = "Make tokens for programs that use the interface, list them, or revoke one."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    tokens.NameTaken: Exit.CONFLICT,
    tokens.TokenMalformed: Exit.BAD_INPUT,
    scopes.UnknownScope: Exit.BAD_INPUT,
    ApiToken.DoesNotExist: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `scopes`, `list`, `make` and `revoke`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    said = actions.add_parser("scopes", help="what a token can be for")
    listed = actions.add_parser("list", help="tokens, whose they are, and when they were used last")
    made = actions.add_parser("make", help="make a token of yours and print it, once")
    made.add_argument("name", help="which program holds it; used once, ever")
    made.add_argument(
        "--scope", action="append", required=True, metavar="SCOPE", help="what for; may be repeated"
    )
    made.add_argument(
        "--client",
        action="append",
        default=[],
        metavar="CODE",
        help="only for this client; may be repeated",
    )
    made.add_argument(
        "--days", type=int, default=tokens.USUALLY, help=f"how long it lasts ({tokens.USUALLY})"
    )
    ended = actions.add_parser("revoke", help="end a token, at once")
    ended.add_argument("name", help="its name")
    ended.add_argument("--of", default="", metavar="EMAIL", help="whose it is, if not yours")
    for one in (listed, made, ended):
        one.add_argument("--as", dest="actor", default="", metavar="EMAIL", help="who acts")
    for one in (said, listed, made, ended):
        one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "scopes": _scopes,
        "list": _list,
        "make": _make,
        "revoke": _revoke,
    }
    try:
        return actions[args.action](args)
    except tuple(_REFUSED) as refused:
        number = next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))
        return refuse(refused, number)


def _scopes(args: argparse.Namespace) -> int:
    if args.json:
        told = [
            {"scope": one.name, "opens": one.says, "roles": sorted(one.roles)}
            for one in scopes.SCOPES.values()
        ]
        print(json.dumps(told, indent=2))
        return Exit.OK
    for one in scopes.SCOPES.values():
        print(f"{one.name:<16}  {one.says} ({', '.join(sorted(one.roles))})")
    return Exit.OK


def _list(args: argparse.Namespace) -> int:
    at = timezone.now()
    rows = tokens.visible_to(acting(args.actor)).order_by("user__email", "name")
    if args.json:
        print(json.dumps([_told(row, at) for row in rows], indent=2))
        return Exit.OK
    for row in rows:
        used = f"used {row.last_used_at:%Y-%m-%d %H:%M} UTC" if row.last_used_at else "never used"
        until = f"{row.state_at(at)} until {row.expires_at:%Y-%m-%d}"
        print(f"{row.name}  {row.user.email}  {until}  {used}  {' '.join(row.scopes)}")
    if not rows:
        print("No token yet. Make one: groundrules token make NAME --scope clients:read")
    return Exit.OK


def _told(row: ApiToken, at: datetime) -> dict[str, object]:
    return {
        "name": row.name,
        "of": row.user.email,
        "begins": row.hint,
        "state": row.state_at(at),
        "scopes": row.scopes,
        "clients": row.clients,
        "made_at": row.made_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
        "last_used_at": row.last_used_at.isoformat() if row.last_used_at else None,
        "last_used_from": row.last_used_from,
    }


def _make(args: argparse.Namespace) -> int:
    actor, at = acting(args.actor), timezone.now()
    wanted = tokens.Wanted(args.name, args.scope, args.days, args.client)
    user = User.objects.get(email=actor.label)
    row, text = tokens.make(wanted, user=user, actor=actor, at=at)
    if args.json:
        print(json.dumps({**_told(row, at), "token": text}, indent=2))
        return Exit.OK
    print(text)
    # Beside the answer, so that a file or a variable of a script holds the token alone.
    print(
        "This is shown once. Keep it where the program keeps its secrets; it lasts until "
        f"{row.expires_at.date().isoformat()} and acts for {user.email}.",
        file=sys.stderr,
    )
    return Exit.OK


def _revoke(args: argparse.Namespace) -> int:
    actor, at = acting(args.actor), timezone.now()
    email = (args.of or actor.label).strip().lower()
    row = ApiToken.objects.select_related("user").filter(user__email=email, name=args.name).first()
    if row is None:
        message = f"{email} has no token called {args.name}; see: groundrules token list"
        raise ApiToken.DoesNotExist(message)
    tokens.revoke(row, actor=actor, at=at)
    print(json.dumps(_told(row, at)) if args.json else f"{row.name} opens nothing any more.")
    return Exit.OK
