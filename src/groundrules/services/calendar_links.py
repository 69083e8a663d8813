"""Calendars by secret address: access windows, freezes and due restore drills, for whoever holds the link.

The link acts for its user: a role that may not see windows gets none, and who may not sign in any more gets nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from groundrules.core.periods import utc
from groundrules.records import models as books
from groundrules.records.models import CalendarLink, Client, Role, User
from groundrules.renderers.icalendar import CalendarEvent, icalendar_of
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.backups import drills_due

KINDS = {
    "windows": "access windows, asked for and approved",
    "freezes": "freezes",
    "drills": "restore drills that are due",
}
_TOKEN_BYTES = 32
_NAME = 40
_BACK = timedelta(days=60)
_NOTED_EVERY = timedelta(minutes=10)
_NO_END = timedelta(hours=1)


class CalendarMalformed(ValueError):
    """A calendar was to have a name, kinds or clients it cannot have."""


class CalendarRefused(LookupError):
    """No calendar is at this address: it is unknown, was revoked, or its user may no longer sign in."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a calendar shall show: which kinds, of which clients (none named: all)."""

    name: str
    kinds: Collection[str]
    clients: Collection[str] = ()


def make(wanted: Wanted, *, user: User, at: datetime) -> tuple[CalendarLink, str]:
    """This function will make a calendar of one's own and return its secret, shown once; raises CalendarMalformed."""
    actor = Actor.of(user)
    require(actor, Role.TECHNICIAN)
    name = " ".join(wanted.name.split())
    if not name or len(name) > _NAME or not name.isprintable():
        message = f"give the calendar a name of 1 to {_NAME} characters"
        raise CalendarMalformed(message)
    if not wanted.kinds or set(wanted.kinds) - set(KINDS):
        message = f"choose what it shows: {', '.join(KINDS)}"
        raise CalendarMalformed(message)
    known = set(Client.objects.filter(code__in=list(wanted.clients)).values_list("code", flat=True))
    if set(wanted.clients) - known:
        message = f"there is no client {', '.join(sorted(set(wanted.clients) - known))}"
        raise CalendarMalformed(message)
    text = secrets.token_urlsafe(_TOKEN_BYTES)
    with transaction.atomic():
        row = CalendarLink.objects.create(
            user=user,
            name=name,
            token_digest=_digest(text),
            kinds=sorted(set(wanted.kinds)),
            clients=sorted(set(wanted.clients)),
            made_at=at,
        )
        says = f"calendar {name} of {user.email} made: {', '.join(row.kinds)}"
        audit.record(audit.Entry("calendars.make", name, says), actor=actor, at=at)
    return row, text


def revoke(row: CalendarLink, *, actor: Actor, at: datetime) -> None:
    """This function will close a calendar's address; its user's own, or anybody's by an owner."""
    if actor.label != row.user.email:
        require(actor)
    with transaction.atomic():
        row = CalendarLink.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if row.revoked_at is None:
            row.revoked_at = at
            row.save(update_fields=["revoked_at"])
            says = f"calendar {row.name} revoked"
            audit.record(audit.Entry("calendars.revoke", row.name, says), actor=actor, at=at)


def written(text: str, *, at: datetime) -> bytes:
    """This function will write the calendar a secret address stands for; raises CalendarRefused."""
    rows = CalendarLink.objects.filter(revoked_at__isnull=True, user__is_active=True)
    row = rows.select_related("user").filter(token_digest=_digest(text)).first()
    if row is None or row.user.role not in {Role.OWNER, Role.TECHNICIAN}:
        message = (
            "no calendar is at this address; its owner sees in Calendars whether it was revoked"
        )
        raise CalendarRefused(message)
    if row.last_used_at is None or at - row.last_used_at >= _NOTED_EVERY:
        CalendarLink.objects.filter(pk=row.pk).update(last_used_at=at)
    makers = {"windows": _windows, "freezes": _freezes, "drills": _drills}
    events = [event for kind in row.kinds for event in makers[kind](row, at)]
    return icalendar_of(row.name, events)


def _host() -> str:
    return urlsplit(settings.GROUNDRULES_PUBLIC_URL).hostname or "groundrules"


def _of(row: CalendarLink, path: str = "client__") -> dict[str, object]:
    return {f"{path}code__in": row.clients} if row.clients else {}


def _windows(row: CalendarLink, at: datetime) -> Iterator[CalendarEvent]:
    rows = books.AccessWindow.objects.current().filter(ends_at__gt=at - _BACK, **_of(row))
    for one in rows.select_related("client", "asset", "vendor").order_by("starts_at", "pk"):
        core = one.to_core()
        if core.denied_at is not None:
            continue
        whose = one.vendor.name if one.vendor else "ours"
        state = "" if core.approved_at else " (asked for)"
        yield _event(
            f"{one.ref}-{one.client.code}",
            (one.starts_at, core.ended_at or one.ends_at),
            f"{one.asset.name}: {whose}{state}",
            f"{one.ref} at {one.client.name}",
            one.recorded_at,
        )


def _freezes(row: CalendarLink, at: datetime) -> Iterator[CalendarEvent]:
    rows = books.Freeze.objects.current().filter(**_of(row)).exclude(ends_at__lte=at - _BACK)
    for one in rows.select_related("client").order_by("starts_at", "pk"):
        core = one.to_core()
        where = ", ".join(sorted(core.assets)) or "all servers"
        yield _event(
            f"{one.ref}-{one.client.code}",
            (one.starts_at, one.ends_at),
            f"Freeze at {one.client.name}",
            f"{core.reason} ({where})",
            one.recorded_at,
        )


def _drills(row: CalendarLink, at: datetime) -> Iterator[CalendarEvent]:
    assets = books.Asset.objects.filter(**_of(row)).select_related("client")
    kept = books.BackupPolicy.objects.current().values("asset")
    for asset, name, due in drills_due(
        assets.filter(pk__in=kept).order_by("client__code", "code"), at
    ):
        yield _event(
            f"drill-{name}-{asset.client.code}-{asset.code}",
            (due, due + _NO_END),
            f"Restore drill of {asset.name}",
            f"{name} at {asset.client.name}",
            at,
        )


def _event(
    uid: str, span: tuple[datetime, datetime | None], summary: str, says: str, stamp: datetime
) -> CalendarEvent:
    start, end = span
    return CalendarEvent(
        uid=f"{uid}@{_host()}",
        sequence=0,
        stamp=utc(stamp),
        starts_at=start,
        ends_at=end if end is not None and end > start else start + _NO_END,
        summary=summary,
        description=says,
        organizer="",
        attendees=(),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
