"""The same decisions for volume: a cell is one integer, a version's table two arrays, a decision one look-up.

One definition: the arrays are filled by the rules the row form uses, and a property test holds the two equal.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import product
from math import prod

from groundrules.core.agreements.facts import (
    DIMENSIONS,
    FURTHER,
    Asked,
    Cell,
    Outcome,
    Severity,
    Stems,
    WorkCause,
)
from groundrules.core.agreements.matching import CauseEvidence, outcome_of, with_fact
from groundrules.core.agreements.table import DecisionTable
from groundrules.core.ids import ClauseNumber
from groundrules.core.work import WorkType

NO_CLAUSE = -1
IMPOSSIBLE = -1
# Further facts come first and weigh most, so that a table without them is a whole part of one with them.
_FACTS = (*FURTHER, *(field.name for field in fields(Cell) if field.name not in FURTHER))
_SIZES = tuple(len(DIMENSIONS[fact]) for fact in _FACTS)
_CODES = tuple({value: code for code, value in enumerate(DIMENSIONS[fact])} for fact in _FACTS)
_LEAST_FURTHER = tuple(FURTHER)[-1]
OUTCOMES = tuple(Outcome)
_EVIDENCE = tuple(
    CauseEvidence(change=change, actor=actor) for change in (False, True) for actor in (False, True)
)
_EVIDENCE_CODES = {evidence: code for code, evidence in enumerate(_EVIDENCE)}


class ImpossibleCell(LookupError):
    """A cell was asked about that the version's calendar can never produce."""


@dataclass(frozen=True, slots=True)
class CodedTable:
    """A version's decisions by code: an index into `Outcome`, and an index into `clauses` (-1: none).

    Under a version that speaks of no further fact they are left out of the codes: look up the code modulo the length.
    """

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
    work_type: WorkType,
    cause: WorkCause,
    asked: Asked,
    evidence: CauseEvidence,
    severity: Severity = Severity.NONE,
    stems: Stems = Stems.ELSEWHERE,
) -> int:
    """This function will encode what does not change with the clock; the state and the band are added by weight."""
    given = {
        "work_type": work_type,
        "cause": cause,
        "asked": asked,
        "severity": severity,
        "stems": stems,
    }
    code = sum(weight_of(fact) * _CODES[_FACTS.index(fact)][value] for fact, value in given.items())
    return code + _EVIDENCE_CODES[evidence]


def coded_table(table: DecisionTable) -> CodedTable:
    """This function will lay a decision table out as arrays over all codes."""
    numbers = sorted({v.winner.number for v in table.verdicts.values() if v.winner is not None})
    places = {number: place for place, number in enumerate(numbers)}
    size = weight_of(_LEAST_FURTHER)
    if table.further:
        size *= prod(len(DIMENSIONS[fact]) for fact in FURTHER)
    outcomes = array("b", [IMPOSSIBLE]) * size
    winners = array("h", [NO_CLAUSE]) * size
    for cell, verdict in table.verdicts.items():
        for alike, evidence in product(_alike(cell, table.further), _EVIDENCE):
            code = encode(alike, evidence)
            outcomes[code] = OUTCOMES.index(outcome_of(verdict, cell, evidence))
            if verdict.winner is not None:
                winners[code] = places[verdict.winner.number]
    return CodedTable(table.version, tuple(numbers), outcomes, winners)


def _alike(cell: Cell, further: frozenset[str]) -> tuple[Cell, ...]:
    """The cells a table answers alike: those that differ in further facts it does not speak of."""
    cells: tuple[Cell, ...] = (cell,)
    for fact in FURTHER if further else ():
        if fact not in further:
            cells = tuple(with_fact(c, fact, value) for c in cells for value in DIMENSIONS[fact])
    return cells


def decide_cells(cells: Iterable[int], table: CodedTable) -> CodedDecisions:
    """This function will decide a column of coded cells under one version.

    Raises ImpossibleCell when one of them lies in an hours band the version's calendar never produces.
    """
    codes = list(cells)
    size = len(table.outcomes)
    outcomes = array("b", [table.outcomes[code % size] for code in codes])
    if IMPOSSIBLE in outcomes:
        place = outcomes.index(IMPOSSIBLE)
        message = (
            f"cell {codes[place]} at row {place} lies in an hours band that version "
            f"{table.version} never produces; encode it with the calendar of its own version"
        )
        raise ImpossibleCell(message)
    return CodedDecisions(outcomes, array("h", [table.winners[code % size] for code in codes]))
