"""What must tie a failure to a change besides time and path before it is called likely.

An innocent change shortly before a failure of other origin looks exactly like a cause. So the error must name what was
changed, or putting back what had been taken away must have healed it, or a run of work must have set out to change
just that minutes before.
"""

from __future__ import annotations

from datetime import timedelta

from groundrules.core.causation.consider import Case, Considered
from groundrules.core.causation.deeds import Deed, deed_of
from groundrules.core.causation.signatures import ErrorSays, error_about
from groundrules.core.changes import is_needed_by
from groundrules.core.reasons import FactRef, Reason

_MOMENT = timedelta(minutes=5)
_NARROW = timedelta(minutes=30)


def is_confirmed(considered: Considered, case: Case) -> bool:
    """This function will say whether more than time and path ties the failure to a change."""
    change, deed = considered.change, deed_of(considered.change)
    says = error_about(change, case)
    if says is not ErrorSays.NAMES_NOTHING:
        return says is ErrorSays.NAMES_IT and _can_break(deed, case)
    healed = any(r.rule == "causation: repair" for r in considered.hypothesis.reasons)
    return (healed and deed is Deed.TAKES_AWAY) or _set_out_to(considered, case)


def _can_break(deed: Deed, case: Case) -> bool:
    """An alteration is often harmless: in hours between two checks one of them comes by chance."""
    if deed is Deed.ALTERS:
        return case.bracket.interval.not_after - case.bracket.interval.not_before <= _NARROW
    return deed is Deed.TAKES_AWAY


def _set_out_to(considered: Considered, case: Case) -> bool:
    """A recorded run listed just this component, and a passing and a failing check lie within minutes around it."""
    change, onset = considered.change, case.bracket.interval
    listed = any(
        is_needed_by(component, change.component)
        for run in case.context.own_runs
        if run.id == change.run
        for component in run.components
    )
    return listed and onset.not_after - onset.not_before <= _MOMENT


def unconfirmed(remaining: tuple[Considered, ...], case: Case) -> Reason:
    """This function will say that nothing but time and path ties the failure to what remains."""
    error = case.error
    what = ", ".join(sorted({c.change.component for c in remaining}))
    said = f'The error ("{error}") does not name {what}' if error else "No error is on record"
    says = f"{said}, and no repair or run ties the failure to it: it can have happened just before by chance."
    fact = FactRef("incident", case.incident.id, case.incident.title)
    return Reason("causation: unconfirmed", says, (fact,))
