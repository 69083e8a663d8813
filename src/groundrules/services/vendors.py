"""Vendor management on record: letters of agency, accepted rules, access windows, freezes, the scoring rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from groundrules.core.ids import AssetId, BackupHoursId, FreezeId, WindowId
from groundrules.core.periods import Period
from groundrules.core.vendors import (
    AccessWindow,
    Freeze,
    LetterOfAgency,
    RulesAcceptance,
    ScorecardRule,
)
from groundrules.core.vendors.backups import BackupHours
from groundrules.core.world import ReplyInvitation
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.turns import take_turn


class OwnWindowRefused(ValueError):
    """A window of our own has no end, or is over."""


class UnknownOwnWindow(LookupError):
    """No window of our own is open or coming under that reference."""


class UnknownFreeze(LookupError):
    """No freeze stands or is coming under that reference."""


class UnknownBackupHours(LookupError):
    """No backup hours stand under that reference."""


def record_letter_of_agency(
    letter: LetterOfAgency, *, client: books.Client, actor: Actor, at: datetime
) -> books.LetterOfAgency:
    """This function will record a letter of agency with the steps it has taken so far."""
    require(actor, Role.TECHNICIAN)
    steps = letter.steps[-1].step.value if letter.steps else "drafted"
    says = f"letter of agency to {letter.vendor}: {steps}"
    row: books.LetterOfAgency = enter(
        letter, "vendors.letter_of_agency", says, Filing(client, actor, at)
    ).row
    return row


def accept_rules(
    acceptance: RulesAcceptance, *, client: books.Client, actor: Actor, at: datetime
) -> books.RulesAcceptance:
    """This function will record that a named person at a vendor accepted a version of the rules."""
    require(actor, Role.TECHNICIAN)
    says = f"{acceptance.accepted_by} accepted rules v{acceptance.version} for {acceptance.vendor}"
    row: books.RulesAcceptance = enter(
        acceptance, "vendors.accept_rules", says, Filing(client, actor, at)
    ).row
    return row


def record_window(
    window: AccessWindow, *, client: books.Client, actor: Actor, at: datetime
) -> books.AccessWindow:
    """This function will record an access window as requested, approved, denied or ended."""
    require(actor, Role.TECHNICIAN)
    state = "approved" if window.approved_at else "denied" if window.denied_at else "requested"
    says = f"access window on {window.asset} {state}"
    row: books.AccessWindow = enter(window, "vendors.window", says, Filing(client, actor, at)).row
    return row


def add_own_window(
    asset: AssetId,
    period: Period,
    reason: str,
    *,
    client: books.Client,
    actor: Actor,
    at: datetime,
) -> AccessWindow:
    """This function will record a window of our own on a server, as agreed with the client; owners only.

    Our runs are permitted in it outside their hours, so it is not a technician's to give. Raises NotOnRecord for a
    server that is not the client's, and OwnWindowRefused for one that has no end or is over.
    """
    require(actor)
    end = period.end
    if end is None or end <= at:
        message = "a window of our own needs an end, and one that is still to come"
        raise OwnWindowRefused(message)
    with transaction.atomic():
        rows = books.AccessWindow.objects.of_client(take_turn(client))
        window = AccessWindow(
            WindowId(_next("WIN", rows)),
            asset,
            period,
            requested_at=at,
            approved_at=at,
            approved_by=actor.label,
            recorded_at=at,
            reason=reason,
        )
        record_window(window, client=client, actor=actor, at=at)
    return window


def own_windows_now(client: books.Client, at: datetime) -> tuple[AccessWindow, ...]:
    """This function will return a client's windows of our own that are open or coming, the first one first."""
    rows = books.AccessWindow.objects.current().of_client(client)
    coming = rows.filter(vendor=None, ends_at__gt=at).order_by("starts_at", "pk")
    found = (row.to_core() for row in coming)
    return tuple(one for one in found if one.ended_at is None and one.denied_at is None)


def end_own_window(ref: str, *, client: books.Client, actor: Actor, at: datetime) -> None:
    """This function will end a window of our own now, before it begins if need be; raises UnknownOwnWindow."""
    found = next((one for one in own_windows_now(client, at) if one.id == ref), None)
    if found is None:
        message = f"{client.code} has no window of our own {ref!r} that is open or coming"
        raise UnknownOwnWindow(message)
    record_window(replace(found, ended_at=at), client=client, actor=actor, at=at)


def record_freeze(
    freeze: Freeze, *, client: books.Client, actor: Actor, at: datetime
) -> books.Freeze:
    """This function will record a period in which normal changes are refused."""
    require(actor, Role.TECHNICIAN)
    row: books.Freeze = enter(
        freeze, "vendors.freeze", f"freeze: {freeze.reason}", Filing(client, actor, at)
    ).row
    return row


