"""`groundrules evidence pack`: one zip a stranger can check, for a reference or for a client's period."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.core.periods import EmptyPeriod, Period
from groundrules.records.models import Client
from groundrules.services.actor import NotAllowed
from groundrules.services.checkpoints import UNSEALABLE
from groundrules.services.explain import AmbiguousReference, UnknownReference
from groundrules.services.packs import EvidencePack, NothingToPack, pack_period, pack_reference
from groundrules.services.who import NobodyToActAs, acting

NAME = "pack"
HELP = "make one zip of records and proofs that anybody can check"

_EXITS: dict[type[Exception], Exit] = {
    UnknownReference: Exit.NOT_FOUND,
    NothingToPack: Exit.NOT_FOUND,
    AmbiguousReference: Exit.CONFLICT,
    NobodyToActAs: Exit.NOT_PERMITTED,
    NotAllowed: Exit.NOT_PERMITTED,
} | dict.fromkeys(UNSEALABLE, Exit.CHECK_FAILED)


class WrongQuestion(ValueError):
    """Neither a reference nor a client with a period was given, or the instants cannot be read."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare REF, `--client`, `--from`, `--to`, `--output` and `--as`."""
    parser.add_argument(
        "ref", nargs="?", default="", help="a decision, invoice line, charge, change or session"
    )
    parser.add_argument(
        "--client", default="", help="the client's code: for a period, or when several have REF"
    )
    parser.add_argument(
        "--from", default="", dest="start", help="first instant, such as 2007-02-21T00:00Z"
    )
    parser.add_argument("--to", default="", dest="end", help="the instant after the last")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the zip file to write")
    parser.add_argument("--as", default="", dest="email", help="the user who asks for it")


def run(args: argparse.Namespace) -> int:
    """This function will write the pack and say what is in it."""
    try:
        pack = _made(args)
    except (WrongQuestion, EmptyPeriod) as wrong:
        print(f"groundrules: {wrong}", file=sys.stderr)
        return Exit.USAGE
    except tuple(_EXITS) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return _EXITS[type(refused)]
    try:
        args.output.write_bytes(pack.content)
    except OSError as error:
        print(f"groundrules: {args.output} cannot be written: {error.strerror}", file=sys.stderr)
        return Exit.FAILURE
    print(_told(pack, args.output))
    return Exit.OK


def _made(args: argparse.Namespace) -> EvidencePack:
    at, actor = timezone.now(), acting(args.email)
    if args.ref:
        return pack_reference(args.ref, client=args.client, actor=actor, at=at)
    client = Client.objects.filter(code=args.client).first()
    if client is None or not args.start or not args.end:
        message = "name a reference, or a client with --client CODE --from INSTANT --to INSTANT"
        raise WrongQuestion(message)
    period = Period(_instant(args.start), _instant(args.end))
    return pack_period(client, period, actor=actor, at=at)


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no instant; write it like 2007-02-21T00:00Z"
        raise WrongQuestion(message) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _told(pack: EvidencePack, output: Path) -> str:
    gone = f", {pack.redacted} of them redacted" if pack.redacted else ""
    lines = [
        f"{pack.title}: {pack.records} raw records{gone}, proven by the checkpoint of {pack.checkpoint} entries.",
        f"Written to {output} ({len(pack.content):,} bytes).",
        "Whoever gets it begins with INSTRUCTIONS.txt inside; python3 verify.py checks it.",
    ]
    return "\n".join([*lines, *(f"Note: {remark}" for remark in pack.remarks)])
