"""Value and profitability in the words of a case file's expectations."""

from __future__ import annotations

from groundrules.core.answers.model import ReportAnswer
from groundrules.core.profitability import NetOfVendor, percent
from groundrules.readers.case_file import model_expect_documents as expect
from groundrules.services.case_actuals import minutes


def value(found: ReportAnswer) -> expect.ExpectedValue:
    """This function will state the value report of a period."""
    report = found.value
    return expect.ExpectedValue(
        first=found.period.first,
        covered=report.covered.amount,
        covered_time=minutes(report.covered.seconds),
        reactive=report.reactive.amount,
        proactive=report.proactive.amount,
        fees=report.fees.amount,
        saving=report.headline.amount,
        upper_saving=report.upper.amount,
        charged_alike=report.charged_alike.amount,
        favourable=report.is_favourable,
        says=(report.sentence, report.upper_sentence, report.fees.working),
    )


def profit(found: ReportAnswer) -> expect.ExpectedProfit:
    """This function will state what the provider earned in a period; `found.profit` must be there."""
    answer = found.profit
    assert answer is not None  # noqa: S101 - the caller leaves out periods without one
    measures = answer.measures
    return expect.ExpectedProfit(
        first=found.period.first,
        time=minutes(measures.seconds),
        reactive_time=minutes(measures.reactive_seconds),
        hourly_rate=measures.hourly_rate,
        gross_profit=measures.gross_profit,
        margin=None if measures.margin is None else percent(measures.margin),
        rhem=measures.rhem,
        net_of=tuple(_net(net) for net in answer.net_of),
        alarms=tuple(alarm.kind for alarm in answer.alarms),
        advice=tuple(advice.step for advice in answer.advice),
        uncosted=answer.uncosted,
        says=(*(a.sentence for a in answer.alarms), *(a.sentence for a in answer.advice)),
    )


def _net(found: NetOfVendor) -> expect.ExpectedNet:
    measures = found.measures
    return expect.ExpectedNet(
        vendor=found.cost.vendor,
        time=minutes(measures.seconds),
        hourly_rate=measures.hourly_rate,
        margin=None if measures.margin is None else percent(measures.margin),
        rhem=measures.rhem,
        caused_time=minutes(found.cost.seconds),
        cost=found.cost.cost,
        forgone=found.cost.forgone,
    )
