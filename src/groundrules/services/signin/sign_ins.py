"""Sign-ins: begun with what was shown, seen again now and then, and ended by oneself or by an owner, at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from groundrules.records.models import Role, User
from groundrules.records.sign_in import SignIn
from groundrules.services import audit
from groundrules.services.actor import Actor

_ADDRESS = 64
_BROWSER = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """How somebody signed in: by what, whether that is two factors, and from where."""

    how: str
    strong: bool
    address: str
    browser: str


def begin(user: User, key: str, shown: Shown, *, at: datetime) -> SignIn:
    """This function will write down that a user signed in; `key` is the browser's session."""
    with transaction.atomic():
        row = SignIn.objects.create(
            user=user,
            key=key,
            how=shown.how,
            strong=shown.strong,
            started_at=at,
            seen_at=at,
            address=shown.address[:_ADDRESS],
            browser=shown.browser[:_BROWSER],
        )
        says = f"{user.email} signed in by {shown.how} from {shown.address or 'an unknown address'}"
        details = {"how": shown.how, "strong": shown.strong, "browser": row.browser}
        entry = audit.Entry("sign_ins.begin", user.email, says, details=details)
        audit.record(entry, actor=Actor.of(user), at=at)
    return row


def see(key: str, *, at: datetime) -> None:
    """This function will note that a sign-in is still in use."""
    SignIn.objects.filter(key=key, ended_at__isnull=True).update(seen_at=at)


def visible_to(actor: Actor, at: datetime) -> QuerySet[SignIn]:
    """This function will return the open sign-ins a person may see: their own; an owner everybody's."""
    alive = Session.objects.filter(expire_date__gt=at).values("session_key")
    rows = SignIn.objects.filter(ended_at__isnull=True, key__in=alive, user__is_active=True)
    rows = rows.select_related("user")
    return rows if actor.role is Role.OWNER else rows.filter(user__email=actor.label)


def end(rows: QuerySet[SignIn], why: str, *, actor: Actor, at: datetime) -> int:
    """This function will end sign-ins at once, of those the actor may see; returns how many were open."""
    with transaction.atomic():
        open_ones = rows.filter(pk__in=visible_to(actor, at).values("pk"))
        chosen = list(
            open_ones.order_by("pk").select_for_update(of=("self",)).select_related("user")
        )
        Session.objects.filter(session_key__in=[row.key for row in chosen]).delete()
        SignIn.objects.filter(pk__in=[row.pk for row in chosen]).update(
            ended_at=at, ended_by=actor.label
        )
        for row in chosen:
            says = f"sign-in of {row.user.email} from {row.address} ended: {why}"
            entry = audit.Entry("sign_ins.end", row.user.email, says, details={"reason": why})
            audit.record(entry, actor=actor, at=at)
    return len(chosen)


def leave(user: User, key: str, *, at: datetime) -> None:
    """This function will note that a user signed out; the browser's session ends by itself."""
    SignIn.objects.filter(user=user, key=key, ended_at__isnull=True).update(
        ended_at=at, ended_by=user.email
    )
