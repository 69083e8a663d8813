"""What a replay does to the answer about an incident's cause: proves it, lowers it, or leaves it."""

from __future__ import annotations

from dataclasses import replace

from groundrules.core.causation.answers import CauseAnswer, CauseVerdict
from groundrules.core.reasons import FactRef, Reason
from groundrules.core.replay.answers import ChangeFinding, ReplayResult

RULE = "replay"


class OtherIncident(ValueError):
    """The replay belongs to another incident than the answer."""


def update(answer: CauseAnswer, result: ReplayResult, evidence: str = "") -> CauseAnswer:
    """This function will return the answer as the replay leaves it; raises OtherIncident.

    Proven changes replace what the answer rested on. A completed replay that shows no change lowers the answer to
    candidates. A replay that met an obstacle changes no verdict. `evidence` is the digest of the sealed result.
    """
    if answer.incident != result.incident:
        raise OtherIncident(
            f"the replay is of {result.incident}, the answer of {answer.incident}; replay this incident"
        )
    sealed = (FactRef("evidence", evidence),) if evidence else ()
    if result.obstacle:
        told = _reason(result, result.obstacle, sealed)
        return replace(answer, reasons=(*answer.reasons, told))
    if result.proven:
        reasons = (*answer.reasons, *_finding_reasons(result, sealed))
        return replace(
            answer, verdict=CauseVerdict.PROVEN_CHANGE, changes=result.proven, reasons=reasons
        )
    return _lowered(answer, result, sealed)


def _lowered(answer: CauseAnswer, result: ReplayResult, sealed: tuple[FactRef, ...]) -> CauseAnswer:
    ladder = list(CauseVerdict)
    lower = min(answer.verdict, CauseVerdict.CANDIDATES, key=ladder.index)
    said = "no single change was shown to heal or to reproduce the failure"
    return replace(answer, verdict=lower, reasons=(*answer.reasons, _reason(result, said, sealed)))


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
    return Reason(RULE, sentence, (FactRef("change", finding.change), *sealed))


def was_replayed(answer: CauseAnswer) -> bool:
    """This function will say whether a replay had its say in this answer."""
    return any(reason.rule == RULE for reason in answer.reasons)
