"""An issued document as UN/CEFACT Cross Industry Invoice (D16B, the XML of Factur-X), by the rules of EN 16931."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from groundrules.core.invoices.answers import DocumentKind
from groundrules.core.invoices.electronic import ElectronicInvoice, ElectronicLine
from groundrules.core.invoices.heading import TradeParty
from groundrules.core.invoices.identity import is_iban
from groundrules.core.invoices.tax import Tax, TaxCategory, TaxShare
from groundrules.core.money import Money
from groundrules.renderers.einvoice_xml import (
    TRANSFER,
    Element,
    document,
    electronic_address,
    number,
    percent,
)

_NORM = "urn:cen.eu:en16931:2017"
_NONE: Mapping[str, str] = MappingProxyType({})
_BASE = "urn:un:unece:uncefact:data:"
_SPACES = {
    "xmlns:rsm": f"{_BASE}standard:CrossIndustryInvoice:100",
    "xmlns:ram": f"{_BASE}standard:ReusableAggregateBusinessInformationEntity:100",
    "xmlns:qdt": f"{_BASE}standard:QualifiedDataType:100",
    "xmlns:udt": f"{_BASE}standard:UnqualifiedDataType:100",
}


def render_cii(invoice: ElectronicInvoice) -> bytes:
    """This function will write a document as a Cross Industry Invoice."""
    norm = Element("ram:GuidelineSpecifiedDocumentContextParameter", (_ram("ID", _NORM),))
    lines = tuple(_line(line) for line in invoice.lines)
    transaction = (*lines, _agreement(invoice), _delivery(invoice), _settlement(invoice))
    children = (
        Element("rsm:ExchangedDocumentContext", (norm,)),
        _head(invoice),
        Element("rsm:SupplyChainTradeTransaction", transaction),
    )
    return document(Element("rsm:CrossIndustryInvoice", children, _SPACES))


def _head(invoice: ElectronicInvoice) -> Element:
    is_credit = invoice.kind is DocumentKind.CREDIT_NOTE
    return Element(
        "rsm:ExchangedDocument",
        (
            _ram("ID", invoice.heading.number),
            _ram("TypeCode", "381" if is_credit else "380"),
            _day("IssueDateTime", invoice.heading.issued_on),
            Element("ram:IncludedNote", (_ram("Content", invoice.note),)),
        ),
    )


def _line(line: ElectronicLine) -> Element:
    unit = {"unitCode": line.unit.value}
    price = (_amount("ChargeAmount", line.price), _ram("BasisQuantity", str(line.per), unit))
    total = (_amount("LineTotalAmount", line.net),)
    quantity = (_ram("BilledQuantity", str(line.quantity), unit),)
    settlement = (
        Element("ram:ApplicableTradeTax", _category(line.tax)),
        _period(line.service_day, line.service_day),
        Element("ram:SpecifiedTradeAllowanceCharge", _allowance(line)),
        Element("ram:SpecifiedTradeSettlementLineMonetarySummation", total),
    )
    note = Element("ram:IncludedNote", (_ram("Content", line.note),))
    return Element(
        "ram:IncludedSupplyChainTradeLineItem",
        (
            Element("ram:AssociatedDocumentLineDocument", (_ram("LineID", str(line.number)), note)),
            Element(
                "ram:SpecifiedTradeProduct",
                (_ram("Name", line.name), _ram("Description", line.working)),
            ),
            Element(
                "ram:SpecifiedLineTradeAgreement",
                (Element("ram:NetPriceProductTradePrice", price),),
            ),
            Element("ram:SpecifiedLineTradeDelivery", quantity),
            Element("ram:SpecifiedLineTradeSettlement", settlement),
        ),
    )


def _category(tax: Tax) -> tuple[Element, ...]:
    return (_ram("TypeCode", "VAT"), _ram("CategoryCode", tax.category.value), _rate(tax))


def _rate(tax: Tax) -> Element:
    is_outside = tax.category is TaxCategory.NOT_SUBJECT
    return _ram("RateApplicablePercent", "" if is_outside else percent(tax))


def _allowance(line: ElectronicLine) -> tuple[Element, ...]:
    """Reason code 95 is a discount; the words cite the clause."""
    if not line.allowance.minor:
        return ()
    return (
        Element("ram:ChargeIndicator", (Element("udt:Indicator", "false"),)),
        _amount("ActualAmount", line.allowance),
        _ram("ReasonCode", "95"),
        _ram("Reason", line.reason),
    )


def _agreement(invoice: ElectronicInvoice) -> Element:
    heading = invoice.heading
    contract = (_ram("IssuerAssignedID", heading.agreement),)
    return Element(
        "ram:ApplicableHeaderTradeAgreement",
        (
            _party("SellerTradeParty", heading.seller, shows_vat_number=invoice.shows_vat_numbers),
            _party("BuyerTradeParty", heading.buyer, shows_vat_number=invoice.shows_vat_numbers),
            Element("ram:ContractReferencedDocument", contract),
        ),
    )


def _party(name: str, party: TradeParty, *, shows_vat_number: bool) -> Element:
    trading = party.name if party.name != party.registered_name else ""
    address, scheme = electronic_address(party)
    vat_number = party.legal.vat_id if shows_vat_number else ""
    return Element(
        f"ram:{name}",
        (
            _ram("ID", party.identifier),
            _ram("Name", party.registered_name),
            Element("ram:SpecifiedLegalOrganization", (_ram("TradingBusinessName", trading),)),
            _postal(party),
            Element(
                "ram:URIUniversalCommunication", (_ram("URIID", address, {"schemeID": scheme}),)
            ),
            *(
                Element(
                    "ram:SpecifiedTaxRegistration", (_ram("ID", identifier, {"schemeID": kind}),)
                )
                for identifier, kind in ((vat_number, "VA"), (party.legal.tax_number, "FC"))
            ),
        ),
    )


def _postal(party: TradeParty) -> Element:
    first, second, *rest = (*party.address, "", "")
    third = ", ".join(line for line in rest if line)
    return Element(
        "ram:PostalTradeAddress",
        (
            _ram("LineOne", first),
            _ram("LineTwo", second),
            _ram("LineThree", third),
            _ram("CountryID", party.legal.country),
        ),
    )


def _delivery(invoice: ElectronicInvoice) -> Element:
    """The work was delivered by the last day of the period; an empty element would draw a warning."""
    event = (_day("OccurrenceDateTime", invoice.last),)
    return Element(
        "ram:ApplicableHeaderTradeDelivery",
        (Element("ram:ActualDeliverySupplyChainEvent", event),),
    )


def _settlement(invoice: ElectronicInvoice) -> Element:
    return Element(
        "ram:ApplicableHeaderTradeSettlement",
        (
            *_payment(invoice),
            *(Element("ram:ApplicableTradeTax", _share(share)) for share in invoice.shares),
            _period(invoice.first, invoice.last),
            Element("ram:SpecifiedTradePaymentTerms", _terms(invoice)),
            _totals(invoice),
            Element("ram:InvoiceReferencedDocument", _corrected(invoice)),
        ),
    )


def _payment(invoice: ElectronicInvoice) -> tuple[Element, ...]:
    """The reference to quote, the currency, and the account to pay into when the card names one."""
    currency = _ram("InvoiceCurrencyCode", invoice.currency)
    seller = invoice.heading.seller.legal
    if invoice.kind is DocumentKind.CREDIT_NOTE or not seller.account:
        return (currency,)
    name = "IBANID" if is_iban(seller.account) else "ProprietaryID"
    named = (_ram(name, seller.account), _ram("AccountName", seller.account_name))
    account = named if name == "IBANID" else named[::-1]
    means = (
        _ram("TypeCode", TRANSFER),
        Element("ram:PayeePartyCreditorFinancialAccount", account),
        Element("ram:PayeeSpecifiedCreditorFinancialInstitution", (_ram("BICID", seller.bank),)),
    )
    return (
        _ram("PaymentReference", invoice.heading.number),
        currency,
        Element("ram:SpecifiedTradeSettlementPaymentMeans", means),
    )


def _share(share: TaxShare) -> tuple[Element, ...]:
    return (
        _amount("CalculatedAmount", share.amount),
        _ram("TypeCode", "VAT"),
        _ram("ExemptionReason", share.tax.reason),
        _amount("BasisAmount", share.base),
        _ram("CategoryCode", share.tax.category.value),
        _rate(share.tax),
    )


def _terms(invoice: ElectronicInvoice) -> tuple[Element, ...]:
    if invoice.kind is DocumentKind.CREDIT_NOTE:
        return (_ram("Description", "To your credit"),)
    due = invoice.heading.due_on
    return (_ram("Description", f"Due {due.isoformat()}"), _day("DueDateDateTime", due))


def _totals(invoice: ElectronicInvoice) -> Element:
    return Element(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        (
            _amount("LineTotalAmount", invoice.total),
            _amount("TaxBasisTotalAmount", invoice.total),
            _ram("TaxTotalAmount", number(invoice.tax), {"currencyID": invoice.currency}),
            _amount("GrandTotalAmount", invoice.payable),
            _amount("DuePayableAmount", invoice.payable),
        ),
    )


def _corrected(invoice: ElectronicInvoice) -> tuple[Element, ...]:
    when = invoice.heading.corrected_on
    dated = (_day("FormattedIssueDateTime", when, "qdt"),) if when else ()
    return (_ram("IssuerAssignedID", invoice.corrects), *dated) if invoice.corrects else ()


def _period(first: date, last: date) -> Element:
    return Element(
        "ram:BillingSpecifiedPeriod", (_day("StartDateTime", first), _day("EndDateTime", last))
    )


def _day(name: str, day: date, space: str = "udt") -> Element:
    """Format 102 is a day without dashes."""
    said = Element(f"{space}:DateTimeString", day.strftime("%Y%m%d"), {"format": "102"})
    return Element(f"ram:{name}", (said,))


def _amount(name: str, amount: Money) -> Element:
    return _ram(name, number(amount))


def _ram(name: str, text: str, attributes: Mapping[str, str] = _NONE) -> Element:
    return Element(f"ram:{name}", text, attributes)
