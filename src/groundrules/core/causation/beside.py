"""What the other applications tell of a change: those on the server that need it, and those of servers where the very
same was done.
"""

from __future__ import annotations

from datetime import datetime

from groundrules.core.calendars import zone_label
from groundrules.core.causation.case import Case, item_of
from groundrules.core.causation.context import CausationContext
from groundrules.core.causation.controls import LONGEST_CONTROL, Control, Neighbour
from groundrules.core.causation.paths import best_path
from groundrules.core.changes import Change
from groundrules.core.evidence import HealthCheck
from groundrules.core.reasons import FactRef, Reason


def neighbours(change: Change, case: Case, end: datetime) -> Control:
    """This function will look at the other applications that need what was changed: healthy ones speak against it,
    unless another of them failed as well (whoever changes a password tells their own application).

    Looked at from the change until `end`. So do those that went on where the very same was done on another server.
    """
    found = [
        _unless_entailed(_neighbour(neighbour, change, end, case.context), neighbour, change, case)
        for neighbour in case.beside
        if best_path(change, neighbour.reached) is not None
    ]
    reasons = tuple(reason for control in found for reason in control.reasons)
    failed = any(control.failed for control in found)
    against = any(control.against for control in found)
    elsewhere = () if failed or against else _went_well_elsewhere(change, case)
    return Control((*reasons, *elsewhere), not failed and (against or bool(elsewhere)), failed)


def _unless_entailed(control: Control, neighbour: Neighbour, change: Change, case: Case) -> Control:
    """Of two applications one of which needs the other, both fail whatever broke it: that tells nothing of a change."""
    theirs, ours = best_path(change, neighbour.reached), best_path(change, case.reached)
    through = theirs is not None and case.name in theirs.path[1:]
    beyond = ours is not None and neighbour.application.name in ours.path[1:]
    return Control() if control.failed and (through or beyond) else control


def _went_well_elsewhere(change: Change, case: Case) -> tuple[Reason, ...]:
    """The same was done on other servers within a day, and whatever needs it there and was checked stayed healthy."""
    found = [
        (twin, n, _neighbour(n, twin, twin.interval.not_after + LONGEST_CONTROL, case.context))
        for twin in _twins(change, case)
        for n in case.beside
        if best_path(twin, n.reached) is not None
    ]
    if any(control.failed for _, _, control in found):
        return ()
    return tuple(
        Reason(
            "causation: control",
            f"The same was done on {twin.asset}, where {n.application.name} needs it and was healthy afterwards.",
            (FactRef("change", twin.id, twin.sentence), *control.reasons[0].facts),
        )
        for twin, n, control in found
        if control.against
    )


def _twins(change: Change, case: Case) -> list[Change]:
    _, kind, name = item_of(change)
    others = {n.application.asset for n in case.beside} - {change.asset}
    found = [
        c for a in others for c in case.by_item.get((a, kind, name), ()) if _is_twin(c, change)
    ]
    return sorted(found, key=lambda c: (c.asset, c.id))


def _is_twin(one: Change, other: Change) -> bool:
    apart = abs(one.interval.not_before - other.interval.not_before)
    alike = (one.component, one.action, one.before, one.after)
    return alike == (other.component, other.action, other.before, other.after) and (
        apart <= LONGEST_CONTROL
    )


def _neighbour(
    neighbour: Neighbour, change: Change, end: datetime, context: CausationContext
) -> Control:
    ordered = neighbour.between(change.interval.not_after, end)
    name = neighbour.application.name
    bad = next((c for c in ordered if not c.healthy), None)
    if bad is not None:
        says = f"{name} needs {change.component} too, and failed after the change"
        return Control((_checked(says, bad, context),), failed=True)
    if not ordered:
        return Control()
    says = f"{name} needs {change.component} too, and was healthy after the change"
    return Control((_checked(says, ordered[-1], context),), against=True)


def _checked(says: str, check: HealthCheck, context: CausationContext) -> Reason:
    when = zone_label(check.at, context.zone)
    return Reason("causation: control", f"{says} ({when}).", (FactRef("health check", check.id),))
