"""What is charged beside time: trips to the site, and work that was asked for at short notice.

One definition for both forms of rating: the full decisions and the rows by volume each say which stretches of work
there were, in whole seconds, and `found_beside` says what they cost beside their time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from groundrules.core.agreements.facts import Outcome
from groundrules.core.agreements.further_terms import (
    Extra,
    NoticeStep,
    ShortNoticeTerms,
    TripTerms,
)
from groundrules.core.ids import ClauseNumber
from groundrules.core.money import Money
from groundrules.core.rating.answers import Beside
from groundrules.core.work import WorkPlace

_HOUR = 3600
NOBODY: Hashable = None


@dataclass(frozen=True, slots=True)
class BesideTerms:
    """What a version says about trips and short notice, and its base rate at the time."""

    trip: TripTerms | None
    short_notice: ShortNoticeTerms | None
    hourly: Money

    @property
    def says_something(self) -> bool:
        """Whether anything is charged beside time at all."""
        return self.trip is not None or self.short_notice is not None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of work, `start` to `until`: whose, where, under which version, and what it answers.

    What waits for a person is among them: it costs nothing beside its time, but it was work. `asked` is when an
    authorised request came for work that had not begun (`request` names it); None otherwise. Names are whatever the
    form of rating knows them by.
    """

    entry: Hashable
    technician: Hashable
    issue: Hashable
    day: Hashable
    start: int
    until: int
    place: WorkPlace
    outcome: Outcome
    version: int
    request: Hashable = NOBODY
    asked: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One thing charged beside time: what it is, the stretches it comes from (the first one first), and its price.

    `step` is the step of short notice that counted.
    """

    beside: Beside
    stretches: tuple[Stretch, ...]
    costs: Extra
    amount: Money
    clause: ClauseNumber
    per_issue: bool = True
    step: NoticeStep | None = None

    @property
    def first(self) -> Stretch:
        """The stretch that says when, by whom and under which version it was."""
        return self.stretches[0]


def found_beside(
    stretches: Iterable[Stretch], terms_at: Callable[[Stretch], BesideTerms]
) -> tuple[Found, ...]:
    """This function will say what stretches of work cost beside their time, in whatever order they come.

    `terms_at` returns what binds a stretch. Something that spans versions is charged once, by the first one's terms.
    """
    known = [(stretch, terms_at(stretch)) for stretch in sorted(stretches, key=_in_time)]
    return (*_trips(known), *_short_notices(_asked_anew(known)))


def _in_time(stretch: Stretch) -> tuple[int, str]:
    return stretch.start, str(stretch.entry)


_Known = Iterable[tuple[Stretch, BesideTerms]]


def _trips(known: _Known) -> Iterable[Found]:
    trips: dict[tuple[Hashable, ...], list[tuple[Stretch, TripTerms, Money]]] = {}
    for stretch, terms in known:
        trip = terms.trip
        if (
            trip
            and stretch.place is WorkPlace.ON_SITE
            and _counts(stretch, when_covered=trip.when_covered)
        ):
            issue = stretch.issue if trip.per_issue else NOBODY
            key = (stretch.technician, stretch.day, issue)
            trips.setdefault(key, []).append((stretch, trip, terms.hourly))
    for several in trips.values():
        _, trip, hourly = several[0]
        amount = trip.costs.price(hourly)
        if amount.minor:
            made = tuple(stretch for stretch, _, _ in several)
            yield Found(Beside.TRIP, made, trip.costs, amount, trip.clause, trip.per_issue)


def _asked_anew(known: _Known) -> _Known:
    """What was asked for while nobody worked on its issue: what goes on is not asked for, in how many entries ever."""
    spans: dict[Hashable, list[tuple[int, int]]] = {}
    for stretch, _ in known:
        spans.setdefault(stretch.issue, []).append((stretch.start, stretch.until))
    for stretch, terms in known:
        asked = stretch.asked
        if asked is not None and not any(
            start < asked <= until for start, until in spans[stretch.issue]
        ):
            yield stretch, terms


def _short_notices(known: _Known) -> Iterable[Found]:
    asked: dict[Hashable, list[tuple[Stretch, ShortNoticeTerms, Money]]] = {}
    for stretch, terms in known:
        notice = terms.short_notice
        if notice and _counts(stretch, when_covered=notice.when_covered):
            asked.setdefault(stretch.request, []).append((stretch, notice, terms.hourly))
    for several in asked.values():
        _, notice, hourly = several[0]
        made = tuple(stretch for stretch, _, _ in several)
        applying = [step for step in notice.steps if _applies(step, made)]
        if not applying:
            continue
        step = max(applying, key=lambda one: (one.costs.price(hourly).minor, -one.within_hours))
        amount = step.costs.price(hourly)
        if amount.minor:
            yield Found(Beside.SHORT_NOTICE, made, step.costs, amount, notice.clause, step=step)


def _counts(stretch: Stretch, *, when_covered: bool) -> bool:
    shown = {Outcome.COVERED, Outcome.NOT_BILLABLE} if when_covered else frozenset[Outcome]()
    return stretch.outcome is Outcome.BILLABLE or stretch.outcome in shown


def _applies(step: NoticeStep, made: Iterable[Stretch]) -> bool:
    """Whether the first work (in the step's place) began sooner after it was asked for than the step allows."""
    there = [s for s in made if step.place is None or s.place is step.place]
    first = there[0] if there else None
    return (
        first is not None
        and first.asked is not None
        and first.start - first.asked < step.within_hours * _HOUR
    )
