"""Webhooks: kept by owners, delivered by the worker in the order of the events, tried again for three days.

Delivering is claimed first and done outside any transaction. Whoever is killed in between leaves a claim that ends by
itself: an event may arrive twice, under one identity, and never not at all.
"""

from __future__ import annotations

import base64
import binascii
import secrets as randomness
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Min, QuerySet

from groundrules.core.reasons import counted
from groundrules.gateways.webhooks import (
    AddressRefused,
    HttpPoster,
    Poster,
    Replied,
    check_address,
    signed,
)
from groundrules.records.models import Client, Webhook, WebhookAttempt, WebhookDelivery
from groundrules.services import audit, webhook_events
from groundrules.services.actor import Actor, require
from groundrules.services.storage import secret_sealer

__all__ = ["AddressRefused", "Webhook"]
_PREFIX = "whsec_"
_SECRET_BYTES = 32
_NAME = 40
_OVERLAP = timedelta(hours=24)
_GIVE_UP = timedelta(days=3)
_CLAIM = timedelta(minutes=2)
_PAUSES = tuple(
    timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
)
# So few at once that a receiver that hangs holds the worker up for seconds only.
_AT_ONCE = 8
_EACH = 8


class WebhookMalformed(ValueError):
    """A webhook was to have a name, kinds of events or clients it cannot have."""


class WebhookUnknown(LookupError):
    """No webhook that stands has this name."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a webhook shall be: a name, an address, and what it is told of (nothing named: everything)."""

    name: str
    url: str
    events: Collection[str] = ()
    clients: Collection[str] = ()


def inside() -> tuple[str, ...]:
    """This function will return the hosts of our own network that may be told, as the setting names them."""
    named = settings.GROUNDRULES_WEBHOOKS_INSIDE.replace(",", " ").split()
    return tuple(one.strip().lower() for one in named)


def add(wanted: Wanted, *, actor: Actor, at: datetime) -> tuple[Webhook, str]:
    """This function will keep a webhook and return its secret, shown this once. Owners only.

    Raises WebhookMalformed and AddressRefused.
    """
    require(actor)
    name = _checked(wanted)
    secret = randomness.token_bytes(_SECRET_BYTES)
    with transaction.atomic():
        if Webhook.objects.filter(name=name).exists():
            message = f"there is or was a webhook called {name}; give this one another name"
            raise WebhookMalformed(message)
        row = Webhook.objects.create(
            name=name,
            url=wanted.url,
            events=sorted(set(wanted.events)),
            clients=sorted(set(wanted.clients)),
            secret=secret_sealer().seal(secret, f"webhook {name}"),
            made_at=at,
            made_by=actor.label,
        )
        says = f"webhook {name} tells {_place(row)} of {', '.join(row.events) or 'everything'}"
        _note("webhooks.add", row, says, actor, at)
    return row, _shown(secret)


def _checked(wanted: Wanted) -> str:
    check_address(wanted.url, inside())
    name = " ".join(wanted.name.split())
    if not name or len(name) > _NAME or not name.isprintable():
        message = f"give the webhook a name of 1 to {_NAME} characters"
        raise WebhookMalformed(message)
    strange = set(wanted.events) - set(webhook_events.KINDS)
    if strange:
        known = ", ".join(webhook_events.KINDS)
        message = f"{', '.join(sorted(strange))} is no kind of event; choose among {known}"
        raise WebhookMalformed(message)
    found = Client.objects.filter(code__in=list(wanted.clients)).values_list("code", flat=True)
    missing = set(wanted.clients) - set(found)
    if missing:
        message = f"there is no client {', '.join(sorted(missing))}"
        raise WebhookMalformed(message)
    return name


def named(name: str) -> Webhook:
    """This function will return the webhook that stands under a name; raises WebhookUnknown."""
    row = Webhook.objects.filter(name=name, ended_at__isnull=True).first()
    if row is None:
        message = f"there is no webhook {name}; see: groundrules webhook list"
        raise WebhookUnknown(message)
    return row


