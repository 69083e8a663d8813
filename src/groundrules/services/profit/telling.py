"""The letter that tells the client what was decided: new prices or rules, or the end. Drafted, never sent from here.

What was decided and why stays with us; the letter has reasons of its own, in words the client reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from groundrules.core.agreements.reading import said_fraction
from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.agreements.uplift import fee_on
from groundrules.core.answers.correspondence import desk_of
from groundrules.core.answers.model import Answers
from groundrules.core.ids import ClauseNumber
from groundrules.core.letters.answers import LetterDraft
from groundrules.core.letters.draft_change import (
    ChangeTerms,
    NothingToChange,
    PriceStep,
    draft_change,
)
from groundrules.core.letters.draft_cover import ExitTerms, ExitWithoutReasons, draft_exit
from groundrules.core.money import Money
from groundrules.core.reasons import FactRef
from groundrules.records import models as books
from groundrules.services.world import NoAgreement, NoProvider, answer_for

_HUNDRED = 100
_LARGEST = 1000
_REFUSALS = (NothingToChange, ExitWithoutReasons, NoAgreement, NoProvider)


class LetterNotWritten(ValueError):
    """The letter to the client lacks a day, a reason, or something that changes."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the client is told: from which day, why in their words, how much prices rise, and how work is done then.

    For an exit `from_day` is the last day. `clause` empty is the one that sets the fees.
    """

    from_day: date
    reasons: tuple[str, ...]
    percent: Fraction = Fraction(0)
    rules: tuple[str, ...] = ()
    clause: str = ""


def write_change(client: books.Client, told: Told, *, ref: str, at: datetime) -> LetterDraft:
    """This function will draft the letter of new prices, new rules or both; raises LetterNotWritten."""
    _check(told, at)
    try:
        answers = answer_for(client, at)
        version = answers.world.agreement.versions[-1]
        terms = ChangeTerms(
            from_day=told.from_day,
            clause=_clause(version, told),
            reasons=_reasons(told, ref),
            prices=_prices(answers, version, told) if told.percent else (),
            rules=told.rules,
        )
        return draft_change(terms, desk_of(answers).letter())
    except _REFUSALS as refused:
        raise LetterNotWritten(str(refused)) from refused


def write_exit(client: books.Client, told: Told, *, ref: str, at: datetime) -> LetterDraft:
    """This function will draft the letter that ends the agreement, with the handover; raises LetterNotWritten."""
    _check(told, at)
    try:
        answers = answer_for(client, at)
        version = answers.world.agreement.versions[-1]
        terms = ExitTerms(told.from_day, _clause(version, told), _reasons(told, ref))
        return draft_exit(terms, desk_of(answers).letter())
    except _REFUSALS as refused:
        raise LetterNotWritten(str(refused)) from refused


def _check(told: Told, at: datetime) -> None:
    if told.from_day <= at.date():
        message = f"the letter speaks of {told.from_day}, which is not ahead; choose a later day"
        raise LetterNotWritten(message)
    if not -_HUNDRED < told.percent <= _LARGEST:
        message = f"prices can't change by {said_fraction(told.percent)} percent; choose -99 to {_LARGEST}"
        raise LetterNotWritten(message)


def _clause(version: AgreementVersion, told: Told) -> ClauseNumber:
    return ClauseNumber(told.clause.strip()) if told.clause.strip() else version.fees.clause


def _reasons(told: Told, ref: str) -> tuple[FactRef, ...]:
    return tuple(FactRef("decision about the relationship", ref, says) for says in told.reasons)


def _prices(answers: Answers, version: AgreementVersion, told: Told) -> tuple[PriceStep, ...]:
    """Each server's fee and each counted one, from what it is on the day before."""
    before, names = told.from_day - timedelta(days=1), {a.id: a.name for a in answers.world.assets}
    agreed = [
        *(
            (
                f"Managed service for {names.get(asset, asset)}, each month",
                version.fees.for_asset(asset),
            )
            for asset in sorted(version.assets)
        ),
        *((f"Each {fee.unit.value}, each month", fee.monthly) for fee in version.counted_fees),
    ]
    steps = []
    for what, amount in agreed:
        now = fee_on(version, amount, before)
        then: Money = now.times(1 + told.percent / _HUNDRED)
        if now != then:
            steps.append(PriceStep(what, now, then))
    return tuple(steps)
