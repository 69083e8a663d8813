"""Turns a plan into facts, month by month: hours that leave the planned margin, requests, and a vendor's bad days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from random import Random

from groundrules.core.causation.answers import Incident
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, Actor, HealthCheck, ItemKind, Session, SessionKind
from groundrules.core.ids import (
    ApplicationId,
    AssetId,
    ChangeId,
    ContactId,
    HealthCheckId,
    IncidentId,
    RequestId,
    SessionId,
    TechnicianId,
    TimeEntryId,
)
from groundrules.core.money import Money
from groundrules.core.periods import Interval, Period, local_instant
from groundrules.core.work import Request, TimeEntry, WorkType
from groundrules.core.world import FeeBilled
from groundrules.services.portfolio_demo.plans import Plan, Story

HOUR_COST = 62
TOOLS_A_SERVER = 14
COMPONENT = ".NET Framework 4.8"
SIGNATURE = ".NET runtime 4.8 not found"
VENDOR_ACCOUNT = "quickchart-svc"
OWN_ACCOUNT = "bo"
APPLICATION = ApplicationId("SHAREPOINT")
_STAFF = ("A", "BO", "CY")
_TEMP = "TESS"
_OPENS, _DAYS_OF_WORK = 8, 20
_REPAIRS = ("Printing", "Mail", "Slow logins", "Backup failed", "Disk full", "Line down")
_PREVENTION = ("Patches", "Restore test", "Firmware", "Account review")
_NOTES = ("found and mended", "as agreed by phone", "checked twice", "done and shown to the office")


@dataclass(frozen=True, slots=True)
class Month:
    """One month of one client in the making."""

    plan: Plan
    zone: str
    first: date
    luck: Random
    billed: bool = True

    @property
    def servers(self) -> tuple[AssetId, ...]:
        """The client's servers."""
        return tuple(AssetId(f"{self.plan.code}-SRV{n + 1}") for n in range(self.plan.servers))

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """This function will return an instant of a local day."""
        return local_instant(self.zone, datetime.combine(day, time(hour, minute)))


def facts_of(month: Month) -> tuple[object, ...]:
    """This function will make every fact of one month, in the order they may be filed."""
    days = _business_days(month.first)
    facts: list[object] = list(_fees(month)) if month.billed else []
    facts += _asked_for(month, days)
    if month.plan.story is Story.VENDOR and month.first.month % 3 == 0:
        facts += _bad_day(month, days[8:])
    facts += _everyday(month, days)
    if not month.billed:
        facts += _doubtful(month, days)
    return tuple(facts)


def _business_days(first: date) -> tuple[date, ...]:
    found = (first + timedelta(days=n) for n in range(28))
    return tuple(day for day in found if day.weekday() < 5)[:_DAYS_OF_WORK]  # noqa: PLR2004 - Saturday


def _fees(month: Month) -> Iterator[FeeBilled]:
    billed_at = month.at(month.first, 9)
    for server in month.servers:
        yield FeeBilled(server, month.first, Money(month.plan.fee * 100, "USD"), billed_at)


def _everyday(month: Month, days: tuple[date, ...]) -> Iterator[TimeEntry]:
    """Hours worth what the plan leaves after its margin, a little more or less each month."""
    plan, luck = month.plan, month.luck
    income = plan.fee * plan.servers
    spent = income * (1 - plan.margin) - TOOLS_A_SERVER * plan.servers
    steady = plan.story in {Story.EVEN, Story.BAD}
    swing = Fraction(1) if steady else Fraction(luck.randint(80, 120), 100)
    minutes = int(spent * swing / HOUR_COST * 60)
    number = 0
    while minutes > 0:
        took = min(minutes, luck.choice((120, 180, 210, 235)))
        day = days[number % len(days)]
        slot = number // len(days)
        yield _entry(month, day, (slot, took), f"{month.first:%y%m}-{number}")
        minutes -= took
        number += 1


def _entry(month: Month, day: date, when: tuple[int, int], name: str) -> TimeEntry:
    slot, took = when
    plan, luck = month.plan, month.luck
    is_repair = luck.random() < plan.reactive
    start = month.at(day, _OPENS + 4 * slot, luck.choice((0, 5, 15, 20)))
    end = start + timedelta(minutes=took)
    who = _TEMP if plan.story is Story.UNCOSTED else luck.choice(_STAFF)
    return TimeEntry(
        id=TimeEntryId(f"{plan.code}-{name}"),
        technician=TechnicianId(who),
        period=Period(start, end),
        issue=f"{luck.choice(_REPAIRS if is_repair else _PREVENTION)} {month.first:%Y-%m}",
        work_type=WorkType.REMEDIATION if is_repair else WorkType.MAINTENANCE,
        asset=luck.choice(month.servers),
        note=luck.choice(_NOTES),
        proactive=not is_repair,
        recorded_at=end,
    )


