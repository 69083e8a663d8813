"""The part of a story about what a relationship is worth: to the client, and to the provider."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from groundrules.core.agreements.words import duration_words
from groundrules.core.answers.model import Answers, ReportAnswer
from groundrules.core.profitability import Measures, percent
from groundrules.renderers.story_text import Names, labelled, paragraph, point, section


def reports(answers: Answers, names: Names) -> str:
    """This function will tell each period's value and, where it is measured, what was earned."""
    return "\n\n".join(
        part for r in answers.reports for part in (_value(r), _profit(r, names)) if part
    )


def _value(found: ReportAnswer) -> str:
    report = found.value
    figures = (report.covered, report.reactive, report.proactive, report.fees, report.charged_alike)
    return section(
        f"How do I know you are working for me? {found.period.first} up to {found.period.end}",
        [
            paragraph(report.sentence),
            paragraph(report.upper_sentence),
            *(labelled(figure.name, figure.working, 2, 30) for figure in figures),
        ],
    )


def _profit(found: ReportAnswer, names: Names) -> str:
    answer = found.profit
    if answer is None:
        return ""
    blocks = [point(_measures(answer.measures))]
    for net in answer.net_of:
        who = names.with_id(net.cost.vendor)
        caused = f"{duration_words(net.cost.seconds)}, {net.cost.cost} of cost and {net.cost.forgone} not charged"
        blocks.append(point(f"Net of {who}, who caused {caused}: {_measures(net.measures)}"))
    blocks += [labelled("alarm", alarm.sentence, 2) for alarm in answer.alarms]
    blocks += [
        labelled(f"{place}.", f"{advice.step.value}: {advice.sentence}", 2, 3)
        for place, advice in enumerate(answer.advice, start=1)
    ]
    return section("What it earns", blocks)


def _readable(exact: Fraction) -> str:
    return f"{Decimal(exact.numerator) / Decimal(exact.denominator):.3f}"


def _measures(found: Measures) -> str:
    margin = "no margin" if found.margin is None else f"margin {percent(found.margin)}"
    reactive = (
        "" if found.rhem is None else f", {_readable(found.rhem)} reactive hours per endpoint"
    )
    return (
        f"{duration_words(found.seconds)} of work, {found.hourly_rate or 'no rate'} an hour, gross profit "
        f"{found.gross_profit}, {margin}{reactive}."
    )
