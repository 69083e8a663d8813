"""The visit report: what is on record about one window, answered the same for provider, client and vendor."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models as orm

from groundrules.core.answers.visiting import VisitRecord, VisitReport, visit_report, visit_span
from groundrules.core.evidence import Session
from groundrules.core.ids import ApplicationId
from groundrules.records import models as books
from groundrules.services.gate.certificates import window_row

# A check of an application counts as "before" or "after" a visit when it is this near.
_HEALTH_WITHIN = timedelta(days=7)


class NotAVendorsWindow(ValueError):
    """The window is our own, and a visit report is about a vendor."""


def visit(client: books.Client, window: str, at: datetime) -> VisitReport:
    """This function will answer what a vendor's visit was, as the books stand.

    Raises UnknownWindow or NotAVendorsWindow.
    """
    row = window_row(client, window)
    if row.vendor is None:
        message = f"window {window} is our own; a visit report is about a vendor's window"
        raise NotAVendorsWindow(message)
    return visit_report(_record(row, row.vendor), at)


def _record(row: books.AccessWindow, vendor: books.Vendor) -> VisitRecord:
    client, asset, core = row.client, row.asset, row.to_core()
    sessions = _sessions(row)
    span = visit_span(core, sessions)
    late = span.end or row.starts_at + _HEALTH_WITHIN
    changes = books.Change.objects.current().filter(asset=asset).touching(span.start, late)
    found = tuple(changes.in_time_order())
    refs = [change.ref for change in found]
    attributions = books.Attribution.objects.current().of_client(client).filter(ref__in=refs)
    windows = books.AccessWindow.objects.current().filter(asset=asset, vendor=vendor)
    applications = tuple(asset.applications.order_by("code"))
    checks = books.HealthCheck.objects.current().filter(
        application__in=applications,
        checked_at__gte=span.start - _HEALTH_WITHIN,
        checked_at__lt=late + _HEALTH_WITHIN,
    )
    return VisitRecord(
        window=core,
        vendor=vendor.to_core(),
        sessions=sessions,
        accounts=tuple(a.to_core() for a in client.accounts.select_related("host").order_by("pk")),
        windows=tuple(w.to_core() for w in windows.order_by("starts_at", "pk")),
        changes=tuple(change.to_core() for change in found),
        attributions=tuple(a.to_core() for a in attributions.order_by("pk")),
        health_checks=tuple(c.to_core() for c in checks.order_by("checked_at", "pk")),
        applications=tuple(ApplicationId(a.code) for a in applications),
    )


def _sessions(row: books.AccessWindow) -> tuple[Session, ...]:
    """The logins on the host that may have used the window; whose they were is the core's question."""
    logins = books.Session.objects.current().filter(asset=row.asset)
    logins = logins.filter(orm.Q(ended_at__isnull=True) | orm.Q(ended_at__gt=row.starts_at))
    if row.ends_at is not None:
        logins = logins.filter(started_at__lt=row.ends_at)
    return tuple(login.to_core() for login in logins.order_by("started_at", "pk"))
