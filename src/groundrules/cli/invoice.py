"""`groundrules invoice xml REF` writes an issued document by EN 16931; `invoice check FILE` judges anybody's."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from groundrules.cli import invoice_check
from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.core.invoices.electronic import ElectronicInvoiceRefused
from groundrules.services.einvoices import FORMS, UnknownDocument, xml_of

NAME = "invoice"
HELP = "Write an issued document as an electronic invoice, or check one."
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `xml` and `check`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
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
    invoice_check.add_arguments(
        actions.add_parser("check", help="recompute a file's sums, and ask schema and CEN's rules")
    )


def run(args: argparse.Namespace) -> int:
    """This function will write the XML, or check a file, and return the exit number."""
    if args.action == "check":
        return invoice_check.run(args)
    try:
        content = xml_of(args.ref, args.form)
    except UnknownDocument as unknown:
        return refuse(unknown, Exit.NOT_FOUND)
    except ElectronicInvoiceRefused as refused:
        return refuse(refused, Exit.BAD_INPUT)
    if args.output is None:
        sys.stdout.write(content.decode())
        return Exit.OK
    try:
        with args.output.open("xb") as file:
            file.write(content)
    except OSError as error:
        return refuse(f"{args.output} was not written: {error.strerror}", Exit.FAILURE)
    return Exit.OK
