"""Score our causes against case files whose author states the truth, by the very code that answers case files.

`truth` comes first. Where a file has none, an expectation counts as truth when it names the change that did it (likely
or proven) or says that none did; expected candidates are left out: their author does not know either.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from groundrules.core.answers.findings import Findings, findings_of
from groundrules.core.answers.known import as_known
from groundrules.core.causation.answers import CauseAnswer, CauseVerdict
from groundrules.core.ids import ChangeId, IncidentId
from groundrules.core.periods import utc
from groundrules.core.replay.answers import Replayed
from groundrules.core.replay.update import replayed
from groundrules.readers.case_file.case import Case
from groundrules.services.cases import CaseRefused, NothingAsked, read_whole
from groundrules.services.worlds.board import Scoreboard, tally
from groundrules.services.worlds.judging import Judged, Truth, judge

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_SURE = frozenset({CauseVerdict.LIKELY_CHANGE, CauseVerdict.PROVEN_CHANGE})


@dataclass(frozen=True, slots=True)
class Scored:
    """A folder's scoreboard, its incidents, the files that could not be read, and those that ask nothing.

    `unreplayed` counts the same incidents as if nobody had replayed anything.
    """

    board: Scoreboard
    unreplayed: Scoreboard
    judged: tuple[Judged, ...]
    refused: tuple[str, ...]
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """One incident judged by everything on record, and as if nobody had replayed anything."""

    whole: Judged
    unreplayed: Judged


def score(folder: Path) -> Scored:
    """This function will answer every case file directly in a folder and count what came out as its author states.

    Files that ask nothing are bases of others and skipped.
    """
    judged: list[Pair] = []
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
    return Scored(
        tally([pair.whole for pair in judged], left_out),
        tally([pair.unreplayed for pair in judged], left_out),
        tuple(pair.whole for pair in judged),
        tuple(refused),
        tuple(skipped),
    )


def as_data(scored: Scored) -> dict[str, object]:
    """This function will put a scoreboard and its incidents into plain data."""
    rows = [asdict(row) for row in scored.judged]
    return {
        "board": asdict(scored.board),
        "without_replays": asdict(scored.unreplayed),
        "incidents": rows,
        "refused": list(scored.refused),
        "skipped": list(scored.skipped),
    }


def judge_case(case: Case) -> tuple[list[Pair], int]:
    """This function will judge each incident once, at the last question that states its truth; and count the others."""
    findings: dict[datetime, Findings] = {}
    rows: dict[IncidentId, Pair | None] = {}
    for at, incident, truth in _stated(case):
        if at not in findings:
            findings[at] = findings_of(replace(case.world, replays=()), at)
        found = findings[at]
        cause = next((c for c in found.causes if c.incident == incident), None)
        if cause is not None:
            known = as_known(case.world, utc(at)).replays
            rows[incident] = (
                None if truth is None else _pair((case.file, truth), cause, found, known)
            )
    told = [row for row in rows.values() if row is not None]
    return told, len(rows) - len(told)


def _pair(
    stated: tuple[str, Truth], cause: CauseAnswer, found: Findings, replays: tuple[Replayed, ...]
) -> Pair:
    """Ranked once, then left as the replays leave it: what `causes_of` does."""
    file, truth = stated
    plain = judge(file, cause, truth, found)
    after = replayed(cause, replays)
    whole = plain if after is cause else judge(file, after, truth, found, plain.rivals)
    return Pair(whole, plain)


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
