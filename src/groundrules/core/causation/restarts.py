"""Restarts of the server around a failure: they bring to effect what a running server had not noticed."""

from __future__ import annotations

from groundrules.core.calendars import zone_label
from groundrules.core.causation.case import Case
from groundrules.core.changes import Change
from groundrules.core.evidence import Gap, GapKind, ItemKind
from groundrules.core.periods import Order
from groundrules.core.reasons import FactRef, Reason


def restarts(case: Case) -> tuple[Gap, ...]:
    """This function will list the restarts of the server around the failure's beginning, in time order."""
    onset = case.bracket.interval
    found = [
        g
        for g in case.context.gaps
        if g.asset == case.asset
        and g.kind is GapKind.RESTART
        and g.interval.not_before < onset.not_after
        and g.interval.not_after >= onset.not_before
    ]
    return tuple(sorted(found, key=lambda g: (g.interval.not_before, g.id)))


def restarted(case: Case) -> bool:
    """This function will say whether the server was restarted between the last good check and the failure."""
    onset = case.bracket.interval
    return bool(restarts(case)) or any(
        c.asset == case.asset
        and c.kind is ItemKind.HOST
        and c.interval.order_to(onset) is Order.POSSIBLY_BEFORE
        for c in case.changes
    )


def restart_since(change: Change, case: Case) -> tuple[Reason, ...]:
    """This function will say that the server was started anew after a change and before the failure: what waits for a
    restart breaks it then, as it breaks a copy that starts anew.
    """
    until = change.interval.not_after
    since = [g for g in restarts(case) if g.interval.not_before >= until]
    if not since or change.asset != case.asset:
        return ()
    when = zone_label(since[0].interval.not_before, case.context.zone)
    says = f"The server was started anew after it ({when}), before the failure was seen."
    facts = (
        FactRef("change", change.id, change.sentence),
        FactRef("gap", since[0].id, since[0].says),
    )
    return (Reason("causation: restart", says, facts),)
