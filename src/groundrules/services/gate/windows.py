"""A window that is open: ended now, or extended before it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from groundrules.core.calendars import zone_label
from groundrules.core.ids import WindowId
from groundrules.core.periods import Period, utc
from groundrules.core.vendors.gate import window_end
from groundrules.records.models import AccessWindow, Certificate, Client, Gate, Role
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.gate.certificates import Asked, issue, revoke, window_row
from groundrules.services.turns import take_turn


class WindowOver(ValueError):
    """The window has ended already, or the new end is no later than the one it has."""


def end_now(
    window: WindowId, *, reason: str, client: Client, actor: Actor, at: datetime
) -> AccessWindow:
    """This function will end a window now: its certificates are revoked, and closing is due at once.

    Raises UnknownWindow or WindowOver.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        core = window_row(client, window).to_core()
        end = window_end(core)
        if end is not None and end <= utc(at):
            message = f"window {window} ended {zone_label(end, client.zone)}"
            raise WindowOver(message)
        ended = replace(core, ended_at=at)
        says = f"ended before its time: {reason}"
        row: AccessWindow = enter(
            ended, "vendors.window_ended", says, Filing(client, actor, at)
        ).row
        for certificate in Certificate.objects.of_window(client, window).filter(
            revocation__isnull=True, valid_to__gt=at
        ):
            revoke(certificate.serial, reason=says, actor=actor, at=at)
    return row


def extend(
    window: WindowId, until: datetime, *, client: Client, actor: Actor, at: datetime
) -> AccessWindow:
    """This function will extend an approved window before it ends; who has a certificate gets one until the new end.

    Raises UnknownWindow or WindowOver. A window that is over is not extended: that would allow what was not allowed.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        core = window_row(client, window).to_core()
        end = window_end(core)
        if end is None or end <= utc(at) or utc(until) <= end or core.approved_at is None:
            message = (
                f"window {window} can't be extended to {zone_label(until, client.zone)}: it is not approved, "
                "is over, or lasts longer already; ask for a new window"
            )
            raise WindowOver(message)
        longer = replace(core, period=Period(core.period.start, until))
        says = f"extended to {zone_label(until, client.zone)}"
        filing = Filing(client, actor, at)
        row: AccessWindow = enter(longer, "vendors.window_extended", says, filing).row
        if Gate.objects.by_ssh().filter(asset=row.asset).exists():
            _issue_again(window, client, actor, at)
    return row


def _issue_again(window: WindowId, client: Client, actor: Actor, at: datetime) -> None:
    standing = Certificate.objects.of_window(client, window).filter(revocation__isnull=True)
    held = {(row.account, row.public_key) for row in standing}
    for account, key in sorted(held):
        issue(Asked(window, account, key), client=client, actor=actor, at=at)
