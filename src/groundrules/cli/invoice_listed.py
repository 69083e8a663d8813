"""`groundrules invoice list` and `invoice pdf`: what was issued, and a document's PDF exactly as it left the house."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from datetime import date
from pathlib import Path

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.core.money import Money
from groundrules.records.invoices import Issued
from groundrules.records.models import Client

_STDOUT = "-"


def add_list_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare what is listed."""
    parser.add_argument("--client", default="", metavar="CODE", help="only this client's")
    parser.add_argument(
        "--month", type=_month, metavar="YYYY-MM", help="only of periods that begin in this month"
    )
    parser.add_argument("--kind", choices=("invoice", "credit note"), help="only of this kind")
    parser.add_argument("--json", action="store_true", help="print data")


def add_pdf_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the document and the file."""
    parser.add_argument("ref", help="INV-00001 or CRN-00001")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        default="",
        help="the file to write (default REF.pdf here); one that is there is kept; - means the output stream",
    )
    parser.add_argument("--json", action="store_true", help="print data about the file")


def list_documents(args: argparse.Namespace) -> int:
    """This function will print issued documents, newest first, and return the exit number."""
    rows = Issued.objects.select_related("client", "corrects").order_by("-issued_at", "-pk")
    if args.client:
        if not Client.objects.filter(code=args.client).exists():
            said = f"there is no client {args.client}; write its code as groundrules pages show it"
            return refuse(said, Exit.NOT_FOUND)
        rows = rows.filter(client__code=args.client)
    if args.month:
        first = args.month
        rows = rows.filter(period_start__year=first.year, period_start__month=first.month)
    if args.kind:
        rows = rows.filter(kind=args.kind)
    told = [_data(row) for row in rows]
    words = "\n".join(map(_line, rows)) or "Nothing was issued that is like this."
    print(json.dumps(told, indent=2) if args.json else words)
    return Exit.OK


def write_pdf(args: argparse.Namespace) -> int:
    """This function will write a document's frozen PDF and return the exit number."""
    row = Issued.objects.select_related("pdf").filter(ref=args.ref).first()
    if row is None:
        said = f"there is no document {args.ref}; see: groundrules invoice list"
        return refuse(said, Exit.NOT_FOUND)
    if row.pdf is None:
        said = (
            f"{row.ref} was issued without a PDF; its lines are in: groundrules explain {row.ref}"
        )
        return refuse(said, Exit.NOT_FOUND)
    content = bytes(row.pdf.content)
    if args.output == _STDOUT:
        sys.stdout.buffer.write(content)
        return Exit.OK
    return write_new(Path(args.output or f"{row.ref}.pdf"), row.ref, content, as_json=args.json)


def write_new(path: Path, ref: str, content: bytes, *, as_json: bool) -> int:
    """This function will write a document to a new file, say its digest, and return the exit number."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except OSError as error:
        return refuse(f"{path} was not written: {error.strerror}", Exit.FAILURE)
    digest = hashlib.sha256(content).hexdigest()
    told = {"ref": ref, "file": str(path), "bytes": len(content), "sha256": digest}
    print(json.dumps(told, indent=2) if as_json else f"{path}: {len(content):,} bytes, {digest}")
    return Exit.OK


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as wrong:
        message = f"{text!r} is no month; write 2026-03"
        raise argparse.ArgumentTypeError(message) from wrong


def _data(row: Issued) -> dict[str, object]:
    return {
        "ref": row.ref,
        "kind": row.kind,
        "client": row.client.code,
        "first": row.period_start.isoformat(),
        "end": row.period_end.isoformat(),
        "issued_at": row.issued_at.isoformat(),
        "total": str(Money(row.total_minor, row.currency).amount),
        "currency": row.currency,
        "corrects": row.corrects.ref if row.corrects else None,
        "pdf": row.pdf_id is not None,
    }


def _line(row: Issued) -> str:
    corrects = f"  corrects {row.corrects.ref}" if row.corrects else ""
    period = f"{row.period_start} to {row.period_end}"
    total = str(Money(row.total_minor, row.currency))
    return f"{row.ref:<12} {row.kind:<12} {row.client.code:<16} {period}  {total:>14}{corrects}"
