"""Exports for accounting: every sum is the ledger's, no cell is a formula, the same file each time, and noted."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core import data
from beancount.loader import load_string
from django.test import override_settings

from groundrules.cli.main import main
from groundrules.core.invoices.draft import Correction
from groundrules.core.invoices.export import Month
from groundrules.core.invoices.tax import Tax, TaxCategory, TaxedKind, TaxRule
from groundrules.records import models as books
from groundrules.records.models import AuditEntry, Role, User
from groundrules.services import invoices, taxes
from groundrules.services.accounting import (
    FORMATS,
    CodesUnreadable,
    NothingToExport,
    codes_of,
    export_accounting,
    months_with_documents,
)
from groundrules.services.actor import NotAllowed
from tests.cast import ANNA, TARIQ

FEBRUARY, MARCH = Month(2007, 2), Month(2007, 3)
FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def books_of_two_months(harbor: books.Client) -> books.Client:
    """This fixture will issue two taxed invoices and a credit note to a client with a dangerous name."""
    tax = Tax(TaxCategory.STANDARD, Decimal("8.875"), "Sales tax")
    rule = TaxRule(date(2007, 1, 1), TaxedKind.EVERYTHING, tax)
    harbor.name = FORMULA
    harbor.save()
    for month in (2, 3):
        at = datetime(2007, month, 1, 16, tzinfo=UTC)
        if month == 2:
            taxes.add_rule(rule, client=None, actor=ANNA, at=at)
        first, end = date(2007, month, 1), date(2007, month + 1, 1)
        found = invoices.draft(client=harbor, first=first, end=end, actor=ANNA, at=at)
        issued = invoices.issue(found, client=harbor, key=str(month), actor=ANNA, at=at)
    back = [Correction(1, 'wrong "server"')]
    # Evening in Seattle, already April in London: the note belongs to March.
    late = datetime(2007, 4, 1, 3, tzinfo=UTC)
    invoices.credit(issued, back, key="note", actor=ANNA, at=late)
    return harbor


def rows_of(form: str, month: Month = MARCH) -> list[dict[str, str]]:
    """This function will export and read the file back."""
    content = export_accounting(
        form, month, actor=ANNA, at=datetime(2007, 5, 1, tzinfo=UTC)
    ).content
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def ledger(account: str) -> Decimal:
    """This function will add up an account of our own books."""
    minors = books.Posting.objects.filter(account=account).values_list("amount_minor", flat=True)
    return Decimal(sum(minors)).scaleb(-2)


def amount_of(posting: data.Posting) -> Decimal:
    """This function will return the number beancount read; a posting without one would be interpolated."""
    assert posting.units is not None
    assert posting.units.number is not None
    return posting.units.number


class TestSums:
    @pytest.mark.usefixtures("books_of_two_months")
    @pytest.mark.parametrize(
        ("form", "net", "tax"),
        [
            ("xero", "*UnitAmount", "TaxAmount"),
            ("quickbooks", "*ItemAmount", "ItemTaxAmount"),
            ("csv", "amount", "tax_amount"),
        ],
    )
    def test_equal_the_ledger_to_the_cent(self, form: str, net: str, tax: str) -> None:
        """Net and tax over both months are what our books say is owed; the credit note takes its tax back."""
        rows = [row for month in (FEBRUARY, MARCH) for row in rows_of(form, month)]

        charged = sum((Decimal(row[net]) for row in rows), Decimal(0))
        taxed = sum((Decimal(row[tax]) for row in rows), Decimal(0))

        assert taxed == -ledger("owed: tax") == Decimal("93.20")
        assert charged + taxed == ledger("receivable") == Decimal("1143.20")

    @pytest.mark.usefixtures("books_of_two_months")
    def test_balance_in_the_real_beancount(self) -> None:
        """Both months are one ledger without an error, and each account is what our books say."""
        texts = [
            export_accounting("beancount", month, actor=ANNA, at=datetime(2007, 5, 1, tzinfo=UTC))
            for month in (FEBRUARY, MARCH)
        ]

        entries, errors, _ = load_string("\n".join(one.content.decode() for one in texts))

        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        for entry in entries:
            for posting in entry.postings if isinstance(entry, data.Transaction) else ():
                sums[posting.account] += amount_of(posting)
        assert errors == []
        assert sums == {
            "Assets:Receivable:HARBOR": ledger("receivable"),
            "Income:Fees": ledger("revenue: fees"),
            "Liabilities:Tax:Sales-tax:Rate-8-875": ledger("owed: tax"),
        }


class TestFile:
    @pytest.mark.usefixtures("books_of_two_months")
    def test_says_no_day_to_pay_a_credit_note_by(self) -> None:
        """A list of what is to be paid and when names invoices only; Xero wants a day in each row, and gets one."""
        due = {row["kind"]: bool(row["due"]) for row in rows_of("csv")}
        content = export_accounting(
            "beancount", MARCH, actor=ANNA, at=datetime(2007, 5, 1, tzinfo=UTC)
        ).content

        assert due == {"invoice": True, "credit note": False}
        assert content.decode().count("  due: ") == 1
        assert all(row["*DueDate"] for row in rows_of("xero"))

    @pytest.mark.usefixtures("books_of_two_months")
    def test_has_what_xero_asks_for(self) -> None:
        """Each column by its name, quantity 1 at the exact amount, and our codes for account and tax."""
        with override_settings(GROUNDRULES_ACCOUNTS="fees=210, S 8.875=WA TAX"):
            rows = rows_of("xero")

        assert rows[0] == {
            "*ContactName": f"'{FORMULA}",
            "*InvoiceNumber": "INV-00002",
            "*InvoiceDate": "2007-03-01",
            "*DueDate": "2007-03-31",
            "*Description": rows[0]["*Description"],
            "*Quantity": "1",
            "*UnitAmount": "350.00",
            "*AccountCode": "210",
            "*TaxType": "WA TAX",
            "TaxAmount": "31.07",
            "Currency": "USD",
        }
        assert [row["*UnitAmount"] for row in rows] == ["350.00", "350.00", "-350.00"]
        assert rows[2]["*InvoiceNumber"] == "CRN-00001"

    @pytest.mark.usefixtures("books_of_two_months")
    def test_never_holds_a_formula(self) -> None:
        """No cell of words begins like one; amounts below zero stay numbers."""
        cells = [
            cell
            for form in ("xero", "quickbooks", "csv")
            for row in rows_of(form)
            for cell in row.values()
        ]

        risky = {cell for cell in cells if cell[:1] in "=+-@" and cell}
        assert FORMULA not in cells
        assert risky == {cell for cell in risky if Decimal(cell) < 0}
        assert risky

    @pytest.mark.usefixtures("books_of_two_months")
    def test_is_the_same_again_and_each_time_is_noted(self) -> None:
        """The second file has the bytes of the first, and says who had that one."""
        at = datetime(2007, 5, 1, tzinfo=UTC)

        pairs = {
            form: [export_accounting(form, MARCH, actor=ANNA, at=at) for _ in "ab"]
            for form in FORMATS
        }

        for first, again in pairs.values():
            assert first.content == again.content
            assert (first.before, again.before) == ("", f"{ANNA.label} on 2007-05-01 00:00 UTC")
        assert AuditEntry.objects.filter(verb="accounting.export").count() == 2 * len(FORMATS)
        assert months_with_documents() == (MARCH, FEBRUARY)

    def test_is_for_accountants_and_of_something(self, harbor: books.Client) -> None:
        """A technician is refused, and so is a month without documents."""
        at = datetime(2007, 5, 1, tzinfo=UTC)

        with pytest.raises(NotAllowed):
            export_accounting("csv", MARCH, actor=TARIQ, at=at)
        with pytest.raises(
            NothingToExport, match=f"nothing was issued to {harbor.name} in 2007-03"
        ):
            export_accounting("csv", MARCH, actor=ANNA, at=at, client=harbor)


class TestCodes:
    @pytest.mark.parametrize("text", ["work", "wages=1", "S 20=", "S x=1"])
    def test_refuses_a_setting_it_can_not_read(self, text: str) -> None:
        """Naming the part, and how it is written."""
        with pytest.raises(CodesUnreadable, match="write work=200"):
            codes_of(text)


class TestCommand:
    @pytest.mark.usefixtures("books_of_two_months")
    def test_writes_a_file_once(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The same file again is fine; one that says otherwise is kept."""
        User.objects.create(email="olga@castle-it.example", name="Olga", role=Role.OWNER)
        file = tmp_path / "march.csv"
        command = ["export", "accounting", "--format", "csv", "--month", "2007-03", "-o", str(file)]

        ended = [main(command), main(command)]
        file.write_text("something else")
        ended += [main(command), main([*command, "--client", "NOBODY"])]

        said = capsys.readouterr()
        assert ended == [0, 0, 5, 3]
        assert "2 documents, $381.07" in said.out
        assert "the very same file went to olga@castle-it.example" in said.out
        assert "says otherwise" in said.err
