"""What vendors, roles, people and months come to over all clients, in the same queries as the list of relationships."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from groundrules.core.profitability.across import WAYS, Across, across
from groundrules.core.profitability.assumptions import AssumptionKind
from groundrules.core.profitability.cuts import CutBy
from groundrules.core.profitability.relationship import quality_of
from groundrules.records import models as books
from groundrules.services.profit.assumptions import standing
from groundrules.services.profit.portfolio import BadPeriod, Capacity, Span, gather, utilisation


@dataclass(frozen=True, slots=True)
class Everywhere:
    """All clients cut one way: the rows, what people call their keys, and the hours that are in no number."""

    span: Span
    by: CutBy
    rows: tuple[Across, ...]
    names: Mapping[str, str]
    used: Mapping[str, Fraction]
    uncosted_seconds: int
    unattributed_seconds: int
    unlogged_seconds: int


def everywhere(span: Span, by: CutBy, *, at: datetime) -> Everywhere:
    """This function will cut every client's months one of WAYS, dearest first; raises BadPeriod for another way."""
    if by not in WAYS:
        message = f"{by.value} means something at one client only; choose {', '.join(WAYS)}"
        raise BadPeriod(message)
    assumptions = standing(at)
    clients = list(books.Client.objects.order_by("name", "pk"))
    found = gather(clients, span, assumptions, at)
    least = assumptions.number(AssumptionKind.LOGGED_SHARE, span.months[-1])
    qualities = [quality_of(book, scope) for scope, book in found]
    people = utilisation([p for _, book in found for p in book.pieces], span, assumptions)
    return Everywhere(
        span,
        by,
        across(found, by, least),
        {str(code): name for scope, _ in found[:1] for code, name in scope.vendors},
        _used(people, by),
        sum(q.uncosted_seconds for q in qualities),
        sum(q.unattributed_seconds for q in qualities),
        sum(q.unlogged_seconds for q in qualities),
    )


def _used(people: tuple[Capacity, ...], by: CutBy) -> dict[str, Fraction]:
    """The utilisation of each person or role whose hours are stated, for all of them or none."""
    if by not in {CutBy.ROLE, CutBy.TECHNICIAN}:
        return {}
    grouped: dict[str, list[Capacity]] = {}
    for one in people:
        grouped.setdefault(one.role if by is CutBy.ROLE else one.technician, []).append(one)
    return {
        key: Fraction(sum(c.seconds for c in group), 3600) / sum(c.available for c in group)
        for key, group in grouped.items()
        if all(c.available for c in group)
    }
