"""The table of issued documents."""

from __future__ import annotations

from django.urls import reverse

from groundrules.core.money import Money
from groundrules.core.periods import days_label
from groundrules.records.invoices import Issued
from groundrules.web.tables.kit import Column, Filter, Table
from groundrules.web.times import minute

INVOICES: Table[Issued] = Table(
    name="invoices",
    columns=(
        Column(
            "number",
            "Number",
            lambda d: d.ref,
            sort="ref",
            link=lambda d: reverse("web:invoice", args=[d.ref]),
        ),
        Column("kind", "Kind", lambda d: d.kind, sort="kind"),
        Column("client", "Client", lambda d: d.client.name, sort="client__name"),
        Column(
            "period",
            "Period",
            lambda d: days_label(d.period_start, d.period_end),
            sort="period_start",
        ),
        Column("issued", "Issued", lambda d: minute(d.issued_at, d.client.zone), sort="issued_at"),
        Column(
            "total",
            "Total",
            lambda d: str(Money(d.total_minor, d.currency)),
            sort="total_minor",
            kind="number",
        ),
        Column("corrects", "Corrects", lambda d: d.corrects.ref if d.corrects else "", hidden=True),
    ),
    filters=(
        Filter("client", "Client", lambda rows, text: rows.filter(client__name__icontains=text)),
        Filter(
            "kind",
            "Kind",
            lambda rows, text: rows.filter(kind=text),
            (("invoice", "invoice"), ("credit note", "credit note")),
        ),
    ),
    order="-issued_at",
    empty="Nothing issued yet.",
)
