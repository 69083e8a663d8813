"""Calling whoever is on call: a mail that leaves at once, with an audit entry that it was sent."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction

from groundrules.gateways.mail import Mail, MailDelayed, MailRefused, MailUncertain
from groundrules.gateways.mail_servers import MailServerUnusable
from groundrules.records.models import Role, User
from groundrules.services import audit
from groundrules.services.actor import ENGINE
from groundrules.services.outgoing import post, provider_address
from groundrules.services.storage import outbox

_LOG = logging.getLogger(__name__)
_SUBJECT = 100


def page(
    subject: str, text: str, *, at: datetime, reference: str = "", keep: bool = False
) -> tuple[str, ...]:
    """This function will call on-call by mail and return who was reached: the setting's addresses, else every owner.

    A mail server that refuses must not stop whatever called: who could not be reached is said in the audit and the log,
    and whoever called tries again. With `keep`, as nobody does, those mails wait and are tried again.
    """
    named = reference or f"page-{at:%Y%m%dT%H%M%S}"
    mails = [
        Mail(named, provider_address(), address, f"[on call] {subject}", text, at)
        for address in _on_call()
    ]
    reached = tuple(mail.to for mail in mails if _sent(mail))
    missed = [mail.to for mail in mails if mail.to not in reached]
    for mail in mails:
        if keep and mail.to in missed:
            post(mail.reference, mail.to, mail.subject, mail.text, at)
    says = f"{subject}; called {', '.join(reached) or 'nobody'}"
    says += f"; not reached: {', '.join(missed)}" if missed else ""
    with transaction.atomic():
        entry = audit.Entry("paging.call", subject[:_SUBJECT], says)
        audit.record(entry, actor=ENGINE, at=at)
    return reached


def _sent(mail: Mail) -> bool:
    try:
        outbox().send(mail)
    except (MailRefused, MailDelayed, MailUncertain, MailServerUnusable, OSError):
        _LOG.exception("on-call was not reached at %s: %s", mail.to, mail.subject)
        return False
    return True


def _on_call() -> tuple[str, ...]:
    named = [word.strip() for word in settings.GROUNDRULES_ONCALL.split(",")]
    given = tuple(word for word in named if word)
    if given:
        return given
    owners = User.objects.filter(is_active=True, role=Role.OWNER).order_by("pk")
    return tuple(owners.values_list("email", flat=True))
