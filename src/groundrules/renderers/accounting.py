"""Issued documents as the files accounting programs take in: Xero, QuickBooks Online, plain CSV, beancount.

Amounts stand as they were issued: quantity 1 at the exact amount, because these programs multiply again and round.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from groundrules.core.cells import defused
from groundrules.core.invoices.answers import DocumentKind
from groundrules.core.invoices.export import BookedDocument, BookedLine
from groundrules.core.invoices.tax import TaxCategory, percentage
from groundrules.core.money import Money

Documents = Sequence[BookedDocument]
Codes = Mapping[str, str]
_XERO = (
    *("*ContactName", "*InvoiceNumber", "*InvoiceDate", "*DueDate", "*Description", "*Quantity"),
    *("*UnitAmount", "*AccountCode", "*TaxType", "TaxAmount", "Currency"),
)
_QUICKBOOKS = (
    *("*InvoiceNo", "*Customer", "*InvoiceDate", "*DueDate", "Item(Product/Service)"),
    *("ItemDescription", "ItemQuantity", "ItemRate", "*ItemAmount", "ItemTaxCode", "ItemTaxAmount"),
    *("Currency", "Service Date"),
)
_PLAIN = (
    *(
        "document",
        "kind",
        "corrects",
        "client",
        "client_name",
        "issued",
        "due",
        "line",
        "service_day",
    ),
    *(
        "for",
        "description",
        "clause",
        "value",
        "amount",
        "tax_category",
        "tax_percent",
        "tax_amount",
    ),
    *("currency",),
)


def render_xero(documents: Documents, codes: Codes) -> bytes:
    """This function will write sales invoices as Xero imports them; what a credit note takes back is negative."""
    return _csv(_XERO, (_xero(d, b, codes) for d in documents for b in d.charged))


def render_quickbooks(documents: Documents, codes: Codes) -> bytes:
    """This function will write sales invoices as QuickBooks Online imports them."""
    return _csv(_QUICKBOOKS, (_quickbooks(d, b, codes) for d in documents for b in d.charged))


def render_plain(documents: Documents, _codes: Codes) -> bytes:
    """This function will write every line, also those shown at 0.00 with their value."""
    return _csv(_PLAIN, (_plain(d, b) for d in documents for b in d.lines))


def _xero(document: BookedDocument, booked: BookedLine, codes: Codes) -> tuple[str, ...]:
    heading = document.heading
    return (
        *(_text(heading.buyer.name), _text(heading.number), heading.issued_on.isoformat()),
        *(
            heading.due_on.isoformat(),
            _text(_description(booked)),
            "1",
            _number(booked.line.amount),
        ),
        *(codes[booked.account], _text(_tax_code(booked, codes)), _number(booked.tax_amount)),
        document.draft.currency,
    )


def _quickbooks(document: BookedDocument, booked: BookedLine, codes: Codes) -> tuple[str, ...]:
    heading, amount = document.heading, _number(booked.line.amount)
    return (
        *(_text(heading.number), _text(heading.buyer.name), heading.issued_on.isoformat()),
        *(heading.due_on.isoformat(), _text(_item(booked)), _text(_description(booked)), "1"),
        *(amount, amount, _text(_tax_code(booked, codes)), _number(booked.tax_amount)),
        *(document.draft.currency, booked.line.service_day.isoformat()),
    )


def _plain(document: BookedDocument, booked: BookedLine) -> tuple[str, ...]:
    heading, line = document.heading, booked.line
    return (
        *(
            _text(heading.number),
            document.draft.kind.value,
            _text(str(document.draft.corrects or "")),
        ),
        *(_text(heading.buyer.identifier), _text(heading.buyer.name)),
        *(heading.issued_on.isoformat(), _due(document), str(booked.position)),
        *(line.service_day.isoformat(), line.kind.value, _text(line.description)),
        *(_text(str(line.clause or "")), _number(line.value), _number(line.amount)),
        *(booked.tax.category.value, percentage(booked.tax.percent).removesuffix("%")),
        *(_number(booked.tax_amount), document.draft.currency),
    )


def _due(document: BookedDocument) -> str:
    """The day an invoice is to be paid by; a credit note is not paid. Xero and QuickBooks want a day in each row."""
    is_credit = document.draft.kind is DocumentKind.CREDIT_NOTE
    return "" if is_credit else document.heading.due_on.isoformat()


def _item(booked: BookedLine) -> str:
    return "Managed services fees" if booked.account == "fees" else "Work"


def _description(booked: BookedLine) -> str:
    """What was done, how it was computed, and by which clause."""
    line = booked.line
    clause = f"clause {line.clause}" if line.clause else ""
    return "; ".join(words for words in (line.description, line.working, clause) if words)


def _tax_code(booked: BookedLine, codes: Codes) -> str:
    """The program's own name for a tax: of the category and percentage, else of the category, else what we call it."""
    category = booked.tax.category.value
    exact = f"{category} {percentage(booked.tax.percent)}".removesuffix("%")
    named = codes.get(exact) or codes.get(category)
    return named or (
        str(booked.tax) if booked.tax.category is TaxCategory.STANDARD else "Tax Exempt"
    )


