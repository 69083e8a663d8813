"""What goes on although it was changed: connections that are open, and what a program has loaded.

A login's change is felt when the next connection is opened, that of a package or a settings file when a program reads
it anew. So passing checks do not clear such a change by themselves.
"""

from __future__ import annotations

from datetime import timedelta

from groundrules.core.causation.case import Case
from groundrules.core.causation.deeds import Deed, deed_of
from groundrules.core.causation.naming import mentions
from groundrules.core.changes import Change
from groundrules.core.evidence import ItemKind
from groundrules.core.periods import Order
from groundrules.core.reasons import FactRef, Reason

_LOGINS = frozenset({ItemKind.PASSWORD, ItemKind.DATABASE_LOGIN, ItemKind.ACCOUNT, ItemKind.GROUP})
_LOADED = frozenset({ItemKind.PACKAGE, ItemKind.PATCH, ItemKind.FILE, ItemKind.CONFIG_FILE})
# Pools of connections and tickets are renewed, and the workers of a program started anew, within a day. Of anything
# else a program may feel the loss some minutes later, at its next use.
_LONGEST, _NEXT_USE = timedelta(days=1), timedelta(hours=1)


def goes_on(change: Change, case: Case) -> tuple[Reason, ...]:
    """This function will say that passing checks do not clear a change which the error names: connections that were
    open went on, or programs that had loaded it did. Where the error names something that was changed after the last
    good check, they do.
    """
    wait = case.bracket.interval.not_after - change.interval.not_before
    longest = _LONGEST if change.kind in _LOGINS | _LOADED else _NEXT_USE
    if deed_of(change) is Deed.ADDS or wait > longest:
        return ()
    if not _names(change, case) or _names_a_later_one(case):
        return ()
    rule, went_on = "loaded", "what had loaded it before goes on until it is started anew"
    if change.kind in _LOGINS:
        rule, went_on = "logged in", "connections that were open go on until they are opened anew"
    if change.kind not in _LOGINS | _LOADED:
        rule, went_on = "next use", "what it took away may be missed at its next use"
    says = f"Checks passed after it, and do not clear it: the error names {change.component}, and {went_on}."
    fact = FactRef("change", change.id, change.sentence)
    return (Reason(f"causation: {rule}", says, (fact,)),)


def _names(change: Change, case: Case) -> bool:
    return mentions(case.error, change.component, case.name)


def _names_a_later_one(case: Case) -> bool:
    onset = case.bracket.interval
    lately = (
        c
        for c in case.changes
        if c.asset == case.asset and c.interval.order_to(onset) is Order.POSSIBLY_BEFORE
    )
    return any(_names(c, case) for c in lately)
