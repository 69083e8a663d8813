"""Another role for somebody: on record with the reason; their sign-ins end, so that the new role's rules hold."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from groundrules.records.models import Role, User
from groundrules.services import audit, users
from groundrules.services.actor import Actor, require
from groundrules.services.signin import sign_ins


def set_role(user: User, role: str, reason: str, *, actor: Actor, at: datetime) -> None:
    """This function will give a user another role, with the reason; they sign in anew. Owners only.

    Raises UnknownRole, LastOwner, and ReasonMissing.
    """
    require(actor)
    if role not in Role.values:
        message = f"{role!r} is no role; choose {', '.join(Role.values)}"
        raise users.UnknownRole(message)
    if not reason.strip():
        message = "say why the role changes; the audit book keeps it"
        raise users.ReasonMissing(message)
    with transaction.atomic():
        owners = User.objects.select_for_update().filter(role=Role.OWNER, is_active=True)
        if role != Role.OWNER and {owner.pk for owner in owners} == {user.pk}:
            message = f"{user.email} is the last owner; add another one first"
            raise users.LastOwner(message)
        locked = User.objects.select_for_update().get(pk=user.pk)
        before, locked.role = locked.role, role
        if before == role:
            return
        locked.save(update_fields=["role"])
        user.role = role
        sign_ins.end(user.sign_ins.all(), "another role", actor=actor, at=at)
        says = f"{user.email} is {role} instead of {before}: {reason.strip()}"
        details = {"before": {"role": before}, "after": {"role": role}, "reason": reason.strip()}
        entry = audit.Entry("users.set_role", user.email, says, details=details)
        audit.record(entry, actor=actor, at=at)
