"""The exhaustive decision table of an agreement version, and the proof that it may be published.

Every combination of the finite facts is enumerated: no gap, no undeclared conflict, no dead clause, no circular
precedence. What fails is said in words a lawyer would follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from groundrules.core.agreements.boxes import describe_cells
from groundrules.core.agreements.facts import Cell, Outcome, all_cells
from groundrules.core.agreements.matching import Verdict, check_facts, verdict_for
from groundrules.core.agreements.terms import AgreementVersion, DecidingClause
from groundrules.core.agreements.words import spoken_list
from groundrules.core.calendars import Calendar, HoursBand
from groundrules.core.ids import ClauseNumber


class FailureKind(StrEnum):
    """The ways an agreement version can fail its proof."""

    GAP = "gap"
    CONFLICT = "conflict"
    CYCLE = "circular precedence"
    DEAD = "dead clause"
    UNKNOWN_PRECEDENCE = "unknown precedence"
    DUPLICATE = "duplicate number"


@dataclass(frozen=True, slots=True)
class ProofFailure:
    """One thing wrong with a version: its kind, the clauses involved, the cells it concerns, and whole sentences."""

    kind: FailureKind
    sentence: str
    clauses: tuple[ClauseNumber, ...] = ()
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """The verdict on every cell the version's calendar can produce."""

    version: int
    bands: frozenset[HoursBand]
    verdicts: Mapping[Cell, Verdict]

    def winner(self, cell: Cell) -> DecidingClause | None:
        """This function will return the clause that decides a cell; None on a gap or conflict."""
        return self.verdicts[cell].winner

    def outcome(self, cell: Cell) -> Outcome:
        """This function will return what the winning clause says (a gap or conflict needs a person)."""
        clause = self.winner(cell)
        return clause.outcome if clause else Outcome.NEEDS_PERSON


def bands_of(calendar: Calendar) -> frozenset[HoursBand]:
    """This function will return the hours bands a calendar can produce."""
    bands = {HoursBand.BUSINESS} if calendar.hours else set()
    bands.add(HoursBand.AFTER_HOURS)
    if calendar.separate_weekend and calendar.weekend_days:
        bands.add(HoursBand.WEEKEND)
    if calendar.separate_holiday and calendar.holidays:
        bands.add(HoursBand.HOLIDAY)
    return frozenset(bands)


def decision_table(version: AgreementVersion) -> DecisionTable:
    """This function will answer every cell with its winning clause and the clauses it beat.

    Raises UnknownFact when a clause speaks of facts or values that do not exist.
    """
    check_facts(version.clauses)
    bands = bands_of(version.calendar)
    verdicts = {cell: verdict_for(version.clauses, cell) for cell in all_cells(bands)}
    return DecisionTable(version.version, bands, verdicts)


def name_of(clause: DecidingClause) -> str:
    """This function will name a clause as people cite it: `4.2 (After-hours work you ask for)`."""
    return f"{clause.number} ({clause.title})" if clause.title else str(clause.number)


def _grouped(table: DecisionTable) -> dict[tuple[ClauseNumber, ...], list[Cell]]:
    groups: dict[tuple[ClauseNumber, ...], list[Cell]] = {}
    for cell, verdict in table.verdicts.items():
        if verdict.winner is None:
            rivals = tuple(clause.number for clause in verdict.rivals)
            groups.setdefault(rivals, []).append(cell)
    return groups


def _listed(opening: str, lines: Iterable[str]) -> str:
    said = tuple(lines)
    return f"{opening} {said[0]}." if len(said) == 1 else f"{opening}: {'; '.join(said)}."


def _gap(cells: list[Cell], table: DecisionTable) -> ProofFailure:
    lines = describe_cells(cells, table.bands)
    return ProofFailure(
        FailureKind.GAP, _listed("No clause says what happens to", lines), (), tuple(cells)
    )


def _conflict(
    rivals: tuple[ClauseNumber, ...], cells: list[Cell], table: DecisionTable
) -> ProofFailure:
    lines = describe_cells(cells, table.bands)
    opening = (
        f"Clauses {spoken_list(rivals)} all apply and none is declared to take precedence for"
        if len(rivals) > 2  # noqa: PLR2004 - "both" is for two
        else f"Clauses {spoken_list(rivals)} both apply and neither takes precedence for"
    )
    return ProofFailure(FailureKind.CONFLICT, _listed(opening, lines), rivals, tuple(cells))


