"""A vendor's person asks for access by their link: checked first, then the code is used, then it is on record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from groundrules.core.calendars import zone_label
from groundrules.core.evidence import ItemKind
from groundrules.core.ids import AssetId, VendorId, WindowId
from groundrules.core.periods import Period
from groundrules.core.vendors import AccessWindow as CoreWindow
from groundrules.core.vendors import ChangeRequestType
from groundrules.gateways.ssh_certificates import read_user_key
from groundrules.records.models import (
    AccessRequest,
    AccessWindow,
    Client,
    Gate,
    PortalLink,
    Role,
)
from groundrules.services.access.by_mail import how_to_reply
from groundrules.services.access.codes import use_code
from groundrules.services.access.rules import RulesChanged, accept_by_link, standing_of
from groundrules.services.access.standing import approve_routine
from groundrules.services.access.telling import each_zone, staff_page
from groundrules.services.actor import Actor
from groundrules.services.filing import Filing, enter
from groundrules.services.outgoing import post
from groundrules.services.paging import page
from groundrules.services.turns import take_turn

_LONGEST = timedelta(hours=12)
_NUMBERED = re.compile(r"WIN-(\d+)")


class RequestRefused(ValueError):
    """The request can't be taken as it is; the message says what to correct."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person wants to do, and when. `kinds` empty means that they did not narrow it down.

    `accepts_rules` is the version of the rules of engagement they say they accept, 0 for none.
    """

    starts_at: datetime
    ends_at: datetime
    plan: str
    way_back: str = ""
    kinds: frozenset[ItemKind] = frozenset()
    public_key: str = ""
    emergency: bool = False
    accepts_rules: int = 0


def request_access(link: PortalLink, wanted: Wanted, code: str, at: datetime) -> AccessWindow:
    """This function will put a request on record and promise a decision; routine work is approved at once.

    The rules they accept with it are on record with it. Raises RequestRefused, UserKeyUnusable, CodeRefused or
    RulesChanged; then nothing was sent.
    """
    _check(link, wanted, at)
    _check_rules(link, wanted, at)
    use_code(link, code, at)
    actor = Actor(
        link.email, Role.TECHNICIAN
    )  # the label in the books; a link opens no verb that asks for a role
    with transaction.atomic():
        client = take_turn(link.client)
        if wanted.accepts_rules:
            accept_by_link(link, wanted.accepts_rules, at)
        window = _window(link, wanted, next_window(client), at)
        says = f"{link.person} asks for access to {window.asset}"
        row: AccessWindow = enter(window, "access.request", says, Filing(client, actor, at)).row
        AccessRequest.objects.create(
            recorded_at=at,
            recorded_by=actor.label,
            client=client,
            link=link,
            window=row.ref,
            plan=wanted.plan.strip(),
            way_back=wanted.way_back.strip(),
            public_key=" ".join(wanted.public_key.split()[:2]),
            decide_by=at + timedelta(minutes=settings.GROUNDRULES_DECIDE_WITHIN),
        )
    if not approve_routine(row, at):
        _tell(row, link, wanted, at)
    return row


def accept_rules(link: PortalLink, version: int, code: str, at: datetime) -> None:
    """This function will record that a link's person accepts the newest rules, without asking for a window.

    Raises RulesChanged, RequestRefused for a link that has none, or CodeRefused; then nothing was accepted.
    """
    newest = standing_of(link.client, link.vendor, at).rules if link.vendor else None
    if newest is None:
        message = "There are no rules to accept with this link."
        raise RequestRefused(message)
    if version != newest.version:
        message = f"Tick that you accept version {newest.version}, after you read it below."
        raise RulesChanged(message)
    use_code(link, code, at)
    with transaction.atomic():
        take_turn(link.client)
        accept_by_link(link, version, at)


def _check(link: PortalLink, wanted: Wanted, at: datetime) -> None:
    if link.vendor is None or link.asset is None:
        message = "This link shows a report; it can't ask for access."
        raise RequestRefused(message)
    checks = (
        (not wanted.plan.strip(), "Say what you will do."),
        (wanted.ends_at <= wanted.starts_at, "The end must come after the beginning."),
        (wanted.ends_at <= at, "That time is over; choose a later one."),
        (
            wanted.ends_at - wanted.starts_at > _LONGEST,
            "A window lasts twelve hours at most; ask for several.",
        ),
    )
    for holds, sentence in checks:
        if holds:
            raise RequestRefused(sentence)
    if wanted.public_key.strip():
        read_user_key(wanted.public_key)
    elif Gate.objects.by_ssh().filter(asset=link.asset).exists():
        message = "This server lets you in by certificate: paste your public key (the .pub file)."
        raise RequestRefused(message)


def _check_rules(link: PortalLink, wanted: Wanted, at: datetime) -> None:
    """Before the code is used up: the version is the newest, and where rules refuse, it is accepted."""
    assert link.vendor is not None  # noqa: S101 - _check() has refused a link without one
    standing = standing_of(link.client, link.vendor, at)
    newest = standing.rules.version if standing.rules else 0
    if wanted.accepts_rules not in {0, newest}:
        message = f"The rules have changed: read version {newest} below before you accept it."
        raise RulesChanged(message)
    if standing.refuses and not wanted.accepts_rules and not wanted.emergency:
        message = f"Accept version {newest} of the rules below first; an emergency may come before."
        raise RequestRefused(message)


def _window(link: PortalLink, wanted: Wanted, ref: str, at: datetime) -> CoreWindow:
    assert link.vendor is not None  # noqa: S101 - _check() has refused a link without one
    assert link.asset is not None  # noqa: S101 - as above
    return CoreWindow(
        WindowId(ref),
        AssetId(link.asset.code),
        Period(wanted.starts_at, wanted.ends_at),
        vendor=VendorId(link.vendor.code),
        type=ChangeRequestType.EMERGENCY if wanted.emergency else ChangeRequestType.NORMAL,
        kinds=wanted.kinds,
        accounts=frozenset({link.account}) if link.account else frozenset(),
        requested_at=at,
        reason=wanted.plan.strip() if wanted.emergency else "",
    )


def next_window(client: Client) -> str:
    """This function will return the next number; whoever asks has the client's turn, so no two requests get one."""
    refs = AccessWindow.objects.of_client(client).values_list("ref", flat=True).distinct()
    numbers = [int(found[1]) for ref in refs if (found := _NUMBERED.fullmatch(ref))]
    return f"WIN-{max(numbers, default=0) + 1}"


def _tell(row: AccessWindow, link: PortalLink, wanted: Wanted, at: datetime) -> None:
    core = row.to_core()
    request = AccessRequest.objects.get(client=row.client, window=row.ref)
    by = zone_label(request.decide_by, row.client.zone)
    urgent = "EMERGENCY: " if wanted.emergency else ""
    text = (
        f"{link.person} ({link.email}) asks for {row.asset.name} at {row.client.name}:\n\n{each_zone(core, row)}\n\n"
        f"{wanted.plan}\n\nDecide by {by}: {staff_page(row)}\n\n{how_to_reply(row)}"
    )
    page(
        f"{urgent}{row.ref} on {row.asset.name} is asked for",
        text,
        at=at,
        reference=f"{row.ref}-decide",
        keep=True,
    )
    post(
        f"{row.ref}-asked",
        link.email,
        f"{row.ref} is asked for",
        f"We have your request:\n\n{each_zone(core, row)}\n\nYou hear from us by {by}.",
        at,
    )
