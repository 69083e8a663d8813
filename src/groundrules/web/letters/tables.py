"""The table of letters: drafts and sent ones alike, by their reference."""

from __future__ import annotations

from django.urls import reverse

from groundrules.records.letters import LetterDraft
from groundrules.web.tables.kit import Column, Filter, Table
from groundrules.web.times import minute

_STATES = ("drafted", "approved", "held", "sent")

LETTERS: Table[LetterDraft] = Table(
    name="letters",
    columns=(
        Column(
            "subject",
            "Letter",
            lambda d: d.subject,
            sort="subject",
            link=lambda d: reverse("web:letter", args=[d.ref]),
        ),
        Column("kind", "Kind", lambda d: d.kind, sort="kind"),
        Column("client", "Client", lambda d: d.client.name, sort="client__name"),
        Column("server", "Server", lambda d: d.asset.name if d.asset else "", sort="asset__name"),
        Column("stage", "Stage", lambda d: d.state, sort="state"),
        Column(
            "drafted", "Drafted", lambda d: minute(d.drafted_at, d.client.zone), sort="drafted_at"
        ),
        Column("ref", "Reference", lambda d: d.ref, hidden=True),
    ),
    filters=(
        Filter("client", "Client", lambda rows, text: rows.filter(client__name__icontains=text)),
        Filter(
            "stage",
            "Stage",
            lambda rows, text: rows.filter(state=text),
            tuple((s, s) for s in _STATES),
        ),
    ),
    order="-drafted_at",
    empty="No letter yet. Letters are drafted from facts: notices, suspensions, reinstatements.",
)
