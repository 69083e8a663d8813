"""The client's report as a mail: every sentence and every list of it, from the one value page and PDF are made of."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.agreements.words import duration_words
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.money import Money
from groundrules.core.reasons import FactRef
from groundrules.core.reported import ClientReport, Outcome


@dataclass(frozen=True, slots=True)
class Posted:
    """Who sends a report to whom, and the reference it was given under."""

    provider: str
    to: str
    report: str


def report_letter(report: ClientReport, posted: Posted) -> LetterDraft:
    """This function will write a report as the mail that brings its PDF; what is read first stands first."""
    value = report.value
    first, *rest = report.short
    return LetterDraft(
        kind=LetterKind.REPORT,
        letterhead=posted.provider,
        to=posted.to,
        subject=report.subject,
        paragraphs=(
            Paragraph(first, facts=(FactRef("report", posted.report),)),
            *(Paragraph(sentence) for sentence in rest),
            *_asks(report),
            Paragraph(
                "",
                heading="How it was worked out",
                items=tuple(f"{figure.name}: {figure.working}" for figure in value.workings),
            ),
            *(_outcome(outcome) for outcome in report.outcomes),
            *_incomplete(report),
            *_covered(report),
            Paragraph(
                "The same report is attached as a PDF and stands behind your link. Reply to this mail to ask."
            ),
        ),
    )


def _asks(report: ClientReport) -> tuple[Paragraph, ...]:
    asks = tuple(ask.says for ask in report.asks)
    return (Paragraph("", heading="What we need from you", items=asks),) if asks else ()


def _outcome(outcome: Outcome) -> Paragraph:
    items = tuple(f"{item.day}: {item.says}" for item in outcome.items)
    return Paragraph(outcome.says, heading=outcome.name, items=items)


def _incomplete(report: ClientReport) -> tuple[Paragraph, ...]:
    if not report.incomplete:
        return ()
    return (Paragraph("", heading="Where we did not see", items=report.incomplete),)


def _covered(report: ClientReport) -> tuple[Paragraph, ...]:
    zero = Money.zero(report.currency)
    items = tuple(
        f"{line.service_day} {line.issue}: {duration_words(line.seconds)}, worth {line.value}, charged {zero}"
        for line in report.value.lines
    )
    return (
        (Paragraph("", heading="Covered work, charged at nothing", items=items),) if items else ()
    )
