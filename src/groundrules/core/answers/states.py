"""The coverage states of every asset: from the entries in the book, and from those that follow from what is on
record.

A notice that counts as received, and rests on something proven, ends in a suspension; met conditions end in a
reinstatement. Where the book holds no entry of its own, the one that follows is added and named as foreseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby

from groundrules.core.agreements.facts import CoverageState, StateSpan
from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.answers.known import change_known_at
from groundrules.core.answers.model import NoticeAnswer, Refusal
from groundrules.core.answers.returning import OFF, off_since, way_back
from groundrules.core.attribution.answers import Attribution
from groundrules.core.changes import Change
from groundrules.core.ids import AssetId, ChangeId, NoticeId
from groundrules.core.lifecycle.answers import (
    EntryKind,
    LifecycleEntry,
    Notice,
    ReinstatementAnswer,
)
from groundrules.core.lifecycle.notice import notice_arithmetic
from groundrules.core.lifecycle.suspension import (
    AssetNotListed,
    NoSuspensionClause,
    NothingProven,
    SuspensionGround,
    effects,
    may_suspend,
)
from groundrules.core.lifecycle.timeline import (
    STATE_AFTER,
    binding_version,
    spans_by_asset,
    state_at,
)
from groundrules.core.periods import utc
from groundrules.core.work import Channel
from groundrules.core.world import World

_FORESEEN = "Groundrules"
_COVERED = frozenset({CoverageState.COVERED, CoverageState.NOTICE})
_ByAsset = Mapping[AssetId, tuple[StateSpan, ...]]
_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StatesAnswer:
    """The states with everything they rest on."""

    by_asset: Mapping[AssetId, tuple[StateSpan, ...]]
    foreseen: tuple[LifecycleEntry, ...]
    notices: tuple[NoticeAnswer, ...]
    reinstatements: tuple[ReinstatementAnswer, ...]
    refusals: tuple[Refusal, ...]

    @property
    def spans(self) -> tuple[StateSpan, ...]:
        """Every span of every asset, one asset after the other."""
        return tuple(span for own in self.by_asset.values() for span in own)

    def of(self, asset: AssetId | None) -> tuple[StateSpan, ...]:
        """This function will return the spans of one asset; none where it has no card, or work names no asset."""
        return self.by_asset.get(asset, ()) if asset is not None else ()


def states_of(world: World, attributions: tuple[Attribution, ...], at: datetime) -> StatesAnswer:
    """This function will compute the states of every asset as known at `at`; `world` holds what was known then."""
    notices, refusals = _notices(world, attributions)
    foreseen: tuple[LifecycleEntry, ...] = ()
    for answer in sorted(notices, key=lambda answer: _received(answer.notice)):
        foreseen += _following(world, answer, foreseen, attributions)
    returns = _reinstatements(world, _touched(world, foreseen), foreseen, attributions, at)
    foreseen += _foreseen_returns(world, returns, at)
    spans = _spans(world, (asset.id for asset in world.assets), foreseen, at)
    told = tuple(_beside_others(answer, spans, world) for answer in notices)
    return StatesAnswer(spans, foreseen, told, returns, refusals)


def states_of_asset(
    world: World, asset: AssetId, attributions: tuple[Attribution, ...], at: datetime
) -> tuple[StateSpan, ...]:
    """This function will compute the states of one asset, as `states_of` gives them, without a look at the others."""
    alone = replace(
        world,
        assets=tuple(card for card in world.assets if card.id == asset),
        notices=tuple(notice for notice in world.notices if notice.asset == asset),
        lifecycle=tuple(entry for entry in world.lifecycle if entry.asset == asset),
    )
    return states_of(alone, attributions, at).of(asset)


def _spans(
    world: World,
    assets: Iterable[AssetId],
    foreseen: tuple[LifecycleEntry, ...],
    at: datetime,
) -> _ByAsset:
    return spans_by_asset(assets, (*world.lifecycle, *foreseen), world.agreement, at)


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
    agreed = notice.agreed_to or world.client.notice_email
    arithmetic = notice_arithmetic(
        notice, version.notice, version.suspension, version.calendar, agreed
    )
    ground, refused = _ground(world, notice, version, attributions)
    if arithmetic.refusal:
        refused.append(Refusal(notice.id, "NoticeNotReceived", arithmetic.refusal))
    if arithmetic.effective_at is None or ground is None:
        return NoticeAnswer(notice, arithmetic, ground, None), refused
    terms = _binding_then(world, notice, arithmetic.effective_at) or version
    changed = effects(notice.asset, terms, arithmetic.effective_at, world.windows)
    return NoticeAnswer(notice, arithmetic, ground, changed), refused


def _binding_then(world: World, notice: Notice, effective: datetime) -> AgreementVersion | None:
    """What the suspension costs is agreed by the version in force when it begins, at its prices of that day."""
    then = binding_version(world.agreement, effective)
    return then if then is not None and notice.asset in then.assets else None


def _ground(
    world: World, notice: Notice, version: AgreementVersion, attributions: tuple[Attribution, ...]
) -> tuple[SuspensionGround | None, list[Refusal]]:
    here = {c.id for c in world.changes if c.asset == notice.asset and _was_known(world, c, notice)}
    about = [a for a in attributions if a.change in here and _is_meant(notice, a.change)]
    try:
        return may_suspend(notice.asset, about, version), []
    except (NothingProven, NoSuspensionClause, AssetNotListed) as refusal:
        return None, [Refusal(notice.id, type(refusal).__name__, str(refusal))]


def _was_known(world: World, change: Change, notice: Notice) -> bool:
    """A notice rests on what was known when it was sent; what is found later can't give it a ground."""
    return utc(change_known_at(world, change)) <= utc(notice.sent_at)


