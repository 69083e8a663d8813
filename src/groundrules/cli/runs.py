"""`groundrules runs`: how far long runs are, stopping one without leaving a half, and letting a failed one go on."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.records.models import LongRun
from groundrules.services import long_runs
from groundrules.services.actor import NotAllowed
from groundrules.services.who import NobodyToActAs, acting

NAME = "runs"
HELP = "Say how far long runs are, stop one, or start one again."
NEEDS_DATABASE = True
_SHOWN = 20
_REFUSED = {
    long_runs.UnknownRun: Exit.NOT_FOUND,
    long_runs.RunIsOver: Exit.CONFLICT,
    long_runs.CannotStartAgain: Exit.CONFLICT,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list`, `stop` and `again`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="the newest runs, and how far they are")
    stop = actions.add_parser("stop", help="ask a run to stop at its next step")
    again = actions.add_parser("again", help="let a run that failed go on where it ended")
    for one in (stop, again):
        one.add_argument("number", type=int, help="its number, as list says it")
        one.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")
    for one in (listed, stop, again):
        one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    try:
        return _ACTIONS[args.action](args)
    except tuple(_REFUSED) as refused:
        return refuse(refused, _REFUSED[type(refused)])


def _told(row: LongRun) -> dict[str, object]:
    return {
        "number": row.pk,
        "what": row.what,
        "by": row.by,
        "began_at": row.began_at.isoformat(),
        "state": row.state,
        "done": row.done,
        "of": row.goal,
        "over": row.ended_at is not None,
        "says": row.problem or row.says,
    }


def _list(args: argparse.Namespace) -> int:
    found = [_told(row) for row in LongRun.objects.order_by("-pk")[:_SHOWN]]
    if args.json:
        print(json.dumps(found, indent=2))
        return Exit.OK
    for one in found:
        whole = f" of {one['of']}" if one["of"] else ""
        far = "" if one["over"] else f" {one['done']}{whole}"
        print(f"{one['number']}  {one['what']}  {one['by']}  {one['state']}  {one['says']}{far}")
    if not found:
        print("No long run is on record yet.")
    return Exit.OK


def _stop(args: argparse.Namespace) -> int:
    row = long_runs.ask_to_stop(args.number, actor=acting(args.email), at=timezone.now())
    print(
        json.dumps(_told(row))
        if args.json
        else f"{row.what} is asked to stop; see groundrules runs list"
    )
    return Exit.OK


def _again(args: argparse.Namespace) -> int:
    row = long_runs.start_again(args.number, actor=acting(args.email), at=timezone.now())
    print(json.dumps(_told(row)) if args.json else f"{row.what} waits for a worker again")
    return Exit.OK


_ACTIONS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "list": _list,
    "stop": _stop,
    "again": _again,
}
