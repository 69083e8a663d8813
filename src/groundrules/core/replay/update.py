"""What a replay does to the answer about an incident's cause: proves it, lowers it, or leaves it.

A replay shows what a change does to the application, not that it was made before the failure, and on a copy, not on
the server. So what stands on record about the real failure is held against it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from groundrules.core.causation.answers import CauseAnswer, CauseHypothesis, CauseVerdict
from groundrules.core.causation.words import TEST_ON_A_COPY
from groundrules.core.ids import ChangeId
from groundrules.core.reasons import FactRef, Reason
from groundrules.core.replay.answers import (
    ChangeFinding,
    Outcome,
    Replayed,
    ReplayResult,
    ReplayVerdict,
)
from groundrules.core.replay.posterior import reweighed

RULE = "replay"
_MOST = 3
_ALL_BUT_SURE, _HALF = Decimal("0.95"), Decimal("0.5")
# What stands against a proof as well: something unseen may have happened, or something failed by itself.
_STANDING = {
    "causation: gap": "evidence is missing between the last good check and the failure",
    "causation: trouble": "something that failed by itself at that time explains the failure as well",
    "causation: hardware": "the hardware itself failed",
    "causation: exchanged": "a disk came or went before it worked again",
}
_AGAINST_CHANGE = {
    "causation: in vain": "on the server putting it back did not heal",
    "causation: straddles": "it may have been made after the failure",
    "causation: put back before": "it was put back before the failure was seen",
    "causation: brought back": "it was put back before the failure, and a restore may have brought it back",
    "causation: clock": "the clock of its server was set at that time",
}
_NOT_WEIGHED = "the record does not tie it to this failure by time and place at all"
_OUTLIVED = "the application worked again before any record says that it was put right"
_AGAIN = "what it touched was changed more than once, and each of them alone breaks it"
_AGAIN_FRESH = (
    "only at a fresh start: a copy that was running goes on, and what it touched was changed more than once, so "
    "another of those may have done it"
)
_ANOTHER_FRESH = (
    "only at a fresh start: a copy that was running goes on, and the error names something else, which this change did "
    "not touch"
)
# Unless the server showed it too (`_shown_there`).
_UNNAMED = "the error names nothing by which the same failure could be known"
_IMPROBABLE = (
    "the error names nothing by which the same failure could be known, and by the record alone it is less likely than "
    "everything else together"
)
_PASSED_THERE = "the error names nothing, and on the server checks passed after it"
_STILL_IMPROBABLE = "by the record it was so improbable that one test does not make it likely"
_NEIGHBOURS_WELL = "the error names nothing, and what else needs the same stayed healthy"
_FRESH_ONLY = (
    "only at a fresh start: a copy that was running goes on, no restart of the server after it is on record, and the "
    "error names nothing by which the same failure could be known"
)
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
        if _end_state_passes(result):
            return _lowered(answer, told)
        return replace(answer, reasons=(*answer.reasons, told))
    if result.proven:
        return _proven(answer, result, sealed, _against(record, answer, result))
    said = "no single change was shown to heal or to reproduce the failure"
    return _lowered(answer, _reason(result, said, sealed))


def _end_state_passes(result: ReplayResult) -> bool:
    return any(s.state.end_copy and s.outcome is Outcome.PASSES for s in result.states)


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
    answer: CauseAnswer, after: CauseAnswer, result: ReplayResult
) -> tuple[tuple[ChangeId, Reason], ...]:
    """What the record says against resting a verdict on a change the replay showed to break it; `after` is the answer
    with the probabilities the replay leaves.
    """
    found = []
    findings = {f.change: f for f in result.findings}
    for change in result.proven:
        hypothesis = _of(answer, change)
        rules = {r.rule for r in hypothesis.reasons} if hypothesis else set()
        says = [words for rule, words in _AGAINST_CHANGE.items() if rule in rules]
        says += _unlike(rules, hypothesis, findings[change], result)
        if findings[change].verdict is ReplayVerdict.SUFFICIENT and _same_twice(hypothesis, result):
            says.append(_AGAIN)
        left = _of(after, change)
        if left is not None and left.probability * len(result.proven) < _HALF:
            says.append(_STILL_IMPROBABLE)
        if hypothesis is None or hypothesis.rejected:
            says = [_NOT_WEIGHED if hypothesis is None else "the record rules it out"]
        if says:
            sentence = f"{change} breaks the copy, but {'; '.join(says)}: nothing rests on it."
            found.append((change, Reason(RULE, sentence, (FactRef("change", change),))))
    return tuple(found)


def _unlike(
    rules: set[str],
    hypothesis: CauseHypothesis | None,
    finding: ChangeFinding,
    result: ReplayResult,
) -> list[str]:
    """What the server did that the copy may not have done. An act that spares a running copy broke nothing that ran."""
    alike, named = _came_about_so(rules, finding), "causation: unnamed" not in rules
    says = [_OUTLIVED] if "causation: outlived" in rules and not (alike and named) else []
    if named:
        fresh_only = finding.running is False
        says += [_ANOTHER_FRESH] if fresh_only and "causation: another" in rules else []
        again = not alike and fresh_only and "causation: again" in rules
        return [*says, _AGAIN_FRESH] if again else says
    if "causation: waited" in rules:
        return [*says, _PASSED_THERE]
    if alike:
        likely = hypothesis is not None and hypothesis.probability >= _HALF
        says += [] if likely else [_IMPROBABLE]
        return [*says, _NEIGHBOURS_WELL] if "causation: neighbours well" in rules else says
    if finding.running is False:
        return [*says, _FRESH_ONLY]
    return says if _shown_there(hypothesis, result) else [*says, _UNNAMED]


def _came_about_so(rules: set[str], finding: ChangeFinding) -> bool:
    """It breaks a copy that is running, as the server was; or the server was started anew after it, as a copy is.

    Of several that each break a fresh start a restart does not tell which broke the server.
    """
    sole = finding.verdict is ReplayVerdict.SOLE
    return finding.running is True or (sole and "causation: restart" in rules)


def _shown_there(hypothesis: CauseHypothesis | None, result: ReplayResult) -> bool:
    """The record all but says it; the copy of the end state fails too, so that what broke it lies in that state and not
    in what passes by; and when the change was put back or put right, the next check on the server passed.
    """
    if hypothesis is None or hypothesis.probability < _ALL_BUT_SURE:
        return False
    rules = {reason.rule for reason in hypothesis.reasons}
    end = any(s.state.end_copy and s.outcome is Outcome.SAME_FAILURE for s in result.states)
    return end and bool(rules & {"causation: repair", "causation: mended"})


def _same_twice(hypothesis: CauseHypothesis | None, result: ReplayResult) -> bool:
    """Another change that was shown to break it touched the same."""
    again = [r for r in hypothesis.reasons if r.rule == "causation: again"] if hypothesis else []
    return len({f.ref for r in again for f in r.facts} & set(result.proven)) > 1


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
