"""What billable minutes come to: kept apart, rounded, lifted to the least, and priced once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tests.independent.billing_oracle.coins import half_away, smallest
from tests.independent.billing_oracle.facts import Case, place_of
from tests.independent.billing_oracle.verdicts import Step


@dataclass(frozen=True)
class Priced:
    """One charge: whose work, when it began, how much of it, and what it costs in the smallest unit."""

    entries: tuple[str, ...]
    day: date
    seconds: int
    minutes: int
    hourly: Fraction
    amount: int
    first: int
    clauses: tuple[str, ...]


def minutes_in(text: str) -> int:
    """Minutes of `15 min`, the only form the generator writes."""
    return int(text.removesuffix(" min"))


def kept_apart(step: Step, version: Case) -> tuple[object, ...]:
    """What keeps a minute apart from others, as the agreement says; places only where they have rules of their own."""
    rounding = version["rounding"]
    named: dict[str, object] = {
        "entry": step.entry["id"],
        "issue": step.entry["issue"],
        "person": step.entry["technician"],
        "local_day": step.day,
        "band": step.fact("band"),
    }
    place = place_of(step.entry) if rounding.get("places") else None
    return (*(named[name] if name in rounding["unit"] else None for name in named), place)


def rounded(seconds: int, increment: int, direction: str) -> int:
    """Seconds as minutes, rounded to the increment (in minutes); a half goes up when rounding to the nearest."""
    steps = Fraction(seconds, 60 * increment)
    whole = steps.numerator // steps.denominator
    rest = steps - whole
    up = {"up": rest > 0, "down": False, "nearest": rest >= Fraction(1, 2)}[direction]
    return (whole + up) * increment


def counted(seconds: int, steps: list[Step], version: Case) -> int:
    """The minutes that so many seconds of a unit come to: rounded, and at least the longest minimum of its steps."""
    rounding = version["rounding"]
    own = (rounding.get("places") or {}).get(place_of(steps[0].entry), {})
    increment = own.get("increment_minutes") or minutes_in(rounding["increment"])
    minimum = rounding.get("minimum") or {}
    least = [minutes_in(minimum.get(step.fact("band"), "0 min")) for step in steps]
    minutes = rounded(seconds, increment, rounding.get("direction", "up"))
    return max(minutes, int(own.get("minimum_minutes", 0)), *least)


def price(steps: list[Step], minutes: int, currency: str) -> Priced:
    """Steps at one price as a charge."""
    first = min(steps, key=lambda step: step.at)
    return Priced(
        entries=tuple(sorted({step.entry["id"] for step in steps})),
        day=first.day,
        seconds=sum(step.seconds for step in steps),
        minutes=minutes,
        hourly=first.hourly,
        amount=half_away(first.hourly * minutes * smallest(currency) / 60),
        first=first.at,
        clauses=tuple(sorted({step.clause for step in steps})),
    )


def charges_of(case: Case, steps: list[Step]) -> list[Priced]:
    """Every charge of a case. Minutes at different prices are rounded apart."""
    versions = {int(v["version"]): v for v in case["agreement"]["versions"]}
    parts: dict[tuple[object, ...], list[Step]] = {}
    for step in steps:
        if step.outcome == "billable":
            apart = kept_apart(step, versions[step.version])
            parts.setdefault((apart, step.version, step.hourly), []).append(step)
    units: dict[tuple[object, ...], list[list[Step]]] = {}
    for key, part in parts.items():
        bands = frozenset(step.fact("band") for step in part)
        units.setdefault((key[0], bands), []).append(part)
    return [
        charge
        for unit in units.values()
        for charge in _together(unit, versions, case["client"]["currency"])
    ]


def _together(unit: list[list[Step]], versions: dict[int, Case], currency: str) -> list[Priced]:
    """Charge the parts of a unit: a unit that a new version falls into is rounded once, by the version it began under.

    Each part is charged what it adds to the rounded sum. Where one version has two prices, all are rounded apart.
    """
    unit = sorted(unit, key=lambda part: min(step.at for step in part))
    if len({part[0].version for part in unit}) < len(unit):
        return [charge for part in unit for charge in _together([part], versions, currency)]
    began = versions[unit[0][0].version]
    charged: list[Priced] = []
    for number, part in enumerate(unit):
        so_far = sum(step.seconds for earlier in unit[: number + 1] for step in earlier)
        minutes = counted(so_far, unit[0], began) - sum(before.minutes for before in charged)
        charged.append(price(part, minutes, currency))
    return charged
