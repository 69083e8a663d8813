"""`groundrules invoice`: list what was issued, write one as PDF or by EN 16931 (`xml`), check anybody's (`check`)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from groundrules.cli import invoice_check, invoice_listed
from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.core.invoices.electronic import ElectronicInvoiceRefused
from groundrules.services.einvoices import FORMS, UnknownDocument, xml_of

NAME = "invoice"
HELP = "List issued documents, write one as PDF or electronic invoice, or check one."
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list`, `pdf`, `xml` and `check`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="issued invoices and credit notes, newest first")
    invoice_listed.add_list_arguments(listed)
    pdf = actions.add_parser("pdf", help="write its PDF exactly as issued")
    invoice_listed.add_pdf_arguments(pdf)
    xml = actions.add_parser("xml", help="write it by the rules of EN 16931")
    xml.add_argument("ref", help="INV-00001 or CRN-00001")
    xml.add_argument(
        "--form", choices=FORMS, default="ubl", help="UBL 2.1, or Cross Industry Invoice"
    )
    xml.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="the file to write; one that is there is kept",
    )
    xml.add_argument("--json", action="store_true", help="with -o: print data about the file")
    invoice_check.add_arguments(
        actions.add_parser("check", help="recompute a file's sums, and ask schema and CEN's rules")
    )


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    return _ACTIONS[args.action](args)


def _xml(args: argparse.Namespace) -> int:
    try:
        content = xml_of(args.ref, args.form)
    except UnknownDocument as unknown:
        return refuse(unknown, Exit.NOT_FOUND)
    except ElectronicInvoiceRefused as refused:
        return refuse(refused, Exit.BAD_INPUT)
    if args.output is None:
        sys.stdout.write(content.decode())
        return Exit.OK
    return invoice_listed.write_new(args.output, args.ref, content, as_json=args.json)


_ACTIONS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "list": invoice_listed.list_documents,
    "pdf": invoice_listed.write_pdf,
    "xml": _xml,
    "check": invoice_check.run,
}
