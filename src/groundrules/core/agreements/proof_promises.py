"""Whether a restore was proven as often as the agreement promises it.

The time runs from the day the promise bound, or from the last proof after that; a server that nobody proved is late at
the end of the promised days, not before. A promise that another version repeats runs on; one of other days begins anew.
Through a rest (the agreement lets drills rest while the server is suspended) no proof is owed and no day counts.
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
from groundrules.core.periods import Period, instant_after, time_between, utc


@dataclass(frozen=True, slots=True)
class Promised:
    """One server under an agreement, and the periods through which no proof of it is owed."""

    agreement: Agreement
    asset: AssetId
    rests: tuple[Period, ...] = ()


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
    promised: Promised, proofs: Iterable[datetime], period: Period, at: datetime
) -> tuple[LateProof, ...]:
    """This function will list the proofs of a server that were missing at any instant of a period, as known at `at`.

    `proofs` are the instants restores of it were proven, by a drill or by a recovery somebody verified. What was
    missing only through a rest is not named: nothing was owed then.
    """
    until = min(utc(at), period.end or utc(at))
    proven = sorted(utc(one) for one in proofs if utc(one) <= utc(at))
    return tuple(
        late
        for stretch in _stretches(promised.agreement, promised.asset, until)
        for late in _late(promised, stretch, proven)
        if _owed(late, min(late.proven_at or until, stretch.end), period.start, promised.rests)
    )


def _owed(late: LateProof, end: datetime, start: datetime, rests: tuple[Period, ...]) -> bool:
    """Whether the proof was missing at an instant from `start` on at which it was owed."""
    return time_between(max(late.due_at, start), end, rests) > timedelta()


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


def _late(promised: Promised, stretch: _Stretch, proven: list[datetime]) -> list[LateProof]:
    """Each time the promised days went by within the stretch, rests left out, and the proof that came after."""
    wait = timedelta(days=stretch.promise.proven_every)
    since_start = [one for one in proven if one >= stretch.start]
    inside = [one for one in since_start if one < stretch.end]
    after: list[datetime | None] = [*since_start, None]
    found = [
        (instant_after(since, wait, promised.rests), min(then or stretch.end, stretch.end), then)
        for since, then in zip([stretch.start, *inside], after, strict=False)
    ]
    return [
        LateProof(promised.asset, stretch.promise, due, then)
        for due, end, then in found
        if due is not None and time_between(due, end, promised.rests) > timedelta()
    ]
