"""A coverage state as pages show it: the word, since when, the clause and the sentence behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundrules.core.agreements.facts import CoverageState, StateSpan

LABELS = {
    CoverageState.COVERED: "Covered",
    CoverageState.NOTICE: "Notice",
    CoverageState.SUSPENDED: "Suspended",
    CoverageState.REINSTATING: "Reinstating",
    CoverageState.TERMINATED: "Terminated",
    CoverageState.NOT_IN_AGREEMENT: "Not in agreement",
}


@dataclass(frozen=True, slots=True)
class ShownState:
    """One state in words."""

    state: str
    label: str
    since: datetime
    until: datetime | None
    clause: str
    sentence: str


def shown(span: StateSpan) -> ShownState:
    """This function will turn a span into what a page shows."""
    return ShownState(
        span.state.value,
        LABELS[span.state],
        span.period.start,
        span.period.end,
        str(span.clause) if span.clause else "",
        span.sentence,
    )
