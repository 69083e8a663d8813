"""`groundrules evidence`: take files of evidence in, and list what came in and what was set aside."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from django.utils import timezone

from groundrules.cli import (
    evidence_checkpoint,
    evidence_export,
    evidence_pack,
    evidence_redact,
    evidence_timestamp,
    evidence_tray,
    evidence_verify,
    evidence_witness,
)
from groundrules.cli.exits import Exit
from groundrules.records.models import Quarantined, RawEvidence
from groundrules.services.evidence import (
    AmbiguousHost,
    EvidenceQuarantined,
    Handed,
    HostZoneUnknown,
    Received,
    UnknownHost,
    receive,
)
from groundrules.services.evidence_formats import UnknownFormat
from groundrules.services.who import NobodyToActAs, acting

NAME = "evidence"
HELP = "Take evidence in, or list it."
NEEDS_DATABASE = True

_EXITS = {
    EvidenceQuarantined: Exit.BAD_INPUT,
    UnknownFormat: Exit.USAGE,
    UnknownHost: Exit.NOT_FOUND,
    AmbiguousHost: Exit.CONFLICT,
    HostZoneUnknown: Exit.BAD_INPUT,
    NobodyToActAs: Exit.NOT_PERMITTED,
}
# Actions with a file of their own.
_FURTHER = (
    evidence_verify,
    evidence_pack,
    evidence_checkpoint,
    evidence_witness,
    evidence_timestamp,
    evidence_redact,
    evidence_export,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `receive FILE` and `list`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    receiving = actions.add_parser(
        "receive", help="take a file in: an envelope, an EVTX file, a log"
    )
    receiving.add_argument("file", type=Path, help="the file, as it was collected")
    receiving.add_argument(
        "--host", default="", help="the asset it is from (an envelope says so itself)"
    )
    receiving.add_argument(
        "--client", default="", help="the client's code, when several have such a host"
    )
    receiving.add_argument(
        "--format", default="", dest="kind", help="the format, when the file does not tell"
    )
    receiving.add_argument("--as", default="", dest="email", help="the user who hands it in")
    listing = actions.add_parser(
        "list", help="list what came in, newest first, and what was set aside"
    )
    listing.add_argument("--format", choices=("text", "json"), default="text", dest="shape")
    for further in _FURTHER:
        own = actions.add_parser(further.NAME, help=further.HELP)
        further.add_arguments(own)
        own.set_defaults(run=further.run)
    evidence_tray.add_actions(actions)


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return its exit number."""
    if "run" in args:
        return int(args.run(args))
    return _receive(args) if args.action == "receive" else _list(args)


def _receive(args: argparse.Namespace) -> int:
    try:
        raw = args.file.read_bytes()
    except OSError as error:
        print(f"groundrules: {args.file} cannot be read: {error.strerror}", file=sys.stderr)
        return Exit.NOT_FOUND
    handed = Handed(raw, args.file.name, args.kind, args.host, args.client)
    try:
        received = receive(handed, actor=acting(args.email), at=timezone.now())
    except tuple(_EXITS) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return _EXITS[type(refused)]
    print(_told(received))
    return Exit.OK


def _told(received: Received) -> str:
    row = received.evidence
    known = " was known already" if received.was_known else ""
    lines = [
        f"{row.name} ({row.length} bytes, {row.format}) of {row.asset_code}{known}",
        f"SHA-256 {row.digest}",
    ]
    for reading in received.readings:
        unknown = sum(reading.unknown.values())
        lines.append(
            f"  {reading.evidence.name} by {reading.reader}: {reading.records} records, "
            f"{unknown} not understood, {len(reading.damaged)} damaged"
        )
    new = ", ".join(f"{count} {kind}" for kind, count in sorted(received.filed.items()))
    lines.append(f"New in the books: {new or 'nothing'}")
    return "\n".join(lines)


def _list(args: argparse.Namespace) -> int:
    taken: list[dict[str, str | int]] = [
        {
            "received": row.recorded_at.isoformat(),
            "asset": row.asset_code,
            "client": row.client.code,
            "format": row.format,
            "bytes": row.length,
            "name": row.name,
            "sha256": row.digest,
        }
        for row in RawEvidence.objects.select_related("asset", "client").order_by(
            "-recorded_at", "-pk"
        )
    ]
    aside: list[dict[str, str]] = [
        {
            "received": row.recorded_at.isoformat(),
            "name": row.name,
            "sha256": row.digest,
            "problem": row.problem,
        }
        for row in Quarantined.objects.order_by("-recorded_at", "-pk")
    ]
    if args.shape == "json":
        print(json.dumps({"evidence": taken, "quarantined": aside}, indent=2))
        return Exit.OK
    for one in taken:
        print(
            f"{str(one['received'])[:19]}Z  {one['asset']:<10} {one['format']:<20} {one['bytes']:>10}  {one['name']}"
        )
    for set_aside in aside:
        print(
            f"{set_aside['received'][:19]}Z  SET ASIDE  {set_aside['name']}: {set_aside['problem']}"
        )
    if not taken and not aside:
        print("No evidence has come in yet.")
    return Exit.OK
