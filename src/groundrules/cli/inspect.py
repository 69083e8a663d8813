"""`groundrules inspect`: what the readers find in files, counted, without keeping anything."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from groundrules.cli.exits import Exit
from groundrules.services.exam import Examined, examine
from groundrules.services.inspection import Inspection, NotReadable, inspect

NAME = "inspect"
HELP = "Count what the readers find in files, without keeping anything."
_NAME_WIDTH = 44
_COLUMNS = ("records", "sessions", "changes", "attempts", "gaps", "unknown", "damaged")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the files, their format and zone, and how to show them."""
    parser.add_argument("files", type=Path, nargs="+", help="envelopes, EVTX files, logs")
    parser.add_argument(
        "--format", default="", dest="kind", help="the format, when a file does not tell"
    )
    parser.add_argument(
        "--zone", default="UTC", help="the zone of wall times in a log (default UTC)"
    )
    parser.add_argument(
        "--who",
        action="store_true",
        help="say of each change who is known to have made it, and why",
    )
    parser.add_argument("--types", action="store_true", help="also count the records of each type")
    parser.add_argument("--json", action="store_true", help="as data")


def run(args: argparse.Namespace) -> int:
    """This function will print a row per file; a file that can't be read is said, and the others still counted."""
    found: list[Inspection] = []
    examined: list[Examined] = []
    refused = 0
    for path in args.files:
        try:
            at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            told = {"at": at, "named": args.kind, "zone": args.zone}
            if args.who:
                examined += examine(path.read_bytes(), path.name, **told)
            else:
                found.append(inspect(path.read_bytes(), path.name, **told))
        except (OSError, NotReadable) as wrong:
            refused += 1
            print(f"groundrules: {wrong}", file=sys.stderr)
    if args.json:
        told_all = [*map(asdict, found), *map(asdict, examined)]
        print(json.dumps(told_all, indent=2, default=str))
    elif args.who:
        _tell(examined)
    else:
        _show(found, types=args.types)
    return Exit.BAD_INPUT if refused else Exit.OK


def _tell(examined: list[Examined]) -> None:
    """A block per change, and how many there are of each level and word."""
    for one in examined:
        when = one.earliest.isoformat()
        until = "" if one.latest == one.earliest else f" to {one.latest.isoformat()}"
        print(f"{one.file}, record {one.record}: {one.change}")
        print(f"    {when}{until}")
        print(f"    {one.level} {one.strength}: {one.who}")
        for sentence in one.why:
            print(f"    because {sentence}")
    counts = Counter((one.level, one.strength) for one in examined)
    told = ", ".join(f"{level} {word} {count}" for (level, word), count in sorted(counts.items()))
    print(f"{len(examined)} changes{f': {told}' if told else ''}")


def _show(found: list[Inspection], *, types: bool) -> None:
    if not found:
        return
    print(f"{'file':<{_NAME_WIDTH}}" + "".join(f"{name:>10}" for name in _COLUMNS))
    for one in found:
        print(_row(one.name, _counts(one)))
        if types:
            for kind, count in one.by_type.items():
                known = "  (kept, not understood)" if kind in one.unknown_types else ""
                print(f"    {kind:<{_NAME_WIDTH - 4}}{count:>10}{known}")
            for damage in one.damaged:
                print(f"    damaged at {damage.where}: {damage.problem}")
    if len(found) > 1:
        sums = tuple(sum(column) for column in zip(*map(_counts, found), strict=True))
        print(_row(f"{len(found)} files", sums))


def _counts(one: Inspection) -> tuple[int, ...]:
    return (
        one.records,
        one.sessions,
        one.changes,
        one.attempts,
        one.gaps,
        one.unknown,
        len(one.damaged),
    )


def _row(name: str, counts: tuple[int, ...]) -> str:
    shown = name if len(name) < _NAME_WIDTH else f"{name[: _NAME_WIDTH - 2]}…"
    return f"{shown:<{_NAME_WIDTH}}" + "".join(f"{count:>10,}" for count in counts)
