"""`groundrules planning`: freezes, windows of our own, routine work approved beforehand, and when backups run."""

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
    add_client,
    client_named,
    clock,
    days,
    days_text,
    local_time,
    vendor_named,
)
from groundrules.core.calendars import span_label
from groundrules.core.ids import AssetId, BackupHoursId, FreezeId
from groundrules.core.periods import EmptyPeriod, ImpossibleLocalTime, Period, local_instant
from groundrules.core.vendors import AccessWindow, Freeze
from groundrules.core.vendors.backups import BackupHours, BackupHoursIncomplete
from groundrules.core.vendors.standing import StandingApproval, StandingApprovalIncomplete
from groundrules.core.vendors.touches import TOUCHES, kinds_of
from groundrules.records import models as books
from groundrules.services.access.standing import (
    Routine,
    UnknownStandingApproval,
    approve_beforehand,
    end_standing,
    standing_now,
)
from groundrules.services.actor import NotAllowed
from groundrules.services.vendors import (
    OwnWindowRefused,
    UnknownBackupHours,
    UnknownFreeze,
    UnknownOwnWindow,
    add_backup_hours,
    add_freeze,
    add_own_window,
    backup_hours_now,
    end_backup_hours,
    end_freeze,
    end_own_window,
    freeze_named,
    freezes_now,
    own_windows_now,
)
from groundrules.services.who import NobodyToActAs, acting

