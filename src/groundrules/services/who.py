"""Who a command acts as: the user it names, or the first owner of the installation."""

from __future__ import annotations

from django.conf import settings

from groundrules.records.models import Role, User
from groundrules.services.actor import Actor


class NobodyToActAs(LookupError):
    """The user a command is to act as does not exist or may not sign in, or there is no owner yet."""


def acting(email: str = "") -> Actor:
    """This function will return who acts: `email`, else the setting, else the first owner; raises NobodyToActAs."""
    named = (email or settings.GROUNDRULES_ACTOR).strip().lower()
    users = User.objects.filter(is_active=True)
    found = users.filter(email=named) if named else users.filter(role=Role.OWNER)
    user = found.order_by("pk").first()
    if user is None:
        message = (
            f"{named} is no active user here"
            if named
            else "this installation has no owner yet; run groundrules init (or groundrules demo)"
        )
        raise NobodyToActAs(message)
    return Actor.of(user)
