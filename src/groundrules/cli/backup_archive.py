"""`groundrules backup forget`, and what is printed of a PostgreSQL archive: how far its log goes, how it is thinned."""

from __future__ import annotations

import argparse
import json

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.core.backups import ArchiveLook, BackupPolicy
from groundrules.core.backups.checked import keeping_words
from groundrules.core.reasons import counted
from groundrules.records.models import Asset
from groundrules.services import backups
from groundrules.services.who import acting


def log_told(look: ArchiveLook) -> dict[str, object]:
    """This function will tell a look at an archive as data."""
    bases = [
        {"name": one.name, "until": one.until.isoformat() if one.until else None}
        for one in look.bases
    ]
    reached = look.reached.isoformat() if look.reached else None
    told: dict[str, object] = {"looked": look.looked.isoformat(), "reached": reached}
    return {**told, "bases": bases, "broken": look.broken}


def log_words(look: ArchiveLook) -> str:
    """This function will say how far an archive's log brings its newest base backup, or what breaks it."""
    if look.broken or not look.bases:
        return look.broken or f"there is no base backup in {look.place}/base"
    count = counted(len(look.bases), "base backup")
    reached = f"{look.reached:%Y-%m-%d %H:%M:%S} UTC" if look.reached else "not known"
    return f"{count}; the log goes on without a gap to {reached}"


def forget_one(args: argparse.Namespace, asset: Asset) -> int:
    """This function will say what retention does not keep, and with --apply remove it where that is ours to do."""
    policy = backups.policy_called(asset, args.name)
    if args.apply:
        done = backups.remove(policy, asset, actor=acting(args.email), clock=timezone.now)
    else:
        done = backups.planned_removal(policy, asset)
    if args.json:
        sides = {"kept": done.kept, "gone": done.gone}
        told: dict[str, object]
        told = {name: [one.id for one in side] for name, side in sides.items()}
        told |= {"by_hand": list(done.by_hand)} if policy.is_archive else {}
        print(
            json.dumps({"server": asset.code, "name": policy.name, "applied": args.apply, **told})
        )
        return Exit.OK
    what = "base backup" if policy.is_archive else "snapshot"
    for one in done.gone:
        name = one.id if policy.is_archive else one.id[:12]
        verb = "removed" if args.apply else "would go"
        print(f"{verb}: {name} of {one.made:%Y-%m-%d %H:%M} UTC")
    gone, kept = counted(len(done.gone), what), len(done.kept)
    said = f"{asset.code} {policy.name}: {gone} to go, {kept} kept ({keeping_words(policy)})."
    print(f"{said}{_after(args, policy, done)}")
    for command in done.by_hand:
        print(f"  {command}")
    return Exit.OK


def _after(args: argparse.Namespace, policy: BackupPolicy, done: backups.Removal) -> str:
    """What is left to do."""
    if done.by_hand:
        return " Nothing was removed; thin it yourself, in this order:"
    if policy.is_archive and done.gone:
        return " The newest base backup cannot be restored, so leave them."
    return "" if args.apply or not done.gone else " Nothing was removed; add --apply to do it."
