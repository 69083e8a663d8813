"""`groundrules time`: time suggested from your own shells, patch runs and jobs; you log it or set it aside."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.core.calendars import zone_label
from groundrules.core.work import WorkType
from groundrules.records.models import User
from groundrules.services import own_time
from groundrules.services.actor import NotAllowed
from groundrules.services.timekeeping import Logged, NoTechnician
from groundrules.services.who import NobodyToActAs, acting

NAME = "time"
HELP = "Log time suggested from your own shells, patch runs and jobs."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    own_time.NotSuggested: Exit.NOT_FOUND,
    own_time.RequestUnknown: Exit.NOT_FOUND,
    own_time.LengthUnlikely: Exit.BAD_INPUT,
    NoTechnician: Exit.NOT_PERMITTED,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list`, `log` and `aside`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="what you did and have not logged, 14 days back")
    log = actions.add_parser("log", help="log it, as measured or as you say")
    aside = actions.add_parser("aside", help="it was no work to log; it is suggested no more")
    for one in (log, aside):
        one.add_argument("source", help="its name, as list says it")
    log.add_argument("--minutes", type=int, default=None, help="another length than was measured")
    log.add_argument("--note", default="", help="what you did, in your words")
    log.add_argument(
        "--kind", default="", choices=[kind.value for kind in WorkType], help="of work"
    )
    log.add_argument("--request", default="", help="the client's request it answers")
    aside.add_argument("--reason", default="", help="why")
    for one in (listed, log, aside):
        one.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")
        one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace, User], int]] = {
        "list": _list,
        "log": _log,
        "aside": _aside,
    }
    try:
        user = User.objects.select_related("technician").get(email=acting(args.email).label)
        return actions[args.action](args, user)
    except tuple(_REFUSED) as refused:
        return refuse(refused, _REFUSED[type(refused)])


def _list(args: argparse.Namespace, user: User) -> int:
    found = own_time.own_work(user, timezone.now())
    if args.json:
        print(json.dumps([_told(one) for one in found], indent=2))
        return Exit.OK
    for one in found:
        began = zone_label(one.period.start, one.client.zone)
        print(f"{one.source}  {one.minutes} min on {one.servers} ({one.client.code}), {one.kind}")
        print(f"  {began}: {one.says}{_careful(one)}")
    if found:
        print("Log one with groundrules time log NAME, or groundrules time aside NAME.")
    else:
        print(f"Nothing is left to log for {user.email}.")
    return Exit.OK


def _careful(one: own_time.OwnWork) -> str:
    cut = "; its end was not seen, counted to the last thing that was" if one.cut_off else ""
    return cut + ("; you logged something else for part of that time" if one.overlaps else "")


def _told(one: own_time.OwnWork) -> dict[str, object]:
    return {
        "source": one.source,
        "client": one.client.code,
        "servers": [asset for _, asset in one.runs],
        "kind": one.kind,
        "says": one.says,
        "began_at": one.period.start.isoformat(),
        "ended_at": one.period.end.isoformat() if one.period.end else None,
        "minutes": one.minutes,
        "end_seen": not one.cut_off,
        "overlaps": one.overlaps,
    }


def _log(args: argparse.Namespace, user: User) -> int:
    how = own_time.Confirmed(args.minutes, args.note, args.kind, args.request)
    return _say_logged(args, own_time.confirm(args.source, how, user=user, at=timezone.now()))


def _say_logged(args: argparse.Namespace, logged: Sequence[Logged]) -> int:
    if args.json:
        told = [
            {
                "entry": one.entry.ref,
                "seconds": _seconds(one),
                "outcomes": sorted(one.decision.outcomes) if one.decision else None,
            }
            for one in logged
        ]
        print(json.dumps(told, indent=2))
        return Exit.OK
    for one in logged:
        where = one.entry.asset.code if one.entry.asset else "no server"
        how = " and ".join(sorted(one.decision.outcomes)) if one.decision else "not decided yet"
        print(f"{one.entry.ref}: {_seconds(one)} s on {where}, {how.replace('_', ' ')}")
    return Exit.OK


def _seconds(one: Logged) -> int:
    return round((one.entry.ended_at - one.entry.started_at).total_seconds())


def _aside(args: argparse.Namespace, user: User) -> int:
    own_time.set_work_aside(args.source, args.reason, user=user, at=timezone.now())
    if args.json:
        print(json.dumps({"set_aside": args.source}))
    else:
        print(f"{args.source} is set aside; it is suggested no more.")
    return Exit.OK
