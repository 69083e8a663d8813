"""Made-up billing histories: months of work in which facts arrive late, change their mind, and are invoiced meanwhile.

Every value follows from the seed. A history is a list of arrivals; what the books hold at an instant is the newest
version of each fact that had arrived by then, as in the real books.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from groundrules.core.agreements.facts import Asked, CoverageState, Outcome
from groundrules.core.agreements.further_terms import Proration
from groundrules.core.agreements.terms import (
    Agreement,
    AgreementVersion,
    DecidingClause,
    EvidenceNeed,
    FeeTerms,
    RateCard,
    RatificationTerms,
    Rounding,
    RoundingDirection,
)
from groundrules.core.calendars import Calendar, HoursBand, OpeningHours
from groundrules.core.ids import (
    AgreementId,
    AssetId,
    ClauseNumber,
    ClientId,
    ContactId,
    ProviderId,
    RequestId,
    TechnicianId,
    TimeEntryId,
)
from groundrules.core.lifecycle.answers import EntryKind, LifecycleEntry
from groundrules.core.money import Money
from groundrules.core.parties import Asset, Authority, Client, Contact, Provider, Technician
from groundrules.core.periods import Period
from groundrules.core.work import Ratification, Request, TimeEntry, WorkPlace, WorkType
from groundrules.core.world import World
from groundrules.services.history_orders import ALL_ARRIVED, Arrival, between, extended, orders_of

_BEGINS = datetime(2025, 12, 1, tzinfo=UTC)
MONTHS = tuple(date(2026, month, 1) for month in range(1, 6))
# When each month is invoiced: fees in advance, work as far as it is known, and everything late at the very end.
ISSUED_AT = tuple(datetime(2026, month, 3, 9, tzinfo=UTC) for month in (2, 3, 4, 5))
_LAST_WORK = datetime(2026, 4, 25, tzinfo=UTC)
_ASSETS = (AssetId("SRV-1"), AssetId("SRV-2"))
_PEOPLE = (TechnicianId("ADA"), TechnicianId("BEN"))
_OWNER, _DESK = ContactId("OWNER"), ContactId("DESK")
_ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Australia/Sydney")
_APART = 1_000_000
_LISTED = frozenset({CoverageState.COVERED, CoverageState.NOTICE})


@dataclass(frozen=True, slots=True)
class History:
    """The cards, both agreement versions with the instants they were signed, and every arrival in order."""

    seed: int
    base: World
    versions: tuple[AgreementVersion, ...]
    arrivals: tuple[Arrival, ...]

    def stood_at(self, at: datetime) -> World:
        """This function will return the world as the books held it at an instant."""
        newest: dict[tuple[str, str], Arrival] = {}
        for arrival in self.arrivals:
            if arrival.at <= at:
                newest[arrival.field, arrival.ref] = arrival
        facts: dict[str, Any] = {}
        for arrival in newest.values():
            facts.setdefault(arrival.field, []).append(arrival.fact)
        stood: dict[str, Any] = {name: tuple(values) for name, values in facts.items()}
        signed = tuple(version for version in self.versions if version.signed_at <= at)
        return replace(
            self.base,
            agreement=replace(self.base.agreement, versions=signed),
            **stood,
        )


def make_history(seed: int) -> History:
    """This function will make the history of a seed: work, requests, suspensions, new versions and corrections."""
    dice = random.Random(seed)  # noqa: S311 - made-up work, not a secret
    # Dice of their own: what is ordered does not change what is worked.
    ordering = random.Random(seed + _APART)  # noqa: S311 - as above
    versions = extended(_versions(dice), ordering)
    arrivals = [
        *_work(dice),
        *(arrival for asset in _ASSETS for arrival in _coverage(asset, dice)),
        *orders_of(ordering, versions[0].rates.hourly.currency),
    ]
    return History(seed, _cards(versions, dice), versions, _in_order(arrivals))


def reordered(history: History) -> History:
    """This function will let the same facts arrive in another order, each after it happened, versions in theirs."""
    dice = random.Random(-history.seed - 1)  # noqa: S311 - as above
    latest: dict[tuple[str, str], datetime] = {}
    moved = []
    for arrival in history.arrivals:
        key = arrival.field, arrival.ref
        earliest = max(arrival.happened, latest.get(key, arrival.happened))
        at = between(dice, earliest, ALL_ARRIVED)
        latest[key] = at
        moved.append(replace(arrival, at=at))
    return replace(history, arrivals=_in_order(moved))


def _in_order(arrivals: list[Arrival]) -> tuple[Arrival, ...]:
    return tuple(sorted(arrivals, key=lambda arrival: arrival.at))


def _cards(versions: tuple[AgreementVersion, ...], dice: random.Random) -> World:
    always = Period(_BEGINS)
    contacts = (
        Contact(_OWNER, "Owner", authorities=frozenset(Authority), authorised=always),
        Contact(_DESK, "Front desk"),
    )
    zone = versions[0].calendar.zone
    client = Client(
        ClientId("CLIENT"), "A client", zone, versions[0].rates.hourly.currency, contacts
    )
    agreement = Agreement(AgreementId("AGR"), client.id, "Managed services", versions)
    people = list(_PEOPLE)
    dice.shuffle(people)
    return World(
        Provider(ProviderId("MSP"), "A provider", zone),
        client,
        agreement,
        technicians=tuple(Technician(person, person.title()) for person in people),
        assets=tuple(Asset(asset, asset) for asset in _ASSETS),
    )


def _versions(dice: random.Random) -> tuple[AgreementVersion, ...]:
    zone = dice.choice(_ZONES)
    hourly = Money(dice.randrange(9000, 20000), dice.choice(("USD", "EUR")))
    change = datetime(2026, dice.choice((2, 3)), dice.choice((1, 12, 20)), 12, tzinfo=UTC)
    if dice.random() < 0.4:  # noqa: PLR2004 - four in ten keep their first version
        return (_version(1, Period(_BEGINS), zone, hourly, dice),)
    dearer = hourly.times(Fraction(dice.randrange(105, 140), 100))
    return (
        _version(1, Period(_BEGINS, change), zone, hourly, dice),
        _version(2, Period(change), zone, dearer, dice),
    )


def _version(
    number: int, in_force: Period, zone: str, hourly: Money, dice: random.Random
) -> AgreementVersion:
    hours = tuple(OpeningHours(day, time(8), time(17)) for day in range(5))
    return AgreementVersion(
        version=number,
        in_force=in_force,
        signed_at=in_force.start - timedelta(days=dice.randrange(3, 20)),
        assets=frozenset(_ASSETS),
        calendar=Calendar(zone, hours, frozenset({date(2026, 2, 16)})),
        rates=RateCard(hourly, {HoursBand.AFTER_HOURS: Fraction(dice.choice((3, 4)), 2)}),
        rounding=Rounding(
            dice.choice(tuple(RoundingDirection)),
            dice.choice((1, 6, 15)),
            minimum_minutes={HoursBand.AFTER_HOURS: dice.choice((0, 60))},
        ),
        fees=FeeTerms(
            Money(dice.randrange(10000, 50000), hourly.currency),
            proration=dice.choice(tuple(Proration)),
        ),
        clauses=_clauses(),
        ratification=RatificationTerms(ClauseNumber("4.2"), business_days=dice.choice((1, 5, 15))),
    )


def _clauses() -> tuple[DecidingClause, ...]:
    """Listed servers are covered; projects, servers that are off, and late work a client asked for are charged."""
    covered, late, off, project = map(ClauseNumber, ("2.1", "4.2", "6.3", "5.1"))
    asked = frozenset({Asked.AUTHORISED})
    return (
        DecidingClause(covered, "Covered", Outcome.COVERED, {"state": _LISTED}),
        DecidingClause(
            late,
            "Asked for after hours",
            Outcome.BILLABLE,
            {"state": _LISTED, "band": frozenset({HoursBand.AFTER_HOURS}), "asked": asked},
            (covered,),
            frozenset({EvidenceNeed.AUTHORITY}),
        ),
        DecidingClause(
            off, "Not covered", Outcome.BILLABLE, {"state": frozenset(CoverageState) - _LISTED}
        ),
        DecidingClause(
            project,
            "Projects",
            Outcome.BILLABLE,
            {"work_type": frozenset({WorkType.PROJECT})},
            (covered, late, off),
        ),
    )


def _work(dice: random.Random) -> Iterator[Arrival]:
    for number in range(dice.randrange(4, 11)):
        start = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=dice.randrange(108 * 24 * 60))
        end = min(start + timedelta(seconds=dice.randrange(300, 5 * 3600)), _LAST_WORK)
        request = RequestId(f"REQ-{number}") if dice.random() < 0.6 else None  # noqa: PLR2004 - six in ten
        written = between(dice, end, ALL_ARRIVED)
        entry = TimeEntry(
            TimeEntryId(f"TIM-{number}"),
            dice.choice(_PEOPLE),
            Period(start, end),
            f"issue {number // 2}",
            dice.choice((WorkType.MAINTENANCE, WorkType.MAINTENANCE, WorkType.PROJECT)),
            dice.choice(_ASSETS),
            request=request,
            place=dice.choice((*WorkPlace, WorkPlace.REMOTE)),
        )
        yield from _corrected(entry, written, dice)
        if request is not None:
            yield from _asked(request, start, dice)


def _corrected(entry: TimeEntry, written: datetime, dice: random.Random) -> Iterator[Arrival]:
    """An entry as first written down, sometimes corrected, and sometimes put back to what it said at first."""
    end = entry.period.end or entry.period.start
    wrong = replace(entry, period=Period(entry.period.start, end - (end - entry.period.start) / 3))
    spoken = dice.choice(((entry,), (entry,), (wrong, entry), (entry, wrong, entry)))
    for version in spoken:
        yield Arrival(written, end, "work", entry.id, version)
        written = between(dice, written, ALL_ARRIVED)


def _asked(request: RequestId, start: datetime, dice: random.Random) -> Iterator[Arrival]:
    """A request before the work, by someone who may or not; a ratification that is sometimes heard of late."""
    asked_at = start - timedelta(hours=2)
    contact = dice.choice((_OWNER, _DESK))
    plain = Request(request, contact, asked_at, "please")
    heard = between(dice, asked_at, ALL_ARRIVED)
    yield Arrival(heard, asked_at, "requests", request, plain)
    if contact == _DESK and dice.random() < 0.6:  # noqa: PLR2004 - six in ten are taken over
        ratified_at = start + timedelta(hours=dice.randrange(1, 400))
        if ratified_at < ALL_ARRIVED:
            whole = replace(plain, ratification=Ratification(_OWNER, ratified_at))
            told = between(dice, max(heard, ratified_at), ALL_ARRIVED)
            yield Arrival(told, ratified_at, "requests", request, whole)


def _coverage(asset: AssetId, dice: random.Random) -> Iterator[Arrival]:
    """A suspension and the way back, each written down late at times; a few are found wrongful and voided."""
    if dice.random() < 0.5:  # noqa: PLR2004 - every second server is never off
        return
    off = datetime(
        2026, dice.randrange(1, 4), dice.randrange(1, 28), dice.randrange(24), tzinfo=UTC
    )
    back = off + timedelta(days=dice.randrange(2, 25))
    steps = [(EntryKind.SUSPENDED, off), (EntryKind.REINSTATED, back)]
    if dice.random() < 0.3:  # noqa: PLR2004 - three in ten
        steps.append((EntryKind.SUSPENSION_VOIDED, back + timedelta(days=3)))
    written = off
    for kind, effective in steps:
        written = between(dice, max(effective, written), ALL_ARRIVED)
        entry = LifecycleEntry(asset, kind, effective, effective)
        yield Arrival(written, written, "lifecycle", f"{asset} {kind.value}", entry)
