"""`groundrules bench rating`: how fast work is rated on this machine, by rows and by columns, with equal results."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from groundrules.cli.exits import Exit
from groundrules.services.rating_speed import RatingSpeed, measure_rating, table_of

NAME = "bench"
HELP = "Measure on this machine how fast work is rated."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `rating`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    rating = actions.add_parser(
        "rating",
        help="rate made-up work by rows and by columns, and compare every charge to the cent",
        epilog="Exits: 0 all results are equal, 2 wrong usage, 6 rows and columns differ, 8 bad input.",
    )
    rating.add_argument(
        "--entries", type=int, default=1_000_000, help="time entries (default: 1000000)"
    )
    rating.add_argument("--agreements", type=int, default=1000, help="agreements (default: 1000)")
    rating.add_argument(
        "--runs", type=int, default=3, help="runs; the median is printed (default: 3)"
    )
    rating.add_argument("--json", action="store_true", help="print data instead of a table")


def run(args: argparse.Namespace) -> int:
    """This function will measure, print, and say by its exit number whether all results were equal."""
    if min(args.entries, args.agreements, args.runs) < 1:
        print("groundrules: entries, agreements and runs must each be 1 or more")
        return Exit.BAD_INPUT
    speed: RatingSpeed = measure_rating(args.entries, args.agreements, args.runs)
    print(json.dumps(asdict(speed), indent=2) if args.json else table_of(speed))
    return Exit.OK if speed.equal else Exit.CHECK_FAILED
