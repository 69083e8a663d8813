"""`groundrules report`: the client's report as text, PDF or a frozen record, and what was promised."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from groundrules.cli.exits import Exit
from groundrules.cli.profit_words import columns
from groundrules.records.models import Client, Role
from groundrules.services import client_reports
from groundrules.services.actor import Actor
from groundrules.services.client_reports import DueReport, Promise, ReportRefused
from groundrules.services.world import NoAgreement

NAME = "report"
HELP = "Tell a client what was done and what it was worth."
NEEDS_DATABASE = True
_SHELL = Actor("groundrules report", Role.OWNER)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `show`, `give`, `promise` and `due`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, says in (
        ("show", "the report as a mail's text, or as PDF"),
        ("give", "freeze it as given to the client"),
    ):
        one = actions.add_parser(name, help=says)
        one.add_argument("client", help="the client's code")
        one.add_argument("--from", dest="first", type=_day, required=True, metavar="DATE")
        one.add_argument(
            "--to", dest="end", type=_day, required=True, metavar="DATE", help="not included"
        )
        one.add_argument("--pdf", type=Path, metavar="FILE", help="write the PDF there as well")
    promised = actions.add_parser("promise", help="put on record how often a report was promised")
    promised.add_argument("client")
    promised.add_argument("--every", type=int, required=True, metavar="MONTHS", help="0 ends it")
    promised.add_argument("--from", dest="first", type=_day, required=True, metavar="DATE")
    promised.add_argument(
        "--due-days", type=int, default=10, help="days after the period (default 10)"
    )
    promised.add_argument("--clause", default="", help="the clause that promises it")
    due = actions.add_parser(
        "due", help="promised reports that were not given yet, earliest due first"
    )
    due.add_argument("--json", action="store_true", help="as data")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        message = f"{text!r} is no day; write it as 2026-04-01"
        raise argparse.ArgumentTypeError(message) from wrong


def run(args: argparse.Namespace) -> int:
    """This function will print, freeze or list reports, and return the exit number."""
    try:
        if args.action == "due":
            return _due(args)
        client = Client.objects.filter(code=args.client).first()
        if client is None:
            return _refuse(f"there is no client {args.client}", Exit.NOT_FOUND)
        return _OF_CLIENT[args.action](args, client)
    except (ReportRefused, NoAgreement) as wrong:
        return _refuse(wrong, Exit.BAD_INPUT)


def _show(args: argparse.Namespace, client: Client) -> int:
    at = datetime.now(UTC)
    report = client_reports.report_of(client, args.first, args.end, at=at)
    print(client_reports.text_of(report), end="")
    return _write(args, client_reports.pdf_of(report, at=at)) if args.pdf else Exit.OK


def _give(args: argparse.Namespace, client: Client) -> int:
    row = client_reports.give(client, args.first, args.end, actor=_SHELL, at=datetime.now(UTC))
    print(f"{row.ref} is on record; its text and PDF stay as they are.")
    return _write(args, bytes(row.pdf.content)) if args.pdf else Exit.OK


def _write(args: argparse.Namespace, pdf: bytes) -> int:
    try:
        with args.pdf.open("xb") as file:
            file.write(pdf)
    except OSError as error:
        return _refuse(f"{args.pdf} was not written: {error.strerror}", Exit.FAILURE)
    return Exit.OK


def _promise(args: argparse.Namespace, client: Client) -> int:
    if args.every < 0 or args.due_days < 0:
        return _refuse("months and days are whole numbers from 0", Exit.BAD_INPUT)
    what = Promise(args.every, args.due_days, args.first, args.clause)
    client_reports.promise(client, what, actor=_SHELL, at=datetime.now(UTC))
    print(f"{client.name}: a report every {args.every} months from {args.first:%Y-%m}.")
    return Exit.OK


def _due(args: argparse.Namespace) -> int:
    today = datetime.now(UTC).date()
    found = client_reports.owed(today)
    if args.json:
        print(json.dumps([_data(one, today) for one in found], indent=2, ensure_ascii=False))
        return Exit.OK
    rows: list[tuple[str, ...]] = [("Client", "From", "To", "Due", "")]
    rows += [
        (
            one.client.name,
            one.first.isoformat(),
            one.end.isoformat(),
            one.due.isoformat(),
            "late" if one.is_late(today) else "",
        )
        for one in found
    ]
    print("\n".join(columns(rows)) if found else "No promised report is open.")
    return Exit.OK


def _data(one: DueReport, today: date) -> dict[str, object]:
    return {
        "client": one.client.code,
        "first": one.first.isoformat(),
        "end": one.end.isoformat(),
        "due": one.due.isoformat(),
        "late": one.is_late(today),
    }


_OF_CLIENT: dict[str, Callable[[argparse.Namespace, Client], int]] = {
    "show": _show,
    "give": _give,
    "promise": _promise,
}


def _refuse(reason: object, number: Exit) -> int:
    print(f"groundrules: {reason}", file=sys.stderr)
    return number
