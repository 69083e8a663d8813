"""Cross Industry Invoice (D16B): the figures, wherever the norm's syntax binding puts them."""

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

_DEAL = "SupplyChainTradeTransaction"
_SETTLEMENT = f"{_DEAL}/ApplicableHeaderTradeSettlement"
_SUMS = f"{_SETTLEMENT}/SpecifiedTradeSettlementHeaderMonetarySummation"
_CREDIT_NOTES = {"381", "396", "532", "81", "83"}


def read_cii(root: Node) -> StatedInvoice:
    """This function will read what a Cross Industry Invoice states; raises NotAnInvoice for a number that is none."""
    currency = root.words(f"{_SETTLEMENT}/InvoiceCurrencyCode")
    settlement = f"{_SETTLEMENT}/SpecifiedTradeAllowanceCharge"
    context = "ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter"
    return StatedInvoice(
        form="CII",
        number=root.words("ExchangedDocument/ID"),
        is_credit_note=root.words("ExchangedDocument/TypeCode") in _CREDIT_NOTES,
        currency=currency,
        lines=tuple(
            _line(node) for node in root.every(f"{_DEAL}/IncludedSupplyChainTradeLineItem")
        ),
        adjustments=tuple(_adjustment(node) for node in root.every(settlement)),
        taxes=tuple(_tax(node) for node in root.every(f"{_SETTLEMENT}/ApplicableTradeTax")),
        totals=_totals(root, currency),
        foreign=tuple(_foreign(root, currency)),
        profile=root.words(f"{context}/ID"),
    )


def _foreign(root: Node, currency: str) -> list[tuple[str, int]]:
    """Only few amounts name a currency; the tax total may stand a second time in the country's own."""
    own = root.words(f"{_SETTLEMENT}/TaxCurrencyCode")
    return [
        (node.attributes["currencyID"], node.at)
        for node in root.every(f"{_SUMS}/TaxTotalAmount")
        if node.attributes.get("currencyID", currency) not in {currency, own}
    ]


def _line(node: Node) -> StatedLine:
    settlement = "SpecifiedLineTradeSettlement"
    price = "SpecifiedLineTradeAgreement/NetPriceProductTradePrice"
    net = f"{settlement}/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"
    adjustments = node.every(f"{settlement}/SpecifiedTradeAllowanceCharge")
    return StatedLine(
        name=node.words("AssociatedDocumentLineDocument/LineID"),
        at=node.at,
        quantity=node.amount("SpecifiedLineTradeDelivery/BilledQuantity"),
        price=node.amount(f"{price}/ChargeAmount"),
        per=node.number(f"{price}/BasisQuantity", "1"),
        net=node.amount(net),
        adjustments=tuple(_adjustment(one) for one in adjustments),
        category=node.words(f"{settlement}/ApplicableTradeTax/CategoryCode"),
        rate=node.number(f"{settlement}/ApplicableTradeTax/RateApplicablePercent"),
    )


def _adjustment(node: Node) -> StatedAdjustment:
    base, percent = node.first("BasisAmount"), node.first("CalculationPercent")
    return StatedAdjustment(
        is_charge=node.words("ChargeIndicator/Indicator") in {"true", "1"},
        amount=node.amount("ActualAmount") or StatedAmount(node.number("ActualAmount"), node.at),
        base=number_of(base) if base else None,
        percent=number_of(percent) if percent else None,
        category=node.words("CategoryTradeTax/CategoryCode"),
        rate=node.number("CategoryTradeTax/RateApplicablePercent"),
    )


def _tax(node: Node) -> StatedTax:
    return StatedTax(
        category=node.words("CategoryCode"),
        rate=node.number("RateApplicablePercent"),
        base=node.amount("BasisAmount"),
        amount=node.amount("CalculatedAmount"),
        at=node.at,
    )


def _totals(root: Node, currency: str) -> StatedTotals:
    def total(name: str) -> StatedAmount | None:
        return root.amount(f"{_SUMS}/{name}")

    taxes = [
        node
        for node in root.every(f"{_SUMS}/TaxTotalAmount")
        if node.attributes.get("currencyID", currency) == currency
    ]
    return StatedTotals(
        lines=total("LineTotalAmount"),
        allowances=total("AllowanceTotalAmount"),
        charges=total("ChargeTotalAmount"),
        exclusive=total("TaxBasisTotalAmount"),
        tax=StatedAmount(number_of(taxes[0]), taxes[0].at) if taxes else None,
        inclusive=total("GrandTotalAmount"),
        prepaid=total("TotalPrepaidAmount"),
        rounding=total("RoundingAmount"),
        payable=total("DuePayableAmount"),
    )
