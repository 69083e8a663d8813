"""What would change the answer: every single fact that, were it otherwise, would give another outcome or clause.

A flip of the cause assumes the other cause established; all other flips keep the evidence as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.agreements.facts import (
    DIMENSIONS,
    FURTHER,
    Asked,
    Cell,
    CoverageState,
    Outcome,
    WorkCause,
)
from groundrules.core.agreements.matching import (
    CAUSES_BY_CHANGE,
    FULL_EVIDENCE,
    CauseEvidence,
    Verdict,
    evidence_if_established,
    further_facts,
    missing_needs,
    outcome_of,
    verdict_for,
    with_fact,
)
from groundrules.core.agreements.table import bands_of, name_of
from groundrules.core.agreements.terms import DecidingClause
from groundrules.core.agreements.words import NEEDS, phrase, spoken_list
from groundrules.core.calendars import HoursBand
from groundrules.core.coverage.answers import Flip
from groundrules.core.coverage.facts_of_work import evidence_of
from groundrules.core.coverage.pieces import Piece
from groundrules.core.ids import ClauseNumber

EVIDENCE = "evidence"
_IF: dict[str, str] = {
    CoverageState.COVERED: "If the server had been covered",
    CoverageState.NOTICE: "If the server had been covered and under notice",
    CoverageState.SUSPENDED: "If the server had been suspended",
    CoverageState.REINSTATING: "If the server had been on its way back to cover",
    CoverageState.TERMINATED: "If cover of the server had ended",
    CoverageState.NOT_IN_AGREEMENT: "If the server had not been listed in the agreement",
    WorkCause.ROUTINE: "If it had been routine work",
    WorkCause.HARDWARE: "If a hardware failure had made the work necessary",
    WorkCause.UNKNOWN: "If the cause of the work were unknown",
    Asked.NOBODY: "If nobody had asked for the work",
    Asked.AUTHORISED: "If an authorised contact had asked for the work",
    Asked.AWAITING_RATIFICATION: "If someone without authority had asked and could be ratified",
    Asked.NOT_RATIFIED: "If someone without authority had asked and nobody had ratified it",
}
_IF_OTHER = {
    "work_type": "If the work had been {}",
    "cause": "If it were established that the work was {}",
    "band": "If the work had been done {}",
    "severity": "If the fault had been {}",
    "stems": "If the work were established as {}",
    "place": "If the work had been {}",
}
_WOULD = {
    Outcome.COVERED: "it would be covered",
    Outcome.BILLABLE: "it would be billable",
    Outcome.NOT_BILLABLE: "it would not be billable",
    Outcome.NEEDS_PERSON: "a person would have to decide it",
}


def _other_values(fact: str, cell: Cell, bands: frozenset[HoursBand]) -> tuple[str, ...]:
    values = [v for v in DIMENSIONS[fact] if fact != "band" or v in bands]
    return tuple(value for value in values if value != getattr(cell, fact))


def _consequence(clause: DecidingClause | None, cell: Cell, evidence: CauseEvidence) -> str:
    if clause is None:
        return "no single clause would decide it, and a person would have to"
    lacking = missing_needs(clause, cell, evidence)
    if lacking:
        needs = spoken_list(NEEDS[need] for need in lacking)
        return f"clause {name_of(clause)} would still need {needs}, and a person to decide"
    return f"{_WOULD[clause.outcome]} under clause {name_of(clause)}"


def _condition(fact: str, value: str) -> str:
    return _IF[value] if value in _IF else _IF_OTHER[fact].format(phrase(fact, value))


@dataclass(frozen=True, slots=True)
class _Otherwise:
    """The piece with one fact otherwise, and what the clauses then say."""

    fact: str
    value: str
    cell: Cell
    evidence: CauseEvidence
    verdict: Verdict

    @property
    def answer(self) -> tuple[Outcome, ClauseNumber | None]:
        """The outcome and the deciding clause."""
        winner = self.verdict.winner
        outcome = outcome_of(self.verdict, self.cell, self.evidence)
        return outcome, winner.number if winner else None

    def flip(self) -> Flip:
        """This method will say it as a flip."""
        outcome, clause = self.answer
        condition = (
            "If recorded or matched evidence established the cause"
            if self.fact == EVIDENCE
            else _condition(self.fact, self.value)
        )
        then = _consequence(self.verdict.winner, self.cell, self.evidence)
        return Flip(self.fact, self.value, outcome, clause, f"{condition}, {then}.")


def _otherwise(piece: Piece, fact: str, value: str) -> _Otherwise:
    cell = with_fact(piece.cell, fact, value)
    evidence = evidence_if_established(value) if fact == "cause" else evidence_of(piece.work.cause)
    return _Otherwise(fact, value, cell, evidence, verdict_for(piece.version.clauses, cell))


def flips_of(piece: Piece, outcome: Outcome, bands: frozenset[HoursBand]) -> tuple[Flip, ...]:
    """This function will list all one-fact flips that change the outcome or the clause, in the order of the facts."""
    clause = piece.verdict.winner.number if piece.verdict.winner else None
    named = further_facts(piece.version.clauses)
    others = [
        _otherwise(piece, fact, value)
        for fact in DIMENSIONS
        if fact not in FURTHER or fact in named
        for value in _other_values(fact, piece.cell, bands)
    ]
    if piece.cell.cause in CAUSES_BY_CHANGE and evidence_of(piece.work.cause) != FULL_EVIDENCE:
        others.append(_Otherwise(EVIDENCE, "established", piece.cell, FULL_EVIDENCE, piece.verdict))
    return tuple(other.flip() for other in others if other.answer != (outcome, clause))


class FlipBook:
    """The flips of one agreement's cells: alike pieces of work have the same, which are worked out once."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[Flip, ...]] = {}

    def of(self, piece: Piece, outcome: Outcome) -> tuple[Flip, ...]:
        """This method will list the flips of a piece as `flips_of` does, by all that they look at."""
        winner = piece.verdict.winner.number if piece.verdict.winner else None
        evidence = evidence_of(piece.work.cause)
        key = (piece.version.version, piece.cell, evidence, winner, outcome)
        if key not in self._known:
            bands = bands_of(piece.version.calendar)
            self._known[key] = flips_of(piece, outcome, bands)
        return self._known[key]
