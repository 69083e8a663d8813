"""`groundrules evidence timestamp`: have each log's newest checkpoint stamped by the authority the settings name."""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.services.timestamps import is_asked, stamp_logs
from groundrules.services.who import NobodyToActAs, acting

NAME = "timestamp"
HELP = "have the newest checkpoint of each log stamped by a time stamping authority (RFC 3161)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `--as`."""
    parser.add_argument("--as", default="", dest="email", help="the user who does it")


def run(args: argparse.Namespace) -> int:
    """This function will ask for the stamps and print each."""
    if not is_asked():
        problem = "no authority is set; set GROUNDRULES_TSA_URL and GROUNDRULES_TSA_ROOTS"
        print(f"groundrules: {problem}", file=sys.stderr)
        return Exit.USAGE
    try:
        actor = acting(args.email)
    except NobodyToActAs as nobody:
        print(f"groundrules: {nobody}", file=sys.stderr)
        return Exit.NOT_PERMITTED
    done = stamp_logs(actor=actor, at=timezone.now(), every=timedelta(0))
    for row in done.stamped:
        log = row.checkpoint.log.origin
        print(f"{log}: {row.checkpoint.size} leaves stamped {row.stamped_at.isoformat()}")
    for problem in done.refused:
        print(f"groundrules: {problem}", file=sys.stderr)
    if not done.stamped and not done.refused:
        print("Every log is stamped as it stands.")
    return Exit.DEGRADED if done.refused else Exit.OK
