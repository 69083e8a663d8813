"""Electronic invoices: an issued document as EN 16931, written anew from what was frozen; nothing is stored."""

from __future__ import annotations

from groundrules.core.invoices.electronic import electronic
from groundrules.records import models as books
from groundrules.renderers.einvoice_cii import render_cii
from groundrules.renderers.einvoice_ubl import render_ubl
from groundrules.services.headings import heading_of

_WRITERS = {"ubl": render_ubl, "cii": render_cii}
FORMS = tuple(_WRITERS)


class UnknownDocument(LookupError):
    """No document was issued under the reference."""


def xml_of(ref: str, form: str = "ubl") -> bytes:
    """This function will write an issued document in one of FORMS: UBL 2.1, or a Cross Industry Invoice.

    Raises UnknownDocument, and the core's ElectronicInvoiceRefused when a card lacked something.
    """
    row = books.Issued.objects.select_related("client", "corrects").filter(ref=ref).first()
    if row is None:
        message = (
            f"no document {ref} was issued; `groundrules explain` and the page Invoices know them"
        )
        raise UnknownDocument(message)
    return xml_of_document(row, form)


def xml_of_document(row: books.Issued, form: str = "ubl") -> bytes:
    """This function will write an issued document in one of FORMS; raises ElectronicInvoiceRefused."""
    return _WRITERS[form](electronic(row.to_core(), heading_of(row)))
