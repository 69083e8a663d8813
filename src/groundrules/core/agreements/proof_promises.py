"""Whether a restore was proven as often as the agreement promises it.

The time runs from the day the promise bound, or from the last proof after that; a server that nobody proved is late at
the end of the promised days, not before. A promise that another version repeats runs on; one of other days begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from groundrules.core.agreements.further_terms import RecoveryTerms
from groundrules.core.agreements.recovery_promises import promise_at
from groundrules.core.agreements.terms import Agreement
from groundrules.core.agreements.versions import binds_from
from groundrules.core.ids import AssetId
from groundrules.core.periods import Period, utc


@dataclass(frozen=True, slots=True)
class LateProof:
    """A proof that was due at an instant and not there: given late at `proven_at`, None while it is still missing."""

    asset: AssetId
    promise: RecoveryTerms
    due_at: datetime
    proven_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A time through which the same was promised of a server."""

    promise: RecoveryTerms
    start: datetime
    end: datetime


def late_proofs(
    agreement: Agreement, asset: AssetId, proofs: Iterable[datetime], period: Period, at: datetime
) -> tuple[LateProof, ...]:
    """This function will list the proofs of a server that were missing at any instant of a period, as known at `at`.

    `proofs` are the instants restores of it were proven, by a drill or by a recovery somebody verified.
    """
    until = min(utc(at), period.end or utc(at))
    proven = sorted(utc(one) for one in proofs if utc(one) <= utc(at))
    return tuple(
        late
        for stretch in _stretches(agreement, asset, until)
        for late in _late(asset, stretch, proven)
        if late.due_at < until and (late.proven_at is None or late.proven_at > period.start)
        if stretch.end > period.start
    )


def _stretches(agreement: Agreement, asset: AssetId, until: datetime) -> tuple[_Stretch, ...]:
    found: list[_Stretch] = []
    for start, end in _spans(agreement, until):
        promise = promise_at(agreement, asset, start)
        if promise is None or not promise.proven_every:
            continue
        last = found[-1] if found else None
        if last and last.end == start and last.promise.proven_every == promise.proven_every:
            found[-1] = _Stretch(promise, last.start, end)
        else:
            found.append(_Stretch(promise, start, end))
    return tuple(found)


def _spans(agreement: Agreement, until: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """From each instant at which another version may bind to the next, and to `until`."""
    edges = {binds_from(version) for version in agreement.versions}
    edges |= {v.in_force.end for v in agreement.versions if v.in_force.end is not None}
    ordered = [*sorted(one for one in edges if one < until), until]
    return tuple(pairwise(ordered))


def _late(asset: AssetId, stretch: _Stretch, proven: list[datetime]) -> list[LateProof]:
    """Each time the promised days went by within the stretch, and the proof that came after."""
    wait = timedelta(days=stretch.promise.proven_every)
    since_start = [one for one in proven if one >= stretch.start]
    inside = [one for one in since_start if one < stretch.end]
    after: list[datetime | None] = [*since_start, None]
    return [
        LateProof(asset, stretch.promise, since + wait, then)
        for since, then in zip([stretch.start, *inside], after, strict=False)
        if since + wait < min(then or stretch.end, stretch.end)
    ]
