"""The same facts written down otherwise: in another order, or with entries cut in two."""

from __future__ import annotations

from copy import deepcopy
from random import Random

from tests.independent.billing_oracle.clocks import instant, written
from tests.independent.billing_oracle.facts import Case

_LISTS = ("work", "requests", "incidents", "lifecycle", "technicians", "assets", "blocks", "counts")


def shuffled(case: Case, seed: int) -> Case:
    """The case with its lists, its clauses and its contacts in another order."""
    dice = Random(seed)  # noqa: S311 - Worlds are made up, not secret.
    again = deepcopy(case)
    for name in _LISTS:
        dice.shuffle(again.get(name, []))
    dice.shuffle(again["client"]["contacts"])
    for version in again["agreement"]["versions"]:
        dice.shuffle(version["clauses"])
        dice.shuffle(version["assets"])
    return again


def cut_in_two(case: Case, seed: int) -> Case:
    """The case with every entry of two minutes or more written down as two."""
    dice = Random(seed)  # noqa: S311 - Worlds are made up, not secret.
    again = deepcopy(case)
    again["work"] = [half for entry in again["work"] for half in _halves(dice, entry)]
    return again


def _halves(dice: Random, entry: Case) -> list[Case]:
    begins, ends = instant(entry["from"]), instant(entry["to"])
    if ends - begins < 120:
        return [entry]
    middle = written(begins + dice.randint(1, (ends - begins) // 60 - 1) * 60)
    known = entry.get("recorded_at", entry["to"])
    return [
        {**entry, "to": middle, "recorded_at": known},
        {**entry, "id": f"{entry['id']}b", "from": middle, "recorded_at": known},
    ]
