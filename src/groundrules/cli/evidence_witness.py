"""`groundrules evidence witness`: name a log's witness, ask it to cosign, and take its answer."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.records.models import Client, SealLog
from groundrules.services.actor import NotAllowed
from groundrules.services.checkpoints import UNSEALABLE, NoLog, log_of
from groundrules.services.who import NobodyToActAs, acting
from groundrules.services.witnessing import (
    KeyMalformed,
    NotAWitnessKey,
    NoteMalformed,
    NothingToCosign,
    UnknownWitness,
    add_witness,
    request_of,
    take_cosignature,
)

NAME = "witness"
HELP = "have a checkpoint cosigned by somebody the client chose"

_EXITS: dict[type[Exception], Exit] = {
    NoLog: Exit.NOT_FOUND,
    NothingToCosign: Exit.NOT_FOUND,
    KeyMalformed: Exit.BAD_INPUT,
    NotAWitnessKey: Exit.BAD_INPUT,
    NoteMalformed: Exit.BAD_INPUT,
    UnknownWitness: Exit.BAD_INPUT,
    NobodyToActAs: Exit.NOT_PERMITTED,
    NotAllowed: Exit.NOT_PERMITTED,
} | dict.fromkeys(UNSEALABLE, Exit.CHECK_FAILED)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `--client` and one of `--add`, `--ask`, `--answer`."""
    parser.add_argument("--client", required=True, help="whose log, by the client's code")
    one = parser.add_mutually_exclusive_group(required=True)
    one.add_argument("--add", default="", metavar="KEY", help="the key the witness printed")
    one.add_argument("--ask", action="store_true", help="print what to send to the witness")
    one.add_argument("--answer", type=Path, metavar="FILE", help="the file the witness sent back")
    parser.add_argument(
        "--since", type=int, default=None, help="with --ask: the size the witness saw last"
    )
    parser.add_argument("--as", default="", dest="email", help="the user who does it")


def run(args: argparse.Namespace) -> int:
    """This function will run the one step that was asked for."""
    client = Client.objects.filter(code=args.client).first()
    if client is None:
        print(f"groundrules: no client has the code {args.client!r}", file=sys.stderr)
        return Exit.NOT_FOUND
    try:
        print(_step(log_of(client), args))
    except tuple(_EXITS) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return _EXITS[type(refused)]
    except (OSError, UnicodeDecodeError) as error:
        print(f"groundrules: {args.answer} cannot be read: {error}", file=sys.stderr)
        return Exit.NOT_FOUND
    return Exit.OK


def _step(log: SealLog, args: argparse.Namespace) -> str:
    if args.ask:
        return request_of(log, args.since).rstrip("\n")
    actor, at = acting(args.email), timezone.now()
    if args.add:
        row = add_witness(log, args.add, actor=actor, at=at)
        return f"{row.to_core().name} is a witness of {log.origin} from now on."
    rows = take_cosignature(log, args.answer.read_text(encoding="utf-8"), actor=actor, at=at)
    return "\n".join(
        f"Checkpoint of {row.checkpoint.size} records cosigned by {row.key.to_core().name} "
        f"at {row.cosigned_at:%Y-%m-%d %H:%M:%S} UTC."
        for row in rows
    )
