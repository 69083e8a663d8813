"""What an amendment changes, before anyone signs it: which kinds of work, and which sentences."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.agreements.boxes import describe_cells
from groundrules.core.agreements.facts import Cell, all_cells
from groundrules.core.agreements.matching import check_facts, further_facts, verdict_for
from groundrules.core.agreements.sentences import sentences_of
from groundrules.core.agreements.table import bands_of, name_of
from groundrules.core.agreements.terms import AgreementVersion, DecidingClause
from groundrules.core.agreements.words import NEEDS, OUTCOMES
from groundrules.core.calendars import HoursBand


@dataclass(frozen=True, slots=True)
class KindOfWorkChange:
    """Cells that one clause decided before and another (or the same, otherwise) decides now; None means nobody did."""

    cells: tuple[Cell, ...]
    was: DecidingClause | None
    now: DecidingClause | None
    sentence: str


@dataclass(frozen=True, slots=True)
class AmendmentDiff:
    """The difference between two versions: kinds of work decided otherwise, and the sentences that went and came."""

    changes: tuple[KindOfWorkChange, ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def cells(self) -> int:
        """How many combinations of facts are decided otherwise."""
        return sum(len(change.cells) for change in self.changes)


def _effect(clause: DecidingClause | None) -> tuple[object, ...]:
    """What a clause does to the work it decides; its wording and conditions are compared as sentences."""
    return (
        (clause.number, clause.outcome, clause.rate, clause.times, clause.needs) if clause else ()
    )


def _says(clause: DecidingClause | None) -> str:
    if clause is None:
        return "was decided by no single clause"
    needs = [NEEDS[need] for need in NEEDS if need in clause.needs]
    said = f"{OUTCOMES[clause.outcome]} under clause {name_of(clause)}"
    return f"{said}, which needs {' and '.join(needs)}" if needs else said


def _sentence(
    cells: tuple[Cell, ...], pair: _Pair, bands: frozenset[HoursBand], further: frozenset[str]
) -> str:
    was, now = pair
    lines = "; ".join(describe_cells(cells, bands, further))
    return f"{lines}. Before: it {_says(was)}. From then on: it {_says(now)}."


def amendment_diff(old: AgreementVersion, new: AgreementVersion) -> AmendmentDiff:
    """This function will say which kinds of work a new version decides otherwise, and which sentences changed.

    Raises UnknownFact or UnreadableClause when a clause speaks of facts that do not exist.
    """
    check_facts((*old.clauses, *new.clauses))
    bands = bands_of(old.calendar) | bands_of(new.calendar)
    groups: dict[tuple[object, object], list[tuple[Cell, _Pair]]] = {}
    further = further_facts((*old.clauses, *new.clauses))
    for cell in all_cells(bands, further):
        was = verdict_for(old.clauses, cell).winner
        now = verdict_for(new.clauses, cell).winner
        if _effect(was) != _effect(now):
            groups.setdefault((_effect(was), _effect(now)), []).append((cell, (was, now)))
    changes = []
    for found in groups.values():
        cells, (was, now) = tuple(cell for cell, _ in found), found[0][1]
        changes.append(
            KindOfWorkChange(cells, was, now, _sentence(cells, (was, now), bands, further))
        )
    before, after = sentences_of(old), sentences_of(new)
    return AmendmentDiff(
        tuple(changes),
        tuple(sentence for sentence in before if sentence not in after),
        tuple(sentence for sentence in after if sentence not in before),
    )


_Pair = tuple[DecidingClause | None, DecidingClause | None]
