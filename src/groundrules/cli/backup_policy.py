"""`groundrules backup set`, `reports-from` and `password`: what is promised, who reports it, what opens its place."""

from __future__ import annotations

import argparse
import getpass
import json
import shlex
import sys

from django.conf import settings
from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.core.backups import BackupPolicy
from groundrules.core.ids import AssetId
from groundrules.records.models import Asset
from groundrules.services import backups
from groundrules.services.actor import require
from groundrules.services.who import acting


def declare_policy(put: argparse.ArgumentParser) -> None:
    """This function will declare what `groundrules backup set` takes."""
    put.add_argument("--product", default="restic", help="what makes it (restic)")
    put.add_argument(
        "--every", type=int, default=24, metavar="HOURS", help="how often it is made (24)"
    )
    put.add_argument("--place", default="", help="the restic repository, without a password in it")
    put.add_argument(
        "--password-file",
        default="",
        metavar="FILE",
        help="where its password lies on this machine",
    )
    put.add_argument(
        "--host", default="", help="only snapshots of this host, in a shared repository"
    )
    put.add_argument(
        "--path", action="append", default=[], help="only snapshots that hold this path"
    )
    put.add_argument(
        "--check", default="", metavar="COMMAND", help="the drill's check; gets the restored folder"
    )
    put.add_argument(
        "--loses-at-most",
        type=int,
        default=0,
        metavar="MINUTES",
        help="the promised recovery point",
    )
    put.add_argument(
        "--back-within", type=int, default=0, metavar="MINUTES", help="the promised time to recover"
    )
    put.add_argument(
        "--drill-every", type=int, default=0, metavar="DAYS", help="how often a restore is proven"
    )
    _declare_keeping(put)


def _declare_keeping(put: argparse.ArgumentParser) -> None:
    put.add_argument(
        "--verify-every",
        type=int,
        default=0,
        metavar="DAYS",
        help="how often the repository is read and verified, every byte or the next part",
    )
    put.add_argument(
        "--verify-parts",
        type=int,
        default=1,
        metavar="N",
        help="in how many parts it is read, one each time, in turn (1: every byte each time)",
    )
    for kind, word in (("daily", "days"), ("weekly", "weeks"), ("monthly", "months")):
        put.add_argument(
            f"--keep-{kind}",
            type=int,
            default=0,
            metavar="N",
            help=f"keep the last backup of each of the last N {word} with one",
        )


def declare_reporter(put: argparse.ArgumentParser) -> None:
    """This function will declare what `groundrules backup reports-from` takes, behind the server and the backup."""
    who = put.add_mutually_exclusive_group(required=True)
    who.add_argument(
        "--sender", default="", metavar="ADDRESS", help="a mail address, or a whole domain"
    )
    who.add_argument("--nobody", action="store_true", help="take no report of it by mail")


def reports_from(args: argparse.Namespace, asset: Asset) -> int:
    """This function will register who may report a backup by mail, and say what that is worth."""
    sender = "" if args.nobody else args.sender
    actor, at = acting(args.email), timezone.now()
    policy = backups.let_report(asset, args.name, sender, actor=actor, at=at)
    told = {"server": asset.code, "name": policy.name, "product": policy.product}
    if args.json:
        print(json.dumps({**told, "reports_from": policy.reports_from}))
    elif policy.reports_from:
        print(
            f"{asset.code}: reports of {policy.name} by {policy.product} that {policy.reports_from} mails are taken by "
            "themselves, when our mail server confirms the domain; they count as reported, not as proven."
        )
        if not settings.GROUNDRULES_MAIL_CHECKED_BY:
            print(
                "groundrules: GROUNDRULES_MAIL_CHECKED_BY is not set, so no sender is proven and every report waits "
                "for a person; see docs/how-to/receive-mail.md",
                file=sys.stderr,
            )
    else:
        print(f"{asset.code}: no report of {policy.name} is taken by mail.")
    return Exit.OK


def set_one(args: argparse.Namespace, asset: Asset) -> int:
    """This function will set a policy and say so."""
    at = timezone.now()
    policy = BackupPolicy(
        AssetId(asset.code),
        args.name,
        args.product,
        args.every,
        at,
        place=args.place,
        password_file=args.password_file,
        host=args.host,
        paths=tuple(args.path),
        check=tuple(shlex.split(args.check)),
        loses_at_most=args.loses_at_most,
        back_within=args.back_within,
        drill_every=args.drill_every,
        verify_every=args.verify_every,
        keep_daily=args.keep_daily,
        keep_weekly=args.keep_weekly,
        keep_monthly=args.keep_monthly,
        verify_parts=args.verify_parts,
    )
    backups.set_policy(policy, asset, actor=acting(args.email), at=at)
    told = {"server": asset.code, "name": policy.name, "every_hours": policy.every}
    print(
        json.dumps(told)
        if args.json
        else f"{asset.code}: {policy.name} is watched, every {policy.every} h."
    )
    return Exit.OK


def password_one(args: argparse.Namespace, asset: Asset) -> int:
    """This function will keep a repository's password sealed, or forget it, and say so."""
    actor, at = acting(args.email), timezone.now()
    require(actor)  # before anybody is asked for a secret that would not be taken
    if args.forget:
        there = backups.forget_password(asset, args.name, actor=actor, at=at)
        says = "its password is forgotten" if there else "no password was kept"
    else:
        if sys.stdin.isatty():
            given = getpass.getpass(f"Password of {args.name} of {asset.code}: ")
        else:
            given = sys.stdin.read()
        backups.keep_password(asset, args.name, given, actor=actor, at=at)
        there, says = True, "its password is kept sealed"
    told = {"server": asset.code, "name": args.name, "kept": there and not args.forget}
    print(json.dumps(told) if args.json else f"{asset.code} {args.name}: {says}.")
    return Exit.OK
