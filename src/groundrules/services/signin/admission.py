"""Who may come in: access is taken away with everything it opened, and given back without any of it.

Tokens, calendars, links and open pages end for good. Whoever is let in again makes new ones, so that a secret that lay
about meanwhile opens nothing.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from groundrules.records.models import ApiToken, CalendarLink, Role, SignInLink, User
from groundrules.services import audit, calendar_links, tokens
from groundrules.services.actor import Actor, require
from groundrules.services.signin import sign_ins
from groundrules.services.users import LastOwner


def deactivate(user: User, *, actor: Actor, at: datetime) -> None:
    """This function will take a user's access away; what they did stays on record. Owners only.

    Raises LastOwner, because nobody could let anybody in again.
    """
    require(actor)
    with transaction.atomic():
        owners = User.objects.select_for_update().filter(role=Role.OWNER, is_active=True)
        if {owner.pk for owner in owners} == {user.pk}:
            message = f"{user.email} is the last owner; add another one first"
            raise LastOwner(message)
        _end_all(user, "access taken away", actor, at)
        _let(user, active=False)
        entry = audit.Entry("users.deactivate", user.email, f"{user.email} may no longer sign in")
        audit.record(entry, actor=actor, at=at)


def readmit(user: User, *, actor: Actor, at: datetime) -> None:
    """This function will give a user's access back, and none of the secrets they held before. Owners only."""
    require(actor)
    with transaction.atomic():
        if User.objects.select_for_update().get(pk=user.pk).is_active:
            return
        _let(user, active=True)
        # Whose access was taken away by an older version still holds them.
        _end_all(user, "let in again", actor, at)
        entry = audit.Entry("users.readmit", user.email, f"{user.email} may sign in again")
        audit.record(entry, actor=actor, at=at)


def _let(user: User, *, active: bool) -> None:
    user.is_active = active
    user.save(update_fields=["is_active"])


def _end_all(user: User, why: str, actor: Actor, at: datetime) -> None:
    sign_ins.end(user.sign_ins.all(), why, actor=actor, at=at)
    SignInLink.objects.filter(user=user, used_at__isnull=True).update(used_at=at)
    for token in ApiToken.objects.filter(user=user, revoked_at__isnull=True).order_by("pk"):
        tokens.revoke(token, actor=actor, at=at)
    for link in CalendarLink.objects.filter(user=user, revoked_at__isnull=True).order_by("pk"):
        calendar_links.revoke(link, actor=actor, at=at)
