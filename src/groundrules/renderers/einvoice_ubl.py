"""An issued document as UBL 2.1, Invoice or CreditNote, by the rules of EN 16931."""

from __future__ import annotations

from groundrules.core.invoices.answers import DocumentKind
from groundrules.core.invoices.electronic import ElectronicInvoice, ElectronicLine
from groundrules.core.invoices.heading import TradeParty
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
_BASE = "urn:oasis:names:specification:ubl:schema:xsd:"


def render_ubl(invoice: ElectronicInvoice) -> bytes:
    """This function will write a document as UBL 2.1."""
    is_credit = invoice.kind is DocumentKind.CREDIT_NOTE
    name = "CreditNote" if is_credit else "Invoice"
    children = (*_head(invoice, is_credit=is_credit), *_parties(invoice), *_money(invoice))
    lines = tuple(_line(line, is_credit=is_credit) for line in invoice.lines)
    spaces = {
        "xmlns": f"{_BASE}{name}-2",
        "xmlns:cac": f"{_BASE}CommonAggregateComponents-2",
        "xmlns:cbc": f"{_BASE}CommonBasicComponents-2",
    }
    return document(Element(name, (*children, *lines), spaces))


def _head(invoice: ElectronicInvoice, *, is_credit: bool) -> tuple[Element, ...]:
    heading = invoice.heading
    corrected = heading.corrected_on.isoformat() if heading.corrected_on else ""
    reference = (Element("cbc:ID", invoice.corrects), Element("cbc:IssueDate", corrected))
    return (
        Element("cbc:CustomizationID", _NORM),
        Element("cbc:ID", heading.number),
        Element("cbc:IssueDate", heading.issued_on.isoformat()),
        Element("cbc:DueDate", "" if is_credit else heading.due_on.isoformat()),
        Element(
            "cbc:CreditNoteTypeCode" if is_credit else "cbc:InvoiceTypeCode",
            "381" if is_credit else "380",
        ),
        Element("cbc:Note", invoice.note),
        Element("cbc:DocumentCurrencyCode", invoice.currency),
        Element("cac:InvoicePeriod", _period(invoice.first.isoformat(), invoice.last.isoformat())),
        Element(
            "cac:BillingReference",
            (Element("cac:InvoiceDocumentReference", reference if invoice.corrects else ()),),
        ),
        Element("cac:ContractDocumentReference", (Element("cbc:ID", heading.agreement),)),
    )


def _period(first: str, last: str) -> tuple[Element, ...]:
    return (Element("cbc:StartDate", first), Element("cbc:EndDate", last))


def _parties(invoice: ElectronicInvoice) -> tuple[Element, ...]:
    heading, shown = invoice.heading, invoice.shows_vat_numbers
    return (
        Element("cac:AccountingSupplierParty", (_party(heading.seller, shows_vat_number=shown),)),
        Element("cac:AccountingCustomerParty", (_party(heading.buyer, shows_vat_number=shown),)),
    )


def _party(party: TradeParty, *, shows_vat_number: bool) -> Element:
    address, scheme = electronic_address(party)
    trading = party.name if party.name != party.registered_name else ""
    return Element(
        "cac:Party",
        (
            Element("cbc:EndpointID", address, {"schemeID": scheme}),
            Element("cac:PartyIdentification", (Element("cbc:ID", party.identifier),)),
            Element("cac:PartyName", (Element("cbc:Name", trading),)),
            _postal(party),
            _registration(party.legal.vat_id if shows_vat_number else "", "VAT"),
            _registration(party.legal.tax_number, "LOC"),
            Element(
                "cac:PartyLegalEntity",
                (Element("cbc:RegistrationName", party.registered_name),),
            ),
        ),
    )


def _postal(party: TradeParty) -> Element:
    street, further, rest = _address(party.address)
    return Element(
        "cac:PostalAddress",
        (
            Element("cbc:StreetName", street),
            Element("cbc:AdditionalStreetName", further),
            Element("cac:AddressLine", (Element("cbc:Line", rest),)),
            Element("cac:Country", (Element("cbc:IdentificationCode", party.legal.country),)),
        ),
    )


