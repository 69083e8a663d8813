"""The coverage state of an asset at every instant, computed from dated entries and never from a flag.

The spans tile all time. A suspension found wrong counts as never made for every answer known after that was recorded;
its entries stay in the book and are named in the sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from groundrules.core.agreements.facts import CoverageState, StateSpan
from groundrules.core.agreements.terms import Agreement, AgreementVersion
from groundrules.core.agreements.versions import UnknownVersion, binds_from, version_at
from groundrules.core.ids import AssetId, ClauseNumber
from groundrules.core.lifecycle.answers import EntryKind, LifecycleEntry
from groundrules.core.periods import Period, utc

# Before any agreement anyone will enter; a finite instant, because every zone must be able to show it.
BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)

STATE_AFTER = {
    EntryKind.NOTICE_GIVEN: CoverageState.NOTICE,
    EntryKind.NOTICE_CURED: CoverageState.COVERED,
    EntryKind.SUSPENDED: CoverageState.SUSPENDED,
    EntryKind.REINSTATEMENT_BEGUN: CoverageState.REINSTATING,
    EntryKind.REINSTATED: CoverageState.COVERED,
    EntryKind.SUSPENSION_VOIDED: CoverageState.COVERED,
    EntryKind.TERMINATED: CoverageState.TERMINATED,
}
_WORDS = {
    EntryKind.NOTICE_GIVEN: "Covered, with notice of suspension given",
    EntryKind.NOTICE_CURED: "Covered: the notice was answered in time",
    EntryKind.SUSPENDED: "Suspended",
    EntryKind.REINSTATEMENT_BEGUN: "Being reinstated; hourly until that is done",
    EntryKind.REINSTATED: "Covered again since the reinstatement",
    EntryKind.SUSPENSION_VOIDED: "Covered: the suspension was found wrong and counts as never made",
    EntryKind.TERMINATED: "No longer under the agreement: terminated",
}


@dataclass(frozen=True, slots=True)
class _State:
    """What holds from one instant on."""

    state: CoverageState
    clause: ClauseNumber | None
    sentence: str


_LISTED = _State(CoverageState.COVERED, None, "Covered: listed in the agreement in force.")
_NOT_LISTED = _State(
    CoverageState.NOT_IN_AGREEMENT, None, "Not listed in any agreement version in force."
)


def entries_known(
    asset: AssetId, entries: Iterable[LifecycleEntry], known_at: datetime
) -> tuple[LifecycleEntry, ...]:
    """This function will return the asset's entries recorded by `known_at`, in order of effect (then of recording)."""
    known = [e for e in entries if e.asset == asset and utc(e.recorded_at) <= utc(known_at)]
    return tuple(sorted(known, key=lambda e: (utc(e.effective_at), utc(e.recorded_at))))


def voided_suspensions(
    asset: AssetId, entries: Iterable[LifecycleEntry], known_at: datetime
) -> tuple[tuple[LifecycleEntry, LifecycleEntry], ...]:
    """This function will pair each voided suspension with the entry that voids it, as known at an instant.

    An entry `suspension voided` voids the last suspension effective at or before its own effective instant that was
    recorded before it and is not already voided.
    """
    known = entries_known(asset, entries, known_at)
    pairs: list[tuple[LifecycleEntry, LifecycleEntry]] = []
    for voiding in (e for e in known if e.kind is EntryKind.SUSPENSION_VOIDED):
        taken = [suspension for suspension, _ in pairs]
        found = [e for e in known if _may_void(voiding, e) and e not in taken]
        if found:
            pairs.append((found[-1], voiding))
    return tuple(pairs)


def _may_void(voiding: LifecycleEntry, entry: LifecycleEntry) -> bool:
    effective = utc(entry.effective_at) <= utc(voiding.effective_at)
    recorded = utc(entry.recorded_at) <= utc(voiding.recorded_at)
    return entry.kind is EntryKind.SUSPENDED and effective and recorded


def _standing(
    asset: AssetId, entries: Iterable[LifecycleEntry], known_at: datetime
) -> tuple[tuple[datetime, LifecycleEntry], ...]:
    """The entries that shape the timeline: a voided suspension is replaced, at its own instant, by what voids it."""
    known = entries_known(asset, entries, known_at)
    voided = list(voided_suspensions(asset, known, known_at))
    shaping: list[tuple[datetime, LifecycleEntry]] = []
    inside_voided = False
    for entry in known:
        voiding = next((v for suspension, v in voided if suspension == entry), None)
        if entry.kind is EntryKind.SUSPENDED:
            inside_voided = voiding is not None
        if voiding is not None:
            shaping.append((utc(entry.effective_at), voiding))
        elif not _meaningless(entry, inside_voided=inside_voided):
            shaping.append((utc(entry.effective_at), entry))
    return tuple(shaping)


