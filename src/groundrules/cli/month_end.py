"""`groundrules month-end`: the billing run, exceptions first. A run that was stopped goes on where it stopped."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from groundrules.cli.exits import Exit
from groundrules.cli.month_end_words import (
    LINE_COLUMNS,
    line_cells,
    line_data,
    standing_data,
    status_lines,
    step_data,
)
from groundrules.core.cells import defused
from groundrules.core.month_end import Doubt, grouped
from groundrules.core.reasons import counted
from groundrules.records.models import BillingRun, BillingStep, Client, LongRun
from groundrules.services import month_end
from groundrules.services.accounting import FORMATS
from groundrules.services.actor import NotAllowed
from groundrules.services.issuing import IssuerBusy
from groundrules.services.long_runs import RunStopped
from groundrules.services.month_end import ClientStanding, Order, Stage
from groundrules.services.who import NobodyToActAs, acting
from groundrules.services.world import NoAgreement, NoProvider

NAME = "month-end"
HELP = "Bill a month: collect, see exceptions first, approve, hold, issue, hand to accounting."
NEEDS_DATABASE = True
_STEPS = (
    ("collect", "collect the clients that are to be collected"),
    ("status", "where every client stands, exceptions first"),
    ("lines", "every line of every document, as CSV"),
    ("approve", "approve clean drafts: one client's, or all"),
    ("send-back", "take back a client's draft or approval, to collect it again"),
    ("issue", "issue what is approved and was held long enough"),
    ("account", "hand what was issued to accounting, and try again what did not arrive"),
    ("settle", "settle an exception with a reason, or set it aside"),
)
_READING = frozenset({"status", "lines"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the steps of a run in the order they are taken."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    opened = actions.add_parser("open", help="open the run of a month, and collect every client")
    opened.add_argument("month", type=_month, help="2026-10")
    opened.add_argument(
        "--hold-hours", type=int, default=24, help="how long approved invoices wait (default 24)"
    )
    _add_usual(opened)
    for name, says in _STEPS:
        one = actions.add_parser(name, help=says)
        _add_run(one, name)
        _add_usual(one, acts=name not in _READING)
    order = actions.add_parser("order", help="put a client's purchase order on record")
    order.add_argument("client")
    order.add_argument("number", nargs="?", default="", help="leave out: the client requires one")
    order.add_argument("--from", dest="first", type=_day, required=True, metavar="DATE")
    order.add_argument("--to", dest="last", type=_day, metavar="DATE")
    _add_usual(order)


def _add_usual(parser: argparse.ArgumentParser, *, acts: bool = True) -> None:
    parser.add_argument("--json", action="store_true", help="as data")
    if acts:
        parser.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")


def _add_run(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument("--run", default="", help="RUN-2026-10 (default: the newest)")
    if name in {"approve", "send-back", "settle"}:
        parser.add_argument("--client", required=name != "approve", help="the client's code")
    if name == "approve":
        parser.add_argument("--clean", action="store_true", help="every clean draft at once")
    if name in {"collect", "issue"}:
        parser.add_argument(
            "--background", action="store_true", help="let the worker do it (groundrules runs)"
        )
    if name == "account":
        parser.add_argument(
            "--format", choices=FORMATS, default="", help="whose file it is (default: the setting)"
        )
    if name == "settle":
        parser.add_argument(
            "exception", help="its number in `status`, from 1; or a kind, for all of it"
        )
        parser.add_argument("--why", required=True, help="the reason")
        parser.add_argument(
            "--until", type=_day, metavar="DATE", help="set it aside until this day"
        )


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as wrong:
        message = f"{text!r} is no month; write it as 2026-10"
        raise argparse.ArgumentTypeError(message) from wrong


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        message = f"{text!r} is no day; write it as 2026-10-31"
        raise argparse.ArgumentTypeError(message) from wrong


class _NotFound(LookupError):
    """What a command names is not there."""


_REFUSED: Mapping[type[Exception], Exit] = {
    month_end.HoldRefused: Exit.BAD_INPUT,
    month_end.MonthNotOver: Exit.BAD_INPUT,
    month_end.NoReason: Exit.BAD_INPUT,
    month_end.NothingCollected: Exit.BAD_INPUT,
    month_end.StandingMoved: Exit.BAD_INPUT,
    month_end.OrderRefused: Exit.BAD_INPUT,
    month_end.UnknownForm: Exit.BAD_INPUT,
    NoAgreement: Exit.BAD_INPUT,
    NoProvider: Exit.BAD_INPUT,
    month_end.UnknownRun: Exit.NOT_FOUND,
    _NotFound: Exit.NOT_FOUND,
    month_end.NotClean: Exit.CONFLICT,
    IssuerBusy: Exit.CONFLICT,
    RunStopped: Exit.FAILURE,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def run(args: argparse.Namespace) -> int:
    """This function will take one step and return the exit number."""
    try:
        return _ACTIONS[args.action](args)
    except tuple(_REFUSED) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))


def _now() -> datetime:
    return datetime.now(UTC)


def _found(args: argparse.Namespace) -> BillingRun:
    return month_end.find_run(args.run)


def _tell(args: argparse.Namespace, data: object, *lines: str) -> int:
    """Says what came of it, as data or in words."""
    print(json.dumps(data, indent=2, ensure_ascii=False) if args.json else "\n".join(lines))
    return Exit.OK


def _progress(args: argparse.Namespace, says: str) -> None:
    """Progress is for eyes: where data is asked for, it goes beside the data."""
    print(says, flush=True, file=sys.stderr if args.json else sys.stdout)


def _open(args: argparse.Namespace) -> int:
    actor = acting(args.email)
    opened = month_end.open_run(args.month, actor=actor, at=_now(), hold_hours=args.hold_hours)
    return _collect_into(args, opened)


def _collect(args: argparse.Namespace) -> int:
    if args.background:
        return _later(args, month_end.collect_later)
    return _collect_into(args, _found(args))


def _collect_into(args: argparse.Namespace, found: BillingRun) -> int:
    def told(client: Client) -> None:
        _progress(args, f"collected {client.name}")

    month_end.collect_watched(found, actor=acting(args.email), now=_now, tell=told)
    return _show(args, found)


def _later(args: argparse.Namespace, asks: Callable[..., LongRun]) -> int:
    row = asks(_found(args), actor=acting(args.email), at=_now())
    says = f"{row.what}: run {row.pk} waits for the worker. See groundrules runs list"
    return _tell(args, {"run": row.pk, "what": row.what}, says)


def _status(args: argparse.Namespace) -> int:
    return _show(args, _found(args))


def _show(args: argparse.Namespace, found: BillingRun) -> int:
    standing = month_end.standing_of(found, at=_now())
    return _tell(args, standing_data(standing), *status_lines(standing))


def _lines(args: argparse.Namespace) -> int:
    lines = month_end.lines_of(month_end.standing_of(_found(args), at=_now()))
    if args.json:
        return _tell(args, [line_data(line) for line in lines])
    writer = csv.writer(sys.stdout)
    writer.writerow(LINE_COLUMNS)
    for line in lines:
        writer.writerow([defused(cell) for cell in line_cells(line)])
    return Exit.OK


def _approve(args: argparse.Namespace) -> int:
    found, actor = _found(args), acting(args.email)
    if args.clean:
        steps = month_end.approve_clean(found, actor=actor, at=_now())
        says = f"{len(steps)} approved; they go out after {found.hold_hours} h."
        return _tell(args, [step_data(step) for step in steps], says)
    if not args.client:
        message = "name a client with --client, or say --clean"
        raise _NotFound(message)
    one = _standing(found, args.client)
    step = month_end.approve(one, actor=actor, at=_now())
    says = f"{one.client.name} approved: {one.total}; it goes out after {found.hold_hours} h."
    return _tell(args, step_data(step), says)


def _send_back(args: argparse.Namespace) -> int:
    one = _standing(_found(args), args.client)
    step = month_end.send_back(one, actor=acting(args.email), at=_now())
    return _tell(args, step_data(step), f"{one.client.name} is to be collected again.")


def _issue(args: argparse.Namespace) -> int:
    if args.background:
        return _later(args, month_end.issue_later)

    def told(step: BillingStep) -> None:
        _progress(args, f"{step.client.name}: {step.says}")

    steps = month_end.issue_watched(_found(args), actor=acting(args.email), now=_now, tell=told)
    failed = [step for step in steps if step.step == Stage.FAILED.value]
    says = f"{len(steps) - len(failed)} clients' documents issued, {len(failed)} failed."
    _tell(args, [step_data(step) for step in steps], says)
    return Exit.DEGRADED if failed else Exit.OK


def _account(args: argparse.Namespace) -> int:
    told = month_end.hand_over(_found(args), args.format, actor=acting(args.email), at=_now())
    data = {"done": told.done, "failed": told.failed, "files": told.files}
    files = f" in {', '.join(told.files)}" if told.files else ""
    says = f"{len(told.done)} documents handed to accounting{files}, {len(told.failed)} failed."
    _tell(args, data, says)
    return Exit.DEGRADED if told.failed else Exit.OK


def _settle(args: argparse.Namespace) -> int:
    found = _found(args)
    one = _standing(found, args.client)
    group = next((g for g in grouped(one.open_doubts) if g.kind.value == args.exception), None)
    how = f"set aside until {args.until}" if args.until else "settled"
    said, actor = (args.why, args.until), acting(args.email)
    if group is not None:
        done = month_end.answer_together(found, one.client, group, said, actor=actor, at=_now())
        kind = {"client": one.client.code, "kind": group.kind.value, "answered": done}
        told = f"{counted(done, 'exception')} {how}: {group.kind.value}"
        return _tell(args, kind | {"how": how, "reason": args.why}, told)
    doubt = _numbered(one, args.exception)
    month_end.answer(found, one.client, doubt, said, actor=actor, at=_now())
    data = {"client": one.client.code, "kind": doubt.kind.value, "how": how, "reason": args.why}
    return _tell(args, data, f"{doubt.kind.value} {how}: {doubt.says}")


def _numbered(one: ClientStanding, said: str) -> Doubt:
    doubts = dict(enumerate(one.open_doubts, start=1))
    number = int(said) if said.isdecimal() else 0
    if number not in doubts:
        message = f"{one.client.name} has no open exception {said}; `status` numbers them and names their kinds"
        raise _NotFound(message)
    return doubts[number]


def _order(args: argparse.Namespace) -> int:
    client = Client.objects.filter(code=args.client).first()
    if client is None:
        message = f"there is no client {args.client}"
        raise _NotFound(message)
    order = Order(args.number, args.first, args.last)
    month_end.state_order(client, order, actor=acting(args.email), at=_now())
    data = {"client": client.code, "number": args.number, "from": args.first.isoformat()}
    says = f"{client.name}: purchase order {args.number or 'required'} from {args.first}."
    return _tell(args, data, says)


def _standing(found: BillingRun, code: str) -> ClientStanding:
    standing = month_end.standing_of(found, at=_now())
    one = next((one for one in standing.clients if one.client.code == code), None)
    if one is None:
        known = ", ".join(str(each.client.code) for each in standing.clients[:8]) or "none"
        message = f"there is no client {code!r} in {found.ref}; it has {known}"
        raise _NotFound(message)
    return one


_ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "open": _open,
    "collect": _collect,
    "status": _status,
    "lines": _lines,
    "approve": _approve,
    "send-back": _send_back,
    "issue": _issue,
    "account": _account,
    "settle": _settle,
    "order": _order,
}
