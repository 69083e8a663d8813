"""What travels inside a document's PDF: the decisions behind its lines, and the electronic invoice when one can be."""

from __future__ import annotations

from groundrules.core.invoices.answers import InvoiceDraft
from groundrules.core.invoices.electronic import electronic, what_lacks
from groundrules.core.invoices.heading import Heading
from groundrules.records import models as books
from groundrules.renderers.decision_log import DecisionLog, render_decision_log
from groundrules.renderers.einvoice_cii import render_cii
from groundrules.renderers.facturx import FILE_NAME
from groundrules.renderers.pdf_picture import attached_file
from groundrules.renderers.typesetting import Attachment

LOG_NAME = "decision-log.json"


def attachments_of(
    document: InvoiceDraft, heading: Heading, client: books.Client
) -> tuple[Attachment, ...]:
    """This function will return the files to attach; without a Factur-X file where a card lacks what the norm asks for.

    Raises the core's ElectronicInvoiceRefused for a document that does not add up.
    """
    log = Attachment(
        name=LOG_NAME,
        content=decision_log_of(document, heading, client),
        media_type="application/json",
        relationship="supplement",
        description="The decisions behind each line",
    )
    if what_lacks(heading):
        return (log,)
    invoice = Attachment(
        name=FILE_NAME,
        content=render_cii(electronic(document, heading)),
        media_type="text/xml",
        relationship="alternative",
        description="The same document as EN 16931 data (Factur-X)",
    )
    return log, invoice


def decision_log_as_issued(row: books.Issued) -> bytes | None:
    """This function will return the log inside an issued PDF; None for a document from before there was one."""
    return attached_file(bytes(row.pdf.content), LOG_NAME) if row.pdf else None


def decision_log_of(document: InvoiceDraft, heading: Heading, client: books.Client) -> bytes:
    """This function will write the decisions in force now behind a document's lines."""
    entries = {entry for line in document.lines for entry in line.entries}
    rows = books.Decision.objects.of_client(client).current().filter(ref__in=entries)
    decisions = {row.number: row.to_core() for row in rows.order_by("pk")}
    return render_decision_log(DecisionLog(heading, document, decisions))