def replace_secret(row: Webhook, *, actor: Actor, at: datetime) -> str:
    """This function will give a webhook a new secret; the old one signs too for a day, so that nothing is missed."""
    require(actor)
    secret = randomness.token_bytes(_SECRET_BYTES)
    with transaction.atomic():
        row = Webhook.objects.select_for_update().get(pk=row.pk)
        row.old_secret, row.old_until = row.secret, at + _OVERLAP
        row.secret = secret_sealer().seal(secret, f"webhook {row.name}")
        row.save(update_fields=["secret", "old_secret", "old_until"])
        _note("webhooks.replace_secret", row, f"webhook {row.name} has a new secret", actor, at)
    return _shown(secret)


def end(row: Webhook, *, actor: Actor, at: datetime) -> None:
    """This function will tell a webhook nothing more; what it was told stays on record."""
    require(actor)
    with transaction.atomic():
        row = Webhook.objects.select_for_update().get(pk=row.pk)
        if row.ended_at is None:
            row.ended_at = at
            row.save(update_fields=["ended_at"])
            _note("webhooks.end", row, f"webhook {row.name} ended", actor, at)


def try_out(row: Webhook, *, actor: Actor, at: datetime) -> None:
    """This function will put an event on its way that means nothing, to see whether it arrives."""
    require(actor)
    with transaction.atomic():
        webhook_events.write(webhook_events.TEST, row.name, None, [row], at=at)
        _unpause(row)
        _note("webhooks.try_out", row, f"webhook {row.name} tried out", actor, at)


def replay(delivery: WebhookDelivery, *, actor: Actor, at: datetime) -> None:
    """This function will deliver an event once more, under the same identity, at once."""
    require(actor)
    with transaction.atomic():
        row = WebhookDelivery.objects.select_for_update().get(pk=delivery.pk)
        row.state, row.due_at, row.done_at = WebhookDelivery.WAITING, at, None
        row.save(update_fields=["state", "due_at", "done_at"])
        _unpause(delivery.webhook)
        says = (
            f"{delivery.event.kind} {delivery.event.subject} is told {delivery.webhook.name} again"
        )
        _note("webhooks.replay", delivery.webhook, says, actor, at)


def _unpause(row: Webhook) -> None:
    Webhook.objects.filter(pk=row.pk).update(paused_until=None)


def _note(verb: str, row: Webhook, says: str, actor: Actor, at: datetime) -> None:
    audit.record(audit.Entry(verb, row.name, says), actor=actor, at=at)


def _place(row: Webhook) -> str:
    """Where it is, without the part of its address that may be a secret."""
    parts = check_address(row.url, inside())
    return f"{parts.scheme}://{parts.hostname}"


def _shown(secret: bytes) -> str:
    return _PREFIX + base64.b64encode(secret).decode()


