"""One piece of a time entry in which no fact changes, with everything that was found about it."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.agreements.facts import Cell, StateSpan
from groundrules.core.agreements.matching import Verdict
from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.coverage.facts_of_work import AskedSpan, WorkFacts
from groundrules.core.periods import Period


@dataclass(frozen=True, slots=True)
class Piece:
    """The facts of one piece. `in_force` False: `version` only lends its calendar, and nothing decides."""

    work: WorkFacts
    period: Period
    version: AgreementVersion
    cell: Cell
    verdict: Verdict
    state: StateSpan
    asked: AskedSpan
    in_force: bool = True