def _registration(identifier: str, scheme: str) -> Element:
    """The norm tells a VAT number from another one by the name of the scheme alone."""
    named = (Element("cac:TaxScheme", (Element("cbc:ID", scheme),)),) if identifier else ()
    return Element("cac:PartyTaxScheme", (Element("cbc:CompanyID", identifier), *named))


def _address(lines: tuple[str, ...]) -> tuple[str, str, str]:
    """The norm has three free lines; what is more is joined into the third."""
    first, second, *rest = (*lines, "", "")
    return first, second, ", ".join(line for line in rest if line)


def _money(invoice: ElectronicInvoice) -> tuple[Element, ...]:
    is_credit = invoice.kind is DocumentKind.CREDIT_NOTE
    terms = "To your credit" if is_credit else f"Due {invoice.heading.due_on.isoformat()}"
    totals = (
        _amount("LineExtensionAmount", invoice.total),
        _amount("TaxExclusiveAmount", invoice.total),
        _amount("TaxInclusiveAmount", invoice.payable),
        _amount("PayableAmount", invoice.payable),
    )
    return (
        Element("cac:PaymentMeans", () if is_credit else _payment(invoice)),
        Element("cac:PaymentTerms", (Element("cbc:Note", terms),)),
        Element(
            "cac:TaxTotal",
            (_amount("TaxAmount", invoice.tax), *(_share(share) for share in invoice.shares)),
        ),
        Element("cac:LegalMonetaryTotal", totals),
    )


def _payment(invoice: ElectronicInvoice) -> tuple[Element, ...]:
    seller = invoice.heading.seller.legal
    if not seller.account:
        return ()
    branch = (Element("cac:FinancialInstitutionBranch", (Element("cbc:ID", seller.bank),)),)
    account = (Element("cbc:ID", seller.account), Element("cbc:Name", seller.account_name), *branch)
    return (
        Element("cbc:PaymentMeansCode", TRANSFER),
        Element("cbc:PaymentID", invoice.heading.number),
        Element("cac:PayeeFinancialAccount", account),
    )


def _share(share: TaxShare) -> Element:
    inner = (
        _amount("TaxableAmount", share.base),
        _amount("TaxAmount", share.amount),
        _category("cac:TaxCategory", share.tax, share.tax.reason),
    )
    return Element("cac:TaxSubtotal", inner)


def _category(name: str, tax: Tax, reason: str = "") -> Element:
    rate = "" if tax.category is TaxCategory.NOT_SUBJECT else percent(tax)
    return Element(
        name,
        (
            Element("cbc:ID", tax.category.value),
            Element("cbc:Percent", rate),
            Element("cbc:TaxExemptionReason", reason),
            Element("cac:TaxScheme", (Element("cbc:ID", "VAT"),)),
        ),
    )


def _line(line: ElectronicLine, *, is_credit: bool) -> Element:
    quantity = "cbc:CreditedQuantity" if is_credit else "cbc:InvoicedQuantity"
    unit = {"unitCode": line.unit.value}
    day = line.service_day.isoformat()
    price = (
        _amount("PriceAmount", line.price),
        Element("cbc:BaseQuantity", str(line.per), unit),
    )
    item = (
        Element("cbc:Description", line.working),
        Element("cbc:Name", line.name),
        _category("cac:ClassifiedTaxCategory", line.tax),
    )
    return Element(
        "cac:CreditNoteLine" if is_credit else "cac:InvoiceLine",
        (
            Element("cbc:ID", str(line.number)),
            Element("cbc:Note", line.note),
            Element(quantity, str(line.quantity), unit),
            _amount("LineExtensionAmount", line.net),
            Element("cac:InvoicePeriod", _period(day, day)),
            Element("cac:AllowanceCharge", _allowance(line)),
            Element("cac:Item", item),
            Element("cac:Price", price),
        ),
    )


def _allowance(line: ElectronicLine) -> tuple[Element, ...]:
    """Reason code 95 is a discount; the words cite the clause."""
    if not line.allowance.minor:
        return ()
    return (
        Element("cbc:ChargeIndicator", "false"),
        Element("cbc:AllowanceChargeReasonCode", "95"),
        Element("cbc:AllowanceChargeReason", line.reason),
        _amount("Amount", line.allowance),
    )


def _amount(name: str, amount: Money) -> Element:
    return Element(f"cbc:{name}", number(amount), {"currencyID": amount.currency})
