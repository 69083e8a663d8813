"""The same decisions for volume: a cell is one integer, a version's table two arrays, a decision one look-up.

One definition: the arrays are filled by the rules the row form uses, and a property test holds the two equal.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from math import prod

from groundrules.core.agreements.facts import (
    DIMENSIONS,
    FURTHER,
    Asked,
    Cell,
    Outcome,
    WorkCause,
)
from groundrules.core.agreements.matching import CauseEvidence, outcome_of
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

    Further facts a version does not speak of are left out of the codes where they weigh most: look up the code modulo
    the length.
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
    work_type: WorkType, cause: WorkCause, asked: Asked, evidence: CauseEvidence, **further: StrEnum
) -> int:
    """This function will encode what does not change with the clock; the state and the band are added by weight.

    `further` names further facts that are not what they usually are (`severity`, `stems`, `place`); raises ValueError
    for a fact that does not exist.
    """
    given = {"work_type": work_type, "cause": cause, "asked": asked, **FURTHER, **further}
    code = sum(weight_of(fact) * _CODES[_FACTS.index(fact)][value] for fact, value in given.items())
    return code + _EVIDENCE_CODES[evidence]


def coded_table(table: DecisionTable) -> CodedTable:
    """This function will lay a decision table out as arrays over all codes."""
    numbers = sorted({v.winner.number for v in table.verdicts.values() if v.winner is not None})
    places = {number: place for place, number in enumerate(numbers)}
    counted = _counted(table.further)
    size = weight_of(_LEAST_FURTHER) * prod(len(DIMENSIONS[fact]) for fact in counted)
    outcomes = array("b", [IMPOSSIBLE]) * size
    winners = array("h", [NO_CLAUSE]) * size
    steps = _alike(table.further, counted)
    for cell, verdict in table.verdicts.items():
        winner = NO_CLAUSE if verdict.winner is None else places[verdict.winner.number]
        for evidence in _EVIDENCE:
            code = encode(cell, evidence)
            outcome = OUTCOMES.index(outcome_of(verdict, cell, evidence))
            for step in steps:
                outcomes[code + step] = outcome
                winners[code + step] = winner
    return CodedTable(table.version, tuple(numbers), outcomes, winners)


def _counted(further: frozenset[str]) -> tuple[str, ...]:
    """The further facts a table's codes hold: those it speaks of, and those that weigh less than the heaviest one."""
    heaviest = next((place for place, fact in enumerate(FURTHER) if fact in further), len(FURTHER))
    return tuple(FURTHER)[heaviest:]


def _alike(further: frozenset[str], counted: tuple[str, ...]) -> tuple[int, ...]:
    """How far apart the codes lie that a table answers alike: they differ in further facts it does not speak of."""
    steps: tuple[int, ...] = (0,)
    for fact in counted:
        if fact not in further:
            weight = weight_of(fact)
            steps = tuple(
                step + weight * value for step in steps for value in range(len(DIMENSIONS[fact]))
            )
    return steps


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
