"""When a service rests by the agreement: while the server is off, under a version that lets it rest then.

A rest begins at the instant the server is off and ends at the instant it is covered again (half-open). What is promised
of the service is not owed in it, and the time in it counts for no due date: the rest of a term runs on afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from groundrules.core.agreements.facts import CoverageState, StateSpan
from groundrules.core.agreements.further_terms import ManagedService
from groundrules.core.agreements.terms import Agreement
from groundrules.core.agreements.versions import UnknownVersion, binds_from, version_at
from groundrules.core.periods import Period, merged, utc

_OFF = frozenset({CoverageState.SUSPENDED, CoverageState.REINSTATING})


def rests(
    agreement: Agreement, spans: Iterable[StateSpan], service: ManagedService
) -> tuple[Period, ...]:
    """This function will list the periods through which a service of a server rests; `spans` are the server's."""
    off = [span for span in spans if span.state in _OFF]
    if not off:
        return ()
    edges = {binds_from(version) for version in agreement.versions}
    edges |= {utc(v.in_force.end) for v in agreement.versions if v.in_force.end is not None}
    return merged(
        piece
        for span in off
        for piece in _cut(span.period, edges)
        if _lets_rest(agreement, piece.start, service)
    )


def rest_at(periods: Iterable[Period], at: datetime) -> Period | None:
    """This function will return the rest that holds an instant, or None."""
    return next((one for one in periods if one.contains(utc(at))), None)


def may_rest(agreement: Agreement) -> bool:
    """This function will say whether any version lets a service rest, so that states need not be asked for."""
    return any(v.suspension is not None and v.suspension.stops for v in agreement.versions)


def _cut(period: Period, edges: Iterable[datetime]) -> Iterable[Period]:
    starts = sorted({period.start, *(one for one in edges if period.contains(one))})
    return (Period(*pair) for pair in zip(starts, [*starts[1:], period.end], strict=True))


def _lets_rest(agreement: Agreement, at: datetime, service: ManagedService) -> bool:
    try:
        terms = version_at(agreement, at).suspension
    except UnknownVersion:
        return False
    return terms is not None and terms.stopped(service)
