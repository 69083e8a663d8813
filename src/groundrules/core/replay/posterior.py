"""What a replay does to the probabilities: a proof multiplies a change's odds, a change it cleared loses most of them.

The factors are judgements about how faithful a copy is (reference: causation 3.5): a true cause shows itself on nine
copies of ten, an innocent change on three of a thousand. A state that a change broke works on one copy of four: where
the copy of the end state passes, every change loses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from groundrules.core.causation.answers import CauseAnswer
from groundrules.core.ids import ChangeId
from groundrules.core.replay.answers import ReplayResult

_SHOWN, _NOT_SHOWN, _END_PASSES = Decimal(300), Decimal("0.1"), Decimal("0.25")
_PLACES = Decimal("0.0001")


def reweighed(answer: CauseAnswer, result: ReplayResult) -> CauseAnswer:
    """This function will return the answer with the probabilities the replay leaves, the most probable first.

    One that met another obstacle than an end state that passes says nothing about any change.
    """
    factors = _factors(answer, result)
    risen = {h.change: h.probability * factors.get(h.change, Decimal(1)) for h in answer.hypotheses}
    total = sum(risen.values(), answer.nothing_recorded)
    if not factors or not total:
        return answer
    changed = [
        replace(h, probability=(risen[h.change] / total).quantize(_PLACES))
        for h in answer.hypotheses
    ]
    ordered = sorted(changed, key=lambda h: (h.rejected, -h.probability))
    nothing = (answer.nothing_recorded / total).quantize(_PLACES)
    return replace(answer, hypotheses=tuple(ordered), nothing_recorded=nothing)


def _factors(answer: CauseAnswer, result: ReplayResult) -> Mapping[ChangeId, Decimal]:
    if result.obstacle and not result.unrecorded:
        passes = result.end_state_passes
        return {h.change: _END_PASSES for h in answer.hypotheses} if passes else {}
    proven = set(result.proven)
    planned = {*result.planned, *(f.change for f in result.findings)}
    return {c: _SHOWN if c in proven else _NOT_SHOWN for c in planned}
