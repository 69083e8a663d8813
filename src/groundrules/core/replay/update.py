"""What a replay does to the answer about an incident's cause: proves it, lowers it, or leaves it.

A replay shows what a change does to the application, not that it was made before the failure, and on a copy, not on
the server. So what stands on record about the real failure is held against it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from groundrules.core.causation.answers import CauseAnswer, CauseHypothesis, CauseVerdict
from groundrules.core.causation.words import TEST_ON_A_COPY
from groundrules.core.ids import ChangeId
from groundrules.core.reasons import FactRef, Reason
from groundrules.core.replay.answers import ChangeFinding, Replayed, ReplayResult
from groundrules.core.replay.objections import objections
from groundrules.core.replay.posterior import reweighed

RULE = "replay"
_MOST = 3
# What stands against a proof as well: something unseen may have happened, or something failed by itself.
_STANDING = {
    "causation: gap": "evidence is missing between the last good check and the failure",
    "causation: trouble": "something that failed by itself at that time explains the failure as well",
    "causation: hardware": "the hardware itself failed",
    "causation: exchanged": "a disk came or went before it worked again",
}
_WITHDRAWN = "The same replay on another copy, with another outcome, would withdraw the proof."


class OtherIncident(ValueError):
    """The replay belongs to another incident than the answer."""


def replayed(answer: CauseAnswer, replays: Iterable[Replayed]) -> CauseAnswer:
    """This function will return the answer as all replays of its incident leave it, oldest first."""
    record = answer
    own = [r for r in replays if r.result.incident == answer.incident]
    for replay in sorted(own, key=lambda r: (r.at, r.evidence)):
        answer = update(answer, replay.result, replay.evidence, record)
    return answer


def update(
    answer: CauseAnswer,
    result: ReplayResult,
    evidence: str = "",
    record: CauseAnswer | None = None,
) -> CauseAnswer:
    """This function will return the answer as the replay leaves it; raises OtherIncident.

    Proven changes replace what the answer rested on, unless the record speaks against it: then they are candidates. A
    completed replay that shows no change, or shows that no recorded change did it, lowers the answer to candidates.
    So does one whose copy of the end state passes: what failed does not lie in what was changed. A replay that met
    another obstacle changes no verdict. `evidence` is the digest of the sealed result, `record`
    the answer before any replay.
    """
    if answer.incident != result.incident:
        raise OtherIncident(
            f"the replay is of {result.incident}, the answer of {answer.incident}; replay this incident"
        )
    sealed = (FactRef("evidence", evidence),) if evidence else ()
    record = record or answer
    answer = _untold(reweighed(answer, result), result)
    if result.unrecorded:
        return _lowered(answer, _reason(result, result.obstacle, sealed))
    if result.obstacle:
        told = _reason(result, result.obstacle, sealed)
        if result.end_state_passes:
            return _lowered(answer, told)
        return replace(answer, reasons=(*answer.reasons, told))
    if result.proven:
        return _proven(answer, result, sealed, _against(record, answer, result))
    said = "no single change was shown to heal or to reproduce the failure"
    return _lowered(answer, _reason(result, said, sealed))


def _untold(answer: CauseAnswer, result: ReplayResult) -> CauseAnswer:
    """The answer without asking for the test that was just made."""
    if result.obstacle and not result.unrecorded:
        return answer
    left = tuple(said for said in answer.would_change if not said.startswith(TEST_ON_A_COPY))
    return replace(answer, would_change=left)


def _proven(
    answer: CauseAnswer,
    result: ReplayResult,
    sealed: tuple[FactRef, ...],
    against: tuple[tuple[ChangeId, Reason], ...],
) -> CauseAnswer:
    shown = replace(
        answer, reasons=(*answer.reasons, *_finding_reasons(result, sealed)), changes=result.proven
    )
    holding = tuple(c for c in result.proven if c not in {ref for ref, _ in against})
    standing = tuple(
        Reason(RULE, f"It stays a candidate: {says}.", sealed)
        for rule, says in _STANDING.items()
        if any(r.rule == rule for r in answer.reasons)
    )
    kept = (*shown.reasons, *(told for _, told in against), *standing)
    carried = set(answer.established)
    shown_alike = set(result.proven) - _went_on(answer, result)
    if carried and carried <= shown_alike and not (standing or holding):
        # What the record alone carried is not carried less far by a proof that is held back.
        return replace(shown, changes=answer.changes, reasons=kept)
    if standing or not holding:
        listed = tuple(c for c in result.proven if not _is_ruled_out(_of(answer, c)))[:_MOST]
        lower = CauseVerdict.CANDIDATES if listed else CauseVerdict.UNKNOWN
        return replace(shown, verdict=lower, changes=listed, reasons=kept)
    return replace(
        shown,
        verdict=CauseVerdict.PROVEN_CHANGE,
        changes=holding,
        reasons=kept,
        would_change=(_WITHDRAWN,),
    )


def _went_on(answer: CauseAnswer, result: ReplayResult) -> set[ChangeId]:
    """What spares a copy that is running, on a server that no record says was restarted, nor put right: it is not the
    failure that the record shows, even where the error names it.
    """
    rules = {h.change: {r.rule for r in h.reasons} for h in answer.hypotheses}
    spared = (f.change for f in result.findings if f.running is False)
    return {
        c
        for c in spared
        if "causation: outlived" in rules.get(c, ()) and "causation: restart" not in rules[c]
    }


def _against(
    record: CauseAnswer, after: CauseAnswer, result: ReplayResult
) -> tuple[tuple[ChangeId, Reason], ...]:
    """The changes the replay showed on which nothing rests all the same, each with why; `after` is the answer with the
    probabilities the replay leaves.
    """
    return tuple(
        (
            change,
            Reason(
                RULE,
                f"{change} breaks the copy, but {says}: nothing rests on it.",
                (FactRef("change", change),),
            ),
        )
        for change, says in objections(record, after, result).items()
    )


def _of(answer: CauseAnswer, change: ChangeId) -> CauseHypothesis | None:
    return next((h for h in answer.hypotheses if h.change == change), None)


def _is_ruled_out(hypothesis: CauseHypothesis | None) -> bool:
    """Made after the failure, undone before it, or cleared by checks that passed after it."""
    return hypothesis is not None and hypothesis.rejected


def _lowered(answer: CauseAnswer, told: Reason) -> CauseAnswer:
    ladder = list(CauseVerdict)
    lower = min(answer.verdict, CauseVerdict.CANDIDATES, key=ladder.index)
    return replace(answer, verdict=lower, reasons=(*answer.reasons, told))


def _reason(result: ReplayResult, sentence: str, sealed: tuple[FactRef, ...]) -> Reason:
    counted = f"{len(result.runs)} runs, {result.flake_rate:.0%} of repeats disagreed"
    return Reason(RULE, f"Replay on an isolated copy: {sentence} ({counted}).", sealed)


def _finding_reasons(result: ReplayResult, sealed: tuple[FactRef, ...]) -> tuple[Reason, ...]:
    healed = "; so does ".join(" with ".join(repair) for repair in result.repairs)
    whole = _reason(result, f"undoing {healed} heals the end state", sealed)
    return (whole, *(_finding_reason(finding, sealed) for finding in result.findings))


def _finding_reason(finding: ChangeFinding, sealed: tuple[FactRef, ...]) -> Reason:
    runs = ", ".join(str(number) for number in finding.runs)
    sentence = f"{finding.change} is {finding.verdict} (runs {runs} of the replay)."
    running = finding.on_running_copy
    sentence += f" {running}" if running else ""
    return Reason(RULE, sentence, (FactRef("change", finding.change), *sealed))


def was_replayed(answer: CauseAnswer) -> bool:
    """This function will say whether a replay had its say in this answer."""
    return any(reason.rule == RULE for reason in answer.reasons)
