"""`groundrules imports`: bring in what other programs know: rehearsed first, row by row, and taken back again."""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.core.cells import defused
from groundrules.records.imports import ImportBatch
from groundrules.services.actor import NotAllowed
from groundrules.services.imports.fields import KINDS
from groundrules.services.imports.mapping import Mapped, MappingRefused, read_mapping_file
from groundrules.services.imports.running import (
    FORMS,
    ImportCame,
    ImportRefused,
    RowCame,
    Source,
    bring_in,
)
from groundrules.services.imports.undoing import NothingToUndo, undo
from groundrules.services.imports.waiting import Asked, bring_in_later
from groundrules.services.who import NobodyToActAs, acting

NAME = "imports"
HELP = "Bring in other programs' exports."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    ImportRefused: Exit.BAD_INPUT,
    MappingRefused: Exit.BAD_INPUT,
    NothingToUndo: Exit.CONFLICT,
    OSError: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}
_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `kinds`, `run`, `list` and `undo`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    kinds = actions.add_parser(
        "kinds", help="what can be brought in, with its fields and usual headings"
    )
    run = actions.add_parser("run", help="bring a file in, or rehearse it")
    run.add_argument("file", type=Path, help="CSV, or with --kind itflow a dump of its database")
    run.add_argument("--kind", required=True, choices=FORMS, help="what the rows are")
    run.add_argument(
        "--map", type=Path, metavar="FILE", help="a mapping file (TOML): columns, values, zone"
    )
    run.add_argument("--zone", default="", help="the time zone of instants that say none")
    run.add_argument("--dry-run", action="store_true", help="try every row, keep nothing")
    run.add_argument(
        "--without-errors", action="store_true", help="leave rows at fault out, keep the others"
    )
    run.add_argument(
        "--errors", type=Path, metavar="FILE", help="write rows at fault here, to mend them"
    )
    run.add_argument(
        "--background", action="store_true", help="let the worker do it: rehearsed first, then kept"
    )
    listed = actions.add_parser("list", help="what was brought in, newest first")
    back = actions.add_parser(
        "undo", help="take the cards of an import away, unless something rests on them"
    )
    back.add_argument("number", type=int, help="its number")
    for one in (run, back):
        one.add_argument("--as", dest="actor", default="", metavar="EMAIL", help="who acts")
    for one in (kinds, run, listed, back):
        one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "kinds": _kinds,
        "run": _run,
        "list": _list,
        "undo": _undo,
    }
    try:
        return actions[args.action](args)
    except tuple(_REFUSED) as refused:
        number = next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))
        return refuse(refused, number)


def _kinds(args: argparse.Namespace) -> int:
    if args.json:
        print(json.dumps([asdict(kind) for kind in KINDS.values()], indent=2))
        return Exit.OK
    for kind in KINDS.values():
        print(f"{kind.name}: {kind.says}")
        for one in kind.fields:
            needed = ", needed" if one.needed else ""
            print(f"  {one.name:<17} {one.says}{needed} ({', '.join(one.headings)})")
    return Exit.OK


def _run(args: argparse.Namespace) -> int:
    mapping = read_mapping_file(args.map.read_bytes()) if args.map else Mapped()
    if args.zone:
        mapping = replace(mapping, zone=args.zone)
    source = Source(args.kind, args.file.name, args.file.read_bytes(), mapping)
    if args.background:
        return _in_background(source, args)
    came = bring_in(
        source,
        keep=not args.dry_run,
        without_errors=args.without_errors,
        actor=acting(args.actor),
        at=timezone.now(),
    )
    faults = [row for row in came.rows if row.action == "error"]
    if args.errors and faults:
        _write_errors(args.errors, faults)
    print(_as_json(came) if args.json else _as_text(came, args))
    kept = came.batch is not None or args.dry_run
    return Exit.OK if kept and not faults else Exit.DEGRADED if kept else Exit.BAD_INPUT


def _in_background(source: Source, args: argparse.Namespace) -> int:
    asked = Asked(keep=not args.dry_run, without_errors=args.without_errors)
    row = bring_in_later(source, asked, actor=acting(args.actor), at=timezone.now())
    if args.json:
        print(json.dumps({"run": row.pk, "what": row.what}))
    else:
        print(f"{row.what}: run {row.pk} waits for the worker. See groundrules runs list")
    return Exit.OK


def _as_json(came: ImportCame) -> str:
    told = {"import": came.batch, "counts": came.counts, "rows": [asdict(row) for row in came.rows]}
    return json.dumps(told, indent=2, ensure_ascii=False)


def _as_text(came: ImportCame, args: argparse.Namespace) -> str:
    notable = [row for row in came.rows if row.action != "same"]
    lines = [
        f"{row.action:<5}  {row.kind} row {row.number}: {row.says}" for row in notable[:_SHOWN]
    ]
    if len(notable) > _SHOWN:
        lines.append(f"... and {len(notable) - _SHOWN} more (--json prints all)")
    counted = ", ".join(f"{count} {action}" for action, count in sorted(came.counts.items()))
    lines.append(f"Rows: {counted or 'none'}.")
    if args.dry_run:
        lines.append("A rehearsal: nothing was kept.")
    elif came.batch is None:
        lines.append(
            "Nothing was kept, because rows are at fault; mend them, or use --without-errors."
        )
    else:
        lines.append(
            f"Kept as import {came.batch}. Take it back: groundrules imports undo {came.batch}"
        )
    return "\n".join(lines)


def _write_errors(path: Path, faults: list[RowCame]) -> None:
    columns = list(dict.fromkeys(name for row in faults for name in row.cells))
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([*columns, "what is at fault"])
        for row in faults:
            cells = [row.cells.get(name, "") for name in columns]
            writer.writerow([defused(cell) for cell in (*cells, row.says)])


def _list(args: argparse.Namespace) -> int:
    rows = ImportBatch.objects.order_by("-pk")
    told = [
        {
            "import": row.pk,
            "kind": row.kind,
            "name": row.name,
            "counts": row.counts,
            "made_at": row.made_at.isoformat(),
            "made_by": row.made_by,
            "undone_at": row.undone_at.isoformat() if row.undone_at else None,
        }
        for row in rows
    ]
    if args.json:
        print(json.dumps(told, indent=2))
        return Exit.OK
    for one in told:
        undone = "  (taken back)" if one["undone_at"] else ""
        counted = ", ".join(f"{count} {action}" for action, count in one["counts"].items())
        print(
            f"{one['import']}  {one['made_at']}  {one['kind']} from {one['name']}: {counted}{undone}"
        )
    if not told:
        print("Nothing was brought in yet. See: groundrules imports kinds")
    return Exit.OK


def _undo(args: argparse.Namespace) -> int:
    undone = undo(args.number, actor=acting(args.actor), at=timezone.now())
    if args.json:
        print(json.dumps(asdict(undone), indent=2))
    else:
        for one in undone.stay:
            print(f"stays  {one}")
        print(f"{undone.gone} cards taken away, {len(undone.stay)} stay.")
    return Exit.DEGRADED if undone.stay else Exit.OK
