"""What a clock that was set leaves of an order: a change within its step may be that much sooner or later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from groundrules.core.attribution.timing import spoken
from groundrules.core.causation.case import Case
from groundrules.core.changes import Change
from groundrules.core.evidence import Gap, GapKind
from groundrules.core.periods import Interval
from groundrules.core.reasons import FactRef, Reason


def as_timed(change: Change, steps: Iterable[Gap]) -> Change:
    """This function will return a change with the time it can truly have been made, where its clock was set then."""
    width = max((_width(g) for g in _over(change, steps)), default=timedelta(0))
    if not width:
        return change
    made = change.interval
    return replace(change, interval=Interval(made.not_before - width, made.not_after + width))


def clock_set(change: Change, case: Case) -> tuple[Reason, ...]:
    """This function will say that the server's clock was set in those minutes, and by how much at most."""
    found = _over(change, case.context.gaps)
    if not found:
        return ()
    length = spoken(max(_width(g) for g in found))
    says = f"The clock of {change.asset} was set at that time, so the order is known to within {length} at best."
    facts = tuple(FactRef("gap", g.id, g.says) for g in found)
    return (Reason("causation: clock", says, (FactRef("change", change.id), *facts)),)


def _over(change: Change, gaps: Iterable[Gap]) -> list[Gap]:
    made = change.interval
    return [
        g
        for g in gaps
        if g.asset == change.asset
        and g.kind is GapKind.CLOCK_STEP
        and g.interval.not_before <= made.not_after
        and made.not_before <= g.interval.not_after
    ]


def _width(gap: Gap) -> timedelta:
    return gap.interval.not_after - gap.interval.not_before
