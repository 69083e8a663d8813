"""What the commands about vendors read and say alike: a client, a vendor, who acts, an instant, days and hours."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, time

from groundrules.cli.exits import Exit
from groundrules.core.periods import wall_time
from groundrules.records.models import Client, LetterDraft, Vendor

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class NotOnRecord(LookupError):
    """A command names a client, a vendor or something of theirs that is not on record."""


def add_vendor(parser: argparse.ArgumentParser, *, acts: bool = False) -> None:
    """This function will declare the vendor, `--client`, `--json` and, for what writes, `--as`."""
    parser.add_argument("vendor", help="the vendor's code")
    add_client(parser, acts=acts)


def add_client(parser: argparse.ArgumentParser, *, acts: bool = False) -> None:
    """This function will declare `--client`, `--json` and, for what writes, `--as`."""
    parser.add_argument("--client", required=True, help="the client's code")
    parser.add_argument("--json", action="store_true", help="print data")
    if acts:
        parser.add_argument("--as", dest="email_as", default="", metavar="EMAIL", help="who acts")


def client_named(code: str) -> Client:
    """This function will return a client; raises NotOnRecord."""
    found = Client.objects.filter(code=code).first()
    if found is None:
        message = f"there is no client {code!r}"
        raise NotOnRecord(message)
    return found


def vendor_named(code: str) -> Vendor:
    """This function will return a vendor; raises NotOnRecord."""
    found = Vendor.objects.filter(code=code).first()
    if found is None:
        message = f"there is no vendor {code!r}"
        raise NotOnRecord(message)
    return found


def say_drafted(row: LetterDraft, *, as_data: bool) -> Exit:
    """This function will say which letter was drafted, and how to read it."""
    if as_data:
        print(json.dumps({"letter": row.ref, "subject": row.subject, "state": row.state}, indent=2))
    else:
        print(
            f"{row.ref} is {row.state}: {row.subject}. Read it: groundrules letter show {row.ref}"
        )
    return Exit.OK


def local_time(text: str) -> datetime:
    """This function will read a time of the site's clock, such as 2026-03-05T18:00."""
    try:
        return wall_time(text)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from wrong


def clock(text: str) -> time:
    """This function will read an hour of the day, such as 18:00."""
    try:
        at = time.fromisoformat(text)
    except ValueError as wrong:
        message = f"{text!r} is no hour of the day; write one such as 18:00"
        raise argparse.ArgumentTypeError(message) from wrong
    if at.tzinfo is not None:
        message = f"{text!r} holds a zone; hours are by the site's clock"
        raise argparse.ArgumentTypeError(message)
    return at


def days(text: str) -> frozenset[int]:
    """This function will read days of the week, such as `mon,tue` or `mon-fri`."""
    found: set[int] = set()
    for part in text.casefold().split(","):
        first, _, last = part.strip().partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            message = f"{text!r} names no days; write such as mon-fri or mon,thu"
            raise argparse.ArgumentTypeError(message)
        start, end = DAYS.index(first), DAYS.index(last or first)
        found |= {number % 7 for number in range(start, end + 1 if end >= start else end + 8)}
    return frozenset(found)


def days_text(chosen: frozenset[int]) -> str:
    """This function will write days of the week."""
    return ",".join(DAYS[number] for number in sorted(chosen))
