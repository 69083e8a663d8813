"""The coverage states of every asset: from the entries in the book, and from those that follow from what is on
record.

A notice that counts as received, and rests on something proven, ends in a suspension; met conditions end in a
reinstatement. Where the book holds no entry of its own, the one that follows is added and named as foreseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundrules.core.agreements.facts import CoverageState, StateSpan
from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.answers.model import NoticeAnswer, Refusal
from groundrules.core.attribution.answers import Attribution
from groundrules.core.ids import AssetId, ChangeId, NoticeId
from groundrules.core.lifecycle.answers import (
    EntryKind,
    LifecycleEntry,
    Notice,
    ReinstatementAnswer,
)
from groundrules.core.lifecycle.conditions import reinstatement
from groundrules.core.lifecycle.notice import notice_arithmetic
from groundrules.core.lifecycle.proofs import ConditionInputs
from groundrules.core.lifecycle.suspension import (
    AssetNotListed,
    NoSuspensionClause,
    NothingProven,
    SuspensionGround,
    effects,
    may_suspend,
)
from groundrules.core.lifecycle.timeline import binding_version, state_at, state_spans
from groundrules.core.periods import utc
from groundrules.core.work import Channel
from groundrules.core.world import World

_FORESEEN = "Groundrules"


@dataclass(frozen=True, slots=True)
class StatesAnswer:
    """The states with everything they rest on."""

    spans: tuple[StateSpan, ...]
    foreseen: tuple[LifecycleEntry, ...]
    notices: tuple[NoticeAnswer, ...]
    reinstatements: tuple[ReinstatementAnswer, ...]
    refusals: tuple[Refusal, ...]


def states_of(world: World, attributions: tuple[Attribution, ...], at: datetime) -> StatesAnswer:
    """This function will compute the states of every asset as known at `at`; `world` holds what was known then."""
    notices, refusals = _notices(world, attributions)
    foreseen = _foreseen_suspensions(world, notices)
    returns = _reinstatements(world, foreseen, attributions, at)
    foreseen += _foreseen_returns(world, returns, at)
    spans = _spans(world, foreseen, at)
    return StatesAnswer(spans, foreseen, notices, returns, refusals)


def _spans(
    world: World, foreseen: tuple[LifecycleEntry, ...], at: datetime
) -> tuple[StateSpan, ...]:
    entries = (*world.lifecycle, *foreseen)
    return tuple(
        span
        for asset in world.assets
        for span in state_spans(asset.id, entries, world.agreement, at)
    )


def _notices(
    world: World, attributions: tuple[Attribution, ...]
) -> tuple[tuple[NoticeAnswer, ...], tuple[Refusal, ...]]:
    answers: list[NoticeAnswer] = []
    refusals: list[Refusal] = []
    for notice in world.notices:
        version = binding_version(world.agreement, notice.sent_at)
        if version is None or version.notice is None or version.suspension is None:
            said = "no agreement version with clauses on notice and suspension was in force then"
            refusals.append(Refusal(notice.id, "NoSuspensionClause", said))
            continue
        answer, refused = _notice(world, notice, version, attributions)
        answers.append(answer)
        refusals += refused
    return tuple(answers), tuple(refusals)


def _notice(
    world: World, notice: Notice, version: AgreementVersion, attributions: tuple[Attribution, ...]
) -> tuple[NoticeAnswer, list[Refusal]]:
    assert version.notice is not None  # noqa: S101 - the caller looked
    assert version.suspension is not None  # noqa: S101 - the caller looked
    arithmetic = notice_arithmetic(
        notice, version.notice, version.suspension, version.calendar, world.client.notice_email
    )
    ground, refused = _ground(world, notice, version, attributions)
    if arithmetic.refusal:
        refused.append(Refusal(notice.id, "NoticeNotReceived", arithmetic.refusal))
    if arithmetic.effective_at is None or ground is None:
        return NoticeAnswer(notice, arithmetic, ground, None), refused
    changed = effects(notice.asset, version, arithmetic.effective_at, world.windows)
    return NoticeAnswer(notice, arithmetic, ground, changed), refused


def _ground(
    world: World, notice: Notice, version: AgreementVersion, attributions: tuple[Attribution, ...]
) -> tuple[SuspensionGround | None, list[Refusal]]:
    here = {change.id for change in world.changes if change.asset == notice.asset}
    about = [a for a in attributions if a.change in here and _is_meant(notice, a.change)]
    try:
        return may_suspend(notice.asset, about, version), []
    except (NothingProven, NoSuspensionClause, AssetNotListed) as refusal:
        return None, [Refusal(notice.id, type(refusal).__name__, str(refusal))]


def foreseen_notice(
    world: World,
    asset: AssetId,
    version: AgreementVersion,
    attributions: tuple[Attribution, ...],
    at: datetime,
) -> NoticeAnswer | None:
    """This function will work out what a notice e-mailed and delivered at `at` would come to; None when none may be."""
    if version.notice is None or version.suspension is None:
        return None
    to, breach = world.client.notice_email, version.suspension.breach_of
    notice = Notice(NoticeId("draft"), asset, at, Channel.EMAIL, to, breach, receipt_at=at)
    answer, refused = _notice(world, notice, version, attributions)
    return None if refused else answer


def _is_meant(notice: Notice, change: ChangeId) -> bool:
    return not notice.changes or change in notice.changes


def _foreseen_suspensions(
    world: World, notices: tuple[NoticeAnswer, ...]
) -> tuple[LifecycleEntry, ...]:
    """What follows from each notice, unless the book already says what came of it."""
    return tuple(
        entry
        for answer in notices
        if answer.effects is not None and not _book_speaks(world, answer.notice)
        for entry in _following(answer)
    )


def _book_speaks(world: World, notice: Notice) -> bool:
    return any(
        e.asset == notice.asset and utc(e.effective_at) >= utc(notice.sent_at)
        for e in world.lifecycle
    )


def _following(answer: NoticeAnswer) -> tuple[LifecycleEntry, ...]:
    notice, ground, effective = answer.notice, answer.ground, answer.arithmetic.effective_at
    assert ground is not None  # noqa: S101 - effects exist only with a ground
    assert effective is not None  # noqa: S101 - effects exist only with an instant
    received = notice.receipt_at or notice.sent_at
    reason = f"Follows from notice {notice.id} under clause {ground.clause}"
    given = LifecycleEntry(
        notice.asset, EntryKind.NOTICE_GIVEN, received, received, ground.clause, _FORESEEN, reason
    )
    suspended = LifecycleEntry(
        notice.asset, EntryKind.SUSPENDED, effective, received, ground.clause, _FORESEEN, reason
    )
    return (given, suspended)


def _reinstatements(
    world: World,
    foreseen: tuple[LifecycleEntry, ...],
    attributions: tuple[Attribution, ...],
    at: datetime,
) -> tuple[ReinstatementAnswer, ...]:
    version = binding_version(world.agreement, at)
    if version is None or version.reinstatement is None:
        return ()
    spans = _spans(world, foreseen, at)
    return tuple(
        reinstatement(
            asset.id,
            version.reinstatement,
            condition_inputs(world, suspended_from, attributions),
            at,
        )
        for asset in world.assets
        if (suspended_from := _suspended_from(spans, asset.id, at)) is not None
    )


def _suspended_from(spans: tuple[StateSpan, ...], asset: AssetId, at: datetime) -> datetime | None:
    """When the suspension an asset is in at `at` began; None when it is in none."""
    off = {CoverageState.SUSPENDED, CoverageState.REINSTATING}
    own = [span for span in spans if span.asset == asset]
    if state_at(own, at).state not in off:
        return None
    began = [
        s.period.start
        for s in own
        if s.state is CoverageState.SUSPENDED and s.period.start <= utc(at)
    ]
    return max(began, default=None)


def condition_inputs(
    world: World, suspended_from: datetime, attributions: tuple[Attribution, ...]
) -> ConditionInputs:
    """This function will gather everything on record that may tick a reinstatement condition."""
    return ConditionInputs(
        suspended_from=suspended_from,
        zone=world.client.zone,
        letters_of_agency=world.letters_of_agency,
        acceptances=world.acceptances,
        changes=world.changes,
        attributions=attributions,
        accounts=world.accounts,
        invoices=world.invoices,
        work=world.work,
        health_checks=world.health_checks,
        records=world.condition_records,
    )


def _foreseen_returns(
    world: World, returns: tuple[ReinstatementAnswer, ...], at: datetime
) -> tuple[LifecycleEntry, ...]:
    """An asset whose conditions are all met comes back, unless the book already says so."""
    version = binding_version(world.agreement, at)
    clause = version.reinstatement.clause if version and version.reinstatement else None
    return tuple(
        LifecycleEntry(
            answer.asset,
            EntryKind.REINSTATED,
            answer.effective_at,
            at,
            clause,
            _FORESEEN,
            "Every condition is met",
        )
        for answer in returns
        if answer.effective_at is not None and not _is_back(world, answer)
    )


def _is_back(world: World, answer: ReinstatementAnswer) -> bool:
    assert answer.effective_at is not None  # noqa: S101 - asked only about returns
    return any(
        e.asset == answer.asset
        and e.kind is EntryKind.REINSTATED
        and utc(e.effective_at) >= answer.effective_at
        for e in world.lifecycle
    )
