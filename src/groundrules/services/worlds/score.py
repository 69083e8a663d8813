"""Score our causes against case files whose author states the truth, by the very code that answers case files.

`truth` comes first. Where a file has none, an expectation counts as truth when it names the change that did it (likely
or proven) or says that none did; expected candidates are left out: their author does not know either.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from groundrules.core.answers.answer import findings_of
from groundrules.core.answers.deciding import Findings
from groundrules.core.causation import CauseVerdict
from groundrules.core.ids import ChangeId, IncidentId
from groundrules.readers.case_file.case import Case
from groundrules.services.cases import CaseRefused, NothingAsked, read_whole
from groundrules.services.worlds.board import Scoreboard, tally
from groundrules.services.worlds.judging import Judged, Truth, judge

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_SURE = frozenset({CauseVerdict.LIKELY_CHANGE, CauseVerdict.PROVEN_CHANGE})


@dataclass(frozen=True, slots=True)
class Scored:
    """A folder's scoreboard, its incidents, the files that could not be read, and those that ask nothing."""

    board: Scoreboard
    judged: tuple[Judged, ...]
    refused: tuple[str, ...]
    skipped: tuple[str, ...] = ()


def score(folder: Path) -> Scored:
    """This function will answer every case file directly in a folder and count what came out as its author states.

    Files that ask nothing are bases of others and skipped.
    """
    judged: list[Judged] = []
    refused: list[str] = []
    skipped: list[str] = []
    left_out = 0
    for path in sorted(p for p in folder.iterdir() if p.suffix in _SUFFIXES):
        try:
            found, unknown = judge_case(read_whole(path.read_bytes(), path))
        except NothingAsked:
            skipped.append(path.name)
            continue
        except CaseRefused as wrong:
            refused.append(str(wrong))
            continue
        judged += found
        left_out += unknown
    return Scored(tally(judged, left_out), tuple(judged), tuple(refused), tuple(skipped))


def as_data(scored: Scored) -> dict[str, object]:
    """This function will put a scoreboard and its incidents into plain data."""
    rows = [asdict(row) for row in scored.judged]
    return {
        "board": asdict(scored.board),
        "incidents": rows,
        "refused": list(scored.refused),
        "skipped": list(scored.skipped),
    }


def judge_case(case: Case) -> tuple[list[Judged], int]:
    """This function will judge each incident once, at the last question that states its truth; and count the others."""
    findings: dict[datetime, Findings] = {}
    rows: dict[IncidentId, Judged | None] = {}
    for at, incident, truth in _stated(case):
        if at not in findings:
            findings[at] = findings_of(case.world, at)
        found = findings[at]
        cause = next((c for c in found.causes if c.incident == incident), None)
        if cause is not None:
            rows[incident] = None if truth is None else judge(case.file, cause, truth, found)
    known = [row for row in rows.values() if row is not None]
    return known, len(rows) - len(known)


def _stated(case: Case) -> list[tuple[datetime, IncidentId, Truth | None]]:
    """What is stated of which incident at which instant, in time order; `truth` is held against the last answers."""
    own = {t.incident for t in case.truth}
    expected = [
        (question.at, stated.incident, _expected(stated.verdict, stated.changes))
        for question in case.questions
        if question.expect is not None
        for stated in question.expect.causes or ()
        if stated.incident not in own
    ]
    last = max(question.at for question in case.questions)
    return [
        *expected,
        *((last, t.incident, Truth(t.changes, t.party, t.authority)) for t in case.truth),
    ]


def _expected(verdict: CauseVerdict | None, changes: tuple[ChangeId, ...] | None) -> Truth | None:
    if verdict in _SURE and changes:
        return Truth(changes)
    return Truth(()) if verdict is CauseVerdict.UNKNOWN else None
