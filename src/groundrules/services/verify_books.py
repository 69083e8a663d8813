"""Issued documents and their chain, letters with their PDFs, and every fact against the digest it was filed under."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator

from django.apps import apps

from groundrules.core.invoices.answers import InvoiceDraft
from groundrules.records import models as books
from groundrules.records.book import Fact
from groundrules.records.typed_json import StoredValueDamaged, digest_of, parts_of
from groundrules.services.findings import Report
from groundrules.services.index import index_of
from groundrules.services.issuing import expected_seal
from groundrules.services.verify_columns import wrong_columns

_BATCH = 500


def check_documents(report: Report) -> None:
    """This function will check every issued document, its PDF, its lines, and its place in the chain."""
    for series in books.Series.objects.order_by("pk"):
        previous, number = "", 0
        for row in series.documents.select_related("pdf").order_by("number"):
            report.look("issued documents")
            for says in _document(row, previous, number + 1):
                report.find(row.kind, row.ref, says)
            previous, number = row.seal, row.number
        if (series.last_number, series.last_seal) != (number, previous):
            says = f"its last number is {series.last_number}, but the last document is {number}"
            report.find("series", series.code, says)


def check_letters(report: Report) -> None:
    """This function will check every letter, and every frozen file that left the house."""
    owners: defaultdict[int | None, list[str]] = defaultdict(list)
    for letter in books.Letter.objects.select_related("draft").order_by("pk"):
        report.look("letters")
        owners[letter.pdf_id].append(letter.ref)
        if digest_of(letter.text) != letter.text_digest:
            report.find("letter", letter.ref, "its text is not the one that was sent")
        if digest_of(letter.payload) != letter.draft.digest:
            report.find("letter", letter.ref, "its content is not the one that was approved")
    for pdf, ref in books.Issued.objects.values_list("pdf_id", "ref"):
        owners[pdf].append(ref)
    for file in books.FrozenFile.objects.order_by("pk").iterator(chunk_size=_BATCH):
        report.look("frozen files")
        if hashlib.sha256(bytes(file.content)).hexdigest() != file.digest:
            whose = ", ".join(owners.get(file.pk, [])) or file.digest[:16]
            report.find("PDF", f"of {whose}", "it is not the file that left the house")
    _check_copies(report)


def _check_copies(report: Report) -> None:
    """What was frozen from a tray, against the SHA-256 its document names."""
    for copy in books.FrozenCopy.objects.order_by("pk").iterator(chunk_size=_BATCH):
        report.look("frozen copies")
        if digest_of(copy.content) != copy.digest:
            report.find("frozen copy", str(copy), "it is not what its document names")


def check_facts(client: books.Client, report: Report) -> None:
    """This function will check every stored fact of a client against its digest, and its columns against its value."""
    cards = index_of(client)
    for model in apps.get_app_config("records").get_models():
        if not issubclass(model, Fact):
            continue
        kind = str(model._meta.verbose_name)
        for row in model._default_manager.filter(client=client).order_by("pk").iterator(_BATCH):
            report.look("facts")
            if digest_of(row.payload) != row.digest:
                report.find(kind, row.ref, "its content is not what was filed")
                continue
            for says in wrong_columns(row, cards):
                report.find(kind, row.ref, says)


def _document(row: books.Issued, previous: str, number: int) -> Iterator[str]:
    if row.number != number:
        yield f"document {number} of its series is missing before it"
    pdf = hashlib.sha256(bytes(row.pdf.content)).hexdigest() if row.pdf else ""
    if digest_of(row.payload) != row.digest:
        yield "its content is not what was issued"
    if row.pdf is not None and pdf != row.pdf.digest:
        yield "its PDF is not the one that was issued"
    if (row.seal, row.previous_seal) != (expected_seal(row, pdf, previous), previous):
        yield "its seal does not cover it and the document before"
    yield from _columns(row)


def _columns(row: books.Issued) -> Iterator[str]:
    """The columns people search by repeat the content; each must say the same."""
    try:
        core, heading = row.to_core(), row.to_heading()
    except (StoredValueDamaged, ValueError, TypeError) as error:
        yield f"its content cannot be read: {error}"
        return
    if _told(row) != (
        core.kind.value,
        core.period_start,
        core.period_end,
        heading.to_pay(core).minor if heading else core.total.minor,
        heading.taxed.total(core.currency).minor if heading else 0,
        core.currency,
        core.client,
    ):
        yield "its columns do not say what its content says"
    yield from _lines(row, core)


def _told(row: books.Issued) -> tuple[object, ...]:
    period = (row.period_start, row.period_end)
    amounts = (row.total_minor, row.tax_minor)
    return (row.kind, *period, *amounts, row.currency, row.client.code)


def _lines(row: books.Issued, core: InvoiceDraft) -> Iterator[str]:
    """Each line against the content as it was frozen: written anew, it would say what lines got later."""
    found = [
        (line.position, line.payload, line.amount_minor, line.description)
        for line in row.lines.order_by("position")
    ]
    expected = [
        (position, frozen, line.amount.minor, line.description)
        for position, (line, frozen) in enumerate(
            zip(core.lines, parts_of(row.payload, "lines"), strict=True), start=1
        )
    ]
    if found != expected:
        yield "its lines are not those that were issued"
