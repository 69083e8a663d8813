"""What the agreement promises of restores, held against a period: what was not kept, and what was not owed.

We say ourselves what was not kept, really or as a drill measured it. Through a suspension in which the agreement lets
backups or drills rest nothing is owed, and that is said as well, with the last proof there is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundrules.core.agreements.further_terms import ManagedService
from groundrules.core.agreements.proof_promises import LateProof, Promised, late_proofs
from groundrules.core.agreements.recovery_promises import kept_or_not, promise_at
from groundrules.core.agreements.rests import rests
from groundrules.core.answers.model import Answers
from groundrules.core.backups import RestoreDrill, counted_only
from groundrules.core.calendars import zone_label
from groundrules.core.ids import AssetId
from groundrules.core.periods import Period, local_date, utc
from groundrules.core.reasons import counted
from groundrules.core.recovery import Recovery, data_loss_seconds, seconds_to_recover

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PromiseTold:
    """One sentence about a promise, the record it is from, and the instant it is dated by."""

    kind: str
    ref: str
    at: datetime
    says: str


def broken_promises(
    answers: Answers, recoveries: Iterable[Recovery], drills: Iterable[RestoreDrill]
) -> tuple[PromiseTold, ...]:
    """This function will name each objective that was owed and not kept by a recovery or a drill that passed."""
    found: list[PromiseTold] = []
    for one in recoveries:
        took = seconds_to_recover(one)
        spans = (
            timedelta(seconds=data_loss_seconds(one)),
            None if took is None else timedelta(seconds=took),
        )
        told = _not_kept(answers, one.asset, one.failed_at, spans)
        found += [
            PromiseTold("incident", str(one.incident), one.failed_at, f"{one.asset}: {says}")
            for says in told
        ]
    for drill in drills:
        told = _not_kept(answers, drill.asset, drill.began, (drill.loss, drill.took))
        found += [
            PromiseTold(
                "restore_drill", drill.name, drill.began, f"{drill.asset}, by a drill: {says}"
            )
            for says in told
            if drill.passed
        ]
    return tuple(found)


def _not_kept(
    answers: Answers,
    asset: AssetId,
    at: datetime,
    spans: tuple[timedelta | None, timedelta | None],
) -> list[str]:
    promise = promise_at(answers.world.agreement, asset, at)
    if promise is None:
        return []
    resting = _resting(answers, asset, ManagedService.BACKUPS)
    return [says for kept, says in kept_or_not(promise, at, spans, resting) if kept is False]


def unproven_promises(answers: Answers, month: Period) -> tuple[PromiseTold, ...]:
    """This function will name each proof of a restore that was owed by a day of the period and not there then."""
    proofs = _proofs(answers)
    return tuple(
        PromiseTold("server", server, late.due_at, _late(answers, late))
        for server in _promised_proof(answers)
        for late in late_proofs(
            Promised(answers.world.agreement, server, _drills_rest(answers, server)),
            proofs[server],
            month,
            answers.at,
        )
    )


def proofs_not_owed(answers: Answers, month: Period) -> tuple[PromiseTold, ...]:
    """This function will say of each server through which part of the period no promised proof was owed, and why."""
    known = Period(month.start, min(utc(answers.at), month.end or utc(answers.at)))
    return tuple(
        PromiseTold(
            "server", server, max(rest.start, month.start), _not_owed(answers, server, rest)
        )
        for server in _promised_proof(answers)
        for rest in _drills_rest(answers, server)
        if rest.overlaps(known) and _proven_every(answers, server, rest.start)
    )


def _promised_proof(answers: Answers) -> list[AssetId]:
    """The servers on a version that promises proofs of some; of no other can one be owed."""
    promising = (
        version
        for version in answers.world.agreement.versions
        if any(promise.proven_every for promise in version.recovery)
    )
    return sorted({asset for version in promising for asset in version.assets})


def _resting(answers: Answers, asset: AssetId, service: ManagedService) -> tuple[Period, ...]:
    return rests(answers.world.agreement, answers.states_of(asset), service)


def _drills_rest(answers: Answers, asset: AssetId) -> tuple[Period, ...]:
    return _resting(answers, asset, ManagedService.RESTORE_DRILLS)


def _proven_every(answers: Answers, server: AssetId, at: datetime) -> int:
    promise = promise_at(answers.world.agreement, server, at)
    return promise.proven_every if promise else 0


def _proofs(answers: Answers) -> defaultdict[AssetId, list[datetime]]:
    """When a restore of each server was proven: by a drill that passed, or a recovery somebody verified."""
    found: defaultdict[AssetId, list[datetime]] = defaultdict(list)
    for drill in counted_only(answers.world.drills):
        if drill.passed:
            found[drill.asset].append(drill.ended)
    for back in answers.world.recoveries:
        if back.recovered_at is not None and back.verified_by:
            found[back.asset].append(back.recovered_at)
    return found


def _late(answers: Answers, late: LateProof) -> str:
    by = f"clause {late.promise.clause}" if late.promise.clause else "the agreement"
    then = (
        "none is on record yet"
        if late.proven_at is None
        else f"it was proven on {_day(answers, late.proven_at)}"
    )
    every = counted(late.promise.proven_every, "day")
    due = _day(answers, late.due_at)
    return f"{late.asset}: a restore is proven every {every} ({by}): due by {due}, {then}, so that was not kept."


def _not_owed(answers: Answers, server: AssetId, rest: Period) -> str:
    zone = answers.world.client.zone
    until = (
        f" until {zone_label(rest.end, zone)}" if rest.end and rest.end <= utc(answers.at) else ""
    )
    before = [utc(one) for one in _proofs(answers)[server] if utc(one) <= utc(answers.at)]
    last = (
        f"the last proven one is of {_day(answers, max(before))}"
        if before
        else "none was proven yet"
    )
    return (
        f"{server}: no proof of a restore was owed from {zone_label(rest.start, zone)}{until}, while it was suspended; "
        f"{last}."
    )


def _day(answers: Answers, moment: datetime) -> str:
    return local_date(answers.world.client.zone, moment).isoformat()
