"""New time entries beside answers that stand: how long those hold by themselves, and what more work may move.

Decisions on other work never rest on a time entry, but rounding units are shared: work on one issue, by one person, on
one day is rounded together. What such a unit came to and comes to is found by rating its work without and with the new
entries; whatever else is rated on the way comes to the same both times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from groundrules.core.agreements.facts import CoverageState
from groundrules.core.agreements.terms import Agreement, RoundingUnit
from groundrules.core.answers.known import as_known
from groundrules.core.answers.model import Answers
from groundrules.core.answers.returning import OFF
from groundrules.core.calendars import at_local
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.ids import TechnicianId
from groundrules.core.periods import local_date, utc
from groundrules.core.rating.answers import Charge, UnchargedLine
from groundrules.core.rating.journal import charge_source
from groundrules.core.rating.rate import rate, uncharged_lines
from groundrules.core.work import TimeEntry, WorkPlace
from groundrules.core.world import World

FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
# Two instants of one local day lie at most so far apart (a day on which clocks are put back has 25 hours), and with
# versions in different zones a day of one zone and the same day of another span 50 hours.
_ONE_ZONE, _ANY_ZONES = timedelta(hours=26), timedelta(hours=52)
_BOTH = frozenset({RoundingUnit.ISSUE, RoundingUnit.LOCAL_DAY})


class UnitsUnclear(ValueError):
    """Two charges come from what reads as the same, so none of them can be told apart from the others."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Work that may be rounded or charged together with an entry: of its issue, by its person, at about its time.

    None stands for any.
    """

    issue: str | None
    technician: TechnicianId | None
    begins_before: datetime | None
    ends_after: datetime | None


@dataclass(frozen=True, slots=True)
class Moved:
    """What more work moves: the sources of charges it touches, their charges as they are now, and its lines at 0.00.

    A source without a charge has none any more.
    """

    sources: frozenset[str]
    charges: tuple[Charge, ...]
    lines: tuple[UnchargedLine, ...]


def holds_until(world: World, answers: Answers) -> datetime:
    """This function will say before which instant the answers stay the same if nothing is added to the world.

    `world` is all that is on record, `answers` what it says at `answers.at`; that instant itself is returned where time
    alone may move something at any moment. Only attributions, causes, decisions and charges are meant.
    """
    everything = as_known(world, FOR_EVER)
    if everything != answers.world or world.blocks or any(_off_from(answers)):
        return answers.at
    later = (deadline for deadline in _deadlines(world) if deadline > answers.at)
    return min(later, default=FOR_EVER)


def _off_from(answers: Answers) -> Iterator[CoverageState]:
    """The states in which a way back is open, of servers that are off now or will be: conditions may be met any day."""
    for span in answers.states:
        if span.state in OFF and (span.period.end is None or span.period.end > answers.at):
            yield span.state


def _deadlines(world: World) -> Iterator[datetime]:
    """When each request could be ratified at the latest, by whichever version."""
    for version in world.agreement.versions:
        terms, calendar = version.ratification, version.calendar
        if terms is not None:
            for request in world.requests:
                asked_on = local_date(calendar.zone, request.at)
                day = calendar.next_business_day(asked_on, terms.business_days)
                yield utc(at_local(calendar, day, terms.by))


def shared_with(entry: TimeEntry, agreement: Agreement) -> tuple[Shared, ...] | None:
    """This function will say which other work may be rounded or charged together with an entry.

    Returns None where that can't be bounded: then everything must be rated.
    """
    versions = agreement.versions
    if entry.period.end is None or any(v.short_notice for v in versions):
        return None
    found: list[Shared] = []
    units = frozenset(RoundingUnit).intersection(*(v.rounding.unit for v in versions))
    if RoundingUnit.ENTRY not in units:
        if not units & _BOTH:
            return None
        found.append(_shared(entry, agreement, units))
    if entry.place is WorkPlace.ON_SITE and any(v.trip for v in versions):
        trip = frozenset({RoundingUnit.PERSON, RoundingUnit.LOCAL_DAY})
        found.append(_shared(entry, agreement, trip))
    return tuple(found)


def _shared(entry: TimeEntry, agreement: Agreement, units: frozenset[RoundingUnit]) -> Shared:
    zones = {version.calendar.zone for version in agreement.versions}
    around = _ONE_ZONE if len(zones) == 1 else _ANY_ZONES
    by_day = RoundingUnit.LOCAL_DAY in units and entry.period.end is not None
    return Shared(
        issue=entry.issue if RoundingUnit.ISSUE in units else None,
        technician=entry.technician if RoundingUnit.PERSON in units else None,
        begins_before=entry.period.end + around if by_day and entry.period.end else None,
        ends_after=entry.period.start - around if by_day else None,
    )


def moved_by(
    new: Iterable[CoverageDecision], beside: Iterable[CoverageDecision], agreement: Agreement
) -> Moved:
    """This function will say what new decisions move; `beside` are those on all work they may share a unit with.

    Raises UnitsUnclear, and what `rate` raises.
    """
    added, known = tuple(new), tuple(beside)
    before = _by_source(rate(known, agreement))
    after = _by_source(rate((*known, *added), agreement))
    touched = {s for s in (*before, *after) if before.get(s) != after.get(s)}
    return Moved(
        sources=frozenset(touched),
        charges=tuple(charge for source, charge in after.items() if source in touched),
        lines=uncharged_lines(added),
    )


def _by_source(charges: tuple[Charge, ...]) -> dict[str, Charge]:
    found = {charge_source(charge): charge for charge in charges}
    if len(found) != len(charges):
        message = "two charges come from the same source; rate everything"
        raise UnitsUnclear(message)
    return found
