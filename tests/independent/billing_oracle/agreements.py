"""Random agreements that could be signed: every kind of work decided exactly once, and no clause dead."""

from __future__ import annotations

from itertools import product
from random import Random

from tests.independent.billing_oracle.facts import Case
from tests.independent.billing_oracle.verdicts import applies

STATES = ("covered", "notice", "suspended", "reinstating", "terminated", "not_in_agreement")
WORK_TYPES = ("maintenance", "remediation", "project", "add_move_change", "inspection")
CAUSES = (
    "routine",
    "hardware",
    "provider_change",
    "vendor_unapproved_change",
    "vendor_approved_change",
    "client_change",
    "unknown",
)
ASKED = ("nobody", "authorised", "awaiting_ratification", "not_ratified")
SEVERITIES = ("none", "1", "2", "3", "4")
PLACES = ("remote", "on_site", "travel")


def bands_of(calendar: Case) -> list[str]:
    """The bands a calendar keeps apart."""
    apart = [name for name in ("weekend", "holiday", "sunday") if calendar.get(f"separate_{name}")]
    return ["business", "after_hours", *apart]


def draw_calendar(dice: Random, holidays: list[str]) -> Case:
    """Opening hours of a week, the holidays, and what is priced apart."""
    opens, closes = dice.choice(
        [
            ("08:00", "17:00"),
            ("09:00", "18:30"),
            ("00:00", "00:00"),
            ("00:30", "02:30"),
            ("13:15", "00:00"),
        ]
    )
    days = dice.choice(
        [
            ["mon", "tue", "wed", "thu", "fri"],
            ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            ["sun", "mon", "tue", "wed", "thu"],
        ]
    )
    calendar: Case = {"open": [{"days": days, "opens": opens, "closes": closes}]}
    if dice.random() < 0.3:
        calendar["open"].append({"days": ["sat"], "opens": "10:00", "closes": "12:00"})
        calendar["open"][0]["days"] = [day for day in days if day != "sat"]
    calendar["holidays"] = {"dates": sorted(dice.sample(holidays, min(3, len(holidays))))}
    for apart in ("weekend", "holiday", "sunday"):
        if dice.random() < 0.4:
            calendar[f"separate_{apart}"] = True
    if dice.random() < 0.2:
        calendar["weekend_days"] = ["fri", "sat"]
    return calendar


def draw_rates(dice: Random, calendar: Case, currency: str) -> Case:
    """An hourly price that leads to halves of a cent, and a multiple for every band."""
    hourly = {
        "JPY": ["15000", "9999"],
        "KWD": ["45.125", "12.345"],
    }.get(currency, ["150.00", "125.00", "99.99", "83.35", "110.10"])
    multiples = ["1", "1.5", "2", "4/3", "2.5", "7/4", "0.5"]
    bands = [band for band in bands_of(calendar) if band != "business"]
    return {
        "hourly": f"{dice.choice(hourly)} {currency}",
        "multipliers": {band: dice.choice(multiples) for band in bands},
    }


def draw_rounding(dice: Random, calendar: Case, *, places: bool) -> Case:
    """A direction, an increment, a unit, and sometimes the least that is charged."""
    unit = [n for n in ("entry", "issue", "person", "local_day", "band") if dice.random() < 0.6]
    rounding: Case = {
        "increment": f"{dice.choice([1, 5, 6, 10, 15, 30, 60])} min",
        "unit": unit,
        "direction": dice.choice(["up", "up", "nearest", "down"]),
    }
    if dice.random() < 0.5:
        bands = bands_of(calendar)
        some = dice.sample(bands, dice.randint(1, len(bands)))
        rounding["minimum"] = {band: f"{dice.choice([15, 20, 60, 120])} min" for band in some}
    if places and dice.random() < 0.7:
        some = dice.sample(PLACES, dice.randint(1, 3))
        rounding["places"] = {
            place: {
                "increment_minutes": dice.choice([10, 30, 60]),
                "minimum_minutes": dice.choice([0, 30, 120]),
            }
            for place in some
        }
    return rounding


def draw_clauses(dice: Random, facts: dict[str, tuple[str, ...]]) -> list[Case]:
    """A clause for everything, then exceptions of which each takes precedence over all before it."""
    clauses: list[Case] = [{"number": "1.0", "title": "Everything", **_outcome(dice)}]
    for number in range(1, dice.randint(2, 8)):
        named = dice.sample(sorted(facts), dice.randint(1, min(3, len(facts))))
        clause = {
            "number": f"2.{number}",
            "title": f"Exception {number}",
            "when": {
                fact: dice.sample(facts[fact], dice.randint(1, len(facts[fact]) - 1))
                for fact in named
            },
            "takes_precedence_over": [earlier["number"] for earlier in clauses],
            **_outcome(dice),
        }
        clauses.append(clause)
    return _without_dead(clauses, facts)


def _outcome(dice: Random) -> Case:
    outcome = dice.choice(
        ["covered", "billable", "billable", "billable", "not_billable", "needs_person"]
    )
    said: Case = {"outcome": outcome}
    if outcome == "billable":
        said["rate"] = dice.choice(["by_band", "by_band", "base", "times"])
        if said["rate"] == "times":
            said["times"] = dice.choice(["2", "1.5", "2/3"])
        if dice.random() < 0.3:
            said["needs"] = dice.sample(["request", "authority"], dice.randint(1, 2))
    return said


def _without_dead(clauses: list[Case], facts: dict[str, tuple[str, ...]]) -> list[Case]:
    named = sorted({fact for clause in clauses for fact in clause.get("when", {})})
    alive = set()
    for values in product(*(facts[fact] for fact in named)):
        cell = dict(zip(named, values, strict=True))
        alive.add(next(c["number"] for c in reversed(clauses) if applies(c, cell)))
    kept = [clause for clause in clauses if clause["number"] in alive]
    numbers = {clause["number"] for clause in kept}
    for clause in kept:
        if "takes_precedence_over" in clause:
            over = [number for number in clause["takes_precedence_over"] if number in numbers]
            clause["takes_precedence_over"] = over
    return kept


def facts_for(calendar: Case, areas: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """The facts clauses may speak of, with their values; areas left out stay unspoken of."""
    facts: dict[str, tuple[str, ...]] = {
        "work_type": WORK_TYPES,
        "band": tuple(bands_of(calendar)),
        "state": STATES,
        "cause": CAUSES,
        "asked": ASKED,
    }
    if "incidents" in areas:
        facts["severity"] = SEVERITIES
    if "places" in areas:
        facts["place"] = PLACES
    return facts
