"""The table of the audit book: who did what, when, to which record, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from groundrules.records.models import AuditEntry
from groundrules.services.audit_told import change_told
from groundrules.web.tables.kit import Column, Filter, Table
from groundrules.web.times import clock


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def _since(rows: QuerySet[AuditEntry], text: str) -> QuerySet[AuditEntry]:
    day = _day(text)
    return rows.filter(recorded_at__gte=day) if day else rows.none()


def _until(rows: QuerySet[AuditEntry], text: str) -> QuerySet[AuditEntry]:
    day = _day(text)
    return rows.filter(recorded_at__lt=day + timedelta(days=1)) if day else rows.none()


def _words(rows: QuerySet[AuditEntry], text: str) -> QuerySet[AuditEntry]:
    return rows.filter(Q(says__icontains=text) | Q(subject__icontains=text))


AUDIT: Table[AuditEntry] = Table(
    name="audit",
    columns=(
        Column("at", "When", lambda e: clock(e.recorded_at, "UTC"), sort="recorded_at"),
        Column("who", "Who", lambda e: e.recorded_by, sort="recorded_by"),
        Column("says", "What", lambda e: e.says),
        Column("before", "Before", lambda e: change_told(e.verb, e.details).before, hidden=True),
        Column("after", "After", lambda e: change_told(e.verb, e.details).after, hidden=True),
        Column("reason", "Why", lambda e: change_told(e.verb, e.details).reason),
        Column(
            "client", "Client", lambda e: e.client.name if e.client else "", sort="client__name"
        ),
        Column("verb", "Verb", lambda e: e.verb, sort="verb", hidden=True),
        Column("subject", "Record", lambda e: e.subject, sort="subject", hidden=True),
        Column(
            "place",
            "Link",
            lambda e: str(e.link.position) if hasattr(e, "link") else "",
            hidden=True,
        ),
    ),
    filters=(
        Filter("who", "Who", lambda rows, text: rows.filter(recorded_by__icontains=text)),
        Filter("words", "What or record", _words),
        Filter("verb", "Verb", lambda rows, text: rows.filter(verb__istartswith=text)),
        Filter("client", "Client", lambda rows, text: rows.filter(client__name__icontains=text)),
        Filter("since", "Since (2026-03-01)", _since),
        Filter("until", "Until (2026-03-31)", _until),
    ),
    order="-recorded_at",
    empty="Nothing was done yet, or nothing that fits.",
)