def _csv(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> bytes:
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return held.getvalue().encode()


def _text(text: str) -> str:
    """A cell that a spreadsheet never reads as a formula, on one line."""
    return defused(" ".join(text.split()))


def _number(amount: Money) -> str:
    return amount.digits


def render_beancount(documents: Documents, opened: Mapping[str, date]) -> bytes:
    """This function will write balanced beancount transactions, and open the accounts first used in them.

    `opened` says on which day each account was first used, in all documents there are.
    """
    used = sorted({account for d in documents for account, _ in postings_of(d)})
    days = {document.heading.issued_on for document in documents}
    opening = [f"{opened[account]} open {account}" for account in used if opened[account] in days]
    entries = ["\n".join(_transaction(document)) for document in documents]
    return ("\n\n".join(["\n".join(opening), *entries] if opening else entries) + "\n").encode()


def _transaction(document: BookedDocument) -> Iterator[str]:
    heading = document.heading
    yield f"{heading.issued_on} * {_quoted(heading.buyer.name)} {_quoted(heading.number)} ^{_link(heading.number)}"
    if due := _due(document):
        yield f"  due: {due}"
    if document.draft.corrects:
        yield f"  corrects: {_quoted(str(document.draft.corrects))}"
    for account, amount in postings_of(document):
        yield f"  {account}  {_number(amount)} {amount.currency}"


def postings_of(document: BookedDocument) -> list[tuple[str, Money]]:
    """This function will book a document: the client owes the total; income by kind and each tax stand against it."""
    sums: dict[str, Money] = {}
    for booked in document.charged:
        account = "Income:Fees" if booked.account == "fees" else "Income:Work"
        for name, amount in ((account, booked.line.amount), (_owed(booked), booked.tax_amount)):
            if amount.minor or name == account:
                sums[name] = sums.get(name, Money.zero(amount.currency)) - amount
    receivable = f"Assets:Receivable:{_client(document.heading.buyer.identifier)}"
    return [(receivable, document.total), *sorted(sums.items())]


def _owed(booked: BookedLine) -> str:
    rate = percentage(booked.tax.percent).removesuffix("%").replace(".", "-")
    return f"Liabilities:Tax:{_component(booked.tax.name)}:Rate-{rate}"


def _component(name: str) -> str:
    """A name as part of an account: letters, digits and dashes, a capital or digit first."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
    return f"{plain[:1].upper()}{plain[1:]}" or "Other"


def _client(code: str) -> str:
    """A client's part of an account; a code that had to be altered keeps apart from its like by a digest."""
    plain = _component(code)
    return plain if plain == code else f"{plain}-{hashlib.sha256(code.encode()).hexdigest()[:6]}"


def _quoted(text: str) -> str:
    plain = " ".join(text.split()).replace("\\", "/").replace('"', "'")
    return f'"{plain}"'


def _link(number: str) -> str:
    return re.sub(r"[^A-Za-z0-9./_-]", "-", number)


WRITERS: Mapping[str, Callable[[Documents, Codes], bytes]] = {
    "xero": render_xero,
    "quickbooks": render_quickbooks,
    "csv": render_plain,
}
