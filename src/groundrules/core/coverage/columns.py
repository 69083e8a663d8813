"""The same decisions for volume: a cell is one integer, a version's table two arrays, a decision one look-up.

One definition: the arrays are filled by the rules the row form uses, and a property test holds the two equal.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, fields

from groundrules.core.agreements.facts import DIMENSIONS, Asked, Cell, Outcome, WorkCause
from groundrules.core.agreements.matching import CauseEvidence, outcome_of
from groundrules.core.agreements.table import DecisionTable
from groundrules.core.ids import ClauseNumber
from groundrules.core.work import WorkType

NO_CLAUSE = -1
IMPOSSIBLE = -1
_FACTS = tuple(field.name for field in fields(Cell))
_SIZES = tuple(len(DIMENSIONS[fact]) for fact in _FACTS)
_CODES = tuple({value: code for code, value in enumerate(DIMENSIONS[fact])} for fact in _FACTS)
OUTCOMES = tuple(Outcome)
_EVIDENCE = tuple(
    CauseEvidence(change=change, actor=actor) for change in (False, True) for actor in (False, True)
)
_EVIDENCE_CODES = {evidence: code for code, evidence in enumerate(_EVIDENCE)}


class ImpossibleCell(LookupError):
    """A cell was asked about that the version's calendar can never produce."""


@dataclass(frozen=True, slots=True)
class CodedTable:
    """A version's decisions by code: an index into `Outcome`, and an index into `clauses` (-1: none)."""

    version: int
    clauses: tuple[ClauseNumber, ...]
    outcomes: array[int]
    winners: array[int]


@dataclass(frozen=True, slots=True)
class CodedDecisions:
    """Columns of answers, one for each code asked about, in the same order."""

    outcomes: array[int]
    winners: array[int]

    def row(self, index: int, table: CodedTable) -> tuple[Outcome, ClauseNumber | None]:
        """This function will return one answer in words the row form uses."""
        winner = self.winners[index]
        clause = None if winner == NO_CLAUSE else table.clauses[winner]
        return OUTCOMES[self.outcomes[index]], clause


def encode(cell: Cell, evidence: CauseEvidence) -> int:
    """This function will turn a cell and what is on record about its cause into one integer."""
    code = 0
    for fact, size, codes in zip(_FACTS, _SIZES, _CODES, strict=True):
        code = code * size + codes[getattr(cell, fact)]
    return code * len(_EVIDENCE) + _EVIDENCE_CODES[evidence]


def weight_of(fact: str) -> int:
    """This function will say by how much a code grows with each step of one fact; raises ValueError for no fact."""
    weight = len(_EVIDENCE)
    for size in _SIZES[_FACTS.index(fact) + 1 :]:
        weight *= size
    return weight


def encode_facts(
    work_type: WorkType, cause: WorkCause, asked: Asked, evidence: CauseEvidence
) -> int:
    """This function will encode what does not change with the clock; the state and the band are added by weight."""
    given = {"work_type": work_type, "cause": cause, "asked": asked}
    code = sum(weight_of(fact) * _CODES[_FACTS.index(fact)][value] for fact, value in given.items())
    return code + _EVIDENCE_CODES[evidence]


def coded_table(table: DecisionTable) -> CodedTable:
    """This function will lay a decision table out as arrays over all codes."""
    numbers = sorted({v.winner.number for v in table.verdicts.values() if v.winner is not None})
    places = {number: place for place, number in enumerate(numbers)}
    size = len(_EVIDENCE)
    for length in _SIZES:
        size *= length
    outcomes = array("b", [IMPOSSIBLE]) * size
    winners = array("h", [NO_CLAUSE]) * size
    for cell, verdict in table.verdicts.items():
        for evidence in _EVIDENCE:
            code = encode(cell, evidence)
            outcomes[code] = OUTCOMES.index(outcome_of(verdict, cell, evidence))
            if verdict.winner is not None:
                winners[code] = places[verdict.winner.number]
    return CodedTable(table.version, tuple(numbers), outcomes, winners)


def decide_cells(cells: Iterable[int], table: CodedTable) -> CodedDecisions:
    """This function will decide a column of coded cells under one version.

    Raises ImpossibleCell when one of them lies in an hours band the version's calendar never produces.
    """
    codes = list(cells)
    outcomes = array("b", [table.outcomes[code] for code in codes])
    if IMPOSSIBLE in outcomes:
        place = outcomes.index(IMPOSSIBLE)
        message = (
            f"cell {codes[place]} at row {place} lies in an hours band that version "
            f"{table.version} never produces; encode it with the calendar of its own version"
        )
        raise ImpossibleCell(message)
    return CodedDecisions(outcomes, array("h", [table.winners[code] for code in codes]))
