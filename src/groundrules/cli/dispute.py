"""`groundrules dispute`: what clients and vendors say is wrong, opened on their behalf, answered, or taken back."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.core.calendars import zone_label
from groundrules.core.disputes import (
    Dispute,
    DisputeOutcome,
    DisputeRefused,
    DisputeSubject,
    last_day,
)
from groundrules.core.money import Money
from groundrules.records import models as books
from groundrules.services import disputes
from groundrules.services.actor import NotAllowed
from groundrules.services.overrides import PriceChanged
from groundrules.services.who import NobodyToActAs, acting

NAME = "dispute"
HELP = (
    "List, open on somebody's behalf, answer or take back disputes of decisions, facts and scores."
)
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    disputes.UnknownDispute: Exit.NOT_FOUND,
    DisputeRefused: Exit.BAD_INPUT,
    PriceChanged: Exit.CONFLICT,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}
_TIE = "tie"
_ANSWERS = (DisputeOutcome.UPHELD, DisputeOutcome.REJECTED, DisputeOutcome.SETTLED)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list`, `open`, `answer` and `withdraw`, each with `--json`."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    listed = _act(acts, "list", "what is disputed, the most pressing first", _list)
    listed.add_argument("--all", action="store_true", help="also what was answered")
    opened = _act(acts, "open", "on behalf of a client's contact or a vendor", _open)
    opened.add_argument(
        "subject", choices=[s.value for s in DisputeSubject], help="what it is about"
    )
    opened.add_argument("ref", help="DEC-…, INV-…/1, CHG-…, a login, or the vendor's code")
    opened.add_argument(
        "--by", required=True, help="the contact's code; with --vendor the person's name"
    )
    opened.add_argument("--vendor", default="", help="the vendor's code, when a vendor disputes")
    opened.add_argument("--reply-to", default="", help="the vendor's person's mail address")
    opened.add_argument("--message", default="", help="the call or mail it came by, MSG-…")
    answered = _act(acts, "answer", "what it comes to; with --confirm it counts", _answer)
    answered.add_argument("ref", help="the dispute, DSP-…")
    answered.add_argument("outcome", choices=[*(a.value for a in _ANSWERS), _TIE])
    answered.add_argument(
        "--credit", default="", help="settled: what is given back of a disputed line"
    )
    answered.add_argument("--confirm", action="store_true", help="answer at what it comes to now")
    taken = _act(acts, "withdraw", "by whoever raised it", _withdraw)
    taken.add_argument("ref", help="the dispute, DSP-…")
    for one in (opened, answered, taken):
        one.add_argument(
            "--says", required=True, help="why; it stays on record, and both sides read it"
        )
        one.add_argument(
            "--as", dest="email", default="", metavar="EMAIL", help="who acts (default: the owner)"
        )


def _act(
    acts: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    says: str,
    run_it: Callable[[argparse.Namespace, datetime], object],
) -> argparse.ArgumentParser:
    parser = acts.add_parser(name, help=says, description=says.capitalize() + ".")
    parser.add_argument("--client", default="", required=name != "list", help="the client's code")
    parser.add_argument("--json", action="store_true", help="print the answer as data")
    parser.set_defaults(run_it=run_it)
    return parser


def run(args: argparse.Namespace) -> int:
    """This function will do the act and print how the disputes stand."""
    try:
        args.run_it(args, timezone.now())
    except tuple(_REFUSED) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return _REFUSED[type(refused)]
    return Exit.OK


def _list(args: argparse.Namespace, at: datetime) -> None:
    rows = books.Dispute.objects.current().select_related("client").order_by("answer_by", "pk")
    rows = rows if args.all else rows.filter(answered_at__isnull=True)
    rows = rows.filter(client=_client(args.client)) if args.client else rows
    _print([*rows], at, as_json=args.json)


def _open(args: argparse.Namespace, at: datetime) -> None:
    client = _client(args.client)
    raised = disputes.Raised(
        DisputeSubject(args.subject), args.ref, args.says, _speaker(args, client, at), args.message
    )
    row = disputes.open_dispute(raised, client=client, actor=acting(args.email), at=at)
    _print([row], at, as_json=args.json)


def _answer(args: argparse.Namespace, at: datetime) -> None:
    row = disputes.standing_of(args.ref, _client(args.client))
    outcome = None if args.outcome == _TIE else DisputeOutcome(args.outcome)
    given = disputes.Given(outcome, args.says, _money(args.credit, row.client.currency))
    actor = acting(args.email)
    difference = disputes.foreseen(row, given, actor=actor, at=at)
    if args.confirm:
        row = disputes.answer(row, given, difference.minor, actor=actor, at=at)
        _print([row], at, as_json=args.json)
        return
    if args.json:
        print(
            json.dumps(
                {"dispute": row.ref, "would_change": str(difference.amount), "done": False},
                indent=2,
            )
        )
        return
    print(
        f"{row.ref}: what {row.client.name} is charged would change by {difference}. Nothing was changed;"
    )
    print("add --confirm to answer.")


def _withdraw(args: argparse.Namespace, at: datetime) -> None:
    row = disputes.standing_of(args.ref, _client(args.client))
    by = row.to_core().person
    row = disputes.withdraw(row, args.says, by=by, actor=acting(args.email), at=at)
    _print([row], at, as_json=args.json)


def _speaker(args: argparse.Namespace, client: books.Client, at: datetime) -> disputes.Speaker:
    if args.vendor:
        vendor = books.Vendor.objects.filter(code=args.vendor).first()
        if vendor is None:
            message = f"There is no vendor {args.vendor}."
            raise DisputeRefused(message)
        return disputes.vendor_named(vendor, args.by, args.reply_to)
    contact = client.contacts.filter(code=args.by).first()
    if contact is None:
        message = f"{client.name} has no contact {args.by}; see the client's page."
        raise DisputeRefused(message)
    return disputes.client_speaker(contact, at)


def _client(code: str) -> books.Client:
    row = books.Client.objects.filter(code=code).first()
    if row is None:
        message = f"no client {code or '(none given)'}"
        raise disputes.UnknownDispute(message)
    return row


def _money(text: str, currency: str) -> Money | None:
    try:
        return Money.of(text, currency) if text else None
    except (ValueError, ArithmeticError) as refused:
        message = f"{text} is no amount in {currency}; write one as 150.00"
        raise DisputeRefused(message) from refused


def _print(rows: list[books.Dispute], at: datetime, *, as_json: bool) -> None:
    found = [(row.client, row.to_core()) for row in rows]
    if as_json:
        print(json.dumps([_data(client, one, at) for client, one in found], indent=2))
        return
    for client, one in found:
        print(
            f"{client.code} {one.id}: {one.person} disputes {one.subject.value} {one.ref}. {_standing(one, client, at)}"
        )
        print(f"  “{one.says}”")
    if not found:
        print("Nothing is disputed.")


def _standing(one: Dispute, client: books.Client, at: datetime) -> str:
    if one.answer is not None:
        when = zone_label(one.answer.at, client.zone)
        return (
            f"{one.answer.outcome.value.capitalize()} by {one.answer.by}, {when}: {one.answer.says}"
        )
    held = f" {one.held} is held." if one.held else ""
    late = " The time to answer has passed." if one.is_late(at) else ""
    return f"To be answered by {last_day(one, client.zone)}.{held}{late}"


def _data(client: books.Client, one: Dispute, at: datetime) -> dict[str, object]:
    given = one.answer
    return {
        "client": client.code,
        "dispute": one.id,
        "subject": one.subject.value,
        "ref": one.ref,
        "side": one.side.value,
        "person": one.person,
        "raised_at": one.at.isoformat(),
        "says": one.says,
        "answer_by": one.answer_by.isoformat(),
        "late": one.is_late(at),
        "clause": one.clause,
        "held": str(one.held.amount) if one.held else None,
        "document": one.document,
        "outcome": given.outcome.value if given else None,
        "answered_by": given.by if given else None,
        "answered_at": given.at.isoformat() if given else None,
        "answer": given.says if given else None,
    }
