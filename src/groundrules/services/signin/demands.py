"""Which roles sign in with a second factor only, and who has one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from groundrules.records.models import Role, User
from groundrules.records.sign_in import CodeApp, Passkey, SecondFactorDemand, SignIn
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.signin import sign_ins
from groundrules.services.users import UnknownRole


def demanded_roles() -> frozenset[str]:
    """This function will return the roles whose users need a second factor."""
    return frozenset(SecondFactorDemand.objects.values_list("role", flat=True))


def is_demanded_of(user: User) -> bool:
    """This function will say whether a user's role needs a second factor."""
    return SecondFactorDemand.objects.filter(role=user.role).exists()


def has_second_factor(user: User) -> bool:
    """This function will say whether a user set a code app or a passkey up."""
    return (
        CodeApp.objects.filter(user=user, confirmed_at__isnull=False).exists()
        or Passkey.objects.filter(user=user).exists()
    )


def demand(role: str, *, actor: Actor, at: datetime) -> int:
    """This function will demand a second factor of a role, and end its sign-ins that showed none. Owners only.

    Returns how many ended; one's own stays open, and is asked for a factor at the next sign-in. Raises UnknownRole.
    """
    require(actor)
    _check(role)
    with transaction.atomic():
        _, made = SecondFactorDemand.objects.get_or_create(
            role=role, defaults={"demanded_at": at, "demanded_by": actor.label}
        )
        if not made:
            return 0
        weak = SignIn.objects.filter(user__role=role, strong=False, ended_at__isnull=True)
        weak = weak.exclude(user__email=actor.label)
        ended = sign_ins.end(weak, "a second factor is demanded", actor=actor, at=at)
        says = f"role {role} signs in with a second factor only"
        details = {"before": {"second_factor": False}, "after": {"second_factor": True}}
        entry = audit.Entry("demands.demand", role, says, details=details)
        audit.record(entry, actor=actor, at=at)
    return ended


def release(role: str, reason: str, *, actor: Actor, at: datetime) -> None:
    """This function will stop demanding a second factor of a role, with the reason. Owners only; raises UnknownRole."""
    require(actor)
    _check(role)
    with transaction.atomic():
        gone, _ = SecondFactorDemand.objects.filter(role=role).delete()
        if not gone:
            return
        says = f"role {role} may sign in without a second factor: {reason or 'no reason given'}"
        details = {
            "before": {"second_factor": True},
            "after": {"second_factor": False},
            "reason": reason,
        }
        entry = audit.Entry("demands.release", role, says, details=details)
        audit.record(entry, actor=actor, at=at)


def _check(role: str, roles: Collection[str] = tuple(Role.values)) -> None:
    if role not in roles:
        message = f"{role!r} is no role; choose {', '.join(roles)}"
        raise UnknownRole(message)
