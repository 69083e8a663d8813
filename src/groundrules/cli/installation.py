"""`groundrules installation`: this installation itself, backed up in one file, restored, or moved to another database.

The backups of clients' servers are another thing: `groundrules backup`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.cli.terminal import REWRITE
from groundrules.core.reasons import counted
from groundrules.services.actor import NotAllowed
from groundrules.services.database import GuardsMissing, not_ready, unfinished
from groundrules.services.database_urls import UnknownDatabase
from groundrules.services.installation import bringing_back, keeping, moving, trying
from groundrules.services.installation.carried import backup_later
from groundrules.services.long_runs import RunStopped
from groundrules.services.who import NobodyToActAs, acting
from groundrules.store.archive import ArchiveDamaged, ArchiveExists, FileChanged

NAME = "installation"
HELP = "Back this installation up in one file, restore it, or move it to another database."
NEEDS_DATABASE = True
_SAY_EVERY = 1.0
_REFUSED: Mapping[type[Exception], Exit] = {
    ArchiveDamaged: Exit.BAD_INPUT,
    ArchiveExists: Exit.CONFLICT,
    FileChanged: Exit.CONFLICT,
    bringing_back.NotOurs: Exit.BAD_INPUT,
    bringing_back.NotEmpty: Exit.CONFLICT,
    bringing_back.RowsDiffer: Exit.CHECK_FAILED,
    keeping.FolderMissing: Exit.NOT_FOUND,
    keeping.NoRoom: Exit.CHECK_FAILED,
    moving.TargetUnusable: Exit.CONFLICT,
    moving.SourceNotReady: Exit.CHECK_FAILED,
    moving.RowDiffers: Exit.CHECK_FAILED,
    trying.RestoreFailed: Exit.CHECK_FAILED,
    RunStopped: Exit.FAILURE,
    GuardsMissing: Exit.CHECK_FAILED,
    UnknownDatabase: Exit.BAD_INPUT,
    FileNotFoundError: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `backup`, `restore` and `move`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    kept = actions.add_parser(
        "backup", help="write database, store, documents, mail, keys and settings into one new file"
    )
    kept.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="FOLDER|FILE",
        help="a folder that is there, or a file's name that ends in .grbackup",
    )
    kept.add_argument(
        "--background", action="store_true", help="let the worker do it, as its own user"
    )
    back = actions.add_parser(
        "restore", help="bring a backup back into an empty installation, and verify books and seals"
    )
    back.add_argument("file", type=Path, help="a file that `installation backup` wrote")
    back.add_argument(
        "--verify-only",
        action="store_true",
        help="restore into a scratch folder, verify everything, and remove it again",
    )
    moved = actions.add_parser(
        "move", help="copy every row to another, empty database, and prove that all are the same"
    )
    moved.add_argument(
        "url",
        help="postgresql://user@host/name (password from PGPASSWORD or ~/.pgpass), sqlite:///path",
    )
    for one in (kept, back, moved):
        one.add_argument("--json", action="store_true", help="print data")
    for one in (kept, moved):
        one.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "backup": _backup,
        "restore": _restore,
        "move": _move,
    }
    try:
        return actions[args.action](args)
    except tuple(_REFUSED) as refused:
        number = next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))
        return refuse(refused, number)
    except BrokenPipeError:
        raise
    except OSError as problem:
        where = f" ({problem.filename})" if problem.filename else ""
        return refuse(
            f"{problem.strerror}{where}; nothing was left behind that looks whole", Exit.FAILURE
        )
    except KeyboardInterrupt:
        return refuse("stopped; nothing was left behind that looks whole", Exit.FAILURE)
    finally:
        _end_line()


def _backup(args: argparse.Namespace) -> int:
    if waiting := not_ready():
        return refuse(waiting, Exit.CHECK_FAILED)
    at = timezone.now()
    target = keeping.file_for(args.to, at)
    if args.background:
        return _backup_later(args, target)
    kept = keeping.keep(target, actor=acting(args.email), at=at, tell=_telling())
    if args.json:
        told = {"file": str(kept.file), "bytes": kept.length, "manifest": kept.digest}
        print(json.dumps({**told, "rows": kept.rows, "files": kept.files, "remarks": kept.remarks}))
    else:
        _end_line()
        print(
            f"{kept.file}: {counted(kept.rows, 'row')}, {counted(kept.files, 'file')}, {kept.length} bytes.\n"
            "It holds private keys and everybody's data: keep it where only you can read it, away from this machine.\n"
            f"Prove it: groundrules installation restore {kept.file} --verify-only"
        )
        for remark in kept.remarks:
            print(f"groundrules: {remark}", file=sys.stderr)
    return Exit.DEGRADED if kept.remarks else Exit.OK


def _backup_later(args: argparse.Namespace, target: Path) -> int:
    row = backup_later(target, actor=acting(args.email), at=timezone.now())
    told = f"{row.what}: run {row.pk} waits for the worker. See groundrules runs list"
    print(json.dumps({"run": row.pk, "what": row.what}) if args.json else told)
    return Exit.OK


def _restore(args: argparse.Namespace) -> int:
    if not args.file.is_file():
        return refuse(f"there is no file {args.file}", Exit.NOT_FOUND)
    if args.verify_only:
        told = trying.try_restore(args.file, at=timezone.now())
        return _say_restored(
            args, told, "A copy was restored into a scratch folder, and removed again."
        )
    print("Ctrl-C stops it; until every checksum is read, nothing is written.", file=sys.stderr)
    try:
        back = bringing_back.bring_back(args.file, at=timezone.now(), tell=_telling())
    except KeyboardInterrupt:
        _end_line()
        return refuse(f"stopped; {unfinished() or 'nothing was written yet'}", Exit.FAILURE)
    return _say_restored(
        args, trying.told(back), "The installation is here; sign in anew: groundrules serve"
    )


def _say_restored(args: argparse.Namespace, told: Mapping[str, object], last: str) -> int:
    findings = [str(one) for one in told["findings"]] if isinstance(told["findings"], list) else []
    if args.json:
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return Exit.CHECK_FAILED if findings else Exit.OK
    _end_line()
    print(
        f"Made {told['made_at']} by Groundrules {told['groundrules']}: every checksum is right; "
        f"{told['rows']} rows in {told['tables']} tables came back the same, and {told['files']} files."
    )
    checked = told["checked"]
    counts = (
        [f"{kind} {count}" for kind, count in sorted(checked.items())]
        if isinstance(checked, dict)
        else []
    )
    print(f"Verified: {', '.join(counts) or 'nothing is there yet'}.")
    if not findings:
        print("Books and seals are exactly as they were.")
    for finding in findings:
        print(f"  NOT as it was sealed: {finding}")
    for note in told["notes"] if isinstance(told["notes"], list) else []:
        print(f"  {note}")
    print(last)
    return Exit.CHECK_FAILED if findings else Exit.OK


def _move(args: argparse.Namespace) -> int:
    if waiting := not_ready():
        return refuse(waiting, Exit.CHECK_FAILED)
    moved = moving.move(args.url, actor=acting(args.email), tell=_telling())
    rows = sum(one.rows for one in moved)
    if args.json:
        told = [{"table": one.name, "rows": one.rows, "sha256": one.digest} for one in moved]
        print(json.dumps({"rows": rows, "tables": told}, indent=2))
        return Exit.OK
    _end_line()
    print(
        f"{rows} rows in {len(moved)} tables lie in both databases, and every one is the same.\n"
        "Now stop the server and the worker, set GROUNDRULES_DATABASE_URL to the new database, and start them again:\n"
        "what is written to the old one from now on is not in the new one. Keep the old one until you are content.\n"
        "Everybody signs in anew."
    )
    return Exit.OK


def _telling() -> Callable[[int, str], None]:
    """Says on a terminal, once a second, how far it is; in a log or a pipe it says nothing."""
    last = 0.0

    def tell(done: int, what: str) -> None:
        nonlocal last
        if sys.stderr.isatty() and time.monotonic() - last > _SAY_EVERY:
            last = time.monotonic()
            print(f"{REWRITE}{what}: {done}", end="", file=sys.stderr, flush=True)

    return tell


def _end_line() -> None:
    if sys.stderr.isatty():
        print(REWRITE, end="", file=sys.stderr, flush=True)
