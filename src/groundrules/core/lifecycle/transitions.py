"""The steps an asset may take between coverage states, each a new dated entry or a refusal that says why not.

`covered -> notice -> suspended -> reinstating -> covered`, `notice -> covered` (cured), any -> terminated. Nothing here
edits an entry; a suspension that was wrong is voided by a further entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.agreements.facts import CoverageState
from groundrules.core.agreements.terms import Agreement
from groundrules.core.ids import AssetId, ClauseNumber, LetterId
from groundrules.core.lifecycle.answers import EntryKind, LifecycleEntry
from groundrules.core.lifecycle.timeline import state_at, state_spans, voided_suspensions


class TransitionRefused(ValueError):
    """An asset cannot take the step asked for; the subclasses say which and why."""


class AssetAlreadySuspended(TransitionRefused):
    """The asset is suspended already."""


class NotSuspended(TransitionRefused):
    """The asset is not suspended, so there is nothing to reinstate or void."""


class NoNoticeRunning(TransitionRefused):
    """No notice runs for the asset, so it can be neither cured nor followed by a suspension."""


class NoticeAlreadyRunning(TransitionRefused):
    """A notice for the asset runs already."""


class AssetNotInAgreement(TransitionRefused):
    """The asset is not listed in the agreement at that instant, or was terminated."""


class ReasonMissing(TransitionRefused):
    """A step was asked for without saying who takes it and why."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step asked for: for which asset, from when, recorded when, by whom and why. `clause` is what permits it."""

    asset: AssetId
    effective_at: datetime
    recorded_at: datetime
    by: str
    reason: str
    clause: ClauseNumber | None = None
    letter: LetterId | None = None


_COVERED = frozenset({CoverageState.COVERED})
_NOTICE = frozenset({CoverageState.NOTICE})
_OFF = frozenset({CoverageState.SUSPENDED, CoverageState.REINSTATING})
_FROM = {
    EntryKind.NOTICE_GIVEN: _COVERED,
    EntryKind.NOTICE_CURED: _NOTICE,
    EntryKind.SUSPENDED: _NOTICE | {CoverageState.REINSTATING},
    EntryKind.REINSTATEMENT_BEGUN: frozenset({CoverageState.SUSPENDED}),
    EntryKind.REINSTATED: _OFF,
    EntryKind.SUSPENSION_VOIDED: _COVERED | _NOTICE | _OFF,
    EntryKind.TERMINATED: _COVERED | _NOTICE | _OFF,
}


def take_step(
    kind: EntryKind, step: Step, entries: Iterable[LifecycleEntry], agreement: Agreement
) -> LifecycleEntry:
    """This function will return the new entry for a step, judged by the book as recorded before it.

    Raises ReasonMissing, AssetNotInAgreement, AssetAlreadySuspended, NotSuspended, NoticeAlreadyRunning or
    NoNoticeRunning when the asset's state at the effective instant does not allow the step.
    """
    known = tuple(entries)
    if not step.by or not step.reason:
        message = f"{kind.value} for {step.asset} needs a name and a reason; nothing was recorded"
        raise ReasonMissing(message)
    spans = state_spans(step.asset, known, agreement, step.recorded_at)
    state = state_at(spans, step.effective_at).state
    if state not in _FROM[kind]:
        raise _refusal(kind, step, state)
    if kind is EntryKind.SUSPENSION_VOIDED:
        _refuse_void_without_suspension(step, known)
    return LifecycleEntry(
        asset=step.asset,
        kind=kind,
        effective_at=step.effective_at,
        recorded_at=step.recorded_at,
        clause=step.clause,
        by=step.by,
        reason=step.reason,
        letter=step.letter,
    )


def _refusal(kind: EntryKind, step: Step, state: CoverageState) -> TransitionRefused:
    """Chooses the refusal named for what stands in the way."""
    if state in {CoverageState.NOT_IN_AGREEMENT, CoverageState.TERMINATED}:
        return AssetNotInAgreement(
            f"{step.asset} is {state.value.replace('_', ' ')} then, so '{kind.value}' cannot apply; "
            "list it in a signed version first"
        )
    if kind is EntryKind.SUSPENDED and state is CoverageState.SUSPENDED:
        return AssetAlreadySuspended(
            f"{step.asset} is already suspended then; reinstate it, or void the suspension"
        )
    if kind is EntryKind.NOTICE_GIVEN and state is CoverageState.NOTICE:
        return NoticeAlreadyRunning(
            f"a notice already runs for {step.asset}; wait for it or cure it"
        )
    if kind in {EntryKind.SUSPENDED, EntryKind.NOTICE_CURED}:
        return NoNoticeRunning(
            f"no notice runs for {step.asset} then (it is {state.value}); send a notice first"
        )
    if kind is EntryKind.NOTICE_GIVEN:
        return AssetAlreadySuspended(f"{step.asset} is {state.value} then; no notice is needed")
    return NotSuspended(f"{step.asset} is {state.value} then, so '{kind.value}' cannot apply")


def _refuse_void_without_suspension(step: Step, entries: tuple[LifecycleEntry, ...]) -> None:
    """A voiding must find a suspension of its own; otherwise it would be a note that does nothing."""
    trial = LifecycleEntry(
        step.asset, EntryKind.SUSPENSION_VOIDED, step.effective_at, step.recorded_at
    )
    pairs = voided_suspensions(step.asset, (*entries, trial), step.recorded_at)
    if trial not in {voiding for _, voiding in pairs}:
        message = (
            f"no suspension of {step.asset} began by then that still stands; "
            "name the instant the suspension began, or one after it"
        )
        raise NotSuspended(message)
