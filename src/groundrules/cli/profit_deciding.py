"""`groundrules profit what-if|decide|outcome`: what could be done about a relationship, and what was decided."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from groundrules.cli.exits import Exit
from groundrules.core.money import AmountImpossible, Money
from groundrules.core.profitability.relationship import Relationship
from groundrules.core.profitability.what_if import WhatIf, what_if
from groundrules.core.profitability.words import share
from groundrules.records.models import Client, RelationshipDecision
from groundrules.services import profit
from groundrules.services.who import acting


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
    decided.add_argument("--review", type=_day, required=True, metavar="DATE")
    decided.add_argument("--expected", default="", help="what should be different by then")
    decided.add_argument("--instead", default="", help="for an exit: why it can't be changed")
    letter = decided.add_argument_group("the letter to the client (drafted, never sent)")
    letter.add_argument(
        "--letter-from", type=_day, metavar="DATE", help="from; for an exit the last day"
    )
    letter.add_argument(
        "--tell", action="append", default=[], metavar="REASON", help="a reason the client reads"
    )
    letter.add_argument(
        "--raise-by", type=_percent, default=Fraction(0), metavar="PERCENT", help="new prices"
    )
    letter.add_argument(
        "--rule", action="append", default=[], metavar="SENTENCE", help="how you work then"
    )
    letter.add_argument("--clause", default="", help="default: the clause of the fees")
    happened = actions.add_parser("outcome", help="put on record what came of the last decision")
    happened.add_argument("client")
    happened.add_argument("--what", required=True, help="what happened")
    for one in (decided, happened):
        one.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")
    for one in (ways, decided, happened):
        one.add_argument("--json", action="store_true", help="as data")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        message = f"{text!r} is no day; write it as 2026-06-01"
        raise argparse.ArgumentTypeError(message) from wrong


def _percent(text: str) -> Fraction:
    if not re.match(r"-?[0-9]{1,4}(\.[0-9]{1,4})?\Z", text):
        message = f"{text!r} is no percentage; write it as 8 or 7.5"
        raise argparse.ArgumentTypeError(message)
    return Fraction(text)


def client_of(code: str) -> Client:
    """This function will return a client's card by its code; raises UnknownSubject with the codes there are."""
    client = Client.objects.filter(code=code).first()
    if client is None:
        known = ", ".join(Client.objects.order_by("code").values_list("code", flat=True)[:8])
        message = f"there is no client {code!r}; the clients are: {known or 'none yet'}"
        raise profit.UnknownSubject(message)
    return client


def _tell(args: argparse.Namespace, data: object, *lines: str) -> int:
    print(json.dumps(data, indent=2, ensure_ascii=False) if args.json else "\n".join(lines))
    return Exit.OK


def _judged(client: Client) -> Relationship:
    at = datetime.now(UTC)
    return profit.relationship(client, profit.last_months(at), at=at).relationship


def _what_if(args: argparse.Namespace) -> int:
    client = client_of(args.client)
    fee = _fee(args.fee, client.currency) if args.fee else None
    one = _judged(client)
    if one.answer is None:
        print(f"groundrules: {one.refused[0]}", file=sys.stderr)
        return Exit.CHECK_FAILED
    now, ways = one.answer.measures, what_if(one.facts, fee)
    data = {
        "client": client.code,
        "gross_profit": str(now.gross_profit),
        "margin": share(now.margin),
        "ways": [_data(way) for way in ways],
    }
    head = f"{client.name} now: {now.gross_profit}, margin {share(now.margin)}"
    return _tell(args, data, head, *("\n" + "\n".join(_lines(way)) for way in ways))


def _fee(text: str, currency: str) -> Money:
    try:
        return Money.of(Decimal(text), currency)
    except InvalidOperation as wrong:
        message = f"{text!r} is no amount; write the fee as 120.00"
        raise AmountImpossible(message) from wrong


def _data(way: WhatIf) -> dict[str, object]:
    then = way.measures
    return {
        "way": way.way.value,
        "title": way.title,
        "gross_profit": str(then.gross_profit) if then else "",
        "margin": share(then.margin) if then else "",
        "against_now": str(way.change),
        "assumes": list(way.assumptions),
    }


def _lines(way: WhatIf) -> list[str]:
    then = way.measures
    came = f"{then.gross_profit}, margin {share(then.margin)}" if then else "no relationship"
    return [
        f"{way.way.value}: {way.title}",
        f"  would have been {came} ({way.change} against now)",
        *(f"  assumes: {each}" for each in way.assumptions),
    ]


def _decide(args: argparse.Namespace) -> int:
    actor, client = acting(args.email), client_of(args.client)
    proposed = profit.Proposed(
        profit.Choice(args.choice), args.why, args.expected, args.review, args.instead, _told(args)
    )
    row = profit.decide(client, proposed, _judged(client), actor=actor, at=datetime.now(UTC))
    says = f"{client.name}: {args.choice}, looked at again on {args.review}."
    if row.letter:
        says += f" The letter is drafted: groundrules letter show {row.letter}"
    return _tell(args, _decision_data(client, row), says)


def _told(args: argparse.Namespace) -> profit.Told | None:
    if args.letter_from is None:
        if args.tell or args.rule or args.raise_by:
            message = "say from when with --letter-from, or leave the letter out"
            raise profit.DecisionRefused(message)
        return None
    return profit.Told(
        args.letter_from, tuple(args.tell), args.raise_by, tuple(args.rule), args.clause
    )


def _outcome(args: argparse.Namespace) -> int:
    actor, client = acting(args.email), client_of(args.client)
    decided = profit.decisions_of(client)
    if not decided:
        message = f"nothing was decided about {client.name} yet"
        raise profit.UnknownSubject(message)
    row = profit.record_outcome(
        decided[0], args.what, _judged(client), actor=actor, at=datetime.now(UTC)
    )
    says = f"{client.name}: what came of '{decided[0].choice}' is on record."
    return _tell(args, _decision_data(client, row), says)


def _decision_data(client: Client, row: RelationshipDecision) -> dict[str, object]:
    return {
        "client": client.code,
        "choice": row.choice,
        "reason": row.reason,
        "expected": row.expected,
        "review": row.review_date.isoformat() if row.review_date else "",
        "letter": row.letter,
        "recorded_by": row.recorded_by,
    }


DECIDING: dict[str, Callable[[argparse.Namespace], int]] = {
    "what-if": _what_if,
    "decide": _decide,
    "outcome": _outcome,
}
