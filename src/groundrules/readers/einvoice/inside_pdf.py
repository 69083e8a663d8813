"""The invoice data inside a hybrid PDF, by the names that Factur-X, ZUGFeRD and XRechnung give it."""

from __future__ import annotations

import pypdfium2

from groundrules.readers.einvoice.tree import NotAnInvoice

_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml")


def attached_invoice(pdf: bytes) -> tuple[str, bytes]:
    """This function will return the name and content of the invoice in a PDF; raises NotAnInvoice."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        message = f"this PDF can not be opened: {error}"
        raise NotAnInvoice(message) from error
    try:
        held = [document.get_attachment(n) for n in range(document.count_attachments())]
        names = [attachment.get_name() for attachment in held]
        for name, attachment in zip(names, held, strict=True):
            if name.casefold() in _NAMES:
                return name, bytes(attachment.get_data())
    except (LookupError, ValueError, pypdfium2.PdfiumError) as error:
        message = f"what this PDF carries can not be read: {error}"
        raise NotAnInvoice(message) from error
    finally:
        document.close()
    carried = f"it carries {', '.join(names)}" if names else "it carries no file"
    message = (
        f"this PDF is no hybrid invoice: {carried}, and none is named {' or '.join(_NAMES[:3])}"
    )
    raise NotAnInvoice(message)
