"""Shapes that several operations share: amounts, citations, and which facts of a book are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from ninja import Field, Schema

from groundrules.api.v1.paging import Code, Instant, Paging, narrowed, of_client
from groundrules.core.money import Money
from groundrules.core.reasons import FactRef, Reason
from groundrules.records.book import FactQuerySet

Row = TypeVar("Row", bound=models.Model)


class Amount(Schema):
    """Money: a decimal text, never a float, and its currency."""

    amount: str
    currency: str


class Citation(Schema):
    """A fact an answer rests on."""

    kind: str
    ref: str
    says: str


class Because(Schema):
    """One reason, in a sentence, with the facts it cites."""

    rule: str
    sentence: str
    facts: list[Citation]


class FactsAsked(Paging):
    """Which facts of a book: those that stand now, or that stood at an instant."""

    asset: Code = Field("", description="Only about this asset, by its code.")
    since: Instant | None = Field(None, description="Only what happened at or after this instant.")
    until: Instant | None = Field(None, description="Only what happened before this instant.")
    as_of: Instant | None = Field(
        None, description="As the book stood at this instant; else as it stands now."
    )


def money(value: Money) -> Amount:
    """This function will write an amount."""
    return Amount(amount=str(value.amount), currency=value.currency)


def money_or_none(value: Money | None) -> Amount | None:
    """This function will write an amount, if there is one."""
    return money(value) if value is not None else None


def minor(value: int, currency: str) -> Amount:
    """This function will write an amount of whole smallest units."""
    return money(Money(value, currency))


def citations(facts: Iterable[FactRef]) -> list[Citation]:
    """This function will write citations."""
    return [Citation(kind=one.kind, ref=one.ref, says=one.says) for one in facts]


def because(reasons: Iterable[Reason]) -> list[Because]:
    """This function will write reasons; the reasons behind a reason follow it."""
    told: list[Because] = []
    for one in reasons:
        told.append(Because(rule=one.rule, sentence=one.sentence, facts=citations(one.facts)))
        told += because(one.because)
    return told


def standing(rows: FactQuerySet[Row], as_of: datetime | None) -> FactQuerySet[Row]:
    """This function will keep the facts that stand now, or stood at an instant."""
    return rows.known_at(as_of) if as_of else rows.current()


def asked_for(
    rows: Any,  # noqa: ANN401 - any book's question set, and the same again
    asked: FactsAsked,
    at: str,
    asset: str = "asset",
    *,
    every: bool = False,
) -> Any:  # noqa: ANN401 - any book's question set, and the same again
    """This function will keep the facts that are asked for; `at` is the column that says when they happened.

    `asset` leads from a row to what it is about; `every` also keeps what was superseded since.
    """
    found = of_client(rows if every else standing(rows, asked.as_of), asked)
    within = {f"{at}__gte": asked.since, f"{at}__lt": asked.until}
    return narrowed(found, **{f"{asset}__code": asked.asset}, **within)
