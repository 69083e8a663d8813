"""When nothing of an invoice is due: all of it was credited, or what is left of it waits for the answer to a dispute.

Amounts are before tax on both sides: what a dispute holds back is, and so is the total of a document.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from groundrules.core.disputes import Dispute
from groundrules.core.ids import InvoiceId
from groundrules.core.money import Money
from groundrules.core.periods import Period, utc
from groundrules.core.world import SentDocument, World


def nothing_due(world: World) -> dict[InvoiceId, tuple[Period, ...]]:
    """This function will say, by invoice, in which periods nothing of it is due, though it isn't paid.

    An invoice whose amounts are not on record is due until it is paid.
    """
    found = {}
    for document in world.documents:
        if document.draft.corrects is None:
            notes = [n for n in world.documents if n.draft.corrects == document.number]
            held = [d for d in world.disputes if d.document == document.number and d.held]
            periods = tuple(_periods(document, notes, held))
            if periods:
                found[document.number] = periods
    return found


def _periods(
    document: SentDocument, notes: list[SentDocument], held: list[Dispute]
) -> Iterable[Period]:
    moments = sorted(
        {
            *(utc(note.at) for note in notes),
            *(utc(dispute.at) for dispute in held),
            *(utc(d.answer.at) for d in held if d.answer is not None),
        }
    )
    for start, end in pairwise([*moments, None]):
        if start is not None and _due_at(start, document, notes, held).minor <= 0:
            yield Period(start, end)


def _due_at(
    at: datetime, document: SentDocument, notes: list[SentDocument], held: list[Dispute]
) -> Money:
    currency = document.draft.currency
    credited = (note.draft.total for note in notes if utc(note.at) <= at)
    waiting = (d.held for d in held if d.held is not None and _waits_at(d, at))
    # A credit note's total is negative.
    return sum(credited, document.draft.total) - sum(waiting, Money.zero(currency))


def _waits_at(dispute: Dispute, at: datetime) -> bool:
    return utc(dispute.at) <= at and (dispute.answer is None or utc(dispute.answer.at) > at)
