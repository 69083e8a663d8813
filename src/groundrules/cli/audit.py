"""`groundrules audit`: who did what, when and why; and whether the book is as it was written."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.records.models import AuditEntry
from groundrules.services import audit_chain
from groundrules.services.actor import NotAllowed
from groundrules.services.audit_told import change_told
from groundrules.services.rights import may
from groundrules.services.who import NobodyToActAs, acting

NAME = "audit"
HELP = "Read who did what, and verify it."
NEEDS_DATABASE = True
_USUALLY = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list` and `verify`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="the newest entries first")
    listed.add_argument("--by", default="", metavar="WHO", help="only of somebody")
    listed.add_argument("--about", default="", metavar="RECORD", help="only about one record")
    listed.add_argument("--verb", default="", help="only verbs that begin so, such as users.")
    listed.add_argument("--count", type=int, default=_USUALLY, help=f"how many ({_USUALLY})")
    listed.add_argument("--as", dest="actor", default="", metavar="EMAIL", help="who asks")
    proven = actions.add_parser("verify", help="link what is new, and follow the chain of digests")
    for one in (listed, proven):
        one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "list": _list,
        "verify": _verify,
    }
    try:
        return actions[args.action](args)
    except (NotAllowed, NobodyToActAs) as refused:
        return refuse(refused, Exit.NOT_PERMITTED)


def _list(args: argparse.Namespace) -> int:
    may(acting(args.actor), "see:audit")
    rows = AuditEntry.objects.select_related("client").order_by("-recorded_at", "-pk")
    rows = rows.filter(recorded_by__icontains=args.by) if args.by else rows
    rows = rows.filter(subject=args.about) if args.about else rows
    rows = rows.filter(verb__startswith=args.verb) if args.verb else rows
    told = [
        {
            "at": row.recorded_at.isoformat(),
            "by": row.recorded_by,
            "verb": row.verb,
            "about": row.subject,
            "client": row.client.code if row.client else "",
            "says": row.says,
            "details": row.details,
        }
        for row in rows[: max(args.count, 0)]
    ]
    if args.json:
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return Exit.OK
    for one in told:
        print(f"{one['at']}  {one['by']}  {one['says']}")
        change = change_told(one["verb"], one["details"]).sentence
        if change:
            print(f"    {change}")
    return Exit.OK


def _verify(args: argparse.Namespace) -> int:
    while audit_chain.extend(at=timezone.now(), whole=True):
        continue
    report = audit_chain.verify()
    if args.json:
        print(json.dumps(asdict(report), indent=2))
    else:
        for fault in report.faults:
            print(f"NOT as it was written: {fault}")
        words = "hold" if not report.faults else f"were followed; {len(report.faults)} faults"
        print(f"{report.links} entries {words}. Last digest: {report.head or 'none yet'}")
        print("Keep the last digest elsewhere: a book that was cut short no longer ends in it.")
    return Exit.CHECK_FAILED if report.faults else Exit.OK
