"""Random worlds as case files, from a seed: an agreement, its servers and people, and some days of work."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

from tests.independent.billing_oracle.agreements import (
    PLACES,
    WORK_TYPES,
    draw_calendar,
    draw_clauses,
    draw_rates,
    draw_rounding,
    facts_for,
)
from tests.independent.billing_oracle.clocks import DAY, instant, written
from tests.independent.billing_oracle.facts import Case

AREAS = frozenset({"seconds", "asked", "states", "versions", "places", "incidents", "currencies"})

_TURNS = {
    "America/Los_Angeles": ("2026-03-08", "2026-11-01"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Europe/Berlin": ("2026-03-29", "2026-10-25"),
    "Africa/Cairo": ("2026-04-24", "2026-10-30"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "America/Santiago": ("2026-04-05", "2026-09-06"),
    "America/Havana": ("2026-03-08", "2026-11-01"),
    "Asia/Kolkata": ("2026-02-28",),
    "Asia/Kathmandu": ("2026-05-31",),
    "Asia/Tokyo": ("2026-02-28",),
}
"""Zones with the days that are worth working on: where clocks are moved, or a month ends."""


def draw(seed: int, wanted: frozenset[str] | None = None) -> Case:
    """Make the case file of a seed; the areas name what it contains besides hours, bands and rounding.

    Where no areas are wanted in particular, each world has about half of them: all at once are slow to prove.
    """
    dice = Random(f"{seed} {sorted(wanted or ())}")  # noqa: S311 - Worlds are made up, not secret.
    some = frozenset(area for area in sorted(AREAS) if dice.random() < 0.5)
    areas = some if wanted is None else wanted
    zone = dice.choice(sorted(_TURNS))
    turn = date.fromisoformat(dice.choice(_TURNS[zone]))
    around = [(turn + timedelta(days=n)).isoformat() for n in range(-3, 5)]
    currency = dice.choice(["USD", "EUR", "JPY", "KWD"] if "currencies" in areas else ["USD"])
    case: Case = {
        "case": 1,
        "title": f"World {seed}",
        "zone": zone,
        "provider": {"id": "P", "name": "Provider", "zone": "UTC"},
        "client": {"id": "C", "name": "Client", "zone": zone, "currency": currency},
        "technicians": [{"id": "T1", "name": "One"}, {"id": "T2", "name": "Two"}],
        "assets": [{"id": name, "name": name} for name in ("S1", "S2", "S3")],
    }
    case["client"]["contacts"] = _contacts(dice, turn)
    midnight = int(datetime(turn.year, turn.month, turn.day, tzinfo=UTC).timestamp())
    case["agreement"] = {"id": "A", "title": "Agreement", "versions": []}
    starts = ["2026-01-01 00:00 Z"]
    if "versions" in areas and dice.random() < 0.5:
        starts.append(written(midnight + dice.randint(-30, 60) * 3600))
    for number, start in enumerate(starts, start=1):
        case["agreement"]["versions"].append(
            _version(dice, (number, start), around, currency, areas)
        )
    case["requests"] = _requests(dice, midnight, areas) if "asked" in areas else []
    case["incidents"] = _incidents(dice, midnight) if "incidents" in areas else []
    case["lifecycle"] = _lifecycle(dice, midnight) if "states" in areas else []
    case["work"] = [
        _entry(dice, number, midnight, case, areas) for number in range(dice.randint(2, 9))
    ]
    case["at"] = written(midnight + 40 * DAY)
    return case


def _contacts(dice: Random, turn: date) -> list[Case]:
    since = dice.choice(["2026-01-01 00:00 Z", f"{turn.isoformat()} 03:00 Z"])
    return [
        {
            "id": "BOSS",
            "name": "Boss",
            "authorities": ["request_after_hours", "ratify"],
            "authorised": {"from": "2026-01-01 00:00 Z"},
        },
        {
            "id": "HALF",
            "name": "Half",
            "authorities": dice.choice([["request_after_hours"], ["ratify"]]),
            "authorised": {"from": since},
        },
        {"id": "DESK", "name": "Desk"},
    ]


def _version(
    dice: Random, begins: tuple[int, str], around: list[str], currency: str, areas: frozenset[str]
) -> Case:
    number, start = begins
    calendar = draw_calendar(dice, around)
    clauses = draw_clauses(dice, facts_for(calendar, areas))
    return {
        "version": number,
        "in_force": {"from": start},
        "signed_at": written(instant(start) - DAY),
        "assets": ["S1", "S2"] if number == 1 or dice.random() < 0.5 else ["S2", "S3"],
        "calendar": calendar,
        "rates": draw_rates(dice, calendar, currency),
        "rounding": draw_rounding(dice, calendar, places="places" in areas),
        "fees": {"monthly": f"100 {currency}"},
        "ratification": {
            "clause": clauses[0]["number"],
            "business_days": dice.choice([1, 2]),
            "by": dice.choice(["17:00", "12:00"]),
        },
        "clauses": clauses,
    }


def _somewhere(dice: Random, midnight: int, areas: frozenset[str]) -> int:
    at = midnight + dice.randint(-36 * 60, 60 * 60) * 60
    return at + dice.choice([0, 10, 20, 30]) if "seconds" in areas else at


def _requests(dice: Random, midnight: int, areas: frozenset[str]) -> list[Case]:
    requests = []
    for number in range(dice.randint(1, 4)):
        at = _somewhere(dice, midnight, areas)
        request: Case = {
            "id": f"R{number}",
            "contact": dice.choice(["BOSS", "HALF", "DESK"]),
            "at": written(at),
            "says": "Please",
        }
        if request["contact"] != "BOSS" and dice.random() < 0.6:
            ratified = at + dice.randint(1, 96) * 3600
            request["ratification"] = {
                "contact": dice.choice(["BOSS", "HALF"]),
                "at": written(ratified),
            }
        requests.append(request)
    return requests


def _incidents(dice: Random, midnight: int) -> list[Case]:
    incidents: list[Case] = [
        {"id": "I0", "title": "Array", "asset": "S1", "hardware": "drive array"},
        {"id": "I1", "title": "Fault", "asset": "S2"},
    ]
    for incident in incidents:
        incident["opened_at"] = written(midnight - 40 * 3600)
        if dice.random() < 0.7:
            incident["priority"] = f"P{dice.randint(1, 6)}"
    return incidents


def _lifecycle(dice: Random, midnight: int) -> list[Case]:
    """One server goes through notice, suspension and return, at instants within the days of work."""
    hours = sorted(dice.sample(range(-36 * 6, 60 * 6), 4))
    kinds = ["notice given", "suspended", "reinstatement begun", "reinstated"]
    return [
        {
            "asset": "S2",
            "kind": kind,
            "effective_at": written(midnight + hour * 600),
            "recorded_at": written(midnight - 48 * 3600),
            "by": "Kim",
            "reason": "So",
        }
        for kind, hour in zip(kinds[: dice.randint(1, 4)], hours, strict=False)
    ]


def _entry(dice: Random, number: int, midnight: int, case: Case, areas: frozenset[str]) -> Case:
    begins = _somewhere(dice, midnight, areas)
    lasts = dice.choice([5, 7, 29, 45, 60, 95, 240, 600])
    entry: Case = {
        "id": f"W{number}",
        "technician": dice.choice(["T1", "T2"]),
        "from": written(begins),
        "to": written(begins + lasts * 60),
        "issue": dice.choice(["X", "X", "Y"]),
        "asset": dice.choice(["S1", "S2", "S3"]),
        "work_type": dice.choice(WORK_TYPES),
    }
    if "places" in areas:
        entry["place"] = dice.choice(PLACES)
    if case["requests"] and dice.random() < 0.7:
        entry["request"] = dice.choice(case["requests"])["id"]
    if case["incidents"] and dice.random() < 0.5:
        incident = dice.choice(case["incidents"])
        entry["incident"], entry["asset"] = incident["id"], incident["asset"]
    return entry
