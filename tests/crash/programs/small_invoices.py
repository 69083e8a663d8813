"""Small invoices, one for each number, which several processes issue at once in the tests."""

from __future__ import annotations

from datetime import date, timedelta

from groundrules.cli.main import start_database

start_database()

from django.utils import timezone  # noqa: E402 - records exist only once Django is started

from groundrules.core.ids import ClientId  # noqa: E402 - as above
from groundrules.core.invoices.answers import (  # noqa: E402 - as above
    DocumentKind,
    InvoiceDraft,
    InvoiceLine,
    LineKind,
)
from groundrules.core.money import Money  # noqa: E402 - as above
from groundrules.records import models as books  # noqa: E402 - as above
from groundrules.services import invoices  # noqa: E402 - as above
from tests.cast import ANNA  # noqa: E402 - as above


def issue_number(number: int) -> str:
    """This function will issue the small invoice of a number, the same in every process, and return its reference."""
    client = books.Client.objects.get()
    fee = Money(100 + number, client.currency)
    first = date(2000, 1, 1) + timedelta(days=number)
    end = first + timedelta(days=1)
    line = InvoiceLine(LineKind.FEE, f"Fee {number}", first, fee, fee)
    document = InvoiceDraft(
        DocumentKind.INVOICE, ClientId(client.code), client.currency, first, end, (line,)
    )
    return invoices.issue(
        document, client=client, key=f"key {number}", actor=ANNA, at=timezone.now()
    ).ref
