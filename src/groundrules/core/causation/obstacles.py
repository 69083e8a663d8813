"""What keeps a change from being called likely: missing evidence, what failed by itself, unexplained own work."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.causation.answers import Alternative
from groundrules.core.causation.case import Case
from groundrules.core.causation.features import troubles_of
from groundrules.core.causation.paths import best_path
from groundrules.core.causation.recurrence import recurring
from groundrules.core.causation.troubles import is_trouble
from groundrules.core.changes import Change
from groundrules.core.evidence import GapKind, ItemKind
from groundrules.core.periods import Order
from groundrules.core.reasons import FactRef, Reason

# An audit that was off hides who, not what; a restart is weighed where it matters (`restarts.restarted`).
_DISKS = frozenset({ItemKind.DISK, ItemKind.DISK_ARRAY})
_HIDE_NO_CHANGE = frozenset({GapKind.AUDIT_OFF, GapKind.RESTART})


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Everything that stands against calling one change likely, as reasons; none when it is empty."""

    reasons: tuple[Reason, ...]


def obstacles(case: Case, left_open: tuple[Alternative, ...]) -> Obstacles:
    """This function will collect what keeps the verdict at candidates."""
    found = (
        _unwatched(case),
        _gaps(case),
        _troubles(case),
        _exchanged(case),
        recurring(case),
        _simultaneous(case),
    )
    return Obstacles((*(reason for part in found for reason in part), *_own_work(left_open)))


def _unwatched(case: Case) -> tuple[Reason, ...]:
    if case.bracket.last_good is not None:
        return ()
    says = f"No good check of {case.name} before the failure is on record, so it may have begun earlier."
    fact = FactRef("incident", case.incident.id, case.incident.title)
    return (Reason("causation: unwatched", says, (fact,)),)


def _gaps(case: Case) -> tuple[Reason, ...]:
    onset = case.bracket.interval
    over = [
        g
        for g in case.context.gaps
        if g.asset == case.asset
        and g.kind not in _HIDE_NO_CHANGE
        and g.interval.not_before < onset.not_after
        and g.interval.not_after > onset.not_before
    ]
    ordered = sorted(over, key=lambda g: (g.interval.not_before, g.kind.value, g.source, g.id))
    return tuple(
        Reason(
            "causation: gap",
            f"Evidence between the last good check and the failure is incomplete: {g.kind.value} ({g.source}).",
            (FactRef("gap", g.id, g.says),),
        )
        for g in ordered
    )


def _troubles(case: Case) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            "causation: trouble",
            f"{_told(c)} at that time, which can explain the failure without any change.",
            (FactRef("change", c.id, c.sentence),),
        )
        for c in troubles_of(case)
    )


def _exchanged(case: Case) -> tuple[Reason, ...]:
    """A disk that came or went after the failure and before it worked again may be what failed, and what healed it."""
    onset = case.bracket.interval
    until = case.recovered or onset.not_after + case.context.aftermath
    found = [
        c
        for c in case.changes
        if c.asset == case.asset
        and c.kind in _DISKS
        and not is_trouble(c)
        and c.interval.not_after > onset.not_after
        and c.interval.not_before <= until
    ]
    ordered = sorted(found, key=lambda c: (c.interval.not_before, c.component, c.id))
    return tuple(
        Reason(
            "causation: exchanged",
            f"{_told(c)} before it worked again, so a disk may be what failed.",
            (FactRef("change", c.id, c.sentence),),
        )
        for c in ordered
    )


def _told(change: Change) -> str:
    return f"{change.sentence} ({change.after})" if change.after else change.sentence


def _simultaneous(case: Case) -> tuple[Reason, ...]:
    """A needed component that changed within clock slack of the first failure may have changed before it."""
    onset, slack = case.bracket.interval, case.context.slack
    found = [
        c
        for c in case.changes
        if c.interval.order_to(onset) is Order.CERTAINLY_AFTER
        and c.interval.not_before - onset.not_after <= slack
        and best_path(c, case.reached) is not None
    ]
    ordered = sorted(found, key=lambda c: (c.interval.not_before, c.component, c.id))
    return tuple(
        Reason(
            "causation: simultaneous",
            f"{c.sentence} in the same seconds as the first failure; clocks do not tell which came first.",
            (FactRef("change", c.id, c.sentence),),
        )
        for c in ordered
    )


def _own_work(left_open: tuple[Alternative, ...]) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            "causation: own work",
            f"{a.label} was under way and left no change on record, so what it did is not known.",
            (FactRef(a.kind, a.ref),),
        )
        for a in left_open
    )
