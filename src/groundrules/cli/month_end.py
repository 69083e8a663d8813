"""`groundrules month-end`: the billing run, exceptions first. A run that was stopped goes on where it stopped."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime

from groundrules.cli.exits import Exit
from groundrules.cli.profit_words import columns
from groundrules.core.month_end import Doubt
from groundrules.records.models import BillingRun, BillingStep, Client, Role
from groundrules.services import month_end
from groundrules.services.actor import Actor
from groundrules.services.issuing import IssuerBusy
from groundrules.services.month_end import ClientStanding, Order, Stage, Standing
from groundrules.services.world import NoAgreement, NoProvider

NAME = "month-end"
HELP = "Bill a month: collect, see exceptions first, approve, hold, issue."
NEEDS_DATABASE = True
_SHELL = Actor("groundrules month-end", Role.OWNER)
_LINE = (
    *("client", "document", "kind", "position", "line", "description"),
    *("service day", "value", "amount", "currency", "clause"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the steps of a run in the order they are taken."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    opened = actions.add_parser("open", help="open the run of a month, and collect every client")
    opened.add_argument("month", type=_month, help="2026-10")
    opened.add_argument(
        "--hold-hours", type=int, default=24, help="how long approved invoices wait (default 24)"
    )
    for name, says in (
        ("collect", "collect the clients that are to be collected"),
        ("status", "where every client stands, exceptions first"),
        ("lines", "every line of every document, as CSV"),
        ("approve", "approve clean drafts: one client's, or all"),
        ("send-back", "take back a client's draft or approval, to collect it again"),
        ("issue", "issue what is approved and was held long enough"),
        ("settle", "settle an exception with a reason, or set it aside"),
    ):
        _run_arguments(actions.add_parser(name, help=says), name)
    order = actions.add_parser("order", help="put a client's purchase order on record")
    order.add_argument("client")
    order.add_argument("number", nargs="?", default="", help="leave out: the client requires one")
    order.add_argument(
        "--from", dest="first", type=date.fromisoformat, required=True, metavar="DATE"
    )
    order.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DATE")


def _run_arguments(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument("--run", default="", help="RUN-2026-10 (default: the newest)")
    if name == "status":
        parser.add_argument("--json", action="store_true", help="as data")
    if name in {"approve", "send-back", "settle"}:
        parser.add_argument("--client", required=name != "approve", help="the client's code")
    if name == "approve":
        parser.add_argument("--clean", action="store_true", help="every clean draft at once")
    if name == "settle":
        parser.add_argument("exception", help="its number in `status --json`, from 1")
        parser.add_argument("--why", required=True, help="the reason")
        parser.add_argument(
            "--until", type=date.fromisoformat, metavar="DATE", help="set it aside until this day"
        )


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as wrong:
        message = f"{text!r} is no month; write it as 2026-10"
        raise argparse.ArgumentTypeError(message) from wrong


_BAD_INPUT = (
    month_end.HoldRefused,
    month_end.MonthNotOver,
    month_end.NoReason,
    month_end.NothingCollected,
    month_end.OrderRefused,
    NoAgreement,
    NoProvider,
)


def run(args: argparse.Namespace) -> int:
    """This function will take one step and return the exit number."""
    try:
        return _ACTIONS[args.action](args)
    except _BAD_INPUT as wrong:
        return _refuse(wrong, Exit.BAD_INPUT)
    except month_end.UnknownRun as unknown:
        return _refuse(unknown, Exit.NOT_FOUND)
    except (month_end.NotClean, IssuerBusy) as conflict:
        return _refuse(conflict, Exit.CONFLICT)


def _now() -> datetime:
    return datetime.now(UTC)


def _found(args: argparse.Namespace) -> BillingRun:
    return month_end.find_run(args.run)


def _open(args: argparse.Namespace) -> int:
    opened = month_end.open_run(args.month, actor=_SHELL, at=_now(), hold_hours=args.hold_hours)
    return _collect_into(opened)


def _collect(args: argparse.Namespace) -> int:
    return _collect_into(_found(args))


def _collect_into(found: BillingRun) -> int:
    def told(client: Client) -> bool:
        print(f"collected {client.name}", flush=True)
        return True

    month_end.collect_all(found, actor=_SHELL, now=_now, go_on=told)
    return _print_status(month_end.standing_of(found, at=_now()))


def _status(args: argparse.Namespace) -> int:
    standing = month_end.standing_of(_found(args), at=_now())
    if args.json:
        print(json.dumps(_data(standing), indent=2, ensure_ascii=False))
        return Exit.OK
    return _print_status(standing)


def _print_status(standing: Standing) -> int:
    print(f"{standing.run.ref}: {_counts(standing)}")
    rows: list[tuple[str, ...]] = [
        ("Client", "At stake", "Exception", "What", "Owner", "By default")
    ]
    doubtful = sorted(standing.of(Stage.DOUBTFUL), key=lambda c: -c.at_stake)
    for one in doubtful:
        rows += [_doubt_row(one, doubt) for doubt in one.open_doubts]
    rows += [
        (one.client.name, str(one.total), "failed", one.step.says if one.step else "", "", "")
        for one in standing.of(Stage.FAILED)
    ]
    if len(rows) > 1:
        print("\n" + "\n".join(columns(rows)))
    return Exit.OK


def _doubt_row(one: ClientStanding, doubt: Doubt) -> tuple[str, ...]:
    return (
        one.client.name,
        str(doubt.at_stake or "-"),
        doubt.kind.value,
        doubt.says,
        doubt.who or doubt.owner.value,
        doubt.action,
    )


def _counts(standing: Standing) -> str:
    parts = [
        f"{len(found)} {stage.value} ({', '.join(map(str, standing.sum_of(stage)))})"
        for stage in Stage
        if (found := standing.of(stage))
    ]
    return ", ".join(parts) or "no client has an agreement"


def _data(standing: Standing) -> dict[str, object]:
    return {
        "run": standing.run.ref,
        "first": standing.run.first.isoformat(),
        "end": standing.run.end.isoformat(),
        "clients": [
            {
                "client": one.client.code,
                "name": one.client.name,
                "stage": one.stage.value,
                "total": str(one.total),
                "value_at_zero": str(one.value),
                "documents": one.step.documents if one.step else [],
                "exceptions": [
                    {
                        "number": number,
                        "kind": doubt.kind.value,
                        "says": doubt.says,
                        "at_stake": str(doubt.at_stake or ""),
                        "owner": doubt.who or doubt.owner.value,
                        "default": doubt.action,
                    }
                    for number, doubt in enumerate(one.open_doubts, start=1)
                ],
            }
            for one in standing.clients
        ],
    }


def _lines(args: argparse.Namespace) -> int:
    writer = csv.writer(sys.stdout)
    writer.writerow(_LINE)
    for line in month_end.lines_of(month_end.standing_of(_found(args), at=_now())):
        writer.writerow(
            (
                *(line.client, line.document, line.kind, line.position, line.line_kind),
                *(line.description, line.service_day.isoformat()),
                *(line.value.amount, line.amount.amount, line.amount.currency, line.clause),
            )
        )
    return Exit.OK


def _approve(args: argparse.Namespace) -> int:
    found = _found(args)
    if args.clean:
        steps = month_end.approve_clean(found, actor=_SHELL, at=_now())
        print(f"{len(steps)} approved; they go out after {found.hold_hours} h.")
        return Exit.OK
    one = _standing(found, args.client)
    if one is None:
        return _refuse("name a client with --client, or say --clean", Exit.NOT_FOUND)
    month_end.approve(one, actor=_SHELL, at=_now())
    print(f"{one.client.name} approved: {one.total}; it goes out after {found.hold_hours} h.")
    return Exit.OK


def _send_back(args: argparse.Namespace) -> int:
    one = _standing(_found(args), args.client)
    if one is None:
        return _refuse(f"there is no client {args.client} in this run", Exit.NOT_FOUND)
    month_end.send_back(one, actor=_SHELL, at=_now())
    print(f"{one.client.name} is to be collected again.")
    return Exit.OK


def _issue(args: argparse.Namespace) -> int:
    def told(step: BillingStep) -> bool:
        print(f"{step.client.name}: {step.says}", flush=True)
        return True

    steps = month_end.issue_due(_found(args), actor=_SHELL, now=_now, go_on=told)
    failed = [step for step in steps if step.step == Stage.FAILED.value]
    print(f"{len(steps) - len(failed)} clients' documents issued, {len(failed)} failed.")
    return Exit.DEGRADED if failed else Exit.OK


def _settle(args: argparse.Namespace) -> int:
    found = _found(args)
    one = _standing(found, args.client)
    doubts = one.open_doubts if one else ()
    if one is None or not args.exception.isdecimal() or not 1 <= int(args.exception) <= len(doubts):
        return _refuse(f"{args.client} has no open exception {args.exception}", Exit.NOT_FOUND)
    doubt = doubts[int(args.exception) - 1]
    month_end.answer(found, one.client, doubt, (args.why, args.until), actor=_SHELL, at=_now())
    how = f"set aside until {args.until}" if args.until else "settled"
    print(f"{doubt.kind.value} {how}: {doubt.says}")
    return Exit.OK


def _order(args: argparse.Namespace) -> int:
    client = Client.objects.filter(code=args.client).first()
    if client is None:
        return _refuse(f"there is no client {args.client}", Exit.NOT_FOUND)
    order = Order(args.number, args.first, args.last)
    month_end.state_order(client, order, actor=_SHELL, at=_now())
    print(f"{client.name}: purchase order {args.number or 'required'} from {args.first}.")
    return Exit.OK


def _standing(found: BillingRun, code: str | None) -> ClientStanding | None:
    standing = month_end.standing_of(found, at=_now())
    return next((one for one in standing.clients if one.client.code == code), None)


_ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "open": _open,
    "collect": _collect,
    "status": _status,
    "lines": _lines,
    "approve": _approve,
    "send-back": _send_back,
    "issue": _issue,
    "settle": _settle,
    "order": _order,
}


def _refuse(reason: object, number: Exit) -> int:
    print(f"groundrules: {reason}", file=sys.stderr)
    return number
