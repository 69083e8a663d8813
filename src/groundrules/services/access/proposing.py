"""A window asked for on a vendor's behalf by our own people or programs; somebody decides on it like on any other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from groundrules.core.ids import AssetId, VendorId, WindowId
from groundrules.core.periods import Period
from groundrules.core.vendors import AccessWindow as CoreWindow
from groundrules.records.models import AccessWindow, Asset, Role, Vendor
from groundrules.services.access.asking import RequestRefused, next_window
from groundrules.services.access.telling import each_zone, staff_page
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.paging import page
from groundrules.services.turns import take_turn

_LONGEST = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Proposed:
    """Who wants to do what, when, on which account of the server (any, when none is named)."""

    vendor: Vendor
    starts_at: datetime
    ends_at: datetime
    plan: str
    account: str = ""


def propose(asset: Asset, wanted: Proposed, *, actor: Actor, at: datetime) -> AccessWindow:
    """This function will put a request on record and call on-call to decide; it opens nothing.

    Raises RequestRefused, and NotAllowed below a technician.
    """
    require(actor, Role.TECHNICIAN)
    _check(asset, wanted, at)
    with transaction.atomic():
        client = take_turn(asset.client)
        window = CoreWindow(
            WindowId(next_window(client)),
            AssetId(asset.code),
            Period(wanted.starts_at, wanted.ends_at),
            vendor=VendorId(wanted.vendor.code),
            accounts=frozenset({wanted.account}) if wanted.account else frozenset(),
            requested_at=at,
            reason=wanted.plan.strip(),
        )
        says = f"{actor.signature} asks for access of {wanted.vendor.name} to {asset.code}: {wanted.plan.strip()}"
        row: AccessWindow = enter(window, "access.propose", says, Filing(client, actor, at)).row
        transaction.on_commit(partial(_tell, row, says, at))
    return row


def _check(asset: Asset, wanted: Proposed, at: datetime) -> None:
    runs_there = asset.applications.filter(vendor=wanted.vendor).exists()
    checks = (
        (not runs_there, f"{wanted.vendor.name} has no application on {asset.code}."),
        (not wanted.plan.strip(), "Say what will be done."),
        (wanted.ends_at <= wanted.starts_at, "The end must come after the beginning."),
        (wanted.ends_at <= at, "That time is over; choose a later one."),
        (wanted.ends_at - wanted.starts_at > _LONGEST, "A window lasts twelve hours at most."),
    )
    for holds, sentence in checks:
        if holds:
            raise RequestRefused(sentence)


def _tell(row: AccessWindow, says: str, at: datetime) -> None:
    text = f"{says}\n\n{each_zone(row.to_core(), row)}\n\nDecide: {staff_page(row)}"
    page(f"{row.ref} on {row.asset.name} is asked for", text, at=at, reference=f"{row.ref}-decide")
