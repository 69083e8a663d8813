"""The audit entry each verb writes inside its own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from groundrules.records.models import AuditEntry, Client
from groundrules.services.actor import Actor
from groundrules.services.webhook_events import announce

_SUBJECT = 120


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened: the verb, the record it was done to, one sentence, and before and after where it matters."""

    verb: str
    subject: str
    says: str
    client: Client | None = None
    details: Mapping[str, object] = field(default_factory=dict)


def record(entry: Entry, *, actor: Actor, at: datetime) -> None:
    """This function will write who did it and when, and tell webhooks; call it inside the verb's transaction."""
    row = AuditEntry.objects.create(
        recorded_at=at,
        recorded_by=actor.signature,
        client=entry.client,
        verb=entry.verb,
        subject=entry.subject[:_SUBJECT],
        says=entry.says,
        details=dict(entry.details),
    )
    announce(row)
