"""`groundrules verdict REF WORD`: our word about who made a change, or a vendor's reply."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.records.models import Standing
from groundrules.services import attribution
from groundrules.services.actor import NotAllowed
from groundrules.services.who import NobodyToActAs, acting

NAME = "verdict"
HELP = "Confirm or dispute who made a change, mark it as expected, or file a vendor's reply."
NEEDS_DATABASE = True
_WORDS: Mapping[str, Callable[..., Standing]] = {
    "confirm": attribution.confirm,
    "dispute": attribution.dispute,
    "expect": attribution.expect,
    "reply": attribution.reply,
}
_REFUSED: Mapping[type[Exception], Exit] = {
    attribution.UnknownChange: Exit.NOT_FOUND,
    attribution.UnknownSpeaker: Exit.NOT_FOUND,
    attribution.ReasonMissing: Exit.BAD_INPUT,
    attribution.NothingToConfirm: Exit.CONFLICT,
    attribution.AttributionSuperseded: Exit.CONFLICT,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare REF, the word, `--reason`, `--vendor`, `--client`, `--as` and `--json`."""
    parser.add_argument("ref", help="the change, CHG-…")
    parser.add_argument("word", choices=tuple(_WORDS), help="what is said about it")
    parser.add_argument("--reason", required=True, help="why; it stays on record")
    parser.add_argument(
        "--vendor", default="", help="with reply: the code of the vendor who answers"
    )
    parser.add_argument(
        "--client", default="", help="the client's code, when several have the reference"
    )
    parser.add_argument(
        "--as", dest="email", default="", metavar="EMAIL", help="who speaks (default: the owner)"
    )
    parser.add_argument("--json", action="store_true", help="print the entry as data")


def run(args: argparse.Namespace) -> int:
    """This function will note the word beside the answer, which it never replaces, and return the exit number."""
    try:
        current = attribution.standing_of(args.ref, args.client)
        whose = {"vendor": args.vendor} if args.word == "reply" else {}
        row = _WORDS[args.word](
            current, reason=args.reason, actor=acting(args.email), at=timezone.now(), **whose
        )
    except tuple(_REFUSED) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return _REFUSED[type(refused)]
    _print(row, as_json=args.json)
    return Exit.OK


def _print(row: Standing, *, as_json: bool) -> None:
    told = {
        "change": row.attribution.ref,
        "verdict": row.verdict,
        "speaker": row.speaker,
        "reason": row.reason,
        "recorded_by": row.recorded_by,
        "recorded_at": row.recorded_at.isoformat(),
        "supersedes": None if row.supersedes is None else str(row.supersedes),
    }
    if as_json:
        print(json.dumps(told, indent=2))
        return
    print(f"{row.attribution.ref}: {row}. The evidence and its answer stay as they are.")
