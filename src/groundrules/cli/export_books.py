"""`groundrules export books`: every book and card as JSON lines or CSV, readable without Groundrules."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.core.reasons import counted
from groundrules.services.actor import NotAllowed
from groundrules.services.installation.carried import export_later
from groundrules.services.installation.handing_out import FORMS, FolderThere, hand_out
from groundrules.services.long_runs import RunStopped
from groundrules.services.who import NobodyToActAs, acting

_REFUSED = {
    FolderThere: Exit.CONFLICT,
    RunStopped: Exit.FAILURE,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def declare(books: argparse.ArgumentParser) -> None:
    """This function will declare the form and the folder."""
    books.add_argument(
        "--format", choices=FORMS, default="jsonl", help="how rows are written (jsonl)"
    )
    books.add_argument("--to", type=Path, metavar="FOLDER", help="a folder that is to be made")
    books.add_argument(
        "--background", action="store_true", help="let the worker make a zip, kept for a day"
    )
    books.add_argument("--json", action="store_true", help="say what was written as data")
    books.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")


def run(args: argparse.Namespace) -> int:
    """This function will write the folder and return the exit number."""
    try:
        if args.background:
            return _later(args)
        if args.to is None:
            return refuse("say --to FOLDER, or --background", Exit.USAGE)
        done = hand_out(args.to, args.format, actor=acting(args.email), at=timezone.now())
    except tuple(_REFUSED) as refused:
        return refuse(refused, _REFUSED[type(refused)])
    except OSError as problem:
        return refuse(f"{problem.strerror}; nothing was left of the export", Exit.FAILURE)
    rows = sum(done.rows.values())
    if args.json:
        print(json.dumps({"folder": str(done.folder), "rows": rows, "files": done.rows}))
        return Exit.OK
    print(
        f"{done.folder}: {counted(rows, 'row')} in {len(done.rows)} files; about.json says what they hold."
    )
    print(
        "Raw evidence, documents' keys and how people sign in are not in it; that is a backup's.",
        file=sys.stderr,
    )
    return Exit.OK


def _later(args: argparse.Namespace) -> int:
    row = export_later(args.format, actor=acting(args.email), at=timezone.now())
    told = f"{row.what}: run {row.pk} waits for the worker. See groundrules runs list"
    print(json.dumps({"run": row.pk, "what": row.what}) if args.json else told)
    return Exit.OK
