"""`groundrules health`: how servers and applications stand, and the checks that make an application healthy."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.core.cells import defused
from groundrules.core.health import CheckKind, CheckSpec, Found, Level, PlanRefused, alike
from groundrules.core.reasons import counted
from groundrules.records.models import Asset, Client
from groundrules.services import health
from groundrules.services.actor import NotAllowed
from groundrules.services.dependencies import application_called
from groundrules.services.health.listing import COLUMNS, health_cells
from groundrules.services.health.plans import NothingToStop
from groundrules.services.who import NobodyToActAs, acting

NAME = "health"
HELP = "Say how servers and applications stand, and set what makes one healthy."
NEEDS_DATABASE = True
_EVERY = 5
_PASSED: Mapping[bool | None, str] = {True: "passed", False: "failed", None: "not known"}
_REFUSED: Mapping[type[Exception], Exit] = {
    PlanRefused: Exit.BAD_INPUT,
    health.ApplicationUnknown: Exit.NOT_FOUND,
    NothingToStop: Exit.NOT_FOUND,
    Client.DoesNotExist: Exit.NOT_FOUND,
    Asset.DoesNotExist: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `show`, `set`, `stop` and `check`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    shown = actions.add_parser("show", help="how servers stand, the worst first")
    shown.add_argument("server", nargs="?", default="", help="one server's code, with all it has")
    shown.add_argument("--csv", action="store_true", help="print every row as the page's CSV")
    put = actions.add_parser(
        "set", help="set all checks of an application, in place of those before"
    )
    _declare_checks(put)
    stop = actions.add_parser("stop", help="end an application's checks; what was found stays")
    look = actions.add_parser("check", help="look now, whether it is due or not")
    for one in (put, stop, look):
        one.add_argument("application", help="an application's code")
    for one in (put, stop):
        one.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")
    for one in (shown, put, stop, look):
        one.add_argument("--client", default="", help="the client's code")
        one.add_argument("--json", action="store_true", help="print data")


def _declare_checks(put: argparse.ArgumentParser) -> None:
    put.add_argument(
        "--http", action="append", default=[], metavar="URL", help="a page that answers"
    )
    put.add_argument("--expect", type=int, default=200, help="the status pages answer with (200)")
    put.add_argument("--text", default="", help="words the pages must hold")
    put.add_argument(
        "--port", action="append", default=[], metavar="HOST:PORT", help="takes connections"
    )
    put.add_argument(
        "--database",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="takes logins, such as postgresql://srv1.example:5432 (also mysql, mariadb, sqlserver, redis)",
    )
    put.add_argument(
        "--certificate",
        action="append",
        default=[],
        metavar="HOST:PORT",
        help="shows a certificate that is for HOST and valid for --days more days",
    )
    put.add_argument(
        "--certificate-name",
        default="",
        metavar="NAME",
        help="the name certificates must be for, in place of the host that is asked",
    )
    put.add_argument("--days", type=int, default=7, help="how long certificates must be valid (7)")
    put.add_argument(
        "--service",
        action="append",
        default=[],
        metavar="NAME",
        help="runs, by the collector's list",
    )
    put.add_argument(
        "--every", type=int, default=_EVERY, metavar="MINUTES", help="how often to look (5)"
    )


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "show": _show,
        "set": _set,
        "stop": _stop,
        "check": _check,
    }
    try:
        return actions[args.action](args)
    except tuple(_REFUSED) as refused:
        number = next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))
        return refuse(refused, number)


def _servers(args: argparse.Namespace) -> QuerySet[Asset]:
    rows = Asset.objects.select_related("client").order_by("client__code", "code")
    if args.client:
        if not Client.objects.filter(code=args.client).exists():
            message = f"there is no client {args.client!r}"
            raise Client.DoesNotExist(message)
        rows = rows.filter(client__code=args.client)
    if args.server:
        rows = rows.filter(code=args.server)
        if not rows.exists():
            message = f"there is no server {args.server!r}"
            raise Asset.DoesNotExist(message)
    return rows


def _show(args: argparse.Namespace) -> int:
    at = timezone.now()
    found = [health.server_health(asset, at) for asset in _servers(args)]
    if args.json:
        print(json.dumps([_told(one) for one in found], indent=2))
        return Exit.OK
    if args.csv:
        rows = csv.writer(sys.stdout, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows(
            [defused(cell) for cell in cells] for h in found for cells in health_cells(h)
        )
        return Exit.OK
    order = tuple(Level)
    for one in sorted(found, key=lambda x: -order.index(x.level)):
        for line in _lines(one, everything=bool(args.server)):
            print(line)
    if not found:
        print("There is no server yet.")
    return Exit.OK


def _lines(one: health.ServerHealth, *, everything: bool) -> Iterable[str]:
    yield f"{one.asset.client.code}/{one.asset.code}: {one.level}"
    for application in one.applications:
        shown = application.shown
        since = f" (since {_minute(shown.since)})" if shown.since else ""
        yield f"  {application.application.code}: {shown.level}. {shown.sentence}{since}"
        if application.problem:
            yield f"    The newest look says nothing: {application.problem}"
        yield from (f"    {line}" for one in _found(application) for line in _note(one))
    for backup in one.backups:
        for remark in backup.remarks:
            yield f"  {remark.level}: {remark.sentence}"
    well = [p for p in one.parts if p.level is Level.GOOD]
    yield from _parts(one, everything=everything)
    if well and not everything:
        yield f"  {counted(len(well), 'part')} good; name the server to see all"


def _parts(one: health.ServerHealth, *, everything: bool) -> Iterable[str]:
    """Each part by itself, or what is not good with alike parts in one line."""
    if everything:
        yield from (f"  {part.level}: {part.sentence}" for part in one.parts)
        return
    for group in alike(p for p in one.parts if p.level is not Level.GOOD):
        more = " Name the server to see each." if len(group.states) > 1 else ""
        yield f"  {group.first.level}: {group.sentence}{more}"


def _found(one: health.ApplicationHealth) -> list[Found]:
    """What the newest look found, in the order of the checks that are set now."""
    checks = one.plan.checks if one.plan else ()
    return [one.found[spec.says] for spec in checks if spec.says in one.found]


def _note(found: Found) -> Iterable[str]:
    if found.note:
        yield f"note: {found.says}. {found.note}"


def _found_data(found: Found) -> dict[str, object]:
    return {"passed": found.passed, "says": found.says, "note": found.note}


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def _told(one: health.ServerHealth) -> dict[str, object]:
    return {
        "client": one.asset.client.code,
        "server": one.asset.code,
        "level": one.level.value,
        "applications": [
            {
                "application": a.application.code,
                "level": a.shown.level.value,
                "says": a.shown.sentence,
                "looked_at": a.shown.looked_at.isoformat() if a.shown.looked_at else None,
                "since": a.shown.since.isoformat() if a.shown.since else None,
                "problem": a.problem,
                "checks": [spec.says for spec in a.plan.checks] if a.plan else [],
                "found": [_found_data(one) for one in _found(a)],
            }
            for a in one.applications
        ],
        "backups": [
            {"name": b.policy.name, "level": b.level.value, "says": [r.sentence for r in b.remarks]}
            for b in one.backups
        ],
        "parts": [
            {
                "kind": p.kind.value,
                "key": p.key,
                "level": p.level.value,
                "says": p.sentence,
                "looked_at": p.looked_at.isoformat() if p.looked_at else None,
                "evidence": [c.evidence for c in p.citations],
            }
            for p in one.parts
        ],
    }


def _set(args: argparse.Namespace) -> int:
    checks = [
        *(CheckSpec(CheckKind.HTTP, url, args.expect, args.text) for url in args.http),
        *(CheckSpec(CheckKind.PORT, place) for place in args.port),
        *(CheckSpec(CheckKind.DATABASE, address) for address in args.database),
        *(_certificate(place, args) for place in args.certificate),
        *(CheckSpec(CheckKind.SERVICE, name) for name in args.service),
    ]
    if not checks:
        message = (
            "name at least one check (--http, --port, --database, --certificate, --service); "
            "to end them: groundrules health stop"
        )
        raise PlanRefused(message)
    application = application_called(args.application, args.client)
    plan = health.set_checks(
        application, checks, every=args.every, actor=acting(args.email), at=timezone.now()
    )
    if args.json:
        told = {"application": application.code, "every": plan.every}
        print(json.dumps({**told, "checks": [one.says for one in plan.checks]}))
        return Exit.OK
    print(f"{application.code} is healthy when, every {counted(plan.every, 'minute')}:")
    for one in plan.checks:
        print(f"  {one.says}")
    print("The worker looks; see how it stands: groundrules health show")
    return Exit.OK


def _certificate(place: str, args: argparse.Namespace) -> CheckSpec:
    return CheckSpec(CheckKind.CERTIFICATE, place, text=args.certificate_name, days=args.days)


def _stop(args: argparse.Namespace) -> int:
    application = application_called(args.application, args.client)
    health.stop_checks(application, actor=acting(args.email), at=timezone.now())
    told = {"application": application.code, "checks": []}
    print(json.dumps(told) if args.json else f"{application.code} is not checked any more.")
    return Exit.OK


def _check(args: argparse.Namespace) -> int:
    """Exit 6 (a check failed) when the application is unwell or not known, so that a script can ask."""
    application = application_called(args.application, args.client)
    plan = health.plan_of(application)
    if plan is None or not plan.checks:
        message = f"{application.code} has no checks; set them: groundrules health set"
        raise NothingToStop(message)
    runs = health.check_due(at=timezone.now(), only=(application,))
    if not runs:
        return refuse(f"{application.code} is being looked at just now", Exit.CONFLICT)
    run = runs[0]
    healthy = run.check.healthy if run.check else None
    says = run.problem if run.check is None else run.check.signature
    if args.json:
        told = {"application": application.code, "healthy": healthy, "says": says}
        print(json.dumps({**told, "found": [_found_data(one) for one in run.found]}))
    else:
        words = {True: "healthy", False: "unhealthy", None: "not known"}[healthy]
        print(f"{application.code}: {words}" + (f": {says}" if says else ""))
        for one in run.found:
            note = f". {one.note}" if one.note else ""
            print(f"  {_PASSED[one.passed]}: {one.says}{note}")
    return Exit.OK if healthy else Exit.CHECK_FAILED