def secret_bytes(shown: str) -> bytes:
    """This function will return the bytes of a secret as it was shown; receivers do the same."""
    try:
        return base64.b64decode(shown.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as odd:
        message = "a secret is whsec_ and base64"
        raise WebhookMalformed(message) from odd


def deliver_due(at: datetime, poster: Poster | None = None) -> int:
    """This function will deliver what is due, a few at a time, and return how many arrived."""
    door = poster or HttpPoster(inside())
    claimed = _claimed(at)
    if not claimed:
        return 0
    by_hook: dict[int, list[WebhookDelivery]] = {}
    for one in claimed:
        by_hook.setdefault(one.webhook_id, []).append(one)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        told = list(pool.map(lambda group: _told(group, door, at), by_hook.values()))
    return sum(_filed(one, reply, at) for group in told for one, reply in group)


def _claimed(at: datetime) -> list[WebhookDelivery]:
    """The oldest of each webhook; of one that failed last time only the very oldest, to see whether it is back.

    Each webhook is asked for by itself, so that what waits for one never hides what waits for another.
    """
    waiting = WebhookDelivery.objects.waiting(at)
    longest = waiting.values("webhook", "webhook__failures").annotate(first=Min("due_at"))
    chosen: list[WebhookDelivery] = []
    for one in longest.order_by("first", "webhook")[:_AT_ONCE]:
        rows = waiting.filter(webhook=one["webhook"]).select_related("webhook", "event")
        most = 1 if one["webhook__failures"] else _EACH
        chosen += [row for row in rows.order_by("event_id")[:most] if _is_ours(row, at)]
    return chosen


def _is_ours(row: WebhookDelivery, at: datetime) -> bool:
    """Whoever moves the due instant on has the turn; another worker that came first has moved it already."""
    same = WebhookDelivery.objects.filter(
        pk=row.pk, state=WebhookDelivery.WAITING, due_at=row.due_at
    )
    return bool(same.update(due_at=at + _CLAIM))


_Told = tuple[WebhookDelivery, Replied | None]


def _told(group: list[WebhookDelivery], door: Poster, at: datetime) -> list[_Told]:
    """In the order of the events; after one that failed the rest waits."""
    told: list[_Told] = []
    secrets = _secrets(group[0].webhook, at)
    failed = False
    for one in group:
        if failed:
            told.append((one, None))
            continue
        body = one.event.payload.encode()
        headers = signed(secrets, one.event.uid, int(at.timestamp()), body)
        headers |= {"Content-Type": "application/json", "User-Agent": "groundrules-webhooks/1"}
        reply = door.post(one.webhook.url, body, headers)
        failed = not reply.is_taken
        told.append((one, reply))
    return told


def _secrets(row: Webhook, at: datetime) -> list[bytes]:
    sealer, whose = secret_sealer(), f"webhook {row.name}"
    found = [sealer.open(row.secret, whose)]
    if row.old_secret and row.old_until is not None and at < row.old_until:
        found.append(sealer.open(row.old_secret, whose))
    return found


def _filed(row: WebhookDelivery, reply: Replied | None, at: datetime) -> bool:
    with transaction.atomic():
        if reply is None:
            WebhookDelivery.objects.filter(pk=row.pk).update(due_at=at)
            return False
        WebhookAttempt.objects.create(
            recorded_at=at,
            recorded_by="groundrules",
            delivery=row,
            status=reply.status,
            says=reply.says,
            milliseconds=reply.milliseconds,
        )
        if reply.is_taken:
            row.state, row.done_at = WebhookDelivery.DELIVERED, at
            Webhook.objects.filter(pk=row.webhook_id).update(failures=0, paused_until=None)
        else:
            _postponed(row, at)
        row.due_at = at
        row.save(update_fields=["state", "due_at", "done_at"])
    return reply.is_taken


def _postponed(row: WebhookDelivery, at: datetime) -> None:
    hook = Webhook.objects.select_for_update().get(pk=row.webhook_id)
    pause = _PAUSES[min(hook.failures, len(_PAUSES) - 1)]
    hook.failures, hook.paused_until = hook.failures + 1, at + pause
    hook.save(update_fields=["failures", "paused_until"])
    if at - row.event.recorded_at >= _GIVE_UP:
        row.state, row.done_at = WebhookDelivery.GAVE_UP, at
    too_old = WebhookDelivery.objects.filter(
        webhook=hook, state=WebhookDelivery.WAITING, event__recorded_at__lte=at - _GIVE_UP
    )
    too_old.exclude(pk=row.pk).update(state=WebhookDelivery.GAVE_UP, done_at=at)


def standing(row: Webhook) -> str:
    """This function will say in words how a webhook stands."""
    if row.ended_at is not None:
        return "ended"
    if row.failures:
        return f"failed {counted(row.failures, 'time')} in a row, tried again later"
    return "well"


def lately(row: Webhook) -> QuerySet[WebhookDelivery]:
    """This function will return what a webhook was told, the newest first."""
    rows = WebhookDelivery.objects.filter(webhook=row).select_related("event", "webhook")
    return rows.order_by("-event_id")
