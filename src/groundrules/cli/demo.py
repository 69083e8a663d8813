"""`groundrules demo`: walk the cautionary tale through the real pipeline, then serve the pages it made.

With `--portfolio` a made provider takes the tale's place: many clients and two years, the same for the same seed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
import time
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.cli.serving import HOST, PORT, is_taken, serve_pages
from groundrules.services import portfolio_demo, tale
from groundrules.services.database import BetweenForms, migrate
from groundrules.services.portfolio_demo import Plan, Size
from groundrules.services.tale import Told

NAME = "demo"
HELP = "Walk the cautionary tale, then serve it."
NEEDS_DATABASE = True
_WIDTH = 96


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `--reset`, `--port`, `--no-serve` and the made provider's size."""
    parser.add_argument(
        "--reset", action="store_true", help="forget the demo's books and start over"
    )
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"port (default {PORT}; 0 picks one)"
    )
    parser.add_argument("--no-serve", action="store_true", help="only walk the tale")
    made = parser.add_argument_group("a made provider instead of the tale")
    made.add_argument(
        "--portfolio",
        action="store_true",
        help="many clients over two years: one bad, one with a bad vendor, one at zero margin",
    )
    made.add_argument("--clients", type=_count, default=40, help="how many clients (default 40)")
    made.add_argument("--months", type=_count, default=24, help="how many months (default 24)")
    made.add_argument(
        "--seed", type=int, default=7, help="the same seed, the same books (default 7)"
    )


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        message = f"{text!r} is no count; write a whole number from 1"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def run(args: argparse.Namespace) -> int:
    """This function will walk the tale when it is not told yet, and serve."""
    began = time.monotonic()
    if not args.no_serve and is_taken(HOST, args.port):
        return refuse(
            f"something is served at {HOST}:{args.port} already; stop it, or name another port: "
            f"make demo PORT={args.port + 1} (or --port {args.port + 1})",
            Exit.CONFLICT,
        )
    if args.reset and not _forget():
        return Exit.USAGE
    _say(f"Books in {settings.GROUNDRULES_DATA}")
    try:
        migrate()
    except BetweenForms as between:
        return refuse(f"{between}; or start the demo over: RESET=1 (or --reset)", Exit.CHECK_FAILED)
    _say(f"The database is ready ({time.monotonic() - began:.1f} s).")
    if tale.is_told():
        _say("The tale is told already; RESET=1 (or --reset) starts over.")
    elif args.portfolio:
        _fill(args, began)
    else:
        _walk(began)
    connection.close()
    return Exit.OK if args.no_serve else serve_pages(HOST, args.port)


def _walk(began: float) -> None:
    last = time.monotonic()

    def tell(told: Told) -> None:
        nonlocal last
        now = time.monotonic()
        _say(f"\n[{told.number}/{told.of}] {told.title}  ({told.when}; {now - last:.1f} s)")
        for line in told.lines:
            margin = "      " + " " * (len(line) - len(line.lstrip()))
            _say(
                textwrap.fill(
                    line.strip(), _WIDTH, initial_indent=margin, subsequent_indent=margin + "  "
                )
            )
        last = now

    with transaction.atomic():
        tale.walk(tell)
    _say(f"\nTold in {time.monotonic() - began:.1f} s. Try: {sys.argv[0]} explain INV-00002")


def _fill(args: argparse.Namespace, began: float) -> None:
    end = datetime.now(UTC).date().replace(day=1)
    size = Size(end, args.clients, args.months, args.seed)
    done = 0

    def tell(plan: Plan) -> None:
        nonlocal done
        done += 1
        _say(f"[{done}/{size.clients}] {plan.name}")

    portfolio_demo.fill(size, tell)
    _say(f"Made in {time.monotonic() - began:.1f} s. Try: {sys.argv[0]} profit list")


def _forget() -> bool:
    """Removes the embedded books; an installation on PostgreSQL is nobody's demo to remove."""
    if connection.vendor != "sqlite":
        print(
            "groundrules: --reset only forgets embedded books; drop the database yourself",
            file=sys.stderr,
        )
        return False
    connection.close()
    data = Path(settings.GROUNDRULES_DATA)
    for path in data.glob("groundrules.sqlite3*"):
        path.unlink()
    for name in ("evidence", "outbox"):
        shutil.rmtree(data / name, ignore_errors=True)
    return True


def _say(line: str) -> None:
    print(line, flush=True)