def _beside_others(answer: NoticeAnswer, spans: _ByAsset, world: World) -> NoticeAnswer:
    """The other servers stay covered only where they are: one that is off itself is not named among them."""
    if answer.effects is None:
        return answer
    changed, at = answer.effects, answer.effects.from_at
    off = {
        asset.id for asset in world.assets if state_at(spans[asset.id], at).state not in _COVERED
    }
    stays = tuple(asset for asset in changed.stays_covered if asset not in off)
    return replace(answer, effects=replace(changed, stays_covered=stays))


def foreseen_notice(
    world: World,
    asset: AssetId,
    attributions: tuple[Attribution, ...],
    standing: Mapping[AssetId, tuple[StateSpan, ...]],
    at: datetime,
    changes: tuple[ChangeId, ...] = (),
) -> NoticeAnswer | None:
    """This function will work out what a notice e-mailed and delivered at `at` would come to; None when none may be.

    It rests on the changes named, or on every proven one. Only a covered asset can be given notice; one that is off,
    or under notice already, can't. `standing` are the states of every asset as known at `at`.
    """
    version = binding_version(world.agreement, at)
    if version is None or version.notice is None or version.suspension is None:
        return None
    to, breach = world.client.notice_email, version.suspension.breach_of
    notice = Notice(
        NoticeId("draft"), asset, at, Channel.EMAIL, to, breach, receipt_at=at, changes=changes
    )
    answer, refused = _notice(world, notice, version, attributions)
    if refused:
        return None
    covered = state_at(standing[asset], at).state is CoverageState.COVERED
    return _beside_others(answer, standing, world) if covered else None


def grouped(spans: Iterable[StateSpan]) -> _ByAsset:
    """This function will put the spans of many assets under each asset, in their order."""
    found: dict[AssetId, tuple[StateSpan, ...]] = {}
    for asset, own in groupby(spans, key=lambda span: span.asset):
        found[asset] = (*found.get(asset, ()), *own)
    return found


def _is_meant(notice: Notice, change: ChangeId) -> bool:
    return not notice.changes or change in notice.changes


def _book_speaks(world: World, answer: NoticeAnswer) -> bool:
    """Whether the book itself says what came of a notice: cured, or ended in a suspension of its own.

    That it was given says nothing yet about what came of it.
    """
    sent, until = utc(answer.notice.sent_at), answer.arithmetic.effective_at
    later = [
        utc(n.sent_at)
        for n in world.notices
        if n.asset == answer.notice.asset and until is not None and utc(n.sent_at) >= until
    ]
    own = [e for e in world.lifecycle if e.asset == answer.notice.asset]
    return any(
        (
            e.kind is EntryKind.NOTICE_CURED
            and until is not None
            and sent <= utc(e.effective_at) <= until
        )
        or (
            e.kind is EntryKind.SUSPENDED
            and sent <= utc(e.effective_at) < min(later, default=_EVER)
        )
        for e in own
    )


def _received(notice: Notice) -> datetime:
    return utc(notice.receipt_at or notice.sent_at)


def _following(
    world: World,
    answer: NoticeAnswer,
    before: tuple[LifecycleEntry, ...],
    attributions: tuple[Attribution, ...],
) -> tuple[LifecycleEntry, ...]:
    """What follows from a notice, given what followed from earlier ones, unless the book says what came of it.

    A notice that arrives while the asset is off changes nothing, and one suspension is not begun twice.
    """
    notice, ground, effective = answer.notice, answer.ground, answer.arithmetic.effective_at
    if ground is None or effective is None or _book_speaks(world, answer):
        return ()
    received = _received(notice)
    here = (notice.asset,)
    known = _foreseen_returns(
        world, _reinstatements(world, here, before, attributions, received), received
    )
    own = _spans(world, here, (*before, *known), received)[notice.asset]
    if state_at(own, received).state in OFF:
        return known
    reason = f"Follows from notice {notice.id} under clause {ground.clause}"
    follows = [
        LifecycleEntry(notice.asset, kind, when, received, ground.clause, _FORESEEN, reason)
        for kind, when in ((EntryKind.NOTICE_GIVEN, received), (EntryKind.SUSPENDED, effective))
        if state_at(own, when).state is not STATE_AFTER[kind]
    ]
    return (*known, *follows)


def _touched(world: World, foreseen: tuple[LifecycleEntry, ...]) -> tuple[AssetId, ...]:
    """The assets anything was entered for: no other can be off, or come back."""
    entered = {entry.asset for entry in (*world.lifecycle, *foreseen)}
    return tuple(asset.id for asset in world.assets if asset.id in entered)


def _reinstatements(
    world: World,
    assets: tuple[AssetId, ...],
    foreseen: tuple[LifecycleEntry, ...],
    attributions: tuple[Attribution, ...],
    at: datetime,
) -> tuple[ReinstatementAnswer, ...]:
    spans = _spans(world, assets, foreseen, at)
    since = ((asset, off_since(own, asset, at)) for asset, own in spans.items())
    answers = (
        way_back(world, asset, began, attributions, at)
        for asset, began in since
        if began is not None
    )
    return tuple(answer for answer in answers if answer is not None)


def _foreseen_returns(
    world: World, returns: Iterable[ReinstatementAnswer], at: datetime
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
