"""A window is ended now or given more time, and the vendor's person is told."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from groundrules.core.ids import WindowId
from groundrules.records.models import AccessWindow, Certificate, Client
from groundrules.services.access.deciding import request_of
from groundrules.services.access.telling import tell, tell_approved
from groundrules.services.actor import Actor
from groundrules.services.gate import end_now, extend


def end_early(
    window: str, reason: str, *, client: Client, actor: Actor, at: datetime
) -> AccessWindow:
    """This function will end a window now and tell its person; raises UnknownWindow or WindowOver."""
    with transaction.atomic():
        row = end_now(WindowId(window), reason=reason, client=client, actor=actor, at=at)
        asked = request_of(row)
        if asked is not None:
            tell(row, asked, "was ended", reason)
    return row


def give_more_time(
    window: str, until: datetime, *, client: Client, actor: Actor, at: datetime
) -> AccessWindow:
    """This function will extend a window and send its new certificate; raises UnknownWindow or WindowOver."""
    with transaction.atomic():
        row = extend(WindowId(window), until, client=client, actor=actor, at=at)
        asked = request_of(row)
        if asked is not None:
            newest = Certificate.objects.of_window(client, WindowId(window)).order_by("-serial")
            tell_approved(row, asked, newest.first(), actor.label)
    return row
