"""Which clauses speak about a cell, and which one of them wins.

Precedence is only what a clause declares about another, never the order of the clauses and never inferred through a
third clause that does not apply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from groundrules.core.agreements.facts import DIMENSIONS, FURTHER, Asked, Cell, Outcome, WorkCause
from groundrules.core.agreements.terms import DecidingClause, EvidenceNeed


class UnknownFact(ValueError):
    """A clause speaks of a fact, or of a value of a fact, that no decision can have."""


# Causes that rest on a recorded change, and those that name whose change it was.
CAUSES_BY_CHANGE = frozenset(
    {
        WorkCause.PROVIDER_CHANGE,
        WorkCause.VENDOR_UNAPPROVED_CHANGE,
        WorkCause.VENDOR_APPROVED_CHANGE,
        WorkCause.CLIENT_CHANGE,
    }
)

# Asked for every entry that is decided.
_ALLOWED = {fact: frozenset(str(value) for value in values) for fact, values in DIMENSIONS.items()}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the clauses say about one cell.

    `winner` is None when no clause applies (`rivals` empty) or when several apply and none prevails (`rivals`).
    `beaten` are the clauses that also applied and gave way, in the agreement's order.
    """

    winner: DecidingClause | None
    beaten: tuple[DecidingClause, ...] = ()
    rivals: tuple[DecidingClause, ...] = ()


def check_facts(clauses: Sequence[DecidingClause]) -> None:
    """This function will refuse clauses about unknown facts or values; raises UnknownFact."""
    for clause in clauses:
        for fact, values in clause.when.items():
            allowed = _ALLOWED.get(fact, frozenset())
            strange = sorted(set(values) - allowed)
            if fact not in DIMENSIONS or strange:
                message = (
                    f"clause {clause.number} speaks of {fact} {', '.join(strange)}; "
                    f"write one of {', '.join(sorted(allowed) or DIMENSIONS)}"
                )
                raise UnknownFact(message)


def further_facts(clauses: Sequence[DecidingClause]) -> frozenset[str]:
    """This function will return the further facts that any of the clauses speaks of."""
    return frozenset(
        fact
        for clause in clauses
        for fact, values in clause.when.items()
        if values and fact in FURTHER
    )


def mismatches(clause: DecidingClause, cell: Cell) -> tuple[str, ...]:
    """This function will name the facts on which a clause does not fit a cell (none: it applies)."""
    return tuple(
        fact for fact, values in clause.when.items() if values and getattr(cell, fact) not in values
    )


def applies(clause: DecidingClause, cell: Cell) -> bool:
    """This function will say whether a clause speaks about a cell."""
    for fact, values in clause.when.items():  # noqa: SIM110 - asked for every clause of every flip: twice as fast so
        if values and getattr(cell, fact) not in values:
            return False
    return True


def verdict_for(clauses: Sequence[DecidingClause], cell: Cell) -> Verdict:
    """This function will find the clause that decides a cell.

    It wins when it is the only applicable clause over which no other applicable clause takes precedence.
    """
    applicable = [clause for clause in clauses if applies(clause, cell)]
    if len(applicable) == 1:
        return Verdict(applicable[0])
    beaten = {
        number
        for clause in applicable
        for number in clause.takes_precedence_over
        if number != clause.number
    }
    standing = [clause for clause in applicable if clause.number not in beaten]
    if len(standing) != 1:
        return Verdict(None, rivals=tuple(standing or applicable))
    return Verdict(standing[0], tuple(c for c in applicable if c is not standing[0]))


@dataclass(frozen=True, slots=True)
class CauseEvidence:
    """What is on record about the cause: a recorded change, and whose it was by recorded or matched evidence."""

    change: bool
    actor: bool


NO_EVIDENCE = CauseEvidence(change=False, actor=False)
FULL_EVIDENCE = CauseEvidence(change=True, actor=True)


def evidence_if_established(cause: str) -> CauseEvidence:
    """This function will return the evidence that comes with a cause once it is established."""
    return FULL_EVIDENCE if cause in CAUSES_BY_CHANGE else NO_EVIDENCE


def missing_needs(
    clause: DecidingClause, cell: Cell, evidence: CauseEvidence
) -> tuple[EvidenceNeed, ...]:
    """This function will list what the clause needs on record and the facts do not carry."""
    if not clause.needs:
        return ()
    present = {
        EvidenceNeed.REQUEST: cell.asked is not Asked.NOBODY,
        EvidenceNeed.AUTHORITY: cell.asked is Asked.AUTHORISED,
        EvidenceNeed.CHANGE: evidence.change,
        EvidenceNeed.ATTRIBUTION: evidence.actor,
    }
    return tuple(need for need in EvidenceNeed if need in clause.needs and not present[need])


def outcome_of(verdict: Verdict, cell: Cell, evidence: CauseEvidence) -> Outcome:
    """This function will return a verdict's outcome: no clause, a conflict or missing evidence needs a person."""
    clause = verdict.winner
    if clause is None or missing_needs(clause, cell, evidence):
        return Outcome.NEEDS_PERSON
    return clause.outcome


def with_fact(cell: Cell, fact: str, value: str) -> Cell:
    """This function will return the cell with one fact otherwise."""
    return replace(cell, **{fact: value})  # type: ignore[arg-type]  # the fact's name picks the field
