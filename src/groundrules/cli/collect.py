"""`groundrules collect`: look at the host this runs on and write an evidence envelope, through the collector itself."""

from __future__ import annotations

import argparse
import subprocess
import sys

NAME = "collect"
HELP = "Collect evidence from this host into an envelope."
NEEDS_DATABASE = False
_DEFAULT = "evidence.envelope"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `--output` and pass everything else on."""
    parser.add_argument(
        "--output",
        default=_DEFAULT,
        metavar="FILE",
        help=f"where to write the envelope (default {_DEFAULT})",
    )
    parser.add_argument(
        "rest", nargs=argparse.REMAINDER, help="further arguments for groundrules-collector"
    )


def run(args: argparse.Namespace) -> int:
    """This function will run the collector as the program it is on a client's host; its exit number is ours."""
    command = [sys.executable, "-m", "groundrules_collector", "--once", "--output", args.output]
    return subprocess.run([*command, *args.rest], check=False).returncode  # noqa: S603 - our own collector
