"""`groundrules outgoing`: mails that are no letters and did not leave; send one again, or give it up."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.core.calendars import zone_label
from groundrules.records.models import OutgoingMail
from groundrules.services import outgoing
from groundrules.services.actor import NotAllowed
from groundrules.services.who import NobodyToActAs, acting

NAME = "outgoing"
HELP = "See which mails that are no letters did not leave; send one again, or give it up."
NEEDS_DATABASE = True
_DIGITS = 9  # More than any mail has.
_REFUSED: Mapping[type[Exception], Exit] = {
    OutgoingMail.DoesNotExist: Exit.NOT_FOUND,
    outgoing.MailNotOpen: Exit.CONFLICT,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}
_ACTS = {"again": outgoing.repeat, "give-up": outgoing.forget}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the actions on mails of ours."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="what is late, was refused, or may not have left")
    listed.add_argument("--all", action="store_true", help="every mail, newest first")
    again = actions.add_parser("again", help="send a refused or uncertain mail once more")
    gone = actions.add_parser("give-up", help="forget a refused or uncertain mail, and its words")
    for one in (again, gone):
        one.add_argument("mail", help="the mail's reference (OUT-...)")
        one.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")
    for one in (listed, again, gone):
        one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    try:
        rows = _listed(args) if args.action == "list" else [_acted(args)]
    except tuple(_REFUSED) as refused:
        missing = "there is no such mail; groundrules outgoing list --all names them"
        says = missing if isinstance(refused, OutgoingMail.DoesNotExist) else refused
        print(f"groundrules: {says}", file=sys.stderr)
        return _REFUSED[type(refused)]
    if args.json:
        print(json.dumps([_as_data(row) for row in rows], indent=2))
    else:
        print("\n".join(_line(row) for row in rows) or "Every mail left. (--all lists every mail)")
    return Exit.OK


def _listed(args: argparse.Namespace) -> list[OutgoingMail]:
    if args.all:
        return list(OutgoingMail.objects.defer("text", "attachments").order_by("-pk"))
    return list(outgoing.in_trouble())


def _acted(args: argparse.Namespace) -> OutgoingMail:
    number = args.mail.upper().removeprefix("OUT-")
    known = number.isdecimal() and len(number) <= _DIGITS
    row = OutgoingMail.objects.get(pk=int(number) if known else 0)
    return _ACTS[args.action](row, actor=acting(args.email), at=timezone.now())


def _line(row: OutgoingMail) -> str:
    says = f": {row.says}" if row.says else ""
    when = zone_label(row.changed_at, "UTC")
    return f"{row}  {row.to}  {row.subject} ({row.state}, {when}{says})"


def _as_data(row: OutgoingMail) -> dict[str, object]:
    return {
        "mail": str(row),
        "reference": row.reference,
        "to": row.to,
        "subject": row.subject,
        "state": row.state,
        "says": row.says,
        "attempts": row.attempts,
        "written_at": row.written_at.isoformat(),
        "changed_at": row.changed_at.isoformat(),
        "due_at": row.due_at.isoformat() if row.state in OutgoingMail.UNFINISHED else None,
    }
