"""Reports to clients: made from the books at any time, given once with a frozen PDF, and due when promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction

from groundrules.core.answers.answer import answer
from groundrules.core.answers.client_report import client_report
from groundrules.core.periods import Period, start_of_local_day
from groundrules.core.reported import ClientReport
from groundrules.core.world import ReportPeriod
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.records.typed_json import dump
from groundrules.renderers.pdf_report import ReportContext, render_report
from groundrules.renderers.report_text import report_text
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.engine import engine_version
from groundrules.services.frozen_files import freeze
from groundrules.services.health import looked_at, warnings_of
from groundrules.services.profit.portfolio import next_month
from groundrules.services.world import load_world

_PDF = "application/pdf"
# In a report a part stands once, however often it went up and down.
_WHOLE = timedelta(days=400)


class ReportRefused(ValueError):
    """A report's period is empty or not over, or it was given before."""


@dataclass(frozen=True, slots=True)
class DueReport:
    """A promised report of a period: due on a day, given under a reference or not yet."""

    client: books.Client
    first: date
    end: date
    due: date
    given: str = ""

    def is_late(self, today: date) -> bool:
        """This function will say whether it was due before today and was not given."""
        return not self.given and self.due < today


def report_of(client: books.Client, first: date, end: date, *, at: datetime) -> ClientReport:
    """This function will make the report of the local days `[first, end)` from what is known at an instant.

    Raises ReportRefused for a period without days, and NoAgreement.
    """
    if end <= first:
        message = f"{first} to {end} holds no day; end the period after it begins"
        raise ReportRefused(message)
    world = replace(load_world(client, at), report_on=(ReportPeriod(first, end),))
    answers = answer(world, at, engine_version(world))
    zone = client.zone
    month = Period(start_of_local_day(zone, first), min(start_of_local_day(zone, end), at))
    warned = warnings_of(looked_at(client, month), month, within=_WHOLE) if month.start < at else ()
    return client_report(answers, answers.reports[0].value, first, end, warned)


def text_of(report: ClientReport) -> str:
    """This function will write a report as the text of a mail."""
    return report_text(report)


def pdf_of(report: ClientReport, *, at: datetime, reference: str = "") -> bytes:
    """This function will typeset a report; without a reference it is marked as a draft."""
    provider = books.Provider.objects.order_by("pk").first() or books.Provider()
    lines = (*provider.address.splitlines(), provider.email)
    context = ReportContext(
        reference=reference,
        sender_name=provider.name,
        sender_lines=tuple(line for line in lines if line),
        made_at=at,
        paper="us-letter" if report.currency == "USD" else "a4",
        is_draft=not reference,
    )
    return render_report(report, context)


def give(
    client: books.Client, first: date, end: date, *, actor: Actor, at: datetime
) -> books.ReportGiven:
    """This function will freeze a report as given to the client; once for a period. Raises ReportRefused."""
    require(actor, Role.ACCOUNTANT, Role.TECHNICIAN)
    ref = f"REP-{client.code}-{first:%Y%m%d}-{end:%Y%m%d}"
    if books.ReportGiven.objects.filter(ref=ref).exists():
        message = f"{ref} was given already; it stands as it was"
        raise ReportRefused(message)
    if end > at.date() + timedelta(days=1):
        message = f"the period ends {end}, which is not over; give the report afterwards"
        raise ReportRefused(message)
    report = report_of(client, first, end, at=at)
    pdf = pdf_of(report, at=at, reference=ref)
    with transaction.atomic():
        row = books.ReportGiven.objects.create(
            recorded_at=at,
            recorded_by=actor.label,
            client=client,
            ref=ref,
            first=first,
            end=end,
            text=report_text(report),
            payload=dump(report),
            pdf=freeze(pdf, _PDF, actor=actor, at=at),
        )
        says = f"{ref} given: {report.value.sentence}"
        audit.record(audit.Entry("client_reports.give", ref, says, client), actor=actor, at=at)
    return row


@dataclass(frozen=True, slots=True)
class Promise:
    """A report every so many months from a month on, due so many days after each period; 0 months ends it.

    `recipient` is a contact's code; empty, whoever may commit the client. `by_rule` lets one without doubts leave by
    itself.
    """

    every_months: int
    due_days: int
    first: date
    clause: str = ""
    recipient: str = ""
    by_rule: bool = False


def promise(
    client: books.Client, what: Promise, *, actor: Actor, at: datetime
) -> books.ReportPromise:
    """This function will put on record how often a client was promised a report; only an owner may.

    Raises ReportRefused for a recipient who is no contact of the client with an address.
    """
    require(actor)
    _check_recipient(client, what.recipient)
    with transaction.atomic():
        row = books.ReportPromise.objects.create(
            recorded_at=at,
            recorded_by=actor.label,
            client=client,
            every_months=what.every_months,
            due_days=what.due_days,
            first=what.first.replace(day=1),
            clause=what.clause,
            recipient=what.recipient,
            by_rule=what.by_rule,
        )
        says = f"a report every {what.every_months} months promised from {what.first:%Y-%m}"
        entry = audit.Entry("client_reports.promise", client.code, says, client)
        audit.record(entry, actor=actor, at=at)
    return row


def _check_recipient(client: books.Client, code: str) -> None:
    if not code:
        return
    contacts = client.contacts.exclude(email="").order_by("code").values_list("code", flat=True)
    if code not in contacts:
        known = ", ".join(contacts) or "none has one yet"
        message = (
            f"{client.name} has no contact {code} with a mail address; those with one: {known}"
        )
        raise ReportRefused(message)


def standing_promise(client: books.Client) -> books.ReportPromise | None:
    """This function will return the newest promise to a client that was not ended; None without one."""
    row = books.ReportPromise.objects.filter(client=client).order_by("-first", "-pk").first()
    return row if row is not None and row.every_months else None


def promised(client: books.Client, until: date) -> tuple[DueReport, ...]:
    """This function will list every promised report whose period was over by a day, with its due date, oldest first."""
    rows = books.ReportPromise.objects.filter(client=client).select_related("client")
    return _promised(rows.order_by("first", "pk"), until)


def owed(today: date) -> tuple[DueReport, ...]:
    """This function will list every promised report of every client that was not given yet, the earliest due first."""
    rows = books.ReportPromise.objects.select_related("client").order_by("client", "first", "pk")
    found = [one for one in _promised(rows, today) if not one.given]
    return tuple(sorted(found, key=lambda one: (one.due, one.client.name)))


def _promised(rows: Iterable[books.ReportPromise], until: date) -> tuple[DueReport, ...]:
    """The periods of promises in the order of clients and months; two queries for any number of clients."""
    promises = list(rows)
    wanted = {row.client_id for row in promises}
    given = {
        (row.client_id, row.first, row.end): row.ref
        for row in books.ReportGiven.objects.filter(client__in=wanted).defer("text")
    }
    found = []
    for place, row in enumerate(promises):
        later = promises[place + 1] if place + 1 < len(promises) else None
        stops = later.first if later and later.client_id == row.client_id else until
        begins = row.first
        while row.every_months and (end := next_month(begins, row.every_months)) <= min(
            until, stops
        ):
            due = end + timedelta(days=row.due_days)
            ref = given.get((row.client_id, begins, end), "")
            found.append(DueReport(row.client, begins, end, due, ref))
            begins = end
    return tuple(found)
