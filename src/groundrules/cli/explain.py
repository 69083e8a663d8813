"""`groundrules explain REF`: from an invoice line, decision, charge or change back to the raw evidence."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict

from groundrules.cli.exits import Exit
from groundrules.services.explain import AmbiguousReference, Link, UnknownReference, chain

NAME = "explain"
HELP = "Walk from a reference back to raw evidence."
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare REF, `--client` and `--format`."""
    parser.add_argument(
        "ref", help="INV-00001, INV-00001/3, DEC-…, CHR-…, CHG-… or a session's reference"
    )
    parser.add_argument(
        "--client", default="", help="the client's code, when several have the reference"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", dest="shape")


def run(args: argparse.Namespace) -> int:
    """This function will print the chain and return the exit number."""
    try:
        found = chain(args.ref, args.client)
    except UnknownReference as unknown:
        print(f"groundrules: {unknown}", file=sys.stderr)
        return Exit.NOT_FOUND
    except AmbiguousReference as ambiguous:
        print(f"groundrules: {ambiguous}", file=sys.stderr)
        return Exit.CONFLICT
    print(json.dumps(asdict(found), indent=2) if args.shape == "json" else "\n".join(told(found)))
    return Exit.OK


def told(link: Link, depth: int = 0) -> Iterator[str]:
    """This function will tell a chain as indented lines."""
    margin = "  " * depth
    yield f"{margin}{link.kind} {link.ref}: {link.says}"
    for label, value in link.details:
        yield f"{margin}    {label}: {value}"
    for below in link.because:
        yield from told(below, depth + 1)
