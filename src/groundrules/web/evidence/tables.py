"""The table of received evidence."""

from __future__ import annotations

from django.urls import reverse

from groundrules.records.evidence import RawEvidence
from groundrules.web.tables.kit import Column, Filter, Table
from groundrules.web.times import minute


def _counts(row: RawEvidence) -> str:
    readings = list(row.readings.all())
    if not readings:
        return "not read"
    latest = max(readings, key=lambda r: r.pk)
    unknown, damaged = sum(latest.unknown.values()), len(latest.damaged)
    return f"{latest.records} records, {unknown} unknown, {damaged} damaged"


EVIDENCE: Table[RawEvidence] = Table(
    name="evidence",
    columns=(
        Column(
            "name",
            "Evidence",
            lambda r: r.name,
            sort="name",
            link=lambda r: reverse("web:raw", args=[r.digest]),
        ),
        Column("server", "Server", lambda r: r.asset.name if r.asset else "", sort="asset__name"),
        Column("format", "Format", lambda r: r.format, sort="format"),
        Column("read", "Read", _counts),
        Column("received", "Received", lambda r: minute(r.recorded_at, r.zone), sort="recorded_at"),
        Column("bytes", "Bytes", lambda r: str(r.length), sort="length", kind="number"),
        Column("digest", "SHA-256", lambda r: r.digest, hidden=True),
    ),
    filters=(
        Filter("name", "Evidence", lambda rows, text: rows.filter(name__icontains=text)),
        Filter("server", "Server", lambda rows, text: rows.filter(asset__name__icontains=text)),
        Filter("format", "Format", lambda rows, text: rows.filter(format__icontains=text)),
    ),
    order="-recorded_at",
    empty="No evidence yet: groundrules collect --output FILE on a host, then groundrules evidence receive FILE.",
)