def add_freeze(freeze: Freeze, *, client: books.Client, actor: Actor, at: datetime) -> Freeze:
    """This function will record a new freeze under the client's next reference, whatever id it brings.

    The number is taken in the client's turn: of two people who freeze at once, neither supersedes the other's freeze.
    """
    with transaction.atomic():
        named = replace(freeze, id=FreezeId(_next("FRZ", _freezes(take_turn(client)))))
        record_freeze(named, client=client, actor=actor, at=at)
    return named


def end_freeze(freeze: Freeze, *, client: books.Client, actor: Actor, at: datetime) -> books.Freeze:
    """This function will end a freeze now; one that had not begun keeps the shortest span there is."""
    start = min(freeze.period.start, at - timedelta.resolution)
    over = replace(freeze, period=Period(start, at))
    return record_freeze(over, client=client, actor=actor, at=at)


def freezes_now(client: books.Client, at: datetime) -> tuple[Freeze, ...]:
    """This function will return a client's freezes that stand or are coming, the first one first."""
    rows = books.Freeze.objects.current().of_client(client).exclude(ends_at__lte=at)
    return tuple(row.to_core() for row in rows.order_by("starts_at", "pk"))


def freeze_named(client: books.Client, ref: str, at: datetime) -> Freeze:
    """This function will return a freeze that stands or is coming; raises UnknownFreeze."""
    found = next((one for one in freezes_now(client, at) if one.id == ref), None)
    if found is None:
        message = f"{client.code} has no freeze {ref!r} that stands or is coming"
        raise UnknownFreeze(message)
    return found


def _freezes(client: books.Client) -> QuerySet[Any]:
    return books.Freeze.objects.of_client(client)


def record_backup_hours(
    backup: BackupHours, *, client: books.Client, actor: Actor, at: datetime
) -> books.BackupHours:
    """This function will record when a backup runs, so that windows are kept away from it."""
    require(actor, Role.TECHNICIAN)
    row: books.BackupHours = enter(
        backup, "vendors.backup_hours", f"backup hours: {backup.says}", Filing(client, actor, at)
    ).row
    return row


def add_backup_hours(
    backup: BackupHours, *, client: books.Client, actor: Actor, at: datetime
) -> BackupHours:
    """This function will record new backup hours under the client's next reference, whatever id they bring."""
    with transaction.atomic():
        rows = books.BackupHours.objects.of_client(take_turn(client))
        named = replace(backup, id=BackupHoursId(_next("BKP", rows)))
        record_backup_hours(named, client=client, actor=actor, at=at)
    return named


def backup_hours_now(client: books.Client, at: datetime) -> tuple[BackupHours, ...]:
    """This function will return a client's backup hours that have not ended, oldest first."""
    rows = books.BackupHours.objects.current().of_client(client).exclude(ends_at__lte=at)
    return tuple(row.to_core() for row in rows.order_by("pk"))


def end_backup_hours(
    ref: str, *, client: books.Client, actor: Actor, at: datetime
) -> books.BackupHours:
    """This function will note that a backup runs no more at its hours; raises UnknownBackupHours."""
    found = next((one for one in backup_hours_now(client, at) if one.id == ref), None)
    if found is None:
        message = f"{client.code} has no backup hours {ref!r} now"
        raise UnknownBackupHours(message)
    start = min(found.period.start, at - timedelta.resolution)
    over = replace(found, period=Period(start, at))
    return record_backup_hours(over, client=client, actor=actor, at=at)


def _next(begins: str, rows: QuerySet[Any]) -> str:
    refs = rows.values_list("ref", flat=True)
    parts = (ref.partition("-") for ref in refs)
    numbers = [int(tail) for head, _, tail in parts if head == begins and tail.isdecimal()]
    return f"{begins}-{max(numbers, default=0) + 1}"


def invite_reply(
    invitation: ReplyInvitation, *, client: books.Client, actor: Actor, at: datetime
) -> books.ReplyInvitation:
    """This function will record that a vendor was invited to answer the facts held against it, or that it did."""
    require(actor, Role.TECHNICIAN)
    returned = "was not reached" if invitation.bounced_at else "was invited to reply"
    says = f"{invitation.vendor} {'replied' if invitation.replied_at else returned}"
    row: books.ReplyInvitation = enter(
        invitation, "vendors.invite_reply", says, Filing(client, actor, at)
    ).row
    return row


def set_scorecard_rule(
    rule: ScorecardRule, *, client: books.Client, actor: Actor, at: datetime
) -> books.ScorecardRule:
    """This function will set how vendors are scored for a client; owners only."""
    require(actor)
    row: books.ScorecardRule = enter(
        rule, "vendors.scorecard_rule", "scoring rule set", Filing(client, actor, at)
    ).row
    return row
