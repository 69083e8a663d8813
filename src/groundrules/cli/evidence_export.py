"""`groundrules evidence export`: a host's sessions, changes and gaps as OCSF events, for tools that read those."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.services.actor import NotAllowed
from groundrules.services.evidence import AmbiguousHost, UnknownHost, asset_called
from groundrules.services.exporting import export_ocsf
from groundrules.services.who import NobodyToActAs, acting

NAME = "export"
HELP = "write what is known of a host as OCSF 1.8 events, one JSON object a line"

_EXITS: dict[type[Exception], Exit] = {
    UnknownHost: Exit.NOT_FOUND,
    AmbiguousHost: Exit.CONFLICT,
    NobodyToActAs: Exit.NOT_PERMITTED,
    NotAllowed: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare FILE, `--host`, `--client`, `--format` and `--as`."""
    parser.add_argument("file", type=Path, help="the file to write; one that is there is kept")
    parser.add_argument("--host", required=True, help="the asset it is about")
    parser.add_argument(
        "--client", default="", help="the client's code, when several have such a host"
    )
    parser.add_argument("--format", choices=("ocsf",), default="ocsf", dest="schema")
    parser.add_argument("--as", default="", dest="email", help="the user who hands it out")


def run(args: argparse.Namespace) -> int:
    """This function will write the events and say how many there are."""
    try:
        asset = asset_called(args.host, args.client)
        events = export_ocsf(asset, actor=acting(args.email), at=timezone.now())
    except tuple(_EXITS) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return _EXITS[type(refused)]
    try:
        with args.file.open("xb") as target:
            target.write(events)
    except OSError as error:
        print(f"groundrules: {args.file} cannot be written: {error.strerror}", file=sys.stderr)
        return Exit.CONFLICT if args.file.exists() else Exit.FAILURE
    print(f"{args.file}: {events.count(bytes([10]))} events about {asset.code}")
    return Exit.OK
