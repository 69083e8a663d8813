"""The decisions behind a document as JSON, for whoever receives it: each line, and why each minute was decided so.

Only what the client may see: what work costs us, and what we count as lost, stay in the house.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groundrules.core.coverage.answers import CoverageDecision, Segment
from groundrules.core.invoices.answers import InvoiceDraft, InvoiceLine
from groundrules.core.invoices.heading import Heading
from groundrules.renderers.answers_json import to_bytes

VERSION = 1
_LINE = (
    "kind",
    "description",
    "service_day",
    "amount",
    "value",
    "clause",
    "minutes",
    "hourly",
    "working",
    "entries",
)
_DECISION = ("entry", "technician", "asset", "issue", "decided_at", "facts", "engine")
_SEGMENT = (
    *("period", "local_day", "band", "cell", "outcome", "clause", "hourly", "value"),
    *("agreement_version", "reasons", "not_used", "missing"),
)


@dataclass(frozen=True, slots=True)
class DecisionLog:
    """A document and the decisions its lines came from, by the numbers people cite."""

    heading: Heading
    draft: InvoiceDraft
    decisions: Mapping[str, CoverageDecision]


def render_decision_log(log: DecisionLog) -> bytes:
    """This function will write the log as JSON, the same bytes for the same decisions."""
    numbers = {decision.entry: number for number, decision in log.decisions.items()}
    told = {
        "version": VERSION,
        "document": log.heading.number,
        "kind": log.draft.kind.value,
        "agreement": log.heading.agreement,
        "total": log.draft.total,
        "to_pay": log.heading.to_pay(log.draft),
        "taxes": log.heading.taxed.shares,
        "lines": [
            {
                "line": position,
                **_some(line, _LINE),
                "decisions": [numbers[entry] for entry in line.entries if entry in numbers],
            }
            for position, line in enumerate(log.draft.lines, start=1)
        ],
        "decisions": {
            number: {
                **_some(decision, _DECISION),
                "segments": [_some(segment, _SEGMENT) for segment in decision.segments],
            }
            for number, decision in sorted(log.decisions.items())
        },
    }
    return to_bytes(told)


def _some(
    value: InvoiceLine | CoverageDecision | Segment, names: tuple[str, ...]
) -> dict[str, object]:
    return {name: getattr(value, name) for name in names}
