"""The numbers of a client's report, each with its working and the list it counts: what opens behind it."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.agreements.words import duration_words
from groundrules.core.money import Money
from groundrules.core.reported import ClientReport
from groundrules.core.value import Figure

_NAMES = {
    "headline": "Saving on repairs alone",
    "upper": "With proactive work",
    "fees": "You paid in fees",
    "reactive": "Repairs would have cost by the hour",
    "proactive": "Proactive work",
    "covered": "All covered work",
    "charged_alike": "Charged either way",
}


@dataclass(frozen=True, slots=True)
class Behind:
    """One record a number counts: its kind (`work` or `document`), its reference, and what it says."""

    kind: str
    ref: str
    says: str


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """One number: what it is called, the amount, how it was worked out, and the records it counts."""

    name: str
    amount: Money
    working: str
    behind: tuple[Behind, ...]


def figures_of(report: ClientReport) -> tuple[ShownFigure, ...]:
    """This function will list every number of a report with what opens behind it, the answer first."""
    lines = {
        line.entry: f"{line.service_day} {line.issue}: {duration_words(line.seconds)}, worth {line.value}"
        for line in report.value.lines
    }
    found = []
    for field, name in _NAMES.items():
        figure: Figure = getattr(report.value, field)
        behind = (
            *(Behind("work", str(e), lines.get(e, str(e))) for e in figure.entries),
            *(Behind("document", ref.partition("/")[0], ref) for ref in figure.refs),
        )
        found.append(ShownFigure(name, figure.amount, figure.working, behind))
    return tuple(found)
