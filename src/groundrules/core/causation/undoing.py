"""When a change that was put back is ruled out by that, and when it is not.

A passing check after it was put back shows that nothing was left of it. Without one, what it broke may have stayed
broken: a program that lost its database gives up, and nobody starts it anew. A login made anew is another login, and a
restore brings back what was so at its point.
"""

from __future__ import annotations

from groundrules.core.calendars import zone_label
from groundrules.core.causation.case import Case
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, ItemKind
from groundrules.core.periods import utc
from groundrules.core.reasons import FactRef, Reason
from groundrules.core.recovery import Recovery

_LOGINS = frozenset({ItemKind.ACCOUNT, ItemKind.PASSWORD, ItemKind.DATABASE_LOGIN})
# Reasons of a change that was put back and is not ruled out by it: it may not carry a verdict.
UNSETTLED = frozenset({"causation: put back before", "causation: brought back"})


def undone_before(
    change: Change, undone: Change | None, case: Case, *, passed: bool
) -> tuple[Reason, ...]:
    """This function will rule out what was put back before the failure.

    `passed` says that the application passed a check after that.
    """
    if undone is None or not _lies_before(undone, case):
        return ()
    if not passed or is_made_anew(change) or brought_back(change, undone, case) is not None:
        return ()
    says = f"It was undone before the failure ({_when(undone, case)})."
    return (Reason("causation: reversed", says, _facts(change, undone)),)


def undone_unsurely(change: Change, undone: Change | None, case: Case) -> tuple[Reason, ...]:
    """This function will say why a change put back before the failure was seen stays, and carries no verdict."""
    if undone is None or not _lies_before(undone, case):
        return ()
    when, facts = _when(undone, case), _facts(change, undone)
    restore = brought_back(change, undone, case)
    if restore is not None:
        point = zone_label(restore.restore_point, case.context.zone)
        says = f"It was undone ({when}), and then {case.asset} was restored to {point}, when it was not yet undone."
        fact = FactRef("recovery", restore.incident)
        return (Reason("causation: brought back", says, (*facts, fact)),)
    left = "no check passed between that and the failure, so what it broke may have stayed broken"
    if is_made_anew(change):
        left = "a login made anew has another secret, and may have other rights"
    says = f"It was put back before the failure was seen ({when}), but {left}."
    return (Reason("causation: put back before", says, facts),)


def brought_back(change: Change, undone: Change | None, case: Case) -> Recovery | None:
    """This function will return the restore to a point after a change and before it was undone: it brought it back."""
    made, onset = change.interval, case.bracket.interval
    found = [
        r
        for r in case.context.recoveries
        if undone is not None
        and r.asset == change.asset
        and made.not_after <= utc(r.restore_point) <= undone.interval.not_before
        and undone.interval.not_after <= utc(r.restored_at or r.recovered_at or r.failed_at)
        and utc(r.failed_at) < onset.not_after
    ]
    return max(found, key=lambda r: (utc(r.failed_at), r.incident), default=None)


def is_made_anew(change: Change) -> bool:
    """This function will say whether putting it back makes another of the same name."""
    return change.kind in _LOGINS and change.action is Action.REMOVED


def _lies_before(undone: Change, case: Case) -> bool:
    return undone.interval.not_after < case.bracket.interval.not_after


def _when(undone: Change, case: Case) -> str:
    return zone_label(undone.interval.not_after, case.context.zone)


def _facts(change: Change, undone: Change) -> tuple[FactRef, ...]:
    return tuple(FactRef("change", c.id, c.sentence) for c in (change, undone))
