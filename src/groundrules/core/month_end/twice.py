"""What may stand in the books twice: the same work written down by the same person, or a fee billed before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from groundrules.core.agreements.words import duration_words
from groundrules.core.ids import AssetId
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, LineKind
from groundrules.core.money import Money
from groundrules.core.month_end.answers import (
    Doubt,
    DoubtKind,
    FeeBefore,
    NotedTime,
    Owner,
)


def entries_twice(entries: Iterable[NotedTime]) -> list[Doubt]:
    """This function will name entries of one person over the very same time, server and issue as an earlier one."""
    first: dict[object, NotedTime] = {}
    found = []
    for entry in entries:
        if entry.period is None:
            continue
        same = (entry.technician, entry.period, entry.asset, entry.issue)
        earlier = first.setdefault(same, entry)
        if earlier is not entry:
            found.append(_entry_twice(earlier, entry))
    return found


def _entry_twice(earlier: NotedTime, entry: NotedTime) -> Doubt:
    return Doubt(
        DoubtKind.TWICE,
        entry.entry,
        f"{entry.entry} says the same as {earlier.entry}: {entry.technician}, {duration_words(entry.seconds)} on "
        f"{entry.issue}, from and to the same minute.",
        Owner.TECHNICIAN,
        "Correct one of them, or say that both were worked",
        entry.value,
        entry.technician,
        ("time_entry", entry.entry),
    )


def fees_twice(drafts: Iterable[InvoiceDraft], before: Iterable[FeeBefore]) -> list[Doubt]:
    """This function will name fees of the drafts that, with what was billed before, come to more than a month's fee."""
    billed = {(b.asset, b.month): b for b in before}
    sums: dict[tuple[AssetId, date], Money] = {key: one.amount for key, one in billed.items()}
    found = []
    for draft in drafts:
        for line in draft.lines:
            if (
                draft.kind is not DocumentKind.INVOICE
                or line.kind is not LineKind.FEE
                or line.asset is None
                or line.base is None
            ):
                continue
            key = (line.asset, line.service_day.replace(day=1))
            so_far = sums.get(key, Money.zero(line.amount.currency))
            sums[key] = so_far + line.amount
            over = sums[key] - line.base
            if so_far.minor > 0 and over.minor > 0:
                where = billed[key].document if key in billed else "this invoice"
                found.append(_fee_twice(key, over, so_far, where))
    return found


def _fee_twice(key: tuple[AssetId, date], over: Money, so_far: Money, where: str) -> Doubt:
    asset, month = key
    return Doubt(
        DoubtKind.TWICE,
        f"{asset} {month:%Y-%m}",
        f"The fee of {asset} for {month:%Y-%m} was billed before: {so_far} on {where}.",
        Owner.ACCOUNTANT,
        "Take the draft back, or say why it is due again",
        over,
        page=("invoice", where) if where != "this invoice" else ("", ""),
    )
