"""`groundrules evidence star`, `unstar`, `tray`, `use`: keep things on record at hand, put copies in documents."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.cli.vendor_words import NotOnRecord as NoClient
from groundrules.cli.vendor_words import client_named
from groundrules.core.answers.recovery_story import NoRecovery
from groundrules.core.ids import AssetId
from groundrules.core.letters.enclosing import WORDS, NotForThisLetter, StarKind
from groundrules.records.models import Client, FrozenCopy, LetterDraft, Star
from groundrules.services import letters, lifecycle, tray, tray_use
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.starred import NotOnRecord
from groundrules.services.who import NobodyToActAs, acting
from groundrules.services.world import NoAgreement, NoProvider

_REFUSED: Mapping[type[Exception], Exit] = {
    NoClient: Exit.NOT_FOUND,
    NotOnRecord: Exit.NOT_FOUND,
    NoRecovery: Exit.NOT_FOUND,
    NoAgreement: Exit.NOT_FOUND,
    NoProvider: Exit.NOT_FOUND,
    tray.TrayFull: Exit.CONFLICT,
    tray.NobodysTray: Exit.NOT_PERMITTED,
    tray_use.NothingChosen: Exit.BAD_INPUT,
    tray_use.OfAnotherClient: Exit.BAD_INPUT,
    NotForThisLetter: Exit.BAD_INPUT,
    letters.LetterNotOpen: Exit.CONFLICT,
    lifecycle.NothingToSuspend: Exit.CONFLICT,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_actions(actions: argparse._SubParsersAction[Any]) -> None:
    """This function will declare the four actions of the tray."""
    for name, says, run in (
        ("star", "keep a change, login, ticket, message, file or invoice line at hand", _star),
        ("unstar", "take a thing out of your tray", _unstar),
    ):
        one = actions.add_parser(name, help=says)
        one.add_argument("kind", choices=[kind.value.replace(" ", "-") for kind in StarKind])
        one.add_argument("ref", help="its reference (CHG-…; a file's SHA-256)")
        one.add_argument("--client", required=True, help="the client's code")
        _finish(one, run)
    shown = actions.add_parser("tray", help="list what you starred, and where it was used")
    shown.add_argument("--client", default="", help="only this client's (its code)")
    _finish(shown, _tray)
    used = actions.add_parser("use", help="put frozen copies of what you starred in a document")
    used.add_argument("ref", nargs="*", help="which ones; none takes all of the client's")
    used.add_argument("--client", required=True, help="the client's code")
    where = used.add_mutually_exclusive_group(required=True)
    where.add_argument("--notice", metavar="SERVER", help="a new notice about this server")
    where.add_argument("--letter", metavar="LETTER", help="an open letter (LTR-…)")
    where.add_argument("--report", metavar="INCIDENT", help="the report of its recovery")
    where.add_argument("--ticket", metavar="INCIDENT", help="the ticket itself (INC-…)")
    _finish(used, _use)


def _finish(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], Exit]) -> None:
    parser.add_argument("--as", default="", dest="email", metavar="EMAIL", help="whose tray")
    parser.add_argument("--json", action="store_true", help="print data")
    parser.set_defaults(run=lambda args: _run(run, args))


def _run(run: Callable[[argparse.Namespace], Exit], args: argparse.Namespace) -> Exit:
    try:
        return run(args)
    except tuple(_REFUSED) as refused:
        return refuse(refused, _REFUSED[type(refused)])


def _kind(args: argparse.Namespace) -> StarKind:
    return StarKind(args.kind.replace("-", " "))


def _star(args: argparse.Namespace) -> Exit:
    client, actor = client_named(args.client), acting(args.email)
    row = tray.star(client=client, kind=_kind(args), ref=args.ref, actor=actor, at=timezone.now())
    return _say(f"{row.ref} is in the tray of {actor.label}.", {"starred": row.ref}, args)


def _unstar(args: argparse.Namespace) -> Exit:
    client, actor = client_named(args.client), acting(args.email)
    was = tray.unstar(client=client, kind=_kind(args), ref=args.ref, actor=actor)
    says = "is no longer" if was else "was not"
    return _say(f"{args.ref} {says} in the tray of {actor.label}.", {"removed": was}, args)


def _say(words: str, data: dict[str, object], args: argparse.Namespace) -> Exit:
    print(json.dumps(data, indent=2) if args.json else words)
    return Exit.OK


def _tray(args: argparse.Namespace) -> Exit:
    client = client_named(args.client) if args.client else None
    rows = tray.tray(acting(args.email), client)
    if args.json:
        print(json.dumps([_as_data(row) for row in rows], indent=2, ensure_ascii=False))
    else:
        print("\n".join(_line(row) for row in rows) or "Nothing is starred.")
    return Exit.OK


def _line(row: tray.InTray) -> str:
    says = row.thing.says if row.thing else "no longer on record"
    known = (row.thing.strength if row.thing else "") or "written down by a person"
    used = f"; used in {', '.join(copy.document for copy in row.used)}" if row.used else ""
    internal = "; internal, no letter holds it" if row.is_internal else ""
    word = WORDS[StarKind(row.star.kind)]
    return f"{row.star.client.code}  {row.star.ref}  {word}, {known}{internal}{used}\n    {says}"


def _as_data(row: tray.InTray) -> dict[str, object]:
    return {
        "client": row.star.client.code,
        "kind": row.star.kind,
        "ref": row.star.ref,
        "says": row.thing.says if row.thing else None,
        "strength": row.thing.strength if row.thing else None,
        "internal": row.is_internal,
        "starred_at": row.star.at.isoformat(),
        "used_in": [
            {"place": copy.place, "document": copy.document, "sha256": copy.digest}
            for copy in row.used
        ],
    }


def _use(args: argparse.Namespace) -> Exit:
    client, actor, at = client_named(args.client), acting(args.email), timezone.now()
    stars = _named(client, actor, args.ref)
    if args.ticket:
        tray_use.use_in_ticket(stars, client=client, incident=args.ticket, actor=actor, at=at)
        copies = FrozenCopy.objects.standing().filter(client=client)
        return _say_copies(copies.used_in(FrozenCopy.TICKET, args.ticket), args.ticket, args)
    if args.notice:
        asset = AssetId(args.notice)
        draft = tray_use.use_in_notice(stars, client=client, asset=asset, actor=actor, at=at)
    elif args.report:
        draft = tray_use.use_in_report(
            stars, client=client, incident=args.report, actor=actor, at=at
        )
    else:
        draft = tray_use.use_in_letter(stars, draft=_letter(client, args), actor=actor, at=at)
    copies = FrozenCopy.objects.standing().filter(client=client)
    return _say_copies(copies.used_in(FrozenCopy.LETTER, draft.ref), draft.ref, args)


def _letter(client: Client, args: argparse.Namespace) -> LetterDraft:
    row = LetterDraft.objects.filter(ref=args.letter, client=client).first()
    if row is None:
        message = f"{client.name} has no letter {args.letter!r}; groundrules letter list --client {client.code}"
        raise NotOnRecord(message)
    return row


def _named(client: Client, actor: Actor, refs: list[str]) -> tuple[Star, ...]:
    rows = tuple(tray.stars_of(actor).filter(client=client))
    missing = set(refs) - {row.ref for row in rows}
    if missing:
        message = f"{', '.join(sorted(missing))} is not starred at {client.name}; groundrules evidence tray lists it"
        raise NotOnRecord(message)
    return tuple(row for row in rows if not refs or row.ref in refs)


def _say_copies(copies: Any, document: str, args: argparse.Namespace) -> Exit:  # noqa: ANN401 - a query set of copies
    told = [{"ref": row.ref, "strength": row.strength, "sha256": row.digest} for row in copies]
    if args.json:
        print(json.dumps({"document": document, "copies": told}, indent=2))
        return Exit.OK
    print(f"{document} holds {len(told)} frozen {'copy' if len(told) == 1 else 'copies'}:")
    print("\n".join(f"  {one['ref']}  SHA-256 {one['sha256']}" for one in told))
    return Exit.OK