def _asked_for(month: Month, days: tuple[date, ...]) -> tuple[object, ...]:
    """Now and then somebody asks for an evening's work, which is charged."""
    if month.luck.random() > 0.3 or month.plan.story is Story.EVEN:  # noqa: PLR2004 - three months in ten
        return ()
    day = month.luck.choice(days[:10])
    name = f"{month.plan.code}-{month.first:%y%m}-EVE"
    asked = Request(
        RequestId(f"REQ-{name}"),
        ContactId("OFFICE"),
        month.at(day, 15),
        "Please do it this evening",
        issue=f"Evening work {month.first:%Y-%m}",
    )
    entry = _entry(month, day, (0, 60), "EVE")
    start = month.at(day, 18)
    return (
        asked,
        replace(
            entry,
            id=TimeEntryId(name),
            technician=TechnicianId("BO"),
            period=Period(start, start + timedelta(minutes=75)),
            issue=asked.issue,
            work_type=WorkType.MAINTENANCE,
            request=asked.id,
            recorded_at=start + timedelta(minutes=75),
        ),
    )


def _bad_day(month: Month, days: tuple[date, ...]) -> tuple[object, ...]:
    """The vendor logs in one evening, takes away what SharePoint needs, and we spend four days on it."""
    server, tag = month.servers[0], f"{month.plan.code}-{month.first:%y%m}"
    evening, next_day = days[0], days[1]
    session = Session(
        SessionId(f"SES-{tag}"),
        server,
        VENDOR_ACCOUNT,
        month.at(evening, 19, 42),
        month.at(evening, 20, 20),
        SessionKind.REMOTE,
        identifier="S-1-5-21-1-1-1-2101",
        source_address="203.0.113.7",
        key=f"{server}|1|{tag}",
    )
    removed = month.at(evening, 19, 58)
    change = Change(
        ChangeId(f"CHG-{tag}"),
        server,
        ItemKind.PACKAGE,
        COMPONENT,
        Action.REMOVED,
        Interval(removed, removed),
        before="4.8.4110",
        actor=Actor(VENDOR_ACCOUNT, session.identifier, session.key),
    )
    checks = (
        HealthCheck(HealthCheckId(f"HC-{tag}-1"), APPLICATION, month.at(evening, 19, 0), True),  # noqa: FBT003 - the field
        HealthCheck(HealthCheckId(f"HC-{tag}-2"), APPLICATION, month.at(evening, 19, 56), True),  # noqa: FBT003
        HealthCheck(
            HealthCheckId(f"HC-{tag}-3"),
            APPLICATION,
            month.at(evening, 20, 1),
            False,  # noqa: FBT003
            SIGNATURE,
        ),
        HealthCheck(HealthCheckId(f"HC-{tag}-4"), APPLICATION, month.at(days[5], 17), True),  # noqa: FBT003
    )
    incident = Incident(
        IncidentId(f"INC-{tag}"),
        "SharePoint stopped working",
        server,
        month.at(next_day, 7, 45),
        APPLICATION,
        signature=SIGNATURE,
        resolved_at=month.at(days[5], 17),
    )
    return (session, change, *checks, incident, *_clearing_up(month, days, incident))


def _clearing_up(month: Month, days: tuple[date, ...], incident: Incident) -> Iterator[TimeEntry]:
    for number, day in enumerate(days[1:5]):
        for who in ("A", "CY"):
            start = month.at(day, 9)
            end = start + timedelta(minutes=345)
            yield TimeEntry(
                id=TimeEntryId(f"{incident.id}-{number}-{who}"),
                technician=TechnicianId(who),
                period=Period(start, end),
                issue=f"SharePoint {month.first:%Y-%m}",
                work_type=WorkType.REMEDIATION,
                asset=incident.asset,
                incident=incident.id,
                note="repairing SharePoint",
                recorded_at=end,
            )


def _doubtful(month: Month, days: tuple[date, ...]) -> tuple[object, ...]:
    """What month end should stop at: a few clients have one thing each that somebody must look at."""
    tag = f"{month.plan.code}-{month.first:%y%m}"
    plain = _entry(month, days[3], (1, 45), f"{month.first:%y%m}-LAST")
    stories: dict[str, object] = {
        "C001": replace(plain, note=""),
        "C002": replace(plain, asset=spare_server(month.plan)),
        "C003": replace(plain, work_type=WorkType.PROJECT, issue="New printer room"),
        "C005": Session(
            SessionId(f"SES-{tag}-BO"),
            month.servers[0],
            OWN_ACCOUNT,
            month.at(days[4], 13),
            month.at(days[4], 14, 10),
            SessionKind.REMOTE,
        ),
    }
    story = stories.get(month.plan.code)
    return (story,) if story is not None else ()


def spare_server(plan: Plan) -> AssetId:
    """This function will name a server that is at work and on no agreement."""
    return AssetId(f"{plan.code}-SRVX")


def known_at(month: Month) -> datetime:
    """This function will return when a month's facts are on record: the last business day's evening, or now."""
    return datetime.combine(_business_days(month.first)[-1], time(23, 30), tzinfo=UTC)
