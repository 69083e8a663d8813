"""Whether what an agreement promises about getting a server back was kept: by a recovery, or as a drill measured it."""

from __future__ import annotations

from datetime import datetime, timedelta

from groundrules.core.agreements.further_terms import RecoveryTerms
from groundrules.core.agreements.terms import Agreement, AgreementVersion
from groundrules.core.agreements.versions import UnknownVersion, version_at
from groundrules.core.agreements.words import duration_words
from groundrules.core.ids import AssetId


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
    promise: RecoveryTerms, lost: timedelta | None, took: timedelta | None
) -> tuple[tuple[bool, str], ...]:
    """This function will say of both objectives whether they were kept, where they were measured."""
    measured = (
        ("of work are lost", promise.loses_at_most, lost),
        ("until it is back", promise.back_within, took),
    )
    return tuple(
        (span <= timedelta(minutes=most), _said(promise, what, most, span))
        for what, most, span in measured
        if span is not None
    )


def _said(promise: RecoveryTerms, what: str, most: int, span: timedelta) -> str:
    by = f"clause {promise.clause}" if promise.clause else "the agreement"
    found = duration_words(int(span.total_seconds()))
    kept = "kept" if span <= timedelta(minutes=most) else "not kept"
    return f"At most {duration_words(most * 60)} {what} ({by}): it was {found}, so that was {kept}."
