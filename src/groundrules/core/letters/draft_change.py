"""The letter that changes a relationship before anyone thinks of ending it: new prices, new rules, or both.

It gives the reasons on record, what was and what will be, and says first that the agreement goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from groundrules.core.ids import ClauseNumber
from groundrules.core.letters.answers import LetterDraft, LetterKind
from groundrules.core.letters.composing import About, compose, listed, own, words
from groundrules.core.letters.draft_notice import AGREEMENT_CONTINUES
from groundrules.core.letters.facts import Correspondence, clause_fact
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
    prices = (f"{p.what}: {p.then} instead of {p.now}." for p in terms.prices)
    by = f"{terms.answer_by:%a %Y-%m-%d}" if terms.answer_by else ""
    slots = (
        words("agreement_continues", AGREEMENT_CONTINUES, letter),
        words("from", f"{terms.from_day:%a %Y-%m-%d}", letter, cited),
        own("clause", terms.clause, cited),
        listed("reasons", (reason.says for reason in terms.reasons), letter, *terms.reasons),
        listed("prices", prices, letter, cited),
        listed("rules", terms.rules, letter, cited),
        words("answer_by", by, letter, cited),
    )
    kind = LetterKind.PRICE_CHANGE if terms.prices else LetterKind.CHANGE
    about = About(letter.provider.name, letter.to, clauses=(terms.clause,))
    return compose(kind, slots, letter, about)


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
