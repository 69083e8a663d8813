"""What the clauses say about each stretch of work, asked one step of the clock after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import gcd

from tests.independent.billing_oracle.clocks import day_of, instant
from tests.independent.billing_oracle.coins import half_away, smallest
from tests.independent.billing_oracle.facts import Case, Moment, cell_at, request_of, version_at


@dataclass(frozen=True)
class Step:
    """One step of the clock within one entry, and what is said about it."""

    entry: Case
    at: int
    seconds: int
    day: date
    version: int
    cell: tuple[tuple[str, str], ...]
    outcome: str
    clause: str
    hourly: Fraction

    def fact(self, name: str) -> str:
        """One of the facts of this step."""
        return dict(self.cell)[name]


def step_of(case: Case) -> int:
    """The longest step that no instant of the case falls into: a minute, unless something has seconds."""
    longest = 60
    for entry in case.get("work", []):
        longest = gcd(longest, gcd(instant(entry["from"]), instant(entry["to"])))
    for request in case.get("requests", []):
        longest = gcd(longest, instant(request["at"]))
    for step in case.get("lifecycle", []):
        longest = gcd(longest, instant(step["effective_at"]))
    return longest


def walk(case: Case, known: int) -> list[Step]:
    """Every step of every entry that was on record at `known`, in the order of the file."""
    length = step_of(case)
    return [
        _said(Moment(case, entry, at, known), length)
        for entry in case.get("work", [])
        if instant(entry.get("recorded_at", entry["to"])) <= known
        for at in range(instant(entry["from"]), instant(entry["to"]), length)
    ]


def _said(moment: Moment, length: int) -> Step:
    version = version_at(moment.case, moment.at)
    if version is None:
        raise ValueError(f"work before the first version: {moment.entry}")
    cell = cell_at(moment, version)
    clause = deciding_clause(version, cell)
    outcome = clause["outcome"] if not lacks(moment, clause, cell) else "needs_person"
    return Step(
        entry=moment.entry,
        at=moment.at,
        seconds=length,
        day=day_of(moment.at, moment.zone),
        version=int(version["version"]),
        cell=tuple(cell.items()),
        outcome=outcome,
        clause=str(clause["number"]),
        hourly=hourly_of(moment.case, version, clause, cell["band"]),
    )


def applies(clause: Case, cell: dict[str, str]) -> bool:
    """Whether every condition of a clause holds."""
    return all(cell[fact] in values for fact, values in (clause.get("when") or {}).items())


def deciding_clause(version: Case, cell: dict[str, str]) -> Case:
    """The clause that applies and gives way to no other that applies."""
    candidates = [c for c in version["clauses"] if c.get("outcome") and applies(c, cell)]
    beaten = {number for c in candidates for number in c.get("takes_precedence_over", [])}
    (winner,) = [c for c in candidates if c["number"] not in beaten]
    found: Case = winner
    return found


def lacks(moment: Moment, clause: Case, cell: dict[str, str]) -> bool:
    """Whether something the clause needs is not on record."""
    needs = clause.get("needs") or []
    if "request" in needs and request_of(moment) is None:
        return True
    if "authority" in needs and cell["asked"] != "authorised":
        return True
    established = cell["cause"] in {
        "provider_change",
        "vendor_unapproved_change",
        "vendor_approved_change",
        "client_change",
    }
    return bool({"change", "attribution"} & set(needs)) and not established


def hourly_of(case: Case, version: Case, clause: Case, band: str) -> Fraction:
    """What an hour costs under a clause, as it is printed: rounded once to the smallest unit of the currency."""
    multipliers = version["rates"].get("multipliers") or {}
    times = {
        "by_band": multipliers.get(band, 1),
        "base": 1,
        "times": clause.get("times", 1),
    }[clause.get("rate", "by_band")]
    unit = smallest(case["client"]["currency"])
    base = Fraction(str(version["rates"]["hourly"]).split()[0])
    return Fraction(half_away(base * Fraction(str(times)) * unit), unit)