def _meaningless(entry: LifecycleEntry, *, inside_voided: bool) -> bool:
    """The way back from a suspension that counts as never made changes nothing; nor does the voiding's own date."""
    way_back = entry.kind in {EntryKind.REINSTATEMENT_BEGUN, EntryKind.REINSTATED}
    return entry.kind is EntryKind.SUSPENSION_VOIDED or (inside_voided and way_back)


def _sentence(entry: LifecycleEntry) -> str:
    reason = f" {entry.reason.rstrip('.')}." if entry.reason else ""
    return f"{_WORDS[entry.kind]}.{reason}"


def _state_from(shaping: tuple[tuple[datetime, LifecycleEntry], ...], at: datetime) -> _State:
    """Termination is final: nothing after it counts."""
    current = _LISTED
    for effective_at, entry in shaping:
        if effective_at > at:
            break
        current = _State(STATE_AFTER[entry.kind], entry.clause, _sentence(entry))
        if entry.kind is EntryKind.TERMINATED:
            break
    return current


def state_spans(
    asset: AssetId, entries: Iterable[LifecycleEntry], agreement: Agreement, known_at: datetime
) -> tuple[StateSpan, ...]:
    """This function will return the asset's states over all time, as the book told it at `known_at`.

    The spans touch, begin at BEGINNING and end open. Outside the versions that list it, the asset is not in the
    agreement.
    """
    shaping = _standing(asset, entries, known_at)
    edges = {BEGINNING, *(effective for effective, _ in shaping)}
    for version in agreement.versions:
        edges.update({binds_from(version), version.in_force.end or BEGINNING})
    spans: list[tuple[datetime, _State]] = []
    for edge in sorted(e for e in edges if e >= BEGINNING):
        state = _state_on(asset, agreement, shaping, edge)
        if not spans or spans[-1][1] != state:
            spans.append((edge, state))
    ends: list[datetime | None] = [start for start, _ in spans[1:]]
    return tuple(
        StateSpan(asset, s.state, Period(start, end), s.clause, s.sentence)
        for (start, s), end in zip(spans, [*ends, None], strict=True)
    )


def spans_by_asset(
    assets: Iterable[AssetId],
    entries: Iterable[LifecycleEntry],
    agreement: Agreement,
    known_at: datetime,
) -> dict[AssetId, tuple[StateSpan, ...]]:
    """This function will return the states of many assets, each as `state_spans` gives them, in the order of `assets`.

    Assets without an entry that the same versions list have the same history, which is worked out once.
    """
    own: defaultdict[AssetId, list[LifecycleEntry]] = defaultdict(list)
    for entry in entries:
        own[entry.asset].append(entry)
    untouched: dict[tuple[bool, ...], tuple[StateSpan, ...]] = {}
    found = {}
    for asset in assets:
        if asset in own:
            found[asset] = state_spans(asset, own[asset], agreement, known_at)
            continue
        listed = tuple(asset in version.assets for version in agreement.versions)
        if listed not in untouched:
            untouched[listed] = state_spans(asset, (), agreement, known_at)
        found[asset] = tuple(
            StateSpan(asset, span.state, span.period, span.clause, span.sentence)
            for span in untouched[listed]
        )
    return found


def _state_on(
    asset: AssetId,
    agreement: Agreement,
    shaping: tuple[tuple[datetime, LifecycleEntry], ...],
    at: datetime,
) -> _State:
    """An asset that was terminated stays so; otherwise the newest binding version must list it."""
    version = binding_version(agreement, at)
    state = _state_from(shaping, at)
    is_listed = version is not None and asset in version.assets
    return state if is_listed or state.state is CoverageState.TERMINATED else _NOT_LISTED


def binding_version(agreement: Agreement, at: datetime) -> AgreementVersion | None:
    """This function will return the version in force at an instant, or None where `version_at` would refuse."""
    try:
        return version_at(agreement, at)
    except UnknownVersion:
        return None


def state_at(spans: Iterable[StateSpan], at: datetime) -> StateSpan:
    """This function will return the span that holds an instant; `spans` must tile the time asked about.

    Raises LookupError when they do not.
    """
    for span in spans:
        if span.period.contains(utc(at)):
            return span
    message = (
        f"no coverage state is known for {utc(at).isoformat()}; compute the spans of this asset"
    )
    raise LookupError(message)
