"""`groundrules recovery`: note a recovery, calls for help, the list made right after, and report it to the client."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.cli.vendor_words import NotOnRecord, add_client, client_named, local_time
from groundrules.core.agreements.words import duration_words
from groundrules.core.answers.recovery_story import RecoveryStory
from groundrules.core.calendars import zone_label
from groundrules.core.ids import AssetId, IncidentId
from groundrules.core.periods import ImpossibleLocalTime, local_instant
from groundrules.core.recovery import Recovery, data_loss_seconds, seconds_to_recover
from groundrules.core.work import ThirdPartyAttempt
from groundrules.records.models import Client, Incident
from groundrules.services import incidents, recovery
from groundrules.services.actor import NotAllowed
from groundrules.services.who import NobodyToActAs, acting

NAME = "recovery"
HELP = "Note a recovery and the calls for help, tell fallout from others' changes, and report it."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    recovery.RecoveryRefused: Exit.BAD_INPUT,
    ImpossibleLocalTime: Exit.BAD_INPUT,
    recovery.NoBaselineYet: Exit.CONFLICT,
    recovery.NoRecovery: Exit.NOT_FOUND,
    recovery.NoAgreement: Exit.NOT_FOUND,
    recovery.NoProvider: Exit.NOT_FOUND,
    NotOnRecord: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `note`, `call`, `baseline`, `show` and `letter`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    noted = actions.add_parser("note", help="note a recovery, or what is newly known of it")
    for name, required, help_ in (
        ("--failed", True, "when it failed, by the site's clock: 2007-02-20T13:10"),
        ("--restored-to", True, "the instant the restored data are of"),
        ("--written", False, "when the last of it was written back; checks after it speak for us"),
        ("--back", False, "when people could work again"),
    ):
        noted.add_argument(name, required=required, type=local_time, metavar="TIME", help=help_)
    noted.add_argument("--from", dest="source", default="", help="which backup it came from")
    noted.add_argument("--lost", type=int, default=None, metavar="N", help="records lost, counted")
    noted.add_argument("--verified-by", default="", help="who checked what was lost")
    called = actions.add_parser("call", help="note a call to a maker or vendor for help")
    called.add_argument("--party", required=True, help="who was called")
    called.add_argument("--says", required=True, help="how it ended: could not help")
    called.add_argument("--when", required=True, type=local_time, metavar="TIME", help="when")
    called.add_argument(
        "--returned", type=local_time, default=None, metavar="TIME", help="when we had it back"
    )
    kept = actions.add_parser(
        "baseline", help="keep the lists made right after (the worker does so by itself)"
    )
    shown = actions.add_parser("show", help="the whole record of a recovery")
    drafted = actions.add_parser("letter", help="draft the report to the client")
    for one in (noted, called, kept, shown, drafted):
        one.add_argument("incident", help="the incident's reference")
        add_client(one, acts=one is not shown)


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace, Client], int]] = {
        "note": _note,
        "call": _call,
        "baseline": _baseline,
        "show": _show,
        "letter": _letter,
    }
    try:
        return actions[args.action](args, client_named(args.client))
    except tuple(_REFUSED) as refused:
        number = next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))
        return refuse(refused, number)


def _incident(args: argparse.Namespace, client: Client) -> Incident:
    rows = Incident.objects.of_client(client).current().select_related("asset")
    row = rows.filter(ref=args.incident).first()
    if row is None:
        message = f"there is no incident {args.incident!r} of {client.code}"
        raise NotOnRecord(message)
    return row


def _instant(client: Client, wall: datetime | None) -> datetime | None:
    return None if wall is None else local_instant(client.zone, wall)


def _note(args: argparse.Namespace, client: Client) -> int:
    incident = _incident(args, client)
    noted = Recovery(
        IncidentId(incident.ref),
        AssetId(incident.asset.code),
        failed_at=local_instant(client.zone, args.failed),
        restore_point=local_instant(client.zone, args.restored_to),
        recovered_at=_instant(client, args.back),
        records_lost=args.lost,
        verified_by=args.verified_by.strip(),
        restored_from=args.source.strip(),
        restored_at=_instant(client, args.written),
    )
    recovery.note(noted, client=client, actor=acting(args.email_as), at=timezone.now())
    lost, took = data_loss_seconds(noted), seconds_to_recover(noted)
    told = {"incident": incident.ref, "seconds_lost": lost, "seconds_to_recover": took}
    back = "not back yet" if took is None else f"back after {duration_words(took)}"
    said = f"{incident.ref}: data-loss window {duration_words(lost)}, {back}."
    print(json.dumps(told) if args.json else said)
    return Exit.OK


def _call(args: argparse.Namespace, client: Client) -> int:
    incident = _incident(args, client)
    attempt = ThirdPartyAttempt(
        args.party.strip(),
        local_instant(client.zone, args.when),
        args.says.strip(),
        _instant(client, args.returned),
        IncidentId(incident.ref),
    )
    incidents.record_attempt(attempt, client=client, actor=acting(args.email_as), at=timezone.now())
    told = {"incident": incident.ref, "party": attempt.party, "outcome": attempt.outcome}
    print(json.dumps(told) if args.json else f"{incident.ref}: {attempt.party}: {attempt.outcome}")
    return Exit.OK


def _baseline(args: argparse.Namespace, client: Client) -> int:
    at = timezone.now()
    row = recovery.keep_baseline(
        _incident(args, client).ref, client=client, actor=acting(args.email_as), at=at
    )
    kept = row.to_core().baseline
    kinds = list(kept.kinds) if kept else []
    taken = kept.taken_at.isoformat() if kept else None
    told = {"incident": args.incident, "taken_at": taken, "kinds": kinds}
    said = f"{args.incident}: listed right after, at {taken}: {', '.join(kinds)}"
    print(json.dumps(told) if args.json else said)
    return Exit.OK


def _show(args: argparse.Namespace, client: Client) -> int:
    story = recovery.tell(_incident(args, client).ref, client=client, at=timezone.now())
    if args.json:
        print(json.dumps(_as_data(story), indent=2))
        return Exit.OK
    done = story.recovery
    took = seconds_to_recover(done)
    print(f"{story.incident.title} ({done.asset}, {done.incident})")
    print(f"  data-loss window: {duration_words(data_loss_seconds(done))}")
    print(f"  back after:       {'not back yet' if took is None else duration_words(took)}")
    lost = "not counted" if done.records_lost is None else str(done.records_lost)
    print(f"  records lost:     {lost} ({done.verified_by or 'verified by nobody'})")
    for _kept, says in story.promised:
        print(f"  promised:         {says}")
    for hours in story.hours:
        worth = f"{duration_words(hours.seconds)}, worth {hours.value}"
        print(f"  {hours.outcome.value}: {worth} ({', '.join(hours.clauses) or 'no clause'})")
    print(f"  charged:          {story.charged}")
    for one in story.timeline:
        print(f"{zone_label(one.at, client.zone)}  {one.says}")
    return Exit.OK


def _as_data(story: RecoveryStory) -> dict[str, object]:
    done = story.recovery
    return {
        "incident": done.incident,
        "server": done.asset,
        "seconds_lost": data_loss_seconds(done),
        "seconds_to_recover": seconds_to_recover(done),
        "records_lost": done.records_lost,
        "verified_by": done.verified_by,
        "promised": [{"kept": kept, "says": says} for kept, says in story.promised],
        "baseline": done.baseline.taken_at.isoformat() if done.baseline else None,
        "hours": {one.outcome.value: one.seconds for one in story.hours},
        "charged": str(story.charged),
        "changes": [
            {
                "change": one.change.id,
                "says": one.change.sentence,
                "origin": one.origin.value,
                "phase": one.phase.value,
                "because": one.sentence,
            }
            for one in story.changes
        ],
        "followed": [
            {"incident": one.incident.id, "origin": one.origin.value, "says": one.sentence}
            for one in story.followed
        ],
        "timeline": [
            {"at": one.at.isoformat(), "says": one.says, "record": one.fact.ref}
            for one in story.timeline
        ],
    }


def _letter(args: argparse.Namespace, client: Client) -> int:
    row = recovery.draft_letter(
        _incident(args, client).ref,
        client=client,
        actor=acting(args.email_as),
        at=timezone.now(),
    )
    told = {"letter": row.ref, "state": row.state, "subject": row.subject}
    said = f"{row.ref}: {row.subject} ({row.state}). Read it: groundrules letter show {row.ref}"
    print(json.dumps(told) if args.json else said)
    return Exit.OK
