"""Answers in the words of a case file's expectations, so that what was expected and what came out are the same type.

Every record here is complete; an author states only the fields that matter to the story.
"""

from __future__ import annotations

from fractions import Fraction
from typing import cast

from groundrules.core.agreements.facts import Outcome
from groundrules.core.answers.model import Answers, DecisionHistory
from groundrules.core.answers.stretches import Stretch, stretches
from groundrules.core.attribution.answers import Attribution, Hypothesis
from groundrules.core.causation.answers import CauseAnswer
from groundrules.core.coverage.answers import CoverageDecision, Segment
from groundrules.core.money import Money, total
from groundrules.core.parties import Party, PartyKind
from groundrules.core.rating.answers import Charge, OpenLine, OtherRule, UnchargedLine
from groundrules.core.reasons import Reason
from groundrules.readers.case_file import model_expect as expect
from groundrules.readers.case_file.shapes import Minutes, Whose

NOBODY = Whose("nobody")


def minutes(seconds: int) -> Minutes:
    """This function will return seconds as minutes; a fraction when seconds remain, so that nothing is rounded away."""
    exact = Fraction(seconds, 60)
    return cast("Minutes", exact.numerator if exact.denominator == 1 else exact)


def whose(party: Party | None) -> Whose:
    """This function will name a party as a case file does."""
    if party is None:
        return NOBODY
    return Whose(party.id if party.kind is PartyKind.VENDOR else party.kind.value)


def sentences(reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    """This function will list the sentences of reasons and of the reasons below them."""
    found: list[str] = []
    for reason in reasons:
        found += [reason.sentence, *(fact.says for fact in reason.facts if fact.says)]
        found += [fact.ref for fact in reason.facts]
        found += sentences(reason.because)
    return tuple(found)


def attribution(found: Attribution) -> expect.ExpectedAttribution:
    """This function will state an attribution."""
    return expect.ExpectedAttribution(
        change=found.change,
        party=whose(found.party),
        strength=found.strength,
        level=found.level,
        grade=found.grade,
        account=found.account,
        session=found.session,
        permission=found.permission.permission,
        alternatives=tuple(_hypothesis(h) for h in found.hypotheses),
        because=(*sentences(found.reasons), *found.permission.sentences),
    )


def _hypothesis(found: Hypothesis) -> expect.ExpectedHypothesis:
    return expect.ExpectedHypothesis(
        label=found.label,
        rejected=found.rejected,
        because=" ".join(sentences(found.reasons)),
    )


def decision(history: DecisionHistory) -> expect.ExpectedDecision:
    """This function will state the decision in force on an entry, and what it superseded."""
    found = history.in_force
    outcomes = {segment.outcome for segment in found.segments}
    clauses = {segment.clause for segment in found.segments}
    forgone = [segment.forgone for segment in found.segments]
    return expect.ExpectedDecision(
        entry=found.entry,
        parts=tuple(_part(stretch) for stretch in stretches(found)),
        outcome=outcomes.pop() if len(outcomes) == 1 else None,
        clause=clauses.pop() if len(clauses) == 1 else None,
        cost=found.cost,
        forgone=total(forgone, forgone[0].currency) if forgone else None,
        caused_by=found.caused_by,
        caused_by_vendor=Whose(found.caused_by_vendor) if found.caused_by_vendor else NOBODY,
        superseded=len(history.superseded),
        before=_outcome_before(history.superseded),
        counted_as_loss=found.counted_as_loss,
    )


def _outcome_before(superseded: tuple[CoverageDecision, ...]) -> Outcome | None:
    if not superseded:
        return None
    outcomes = {segment.outcome for segment in superseded[-1].segments}
    return outcomes.pop() if len(outcomes) == 1 else None


def _part(stretch: Stretch) -> expect.ExpectedPart:
    found = stretch.first
    return expect.ExpectedPart(
        start=stretch.period.start,
        end=stretch.period.end,
        outcome=found.outcome,
        clause=found.clause,
        band=found.band,
        cause=found.cell.cause,
        time=minutes(stretch.seconds),
        value=stretch.value,
        forgone=stretch.forgone,
        agreement_version=found.agreement_version,
        because=tuple(said for segment in stretch.segments for said in _because(segment)),
        would_change=tuple(f.sentence for segment in stretch.segments for f in segment.flips),
    )


def _because(found: Segment) -> tuple[str, ...]:
    missing = (*found.missing, *(n.sentence for n in found.not_used))
    return (*sentences(found.reasons), *missing)


def charge(found: Charge) -> expect.ExpectedCharge:
    """This function will state what is charged for one rounding unit."""
    return expect.ExpectedCharge(
        entries=found.entries,
        amount=found.amount,
        time=Minutes(found.minutes_charged),
        worked=minutes(found.seconds),
        hourly=found.hourly,
        clause=found.clauses[0] if found.clauses else None,
        technician=found.key.technician,
        day=found.service_day,
        cites=found.request,
        working=(found.working,),
    )


def uncharged(found: UnchargedLine) -> expect.ExpectedUncharged:
    """This function will state work shown at its value and 0.00."""
    return expect.ExpectedUncharged(
        entry=found.entry,
        value=found.value,
        covered=found.covered,
        time=minutes(found.seconds),
        clause=found.clause,
        loss=found.loss,
    )


def waiting(found: OpenLine) -> expect.ExpectedWaiting:
    """This function will state work that needs a person."""
    return expect.ExpectedWaiting(
        entry=found.entry,
        at_stake=found.at_stake,
        time=minutes(found.seconds),
        missing=found.missing,
    )


def other_rule(found: OtherRule) -> expect.ExpectedOtherRule:
    """This function will state what another rounding rule would give."""
    return expect.ExpectedOtherRule(found.name, found.amount, Minutes(found.minutes))


def sum_of(amounts: list[Money], answers: Answers) -> Money:
    """This function will add amounts in the client's currency."""
    return total(amounts, answers.world.client.currency)


def cause(found: CauseAnswer) -> expect.ExpectedCause:
    """This function will state what explains an incident."""
    return expect.ExpectedCause(
        incident=found.incident,
        verdict=found.verdict,
        changes=found.changes,
        hardware=found.hardware,
        considered=tuple(
            expect.ExpectedRejection(h.change, h.rejected, " ".join(sentences(h.reasons)))
            for h in found.hypotheses
        ),
        beside=tuple(
            expect.ExpectedHypothesis(a.ref, a.rejected, " ".join((a.label, *sentences(a.reasons))))
            for a in found.alternatives
        ),
        because=(*sentences(found.reasons), *found.would_change),
    )