def _dead_sentence(clause: DecidingClause, beaten_by: tuple[ClauseNumber, ...]) -> str:
    if not beaten_by:
        return (
            f"Clause {name_of(clause)} never applies: this calendar has no such hours. "
            "Change its conditions or leave it out."
        )
    return (
        f"Clause {name_of(clause)} never decides anything: wherever it applies, "
        f"clause {spoken_list(beaten_by, 'or')} prevails. Change its conditions or leave it out."
    )


def _dead(table: DecisionTable, version: AgreementVersion) -> tuple[ProofFailure, ...]:
    alive: set[ClauseNumber] = set()
    beaten_by: dict[ClauseNumber, set[ClauseNumber]] = {}
    for verdict in table.verdicts.values():
        alive.update(clause.number for clause in verdict.rivals)
        if verdict.winner:
            alive.add(verdict.winner.number)
            for clause in verdict.beaten:
                beaten_by.setdefault(clause.number, set()).add(verdict.winner.number)
    return tuple(
        ProofFailure(
            FailureKind.DEAD,
            _dead_sentence(clause, in_agreement_order(version, beaten_by.get(clause.number, ()))),
            (clause.number,),
        )
        for clause in version.clauses
        if clause.number not in alive
    )


def in_agreement_order(
    version: AgreementVersion, numbers: Iterable[ClauseNumber]
) -> tuple[ClauseNumber, ...]:
    """This function will sort clause numbers into the order the agreement prints them."""
    wanted = set(numbers)
    return tuple(clause.number for clause in version.clauses if clause.number in wanted)


def _unknown_precedence(version: AgreementVersion) -> tuple[ProofFailure, ...]:
    known = {clause.number for clause in version.clauses}
    return tuple(
        ProofFailure(
            FailureKind.UNKNOWN_PRECEDENCE,
            f"Clause {name_of(clause)} takes precedence over clause {number}, "
            "which is not a deciding clause of this version.",
            (clause.number, number),
        )
        for clause in version.clauses
        for number in clause.takes_precedence_over
        if number not in known
    )


def _duplicates(version: AgreementVersion) -> tuple[ProofFailure, ...]:
    numbers = [clause.number for clause in version.clauses]
    numbers += [clause.number for clause in version.obligations]
    return tuple(
        ProofFailure(
            FailureKind.DUPLICATE,
            f"The number {number} is given to {numbers.count(number)} clauses; number each once.",
            (number,),
        )
        for number in sorted({n for n in numbers if numbers.count(n) > 1})
    )


def _reachable(
    start: ClauseNumber, precedence: Mapping[ClauseNumber, tuple[ClauseNumber, ...]]
) -> tuple[ClauseNumber, ...] | None:
    """The shortest way back to `start` along declared precedence, or None."""
    queue: list[tuple[ClauseNumber, ...]] = [(start,)]
    seen: set[ClauseNumber] = set()
    while queue:
        path = queue.pop(0)
        for following in precedence.get(path[-1], ()):
            if following == start:
                return path
            if following not in seen:
                seen.add(following)
                queue.append((*path, following))
    return None


def _cycles(version: AgreementVersion) -> tuple[ProofFailure, ...]:
    precedence = {c.number: c.takes_precedence_over for c in version.clauses}
    found: dict[frozenset[ClauseNumber], tuple[ClauseNumber, ...]] = {}
    for number in precedence:
        path = _reachable(number, precedence)
        if path:
            found.setdefault(frozenset(path), path)
    return tuple(
        ProofFailure(
            FailureKind.CYCLE,
            f"Precedence runs in a circle: {' over '.join((*path, path[0]))}. Drop one of them.",
            path,
        )
        for path in found.values()
    )


def prove(version: AgreementVersion) -> tuple[ProofFailure, ...]:
    """This function will list everything that keeps a version from deciding each kind of work exactly once.

    Empty means proven: complete, no undeclared conflict, no circle, no dead clause. Raises UnknownFact.
    """
    table = decision_table(version)
    groups = _grouped(table)
    cells = tuple(
        _conflict(rivals, group, table) if rivals else _gap(group, table)
        for rivals, group in sorted(groups.items())
    )
    return (
        *_duplicates(version),
        *_unknown_precedence(version),
        *_cycles(version),
        *cells,
        *_dead(table, version),
    )
