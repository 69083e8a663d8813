"""`groundrules visit`: what a vendor's visit was against what had been agreed."""

from __future__ import annotations

import argparse
import json
import sys

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.core.answers.visiting import VisitReport
from groundrules.core.calendars import zone_label
from groundrules.core.vendors import DeviationKind
from groundrules.records.models import Client
from groundrules.services.gate import UnknownWindow
from groundrules.services.visits import NotAVendorsWindow, visit

NAME = "visit"
HELP = "Report a vendor's visit: its changes and logins against the window."
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the window, the client, and `--json`."""
    parser.add_argument("window", help="the window's reference (WIN-31)")
    parser.add_argument("--client", required=True, help="the client's code")
    parser.add_argument("--json", action="store_true", help="as data")


def run(args: argparse.Namespace) -> int:
    """This function will print the report of one window."""
    client = Client.objects.filter(code=args.client).first()
    if client is None:
        print(f"groundrules: there is no client {args.client!r}", file=sys.stderr)
        return Exit.NOT_FOUND
    try:
        report = visit(client, args.window, timezone.now())
    except UnknownWindow as unknown:
        print(f"groundrules: {unknown}", file=sys.stderr)
        return Exit.NOT_FOUND
    except NotAVendorsWindow as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return Exit.BAD_INPUT
    print(json.dumps(_as_data(report), indent=2) if args.json else _story(report, client.zone))
    return Exit.OK


def _story(report: VisitReport, zone: str) -> str:
    window = report.window
    end = window.period.end
    until = f" to {zone_label(end, zone)}" if end else ""
    lines = [
        f"{window.id}: {report.vendor.name} on {window.asset}, {zone_label(window.period.start, zone)}{until}",
        report.sentence if report.over else f"{report.sentence} The window is not over.",
    ]
    lines += [f"  {one.sentence}" for one in report.deviations]
    lines += [
        f"  {zone_label(one.change.interval.not_after, zone)}  {one.place.value}: "
        f"{one.change.sentence} ({one.attribution.strength.value})"
        for one in report.changes
    ]
    lines += [f"  Meanwhile, not {report.vendor.name}'s: {c.sentence}" for c in report.unnamed]
    lines += [f"  {health.sentence}" for health in report.health]
    return "\n".join(lines)


def _as_data(report: VisitReport) -> dict[str, object]:
    window = report.window
    return {
        "window": window.id,
        "asset": window.asset,
        "vendor": report.vendor.id,
        "starts_at": window.period.start.isoformat(),
        "ends_at": window.period.end.isoformat() if window.period.end else None,
        "over": report.over,
        "says": report.sentence,
        "minutes_early": report.minutes(DeviationKind.EARLY),
        "minutes_over": report.minutes(DeviationKind.OVERRUN),
        "sessions": [
            {
                "session": one.id,
                "account": one.account,
                "started": one.started.isoformat(),
                "ended": one.ended.isoformat() if one.ended else None,
            }
            for one in report.sessions
        ],
        "changes": [
            {
                "change": one.change.id,
                "says": one.change.sentence,
                "place": one.place.value,
                "strength": one.attribution.strength.value,
                "not_before": one.change.interval.not_before.isoformat(),
                "not_after": one.change.interval.not_after.isoformat(),
            }
            for one in report.changes
        ],
        "unnamed_changes": [c.id for c in report.unnamed],
        "health": [
            {
                "application": one.application,
                "before": one.before.healthy if one.before else None,
                "after": one.after.healthy if one.after else None,
            }
            for one in report.health
        ],
    }
