"""Calling whoever is on call: a mail that leaves at once, with an audit entry that it was sent."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from groundrules.gateways.mail import Mail
from groundrules.records.models import Provider, Role, User
from groundrules.services import audit
from groundrules.services.actor import ENGINE
from groundrules.services.storage import outbox

_SUBJECT = 100


def page(subject: str, text: str, *, at: datetime) -> tuple[str, ...]:
    """This function will call on-call by mail and return whom: the setting's addresses, else every owner."""
    provider = Provider.objects.order_by("pk").first()
    sender = provider.email if provider and provider.email else "groundrules@localhost"
    called = _on_call()
    entry = audit.Entry("paging.call", subject[:_SUBJECT], f"{subject}; called {', '.join(called)}")
    with transaction.atomic():
        audit.record(entry, actor=ENGINE, at=at)
    for address in called:
        reference = f"page-{at:%Y%m%dT%H%M%S}"
        outbox().send(Mail(reference, sender, address, f"[on call] {subject}", text, at))
    return called


def _on_call() -> tuple[str, ...]:
    named = [word.strip() for word in settings.GROUNDRULES_ONCALL.split(",")]
    given = tuple(word for word in named if word)
    if given:
        return given
    owners = User.objects.filter(is_active=True, role=Role.OWNER).order_by("pk")
    return tuple(owners.values_list("email", flat=True))
