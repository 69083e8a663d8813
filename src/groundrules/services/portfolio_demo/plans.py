"""Who the made clients are: each draws its servers, fee and hours from its own luck; four have a story.

*Sable & Finch Logistics* loses money by its own many repairs. *Harbor View Dental* earns well but for a vendor who
keeps breaking what others need. *Even Keel Accounting* pays the highest fees of all and earns nothing. *Tangle Books*
is served by a temporary technician whose hour nobody has costed, so nothing can be said yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from random import Random

_FIRST = (
    "Alder",
    "Birch",
    "Cedar",
    "Delta",
    "Elm",
    "Fjord",
    "Granite",
    "Hazel",
    "Indigo",
    "Juniper",
    "Kestrel",
    "Linden",
)
_TRADES = ("Legal", "Clinic", "Foods", "Freight", "Design", "Estates", "Optics")


class Story(StrEnum):
    """What is the matter with a client."""

    USUAL = "usual"
    BAD = "bad"
    VENDOR = "a vendor"
    EVEN = "even"
    UNCOSTED = "uncosted"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made: clients, months of history, the seed, and the first day after the last month."""

    end: date
    clients: int = 40
    months: int = 24
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Plan:
    """One client: what it pays for how many servers, and which gross margin its everyday work leaves.

    `reactive` is the share of its hours that are repairs.
    """

    code: str
    name: str
    story: Story
    servers: int
    fee: int
    margin: Fraction
    reactive: Fraction


_STORIES = (
    Plan("SABLE", "Sable & Finch Logistics", Story.BAD, 4, 520, Fraction("-0.28"), Fraction("0.9")),
    Plan("HARBORV", "Harbor View Dental", Story.VENDOR, 3, 640, Fraction("0.64"), Fraction("0.4")),
    Plan("KEEL", "Even Keel Accounting", Story.EVEN, 6, 690, Fraction(0), Fraction("0.6")),
    Plan("TANGLE", "Tangle Books", Story.UNCOSTED, 2, 450, Fraction("0.55"), Fraction("0.5")),
)


def luck_of(size: Size, code: str) -> Random:
    """This function will return a client's own source of luck: one client more changes none of the others."""
    return Random(f"{size.seed}|{code}")  # noqa: S311 - made data must be the same again, not secret


def plans(size: Size) -> tuple[Plan, ...]:
    """This function will draw every client: the four with a story first."""
    usual = (_usual(n, size) for n in range(max(0, size.clients - len(_STORIES))))
    return (*_STORIES[: size.clients], *usual)


def _usual(number: int, size: Size) -> Plan:
    name = f"{_FIRST[number % len(_FIRST)]} {_TRADES[(number // len(_FIRST)) % len(_TRADES)]}"
    if number >= len(_FIRST) * len(_TRADES):
        name = f"{name} {number // (len(_FIRST) * len(_TRADES)) + 1}"
    code = f"C{number + 1:03d}"
    luck = luck_of(size, code)
    return Plan(
        code,
        name,
        Story.USUAL,
        servers=luck.randint(2, 5),
        fee=luck.choice((380, 420, 450, 480)),
        margin=Fraction(luck.randint(56, 72), 100),
        reactive=Fraction(luck.randint(30, 55), 100),
    )
