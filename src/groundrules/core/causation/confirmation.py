"""What must tie a failure to a change besides time and path before it is called likely.

An innocent change shortly before a failure of other origin looks exactly like a cause. So the error must name what was
changed; or putting it back must have healed it; or of the applications on the server just those must have failed that
need it. The same is asked of everybody's changes.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from groundrules.core.attribution.timing import spoken
from groundrules.core.causation.case import Case
from groundrules.core.causation.consider import Considered
from groundrules.core.causation.deeds import Deed, deed_of, is_great_step, shuts_out
from groundrules.core.causation.signatures import ErrorSays, error_about, needs_no_change
from groundrules.core.causation.troubles import is_symptom
from groundrules.core.changes import Change
from groundrules.core.evidence import ItemKind
from groundrules.core.reasons import FactRef, Reason

# A component is altered about once a month, so in four hours by chance in one failure of two hundred.
_SELDOM_BY_CHANCE = timedelta(hours=4)


class Tie(StrEnum):
    """What ties a failure to a change besides time and path; each kind is certified by itself."""

    NAMED = "the error names it"
    LATE = "an error that names it, though checks passed after it"
    TWICE = "a repair, and which applications failed"
    OTHERWISE = "a repair, or which applications failed"


def tie_of(considered: Considered, case: Case) -> Tie | None:
    """This function will say what more than time and path ties the failure to a change; None when nothing does."""
    change, deed = considered.change, deed_of(considered.change)
    if is_symptom(change) or change.kind is ItemKind.HOST:
        # A restart brings to effect what was changed before it; who restarted changed nothing.
        return None
    says = error_about(change, case)
    if says is ErrorSays.NAMES_ANOTHER:
        return None
    if says is ErrorSays.NAMES_IT:
        return Tie.NAMED if _can_break(deed, considered, case) else None
    drastic = deed is Deed.TAKES_AWAY or is_great_step(change)
    return _otherwise(considered, case) if drastic else None


def _otherwise(considered: Considered, case: Case) -> Tie | None:
    """Two facts that know nothing of each other tie more than either: what healed on the server, and who failed there.

    What was put right after the application worked again healed nothing.
    """
    others = _just_those(considered, case) and not shuts_out(considered.change)
    if others and considered.healed and "causation: outlived" not in considered.rules:
        return Tie.TWICE
    return Tie.OTHERWISE if others or considered.healed else None


def _can_break(deed: Deed, considered: Considered, case: Case) -> bool:
    """An alteration is often harmless: one comes by chance between two checks far apart, and none that broke something
    is outlived. Nor is a password: who uses it must be given the new one, and that is a change too.
    """
    outlived = "causation: outlived" in considered.rules
    if deed is Deed.ALTERS:
        onset = case.bracket.interval
        near = onset.not_after - onset.not_before <= _SELDOM_BY_CHANCE
        return near and not outlived
    return deed is Deed.TAKES_AWAY and not (outlived and shuts_out(considered.change))


def _just_those(considered: Considered, case: Case) -> bool:
    """Another application that needs it failed too, and one on the server that does not need it stayed healthy.

    A changed password is left out: those who know it changed their own settings, and who failed tells little.
    """
    return considered.failed_beside and considered.spared and not case.all_failed


def unconfirmed(remaining: tuple[Considered, ...], case: Case) -> Reason:
    """This function will say that nothing but time and path ties the failure to what remains."""
    error = case.error
    shown = [c.change for c in remaining if is_symptom(c.change)]
    if shown:
        return _symptoms(shown)
    spoken_of = [c for c in remaining if error_about(c.change, case) is ErrorSays.NAMES_IT]
    if spoken_of:
        return _named_only(spoken_of, case)
    what = ", ".join(sorted({c.change.component for c in remaining}))
    said = f'The error ("{error}") does not name {what}' if error else "No error is on record"
    if needs_no_change(error):
        said = f'The error ("{error}") says by itself why it failed, for which it takes no change'
    says = (
        f"{said}, and neither a repair nor what else failed ties the failure to it: it can have happened just before "
        f"by chance."
    )
    fact = FactRef("incident", case.incident.id, case.incident.title)
    return Reason("causation: unconfirmed", says, (fact,))


def _named_only(spoken_of: list[Considered], case: Case) -> Reason:
    """Why an error that names a change is not enough by itself."""
    what = ", ".join(sorted({c.change.component for c in spoken_of}))
    if all(deed_of(c.change) is Deed.ADDS for c in spoken_of):
        but = "what was done to it only added something"
    elif any("causation: outlived" in c.rules for c in spoken_of):
        but = "it worked again before any record says that this was put right"
    else:
        apart = spoken(case.bracket.interval.not_after - case.bracket.interval.not_before)
        but = f"the checks lie {apart} apart, and in so long such a change comes by chance as well"
    says = f'The error ("{case.error}") names {what}, but {but}.'
    facts = tuple(FactRef("change", c.change.id, c.change.sentence) for c in spoken_of)
    return Reason("causation: unconfirmed", says, facts)


def _symptoms(shown: list[Change]) -> Reason:
    what = ", ".join(sorted({c.component for c in shown}))
    says = (
        f"Nobody is on record as having stopped {what}: what crashes is found stopped as well, so this may be what "
        f"failed and not why."
    )
    return Reason(
        "causation: symptom", says, tuple(FactRef("change", c.id, c.sentence) for c in shown)
    )
