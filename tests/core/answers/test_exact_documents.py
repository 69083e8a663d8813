"""No document that does not add up is shown or issued."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from groundrules.core.answers.documents import InexactDocument, refuse_inexact
from groundrules.core.ids import ClientId
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.money import Money

_LINE = InvoiceLine(
    kind=LineKind.CHARGE,
    description="Mail",
    service_day=date(2007, 2, 6),
    amount=Money(22500, "USD"),
    value=Money(22500, "USD"),
    minutes=Fraction(90),
    hourly=Money(15000, "USD"),
)
_DRAFT = InvoiceDraft(
    kind=DocumentKind.INVOICE,
    client=ClientId("HARBOR"),
    currency="USD",
    period_start=date(2007, 2, 1),
    period_end=date(2007, 3, 1),
    lines=(_LINE,),
)


class TestInexactDocuments:
    """The last look before anybody sees a document."""

    def test_are_refused_by_a_single_cent(self) -> None:
        """90 minutes at $150.00 are $225.00; one cent more is refused, and the message says which line."""
        cent_more = replace(_LINE, amount=Money(22501, "USD"), value=Money(22501, "USD"))

        with pytest.raises(InexactDocument, match=r"line 1 shows \$225\.01, but 90 min"):
            refuse_inexact(replace(_DRAFT, lines=(cent_more,)))

    def test_are_no_others(self) -> None:
        """A draft that adds up is returned as it is."""
        assert refuse_inexact(_DRAFT) is _DRAFT
