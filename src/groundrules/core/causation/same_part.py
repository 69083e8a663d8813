"""What else was done to the same part: then what ties a failure to one change ties it to the other as well."""

from __future__ import annotations

from groundrules.core.calendars import when_label
from groundrules.core.causation.consider import Considered
from groundrules.core.causation.deeds import Deed, deed_of
from groundrules.core.causation.weighed import Weighed
from groundrules.core.changes import same_component
from groundrules.core.reasons import FactRef, Reason

# From this probability on, all of them together, what was changed before checks that passed is not left aside. Most
# acts called likely wrongly on calibration worlds stood beside such a change (docs/reference/scoreboard.md).
_MAY_HAVE_WAITED = 0.02
_MOST = 3


def not_told_apart(act: tuple[Considered, ...], weighed: Weighed) -> tuple[Reason, ...]:
    """This function will say what the act that facts tie the failure to is not told from, empty where nothing is: the
    same was changed before checks that passed, and its harm may have waited; or it was put in again since, and what was
    put in may be what failed.
    """
    before = tuple(o for o in weighed.waited if any(_same(o, c) for c in act))
    since = tuple(o for o in weighed.remaining if any(_put_in_since(o, c) for c in act))
    zone = weighed.case.context.zone
    told = [_reason("same since", "It was put in again since, and may be what failed", since, zone)]
    if weighed.probability(before) >= _MAY_HAVE_WAITED:
        says = "What it touched was also changed before checks that passed, and harm of that may have waited"
        told.insert(0, _reason("same before", says, before, zone))
    return tuple(reason for reason in told if reason.facts)


def _put_in_since(other: Considered, act: Considered) -> bool:
    later = other.change.interval.not_before >= act.change.interval.not_after
    return deed_of(other.change) is Deed.ADDS and _same(other, act) and later


def _same(one: Considered, other: Considered) -> bool:
    return same_component(one.change.component, other.change.component)


def _reason(rule: str, says: str, those: tuple[Considered, ...], zone: str) -> Reason:
    told = "; ".join(
        f"{c.change.sentence} ({when_label(c.change.interval.not_before, c.change.interval.not_after, zone)})"
        for c in those[:_MOST]
    )
    told += f"; and {len(those) - _MOST} more" if len(those) > _MOST else ""
    facts = tuple(FactRef("change", c.change.id, c.change.sentence) for c in those)
    return Reason(f"causation: {rule}", f"{says}: {told}.", facts)
