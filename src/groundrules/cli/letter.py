"""`groundrules letter`: list letters, read one, approve, hold, release, send, call back, and send once more."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping

from django.utils import timezone

from groundrules.cli import letter_verify
from groundrules.cli.exits import Exit
from groundrules.core.calendars import zone_label
from groundrules.records.models import Client, Letter, LetterDraft
from groundrules.services import delivering, letters
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.letter_paper import text_of
from groundrules.services.letter_signing import LetterUnsigned
from groundrules.services.who import NobodyToActAs, acting
from groundrules.services.world import NoAgreement, NoProvider

NAME = "letter"
HELP = "Review letters, send them, call them back, and see whether they arrived."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    Client.DoesNotExist: Exit.NOT_FOUND,
    LetterDraft.DoesNotExist: Exit.NOT_FOUND,
    Letter.DoesNotExist: Exit.NOT_FOUND,
    letters.LetterAlreadyLeaving: Exit.CONFLICT,
    letters.LetterChanged: Exit.CONFLICT,
    letters.LetterNotOpen: Exit.CONFLICT,
    letters.LetterNotApproved: Exit.CONFLICT,
    letters.OwnLetter: Exit.NOT_PERMITTED,
    letters.ReasonMissing: Exit.BAD_INPUT,
    delivering.NothingToRepeat: Exit.CONFLICT,
    NoAgreement: Exit.NOT_FOUND,
    NoProvider: Exit.NOT_FOUND,
    LetterUnsigned: Exit.CONFLICT,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the actions on letters."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="every letter, newest first, with how it stands")
    listed.add_argument("--client", default="", help="only this client's (its code)")
    drafted = actions.add_parser("draft", help="draft every letter that today's facts call for")
    drafted.add_argument("--client", required=True, help="the client's code")
    shown = actions.add_parser("show", help="one letter's text and its way")
    acts = [
        actions.add_parser(name, help=said)
        for name, said in (
            ("approve", "approve a draft for sending"),
            ("hold", "hold a draft back, with a reason"),
            ("release", "open a held draft again"),
            ("send", "let an approved letter leave after the hold"),
            ("call-back", "call a letter back before it left"),
            ("repeat", "send a refused, returned or uncertain letter once more"),
        )
    ]
    letter_verify.add_arguments(actions)
    acts[0].add_argument("--confirm", default="", help="for your own letter: its server's name")
    acts[1].add_argument("--reason", required=True, help="why it waits")
    for one in (shown, *acts):
        one.add_argument("letter", help="the letter's reference (LTR-...)")
    for one in (drafted, *acts):
        one.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")
    for one in (listed, drafted, shown, *acts):
        one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    if args.action == "verify":
        return letter_verify.run(args)
    try:
        rows = _ACTIONS[args.action](args)
    except tuple(_REFUSED) as refused:
        print(f"groundrules: {_words(refused)}", file=sys.stderr)
        return _REFUSED[type(refused)]
    if args.json:
        print(json.dumps([_as_data(row) for row in rows], indent=2))
    else:
        print("\n".join(_line(row) for row in rows) or "No letter.")
        if args.action == "show":
            print(_whole(rows[0]))
    return Exit.OK


def _words(refused: Exception) -> str:
    missing: dict[type[Exception], str] = {
        Client.DoesNotExist: "there is no such client",
        LetterDraft.DoesNotExist: "there is no such letter; groundrules letter list names them",
        Letter.DoesNotExist: "that letter was not sent yet",
    }
    return missing.get(type(refused)) or str(refused)


def _list(args: argparse.Namespace) -> list[LetterDraft]:
    rows = LetterDraft.objects.select_related("client", "asset").order_by("-drafted_at", "-pk")
    return list(rows.filter(client__code=args.client) if args.client else rows)


def _draft(args: argparse.Namespace) -> list[LetterDraft]:
    client = Client.objects.get(code=args.client)
    return list(letters.draft(client=client, actor=acting(args.email), at=timezone.now()))


def _show(args: argparse.Namespace) -> list[LetterDraft]:
    return [LetterDraft.objects.select_related("client", "asset").get(ref=args.letter)]


def _act(verb: Callable[[LetterDraft, Actor, argparse.Namespace], object]) -> _Action:
    def act(args: argparse.Namespace) -> list[LetterDraft]:
        (row,) = _show(args)
        verb(row, acting(args.email), args)
        return _show(args)

    return act


def _approve(row: LetterDraft, actor: Actor, args: argparse.Namespace) -> None:
    letters.approve(draft=row, actor=actor, at=timezone.now(), confirmed=args.confirm)


def _hold(row: LetterDraft, actor: Actor, args: argparse.Namespace) -> None:
    letters.hold(draft=row, reason=args.reason, actor=actor, at=timezone.now())


def _release(row: LetterDraft, actor: Actor, _args: argparse.Namespace) -> None:
    letters.release(draft=row, actor=actor, at=timezone.now())


def _send(row: LetterDraft, actor: Actor, _args: argparse.Namespace) -> None:
    letters.queue(draft=row, actor=actor, at=timezone.now())


def _call_back(row: LetterDraft, actor: Actor, _args: argparse.Namespace) -> None:
    letters.call_back(draft=row, actor=actor, at=timezone.now())


def _repeat(row: LetterDraft, actor: Actor, _args: argparse.Namespace) -> None:
    delivering.repeat(Letter.objects.get(draft=row), actor=actor, at=timezone.now())


def _standing(row: LetterDraft) -> str:
    letter = Letter.objects.filter(draft=row).first()
    last = delivering.last_of(letter) if letter else None
    if last is not None:
        return f"{row.state}, {last.kind}" + (f": {last.says}" if last.says else "")
    leaves = zone_label(row.leaves_at, row.client.zone) if row.leaves_at else ""
    return f"{row.state}, leaves at {leaves}" if leaves else row.state


def _line(row: LetterDraft) -> str:
    return f"{row.ref}  {row.client.code}  {row.kind}: {row.subject} ({_standing(row)})"


def _whole(row: LetterDraft) -> str:
    letter = Letter.objects.filter(draft=row).first()
    if letter is None:
        return text_of(row)
    zone = row.client.zone
    way = [
        f"  {zone_label(one.recorded_at, zone)}  {one.kind} {one.says}".rstrip()
        for one in letter.deliveries.order_by("number")
    ]
    return "\n".join([letter.text, *way])


def _as_data(row: LetterDraft) -> dict[str, object]:
    letter = Letter.objects.filter(draft=row).first()
    return {
        "letter": row.ref,
        "client": row.client.code,
        "asset": row.asset.code if row.asset else None,
        "kind": row.kind,
        "subject": row.subject,
        "state": row.state,
        "leaves_at": row.leaves_at.isoformat() if row.leaves_at else None,
        "message_id": letter.sent_as if letter else None,
        "signed_by": letter.signed_by if letter else "",
        "way": [
            {"at": one.recorded_at.isoformat(), "kind": one.kind, "says": one.says}
            for one in (letter.deliveries.order_by("number") if letter else ())
        ],
    }


_Action = Callable[[argparse.Namespace], list[LetterDraft]]
_ACTIONS: Mapping[str, _Action] = {
    "list": _list,
    "draft": _draft,
    "show": _show,
    "approve": _act(_approve),
    "hold": _act(_hold),
    "release": _act(_release),
    "send": _act(_send),
    "call-back": _act(_call_back),
    "repeat": _act(_repeat),
}
