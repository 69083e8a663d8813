"""`groundrules evidence checkpoint`: seal what is not sealed yet, every minute; it also makes a log's new key."""

from __future__ import annotations

import argparse
import sys

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.records.models import Client
from groundrules.services.actor import NotAllowed
from groundrules.services.checkpoints import (
    UNSEALABLE,
    NoLog,
    Outcome,
    Sealed,
    bring_up_to_date,
    replace_key,
)
from groundrules.services.who import NobodyToActAs, acting

NAME = "checkpoint"
HELP = "sign the logs as they stand; meant to run every minute"

_EXITS: dict[type[Exception], Exit] = {
    NoLog: Exit.NOT_FOUND,
    NobodyToActAs: Exit.NOT_PERMITTED,
    NotAllowed: Exit.NOT_PERMITTED,
} | dict.fromkeys(UNSEALABLE, Exit.CHECK_FAILED)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `--new-key` and `--as`."""
    parser.add_argument(
        "--new-key",
        default="",
        metavar="CLIENT",
        help="replace the key that signs this client's log, and destroy the old one",
    )
    parser.add_argument("--as", default="", dest="email", help="the user who does it")


def run(args: argparse.Namespace) -> int:
    """This function will seal, and print each log with its size, root and key."""
    try:
        actor, at = acting(args.email), timezone.now()
        if not args.new_key:
            print(_told(bring_up_to_date(actor=actor, at=at)))
            return Exit.OK
        client = Client.objects.filter(code=args.new_key).first()
        if client is None:
            print(f"groundrules: no client has the code {args.new_key!r}", file=sys.stderr)
            return Exit.NOT_FOUND
        sealed = replace_key(client, actor=actor, at=at)
    except tuple(_EXITS) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return _EXITS[type(refused)]
    print(_log(sealed))
    print("  Tell everyone who checks this log the new key, by another way than mail if you can.")
    print(f"  Old private keys destroyed: {sealed.destroyed}.")
    return Exit.OK


def _told(outcome: Outcome) -> str:
    lines = [_log(sealed) for sealed in outcome.logs] or ["No evidence has come in yet."]
    if outcome.backfilled:
        lines.insert(0, f"{outcome.backfilled} records from before got their leaf now.")
    return "\n".join(lines)


def _log(sealed: Sealed) -> str:
    row = sealed.checkpoint
    signed = row.recorded_at.strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"{row.log.origin}: {row.size} records, signed {signed}\n  root {row.root}\n  key  {sealed.key}"
