"""Passkeys of a user: added by themselves, signed in with, taken away."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from groundrules.gateways.passkeys import (
    Asking,
    KeptPasskey,
    PasskeyDoor,
    PasskeyRefused,
    number_in,
)
from groundrules.records.book import REF_LENGTH
from groundrules.records.models import User
from groundrules.records.sign_in import CodeApp, Passkey
from groundrules.services import audit
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.signin import second_factors

__all__ = ["Asking", "PasskeyRefused", "add", "ask", "ask_for_new", "door", "remove", "use"]


def door() -> PasskeyDoor | None:
    """This function will return the name passkeys are bound to, or nothing where pages are reached by digits only."""
    host = urlsplit(settings.GROUNDRULES_PUBLIC_URL).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return PasskeyDoor(host) if host else None
    return None


def ask_for_new(user: User) -> Asking:
    """This function will ask the user's browser for a new passkey; raises PasskeyRefused where there can be none."""
    known = user.passkeys.order_by("pk").values_list("credential", flat=True)
    return _door().ask_for_new(str(user.pk).encode(), user.email, user.name, tuple(known))


def add(
    user: User,
    name: str,
    answer: tuple[Mapping[str, Any], Mapping[str, Any]],
    *,
    actor: Actor,
    at: datetime,
) -> tuple[str, ...]:
    """This function will keep a passkey the browser made, and return recovery codes if there were none.

    `answer` is what was remembered of the asking and what came back. Raises PasskeyRefused.
    """
    if actor.label != user.email or actor.token:
        message = f"{actor.signature} adds no passkey for {user.email}; they do it themselves"
        raise NotAllowed(message)
    kept = _door().check_new(*answer)
    called = " ".join(name.split())[:REF_LENGTH] or "Passkey"
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if Passkey.objects.filter(credential_digest=_digest(kept.number)).exists():
            message = "this passkey is on record already"
            raise PasskeyRefused(message)
        Passkey.objects.create(
            user=user,
            name=called,
            credential_digest=_digest(kept.number),
            credential=kept.credential,
            counter=kept.counter,
            added_at=at,
        )
        says = f"{user.email} added the passkey {called}"
        audit.record(audit.Entry("passkeys.add", user.email, says), actor=actor, at=at)
        return second_factors.codes_if_none(user, actor=actor, at=at)


def ask() -> Asking:
    """This function will ask a browser for any passkey of this installation; raises PasskeyRefused."""
    return _door().ask_for_known()


def use(state: Mapping[str, Any], answer: Mapping[str, Any], *, at: datetime) -> User:
    """This function will return whose passkey signed; raises PasskeyRefused, whoever it may have been."""
    with transaction.atomic():
        rows = Passkey.objects.select_for_update(of=("self",)).select_related("user")
        row = rows.filter(credential_digest=_digest(number_in(answer))).first()
        if row is None or not row.user.is_active:
            message = "no user who may sign in has this passkey; use another way, or ask an owner"
            raise PasskeyRefused(message)
        kept = KeptPasskey(row.credential, b"", row.counter)
        row.counter = _door().check_known(state, answer, kept)
        row.last_used_at = at
        row.save(update_fields=["counter", "last_used_at"])
    return row.user


def remove(row: Passkey, *, actor: Actor, at: datetime) -> None:
    """This function will take one's own passkey away; raises LastFactor where the role demands one."""
    if actor.label != row.user.email or actor.token:
        message = f"{row.name} is {row.user.email}'s passkey; they take it away themselves"
        raise NotAllowed(message)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=row.user.pk)
        app = CodeApp.objects.filter(user=user, confirmed_at__isnull=False).exists()
        second_factors.keep_one(user, app or user.passkeys.exclude(pk=row.pk).exists())
        says = f"{user.email} took the passkey {row.name} away"
        audit.record(audit.Entry("passkeys.remove", user.email, says), actor=actor, at=at)
        row.delete()


def _door() -> PasskeyDoor:
    found = door()
    if found is None:
        message = (
            "passkeys belong to a name, and these pages are reached by digits; set "
            "GROUNDRULES_PUBLIC_URL to the address with its name"
        )
        raise PasskeyRefused(message)
    return found


def _digest(number: bytes) -> str:
    return hashlib.sha256(number).hexdigest()
