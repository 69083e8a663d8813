"""`groundrules mail`: take mail in, see where it was filed, file what waits, and get an attachment out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.core.calendars import zone_label
from groundrules.records.models import (
    Asset,
    Client,
    Contact,
    Incident,
    IncomingMail,
    MailFiling,
    Vendor,
)
from groundrules.services import mail_in
from groundrules.services.actor import NotAllowed
from groundrules.services.who import NobodyToActAs, acting

NAME = "mail"
HELP = "Take mail in, see where it was filed, and file what waits."
NEEDS_DATABASE = True
_CARDS = (Client, Asset, Contact, Vendor, Incident)
_REFUSED: Mapping[type[Exception], Exit] = {
    **{card.DoesNotExist: Exit.NOT_FOUND for card in _CARDS},
    IncomingMail.DoesNotExist: Exit.NOT_FOUND,
    FileNotFoundError: Exit.NOT_FOUND,
    IsADirectoryError: Exit.BAD_INPUT,
    NotAllowed: Exit.NOT_PERMITTED,
    mail_in.AttachmentMissing: Exit.NOT_FOUND,
    mail_in.MailAlreadyFiled: Exit.CONFLICT,
    mail_in.MailRefused: Exit.BAD_INPUT,
    mail_in.MailboxUnusable: Exit.DEGRADED,
    mail_in.MailServerUnusable: Exit.BAD_INPUT,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the actions on mail."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    fetched = actions.add_parser("fetch", help="take in what waits in the mailbox")
    taken = actions.add_parser("take", help="take in mails from files (.eml)")
    taken.add_argument("file", nargs="+", type=Path, help="a mail as bytes")
    listed = actions.add_parser("list", help="mails that wait for a person, oldest first")
    listed.add_argument("--all", action="store_true", help="every mail, newest first")
    shown = actions.add_parser("show", help="one mail: its text, who it is from, and its way")
    filed = actions.add_parser("file", help="say whom a waiting mail is about")
    filed.add_argument("--client", required=True, help="the client's code")
    filed.add_argument("--asset", default="", help="the server's code")
    filed.add_argument("--contact", default="", help="the code of the contact who wrote it")
    filed.add_argument("--vendor", default="", help="the code of the vendor who wrote it")
    filed.add_argument("--incident", default="", help="the incident it belongs to")
    aside = actions.add_parser("set-aside", help="set a waiting mail aside, with a reason")
    aside.add_argument("--reason", required=True, help="why it concerns no client")
    saved = actions.add_parser("attachment", help="write a mail's attachment into a file")
    saved.add_argument("--number", type=int, required=True, help="which one, as show counts them")
    saved.add_argument(
        "--output", type=Path, required=True, help="the file to write; never one that exists"
    )
    for one in (shown, filed, aside, saved):
        one.add_argument("mail", help="the mail's reference (MAIL-...)")
    for one in (filed, aside):
        one.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")
    for one in (fetched, taken, listed, shown, filed, aside, saved):
        one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    try:
        rows = _ACTIONS[args.action](args)
    except tuple(_REFUSED) as refused:
        print(f"groundrules: {_words(refused)}", file=sys.stderr)
        return _REFUSED[type(refused)]
    except FileExistsError as there:
        print(f"groundrules: {there.filename} exists; name another file", file=sys.stderr)
        return Exit.CONFLICT
    if args.json:
        print(json.dumps([_as_data(row) for row in rows], indent=2))
    elif args.action == "show":
        print(_whole(rows[0]))
    else:
        print("\n".join(_line(row) for row in rows) or _NONE[args.action])
    return Exit.OK


_NONE = {
    "fetch": "No new mail.",
    "take": "These mails are in the books already.",
    "list": "No mail waits for a person. (--all lists every mail)",
}


def _words(refused: Exception) -> str:
    if isinstance(refused, OSError):
        return f"{refused.filename}: {refused.strerror}; nothing was taken in, written or changed"
    missing: dict[type[Exception], str] = {
        card.DoesNotExist: f"there is no such {card.__name__.lower()}" for card in _CARDS
    }
    missing[IncomingMail.DoesNotExist] = (
        "there is no such mail; groundrules mail list --all names them"
    )
    return missing.get(type(refused)) or str(refused)


def _fetch(_args: argparse.Namespace) -> list[IncomingMail]:
    return list(mail_in.collect(at=timezone.now()).taken)


def _take(args: argparse.Namespace) -> list[IncomingMail]:
    at = timezone.now()
    for path in args.file:
        path.open(
            "rb"
        ).close()  # All or none: a wrong name is refused before the first is taken in.
    taken = [mail_in.take_file(path.read_bytes(), name=path.name, at=at) for path in args.file]
    return [row for row in taken if row is not None]


def _list(args: argparse.Namespace) -> list[IncomingMail]:
    if args.all:
        return list(IncomingMail.objects.order_by("-pk"))
    return list(IncomingMail.objects.standing(MailFiling.WAITING).order_by("pk"))


def _show(args: argparse.Namespace) -> list[IncomingMail]:
    number = args.mail.upper().removeprefix("MAIL-")
    return [IncomingMail.objects.get(pk=int(number) if number.isdecimal() else 0)]


def _file(args: argparse.Namespace) -> list[IncomingMail]:
    client = Client.objects.get(code=args.client)
    placing = mail_in.Placing(
        client,
        client.assets.get(code=args.asset) if args.asset else None,
        client.contacts.get(code=args.contact) if args.contact else None,
        Vendor.objects.get(code=args.vendor) if args.vendor else None,
        Incident.objects.current().get(client=client, ref=args.incident) if args.incident else None,
    )
    (row,) = _show(args)
    mail_in.file_by_hand(row, placing, actor=acting(args.email), at=timezone.now())
    return _show(args)


def _set_aside(args: argparse.Namespace) -> list[IncomingMail]:
    (row,) = _show(args)
    mail_in.set_aside(row, args.reason, actor=acting(args.email), at=timezone.now())
    return _show(args)


def _attachment(args: argparse.Namespace) -> list[IncomingMail]:
    (row,) = _show(args)
    attached = mail_in.attachment(row, args.number)
    with args.output.open("xb") as file:
        file.write(attached.content)
    return [row]


def _line(row: IncomingMail) -> str:
    last = mail_in.last_filing(row)
    client = f" {last.client.code}" if last and last.client else ""
    says = f": {last.says}" if last and last.says else ""
    standing = f"{last.kind if last else 'arrived'}{client}{says}"
    return f"{row}  {row.sender or 'no sender'}  {row.subject or '(no subject)'} ({standing})"


def _whole(row: IncomingMail) -> str:
    read = row.to_core()
    lines = [
        _line(row),
        f"Arrived {zone_label(row.received_at, 'UTC')}, {row.length} bytes, SHA-256 {row.digest}",
    ]
    if read is None:
        return "\n".join([*lines, row.problem])
    lines += [f"  problem: {one}" for one in read.problems]
    lines += [
        f"  attachment {one.number}: {one.name}, {one.length} bytes{f' ({one.why_not})' if one.why_not else ''}"
        for one in read.attachments
    ]
    steps = [
        f"  {zone_label(one.recorded_at, 'UTC')}  {one.kind} {one.says}".rstrip()
        for one in row.filings.exclude(kind=MailFiling.TRYING).order_by("number")
    ]
    return "\n".join([*lines, "", read.text, "", *steps])


def _as_data(row: IncomingMail) -> dict[str, object]:
    read = row.to_core()
    return {
        "mail": str(row),
        "received_at": row.received_at.isoformat(),
        "sender": row.sender,
        "subject": row.subject,
        "message_id": row.message_id,
        "thread": row.thread,
        "sha256": row.digest,
        "problem": row.problem,
        "attachments": [
            {"number": a.number, "name": a.name, "bytes": a.length, "why_not": a.why_not}
            for a in (read.attachments if read else ())
        ],
        "way": [
            {
                "at": one.recorded_at.isoformat(),
                "by": one.recorded_by,
                "kind": one.kind,
                "client": one.client.code if one.client else None,
                "message": one.message.ref if one.message else None,
                "letter": one.letter.ref if one.letter else None,
                "trust": one.trust,
                "says": one.says,
            }
            for one in row.filings.select_related("client", "message", "letter").order_by("number")
        ],
    }


_Action = Callable[[argparse.Namespace], list[IncomingMail]]
_ACTIONS: Mapping[str, _Action] = {
    "fetch": _fetch,
    "take": _take,
    "list": _list,
    "show": _show,
    "file": _file,
    "set-aside": _set_aside,
    "attachment": _attachment,
}
