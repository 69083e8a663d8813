"""What is backed up of an asset and what is promised about it: set, changed and retired, each with an audit entry."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from groundrules.core.backups import BackupPolicy
from groundrules.core.backups.checked import keeping_words
from groundrules.records.models import Asset, Role
from groundrules.records.models import BackupPolicy as PolicyRow
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, file_fact


class PolicyUnknown(LookupError):
    """The asset has no backup of that name."""


def policy_called(asset: Asset, name: str) -> BackupPolicy:
    """This function will return the policy in force; raises PolicyUnknown, naming those there are."""
    rows = PolicyRow.objects.current().filter(asset=asset, retired=False).order_by("name")
    for row in rows:
        if row.name == name:
            return row.to_core()
    known = ", ".join(row.name for row in rows) or "none"
    message = f"{asset.code} has no backup called {name!r} (known: {known})"
    raise PolicyUnknown(message)


def set_policy(policy: BackupPolicy, asset: Asset, *, actor: Actor, at: datetime) -> BackupPolicy:
    """This function will put a policy in force, in place of the one of that name; `since` stays what it first was.

    Who may report it stays too, as long as the product does: `let_report` changes that.

    One with a command to check restores is the owner's to set, because the command runs on our own machine. Raises
    NotAllowed.
    """
    require(actor, *(() if policy.check else (Role.TECHNICIAN,)))
    with transaction.atomic():
        Asset.objects.select_for_update().get(pk=asset.pk)
        before = PolicyRow.objects.current().filter(asset=asset, name=policy.name).first()
        if before is not None and not before.retired:
            policy = _keeping(policy, before.to_core())
        filed = file_fact(policy, Filing(asset.client, actor, at))
        if filed.new:
            entry = audit.Entry("backups.set_policy", filed.row.ref, _says(policy), asset.client)
            audit.record(entry, actor=actor, at=at)
    return policy


def let_report(asset: Asset, name: str, sender: str, *, actor: Actor, at: datetime) -> BackupPolicy:
    """This function will register who may report a backup by mail: an address, a domain, or nobody where it is empty.

    Raises PolicyUnknown, PolicyRefused and NotAllowed.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        Asset.objects.select_for_update().get(pk=asset.pk)
        policy = replace(policy_called(asset, name), reports_from=sender.strip().casefold())
        filed = file_fact(policy, Filing(asset.client, actor, at))
        if filed.new:
            who = policy.reports_from or "nobody"
            says = f"{asset.code}: {who} may report {name} ({policy.product}) by mail"
            entry = audit.Entry("backups.let_report", filed.row.ref, says, asset.client)
            audit.record(entry, actor=actor, at=at)
    return policy


def _keeping(policy: BackupPolicy, before: BackupPolicy) -> BackupPolicy:
    """What a policy set anew takes over from the one before."""
    is_another = policy.product != before.product or policy.is_read_by_us
    who = policy.reports_from or ("" if is_another else before.reports_from)
    return replace(policy, since=before.since, reports_from=who)


def retire(asset: Asset, name: str, *, actor: Actor, at: datetime) -> None:
    """This function will end a backup's policy; what was done stays on record. Raises PolicyUnknown."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        Asset.objects.select_for_update().get(pk=asset.pk)
        over = replace(policy_called(asset, name), retired=True)
        filed = file_fact(over, Filing(asset.client, actor, at))
        entry = audit.Entry(
            "backups.retire",
            filed.row.ref,
            f"{asset.code}: {name} is not watched any more",
            asset.client,
        )
        audit.record(entry, actor=actor, at=at)


def _says(policy: BackupPolicy) -> str:
    promised = [
        f"at most {policy.loses_at_most} min lost" if policy.loses_at_most else "",
        f"back within {policy.back_within} min" if policy.back_within else "",
        f"a drill every {policy.drill_every} d" if policy.drill_every else "",
        f"verified every {policy.verify_every} d" if policy.verify_every else "",
        f"in {policy.verify_parts} parts" if policy.verify_parts > 1 else "",
        f"{keeping_words(policy)} kept" if any(policy.keeps) else "",
        f"from {policy.place}" if policy.place else "",
        f"reported by {policy.reports_from}" if policy.reports_from else "",
        f"checked by {shlex.join(policy.check)}" if policy.check else "",
    ]
    rest = "".join(f", {one}" for one in promised if one)
    return f"{policy.asset}: {policy.name} by {policy.product} every {policy.every} h{rest}"
