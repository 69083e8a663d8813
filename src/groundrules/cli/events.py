"""`groundrules events`: ask about raw events; pack them into segments, check those, and let old ones go."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.core.events import SECOND, EmptySpan, Span, instant, microseconds
from groundrules.services import hot_events, segments, segments_keep
from groundrules.services.actor import NotAllowed
from groundrules.services.events import index_for
from groundrules.services.evidence import AmbiguousHost, UnknownHost, asset_called
from groundrules.services.who import NobodyToActAs, acting
from groundrules.store.buckets import UnknownBucket
from groundrules.store.segments.places import SegmentDamaged, SegmentMissing

NAME = "events"
HELP = "Ask about raw events, and keep their segments."
NEEDS_DATABASE = True

_DAY = timedelta(days=1)


class ClientNotNamed(ValueError):
    """Events are asked for of one client, and nothing says of which."""


_EXITS: Mapping[type[Exception], Exit] = {
    UnknownHost: Exit.NOT_FOUND,
    AmbiguousHost: Exit.CONFLICT,
    EmptySpan: Exit.USAGE,
    ClientNotNamed: Exit.USAGE,
    SegmentMissing: Exit.DEGRADED,
    SegmentDamaged: Exit.DEGRADED,
    UnknownBucket: Exit.USAGE,
    NobodyToActAs: Exit.NOT_PERMITTED,
    NotAllowed: Exit.NOT_PERMITTED,
    hot_events.HotEventsUnheld: Exit.CHECK_FAILED,
    segments_keep.DroppingUnexplained: Exit.USAGE,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the questions (timeline, count, fleet, histogram) and the housekeeping."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    timeline = _question(actions, "timeline", "every event of one server, in time order")
    timeline.add_argument("server", help="the asset's code, or what the host calls itself")
    timeline.add_argument(
        "--type", action="append", default=[], dest="types", help="such as …/4624"
    )
    timeline.add_argument("--limit", type=int, default=1000, help="how many at most (1000)")
    count = _question(actions, "count", "how many events of each type")
    count.add_argument(
        "server", nargs="?", default="", help="one server; all of --client if left out"
    )
    fleet = _question(actions, "fleet", "how many events of one type each server has")
    fleet.add_argument("type", help="the type, as `count` prints it")
    histogram = _question(actions, "histogram", "how many events in each stretch of time")
    histogram.add_argument("--every", type=int, default=3600, help="seconds of a stretch (3600)")
    histogram.add_argument(
        "--type", action="append", default=[], dest="types", help="such as …/4624"
    )
    _job(actions, "segment", "pack what came in since the last time into segments")
    retain = _job(
        actions, "retain", "let old events leave the database, and old segments if told so"
    )
    retain.add_argument("--segments-older-than", type=int, default=0, metavar="DAYS", dest="days")
    retain.add_argument("--reason", default="", help="the policy that asks for dropping segments")
    check = _job(actions, "check", "compare the catalogue with the files; exit 6 when they differ")
    check.add_argument("--quick", action="store_true", help="look at lengths only, read nothing")
    _job(actions, "tidy", "remove files of segments that are dropped in the books")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return its exit number."""
    try:
        return _ACTIONS[args.action](args)
    except tuple(_EXITS) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return _EXITS[type(refused)]


def _question(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    says: str,
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=says)
    parser.add_argument("--client", default="", help="the client's code")
    parser.add_argument("--from", type=_moment, dest="start", help="ISO time; a day before --to")
    parser.add_argument("--to", type=_moment, dest="end", help="ISO time (not included); now")
    parser.add_argument("--format", choices=("text", "json"), default="text", dest="shape")
    return parser


def _job(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    says: str,
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=says)
    parser.add_argument("--as", default="", dest="email", help="the user who does it")
    return parser


def _moment(written: str) -> datetime:
    """Reads an ISO time; one without an offset is UTC, as everything printed here is."""
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _span(args: argparse.Namespace, client: str) -> Span:
    if not client:
        raise ClientNotNamed("say whose events: name a server, or the client with --client")
    end = args.end or timezone.now()
    start = args.start or end - _DAY
    return Span(client, microseconds(start), microseconds(end))


def _timeline(args: argparse.Namespace) -> int:
    asset = asset_called(args.server, args.client)
    span = _span(args, asset.client.code)
    found = index_for(span).timeline(span, asset.code, args.types, args.limit)
    if args.shape == "json":
        _print_json({**one._asdict(), "at": instant(one.at).isoformat()} for one in found)
        return Exit.OK
    for one in found:
        print(
            f"{instant(one.at).isoformat()}  {one.type:<40} {one.channel} {one.record or one.position}  {one.payload}"
        )
    if len(found) == args.limit:
        print(
            f"Cut off after {args.limit}; ask with --from or a larger --limit for more.",
            file=sys.stderr,
        )
    return Exit.OK


def _count(args: argparse.Namespace) -> int:
    asset = asset_called(args.server, args.client) if args.server else None
    client = asset.client.code if asset else args.client
    span = _span(args, client)
    return _print_counts(
        args, index_for(span, of_many=asset is None).count(span, asset.code if asset else "")
    )


def _fleet(args: argparse.Namespace) -> int:
    span = _span(args, args.client)
    return _print_counts(args, index_for(span, of_many=True).fleet(span, args.type))


def _histogram(args: argparse.Namespace) -> int:
    span = _span(args, args.client)
    found = index_for(span, of_many=True).histogram(span, args.every * SECOND, args.types)
    return _print_counts(args, [(instant(at).isoformat(), number) for at, number in found])


def _print_counts(args: argparse.Namespace, rows: Iterable[tuple[str, int]]) -> int:
    if args.shape == "json":
        _print_json({"name": name, "events": number} for name, number in rows)
        return Exit.OK
    for name, number in rows:
        print(f"{number:>10}  {name}")
    return Exit.OK


def _print_json(rows: Iterable[Mapping[str, object]]) -> None:
    print(json.dumps(list(rows), indent=2, ensure_ascii=False))


def _segment(args: argparse.Namespace) -> int:
    actor, at = acting(args.email), timezone.now()
    done = segments.segment(actor=actor, at=at)
    anew = segments_keep.forget(actor=actor, at=at)
    print(f"{done.events} events of {done.evidence} files in {done.segments} new segments.")
    if anew:
        print(f"{anew} segments written anew without what was redacted.")
    for problem in done.problems:
        print(f"groundrules: {problem}", file=sys.stderr)
    return Exit.DEGRADED if done.problems else Exit.OK


def _retain(args: argparse.Namespace) -> int:
    actor, at = acting(args.email), timezone.now()
    print(f"{hot_events.retain(actor=actor, at=at)} events left the hot index.")
    if args.days:
        before = at - timedelta(days=args.days)
        dropped = segments_keep.drop_older(before, args.reason, actor=actor, at=at)
        print(f"{dropped} segments dropped; their evidence stays.")
    return Exit.OK


def _check(args: argparse.Namespace) -> int:
    found = list(segments_keep.check(whole=not args.quick))
    for one in found:
        print(f"{one.kind}: {one.client} {one.digest}: {one.says}")
    print(f"{len(found)} findings.")
    return Exit.CHECK_FAILED if found else Exit.OK


def _tidy(args: argparse.Namespace) -> int:
    print(f"{segments_keep.tidy(actor=acting(args.email))} files removed.")
    return Exit.OK


_ACTIONS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "timeline": _timeline,
    "count": _count,
    "fleet": _fleet,
    "histogram": _histogram,
    "segment": _segment,
    "retain": _retain,
    "check": _check,
    "tidy": _tidy,
}
