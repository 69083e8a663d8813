"""What is wrong with a relationship: each measure against its target or benchmark, in a sentence with its figures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from groundrules.core.ids import TimeEntryId
from groundrules.core.profitability.facts import Measures, RelationshipFacts, hours_label, percent

_HOUR = 3600
_NAMED_IN_A_SENTENCE = 5


class AlarmKind(StrEnum):
    """What is wrong with a relationship."""

    BELOW_TARGET = "below target"
    BELOW_MARGIN = "below target margin"
    NO_MARGIN = "no margin"
    FLIGHT_RISK = "flight risk"
    UNDERPAID = "underpaid"
    MANY_REPAIRS = "many repairs"
    UNCOSTED_HOURS = "uncosted hours"


MONEY_IS_SHORT = frozenset({AlarmKind.BELOW_TARGET, AlarmKind.BELOW_MARGIN, AlarmKind.NO_MARGIN})


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is wrong, in a sentence with its figures."""

    kind: AlarmKind
    sentence: str


def alarms_of(
    facts: RelationshipFacts, measures: Measures, uncosted: tuple[TimeEntryId, ...]
) -> tuple[Alarm, ...]:
    """This function will name everything that is wrong; `uncosted` is the work without a cost rate."""
    found = [
        _below_target(facts, measures),
        _below_margin(facts, measures),
        _no_margin(facts, measures),
        _flight_risk(facts, measures),
        _underpaid(facts, measures),
        _many_repairs(facts, measures),
    ]
    if uncosted:
        listed = _listed(uncosted)
        found.append(
            Alarm(
                AlarmKind.UNCOSTED_HOURS,
                f"No cost rate is on record for {listed}; the profit is at most {measures.gross_profit}.",
            )
        )
    return tuple(alarm for alarm in found if alarm is not None)


def _below_target(facts: RelationshipFacts, measures: Measures) -> Alarm | None:
    rate = measures.hourly_rate
    if rate is None or rate >= facts.target:
        return None
    return Alarm(
        AlarmKind.BELOW_TARGET,
        f"It earns {rate} an hour, below the target of {facts.target}; gross profit is {measures.gross_profit}.",
    )


def _listed(uncosted: tuple[TimeEntryId, ...]) -> str:
    """A sentence names a few; the page lists them all."""
    shown, more = uncosted[:_NAMED_IN_A_SENTENCE], len(uncosted) - _NAMED_IN_A_SENTENCE
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _below_margin(facts: RelationshipFacts, measures: Measures) -> Alarm | None:
    share, target = measures.margin, facts.target_margin
    if share is None or target is None or share >= target:
        return None
    return Alarm(
        AlarmKind.BELOW_MARGIN,
        f"The gross margin is {percent(share)}, below the target of {percent(target)}.",
    )


def _no_margin(facts: RelationshipFacts, measures: Measures) -> Alarm | None:
    """Exactly nothing is not a profit, and next to nothing is not one either: nobody leaves the house to break even."""
    band = facts.revenue.minor * facts.break_even_band
    if measures.gross_profit.minor > band:
        return None
    word = "breaks even" if abs(measures.gross_profit.minor) <= band else "loses money"
    return Alarm(AlarmKind.NO_MARGIN, f"It {word}: gross profit is {measures.gross_profit}.")


def _flight_risk(facts: RelationshipFacts, measures: Measures) -> Alarm | None:
    ratio = measures.efficiency
    if ratio is None or ratio <= facts.highest_efficiency:
        return None
    return Alarm(
        AlarmKind.FLIGHT_RISK,
        f"The client pays {percent(ratio)} of what the work would cost by the hour and may leave.",
    )


def _underpaid(facts: RelationshipFacts, measures: Measures) -> Alarm | None:
    ratio, least = measures.efficiency, facts.lowest_efficiency
    if ratio is None or least is None or ratio >= least:
        return None
    return Alarm(
        AlarmKind.UNDERPAID,
        f"The client pays {percent(ratio)} of what the work would cost by the hour; {percent(least)} is healthy.",
    )


def _many_repairs(facts: RelationshipFacts, measures: Measures) -> Alarm | None:
    found, usual = measures.rhem, facts.usual_rhem
    if found is None or usual is None or found <= usual:
        return None
    return Alarm(
        AlarmKind.MANY_REPAIRS,
        f"Repairs take {hours_label(round(found * _HOUR))} for each endpoint and month; "
        f"{hours_label(round(usual * _HOUR))} is usual.",
    )
