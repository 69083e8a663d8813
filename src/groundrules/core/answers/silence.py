"""What a client's report says of the time in which a collector was silent: unseen, or at rest by the agreement."""

from __future__ import annotations

from groundrules.core.agreements.further_terms import ManagedService
from groundrules.core.agreements.rests import rests
from groundrules.core.answers.model import Answers
from groundrules.core.calendars import zone_label
from groundrules.core.evidence import Gap
from groundrules.core.periods import Period, merged, outside, utc

_UNSEEN = "numbers of that time are incomplete."


def silence_told(answers: Answers, gap: Gap) -> tuple[str, ...]:
    """This function will say from when to when a collector was silent, and what of it monitoring rested, in order.

    What the agreement paused is no failing of ours, and yet nobody looked: both are said.
    """
    zone = answers.world.client.zone
    if gap.interval.is_exact:
        when = zone_label(gap.interval.not_before, zone)
        return (f"{gap.asset}: our collector was silent at {when}; {_UNSEEN}",)
    span = Period(utc(gap.interval.not_before), utc(gap.interval.not_after))
    agreement, states = answers.world.agreement, answers.states_of(gap.asset)
    rested = [
        shared
        for one in merged(rests(agreement, states, ManagedService.MONITORING))
        if (shared := one.intersection(span)) is not None
    ]
    told = [(one, "our collector was silent") for one in outside(span, rested)]
    told += [(one, "monitoring rested while the server was suspended") for one in rested]
    return tuple(
        f"{gap.asset}: {what} from {zone_label(one.start, zone)} "
        f"to {zone_label(one.end or span.end or span.start, zone)}; {_UNSEEN}"
        for one, what in sorted(told, key=lambda pair: pair[0].start)
    )
