"""`groundrules bench`: how fast work is rated and invoiced here, and whether money is exact on made-up histories."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from groundrules.cli.exits import Exit
from groundrules.services.history_proof import Proof, prove_histories
from groundrules.services.invoice_speed import measure_invoices, words_of
from groundrules.services.rating_speed import RatingSpeed, measure_rating, table_of

NAME = "bench"
HELP = (
    "Measure on this machine how fast work is rated and invoiced, and try whether money is exact."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `rating`, `invoices` and `histories`."""
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

    invoices = actions.add_parser(
        "invoices",
        help="make made-up invoices with data, decision log and PDF, and check each to the cent",
        epilog="Exits: 0 every sum is exact, 2 wrong usage, 6 one is not, 8 bad input.",
    )
    invoices.add_argument("--count", type=int, default=1000, help="invoices (default: 1000)")
    invoices.add_argument("--lines", type=int, default=21, help="lines of each (default: 21)")
    invoices.add_argument("--workers", type=int, default=2, help="processes (default: 2)")
    invoices.add_argument("--json", action="store_true", help="print data instead of words")

    histories = actions.add_parser(
        "histories",
        help="try on made-up histories that documents sum, arrive in any order, and replay exactly",
        epilog="Exits: 0 every property held, 2 wrong usage, 6 one did not, 8 bad input.",
    )
    histories.add_argument("--count", type=int, default=1000, help="histories (default: 1000)")
    histories.add_argument("--seed", type=int, default=1, help="the first one's seed (default: 1)")
    histories.add_argument("--json", action="store_true", help="print data instead of words")


def run(args: argparse.Namespace) -> int:
    """This function will measure or try, print, and say by its exit number whether all results were right."""
    if args.action == "histories":
        return _histories(args)
    if args.action == "invoices":
        return _invoices(args)
    if min(args.entries, args.agreements, args.runs) < 1:
        print("groundrules: entries, agreements and runs must each be 1 or more")
        return Exit.BAD_INPUT
    speed: RatingSpeed = measure_rating(args.entries, args.agreements, args.runs)
    print(json.dumps(asdict(speed), indent=2) if args.json else table_of(speed))
    return Exit.OK if speed.equal else Exit.CHECK_FAILED


def _invoices(args: argparse.Namespace) -> int:
    if min(args.count, args.lines, args.workers) < 1:
        print("groundrules: --count, --lines and --workers must each be 1 or more")
        return Exit.BAD_INPUT
    speed = measure_invoices(args.count, args.lines, args.workers)
    print(json.dumps(asdict(speed), indent=2) if args.json else words_of(speed))
    return Exit.CHECK_FAILED if speed.wrong else Exit.OK


def _histories(args: argparse.Namespace) -> int:
    if args.count < 1:
        print("groundrules: --count must be 1 or more; nothing was tried")
        return Exit.BAD_INPUT
    proof = prove_histories(args.count, args.seed)
    print(json.dumps(asdict(proof), indent=2) if args.json else _words(proof))
    return Exit.CHECK_FAILED if proof.failures else Exit.OK


def _words(proof: Proof) -> str:
    found = (
        f"{proof.histories} histories: {proof.documents} documents ({proof.credit_notes} credit notes) with "
        f"{proof.lines} lines, {proof.cpu_seconds} CPU seconds; {len(proof.failures)} failures"
    )
    held = "sums exact, arrival order without effect, replay the same to the byte"
    return "\n".join([found, *(proof.failures or [held])])
