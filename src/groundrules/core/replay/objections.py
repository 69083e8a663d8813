"""What the record says against resting a verdict on what a replay showed.

A replay shows what a change does to the application, not that it was made before the failure, and on a copy, not on
the server. So what stands on record about the real failure is held against it. How often each objection held back what
was true, and what was not, was counted on made worlds (decision 0030).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from groundrules.core.causation.answers import CauseAnswer, CauseHypothesis
from groundrules.core.ids import ChangeId
from groundrules.core.replay.answers import (
    ChangeFinding,
    Outcome,
    ReplayResult,
    ReplayVerdict,
)

_ALL_BUT_SURE, _HALF = Decimal("0.95"), Decimal("0.5")
# So probable after the replay, one thing that speaks against a change is outweighed by a copy it broke while running.
_OUTWEIGHS_ONE = Decimal("0.98")
_AGAINST_CHANGE = {
    "causation: in vain": "on the server putting it back did not heal",
    "causation: straddles": "it may have been made after the failure",
    "causation: put back before": "it was put back before the failure was seen",
    "causation: brought back": "it was put back before the failure, and a restore may have brought it back",
    "causation: clock": "the clock of its server was set at that time",
}
_RULED_OUT = "the record rules it out"
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
_UNWATCHED = "no check before the failure is on record, so it may have begun earlier"
_NO_PATH = "no recorded dependency leads to it"
_FRESH_ONLY = (
    "only at a fresh start: a copy that was running goes on, no restart of the server after it is on record, and the "
    "error names nothing by which the same failure could be known"
)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A change that broke the copy: what the record says of it, and how probable the replay leaves it.

    `left` is the share of all that only work together where it is one of those, `in_all` that of all that were shown
    (0 to 1). `hypothesis` is None for what the record does not weigh. `unwatched` when no good check before the failure
    is on record.
    """

    hypothesis: CauseHypothesis | None
    finding: ChangeFinding
    left: Decimal
    in_all: Decimal
    unwatched: bool

    @property
    def rules(self) -> set[str]:
        return {r.rule for r in self.hypothesis.reasons} if self.hypothesis else set()

    @property
    def is_named(self) -> bool:
        return "causation: unnamed" not in self.rules

    @property
    def came_about_so(self) -> bool:
        """It breaks a copy that is running, as the server was; or the server was started anew after it, as a copy is.

        Of several that each break a fresh start a restart does not tell which broke the server.
        """
        sole = self.finding.verdict is ReplayVerdict.SOLE
        return self.finding.running is True or (sole and "causation: restart" in self.rules)


def objections(
    record: CauseAnswer, after: CauseAnswer, result: ReplayResult
) -> Mapping[ChangeId, str]:
    """This function will return what speaks against each change the replay showed to break it, where anything does.

    `record` is the answer by the record alone, `after` the one with the probabilities the replay leaves. Where
    nothing speaks against one of those that only break it together, of the others only what bars them counts.
    """
    shown = _shown(record, after, result)
    barred = {ref: _barred(one) for ref, one in shown.items()}
    said = {ref: barred[ref] or _doubts(one, result) for ref, one in shown.items()}
    together = {
        ref for ref, one in shown.items() if one.finding.verdict is ReplayVerdict.CONTRIBUTING
    }
    if any(not said[ref] for ref in together):
        said.update({ref: barred[ref] for ref in together})
    return {ref: "; ".join(words) for ref, words in said.items() if words}


def _shown(
    record: CauseAnswer, after: CauseAnswer, result: ReplayResult
) -> Mapping[ChangeId, _Shown]:
    findings = {f.change: f for f in result.findings}
    weighed = {h.change: h for h in record.hypotheses}
    left = {h.change: h.probability for h in after.hypotheses}
    together = [ref for ref in result.proven if findings[ref].verdict is ReplayVerdict.CONTRIBUTING]
    unwatched = any(r.rule == "causation: unwatched" for r in record.reasons)
    joint, in_all = (
        sum((left.get(ref, Decimal(0)) for ref in those), Decimal(0))
        for those in (together, result.proven)
    )
    return {
        ref: _Shown(
            weighed.get(ref),
            findings[ref],
            joint if ref in together else left.get(ref, Decimal(0)),
            in_all,
            unwatched,
        )
        for ref in result.proven
    }


