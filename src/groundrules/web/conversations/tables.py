"""The table of messages: calls and mails of every client, newest first."""

from __future__ import annotations

from django.urls import reverse

from groundrules.records.conversations import Message
from groundrules.web.tables.kit import Column, Filter, Table
from groundrules.web.times import minute

_SHORT = 90


def _who(row: Message) -> str:
    card = row.contact or row.vendor
    return card.name if card else row.sender


def _words(row: Message) -> str:
    text = " ".join(row.says.split())
    return text if len(text) <= _SHORT else f"{text[:_SHORT]} ..."


MESSAGES: Table[Message] = Table(
    name="conversations",
    columns=(
        Column(
            "says",
            "What was said",
            _words,
            link=lambda m: reverse("web:message", args=[m.client.code, m.ref]),
        ),
        Column("who", "Who", _who, sort="sender"),
        Column("how", "How", lambda m: m.channel, sort="channel"),
        Column("client", "Client", lambda m: m.client.name, sort="client__name"),
        Column("server", "Server", lambda m: m.asset.name if m.asset else "", sort="asset__name"),
        Column(
            "case", "Case", lambda m: m.incident.ref if m.incident else "", sort="incident__ref"
        ),
        Column("when", "When", lambda m: minute(m.sent_at, m.client.zone), sort="sent_at"),
        Column("ref", "Reference", lambda m: m.ref, hidden=True),
    ),
    filters=(
        Filter("client", "Client", lambda rows, text: rows.filter(client__name__icontains=text)),
        Filter("case", "Case", lambda rows, text: rows.filter(incident__ref__icontains=text)),
        Filter("said", "What was said", lambda rows, text: rows.filter(says__icontains=text)),
    ),
    order="-sent_at",
    empty="Nothing is logged yet. Log a call from a client's or a server's page; mail is logged when it arrives.",
    star=lambda m: (m.client.code, "message", m.ref),
)
