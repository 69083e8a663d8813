"""`groundrules dependencies`: list the map, take an observation in, add an edge or take one out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.records.models import Client, Dependency
from groundrules.services import dependencies, evidence
from groundrules.services.actor import NotAllowed
from groundrules.services.who import NobodyToActAs, acting

NAME = "dependencies"
HELP = "Show and keep the map of what applications need."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    dependencies.NotANeedsReport: Exit.BAD_INPUT,
    dependencies.ReasonMissing: Exit.BAD_INPUT,
    dependencies.ApplicationUnknown: Exit.NOT_FOUND,
    dependencies.EdgeUnknown: Exit.NOT_FOUND,
    Client.DoesNotExist: Exit.NOT_FOUND,
    evidence.HostZoneUnknown: Exit.BAD_INPUT,
    FileNotFoundError: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list`, `take FILE`, `add` and `remove`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    shown = actions.add_parser("list", help="every edge, with grade and source")
    taken = actions.add_parser("take", help="draw the edges of a collector's report")
    taken.add_argument("file", type=Path, help="what groundrules-collector needs wrote")
    added = actions.add_parser("add", help="add an edge somebody knows of")
    removed = actions.add_parser("remove", help="take an edge out")
    for one in (added, removed):
        one.add_argument("dependent", help="an application's code, or a component")
        one.add_argument("component", help="what it needs")
        one.add_argument("--reason", required=True, help="who says so, and from where")
    for one in (shown, taken, added, removed):
        one.add_argument("--client", default="", help="the client's code")
        one.add_argument("--json", action="store_true", help="print data")
    for one in (taken, added, removed):
        one.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace], dict[str, object]]] = {
        "take": _take,
        "add": _add,
        "remove": _remove,
    }
    try:
        if args.action == "list":
            return _list(args)
        told = actions[args.action](args)
    except tuple(_REFUSED) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))
    print(json.dumps(told) if args.json else ", ".join(f"{k}: {v}" for k, v in told.items()))
    return Exit.OK


def _list(args: argparse.Namespace) -> int:
    rows = Dependency.objects.select_related("client").order_by("client", "dependent", "component")
    rows = rows.filter(client__code=args.client) if args.client else rows
    told = [
        {
            "client": row.client.code,
            "dependent": row.dependent,
            "component": row.component,
            "grade": row.grade,
            "source": row.source,
        }
        for row in rows
    ]
    if args.json:
        print(json.dumps(told, indent=2))
        return Exit.OK
    for one in told:
        print(
            f"{one['client']}  {one['dependent']} needs {one['component']} ({one['grade']})  {one['source']}"
        )
    return Exit.OK


def _client(code: str) -> Client:
    """The client named, or the only one there is."""
    rows = Client.objects.all()
    if code or rows.count() != 1:
        found = rows.filter(code=code).first()
        if found is None:
            message = f"there is no client {code!r}; name one with --client"
            raise Client.DoesNotExist(message)
        return found
    return rows.get()


def _take(args: argparse.Namespace) -> dict[str, object]:
    taken = dependencies.observe(
        args.file.read_bytes(), client=args.client, actor=acting(args.email), at=timezone.now()
    )
    return {
        "evidence": taken.evidence.digest,
        "new": taken.new,
        "known better": taken.better,
        "as they were": taken.same,
    }


def _add(args: argparse.Namespace) -> dict[str, object]:
    card = dependencies.state(
        _client(args.client),
        args.dependent,
        args.component,
        reason=args.reason,
        actor=acting(args.email),
        at=timezone.now(),
    )
    return {"edge": str(card), "grade": card.grade}


def _remove(args: argparse.Namespace) -> dict[str, object]:
    dependencies.withdraw(
        _client(args.client),
        args.dependent,
        args.component,
        reason=args.reason,
        actor=acting(args.email),
        at=timezone.now(),
    )
    return {"taken out": f"{args.dependent} needs {args.component}"}
