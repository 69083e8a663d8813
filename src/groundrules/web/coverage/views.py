"""The list of work with its verdicts, and the decision page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from groundrules.core.agreements.facts import Outcome
from groundrules.core.coverage.answers import CoverageDecision, Segment
from groundrules.core.coverage.overriding import turns
from groundrules.core.coverage.saying import Telling, say_to_client
from groundrules.core.money import Money
from groundrules.records.agreements import AgreementVersion
from groundrules.records.coverage import Decision
from groundrules.records.invoices import IssuedLine
from groundrules.records.ledger import Charge
from groundrules.services import overrides
from groundrules.web.access import area, may_open
from groundrules.web.coverage.exceptions import EXCEPTIONS
from groundrules.web.coverage.tables import DECISIONS
from groundrules.web.tables.kit import respond
from groundrules.web.times import clock, minute, span_words

VERDICTS = {
    Outcome.COVERED: "Covered",
    Outcome.BILLABLE: "Billable",
    Outcome.NOT_BILLABLE: "Not billable",
    Outcome.NEEDS_PERSON: "Needs a person",
}


@dataclass(frozen=True, slots=True)
class ShownSegment:
    """A segment with its times and the text of its clause."""

    segment: Segment
    verdict: str
    start: str
    end: str
    length: str
    clause_text: str
    clause_title: str


@area("work")
def decisions(request: HttpRequest) -> HttpResponseBase:
    """Every time entry's current decision."""
    rows = Decision.objects.current().select_related("client", "asset", "technician", "entry")
    return respond(request, DECISIONS, rows, "web/coverage/list.html")


def _clauses(row: Decision) -> dict[tuple[int, str], tuple[str, str]]:
    """Clause titles and texts by version and number, from the client's published versions."""
    versions = AgreementVersion.objects.filter(
        agreement__client=row.client_id, published_at__isnull=False
    )
    return {
        (v.version, str(clause.number)): (clause.title, clause.text)
        for v in versions
        for clause in v.to_core().clauses
    }


def _shown(
    segment: Segment, zone: str, clauses: dict[tuple[int, str], tuple[str, str]]
) -> ShownSegment:
    title, text = clauses.get((segment.agreement_version, str(segment.clause or "")), ("", ""))
    end = segment.period.end or segment.period.start
    return ShownSegment(
        segment,
        VERDICTS[segment.outcome],
        minute(segment.period.start, zone),
        minute(end, zone),
        span_words(segment.seconds),
        text,
        title,
    )


def headline(core: CoverageDecision) -> str:
    """This function will say the verdict of the whole entry in a word or two."""
    outcomes = {s.outcome for s in core.segments}
    return VERDICTS[next(iter(outcomes))] if len(outcomes) == 1 else "Split"


def _parts(core: CoverageDecision, currency: str) -> list[tuple[str, str, Money]]:
    """What a split entry comes to, by verdict: its exact time and its value."""
    parts = []
    for outcome in Outcome:
        if segments := core.of(outcome):
            value = sum((s.value for s in segments), Money.zero(currency))
            parts.append((VERDICTS[outcome], span_words(sum(s.seconds for s in segments)), value))
    return parts


def _value(core: CoverageDecision, currency: str) -> Money:
    return sum((s.value for s in core.segments), Money.zero(currency))


def _charged(row: Decision) -> list[Charge]:
    current = Charge.objects.current().filter(charged_decisions__decision=row)
    return list(current.distinct().order_by("service_day", "pk"))


def _lines(row: Decision) -> list[IssuedLine]:
    """Invoice lines this decision made. The column is a small JSON list, so the match is made on both engines alike."""
    lines = IssuedLine.objects.filter(document__client=row.client_id).select_related("document")
    return [line for line in lines.order_by("pk") if row.number in line.decisions]


@area("work")
def decision(request: HttpRequest, number: str) -> HttpResponse:
    """One decision, current or superseded, with its whole history."""
    row = get_object_or_404(
        Decision.objects.select_related("client", "asset", "technician", "entry"), number=number
    )
    zone = row.client.zone
    core = row.to_core()
    clauses = _clauses(row)
    history = list(Decision.objects.chain(row.ref).filter(client=row.client_id))
    later = [d for d in history if d.pk > row.pk]
    charges = _charged(row)
    context = {
        "client_code": row.client.code,
        "decision": row,
        "core": core,
        "entry": row.entry.to_core(),
        "verdict": headline(core),
        "value": _value(core, row.client.currency),
        "charges": [c.to_core() for c in charges],
        "nothing": Money.zero(row.client.currency),
        "parts": _parts(core, row.client.currency),
        "segments": [_shown(s, zone, clauses) for s in core.segments],
        "decided": clock(row.decided_at, zone),
        "started": minute(row.entry.started_at, zone),
        "ended": minute(row.entry.ended_at, zone),
        "length": span_words(sum(s.seconds for s in core.segments)),
        "history": [(clock(d.decided_at, zone), d, headline(d.to_core())) for d in history],
        "superseded_by": later[-1] if later else None,
        "lines": _lines(row),
        "may_invoices": may_open(request, "invoices"),
        "may_servers": may_open(request, "servers"),
        "say_it": say_to_client(core, _telling(row, core, clauses, charges)),
        "exception": overrides.standing_of(row),
        "outcomes": [
            (o.value, EXCEPTIONS[o])
            for o in overrides.OUTCOMES
            if any(turns(o, segment) for segment in core.segments)
        ],
    }
    return render(request, "web/coverage/decision.html", context)


def _telling(
    row: Decision,
    core: CoverageDecision,
    clauses: dict[tuple[int, str], tuple[str, str]],
    charges: list[Charge],
) -> Telling:
    used = {(s.agreement_version, s.clause) for s in core.segments if s.clause is not None}
    titles = {number: clauses.get((version, str(number)), ("", ""))[0] for version, number in used}
    charged = sum((c.to_core().amount for c in charges), Money.zero(row.client.currency))
    server = row.asset.name if row.asset else ""
    return Telling(row.technician.name, server, row.entry.to_core().note, charged, titles)
