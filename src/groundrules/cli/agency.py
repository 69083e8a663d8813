"""`groundrules agency`: letters of agency, drafted, taken step by step, and whether one is in force at an instant."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.gate_windows import instant
from groundrules.cli.saying import refuse
from groundrules.cli.vendor_words import (
    NotOnRecord,
    add_client,
    client_named,
    local_time,
    say_drafted,
    vendor_named,
)
from groundrules.core.calendars import zone_label
from groundrules.core.ids import AssetId, VendorId
from groundrules.core.letters.draft_agency import AgencyIncomplete
from groundrules.core.periods import ImpossibleLocalTime, local_instant
from groundrules.core.vendors import (
    DatedStep,
    LetterOfAgency,
    LetterOfAgencyNotInForce,
    LetterOfAgencyStep,
    StepRefused,
    agency,
    letter_of_agency_status,
    next_steps,
)
from groundrules.records import models as books
from groundrules.services.access.deciding import calendar_of
from groundrules.services.actor import NotAllowed
from groundrules.services.agency import (
    Brought,
    NewLetter,
    UnknownLetterOfAgency,
    begin,
    introduce,
    letter_row,
    take_step,
)
from groundrules.services.who import NobodyToActAs, acting

NAME = "agency"
HELP = "Draft letters of agency, note their steps, and ask whether one is in force."
NEEDS_DATABASE = True
_MONTHS = 120
_REFUSED: Mapping[type[Exception], Exit] = {
    AgencyIncomplete: Exit.BAD_INPUT,
    StepRefused: Exit.CONFLICT,
    LetterOfAgencyNotInForce: Exit.CONFLICT,
    ImpossibleLocalTime: Exit.BAD_INPUT,
    NotOnRecord: Exit.NOT_FOUND,
    UnknownLetterOfAgency: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list`, `draft`, `step`, `introduce` and `in-force`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add_client(actions.add_parser("list", help="list a client's letters and what may come next"))
    draft = actions.add_parser("draft", help="draft a letter; its text is among the letters")
    draft.add_argument("--vendor", required=True, help="the vendor's code")
    draft.add_argument("--signer", required=True, help="who signs for the client")
    draft.add_argument("--months", type=_months, default=12, help="how long it is good (12)")
    draft.add_argument("--person", action="append", default=[], help="one of our people")
    draft.add_argument("--asset", action="append", default=[], help="a server; none: all of them")
    draft.add_argument("--verify-with", default="", help="how the vendor makes sure it is us")
    add_client(draft, acts=True)
    step = actions.add_parser("step", help="note that a letter has taken a step")
    step.add_argument("letter", help="its reference (LOA-1)")
    words = [one.value.replace(" ", "-") for one in LetterOfAgencyStep]
    step.add_argument("step", choices=words, help="what happened")
    step.add_argument("--when", type=local_time, help="by the site's clock; default: now")
    step.add_argument("--says", default="", help="what came of a call, why it was revoked")
    step.add_argument("--file", type=Path, help="the signed letter: a PDF or a picture")
    step.add_argument("--signed-by", default="", help="who signed it")
    add_client(step, acts=True)
    introduced = actions.add_parser(
        "introduce", help="draft our introduction to the vendor, once a letter is in force"
    )
    introduced.add_argument("letter", help="its reference (LOA-1)")
    add_client(introduced, acts=True)
    asked = actions.add_parser("in-force", help="say whether we may speak for the client")
    asked.add_argument("--vendor", required=True, help="the vendor's code")
    asked.add_argument("--asset", required=True, help="the server's code")
    asked.add_argument("--at", type=instant, help="an instant with its offset; default: now")
    add_client(asked)


def _months(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text[:9]) <= _MONTHS:
        message = f"a letter is good for 1 to {_MONTHS} months, not {text!r}"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace, books.Client, datetime], int]] = {
        "list": _list,
        "draft": _draft,
        "step": _step,
        "introduce": _introduce,
        "in-force": _in_force,
    }
    try:
        return actions[args.action](args, client_named(args.client), timezone.now())
    except OSError as unreadable:
        return refuse(f"the file can't be read: {unreadable}", Exit.NOT_FOUND)
    except tuple(_REFUSED) as refused:
        return refuse(refused, _REFUSED[type(refused)])


def _list(args: argparse.Namespace, client: books.Client, now: datetime) -> int:
    rows = books.LetterOfAgency.objects.current().of_client(client).order_by("pk")
    letters = [row.to_core() for row in rows]
    if args.json:
        told = [_data(one, client, now) for one in letters]
        print(json.dumps({"letters": told}, indent=2))
        return Exit.OK
    for one in letters:
        for line in _lines(one, client, now):
            print(line)
    if not letters:
        print(f"{client.name} has given no letter of agency.")
    return Exit.OK


def _lines(one: LetterOfAgency, client: books.Client, now: datetime) -> list[str]:
    status = letter_of_agency_status(one, now, client.zone, calendar_of(client, now))
    taken = "; ".join(f"{s.step.value} {zone_label(s.at, client.zone)}" for s in one.steps)
    may = ", ".join(step.value.replace(" ", "-") for step in next_steps(one)) or "nothing more"
    return [
        f"{one.id:<8} {one.vendor}: {status.state.value}. {status.sentence}",
        f"         {taken}",
        f"         next: {may}",
    ]


def _data(one: LetterOfAgency, client: books.Client, now: datetime) -> dict[str, object]:
    status = letter_of_agency_status(one, now, client.zone, calendar_of(client, now))
    last, due = status.last_valid_day, status.follow_up_due
    return {
        "reference": one.id,
        "vendor": one.vendor,
        "state": status.state.value,
        "in_force": status.in_force,
        "says": status.sentence,
        "last_valid_day": last.isoformat() if last else "",
        "call_due": due.isoformat() if due else "",
        "assets": sorted(one.assets),
        "signed_by": one.signed_by,
        "file_digest": one.file_digest,
        "steps": [
            {"step": s.step.value, "at": s.at.isoformat(), "says": s.says} for s in one.steps
        ],
        "next": [step.value for step in next_steps(one)],
    }


def _draft(args: argparse.Namespace, client: books.Client, now: datetime) -> int:
    people = tuple(args.person) or tuple(
        books.Technician.objects.order_by("name").values_list("name", flat=True)
    )
    wanted = NewLetter(args.months, tuple(args.asset), people, args.signer, args.verify_with)
    vendor, actor = vendor_named(args.vendor), acting(args.email_as)
    row = begin(wanted, vendor, client=client, actor=actor, at=now)
    return _show(args, row, client, now)


def _step(args: argparse.Namespace, client: books.Client, now: datetime) -> int:
    letter_row(client, args.letter)
    at = local_instant(client.zone, args.when) if args.when else now
    step = LetterOfAgencyStep(args.step.replace("-", " "))
    file: Path | None = args.file
    brought = Brought(file.name, file.read_bytes(), args.signed_by) if file else None
    row = take_step(
        args.letter,
        DatedStep(step, at, args.says.strip()),
        client=client,
        actor=acting(args.email_as),
        at=now,
        brought=brought,
    )
    return _show(args, row, client, now)


def _introduce(args: argparse.Namespace, client: books.Client, now: datetime) -> int:
    row = introduce(args.letter, client=client, actor=acting(args.email_as), at=now)
    return say_drafted(row, as_data=args.json)


def _show(
    args: argparse.Namespace, row: books.LetterOfAgency, client: books.Client, now: datetime
) -> int:
    letter = row.to_core()
    if args.json:
        print(json.dumps(_data(letter, client, now), indent=2))
    else:
        print("\n".join(_lines(letter, client, now)))
    return Exit.OK


def _in_force(args: argparse.Namespace, client: books.Client, now: datetime) -> int:
    """The exit number says it too: 0 in force, 6 not."""
    vendor = vendor_named(args.vendor)
    rows = books.LetterOfAgency.objects.current().of_client(client).order_by("pk")
    letters = [row.to_core() for row in rows]
    at = args.at or now
    found = agency(letters, VendorId(vendor.code), AssetId(args.asset), at, client.zone)
    if args.json:
        told = {"in_force": found.in_force, "at": at.isoformat(), "says": found.sentence}
        print(json.dumps(told, indent=2))
    else:
        print(f"{zone_label(at, client.zone)}: {found.sentence}")
    return Exit.OK if found.in_force else Exit.CHECK_FAILED
