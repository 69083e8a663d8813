"""The letter that changes a relationship before anyone thinks of ending it: new prices, new rules, or both.

It gives the reasons on record, what was and what will be, and says first that the agreement goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from groundrules.core.ids import ClauseNumber
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.letters.facts import Correspondence, clause_fact, closing
from groundrules.core.letters.wording import checked
from groundrules.core.money import CurrencyMismatch, Money
from groundrules.core.reasons import FactRef


class NothingToChange(ValueError):
    """A letter of change names no new price and no new rule, or no reason on record."""


@dataclass(frozen=True, slots=True)
class PriceStep:
    """One price: what it is for ("Managed service for SRV1, each month"), what it is now and what it will be."""

    what: str
    now: Money
    then: Money


@dataclass(frozen=True, slots=True)
class ChangeTerms:
    """What changes from which day under which clause, and why; `rules` are new ways of working, in whole sentences."""

    from_day: date
    clause: ClauseNumber
    reasons: tuple[FactRef, ...]
    prices: tuple[PriceStep, ...] = ()
    rules: tuple[str, ...] = ()
    answer_by: date | None = None


def draft_change(terms: ChangeTerms, letter: Correspondence) -> LetterDraft:
    """This function will draft the letter to a client that prices, ways of working or both change.

    Raises NothingToChange without a change or a reason on record, and CurrencyMismatch for a price that changes its
    currency.
    """
    _refuse_empty(terms)
    cited = clause_fact(terms.clause)
    paragraphs = (
        Paragraph(
            f"Our agreement goes on. From {terms.from_day:%a %Y-%m-%d} something changes, under clause {terms.clause}.",
            facts=(cited,),
        ),
        Paragraph(
            "These are our reasons:",
            heading="Why",
            items=tuple(reason.says for reason in terms.reasons),
            facts=terms.reasons,
        ),
        _prices(terms),
        _rules(terms),
        _answer(terms),
        closing(letter),
    )
    return checked(
        LetterDraft(
            kind=LetterKind.PRICE_CHANGE if terms.prices else LetterKind.CHANGE,
            letterhead=letter.provider.name,
            to=letter.to,
            subject="New prices" if terms.prices else "How we work together from now on",
            paragraphs=tuple(p for p in paragraphs if p is not None),
            clauses=(terms.clause,),
            cc=letter.cc,
        )
    )


def _refuse_empty(terms: ChangeTerms) -> None:
    if not terms.prices and not terms.rules:
        message = "the letter changes nothing; name a new price or a new rule"
        raise NothingToChange(message)
    if not terms.reasons or not all(reason.says for reason in terms.reasons):
        message = "a change needs a reason on record, in words the client can read"
        raise NothingToChange(message)
    for step in terms.prices:
        if step.now.currency != step.then.currency:
            message = f"{step.what}: {step.now} and {step.then} are in two currencies"
            raise CurrencyMismatch(message)
        if step.now == step.then:
            message = f"{step.what} stays at {step.now}; leave it out of the letter"
            raise NothingToChange(message)


def _prices(terms: ChangeTerms) -> Paragraph | None:
    if not terms.prices:
        return None
    return Paragraph(
        "All other prices stay as they are.",
        heading="What it costs",
        items=tuple(f"{p.what}: {p.then} instead of {p.now}." for p in terms.prices),
        facts=(clause_fact(terms.clause),),
    )


def _rules(terms: ChangeTerms) -> Paragraph | None:
    if not terms.rules:
        return None
    return Paragraph(
        "", heading="How we work", items=terms.rules, facts=(clause_fact(terms.clause),)
    )


def _answer(terms: ChangeTerms) -> Paragraph:
    by = f" Please tell us by {terms.answer_by:%a %Y-%m-%d}." if terms.answer_by else ""
    return Paragraph(
        f"Do you agree, or do you see another way? We are glad to talk about it.{by}",
        facts=(clause_fact(terms.clause),),
    )
