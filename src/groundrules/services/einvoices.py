"""Electronic invoices: an issued document as EN 16931, written anew from what was frozen; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from groundrules.core.invoices.electronic import ElectronicParty, Heading, electronic
from groundrules.core.periods import local_date
from groundrules.records import models as books
from groundrules.renderers.einvoice_cii import render_cii
from groundrules.renderers.einvoice_ubl import render_ubl
from groundrules.services.issuing import context_of

_WRITERS = {"ubl": render_ubl, "cii": render_cii}
FORMS = tuple(_WRITERS)


class UnknownDocument(LookupError):
    """No document was issued under the reference."""


@dataclass(frozen=True, slots=True)
class Countries:
    """Where seller and buyer are (ISO 3166, two letters); the norm requires both."""

    seller: str
    buyer: str


def xml_of(ref: str, countries: Countries, form: str = "ubl") -> bytes:
    """This function will write an issued document in one of FORMS: UBL 2.1, or a Cross Industry Invoice.

    Raises UnknownDocument, and the core's ElectronicInvoiceRefused.
    """
    row = books.Issued.objects.select_related("client", "corrects").filter(ref=ref).first()
    if row is None:
        message = (
            f"no document {ref} was issued; `groundrules explain` and the page Invoices know them"
        )
        raise UnknownDocument(message)
    return _WRITERS[form](electronic(row.to_core(), _heading(row, countries)))


def _heading(row: books.Issued, countries: Countries) -> Heading:
    context = context_of(row.to_core(), row.client, row.ref, row.issued_at)
    provider = books.Provider.objects.order_by("pk").first() or books.Provider()
    client = row.client
    return Heading(
        number=row.ref,
        issued_on=context.issued_on,
        due_on=context.due_on,
        seller=ElectronicParty(
            provider.code,
            provider.name,
            countries.seller,
            tuple(provider.address.splitlines()),
            provider.email,
        ),
        buyer=ElectronicParty(
            client.code,
            client.name,
            countries.buyer,
            tuple(client.address.splitlines()),
            client.notice_email,
        ),
        agreement=context.agreement,
        corrected_on=_corrected_on(row),
    )


def _corrected_on(row: books.Issued) -> date | None:
    return local_date(row.client.zone, row.corrects.issued_at) if row.corrects else None
