"""The client's report as a PDF of one or two pages, from the same value as the page and the mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.agreements.words import duration_words
from groundrules.core.money import Money
from groundrules.core.periods import days_label
from groundrules.core.reported import ClientReport
from groundrules.core.value import Figure, ValueReport
from groundrules.renderers.typesetting import typeset

_WIDE = 1000


@dataclass(frozen=True, slots=True)
class ReportContext:
    """What surrounds a report: whose paper, to whom, its reference, and when it was made."""

    reference: str
    sender_name: str
    sender_lines: tuple[str, ...]
    made_at: datetime
    paper: str = "us-letter"
    is_draft: bool = True


def report_values(report: ClientReport, context: ReportContext) -> dict[str, object]:
    """This function will gather what the report template prints; every amount is the report's own."""
    value = report.value
    return {
        "title": f"What we did for {report.client}",
        "sender": {"name": context.sender_name, "lines": list(context.sender_lines)},
        "period": f"{days_label(report.first, report.end)}, {report.zone}",
        "short": list(report.short),
        "bars": [_bar(label, figure.amount, report) for label, figure in _compared(value)],
        "workings": [{"name": figure.name, "working": figure.working} for figure in value.workings],
        "covered": [
            {
                "day": line.service_day.isoformat(),
                "issue": line.issue,
                "time": duration_words(line.seconds),
                "value": str(line.value),
                "charged": str(Money.zero(line.value.currency)),
                "clause": f"Clause {line.clause}" if line.clause else "",
            }
            for line in value.lines
        ],
        "covered_sum": {
            "time": duration_words(value.covered.seconds),
            "value": str(value.covered.amount),
            "charged": str(Money.zero(report.currency)),
        },
        "outcomes": [
            {
                "name": outcome.name,
                "says": outcome.says,
                "items": [f"{item.day}: {item.says}" for item in outcome.items],
            }
            for outcome in report.outcomes
        ],
        "asks": [ask.says for ask in report.asks],
        "incomplete": list(report.incomplete),
        "footer": f"{context.reference or 'draft'} · {context.sender_name}",
        "paper": context.paper,
        "draft": context.is_draft,
        "language": "en",
        "attachments": [],
    }


def _compared(value: ValueReport) -> Iterator[tuple[str, Figure]]:
    """What is drawn side by side; work that was not done has no bar."""
    yield "You paid in fees", value.fees
    yield "Repairs would have cost by the hour", value.reactive
    if value.proactive.seconds:
        yield "With the proactive work", value.covered


def _bar(label: str, amount: Money, report: ClientReport) -> dict[str, object]:
    value = report.value
    largest = max(abs(f.amount.minor) for f in (value.fees, value.reactive, value.covered)) or 1
    return {
        "label": label,
        "amount": str(amount),
        "share": max(amount.minor, 0) * _WIDE // largest,
    }


def render_report(report: ClientReport, context: ReportContext) -> bytes:
    """This function will typeset a report; raises DocumentNotRendered when it can't be."""
    return typeset("report", report_values(report, context), context.made_at)
