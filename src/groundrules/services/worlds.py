"""Score our causes against case files whose author states the truth, by the very code that answers case files.

An author's expectation counts as truth when it names the change that did it (likely or proven) or says that none did.
Expected candidates are left out: their author does not know either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from groundrules.core.causation import CauseAnswer, CauseVerdict
from groundrules.core.causation.bounds import upper_bound
from groundrules.core.ids import ChangeId, IncidentId
from groundrules.services.cases import Answered, CaseRefused, run_case

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_SURE = frozenset({CauseVerdict.LIKELY_CHANGE, CauseVerdict.PROVEN_CHANGE})
_CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """One incident beside its author's truth (no change: none on record did it), and where the true one was ranked."""

    file: str
    incident: IncidentId
    truth: tuple[ChangeId, ...]
    verdict: CauseVerdict
    established: tuple[ChangeId, ...]
    place: int | None

    @property
    def is_false(self) -> bool:
        """True when a verdict rests on a change the author says did not do it."""
        return bool(set(self.established) - set(self.truth))


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """The counts over all judged incidents; `false_upper` bounds the false among the verdicts given (95 %)."""

    incidents: int
    left_out: int
    with_cause: int
    first: int
    among_three: int
    verdicts: int
    found: int
    false: int
    false_upper: float
    false_per_thousand: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A folder's scoreboard, its incidents, and the files that could not be read with the reason."""

    board: Scoreboard
    judged: tuple[Judged, ...]
    refused: tuple[str, ...]


def score(folder: Path) -> Scored:
    """This function will answer every case file directly in a folder and count what came out as its author states."""
    judged: list[Judged] = []
    refused: list[str] = []
    left_out = 0
    for path in sorted(p for p in folder.iterdir() if p.suffix in _SUFFIXES):
        try:
            answered = run_case(path.read_bytes(), path, at="").answered
        except CaseRefused as wrong:
            refused.append(str(wrong))
            continue
        found, unknown = _judge(path.name, answered)
        judged += found
        left_out += unknown
    return Scored(tally(judged, left_out), tuple(judged), tuple(refused))


def tally(judged: Iterable[Judged], left_out: int = 0) -> Scoreboard:
    """This function will count a scoreboard from judged incidents."""
    rows = tuple(judged)
    caused = [r for r in rows if r.truth]
    given = [r for r in rows if r.established]
    false = sum(r.is_false for r in given)
    return Scoreboard(
        incidents=len(rows),
        left_out=left_out,
        with_cause=len(caused),
        first=sum(r.place == 1 for r in caused),
        among_three=sum(r.place is not None and r.place <= _CANDIDATES for r in caused),
        verdicts=len(given),
        found=sum(not r.is_false for r in given),
        false=false,
        false_upper=upper_bound(false, len(given)),
        false_per_thousand=1000 * false / len(rows) if rows else 0.0,
    )


def as_data(scored: Scored) -> dict[str, object]:
    """This function will put a scoreboard and its incidents into plain data."""
    rows = [asdict(row) for row in scored.judged]
    return {"board": asdict(scored.board), "incidents": rows, "refused": list(scored.refused)}


def _judge(file: str, answered: tuple[Answered, ...]) -> tuple[list[Judged], int]:
    """Each incident once, at the last question that states its cause."""
    rows: dict[IncidentId, Judged | None] = {}
    for one in answered:
        stated = () if one.question.expect is None else one.question.expect.causes or ()
        causes = {c.incident: c for c in one.answers.causes}
        for expected in stated:
            cause = causes.get(expected.incident)
            if cause is None:
                continue
            truth = _truth(expected.verdict, expected.changes)
            rows[cause.incident] = None if truth is None else _row(file, cause, truth)
    known = [row for row in rows.values() if row is not None]
    return known, len(rows) - len(known)


def _truth(
    verdict: CauseVerdict | None, changes: tuple[ChangeId, ...] | None
) -> tuple[ChangeId, ...] | None:
    if verdict in _SURE and changes:
        return changes
    return () if verdict is CauseVerdict.UNKNOWN else None


def _row(file: str, cause: CauseAnswer, truth: tuple[ChangeId, ...]) -> Judged:
    staying = [h.change for h in cause.hypotheses if not h.rejected]
    places = [n for n, ref in enumerate(staying, start=1) if ref in truth]
    place = min(places, default=None)
    return Judged(file, cause.incident, truth, cause.verdict, cause.established, place)
