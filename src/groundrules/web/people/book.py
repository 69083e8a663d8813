"""The audit book's page, and its CSV."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from groundrules.records.models import AuditEntry
from groundrules.web.access import area
from groundrules.web.people.tables import AUDIT
from groundrules.web.tables.kit import respond


@area("audit")
def audit(request: HttpRequest) -> HttpResponseBase:
    """Who did what, when and why."""
    rows = AuditEntry.objects.select_related("client", "link")
    return respond(request, AUDIT, rows, "web/people/audit.html")
