"""What newer facts make of an issued invoice: the lines to take back and the lines to bill instead, and nothing else.

Lines of work and one-off items are compared as they were printed. A line that is still right is left alone; fees are
corrected by their own target (`fees.correction_line`), not here.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Container, Iterable
from dataclasses import dataclass

from groundrules.core.invoices.answers import InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.invoices.draft import Correction

# Fees and their credits, caps and service credits follow their own target; a refund is a correction already.
_NOT_COMPARED = frozenset(
    {
        LineKind.FEE,
        LineKind.FEE_CREDIT,
        LineKind.REFUND,
        LineKind.CAP,
        LineKind.SERVICE_CREDIT,
    }
)


@dataclass(frozen=True, slots=True)
class Difference:
    """The corrections for a credit note, and the lines for the next invoice; each keeps its service day."""

    corrections: tuple[Correction, ...]
    to_bill: tuple[InvoiceLine, ...]


def difference(
    original: InvoiceDraft,
    wanted: Iterable[InvoiceLine],
    why: str,
    taken_back: Container[int] = (),
) -> Difference:
    """This function will compare an invoice's lines (but its fees) with what they should say by today's facts.

    `wanted` are the lines of the same service days, drafted anew; `why` is printed on each correction. The lines
    numbered in `taken_back` stand no longer: they are not corrected twice, and what is like them is billed anew.
    """
    asked = [line for line in wanted if line.kind not in _NOT_COMPARED]
    waiting: defaultdict[tuple[object, ...], deque[int]] = defaultdict(deque)
    for place, line in enumerate(asked):
        waiting[_figures(line)].append(place)
    printed: set[int] = set()
    corrections: list[Correction] = []
    for number, line in enumerate(original.lines, start=1):
        if line.kind in _NOT_COMPARED or number in taken_back:
            continue
        same = waiting.get(_figures(line))
        if same:
            printed.add(same.popleft())
        else:
            corrections.append(Correction(number, why))
    to_bill = (line for place, line in enumerate(asked) if place not in printed)
    return Difference(tuple(corrections), tuple(to_bill))


def _figures(line: InvoiceLine) -> tuple[object, ...]:
    """Everything that counts on a line; its wording may change without a new document."""
    return (
        line.kind,
        line.service_day,
        line.asset,
        line.technician,
        line.minutes,
        line.hourly,
        line.amount,
        line.value,
        line.clause,
        line.entries,
        line.item,
    )
