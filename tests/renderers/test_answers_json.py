"""Answers as JSON: both ways of writing it say the same."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import orjson
import pytest

from groundrules.core.ids import ClauseNumber
from groundrules.core.invoices.answers import InvoiceLine, LineKind
from groundrules.core.money import Money
from groundrules.core.periods import Period
from groundrules.core.reasons import FactRef, Reason
from groundrules.renderers.answers_json import as_data, to_bytes

REASON = Reason("coverage.state", "It was covered.", (FactRef("asset", "SRV1"),))
WORK = Period(datetime(2007, 2, 20, 21, 10, tzinfo=UTC), datetime(2007, 2, 21, 1, tzinfo=UTC))
LINE = InvoiceLine(
    kind=LineKind.CHARGE,
    description="Repair",
    service_day=date(2007, 2, 20),
    amount=Money(202500, "USD"),
    value=Money(202500, "USD"),
    clause=ClauseNumber("4.2"),
    minutes=Fraction(461, 2),
)
VALUES = {
    "line": LINE,
    "why": (REASON, Reason("outer", "And so.", because=(REASON,))),
    "work": WORK,
    "rate": Decimal("8.875"),
    "kinds": frozenset({LineKind.FEE, LineKind.CHARGE}),
    "by kind": {LineKind.FEE: Money(100, "JPY"), LineKind.CHARGE: None},
}


class TestToBytes:
    def test_says_what_plain_data_says(self) -> None:
        """Money, fractions, instants, kinds and what lies within: converted on the way or before, it is the same."""
        before = orjson.dumps(as_data(VALUES), option=orjson.OPT_SORT_KEYS)

        assert to_bytes(VALUES) == before

    def test_refuses_what_it_does_not_know(self) -> None:
        """A value without a way to write it is our mistake, and said so."""
        with pytest.raises(TypeError):
            to_bytes({"thing": object()})
