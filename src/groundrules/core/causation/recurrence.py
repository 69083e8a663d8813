"""The same failure before, when nothing on record had brought it about: what came without a change may need none."""

from __future__ import annotations

from datetime import timedelta

from groundrules.core.calendars import zone_label
from groundrules.core.causation.case import Case
from groundrules.core.causation.naming import mentions
from groundrules.core.causation.paths import best_path
from groundrules.core.changes import Change, normalised
from groundrules.core.evidence import GapKind, HealthCheck
from groundrules.core.periods import Interval, Order, utc
from groundrules.core.reasons import FactRef, Reason, counted

_UNWATCHED = timedelta(days=1)


def recurring(case: Case) -> tuple[Reason, ...]:
    """This function will say that the application had failed with the very same error before, with nothing on record
    that it needs or that the error names changed just then.
    """
    earlier = [bad for began, bad in _earlier(case) if not _explained(began, case)]
    if not earlier or not case.error_names_something:
        return ()
    last, times = zone_label(earlier[-1].at, case.context.zone), counted(len(earlier), "time")
    says = (
        f"{case.name} had failed with the same error {times} before, last seen {last}, when nothing on record had "
        f"changed that it needs: so this may need no change either."
    )
    facts = tuple(FactRef("health check", check.id) for check in earlier)
    return (Reason("causation: recurring", says, facts),)


def _earlier(case: Case) -> list[tuple[Interval, HealthCheck]]:
    """Each earlier failure with the same words: after the good check before it, not after its first bad one."""
    onset, said = case.bracket.interval, normalised(case.error)
    good: HealthCheck | None = None
    failing, found = False, []
    for check in _own_checks(case):
        if utc(check.at) >= onset.not_before:
            break
        if not check.healthy and not failing and normalised(check.signature) == said:
            began = utc(check.at) - _UNWATCHED if good is None else utc(good.at)
            found.append((Interval(began, utc(check.at)), check))
        good, failing = (check, False) if check.healthy else (good, True)
    return found


def _own_checks(case: Case) -> list[HealthCheck]:
    own = (c for c in case.context.health_checks if c.application == case.incident.application)
    earliest = case.bracket.interval.not_before - case.context.horizon
    return sorted((c for c in own if utc(c.at) >= earliest), key=lambda c: (utc(c.at), c.id))


def _explained(began: Interval, case: Case) -> bool:
    """A change of something needed may have done it, or one that waited for a restart."""
    return any(
        c.interval.order_to(began) is Order.POSSIBLY_BEFORE and _concerns(c, case)
        for c in case.changes
    ) or any(
        g.kind is GapKind.RESTART and g.interval.order_to(began) is Order.POSSIBLY_BEFORE
        for g in case.context.gaps
        if g.asset == case.asset
    )


def _concerns(change: Change, case: Case) -> bool:
    named = mentions(case.error, change.component, case.name)
    return named or best_path(change, case.reached) is not None
