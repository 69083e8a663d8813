"""A person of ours decides a request: what stands against it is listed at once, and an approval is told to both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from groundrules.core.calendars import Calendar, OpeningHours, zone_label
from groundrules.core.ids import WindowId
from groundrules.core.periods import Period
from groundrules.core.vendors import AccessWindow as CoreWindow
from groundrules.core.vendors import (
    ApprovalAnswer,
    ApprovalContext,
    ChangeRequestType,
    may_approve,
    require_approval,
)
from groundrules.records import models as books
from groundrules.records.models import AccessRequest, AccessWindow, Certificate, Client, Gate, Role
from groundrules.services.access.rules import standing_of
from groundrules.services.access.telling import tell, tell_approved
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.gate import check_account, issue
from groundrules.services.gate.certificates import Asked, window_row
from groundrules.services.turns import take_turn
from groundrules.services.world import NoAgreement, agreement_of

_NINE_TO_FIVE = "09:00", "17:00"


class AlreadyDecided(ValueError):
    """The window was approved, denied or ended before."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """What the approver says: a backup is confirmed, an emergency and why, other windows are known, another time.

    `standard` is said by an approval given beforehand for routine work.
    """

    backup_confirmed: bool = False
    emergency: bool = False
    reason: str = ""
    clash_accepted: bool = False
    period: Period | None = None
    standard: bool = False


def outlook(
    row: AccessWindow, deciding: Deciding, *, approver: str, at: datetime
) -> ApprovalAnswer:
    """This function will say whether a window may be approved as said, and everything that stands against it."""
    return may_approve(_proposed(row, deciding), _context(row, deciding, approver, at))


def approve(
    window: str, deciding: Deciding, *, client: Client, actor: Actor, at: datetime
) -> tuple[AccessWindow, ApprovalAnswer]:
    """This function will approve a window, issue its certificate where the server has a gate, and tell both sides.

    Raises UnknownWindow, AlreadyDecided, ApprovalRefused, or what stands against the certificate.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        row = _undecided(client, window)
        proposed = _proposed(row, deciding)
        answer = require_approval(proposed, _context(row, deciding, actor.label, at))
        approved = replace(proposed, approved_at=at, approved_by=actor.label, recorded_at=at)
        says = f"{window} on {row.asset.code} approved"
        if answer.review_due is not None:
            says = f"{says} as an emergency; review due {answer.review_due}"
        new: AccessWindow = enter(approved, "access.approve", says, Filing(client, actor, at)).row
        asked = request_of(new)
        if asked is not None:
            tell_approved(new, asked, _certificate(new, asked, actor, at), actor.label)
        elif Gate.objects.by_actions().filter(asset=new.asset).exists():
            check_account(new, at)
    return new, answer


def change_time(
    window: str, period: Period, *, client: Client, actor: Actor, at: datetime
) -> AccessWindow:
    """This function will propose another time for a request that is not decided yet, and tell who asked.

    Raises UnknownWindow or AlreadyDecided.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        row = _undecided(client, window)
        moved = replace(row.to_core(), period=period)
        says = f"{window} moved to {zone_label(period.start, client.zone)}"
        new: AccessWindow = enter(moved, "access.change_time", says, Filing(client, actor, at)).row
        asked = request_of(new)
        if asked is not None:
            tell(new, asked, "has another time", "It is not approved yet.")
    return new


def deny(window: str, reason: str, *, client: Client, actor: Actor, at: datetime) -> AccessWindow:
    """This function will deny a request and tell who asked why; raises UnknownWindow or AlreadyDecided."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        row = _undecided(client, window)
        denied = replace(row.to_core(), denied_at=at, reason=reason)
        says = f"{window} on {row.asset.code} denied: {reason}"
        new: AccessWindow = enter(denied, "access.deny", says, Filing(client, actor, at)).row
        asked = request_of(new)
        if asked is not None:
            tell(
                new, asked, "was denied", f"{reason}\n\nAsk for another window with the same link."
            )
    return new


def request_of(row: AccessWindow) -> AccessRequest | None:
    """This function will return what was asked by link for a window, or None when nobody asked by link."""
    rows = AccessRequest.objects.select_related("link__vendor", "link__asset")
    return rows.filter(client=row.client, window=row.ref).first()


def calendar_of(client: Client, at: datetime) -> Calendar:
    """This function will return the agreement's business days, or plain weekdays where no agreement says them."""
    try:
        versions = agreement_of(client, at).versions
    except NoAgreement:
        opens, closes = (datetime.strptime(t, "%H:%M").time() for t in _NINE_TO_FIVE)  # noqa: DTZ007 - wall times
        return Calendar(client.zone, tuple(OpeningHours(day, opens, closes) for day in range(5)))
    in_force = [v for v in versions if v.in_force.contains(at)]
    return (in_force or list(versions))[-1].calendar


def _undecided(client: Client, window: str) -> AccessWindow:
    row = window_row(client, window)
    core = row.to_core()
    decided = core.approved_at or core.denied_at or core.ended_at
    if decided is not None:
        message = f"{window} was decided {zone_label(decided, client.zone)}; nothing was changed"
        raise AlreadyDecided(message)
    return row


def _proposed(row: AccessWindow, deciding: Deciding) -> CoreWindow:
    core = row.to_core()
    if deciding.emergency:
        reason = deciding.reason.strip() or core.reason
        core = replace(core, type=ChangeRequestType.EMERGENCY, reason=reason)
    if deciding.standard:
        core = replace(core, type=ChangeRequestType.STANDARD, reason=deciding.reason)
    confirmed = core.backup_confirmed or deciding.backup_confirmed
    return replace(core, backup_confirmed=confirmed, period=deciding.period or core.period)


def _context(row: AccessWindow, deciding: Deciding, approver: str, at: datetime) -> ApprovalContext:
    client = row.client
    asked = request_of(row)
    freezes = books.Freeze.objects.current().of_client(client).order_by("pk")
    backups = books.BackupHours.objects.current().of_client(client).order_by("pk")
    letters = books.LetterOfAgency.objects.current().of_client(client).order_by("pk")
    windows = AccessWindow.objects.current().of_client(client).filter(asset=row.asset)
    return ApprovalContext(
        at=at,
        requester=asked.link.email if asked else row.recorded_by,
        approver=approver,
        calendar=calendar_of(client, at),
        freezes=tuple(f.to_core() for f in freezes),
        letters=tuple(f.to_core() for f in letters),
        windows=tuple(w.to_core() for w in windows.order_by("starts_at", "pk")),
        clash_accepted=deciding.clash_accepted,
        rules=standing_of(client, row.vendor, at) if row.vendor else None,
        backups=tuple(b.to_core() for b in backups),
    )


def _certificate(
    row: AccessWindow, asked: AccessRequest, actor: Actor, at: datetime
) -> Certificate | None:
    if Gate.objects.by_actions().filter(asset=row.asset).exists():
        check_account(row, at)
    if not Gate.objects.by_ssh().filter(asset=row.asset).exists():
        return None
    terms = Asked(WindowId(row.ref), asked.link.account, asked.public_key)
    return issue(terms, client=row.client, actor=actor, at=at)
