"""What checks that passed after a change say against it: less than that it is cleared, unless they had to notice it.

Harm shows itself within minutes, or at the next use, connection or restart within days (reference: causation 3.3). So
a passing check makes an earlier change less probable by the time it waited, and rules it out only where the change
can't have waited: nothing leads to it, the server was started anew in between, or it was long ago.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from groundrules.core.attribution.timing import spoken
from groundrules.core.causation.answers import Incident
from groundrules.core.causation.case import Case
from groundrules.core.causation.lasting import goes_on
from groundrules.core.causation.restarts import restarted
from groundrules.core.changes import Change
from groundrules.core.evidence import GapKind, HealthCheck
from groundrules.core.periods import Interval, Order, utc
from groundrules.core.reasons import FactRef, Reason

# Of what waits three days on average, nine in ten show themselves within a week (reference: causation 3.3).
LONGEST_WAIT = timedelta(days=7)


def passed_over(change: Change, order: Order, case: Case, *, needed: bool) -> tuple[Reason, ...]:
    """This function will say that checks passed between a change and the failure, and whether that clears it
    ("causation: cleared") or only makes it improbable ("causation: waited"); empty where none passed that counts.

    `needed` when a dependency leads to what was changed, or the error names it. None counts where a restart between
    the last good check and the failure may have brought it to effect, or where what had it open went on.
    """
    good = case.bracket.last_good
    if good is None or order is not Order.CERTAINLY_BEFORE:
        return ()
    survived = _survived_restart(change, case)
    if restarted(case) and not survived:
        return ()
    passed = passed_since(change, case)
    if not passed or went_on(change, order, case):
        return ()
    wait = case.bracket.interval.not_after - change.interval.not_after
    counted = "1 check" if len(passed) == 1 else f"{len(passed)} checks"
    says = f"It was made {spoken(wait)} before the failure, and {counted} of {case.name} passed after it"
    facts = (FactRef("change", change.id), FactRef("health check", good.id))
    if needed and not survived and wait <= LONGEST_WAIT:
        says += ", so it is less probable; but harm may wait for the next use or restart."
        return (Reason("causation: waited", says, facts),)
    return (Reason("causation: cleared", f"{says}.", facts),)


def went_on(change: Change, order: Order, case: Case) -> tuple[Reason, ...]:
    """This function will say why passing checks do not clear what the error names; a restart that it outlived would."""
    if order is not Order.CERTAINLY_BEFORE or not passed_since(change, case):
        return ()
    return () if _survived_restart(change, case) else goes_on(change, case)


def _survived_restart(change: Change, case: Case) -> bool:
    """An earlier restart came after the change, and the application passed a check after that restart."""
    earlier = [
        g.interval.not_after
        for g in case.context.gaps
        if g.asset == case.asset
        and g.kind is GapKind.RESTART
        and change.interval.not_after <= g.interval.not_before
    ]
    return any(utc(good.at) >= moment for good in case.good for moment in earlier)


def passed_since(change: Change, case: Case) -> tuple[HealthCheck, ...]:
    """This function will list the passing checks before the failure that are after a change by both clocks."""
    slack = case.context.slack if change.interval.is_exact else timedelta(0)
    return tuple(c for c in case.good if utc(c.at) >= change.interval.not_after + slack)


def good_checks(
    incident: Incident, onset: Interval, checks: Iterable[HealthCheck]
) -> tuple[HealthCheck, ...]:
    """This function will list the application's passing checks before the failure, in time order."""
    own = [
        c
        for c in checks
        if c.healthy
        and incident.application in {None, c.application}
        and utc(c.at) <= onset.not_before
    ]
    return tuple(sorted(own, key=lambda c: (utc(c.at), c.id)))
