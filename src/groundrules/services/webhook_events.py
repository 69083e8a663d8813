"""Which acts programs are told of, and the outbox they are written to: in the very transaction of the act.

An event says what happened to which record of which client, and nothing more: no amounts, names or words. Whoever
may know them asks the interface, with a token.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime

from groundrules.core.periods import utc
from groundrules.records.models import AuditEntry, Client, Webhook, WebhookDelivery, WebhookEvent

TEST = "webhook.test"
# Verb of the audit book -> kind of event.
_KINDS: dict[str, str] = {
    "work.record_time": "time.recorded",
    "work.correct": "time.corrected",
    "sites.stand_at": "asset.moved",
    "sites.move": "asset.moved",
    "sites.correct_move": "asset.moved",
    "coverage.decide": "decision.made",
    "changes.detect": "changes.detected",
    "changes.record": "changes.detected",
    "incidents.open": "incident.opened",
    "incidents.resolve": "incident.resolved",
    "incidents.explain": "incident.explained",
    "health.report": "health.reported",
    "access.request": "window.requested",
    "access.propose": "window.requested",
    "access.change_time": "window.moved",
    "access.approve": "window.approved",
    "access.deny": "window.denied",
    "vendors.window_ended": "window.ended",
    "vendors.window_extended": "window.extended",
    "gate.open": "window.opened",
    "gate.close": "window.closed",
    "lifecycle.give_notice": "coverage.notice_given",
    "lifecycle.notice_given": "coverage.notice_given",
    "lifecycle.notice_cured": "coverage.notice_cured",
    "lifecycle.suspended": "coverage.suspended",
    "lifecycle.reinstatement_begun": "coverage.reinstatement_begun",
    "lifecycle.reinstated": "coverage.reinstated",
    "lifecycle.suspension_voided": "coverage.suspension_voided",
    "lifecycle.terminated": "coverage.terminated",
    "letters.draft": "letter.drafted",
    "letters.send": "letter.sent",
    "letters.delivery": "letter.delivery",
    "messages.log": "message.logged",
    "invoices.issue": "document.issued",
    "invoices.record_payment": "document.paid",
    "disputes.open": "dispute.opened",
    "evidence.receive": "evidence.received",
    "evidence.read": "evidence.received",
    "evidence.quarantine": "evidence.quarantined",
}
KINDS: tuple[str, ...] = tuple(sorted({*_KINDS.values(), TEST}))
_UID_BYTES = 16


def announce(entry: AuditEntry) -> None:
    """This function will put an act into the outbox of each webhook that wants to be told; inside its transaction."""
    kind = _KINDS.get(entry.verb)
    if kind is None:
        return
    wanting = [
        hook
        for hook in Webhook.objects.filter(ended_at__isnull=True).order_by("pk")
        if hook.wants(kind, entry.client)
    ]
    if wanting:
        write(kind, entry.subject, entry.client, wanting, at=entry.recorded_at)


def write(
    kind: str, subject: str, client: Client | None, hooks: list[Webhook], *, at: datetime
) -> WebhookEvent:
    """This function will write an event and a delivery of it to each webhook."""
    said = {
        "type": kind,
        "timestamp": utc(at).isoformat().replace("+00:00", "Z"),
        "data": {"client": client.code if client else None, "subject": subject},
    }
    event = WebhookEvent.objects.create(
        recorded_at=at,
        recorded_by="groundrules",
        uid=f"msg_{secrets.token_hex(_UID_BYTES)}",
        kind=kind,
        client=client,
        subject=subject,
        payload=json.dumps(said, separators=(",", ":"), ensure_ascii=False),
    )
    WebhookDelivery.objects.bulk_create(
        [WebhookDelivery(webhook=hook, event=event, due_at=at) for hook in hooks]
    )
    return event
