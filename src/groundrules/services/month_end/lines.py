"""Every line of a run: of the document that was issued, or of the draft as it stands; what CSV and pages list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain
from typing import Any, overload

from django.db.models import Count, Sum

from groundrules.core.invoices.answers import InvoiceLine
from groundrules.core.money import Money
from groundrules.records import models as books
from groundrules.records.typed_json import load, parts_of
from groundrules.services.month_end.runs import ClientStanding, Stage, Standing

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


@dataclass(frozen=True, slots=True)
class _Document:
    """One document's lines: how many, their sum, and `read` for those from one place to before another."""

    client: str
    ref: str
    kind: str
    count: int
    amount: Money
    read: Callable[[int, int], Sequence[InvoiceLine]]

    def lines(self, first: int, end: int) -> Iterator[BilledLine]:
        """Those from one place to before another, as far as there are."""
        first, end = max(first, 0), min(end, self.count)
        if first >= end:
            return
        for position, line in enumerate(self.read(first, end), start=first + 1):
            yield BilledLine(
                self.client,
                self.ref,
                self.kind,
                position,
                line.kind.value,
                line.description,
                line.service_day,
                line.value,
                line.amount,
                str(line.clause or ""),
            )


class BilledLines(Sequence[BilledLine]):
    """The lines of a run, client by client. Only those that are asked for are read."""

    def __init__(self, documents: Sequence[_Document]) -> None:
        self._documents = documents
        self._count = sum(document.count for document in documents)

    @property
    def sums(self) -> tuple[Money, ...]:
        """What all lines come to before tax, one sum for each currency."""
        sums: dict[str, Money] = {}
        for one in self._documents:
            currency = one.amount.currency
            sums[currency] = sums.get(currency, Money.zero(currency)) + one.amount
        return tuple(sums.values())

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[BilledLine]:
        return chain.from_iterable(one.lines(0, one.count) for one in self._documents)

    @overload
    def __getitem__(self, place: int) -> BilledLine: ...

    @overload
    def __getitem__(self, place: slice) -> list[BilledLine]: ...

    def __getitem__(self, place: int | slice) -> BilledLine | list[BilledLine]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        first, end, _ = place.indices(self._count)
        found: list[BilledLine] = []
        for document in self._documents:
            found += document.lines(first, end)
            first, end = first - document.count, end - document.count
        return found


def lines_of(standing: Standing) -> BilledLines:
    """This function will list every line of a run, client by client; issued ones are read as they were issued."""
    refs = [ref for one in standing.clients if one.step for ref in one.step.documents]
    rows = books.Issued.objects.filter(ref__in=refs).values("pk", "ref", "kind", "currency")
    issued = {
        row["ref"]: row
        for row in rows.annotate(count=Count("lines"), amount=Sum("lines__amount_minor"))
    }
    return BilledLines([found for one in standing.clients for found in _documents(one, issued)])


def _documents(one: ClientStanding, issued: Mapping[str, Mapping[str, Any]]) -> Iterator[_Document]:
    if one.step is None:
        return
    if one.stage is Stage.ISSUED:
        for ref in one.step.documents:
            row = issued[ref]
            amount = Money(row["amount"] or 0, row["currency"])
            read = partial(_as_issued, row["pk"])
            yield _Document(one.client.name, ref, row["kind"], row["count"], amount, read)
    elif one.step.drafts:
        for draft in parts_of(one.step.drafts, "items"):
            yield _drafted(one.client.name, draft)


def _drafted(client: str, draft: str) -> _Document:
    """A draft with thousands of lines: added up as it is stored, and only the lines that are asked for made values."""
    said, lines = json.loads(draft), parts_of(draft, "lines")
    amount = Money(sum(line["amount"]["minor"] for line in said["lines"]), said["currency"])
    return _Document(client, DRAFT, said["kind"], len(lines), amount, partial(_as_drafted, lines))


def _as_issued(document: int, first: int, end: int) -> list[InvoiceLine]:
    rows = books.IssuedLine.objects.filter(document=document).order_by("position")
    return [line.to_core() for line in rows.only("payload")[first:end]]


def _as_drafted(lines: Sequence[str], first: int, end: int) -> list[InvoiceLine]:
    return [load(InvoiceLine, text) for text in lines[first:end]]
