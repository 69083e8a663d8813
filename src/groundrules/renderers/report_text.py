"""The client's report as the text of a mail: the whole of it, so that nobody has to open anything."""

from __future__ import annotations

import textwrap

from groundrules.core.agreements.words import duration_words
from groundrules.core.money import Money
from groundrules.core.reported import ClientReport

_WIDTH = 96


def report_text(report: ClientReport) -> str:
    """This function will write a report as plain text, what is read first standing first."""
    value = report.value
    parts = [
        report.subject,
        "\n".join(_wrapped(sentence) for sentence in report.short),
        "How it was worked out\n"
        + "\n".join(_wrapped(f"- {figure.name}: {figure.working}") for figure in value.workings),
        *(
            _outcome(o.name, o.says, [f"{i.day}: {i.says}" for i in o.items])
            for o in report.outcomes
        ),
    ]
    if report.asks:
        parts.append(_outcome("What we need from you", "", [ask.says for ask in report.asks]))
    if report.incomplete:
        parts.append(_outcome("Where we did not see", "", list(report.incomplete)))
    zero = Money.zero(report.currency)
    covered = [
        f"{line.service_day}  {line.issue}: {duration_words(line.seconds)}, worth {line.value}, charged {zero}"
        for line in value.lines
    ]
    parts.append(_outcome("Covered work, charged at nothing", "", covered))
    return "\n\n".join(parts) + "\n"


def _outcome(name: str, says: str, items: list[str]) -> str:
    head = f"{name}: {says}" if says else name
    return "\n".join([_wrapped(head), *(_wrapped(f"- {item}") for item in items)])


def _wrapped(text: str) -> str:
    indent = "  " if text.startswith("- ") else ""
    return textwrap.fill(text, _WIDTH, subsequent_indent=indent)
