"""`groundrules invoice check FILE`: whether an electronic invoice adds up and is what the norm asks for."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.services.invoice_check import Checked, NotAnInvoice, check_invoice

_LARGEST = 64 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the file."""
    parser.add_argument("file", type=Path, help="an XML file, or a PDF that carries one")
    parser.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will check one file, say what fails and where, and return the exit number."""
    try:
        if args.file.stat().st_size > _LARGEST:
            return refuse(f"{args.file} is larger than 64 MiB; no invoice is", Exit.BAD_INPUT)
        checked = check_invoice(args.file.read_bytes())
    except FileNotFoundError:
        return refuse(f"there is no file {args.file}", Exit.NOT_FOUND)
    except OSError as error:
        return refuse(f"{args.file} was not read: {error.strerror}", Exit.FAILURE)
    except NotAnInvoice as refused:
        return refuse(f"{args.file}: {refused}", Exit.BAD_INPUT)
    print(json.dumps(_data(checked), indent=2) if args.json else _words(args.file, checked))
    if checked.fails:
        return Exit.CHECK_FAILED
    return Exit.DEGRADED if checked.not_asked else Exit.OK


def _data(checked: Checked) -> dict[str, object]:
    return {
        "form": checked.found.form,
        "inside": checked.found.inside,
        "number": checked.found.stated.number,
        "fails": checked.fails,
        "arithmetic": [asdict(wrong) for wrong in checked.arithmetic],
        "norm": [asdict(complaint) for complaint in checked.norm],
        "not_asked": checked.not_asked,
    }


def _words(file: Path, checked: Checked) -> str:
    found = checked.found
    inside = f", {found.inside} inside a PDF" if found.inside else ""
    lines = [f"{file}: {found.form} {found.stated.number}{inside}"]
    for wrong in checked.arithmetic:
        rule = f" ({wrong.rule})" if wrong.rule else ""
        lines.append(f"  arithmetic: {wrong.place}{_at(wrong.at)}: {wrong.says}{rule}")
    for one in checked.norm:
        who = f"{one.by} {one.rule}".strip()
        kind = ", a warning" if one.severity == "warning" else ""
        lines.append(f"  {who}{kind}{_at(one.at)}: {one.says}")
    if not checked.arithmetic:
        lines.append("  every sum is exact")
    if checked.not_asked:
        lines.append(f"  not asked: {checked.not_asked}")
    elif not checked.norm:
        lines.append("  schema and CEN's rules have nothing against it")
    if found.inside:
        lines.append("  not asked: whether the PDF itself is PDF/A-3; veraPDF does that")
    return "\n".join(lines)


def _at(line: int) -> str:
    return f" (line {line} of the file)" if line else ""
