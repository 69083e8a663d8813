"""`groundrules case`: answer a whole world in one file, check one, or print the schema of the format."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from groundrules.cli.exits import Exit
from groundrules.services import cases

NAME = "case"
HELP = "Answer a case file, or check one."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `run FILE`, `check FILE` and `schema`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    exits = "Exits: 0 as expected, 2 wrong usage, 3 no such file, 6 not as expected, 8 bad input."
    run_parser = actions.add_parser(
        "run", help="answer everything and compare with what the file expects", epilog=exits
    )
    run_parser.add_argument("file", type=Path, help="a case file, YAML or JSON")
    run_parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="a story to read, or data (default: text)",
    )
    run_parser.add_argument(
        "--at",
        default="",
        metavar="INSTANT",
        help="answer as known at this instant instead of the file's own",
    )
    check_parser = actions.add_parser(
        "check",
        help="read a case file without answering it",
        epilog="Exits: 0 it can be read, 2 wrong usage, 3 no such file, 8 bad input.",
    )
    check_parser.add_argument("file", type=Path, help="a case file, YAML or JSON")
    actions.add_parser("schema", help="print the JSON Schema of the format")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return its exit number."""
    if args.action == "schema":
        print(json.dumps(cases.schema(), indent=2, ensure_ascii=False))
        return Exit.OK
    return _with_file(args)


def _with_file(args: argparse.Namespace) -> int:
    path: Path = args.file
    try:
        raw = path.read_bytes()
    except OSError as error:
        print(f"groundrules: {path} cannot be read: {error.strerror}", file=sys.stderr)
        return Exit.NOT_FOUND
    try:
        if args.action == "check":
            print(cases.check_case(raw, path).sentence)
            return Exit.OK
        outcome = cases.run_case(raw, path, at=args.at)
    except cases.CaseRefused as refused:
        print(refused, file=sys.stderr)
        return Exit.BAD_INPUT
    print(cases.as_json(outcome) if args.format == "json" else cases.as_story(outcome))
    return Exit.OK if outcome.as_expected else Exit.CHECK_FAILED
