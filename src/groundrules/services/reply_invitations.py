"""What becomes of a letter that asks a vendor for its side: handed over it invites; its return or answer is noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from groundrules.core.ids import VendorId
from groundrules.core.letters.answers import LetterKind
from groundrules.core.world import ReplyInvitation
from groundrules.records import models as books
from groundrules.records.models import Delivery
from groundrules.services import vendors
from groundrules.services.actor import Actor

_CAME_BACK = frozenset({Delivery.BOUNCED, Delivery.REFUSED})


def note_delivery(step: Delivery, *, actor: Actor, at: datetime) -> None:
    """This function will take the way of a right of reply as the vendor's invitation, its return, or its answer."""
    letter, happened_at = step.letter, step.happened_at or at
    if letter.kind != LetterKind.RIGHT_OF_REPLY.value:
        return
    vendor = books.Vendor.objects.filter(name=letter.to_core().to).order_by("pk").first()
    if vendor is None:
        return
    if step.kind == Delivery.HANDED_OVER:
        invitation = ReplyInvitation(VendorId(vendor.code), happened_at)
        vendors.invite_reply(invitation, client=letter.client, actor=actor, at=at)
        return
    rows = books.ReplyInvitation.objects.of_client(letter.client).current()
    last = (
        rows.filter(vendor=vendor, invited_at__gte=letter.sent_at).order_by("-invited_at").first()
    )
    if last is None:
        return
    core = last.to_core()
    if step.kind in _CAME_BACK and core.replied_at is None:
        core = replace(core, bounced_at=happened_at)
    elif step.kind == Delivery.REPLIED:
        core = replace(core, replied_at=core.replied_at or happened_at)
    vendors.invite_reply(core, client=letter.client, actor=actor, at=at)
