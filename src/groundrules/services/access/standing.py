"""Routine work approved beforehand: a request it covers is approved as it comes in, in its maker's name."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, time

from django.db import transaction
from django.db.models import QuerySet

from groundrules.core.evidence import ItemKind
from groundrules.core.ids import AssetId, StandingApprovalId, VendorId
from groundrules.core.periods import Period
from groundrules.core.vendors import ApprovalRefused
from groundrules.core.vendors.gate import CertificateRefused
from groundrules.core.vendors.standing import StandingApproval, not_covered
from groundrules.records import models as books
from groundrules.records.models import AccessWindow, Role
from groundrules.services.access.deciding import Deciding, approve
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.gate import KeyMissing, NoAuthority, UnknownAccount
from groundrules.services.turns import take_turn

_NUMBERED = re.compile(r"STD-(\d+)")
_REFUSALS = (ApprovalRefused, CertificateRefused, KeyMissing, NoAuthority, UnknownAccount)


class UnknownStandingApproval(LookupError):
    """No standing approval is on record under that reference."""


@dataclass(frozen=True, slots=True)
class Routine:
    """What is to be approved beforehand: the work, what it may touch, its days and hours, and on which servers."""

    says: str
    kinds: frozenset[ItemKind]
    days: frozenset[int]
    opens: time
    closes: time
    longest_minutes: int
    assets: tuple[str, ...] = ()


def approve_beforehand(
    routine: Routine, vendor: books.Vendor, *, client: books.Client, actor: Actor, at: datetime
) -> books.StandingApproval:
    """This function will approve routine work of a vendor from now on; raises StandingApprovalIncomplete."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        approval = StandingApproval(
            StandingApprovalId(_next(client)),
            VendorId(vendor.code),
            routine.says.strip(),
            routine.kinds,
            routine.days,
            routine.opens,
            routine.closes,
            routine.longest_minutes,
            Period(at, None),
            actor.label,
            frozenset(AssetId(code) for code in routine.assets),
        )
        says = f"routine work of {vendor.name} approved beforehand: {approval.sentence}"
        filing = Filing(client, actor, at)
        row: books.StandingApproval = enter(approval, "access.approve_beforehand", says, filing).row
    return row


def end_standing(
    ref: str, *, client: books.Client, actor: Actor, at: datetime
) -> books.StandingApproval:
    """This function will end a standing approval now; what it approved before stays approved."""
    require(actor, Role.TECHNICIAN)
    row = standing_now(client, at).filter(ref=ref).first()
    if row is None:
        message = f"{client.code} has no standing approval {ref!r} now"
        raise UnknownStandingApproval(message)
    core = row.to_core()
    ended = replace(core, period=Period(core.period.start, at))
    says, filing = f"{ref} ended", Filing(client, actor, at)
    new: books.StandingApproval = enter(ended, "access.end_standing", says, filing).row
    return new


def standing_now(client: books.Client, at: datetime) -> QuerySet[books.StandingApproval]:
    """This function will return the standing approvals of a client that have not ended, oldest first."""
    rows = books.StandingApproval.objects.current().of_client(client)
    return rows.filter(starts_at__lte=at).exclude(ends_at__lte=at).order_by("pk")


def approve_routine(row: AccessWindow, at: datetime) -> str:
    """This function will approve a request that is routine work and return by which approval; empty when none is.

    All that can stand against a window still does: then it waits for a person like any other.
    """
    window = row.to_core()
    for approval in (one.to_core() for one in standing_now(row.client, at)):
        if not_covered(approval, window, row.client.zone):
            continue
        maker = Actor(approval.approved_by, Role.TECHNICIAN)
        said = Deciding(
            backup_confirmed=True, standard=True, reason=f"{approval.id}: {approval.says}"
        )
        try:
            with transaction.atomic():
                approve(row.ref, said, client=row.client, actor=maker, at=at)
        except _REFUSALS:
            return ""
        return str(approval.id)
    return ""


def _next(client: books.Client) -> str:
    rows = books.StandingApproval.objects.of_client(client)
    numbers = [
        int(m[1]) for ref in rows.values_list("ref", flat=True) if (m := _NUMBERED.fullmatch(ref))
    ]
    return f"STD-{max(numbers, default=0) + 1}"
