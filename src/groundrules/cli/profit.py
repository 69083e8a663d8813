"""`groundrules profit`: what each relationship earns, from which figures, and what to change."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from groundrules.cli.exits import Exit
from groundrules.cli.profit_across import across_data, across_lines
from groundrules.cli.profit_deciding import DECIDING, add_deciding, client_of
from groundrules.cli.profit_words import (
    assumptions_data,
    assumptions_lines,
    cut_lines,
    detail_data,
    detail_lines,
    portfolio_data,
    portfolio_lines,
)
from groundrules.core.ids import AssetId, ClientId
from groundrules.core.money import AmountImpossible, AmountTooFine, Money, UnknownCurrency
from groundrules.core.profitability.across import WAYS
from groundrules.core.profitability.assumptions import (
    AMOUNTS,
    Assumption,
    AssumptionKind,
    AssumptionRefused,
)
from groundrules.core.profitability.cuts import CutBy
from groundrules.services import profit
from groundrules.services.actor import NotAllowed
from groundrules.services.who import NobodyToActAs, acting

NAME = "profit"
HELP = "Say what each relationship earns, and state what it rests on."
NEEDS_DATABASE = True
_DIGITS = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare what can be asked (`list`, `client`, `across`...), decided and stated."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="every relationship, worst first")
    _add_span(listed)
    one = actions.add_parser("client", help="one relationship: measures, alarms, and one cut")
    one.add_argument("client", help="the client's code")
    one.add_argument(
        "--by", choices=[by.value for by in CutBy], default="month", help="how to cut it"
    )
    _add_span(one)
    everywhere = actions.add_parser("across", help="all clients by vendor, role, person or month")
    everywhere.add_argument("--by", choices=[by.value for by in WAYS], default="vendor")
    _add_span(everywhere)
    add_deciding(actions)
    shown = actions.add_parser(
        "assumptions", help="every cost, target and benchmark with its source"
    )
    shown.add_argument("--json", action="store_true", help="as data")
    _add_assume(
        actions.add_parser("assume", help="state a cost, target or benchmark from a day on")
    )


def _add_span(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="first", metavar="YYYY-MM", help="first month")
    parser.add_argument("--to", dest="last", metavar="YYYY-MM", help="last month, included")
    parser.add_argument("--json", action="store_true", help="as data")


def _add_assume(parser: argparse.ArgumentParser) -> None:
    kinds = [kind.value for kind in AssumptionKind]
    parser.add_argument("kind", choices=kinds, metavar="KIND", help=f"one of: {', '.join(kinds)}")
    parser.add_argument("value", help="62.00 (per hour or month), or 0.55 for 55 %%")
    parser.add_argument("--currency", default="USD", help="for amounts (default USD)")
    parser.add_argument("--from", dest="first", required=True, metavar="DATE", help="first day")
    parser.add_argument("--why", required=True, help="its source or reason")
    parser.add_argument("--about", default="", help="a tool's name, role:NAME or technician:CODE")
    parser.add_argument("--client", help="only for this client")
    parser.add_argument("--server", help="only for this server of the client")
    parser.add_argument("--json", action="store_true", help="as data")
    parser.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")


_REFUSED: Mapping[type[Exception], Exit] = {
    profit.BadPeriod: Exit.BAD_INPUT,
    profit.DecisionRefused: Exit.BAD_INPUT,
    AssumptionRefused: Exit.BAD_INPUT,
    AmountImpossible: Exit.BAD_INPUT,
    AmountTooFine: Exit.BAD_INPUT,
    UnknownCurrency: Exit.BAD_INPUT,
    profit.UnknownSubject: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def run(args: argparse.Namespace) -> int:
    """This function will answer, or put a statement on record, and return the exit number."""
    actions = {
        "list": _list,
        "client": _client,
        "across": _across,
        "assumptions": _assumptions,
        "assume": _assume,
        **DECIDING,
    }
    try:
        return actions[args.action](args)
    except tuple(_REFUSED) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))


def _list(args: argparse.Namespace) -> int:
    found = profit.portfolio(_span(args), at=datetime.now(UTC))
    _print(args, portfolio_data(found), portfolio_lines(found))
    return Exit.OK


def _client(args: argparse.Namespace) -> int:
    client = client_of(args.client)
    found = profit.relationship(client, _span(args), at=datetime.now(UTC))
    by = CutBy(args.by)
    _print(args, detail_data(found), [*detail_lines(found), "", *cut_lines(found, by)])
    return Exit.OK


def _across(args: argparse.Namespace) -> int:
    found = profit.everywhere(_span(args), CutBy(args.by), at=datetime.now(UTC))
    _print(args, across_data(found), across_lines(found))
    return Exit.OK


def _assumptions(args: argparse.Namespace) -> int:
    standing = profit.standing(datetime.now(UTC))
    _print(args, assumptions_data(standing), assumptions_lines(standing))
    return Exit.OK


def _assume(args: argparse.Namespace) -> int:
    kind = AssumptionKind(args.kind)
    is_amount = kind in AMOUNTS
    statement = Assumption(
        kind=kind,
        first=_day(args.first),
        says=args.why,
        subject=args.about,
        client=ClientId(args.client) if args.client else None,
        asset=AssetId(args.server) if args.server else None,
        amount=Money.of(_number(args.value), args.currency) if is_amount else None,
        number=None if is_amount else Fraction(_number(args.value)),
    )
    profit.state(statement, actor=acting(args.email), at=datetime.now(UTC))
    data = {
        "kind": kind.value,
        "about": args.about,
        "client": args.client,
        "server": args.server,
        "value": str(statement.amount if is_amount else statement.number),
        "from": args.first,
    }
    says = f"On record: {kind.value} {args.about} {args.value} from {args.first}."
    _print(args, data, [says.replace("  ", " ")])
    return Exit.OK


def _span(args: argparse.Namespace) -> profit.Span:
    usual = profit.last_months(datetime.now(UTC))
    first = args.first or f"{usual.first:%Y-%m}"
    return profit.Span.of(first, args.last or f"{usual.months[-1]:%Y-%m}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        message = f"{text!r} is no day; write it as 2026-03-01"
        raise profit.BadPeriod(message) from wrong


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as wrong:
        message = f"{text!r} is no number; write it as 62.00"
        raise AssumptionRefused(message) from wrong
    places = number.as_tuple().exponent
    if isinstance(places, str) or abs(places) > _DIGITS or number.adjusted() >= _DIGITS:
        message = f"{text!r} is no value that can be stated; write it as 62.00"
        raise AssumptionRefused(message)
    return number


def _print(args: argparse.Namespace, data: object, lines: list[str]) -> None:
    print(json.dumps(data, indent=2, ensure_ascii=False) if args.json else "\n".join(lines))
