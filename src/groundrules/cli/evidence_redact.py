"""`groundrules evidence redact`: drop the bytes of a record that must not be kept; its leaf and every proof stay."""

from __future__ import annotations

import argparse
import sys

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.services.actor import NotAllowed
from groundrules.services.redaction import RedactionWithoutReason, UnknownEvidence, redact
from groundrules.services.who import NobodyToActAs, acting

NAME = "redact"
HELP = "drop the bytes of a raw record for good; only an owner may"

_EXITS: dict[type[Exception], Exit] = {
    UnknownEvidence: Exit.NOT_FOUND,
    RedactionWithoutReason: Exit.USAGE,
    NobodyToActAs: Exit.NOT_PERMITTED,
    NotAllowed: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare DIGEST, `--reason` and `--as`."""
    parser.add_argument("digest", help="the record's SHA-256, or its first 12 digits")
    parser.add_argument("--reason", required=True, help="why; it is kept and shown")
    parser.add_argument("--as", default="", dest="email", help="the owner who does it")


def run(args: argparse.Namespace) -> int:
    """This function will redact and print what was dropped with it."""
    try:
        rows = redact(args.digest, args.reason, actor=acting(args.email), at=timezone.now())
    except tuple(_EXITS) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return _EXITS[type(refused)]
    for row in rows:
        along = "" if row.digest == row.asked_for else "  (it held, or came with, the same bytes)"
        print(f"Dropped {row.digest}{along}")
    print("Their leaves stay, so every proof still holds; groundrules evidence verify names them.")
    print("Backups still hold the bytes until they are rotated out.")
    return Exit.OK
