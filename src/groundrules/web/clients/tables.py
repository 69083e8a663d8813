"""The table of clients."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from groundrules.records.parties import Client
from groundrules.web.tables.kit import Column, Filter, Table


def _servers(client: Client) -> str:
    return str(getattr(client, "servers", ""))


CLIENTS: Table[Client] = Table(
    name="clients",
    columns=(
        Column(
            "client",
            "Client",
            lambda c: c.name,
            sort="name",
            link=lambda c: reverse("web:client", args=[c.code]),
        ),
        Column("servers", "Servers", _servers, sort="servers", kind="number"),
        Column("zone", "Time zone", lambda c: c.zone, sort="zone"),
        Column("currency", "Currency", lambda c: c.currency, sort="currency"),
        Column("notice", "Notices go to", lambda c: c.notice_email, hidden=True),
    ),
    filters=(
        Filter(
            "name",
            "Client",
            lambda rows, text: rows.filter(Q(name__icontains=text) | Q(code__icontains=text)),
        ),
    ),
    order="name",
    empty="No client yet. Add one by New client, or bring what your other programs know in.",
)
