"""Every line of a run: of the document that was issued, or of the draft as it stands; what CSV and pages list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from groundrules.core.invoices.answers import InvoiceDraft, InvoiceLine
from groundrules.core.money import Money
from groundrules.core.month_end import Drafts
from groundrules.records import models as books
from groundrules.records.typed_json import load
from groundrules.services.month_end.runs import Stage, Standing

DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class BilledLine:
    """One line: whose, on which document (`draft` before it went out), what, when, and its sums before tax."""

    client: str
    document: str
    kind: str
    position: int
    line_kind: str
    description: str
    service_day: date
    value: Money
    amount: Money
    clause: str


def lines_of(standing: Standing) -> Iterator[BilledLine]:
    """This function will list every line of a run, client by client; issued ones are read as they were issued."""
    refs = [ref for one in standing.clients if one.step for ref in one.step.documents]
    issued = {
        row.ref: row for row in books.Issued.objects.filter(ref__in=refs).prefetch_related("lines")
    }
    for one in standing.clients:
        if one.step is None:
            continue
        if one.stage is Stage.ISSUED:
            for ref in one.step.documents:
                row = issued[ref]
                lines = [line.to_core() for line in row.lines.order_by("position")]
                yield from _lines(one.client.name, ref, row.kind, lines)
        elif one.step.drafts:
            for draft in load(Drafts, one.step.drafts).items:
                yield from _of_draft(one.client.name, draft)


def _of_draft(client: str, draft: InvoiceDraft) -> Iterator[BilledLine]:
    yield from _lines(client, DRAFT, draft.kind.value, list(draft.lines))


def _lines(client: str, document: str, kind: str, lines: list[InvoiceLine]) -> Iterator[BilledLine]:
    for position, line in enumerate(lines, start=1):
        yield BilledLine(
            client,
            document,
            kind,
            position,
            line.kind.value,
            line.description,
            line.service_day,
            line.value,
            line.amount,
            str(line.clause or ""),
        )
