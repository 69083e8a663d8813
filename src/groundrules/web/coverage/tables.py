"""The table of work and its verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.urls import reverse

from groundrules.core.agreements.facts import Outcome
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.money import Money
from groundrules.records.coverage import Decision
from groundrules.web.tables.kit import Column, Filter, Table
from groundrules.web.times import minute, span_words


def _note_cores(rows: Sequence[Decision]) -> None:
    """Each stored decision is read back once, however many columns ask it."""
    for row in rows:
        vars(row)["core"] = row.to_core()


def _core(row: Decision) -> CoverageDecision:
    core: CoverageDecision = vars(row)["core"]
    return core


def _verdict(row: Decision) -> str:
    outcomes = {s.outcome.value for s in _core(row).segments}
    return outcomes.pop().replace("_", " ") if len(outcomes) == 1 else "split"


def _value(row: Decision) -> str:
    return str(sum((s.value for s in _core(row).segments), Money.zero(row.client.currency)))


def _with_outcome(rows: QuerySet[Decision], text: str) -> QuerySet[Decision]:
    return rows.filter(**{f"outcomes__{text}__isnull": False})


DECISIONS: Table[Decision] = Table(
    name="work",
    columns=(
        Column(
            "entry",
            "Work",
            lambda d: f"{d.entry.issue}: {d.entry.note}" if d.entry.note else d.entry.issue,
            sort="entry__issue",
            link=lambda d: reverse("web:decision", args=[d.number]),
        ),
        Column("client", "Client", lambda d: d.client.name, sort="client__name"),
        Column(
            "server",
            "Server",
            lambda d: d.asset.name if d.asset else "not allocated",
            sort="asset__name",
        ),
        Column("technician", "Technician", lambda d: d.technician.name, sort="technician__name"),
        Column(
            "started",
            "Started",
            lambda d: minute(d.entry.started_at, d.client.zone),
            sort="entry__started_at",
        ),
        Column(
            "time",
            "Time",
            lambda d: span_words(sum(s.seconds for s in _core(d).segments)),
            kind="number",
        ),
        Column("verdict", "Verdict", _verdict, kind="outcome"),
        Column("clause", "Clause", lambda d: ", ".join(str(c) for c in d.clauses)),
        Column("value", "Value", _value, kind="number"),
        Column("number", "Decision", lambda d: d.number, hidden=True),
    ),
    filters=(
        Filter("client", "Client", lambda rows, text: rows.filter(client__name__icontains=text)),
        Filter(
            "outcome",
            "Verdict",
            _with_outcome,
            tuple((o.value, o.value.replace("_", " ")) for o in Outcome),
        ),
        Filter("issue", "Issue", lambda rows, text: rows.filter(entry__issue__icontains=text)),
    ),
    order="-entry__started_at",
    empty="No work on record yet.",
    prepare=_note_cores,
)
