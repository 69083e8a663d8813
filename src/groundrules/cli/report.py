"""`groundrules report`: the client's report as text, PDF or a frozen record, and what was promised."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from groundrules.cli.exits import Exit
from groundrules.cli.profit_words import columns
from groundrules.core.reported import ClientReport
from groundrules.records.models import Client
from groundrules.services import client_reports, report_mail
from groundrules.services.actor import NotAllowed
from groundrules.services.client_reports import DueReport, Promise, ReportRefused
from groundrules.services.reports_carried import NothingOwed, give_owed_later
from groundrules.services.who import NobodyToActAs, acting
from groundrules.services.world import NoAgreement, NoProvider

NAME = "report"
HELP = "Tell a client what was done and what it was worth."
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `show`, `give`, `promise`, `due` and `give-owed`."""
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
        if name == "give":
            one.add_argument(
                "--mail", action="store_true", help="and draft the mail that brings it"
            )
        _add_usual(one, acts=name == "give")
    promised = actions.add_parser("promise", help="put on record how often a report was promised")
    promised.add_argument("client")
    promised.add_argument("--every", type=int, required=True, metavar="MONTHS", help="0 ends it")
    promised.add_argument("--from", dest="first", type=_day, required=True, metavar="DATE")
    promised.add_argument(
        "--due-days", type=int, default=10, help="days after the period (default 10)"
    )
    promised.add_argument("--clause", default="", help="the clause that promises it")
    promised.add_argument(
        "--to", dest="recipient", default="", metavar="CONTACT", help="default: who may commit"
    )
    promised.add_argument(
        "--by-rule", action="store_true", help="one without doubts leaves by itself, after the hold"
    )
    _add_usual(promised)
    due = actions.add_parser(
        "due", help="promised reports that were not given yet, earliest due first"
    )
    _add_usual(due, acts=False)
    every = actions.add_parser(
        "give-owed", help="let the worker give every owed report and draft its mail"
    )
    _add_usual(every)


def _add_usual(parser: argparse.ArgumentParser, *, acts: bool = True) -> None:
    parser.add_argument("--json", action="store_true", help="as data")
    if acts:
        parser.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        message = f"{text!r} is no day; write it as 2026-04-01"
        raise argparse.ArgumentTypeError(message) from wrong


class _NoClient(LookupError):
    """There is no client of that code."""


_REFUSED: Mapping[type[Exception], Exit] = {
    _NoClient: Exit.NOT_FOUND,
    NothingOwed: Exit.NOT_FOUND,
    ReportRefused: Exit.BAD_INPUT,
    NoAgreement: Exit.BAD_INPUT,
    NoProvider: Exit.BAD_INPUT,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def run(args: argparse.Namespace) -> int:
    """This function will print, freeze or list reports, and return the exit number."""
    try:
        if args.action == "due":
            return _due(args)
        if args.action == "give-owed":
            return _give_owed(args)
        return _OF_CLIENT[args.action](args, _client_of(args.client))
    except tuple(_REFUSED) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))


def _client_of(code: str) -> Client:
    client = Client.objects.filter(code=code).first()
    if client is None:
        known = ", ".join(Client.objects.order_by("code").values_list("code", flat=True)[:8])
        message = f"there is no client {code!r}; the clients are: {known or 'none yet'}"
        raise _NoClient(message)
    return client


def _tell(args: argparse.Namespace, data: object, says: str) -> None:
    print(json.dumps(data, indent=2, ensure_ascii=False) if args.json else says)


def _show(args: argparse.Namespace, client: Client) -> int:
    at = datetime.now(UTC)
    report = client_reports.report_of(client, args.first, args.end, at=at)
    _tell(args, _report_data(report), client_reports.text_of(report).rstrip("\n"))
    return _write(args, client_reports.pdf_of(report, at=at)) if args.pdf else Exit.OK


def _report_data(report: ClientReport) -> dict[str, object]:
    value = report.value
    return {
        "client": report.client,
        "first": report.first.isoformat(),
        "end": report.end.isoformat(),
        "subject": report.subject,
        "short": list(report.short),
        "figures": {
            figure.name: {"amount": str(figure.amount), "working": figure.working}
            for figure in (value.headline, value.upper, value.covered, value.reactive, value.fees)
        },
        "lines": [
            {
                "entry": line.entry,
                "day": line.service_day.isoformat(),
                "issue": line.issue,
                "seconds": line.seconds,
                "value": str(line.value),
            }
            for line in value.lines
        ],
        "outcomes": {o.name: [[i.kind, i.ref, i.says] for i in o.items] for o in report.outcomes},
        "asks": [item.says for item in report.asks],
        "incomplete": list(report.incomplete),
    }


def _give(args: argparse.Namespace, client: Client) -> int:
    actor, at = acting(args.email), datetime.now(UTC)
    if args.mail:
        row, letter = report_mail.give_by_mail(client, args.first, args.end, actor=actor, at=at)
        mailed = (
            f" Its mail to {letter.to_core().to} is drafted: groundrules letter show {letter.ref}"
        )
    else:
        row = client_reports.give(client, args.first, args.end, actor=actor, at=at)
        letter, mailed = None, ""
    data = {
        "ref": row.ref,
        "first": row.first.isoformat(),
        "end": row.end.isoformat(),
        "letter": letter.ref if letter else "",
    }
    _tell(args, data, f"{row.ref} is on record; its text and PDF stay as they are.{mailed}")
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
    actor = acting(args.email)
    what = Promise(args.every, args.due_days, args.first, args.clause, args.recipient, args.by_rule)
    row = client_reports.promise(client, what, actor=actor, at=datetime.now(UTC))
    data = {"client": client.code, "every": row.every_months, "from": row.first.isoformat()}
    often = f"a report every {args.every} months" if args.every else "no report any more"
    _tell(args, data, f"{client.name}: {often} from {args.first:%Y-%m}.")
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


def _give_owed(args: argparse.Namespace) -> int:
    row = give_owed_later(actor=acting(args.email), at=datetime.now(UTC))
    says = f"{row.what}: run {row.pk} waits for the worker. See groundrules runs list"
    _tell(args, {"run": row.pk, "what": row.what}, says)
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