def _barred(shown: _Shown) -> list[str]:
    """What no proof outweighs."""
    if shown.hypothesis is None:
        return [_NOT_WEIGHED]
    if shown.hypothesis.rejected:
        return [_RULED_OUT]
    return [words for rule, words in _AGAINST_CHANGE.items() if rule in shown.rules]


def _doubts(shown: _Shown, result: ReplayResult) -> list[str]:
    says = _named_doubts(shown) if shown.is_named else _unnamed_doubts(shown, result)
    if shown.finding.verdict is ReplayVerdict.SUFFICIENT and _same_twice(shown, result):
        says.append(_AGAIN)
    beside = 1 if shown.finding.verdict is ReplayVerdict.CONTRIBUTING else len(result.proven)
    if min(shown.left * beside, shown.in_all) < _ALL_BUT_SURE:
        says.append(_STILL_IMPROBABLE)
    return says


def _named_doubts(shown: _Shown) -> list[str]:
    """An act that spares a running copy broke nothing that ran."""
    rules, fresh_only = shown.rules, shown.finding.running is False
    says = [_OUTLIVED] if "causation: outlived" in rules and not shown.came_about_so else []
    says += [_ANOTHER_FRESH] if fresh_only and "causation: another" in rules else []
    again = not shown.came_about_so and fresh_only and "causation: again" in rules
    return [*says, _AGAIN_FRESH] if again else says


def _unnamed_doubts(shown: _Shown, result: ReplayResult) -> list[str]:
    """Any failure is the same where the error names nothing: the server must have shown more."""
    rules = shown.rules
    says = [_OUTLIVED] if "causation: outlived" in rules else []
    if "causation: waited" in rules:
        return [*says, _PASSED_THERE]
    if shown.came_about_so:
        return _outweighed([*says, *_unlikely(shown)], shown)
    if shown.finding.running is False:
        return [*says, _FRESH_ONLY]
    return says if _shown_there(shown.hypothesis, result) else [*says, _UNNAMED]


def _unlikely(shown: _Shown) -> list[str]:
    likely = shown.hypothesis is not None and shown.hypothesis.probability >= _HALF
    well = "causation: neighbours well" in shown.rules
    return [*([] if likely else [_IMPROBABLE]), *([_NEIGHBOURS_WELL] if well else [])]


def _outweighed(says: list[str], shown: _Shown) -> list[str]:
    """One thing that speaks against it is outweighed by what the replay makes all but certain; two are not.

    Beside another it counts that no dependency is on record, and, unless a running copy broke, that no check saw it
    work before.
    """
    if says and not (shown.hypothesis and shown.hypothesis.path):
        says = [*says, _NO_PATH]
    if says and shown.unwatched and shown.finding.running is not True:
        says = [*says, _UNWATCHED]
    return [] if len(says) == 1 and shown.left >= _OUTWEIGHS_ONE else says


def _shown_there(hypothesis: CauseHypothesis | None, result: ReplayResult) -> bool:
    """The record all but says it; the copy of the end state fails too, so that what broke it lies in that state and not
    in what passes by; and when the change was put back or put right, the next check on the server passed.
    """
    if hypothesis is None or hypothesis.probability < _ALL_BUT_SURE:
        return False
    rules = {reason.rule for reason in hypothesis.reasons}
    end = any(s.state.end_copy and s.outcome is Outcome.SAME_FAILURE for s in result.states)
    return end and bool(rules & {"causation: repair", "causation: mended"})


def _same_twice(shown: _Shown, result: ReplayResult) -> bool:
    """Another change that was shown to break it touched the same."""
    reasons = shown.hypothesis.reasons if shown.hypothesis else ()
    again = [r for r in reasons if r.rule == "causation: again"]
    return len({f.ref for r in again for f in r.facts} & set(result.proven)) > 1