NAME = "planning"
HELP = "Freeze vendors' work, agree windows of our own, approve routine work beforehand, and say when backups run."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    BackupHoursIncomplete: Exit.BAD_INPUT,
    StandingApprovalIncomplete: Exit.BAD_INPUT,
    EmptyPeriod: Exit.BAD_INPUT,
    ImpossibleLocalTime: Exit.BAD_INPUT,
    OwnWindowRefused: Exit.BAD_INPUT,
    NotOnRecord: Exit.NOT_FOUND,
    UnknownBackupHours: Exit.NOT_FOUND,
    UnknownFreeze: Exit.NOT_FOUND,
    UnknownOwnWindow: Exit.NOT_FOUND,
    UnknownStandingApproval: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list`, and for freezes, routine work and backups a beginning and an end."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add_client(actions.add_parser("list", help="list what stands or is coming"))
    freeze = actions.add_parser("freeze", help="admit only emergencies for a time")
    add_client(freeze, acts=True)
    _span(freeze)
    freeze.add_argument("--reason", default="", help="why; who asks reads it")
    _assets(freeze)
    own = actions.add_parser(
        "own-window",
        help="agree a time for our own work on a server: runs and restarts are permitted in it",
    )
    add_client(own, acts=True)
    _span(own)
    own.add_argument("--server", required=True, help="the server's code")
    own.add_argument("--reason", required=True, help="what for, and with whom it was agreed")
    routine = actions.add_parser("routine", help="approve routine work of a vendor beforehand")
    add_client(routine, acts=True)
    routine.add_argument("--vendor", required=True, help="the vendor's code")
    routine.add_argument("--says", required=True, help="the work")
    names = [name for name, _, _ in TOUCHES]
    routine.add_argument(
        "--touches", action="append", required=True, choices=names, help="what it may touch"
    )
    routine.add_argument("--minutes", required=True, type=int, help="how long at most")
    _hours(routine)
    backup = actions.add_parser("backup", help="say when a backup runs: windows keep away from it")
    add_client(backup, acts=True)
    backup.add_argument("--says", required=True, help="which backup it is")
    _hours(backup)
    ends = {
        "thaw": "a freeze (FRZ-1)",
        "end-routine": "routine work (STD-1)",
        "end-backup": "backup hours (BKP-1)",
        "end-own-window": "a window of our own (WIN-1)",
    }
    for name, what in ends.items():
        over = actions.add_parser(name, help=f"end {what} now")
        over.add_argument("reference", help="its reference, as `list` shows it")
        add_client(over, acts=True)


def _span(parser: argparse.ArgumentParser) -> None:
    for name in ("--starts", "--ends"):
        parser.add_argument(
            name, required=True, type=local_time, help="by the site's clock: 2026-12-24T00:00"
        )


def _hours(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", required=True, type=days, help="mon-fri, or mon,thu")
    parser.add_argument("--opens", required=True, type=clock, help="by the site's clock: 18:00")
    parser.add_argument("--closes", required=True, type=clock, help="by the site's clock: 21:00")
    _assets(parser)


def _assets(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--asset", action="append", default=[], help="a server; repeat it; none: all of them"
    )


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace, books.Client, datetime], None]] = {
        "list": lambda *_: None,
        "freeze": _freeze,
        "thaw": _thaw,
        "routine": _routine,
        "end-routine": _end_routine,
        "backup": _backup,
        "end-backup": _end_backup,
        "own-window": _own_window,
        "end-own-window": _end_own_window,
    }
    try:
        client, now = client_named(args.client), timezone.now()
        actions[args.action](args, client, now)
        _print(client, timezone.now(), as_data=args.json)
    except tuple(_REFUSED) as refused:
        return refuse(refused, _REFUSED[type(refused)])
    return Exit.OK


def _print(client: books.Client, now: datetime, *, as_data: bool) -> None:
    freezes, backups = freezes_now(client, now), backup_hours_now(client, now)
    routines = [row.to_core() for row in standing_now(client, now)]
    windows = own_windows_now(client, now)
    if as_data:
        told = {
            "own_windows": [_window_data(one) for one in windows],
            "freezes": [_freeze_data(one) for one in freezes],
            "routine": [_routine_data(one) for one in routines],
            "backups": [_backup_data(one) for one in backups],
        }
        print(json.dumps(told, indent=2))
        return
    for freeze in freezes:
        why = f" ({freeze.reason})" if freeze.reason else ""
        print(f"{freeze.id:<8} freeze, {_when(freeze.period, client)}{_where(freeze.assets)}{why}")
    for window in windows:
        when = _when(window.period, client)
        print(f"{window.id:<8} window of our own, {when} on {window.asset} ({window.reason})")
    for routine in routines:
        print(f"{routine.id:<8} routine work of {routine.vendor}: {routine.sentence}")
    for backup in backups:
        print(f"{backup.id:<8} backup: {backup.sentence}")
    if not (freezes or windows or routines or backups):
        print(
            f"No freeze, no window of our own, no routine work and no backup hours of {client.name} "
            "stand or are coming."
        )


def _when(period: Period, client: books.Client) -> str:
    return span_label(period.start, period.end, client.zone)


def _where(assets: frozenset[AssetId]) -> str:
    return f" on {', '.join(sorted(assets))}" if assets else " on every server"


def _freeze_data(one: Freeze) -> dict[str, object]:
    end = one.period.end
    return {
        "reference": one.id,
        "starts": one.period.start.isoformat(),
        "ends": end.isoformat() if end else "",
        "assets": sorted(one.assets),
        "reason": one.reason,
    }


def _window_data(one: AccessWindow) -> dict[str, object]:
    end = one.period.end
    return {
        "reference": one.id,
        "server": one.asset,
        "starts": one.period.start.isoformat(),
        "ends": end.isoformat() if end else "",
        "reason": one.reason,
        "approved_by": one.approved_by,
    }


def _routine_data(one: StandingApproval) -> dict[str, object]:
    return {
        "reference": one.id,
        "vendor": one.vendor,
        "says": one.says,
        "kinds": sorted(kind.value for kind in one.kinds),
        "days": days_text(one.days),
        "opens": f"{one.opens:%H:%M}",
        "closes": f"{one.closes:%H:%M}",
        "longest_minutes": one.longest_minutes,
        "assets": sorted(one.assets),
        "approved_by": one.approved_by,
    }


def _backup_data(one: BackupHours) -> dict[str, object]:
    return {
        "reference": one.id,
        "says": one.says,
        "days": days_text(one.days),
        "opens": f"{one.opens:%H:%M}",
        "closes": f"{one.closes:%H:%M}",
        "assets": sorted(one.assets),
    }


def _named(args: argparse.Namespace, client: books.Client) -> frozenset[AssetId]:
    known = set(client.assets.values_list("code", flat=True))
    strange = [code for code in args.asset if code not in known]
    if strange:
        message = f"{client.code} has no server {strange[0]!r}"
        raise NotOnRecord(message)
    return frozenset(AssetId(code) for code in args.asset)


def _between(args: argparse.Namespace, client: books.Client, what: str) -> Period:
    start, end = (local_instant(client.zone, wall) for wall in (args.starts, args.ends))
    if end <= start:
        message = f"the {what} ends before it begins; choose a later end"
        raise EmptyPeriod(message)
    return Period(start, end)


def _own_window(args: argparse.Namespace, client: books.Client, now: datetime) -> None:
    period = _between(args, client, "window")
    (server,) = _named(argparse.Namespace(asset=[args.server]), client)
    actor, why = acting(args.email_as), args.reason.strip()
    add_own_window(server, period, why, client=client, actor=actor, at=now)


def _end_own_window(args: argparse.Namespace, client: books.Client, now: datetime) -> None:
    end_own_window(args.reference, client=client, actor=acting(args.email_as), at=now)


def _freeze(args: argparse.Namespace, client: books.Client, now: datetime) -> None:
    period = _between(args, client, "freeze")
    freeze = Freeze(FreezeId(""), period, _named(args, client), args.reason.strip())
    add_freeze(freeze, client=client, actor=acting(args.email_as), at=now)


def _thaw(args: argparse.Namespace, client: books.Client, now: datetime) -> None:
    found = freeze_named(client, args.reference, now)
    end_freeze(found, client=client, actor=acting(args.email_as), at=now)


def _routine(args: argparse.Namespace, client: books.Client, now: datetime) -> None:
    routine = Routine(
        args.says,
        kinds_of(tuple(args.touches)),
        args.days,
        args.opens,
        args.closes,
        args.minutes,
        tuple(sorted(_named(args, client))),
    )
    vendor, actor = vendor_named(args.vendor), acting(args.email_as)
    approve_beforehand(routine, vendor, client=client, actor=actor, at=now)


def _end_routine(args: argparse.Namespace, client: books.Client, now: datetime) -> None:
    end_standing(args.reference, client=client, actor=acting(args.email_as), at=now)


def _backup(args: argparse.Namespace, client: books.Client, now: datetime) -> None:
    backup = BackupHours(
        BackupHoursId(""),
        args.says.strip(),
        args.days,
        args.opens,
        args.closes,
        Period(now, None),
        _named(args, client),
    )
    add_backup_hours(backup, client=client, actor=acting(args.email_as), at=now)


def _end_backup(args: argparse.Namespace, client: books.Client, now: datetime) -> None:
    end_backup_hours(args.reference, client=client, actor=acting(args.email_as), at=now)
