"""`groundrules rules`: a vendor's rules of engagement, published version by version, and who accepted which."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.cli.vendor_words import (
    NotOnRecord,
    add_vendor,
    client_named,
    say_drafted,
    vendor_named,
)
from groundrules.core.calendars import zone_label
from groundrules.core.vendors.rules import Unaccepted
from groundrules.core.vendors.rules_library import LIBRARY, RuleClause, RulesIncomplete
from groundrules.records import models as books
from groundrules.services.access.announcing import rules_text
from groundrules.services.access.rules import (
    NewRules,
    RulesChanged,
    accept_in_writing,
    publish,
    standing_of,
    versions_of,
)
from groundrules.services.access.rules_letter import draft_rules_letter
from groundrules.services.actor import NotAllowed
from groundrules.services.who import NobodyToActAs, acting

NAME = "rules"
HELP = "Publish a vendor's rules of engagement, and say who accepted which version."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    RulesIncomplete: Exit.BAD_INPUT,
    RulesChanged: Exit.CONFLICT,
    NotOnRecord: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `library`, `show`, `publish`, `letter` and `accept`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    library = actions.add_parser("library", help="list the clauses there are")
    library.add_argument("--json", action="store_true", help="print data")
    add_vendor(actions.add_parser("show", help="how a vendor stands to its rules"))
    new = actions.add_parser("publish", help="publish the next version; who has a link is told")
    add_vendor(new, acts=True)
    new.add_argument(
        "--clause", action="append", default=[], help="a clause's id; none: the whole library"
    )
    new.add_argument("--own", action="append", default=[], help="a sentence of your own")
    new.add_argument(
        "--own-german",
        action="append",
        default=[],
        help="the same in German, in the order of --own; needed where the vendor reads German",
    )
    new.add_argument(
        "--mark",
        action="store_true",
        help="let requests through and mark them until it is accepted, instead of refusing them",
    )
    new.add_argument(
        "--per-agreement",
        action="store_true",
        help="ask again when a new version of the client's agreement comes into force",
    )
    letter = actions.add_parser(
        "letter", help="draft the letter with the newest version, for review"
    )
    add_vendor(letter, acts=True)
    accepted = actions.add_parser("accept", help="note that a person accepted it in writing")
    add_vendor(accepted, acts=True)
    accepted.add_argument("--version", type=int, required=True, help="the version, the newest")
    accepted.add_argument("--person", required=True, help="who accepted it, by name")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    if args.action == "library":
        return _library(args)
    actions: Mapping[
        str, Callable[[argparse.Namespace, books.Client, books.Vendor, datetime], None]
    ] = {"show": lambda *_: None, "publish": _publish, "accept": _accept}
    try:
        client, vendor = client_named(args.client), vendor_named(args.vendor)
        if args.action == "letter":
            return _letter(args, client, vendor)
        actions[args.action](args, client, vendor, timezone.now())
    except tuple(_REFUSED) as refused:
        return refuse(refused, _REFUSED[type(refused)])
    return _show(args, client, vendor)


def _library(args: argparse.Namespace) -> int:
    if args.json:
        print(json.dumps({"clauses": [_told(clause) for clause in LIBRARY]}, indent=2))
        return Exit.OK
    for clause in LIBRARY:
        print(f"{clause.id:<18} {clause.text}")
    return Exit.OK


def _told(clause: RuleClause) -> dict[str, object]:
    others = {one.language: {"title": one.title, "text": one.text} for one in clause.others}
    return {
        "id": clause.id,
        "title": clause.title,
        "text": clause.text,
        "language": clause.language,
        "others": others,
    }


def _publish(
    args: argparse.Namespace, client: books.Client, vendor: books.Vendor, now: datetime
) -> None:
    clauses = tuple(args.clause) or tuple(clause.id for clause in LIBRARY)
    meanwhile = Unaccepted.MARK if args.mark else Unaccepted.REFUSE
    wanted = NewRules(
        clauses,
        tuple(args.own),
        tuple(args.own_german),
        meanwhile,
        per_agreement=args.per_agreement,
    )
    publish(wanted, vendor, client=client, actor=acting(args.email_as), at=now)


def _letter(args: argparse.Namespace, client: books.Client, vendor: books.Vendor) -> int:
    row = draft_rules_letter(vendor, client=client, actor=acting(args.email_as), at=timezone.now())
    return say_drafted(row, as_data=args.json)


def _accept(
    args: argparse.Namespace, client: books.Client, vendor: books.Vendor, now: datetime
) -> None:
    actor = acting(args.email_as)
    accept_in_writing(vendor, args.version, args.person, client=client, actor=actor, at=now)


def _show(args: argparse.Namespace, client: books.Client, vendor: books.Vendor) -> int:
    now = timezone.now()
    standing, versions = standing_of(client, vendor, now), versions_of(client, vendor)
    newest, accepted = standing.rules, standing.accepted
    if args.json:
        told = {
            "client": client.code,
            "vendor": vendor.code,
            "version": newest.version if newest else 0,
            "published": newest.published_at.isoformat() if newest else "",
            "waits": standing.waits,
            "refuses": standing.refuses,
            "per_agreement": newest.per_agreement if newest else False,
            "agreement": standing.agreement,
            "accepted_by": accepted.accepted_by if accepted else "",
            "accepted_at": accepted.at.isoformat() if accepted else "",
            "clauses": [_told(clause) for clause in (newest.clauses if newest else ())],
            "versions": [one.version for one in versions],
        }
        print(json.dumps(told, indent=2))
        return Exit.OK
    if newest is None:
        print(f"No rules are published for {vendor.name} at {client.name}.")
        return Exit.OK
    print(f"Version {newest.version}, {zone_label(newest.published_at, client.zone)}")
    print(rules_text(newest))
    if accepted:
        print(f"Accepted by {accepted.accepted_by}, {zone_label(accepted.at, client.zone)}.")
    else:
        print(f"Not accepted yet: requests are {'refused' if standing.refuses else 'marked'}.")
    return Exit.OK
