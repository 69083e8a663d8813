"""UBL 2.1 Invoice and CreditNote: the figures, wherever the norm's syntax binding puts them."""

from __future__ import annotations

from groundrules.core.invoices.stated import (
    StatedAdjustment,
    StatedAmount,
    StatedInvoice,
    StatedLine,
    StatedTax,
    StatedTotals,
)
from groundrules.readers.einvoice.tree import Node, number_of


def read_ubl(root: Node) -> StatedInvoice:
    """This function will read what a UBL document states; raises NotAnInvoice for a number that is none."""
    is_credit = root.local == "CreditNote"
    currency = root.words("DocumentCurrencyCode")
    line_name = "CreditNoteLine" if is_credit else "InvoiceLine"
    return StatedInvoice(
        form="UBL",
        number=root.words("ID"),
        is_credit_note=is_credit,
        currency=currency,
        lines=tuple(_line(node) for node in root.every(line_name)),
        adjustments=tuple(_adjustment(node) for node in root.every("AllowanceCharge")),
        taxes=tuple(_tax(node) for node in _taxes(root, currency)),
        totals=_totals(root, currency),
        foreign=tuple(_foreign(root, currency)),
        profile=root.words("CustomizationID"),
    )


def _taxes(root: Node, currency: str) -> list[Node]:
    """A second TaxTotal states the tax in the country's own currency and has no shares."""
    return [
        share
        for total in root.every("TaxTotal")
        if _currency(total.first("TaxAmount")) in {currency, ""}
        for share in total.every("TaxSubtotal")
    ]


def _foreign(root: Node, currency: str) -> list[tuple[str, int]]:
    """Amounts in another currency, but the tax total in the country's own."""
    own = root.words("TaxCurrencyCode")
    found: list[tuple[str, int]] = []
    waiting = [(root, False)]
    while waiting:
        node, is_tax = waiting.pop()
        is_tax = is_tax or node.local == "TaxTotal"
        other = node.attributes.get("currencyID", currency)
        if other != currency and not (is_tax and other == own):
            found.append((other, node.at))
        waiting.extend((child, is_tax) for child in node.children)
    return sorted(found, key=lambda one: one[1])


def _currency(node: Node | None) -> str:
    return node.attributes.get("currencyID", "") if node else ""


def _line(node: Node) -> StatedLine:
    return StatedLine(
        name=node.words("ID"),
        at=node.at,
        quantity=node.amount("InvoicedQuantity") or node.amount("CreditedQuantity"),
        price=node.amount("Price/PriceAmount"),
        per=node.number("Price/BaseQuantity", "1"),
        net=node.amount("LineExtensionAmount"),
        adjustments=tuple(_adjustment(one) for one in node.every("AllowanceCharge")),
        category=node.words("Item/ClassifiedTaxCategory/ID"),
        rate=node.number("Item/ClassifiedTaxCategory/Percent"),
    )


def _adjustment(node: Node) -> StatedAdjustment:
    base, percent = node.first("BaseAmount"), node.first("MultiplierFactorNumeric")
    return StatedAdjustment(
        is_charge=node.words("ChargeIndicator") in {"true", "1"},
        amount=node.amount("Amount") or StatedAmount(node.number("Amount"), node.at),
        base=number_of(base) if base else None,
        percent=number_of(percent) if percent else None,
        category=node.words("TaxCategory/ID"),
        rate=node.number("TaxCategory/Percent"),
    )


def _tax(node: Node) -> StatedTax:
    return StatedTax(
        category=node.words("TaxCategory/ID"),
        rate=node.number("TaxCategory/Percent"),
        base=node.amount("TaxableAmount"),
        amount=node.amount("TaxAmount"),
        at=node.at,
    )


def _totals(root: Node, currency: str) -> StatedTotals:
    def total(name: str) -> StatedAmount | None:
        return root.amount(f"LegalMonetaryTotal/{name}")

    taxes = [node for node in root.every("TaxTotal/TaxAmount") if _currency(node) in {currency, ""}]
    return StatedTotals(
        lines=total("LineExtensionAmount"),
        allowances=total("AllowanceTotalAmount"),
        charges=total("ChargeTotalAmount"),
        exclusive=total("TaxExclusiveAmount"),
        tax=StatedAmount(number_of(taxes[0]), taxes[0].at) if taxes else None,
        inclusive=total("TaxInclusiveAmount"),
        prepaid=total("PrepaidAmount"),
        rounding=total("PayableRoundingAmount"),
        payable=total("PayableAmount"),
    )
