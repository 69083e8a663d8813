"""Whether what an agreement promises about getting a server back was kept: by a recovery, or as a drill measured it."""

from __future__ import annotations

from datetime import datetime, timedelta

from groundrules.core.agreements.further_terms import RecoveryTerms
from groundrules.core.agreements.rests import rest_at
from groundrules.core.agreements.terms import Agreement, AgreementVersion
from groundrules.core.agreements.versions import UnknownVersion, version_at
from groundrules.core.agreements.words import duration_words
from groundrules.core.ids import AssetId
from groundrules.core.periods import Period, time_between

_LEFT_OUT = "The time its backups rested by the agreement is left out."


def promise_at(agreement: Agreement, asset: AssetId, at: datetime) -> RecoveryTerms | None:
    """This function will return the promise for a server then: the one that names it, or the one for all of them.

    None where nothing was promised, or no version was in force or has the server on its list.
    """
    try:
        version = version_at(agreement, at)
    except UnknownVersion:
        return None
    return promise_in(version, asset)


def promise_in(version: AgreementVersion, asset: AssetId) -> RecoveryTerms | None:
    """This function will return what one version promises of a server, None where it has none or does not list it."""
    told = version.recovery if asset in version.assets else ()
    named = next((one for one in told if asset in one.servers), None)
    return named or next((one for one in told if not one.servers), None)


def kept_or_not(
    promise: RecoveryTerms,
    failed_at: datetime,
    spans: tuple[timedelta | None, timedelta | None],
    rests: tuple[Period, ...] = (),
) -> tuple[tuple[bool | None, str], ...]:
    """This function will say of both objectives whether they were kept, where they were measured; None is not owed.

    `spans` are the work lost before `failed_at` and the time until it was back after it. Time through which backups
    rest does not count, and a failure in such a time breaks no promise.
    """
    if rest_at(rests, failed_at) is not None:
        return ((None, _not_owed(promise)),)
    lost, took = spans
    return (
        *_kept(
            promise.loses_at_most,
            (promise, "of work are lost"),
            lost,
            _before(failed_at, lost, rests),
        ),
        *_kept(
            promise.back_within, (promise, "until it is back"), took, _after(failed_at, took, rests)
        ),
    )


def _not_owed(promise: RecoveryTerms) -> str:
    by = (
        f"clause {promise.clause}): its backups rested by the agreement"
        if promise.clause
        else "the agreement): its backups rested"
    )
    return f"When it failed nothing of this was owed ({by}."


def _before(at: datetime, span: timedelta | None, rests: tuple[Period, ...]) -> timedelta:
    return timedelta() if span is None else time_between(at - span, at, rests)


def _after(at: datetime, span: timedelta | None, rests: tuple[Period, ...]) -> timedelta:
    return timedelta() if span is None else time_between(at, at + span, rests)


def _kept(
    most: int, about: tuple[RecoveryTerms, str], span: timedelta | None, owed: timedelta
) -> tuple[tuple[bool, str], ...]:
    if span is None:
        return ()
    promise, what = about
    found = duration_words(int(owed.total_seconds()))
    apart = f" {_LEFT_OUT}" if owed < span else ""
    kept = owed <= timedelta(minutes=most)
    verdict = "kept" if kept else "not kept"
    most_said = f"At most {duration_words(most * 60)} {what} ({_by(promise)})"
    return ((kept, f"{most_said}: it was {found}, so that was {verdict}.{apart}"),)


def _by(promise: RecoveryTerms) -> str:
    return f"clause {promise.clause}" if promise.clause else "the agreement"
