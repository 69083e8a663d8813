"""What holds at one instant of work, read from the case file alone: version, state, band, cause, and who asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from tests.independent.billing_oracle.clocks import day_begins, day_of, instant, wall

Case = dict[str, Any]
"""A case file as plain values: what JSON holds."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Moment:
    """An instant of one time entry, asked about from a later instant `known`."""

    case: Case
    entry: Case
    at: int
    known: int

    @property
    def zone(self) -> str:
        """The client's zone, whose clock decides."""
        return str(self.case["client"]["zone"])


def version_at(case: Case, at: int) -> Case | None:
    """The newest version in force at an instant; none before the first."""
    begun = [v for v in case["agreement"]["versions"] if instant(v["in_force"]["from"]) <= at]
    return max(begun, key=lambda v: int(v["version"])) if begun else None


def minutes_of(clock: str) -> int:
    """Minutes since midnight of `08:30`."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def is_open(calendar: Case, at: int, zone: str) -> bool:
    """Whether the wall clock stands within the opening hours of a day that is no holiday."""
    local = wall(at, zone)
    if local.date().isoformat() in holidays_of(calendar):
        return False
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    return any(
        WEEKDAYS[local.weekday()] in hours["days"]
        and minutes_of(hours["opens"]) * 60 <= seconds < (minutes_of(hours["closes"]) or 1440) * 60
        for hours in calendar["open"]
    )


def holidays_of(calendar: Case) -> list[str]:
    """The days a calendar names."""
    return list((calendar.get("holidays") or {}).get("dates", []))


def band_at(calendar: Case, at: int, zone: str) -> str:
    """Business hours, or else the dearest name the calendar keeps apart for that day."""
    if is_open(calendar, at, zone):
        return "business"
    day = day_of(at, zone)
    if calendar.get("separate_holiday") and day.isoformat() in holidays_of(calendar):
        return "holiday"
    if calendar.get("separate_sunday") and day.weekday() == WEEKDAYS.index("sun"):
        return "sunday"
    weekend = calendar.get("weekend_days", ["sat", "sun"])
    if calendar.get("separate_weekend") and WEEKDAYS[day.weekday()] in weekend:
        return "weekend"
    return "after_hours"


_STATE_AFTER = {
    "notice given": "notice",
    "notice cured": "covered",
    "suspended": "suspended",
    "reinstatement begun": "reinstating",
    "reinstated": "covered",
    "terminated": "terminated",
}


def state_at(case: Case, asset: str, at: int, known: int) -> str:
    """The state of a server at an instant, from what was on record at `known`."""
    version = version_at(case, at)
    if version is None or asset not in version["assets"]:
        return "not_in_agreement"
    state = "covered"
    steps = [s for s in case.get("lifecycle", []) if s["asset"] == asset]
    for step in sorted(steps, key=lambda s: instant(s["effective_at"])):
        if instant(step["effective_at"]) <= at and instant(step["recorded_at"]) <= known:
            state = _STATE_AFTER[step["kind"]]
    return state


def may(case: Case, contact: str, authority: str, at: int) -> bool:
    """Whether a contact held an authority at an instant."""
    person = next(c for c in case["client"]["contacts"] if c["id"] == contact)
    since = (person.get("authorised") or {}).get("from")
    until = (person.get("authorised") or {}).get("to")
    return (
        authority in person.get("authorities", [])
        and since is not None
        and instant(since) <= at
        and (until is None or at < instant(until))
    )


def ratify_until(version: Case, asked_at: int, zone: str) -> int:
    """The last instant at which a request may be ratified: a wall time of the nth business day after it."""
    terms = version["ratification"]
    day, left = day_of(asked_at, zone), int(terms["business_days"])
    while left:
        day += timedelta(days=1)
        left -= is_business_day(version["calendar"], day)
    return at_wall(day, str(terms["by"]), zone)


def is_business_day(calendar: Case, day: date) -> bool:
    """Whether business opens at all on a local day."""
    opens = any(WEEKDAYS[day.weekday()] in hours["days"] for hours in calendar["open"])
    return opens and day.isoformat() not in holidays_of(calendar)


@lru_cache(maxsize=20_000)
def at_wall(day: date, clock: str, zone: str) -> int:
    """The first instant of a day at which its clock shows a time, or has passed it."""
    at = day_begins(day, zone)
    while day_of(at, zone) == day:
        local = wall(at, zone)
        if local.hour * 60 + local.minute >= minutes_of(clock):
            return at
        at += 60
    return at


def request_of(moment: Moment) -> Case | None:
    """The request an entry answers, where it was made by then and is on record."""
    wanted = moment.entry.get("request")
    requests: list[Case] = moment.case.get("requests", [])
    found = next((r for r in requests if r["id"] == wanted), None)
    if found is None or instant(found["at"]) > moment.at:
        return None
    return found


def asked_at(moment: Moment, version: Case) -> str:
    """Who asked, and whether they could."""
    request = request_of(moment)
    if request is None:
        return "nobody"
    made = instant(request["at"])
    if may(moment.case, request["contact"], "request_after_hours", made):
        return "authorised"
    until = ratify_until(version_at(moment.case, made) or version, made, moment.zone)
    ratified = request.get("ratification")
    if ratified is not None:
        at = instant(ratified["at"])
        if at <= min(until, moment.known) and may(moment.case, ratified["contact"], "ratify", at):
            return "authorised"
    return "awaiting_ratification" if moment.known <= until else "not_ratified"


def incident_of(moment: Moment) -> Case | None:
    """The incident an entry belongs to."""
    incidents: list[Case] = moment.case.get("incidents", [])
    return next((i for i in incidents if i["id"] == moment.entry.get("incident")), None)


def cause_of(moment: Moment) -> str:
    """What made work necessary: what the generator laid down as evidence, or nothing in particular."""
    incident = incident_of(moment)
    if incident is None:
        return "routine"
    return "hardware" if incident.get("hardware") else "unknown"


def severity_of(moment: Moment) -> str:
    """The number in the incident's priority; 4 and above are one."""
    incident = incident_of(moment)
    if incident is None or not incident.get("priority"):
        return "none"
    return str(min(int(str(incident["priority"])[1:]), 4))


def cell_at(moment: Moment, version: Case) -> dict[str, str]:
    """Every fact a clause may ask about, at one instant."""
    return {
        "state": state_at(moment.case, moment.entry["asset"], moment.at, moment.known),
        "work_type": str(moment.entry.get("work_type", "maintenance")),
        "cause": cause_of(moment),
        "band": band_at(version["calendar"], moment.at, moment.zone),
        "asked": asked_at(moment, version),
        "severity": severity_of(moment) if _speaks_of(version, "severity") else "none",
        "place": place_of(moment.entry) if _speaks_of(version, "place") else "remote",
    }


def place_of(entry: Case) -> str:
    """Where an entry says the work was done."""
    return str(entry.get("place", "remote"))


def _speaks_of(version: Case, fact: str) -> bool:
    return any(fact in (clause.get("when") or {}) for clause in version["clauses"])
