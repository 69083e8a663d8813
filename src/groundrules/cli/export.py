"""`groundrules export`: a month's issued documents for accounting, or every book and card in plain files."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from django.utils import timezone

from groundrules.cli import export_books
from groundrules.cli.exits import Exit
from groundrules.core.invoices.export import Month
from groundrules.records.models import Client
from groundrules.services.accounting import (
    FORMATS,
    CodesUnreadable,
    Exported,
    ExportOff,
    NothingToExport,
    TooManyDocuments,
    export_accounting,
)
from groundrules.services.actor import NotAllowed
from groundrules.services.who import NobodyToActAs, acting

NAME = "export"
HELP = "Hand out a month's documents for accounting, or every book and card."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    NothingToExport: Exit.NOT_FOUND,
    Client.DoesNotExist: Exit.NOT_FOUND,
    TooManyDocuments: Exit.BAD_INPUT,
    CodesUnreadable: Exit.BAD_INPUT,
    ExportOff: Exit.CHECK_FAILED,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `accounting` and `books`."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    export_books.declare(
        kinds.add_parser(
            "books", help="every book and card as JSON lines or CSV, version-independent"
        )
    )
    accounting = kinds.add_parser("accounting", help="issued invoices and credit notes of a month")
    accounting.add_argument("--format", choices=FORMATS, required=True, help="whose file it is")
    accounting.add_argument(
        "--month", type=_month, required=True, metavar="YYYY-MM", help="the month of issue"
    )
    accounting.add_argument("--client", default="", metavar="CODE", help="only one client's")
    accounting.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="the file; one that says otherwise is kept",
    )
    accounting.add_argument(
        "--json",
        action="store_true",
        help="say what was written as data; without a file, the content too",
    )
    accounting.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")


def _month(text: str) -> Month:
    year, _, month = text.partition("-")
    if len(text) == len("2026-12") and year.isdecimal() and month.isdecimal() and int(year):
        found = Month(int(year), int(month))
        if found.month in range(1, 13):
            return found
    message = f"{text!r} is no month; write it as 2026-12"
    raise argparse.ArgumentTypeError(message)


def run(args: argparse.Namespace) -> int:
    """This function will write the file and return the exit number."""
    if args.kind == "books":
        return export_books.run(args)
    try:
        client = Client.objects.get(code=args.client) if args.client else None
        actor, at = acting(args.email), timezone.now()
        exported = export_accounting(args.format, args.month, actor=actor, at=at, client=client)
    except tuple(_REFUSED) as refused:
        known = isinstance(refused, Client.DoesNotExist)
        reason = f"there is no client {args.client!r}" if known else refused
        print(f"groundrules: {reason}", file=sys.stderr)
        return next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))
    if args.output is not None:
        return _write(args, exported)
    text = exported.content.decode()
    sys.stdout.write(
        json.dumps({**_told(exported), "content": text}, ensure_ascii=False) + "\n"
        if args.json
        else text
    )
    return Exit.OK


def _told(exported: Exported) -> dict[str, object]:
    totals = {currency: str(total) for currency, total in sorted(exported.totals.items())}
    return {"documents": exported.documents, "totals": totals, "before": exported.before}


def _write(args: argparse.Namespace, exported: Exported) -> int:
    """The very same file is written once; a file that says something else is never overwritten."""
    file: Path = args.output
    try:
        if file.exists() and file.read_bytes() != exported.content:
            print(
                f"groundrules: {file} is there and says otherwise; move it away or name another file",
                file=sys.stderr,
            )
            return Exit.CONFLICT
        file.write_bytes(exported.content)
    except OSError as error:
        print(f"groundrules: {file} was not written: {error.strerror}", file=sys.stderr)
        return Exit.FAILURE
    if args.json:
        print(json.dumps(_told(exported), ensure_ascii=False))
        return Exit.OK
    totals = [str(total) for _, total in sorted(exported.totals.items())]
    again = f"; the very same file went to {exported.before}" if exported.before else ""
    print(f"{file}: {exported.documents} documents, {', '.join(totals)}{again}")
    return Exit.OK
