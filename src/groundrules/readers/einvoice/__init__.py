"""Electronic invoices of anybody: UBL 2.1 and Cross Industry Invoice, as XML or inside a PDF (Factur-X, ZUGFeRD)."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.invoices.stated import StatedInvoice
from groundrules.readers.einvoice.cii import read_cii
from groundrules.readers.einvoice.inside_pdf import attached_invoice
from groundrules.readers.einvoice.tree import Node, NotAnInvoice, read_tree
from groundrules.readers.einvoice.ubl import read_ubl

__all__ = ["Found", "NotAnInvoice", "read_invoice"]

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_READERS = {
    f"{_UBL}Invoice-2 Invoice": ("UBL 2.1 invoice", read_ubl),
    f"{_UBL}CreditNote-2 CreditNote": ("UBL 2.1 credit note", read_ubl),
    "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100 CrossIndustryInvoice": (
        "Cross Industry Invoice",
        read_cii,
    ),
}


@dataclass(frozen=True, slots=True)
class Found:
    """An electronic invoice: its XML, that file's name inside a PDF (or nothing), its form in words, what it states."""

    xml: bytes
    inside: str
    form: str
    stated: StatedInvoice


def read_invoice(content: bytes) -> Found:
    """This function will read an electronic invoice from XML, or from the file inside a PDF; raises NotAnInvoice."""
    name, xml = attached_invoice(content) if content.startswith(b"%PDF") else ("", content)
    root = read_tree(xml)
    form, read = _READERS.get(root.name, ("", _refuse))
    return Found(xml, name, form, read(root))


def _refuse(root: Node) -> StatedInvoice:
    message = (
        f"the XML is a {root.name.rpartition(' ')[2]}, not an invoice; "
        "UBL 2.1 (Invoice, CreditNote) and CrossIndustryInvoice are read"
    )
    raise NotAnInvoice(message)
