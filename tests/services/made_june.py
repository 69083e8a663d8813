"""A made provider at the end of June: nine clients, collected once for a class."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from django.test import TestCase

from groundrules.core.invoices.tax import Tax, TaxCategory, TaxedKind, TaxRule
from groundrules.services import month_end, taxes
from groundrules.services.month_end import Standing
from groundrules.services.portfolio_demo import Size, fill
from tests.web.harbor_books import KIM

NOW = datetime(2026, 7, 1, 16, tzinfo=UTC)


def collected(now: datetime = NOW) -> Standing:
    """The run of June, with every client collected."""
    run = month_end.open_run(date(2026, 6, 1), actor=KIM, at=now)
    month_end.collect_all(run, actor=KIM, now=lambda: now)
    return month_end.standing_of(run, at=now)


class June(TestCase):
    """Nine clients, no history: everything billed in the one month is on the run's documents."""

    standing: Standing

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled and collected once for the class."""
        fill(Size(date(2026, 7, 1), clients=9, months=0))
        tax = Tax(TaxCategory.STANDARD, Decimal("8.875"), "Sales tax")
        rule = TaxRule(date(2026, 6, 1), TaxedKind.FEES, tax)
        taxes.add_rule(rule, client=None, actor=KIM, at=NOW)
        rest = TaxRule(
            date(2026, 6, 1), TaxedKind.WORK, Tax(TaxCategory.EXEMPT, reason="Labour is exempt")
        )
        taxes.add_rule(rest, client=None, actor=KIM, at=NOW)
        cls.standing = collected()

    def of(self, code: str, at: datetime = NOW) -> month_end.ClientStanding:
        """Where a client stands in the run of June."""
        standing = month_end.standing_of(self.standing.run, at=at)
        return next(one for one in standing.clients if one.client.code == code)
