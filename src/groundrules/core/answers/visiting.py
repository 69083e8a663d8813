"""What a vendor's visit was against what had been agreed: changes, logins and health, before and after.

The vendor and the client read the same answer as the provider. A change is the vendor's only when its attribution names
the vendor; whatever else changed meanwhile is listed apart and held against nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundrules.core.answers.vendor_care import visits_of
from groundrules.core.attribution.answers import Attribution
from groundrules.core.attribution.certificates import certificate_of
from groundrules.core.changes import Change
from groundrules.core.evidence import HealthCheck, Session
from groundrules.core.ids import ApplicationId, ChangeId
from groundrules.core.parties import Account, PartyKind, Vendor
from groundrules.core.periods import Period, utc
from groundrules.core.reasons import counted
from groundrules.core.vendors import AccessWindow, Deviation, DeviationKind, session_deviations
from groundrules.core.vendors.gate import window_end
from groundrules.core.vendors.model import admits


class VisitPlace(StrEnum):
    """Where a change of the visitor's stands against the window."""

    IN_PLAN = "in plan"
    OUTSIDE_PLAN = "outside plan"
    OUTSIDE_WINDOW = "outside window"
    UNSURE = "may be outside window"


@dataclass(frozen=True, slots=True)
class VisitChange:
    """One change by the vendor, where it stands, and how strongly it is known whose it is."""

    change: Change
    attribution: Attribution
    place: VisitPlace


@dataclass(frozen=True, slots=True)
class VisitHealth:
    """An application's last check before the visit and its first one after; None where there was none."""

    application: ApplicationId
    before: HealthCheck | None
    after: HealthCheck | None

    @property
    def sentence(self) -> str:
        """What the two checks say, and never that the visit is why."""
        if self.before is None or self.after is None:
            missing = "before" if self.before is None else "after"
            return f"{self.application}: no check {missing} the visit, so nothing is said."
        was, now = _word(self.before), _word(self.after)
        return f"{self.application}: {was} before the visit, {now} after it."


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """What is on record about one window: everything the answer is made from."""

    window: AccessWindow
    vendor: Vendor
    sessions: tuple[Session, ...]
    accounts: tuple[Account, ...]
    windows: tuple[AccessWindow, ...]
    changes: tuple[Change, ...]
    attributions: tuple[Attribution, ...]
    health_checks: tuple[HealthCheck, ...]
    applications: tuple[ApplicationId, ...]


@dataclass(frozen=True, slots=True)
class VisitReport:
    """The visit as vendor, client and provider read it. `unnamed` are changes meanwhile that are not the vendor's."""

    window: AccessWindow
    vendor: Vendor
    over: bool
    sessions: tuple[Session, ...]
    deviations: tuple[Deviation, ...]
    changes: tuple[VisitChange, ...]
    unnamed: tuple[Change, ...]
    health: tuple[VisitHealth, ...]

    def count(self, place: VisitPlace) -> int:
        """This function will count the vendor's changes that stand in one place."""
        return sum(one.place is place for one in self.changes)

    def minutes(self, kind: DeviationKind) -> int:
        """This function will add up the whole minutes that logins began early, or ran over."""
        return sum(one.minutes for one in self.deviations if one.kind is kind)

    @property
    def sentence(self) -> str:
        """The visit in one breath."""
        if not self.sessions and not self.changes:
            return f"Nothing that {self.vendor.name} did in this window is on record so far."
        places = ", ".join(f"{self.count(place)} {place.value}" for place in VisitPlace)
        early = self.minutes(DeviationKind.EARLY)
        over = self.minutes(DeviationKind.OVERRUN)
        logins, changes = counted(len(self.sessions), "login"), counted(len(self.changes), "change")
        return f"{logins}, {early} min early and {over} min over; {changes} by {self.vendor.name}: {places}."


def visit_report(record: VisitRecord, at: datetime) -> VisitReport:
    """This function will say what a visit was, as known at `at`."""
    window = record.window
    sessions = _visits(record)
    span = _span(window, sessions)
    by_change = {a.change: a for a in record.attributions}
    near = [c for c in record.changes if c.asset == window.asset and c.interval.touches(span)]
    own = [c for c in near if _is_by(record.vendor, by_change.get(c.id))]
    end = window_end(window)
    return VisitReport(
        window=window,
        vendor=record.vendor,
        over=end is not None and utc(at) >= end,
        sessions=sessions,
        deviations=session_deviations(window, sessions, record.windows),
        changes=tuple(VisitChange(c, by_change[c.id], _place(window, c)) for c in _sorted(own)),
        unnamed=_sorted(c for c in near if c not in own),
        health=_health(record, span),
    )


def visit_span(window: AccessWindow, sessions: Iterable[Session]) -> Period:
    """This function will return the time a report looks at: the window and every login that used it."""
    return _span(window, tuple(sessions))


def _visits(record: VisitRecord) -> tuple[Session, ...]:
    """Logins by the vendor's own accounts in the window, and any that the window's certificate let in."""
    window = record.window
    own = visits_of(record.sessions, record.vendor, record.accounts)
    here = (s for s in record.sessions if s.asset == window.asset)
    used = (
        s
        for s in here
        if certificate_of(s)[0] == window.id
        or (
            s in own
            and admits(window, (s.account, s.identifier))
            and s.period.overlaps(window.period)
        )
    )
    return tuple(sorted(used, key=lambda s: (utc(s.started), s.id)))


def _span(window: AccessWindow, sessions: tuple[Session, ...]) -> Period:
    starts = [window.period.start, *(s.period.start for s in sessions)]
    end = window_end(window)
    ends = [s.period.end for s in sessions if s.period.end is not None]
    if end is None:
        return Period(min(starts), None)
    return Period(min(starts), max([end, *ends, window.period.start]))


def _is_by(vendor: Vendor, attribution: Attribution | None) -> bool:
    if attribution is None or not attribution.names_party or attribution.party is None:
        return False
    return attribution.party.kind is PartyKind.VENDOR and attribution.party.id == vendor.id


def _place(window: AccessWindow, change: Change) -> VisitPlace:
    end = window_end(window)
    planned = Period(window.period.start, end) if end is None or end > window.period.start else None
    if planned is None or not change.interval.touches(planned):
        return VisitPlace.OUTSIDE_WINDOW
    if not change.interval.lies_within(planned):
        return VisitPlace.UNSURE
    outside = bool(window.kinds) and change.kind not in window.kinds
    return VisitPlace.OUTSIDE_PLAN if outside else VisitPlace.IN_PLAN


def _sorted(changes: Iterable[Change]) -> tuple[Change, ...]:
    by_time: dict[ChangeId, Change] = {c.id: c for c in changes}
    return tuple(sorted(by_time.values(), key=lambda c: (c.interval.not_before, c.id)))


def _health(record: VisitRecord, span: Period) -> tuple[VisitHealth, ...]:
    found = []
    for application in record.applications:
        checks = sorted(
            (c for c in record.health_checks if c.application == application),
            key=lambda c: utc(c.at),
        )
        before = [c for c in checks if utc(c.at) <= span.start]
        after = [c for c in checks if span.end is not None and utc(c.at) >= span.end]
        last, first = before[-1] if before else None, after[0] if after else None
        found.append(VisitHealth(application, last, first))
    return tuple(found)


def _word(check: HealthCheck) -> str:
    return "healthy" if check.healthy else "failing"
