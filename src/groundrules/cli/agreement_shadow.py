"""`groundrules agreement shadow`: what an agreement would have billed for a month of somebody's time entries."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from groundrules.cli.exits import Exit
from groundrules.services import cases, shadow


def add_shadow(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """This function will declare `shadow FILE SHEET MONTH`."""
    parser = actions.add_parser(
        "shadow",
        help="show what the newest version would have billed for a month of time entries",
        epilog="Exits: 0 billed, 2 wrong usage, 3 no such file, 8 bad input.",
    )
    parser.add_argument("file", type=Path, help="a case file with the agreement, YAML or JSON")
    parser.add_argument("sheet", type=Path, help="the time entries, CSV")
    parser.add_argument("month", help="the month, such as 2026-02")
    parser.add_argument("--json", action="store_true", help="print data")


def run_shadow(args: argparse.Namespace) -> int:
    """This function will print the month's invoice as it would have been."""
    path: Path = args.file
    try:
        world = cases.check_case(path.read_bytes(), path).case.world
        path = args.sheet
        found = shadow.shadow_month(world, path.read_bytes(), args.month)
    except OSError as error:
        print(f"groundrules: {path} cannot be read: {error.strerror}", file=sys.stderr)
        return Exit.NOT_FOUND
    except (cases.CaseRefused, shadow.ShadowRefused) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return Exit.BAD_INPUT
    print(
        json.dumps(_as_data(found), indent=2, ensure_ascii=False) if args.json else _as_text(found)
    )
    return Exit.OK


def _as_data(found: shadow.ShadowMonth) -> dict[str, object]:
    invoice = found.invoice
    return {
        "version": found.version,
        "total": str(invoice.total),
        "value_uncharged": str(invoice.value_uncharged),
        "lines": [
            {
                "kind": line.kind,
                "description": line.description,
                "day": line.service_day.isoformat(),
                "amount": str(line.amount),
                "value": str(line.value),
                "clause": line.clause,
                "working": line.working,
                "entries": line.entries,
            }
            for line in invoice.lines
        ],
        "waiting": [
            {"entry": line.entry, "missing": line.missing, "at_stake": str(line.at_stake)}
            for line in found.waiting
        ],
        "outside": found.outside,
    }


def _as_text(found: shadow.ShadowMonth) -> str:
    invoice = found.invoice
    lines = [
        f"{line.amount}  {line.description} (clause {line.clause or 'none'}; {line.working})"
        for line in invoice.lines
    ]
    lines += [
        f"waits: {line.entry}, {line.at_stake} at stake: {'; '.join(line.missing)}"
        for line in found.waiting
    ]
    lines += [f"left out: {entry} does not begin in the month" for entry in found.outside]
    lines.append(
        f"Version {found.version} would have billed {invoice.total} and shown {invoice.value_uncharged} at 0.00."
    )
    return "\n".join(lines)
