"""`groundrules evidence verify`: check the whole store and name whatever is not as it was sealed."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from groundrules.cli.exits import Exit
from groundrules.records.models import Client
from groundrules.services.findings import Report
from groundrules.services.verification import verify

NAME = "verify"
HELP = "check every file, leaf, checkpoint, document and letter against its seal"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `--client` and `--format`."""
    parser.add_argument("--client", default="", help="the code of one client (default: all)")
    parser.add_argument("--format", choices=("text", "json"), default="text", dest="shape")


def run(args: argparse.Namespace) -> int:
    """This function will print what was checked and found; it exits 6 when something does not hold."""
    client = Client.objects.filter(code=args.client).first() if args.client else None
    if args.client and client is None:
        print(f"groundrules: no client has the code {args.client!r}", file=sys.stderr)
        return Exit.NOT_FOUND
    report = verify(client)
    print(_as_json(report) if args.shape == "json" else _as_text(report))
    return Exit.OK if report.holds else Exit.CHECK_FAILED


def _as_text(report: Report) -> str:
    counted = ", ".join(f"{kind} {count}" for kind, count in sorted(report.checked.items()))
    lines = [f"Checked: {counted or 'nothing is there yet'}."]
    if report.holds:
        lines.append("Everything is exactly as it was sealed.")
    else:
        lines.append(f"NOT as it was sealed ({len(report.findings)}):")
        lines += [f"  - {finding.sentence}" for finding in report.findings]
    if report.notes:
        lines.append("Worth knowing:")
        lines += [f"  - {note}" for note in report.notes]
    return "\n".join(lines)


def _as_json(report: Report) -> str:
    value = {
        "holds": report.holds,
        "checked": dict(report.checked),
        "findings": [asdict(finding) for finding in report.findings],
        "notes": report.notes,
    }
    return json.dumps(value, indent=2, ensure_ascii=False)
