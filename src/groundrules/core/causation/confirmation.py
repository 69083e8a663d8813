"""What must tie a failure to a change besides time and path before it is called likely.

An innocent change shortly before a failure of other origin looks exactly like a cause. So the error must name what was
changed; or putting it back must have healed it; or of the applications on the server just those must have failed that
need it. The same is asked of everybody's changes.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from groundrules.core.causation.case import Case
from groundrules.core.causation.consider import Considered
from groundrules.core.causation.deeds import SECRETS, Deed, deed_of, is_great_step
from groundrules.core.causation.signatures import ErrorSays, error_about
from groundrules.core.reasons import FactRef, Reason

# A component is altered about once a month, so in four hours by chance in one failure of two hundred.
_SELDOM_BY_CHANCE = timedelta(hours=4)


class Tie(StrEnum):
    """What ties a failure to a change besides time and path; each kind is certified by itself."""

    NAMED = "the error names it"
    OTHERWISE = "a repair, or which applications failed"


def tie_of(considered: Considered, case: Case) -> Tie | None:
    """This function will say what more than time and path ties the failure to a change; None when nothing does."""
    change, deed = considered.change, deed_of(considered.change)
    says = error_about(change, case)
    if says is ErrorSays.NAMES_ANOTHER:
        return None
    if says is ErrorSays.NAMES_IT:
        return Tie.NAMED if _can_break(deed, considered, case) else None
    drastic = deed is Deed.TAKES_AWAY or is_great_step(change)
    others = _just_those(considered, case) and change.kind not in SECRETS
    return Tie.OTHERWISE if drastic and (considered.healed or others) else None


def _can_break(deed: Deed, considered: Considered, case: Case) -> bool:
    """An alteration is often harmless: one comes by chance between two checks far apart, and none that broke something
    is outlived. Nor is a password: who uses it must be given the new one, and that is a change too.
    """
    outlived = "causation: outlived" in considered.rules
    if deed is Deed.ALTERS:
        onset = case.bracket.interval
        near = onset.not_after - onset.not_before <= _SELDOM_BY_CHANCE
        return near and not outlived
    return deed is Deed.TAKES_AWAY and not (outlived and considered.change.kind in SECRETS)


def _just_those(considered: Considered, case: Case) -> bool:
    """Another application that needs it failed too, and one on the server that does not need it stayed healthy.

    A changed password is left out: those who know it changed their own settings, and who failed tells little.
    """
    return considered.failed_beside and considered.spared and not case.all_failed


def unconfirmed(remaining: tuple[Considered, ...], case: Case) -> Reason:
    """This function will say that nothing but time and path ties the failure to what remains."""
    error = case.error
    what = ", ".join(sorted({c.change.component for c in remaining}))
    said = f'The error ("{error}") does not name {what}' if error else "No error is on record"
    says = (
        f"{said}, and neither a repair nor what else failed ties the failure to it: it can have happened just before "
        f"by chance."
    )
    fact = FactRef("incident", case.incident.id, case.incident.title)
    return Reason("causation: unconfirmed", says, (fact,))
