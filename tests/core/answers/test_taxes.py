"""How a world's documents are taxed, and what the rules do not settle."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from groundrules.core.answers.answer import answer
from groundrules.core.answers.model import Answers
from groundrules.core.invoices.tax import Tax, TaxCategory, TaxedKind, TaxRule, TaxRules
from groundrules.services.cases import run_case
from groundrules.services.engine import engine_version

_CASES = Path(__file__).parents[2] / "cases"


def _answered(*rules: TaxRule) -> Answers:
    """Variant 34's January, with fees, work, onboarding, a cap and a credit, under other rules."""
    path = _CASES / "v34-a-cap-and-a-missed-promise.yaml"
    before = run_case(path.read_bytes(), path).answered[-1].answers
    world = replace(before.world, tax_rules=TaxRules(client=rules))
    return answer(world, before.at, engine_version(world))


def _rule(kind: TaxedKind, tax: Tax, day: int = 1) -> TaxRule:
    return TaxRule(date(2007, 1, day), kind, tax)


class TestTaxesOfAWorld:
    def test_are_none_without_rules(self) -> None:
        """Where nobody states a rule nothing is said of taxes."""
        assert _answered().money.taxes == ()

    def test_follow_the_kind_of_line(self) -> None:
        """Fees at 20 percent: 350 + 350 + 490 + 490 - 17.50 = 1,662.50, so 332.50; work exempt."""
        exempt = Tax(TaxCategory.EXEMPT, reason="Repairs are exempt")
        found = _answered(
            _rule(TaxedKind.FEES, Tax(TaxCategory.STANDARD, Decimal(20))),
            _rule(TaxedKind.WORK, exempt),
        )

        (taxed,) = found.money.taxes
        assert [(str(s.tax), str(s.base), str(s.amount)) for s in taxed.shares] == [
            ("Repairs are exempt", "$1,000.00", "$0.00"),
            ("VAT 20%", "$1,662.50", "$332.50"),
        ]

    def test_are_refused_in_words_where_a_line_has_no_rule(self) -> None:
        """A rule that begins too late for some lines is no answer; the document is named, the rest is answered."""
        found = _answered(_rule(TaxedKind.EVERYTHING, Tax(TaxCategory.STANDARD, Decimal(20)), 10))

        (refusal,) = (r for r in found.refusals if r.refusal == "TaxNotSettled")
        assert refusal.about == "invoice from 2007-01-01"
        assert "add one that starts by 2007-01-01" in refusal.sentence
        assert len(found.money.invoices) == 1
