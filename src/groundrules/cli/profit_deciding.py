"""`groundrules profit what-if|decide|outcome`: what could be done about a relationship, and what was decided."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime

from groundrules.cli.exits import Exit
from groundrules.core.money import Money
from groundrules.core.profitability.relationship import Relationship
from groundrules.core.profitability.what_if import WhatIf, what_if
from groundrules.core.profitability.words import share
from groundrules.records.models import Client, Role
from groundrules.services import profit
from groundrules.services.actor import Actor

_SHELL = Actor("groundrules profit", Role.OWNER)


def add_deciding(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """This function will declare `what-if`, `decide` and `outcome`."""
    ways = actions.add_parser("what-if", help="what would come of each way, with its assumptions")
    ways.add_argument("client", help="the client's code")
    ways.add_argument(
        "--fee", metavar="AMOUNT", help="so much more a month; default: what the target needs"
    )
    decided = actions.add_parser("decide", help="put keep, change or exit on record")
    decided.add_argument("client")
    decided.add_argument("choice", choices=[choice.value for choice in profit.Choice])
    decided.add_argument("--why", required=True, help="the reason")
    decided.add_argument("--review", type=date.fromisoformat, required=True, metavar="DATE")
    decided.add_argument("--expected", default="", help="what should be different by then")
    decided.add_argument("--instead", default="", help="for an exit: why it can't be changed")
    happened = actions.add_parser("outcome", help="put on record what came of the last decision")
    happened.add_argument("client")
    happened.add_argument("--what", required=True, help="what happened")


def _judged(client: Client) -> Relationship:
    at = datetime.now(UTC)
    return profit.relationship(client, profit.last_months(at), at=at).relationship


def _what_if(args: argparse.Namespace) -> int:
    client = Client.objects.get(code=args.client)
    one = _judged(client)
    if one.answer is None:
        print(f"groundrules: {one.refused[0]}", file=sys.stderr)
        return Exit.CHECK_FAILED
    fee = Money.of(args.fee, client.currency) if args.fee else None
    now = one.answer.measures
    print(f"{client.name} now: {now.gross_profit}, margin {share(now.margin)}")
    for way in what_if(one.facts, fee):
        print("\n" + "\n".join(_lines(way)))
    return Exit.OK


def _lines(way: WhatIf) -> list[str]:
    then = way.measures
    came = f"{then.gross_profit}, margin {share(then.margin)}" if then else "no relationship"
    return [
        f"{way.way.value}: {way.title}",
        f"  would have been {came} ({way.change} against now)",
        *(f"  assumes: {each}" for each in way.assumptions),
    ]


def _decide(args: argparse.Namespace) -> int:
    client = Client.objects.get(code=args.client)
    proposed = profit.Proposed(
        profit.Choice(args.choice), args.why, args.expected, args.review, args.instead
    )
    profit.decide(client, proposed, _judged(client), actor=_SHELL, at=datetime.now(UTC))
    print(f"{client.name}: {args.choice}, looked at again on {args.review}.")
    return Exit.OK


def _outcome(args: argparse.Namespace) -> int:
    client = Client.objects.get(code=args.client)
    decided = profit.decisions_of(client)
    if not decided:
        print(f"groundrules: nothing was decided about {client.name} yet", file=sys.stderr)
        return Exit.NOT_FOUND
    profit.record_outcome(
        decided[0], args.what, _judged(client), actor=_SHELL, at=datetime.now(UTC)
    )
    print(f"{client.name}: what came of '{decided[0].choice}' is on record.")
    return Exit.OK


DECIDING: dict[str, Callable[[argparse.Namespace], int]] = {
    "what-if": _what_if,
    "decide": _decide,
    "outcome": _outcome,
}
