"""`groundrules upgrade`: after an installation of a new version: what waits, what speaks against it, migrating."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.core.reasons import counted
from groundrules.services.database import NOTHING_YET, GuardsMissing, not_ready
from groundrules.services.installation import bringing_back, upgrading
from groundrules.store.archive import ArchiveDamaged

NAME = "upgrade"
HELP = "Say what an upgrade would do here, or do it with a backup to go back to."
NEEDS_DATABASE = True
_REFUSED: dict[type[Exception], Exit] = {
    upgrading.NoWayBack: Exit.CONFLICT,
    ArchiveDamaged: Exit.BAD_INPUT,
    bringing_back.NotOurs: Exit.BAD_INPUT,
    GuardsMissing: Exit.CHECK_FAILED,
    FileNotFoundError: Exit.NOT_FOUND,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `--check` and `--backup`."""
    parser.add_argument(
        "--check",
        action="store_true",
        help="only say what would be done, and what speaks against it",
    )
    parser.add_argument(
        "--backup",
        type=Path,
        default=None,
        metavar="FILE",
        help="the way back: made within a day, by the version before (groundrules installation backup)",
    )
    parser.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will look ahead or upgrade; it exits 6 when something speaks against it."""
    if not_ready() == NOTHING_YET:
        return refuse(NOTHING_YET, Exit.CHECK_FAILED)
    ahead = upgrading.look_ahead(timezone.now())
    if args.check or ahead.against or not ahead.waiting:
        return _say(args, ahead)
    if args.backup is None:
        return refuse(
            "name the backup to go back to: groundrules upgrade --backup FILE", Exit.USAGE
        )
    try:
        count = upgrading.upgrade(args.backup, timezone.now())
    except tuple(_REFUSED) as refused:
        return refuse(refused, next(n for kind, n in _REFUSED.items() if isinstance(refused, kind)))
    told = f"{counted(count, 'migration')} applied; every book is guarded. Look at it: groundrules doctor"
    print(json.dumps({"applied": count}) if args.json else told)
    return Exit.OK


def _say(args: argparse.Namespace, ahead: upgrading.Outlook) -> int:
    if args.json:
        print(json.dumps(asdict(ahead), indent=2))
    else:
        print(f"Groundrules {ahead.version}: {counted(len(ahead.waiting), 'migration')} would run.")
        for line in (*(f"  {one}" for one in ahead.waiting), *(f"  {one}" for one in ahead.notes)):
            print(line)
        for one in ahead.against:
            print(f"  AGAINST IT NOW: {one}")
        if ahead.waiting and not ahead.against:
            print("Then: groundrules upgrade --backup FILE (made by the version before)")
    return Exit.CHECK_FAILED if ahead.against else Exit.OK
