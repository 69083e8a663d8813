"""What a client disputes while a month is billed: a doubt of its own, so that nobody asks for money that waits."""

from __future__ import annotations

from collections.abc import Iterable

from groundrules.core.disputes import ABOUT_MONEY, Dispute
from groundrules.core.month_end.answers import Doubt, DoubtKind, Owner


def disputed(disputes: Iterable[Dispute]) -> list[Doubt]:
    """This function will list the open disputes of money, each with what is not due until its answer."""
    return [_doubt(one) for one in disputes if one.is_open and one.subject in ABOUT_MONEY]


def _doubt(one: Dispute) -> Doubt:
    where = f" on {one.document}" if one.document else ""
    return Doubt(
        DoubtKind.DISPUTED,
        one.id,
        f"{one.person} disputes {one.subject.value} {one.ref}{where}: {one.says}",
        Owner.OWNER,
        "Answer it",
        one.held,
        page=("dispute", one.id),
    )
