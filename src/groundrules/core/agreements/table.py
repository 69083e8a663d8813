"""The exhaustive decision table of an agreement version, and the proof that it may be published.

Every combination of the finite facts is enumerated: no gap, no undeclared conflict, no dead clause, no circular
precedence. What fails is said in words a lawyer would follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from groundrules.core.agreements.boxes import describe_cells
from groundrules.core.agreements.currencies import mixed_currencies
from groundrules.core.agreements.facts import Cell, Outcome, all_cells
from groundrules.core.agreements.matching import Verdict, check_facts, further_facts, verdict_for
from groundrules.core.agreements.terms import AgreementVersion, DecidingClause
from groundrules.core.agreements.words import spoken_list
from groundrules.core.calendars import SUNDAY, Calendar, HoursBand
from groundrules.core.ids import ClauseNumber
from groundrules.core.periods import utc


class NotPublishable(ValueError):
    """A version may not be published; `failures` says why, each in whole sentences."""

    def __init__(self, message: str, failures: tuple[ProofFailure, ...] = ()) -> None:
        super().__init__(message)
        self.failures = failures


class MixedCurrencies(NotPublishable):
    """Amounts of a version are in several currencies, so its work and fees could never stand on one invoice."""


class ClauseGap(NotPublishable):
    """Some kind of work is decided by no clause."""


class ClauseConflict(NotPublishable):
    """Some kind of work is decided by several clauses, none of which takes precedence."""


class DeadClause(NotPublishable):
    """A clause can never decide anything."""


class UnknownPrecedence(NotPublishable):
    """A clause takes precedence over one that is not there."""


class BackdatedVersion(NotPublishable):
    """A version would bind work done before it was signed, published, or after its predecessor was overtaken."""


class FailureKind(StrEnum):
    """The ways an agreement version can fail its proof."""

    GAP = "gap"
    CONFLICT = "conflict"
    CYCLE = "circular precedence"
    DEAD = "dead clause"
    UNKNOWN_PRECEDENCE = "unknown precedence"
    DUPLICATE = "duplicate number"
    CURRENCIES = "mixed currencies"


@dataclass(frozen=True, slots=True)
class ProofFailure:
    """One thing wrong with a version: its kind, the clauses involved, the cells it concerns, and whole sentences."""

    kind: FailureKind
    sentence: str
    clauses: tuple[ClauseNumber, ...] = ()
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """The verdict on every cell the version's calendar can produce; `further` are the further facts it speaks of."""

    version: int
    bands: frozenset[HoursBand]
    verdicts: Mapping[Cell, Verdict]
    further: frozenset[str] = frozenset()

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
    days = calendar.weekend_days - ({SUNDAY} if calendar.separate_sunday else set())
    if calendar.separate_sunday:
        bands.add(HoursBand.SUNDAY)
    if calendar.separate_weekend and (days or calendar.weekend_eve):
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
    further = further_facts(version.clauses)
    cells = all_cells(bands, further)
    verdicts = {cell: verdict_for(version.clauses, cell) for cell in cells}
    return DecisionTable(version.version, bands, verdicts, further)


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
    lines = describe_cells(cells, table.bands, table.further)
    return ProofFailure(
        FailureKind.GAP, _listed("No clause says what happens to", lines), (), tuple(cells)
    )


def _conflict(
    rivals: tuple[ClauseNumber, ...], cells: list[Cell], table: DecisionTable
) -> ProofFailure:
    lines = describe_cells(cells, table.bands, table.further)
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

    Empty means proven: one currency, complete, no undeclared conflict, no circle, no dead clause. Raises UnknownFact.
    """
    try:
        _refuse_unsound(_Posed(_what_is_proven(version), version))
    except NotPublishable as refused:
        return (*_currencies(version), *refused.failures)
    return _currencies(version)


# Importing, checking and publishing ask about the same few versions again and again.
_KEPT = 64


@dataclass(frozen=True, slots=True)
class _Posed:
    """A version, known by all that the soundness of its clauses rests on: equal ones are proven once."""

    rests_on: tuple[object, ...]
    version: AgreementVersion = field(compare=False)


def _what_is_proven(version: AgreementVersion) -> tuple[object, ...]:
    return (
        bands_of(version.calendar),
        tuple(
            (c.number, frozenset(c.when.items()), c.takes_precedence_over) for c in version.clauses
        ),
        tuple(clause.number for clause in version.obligations),
    )


@lru_cache(maxsize=_KEPT)
def _refuse_unsound(posed: _Posed) -> None:
    """Only what is sound is remembered: a failure carries its cells, too many to keep."""
    failures = _clause_failures(posed.version)
    if failures:
        raise NotPublishable("these clauses do not decide every kind of work once", failures)


def _clause_failures(version: AgreementVersion) -> tuple[ProofFailure, ...]:
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


def _currencies(version: AgreementVersion) -> tuple[ProofFailure, ...]:
    said = mixed_currencies(version)
    return (ProofFailure(FailureKind.CURRENCIES, said),) if said else ()


_REFUSALS: dict[FailureKind, type[NotPublishable]] = {
    FailureKind.CURRENCIES: MixedCurrencies,
    FailureKind.DUPLICATE: ClauseConflict,
    FailureKind.UNKNOWN_PRECEDENCE: UnknownPrecedence,
    FailureKind.CYCLE: ClauseConflict,
    FailureKind.CONFLICT: ClauseConflict,
    FailureKind.GAP: ClauseGap,
    FailureKind.DEAD: DeadClause,
}


def check_publishable(
    version: AgreementVersion, previous: AgreementVersion | None, at: datetime
) -> None:
    """This function will refuse a version that cannot decide every kind of work once, or that reaches back in time.

    `previous` is the newest published version (None for the first: an agreement already running may be entered, from
    its signature on). Raises BackdatedVersion, MixedCurrencies, UnknownPrecedence,
    ClauseConflict, ClauseGap, DeadClause or UnknownFact.
    """
    _check_dates(version, previous, at)
    failures = prove(version)
    for kind, refusal in _REFUSALS.items():
        found = tuple(failure for failure in failures if failure.kind is kind)
        if found:
            said = " ".join(failure.sentence for failure in found)
            message = f"Version {version.version} cannot be published. {said}"
            raise refusal(message, failures)


def _check_dates(
    version: AgreementVersion, previous: AgreementVersion | None, at: datetime
) -> None:
    start, name = version.in_force.start, f"Version {version.version}"
    advice = "let it come into force later; work already done keeps the version it was done under"
    if start < utc(version.signed_at):
        raise BackdatedVersion(f"{name} would be in force before it was signed; {advice}.")
    if previous is None:
        return
    if start < utc(at):
        raise BackdatedVersion(f"{name} would be in force before it is published; {advice}.")
    if start <= previous.in_force.start or version.version <= previous.version:
        raise BackdatedVersion(f"{name} does not follow version {previous.version}; {advice}.")
