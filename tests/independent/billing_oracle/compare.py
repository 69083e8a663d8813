"""Ask the product about a case, ask the oracle, and say in words where the two differ."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

from groundrules.renderers.answers_json import answers_as_data
from groundrules.services.cases import run_case
from tests.independent.billing_oracle.charges import Priced, charges_of
from tests.independent.billing_oracle.clocks import instant
from tests.independent.billing_oracle.coins import smallest
from tests.independent.billing_oracle.facts import Case
from tests.independent.billing_oracle.verdicts import Step, walk


def answered(case: Case) -> dict[str, Any]:
    """What the product answers to a case, as data."""
    outcome = run_case(json.dumps(case).encode(), Path("world.json"))
    (question,) = outcome.answered
    found: dict[str, Any] = answers_as_data(question.answers)
    return found


def differences(case: Case) -> list[str]:
    """Everything that differs between the product's answer and the oracle's."""
    answers = answered(case)
    steps = walk(case, instant(case["at"]))
    return [*_in_decisions(answers, steps), *_in_charges(answers, case, steps)]


def _utc(text: str) -> int:
    return instant(text.replace("T", " ").replace("Z", " Z"))


def _in_decisions(answers: dict[str, Any], steps: list[Step]) -> list[str]:
    segments: dict[str, list[Any]] = {
        of["entry"]: of["decisions"][-1]["segments"] for of in answers["decisions"]
    }
    said: list[str] = []
    for step in steps:
        at_hand = [
            s
            for s in segments.get(step.entry["id"], [])
            if _utc(s["period"]["start"]) <= step.at < _utc(s["period"]["end"])
        ]
        if len(at_hand) != 1:
            said.append(f"{step.entry['id']} at {step.at}: {len(at_hand)} segments")
            continue
        found = _facts_of(at_hand[0])
        wanted = {
            **dict(step.cell),
            "outcome": step.outcome,
            "clause": step.clause,
            **({} if step.outcome == "needs_person" else {"hourly": step.hourly}),
            "local_day": step.day.isoformat(),
            "version": step.version,
        }
        said.extend(
            f"{step.entry['id']} from {step.entry['from']}: {name} is {found[name]}, wanted {value} at {step.at}"
            for name, value in wanted.items()
            if found[name] != value
        )
    return said[:5]


def _facts_of(segment: dict[str, Any]) -> dict[str, Any]:
    return {
        **segment["cell"],
        "outcome": segment["outcome"],
        "clause": segment["clause"],
        "local_day": segment["local_day"],
        "version": segment["agreement_version"],
        "band": segment["band"],
        "hourly": Fraction(segment["hourly"]["amount"]),
    }


def _in_charges(answers: dict[str, Any], case: Case, steps: list[Step]) -> list[str]:
    unit = smallest(case["client"]["currency"])
    wanted = Counter(_line(charge) for charge in charges_of(case, steps))
    found = Counter(
        (
            tuple(sorted(c["entries"])),
            c["service_day"],
            int(c["minutes_charged"]),
            int(Fraction(c["amount"]["amount"]) * unit),
        )
        for c in answers["money"]["charges"]
    )
    return [
        *(f"charged and should not be: {line}" for line in found - wanted),
        *(f"not charged and should be: {line}" for line in wanted - found),
    ]


def _line(charge: Priced) -> tuple[tuple[str, ...], str, int, int]:
    return charge.entries, charge.day.isoformat(), charge.minutes, charge.amount


def amounts(case: Case) -> list[tuple[object, ...]]:
    """Every charge the product makes, without which entries it came from."""
    return sorted(
        (c["service_day"], c["seconds"], c["minutes_charged"], c["amount"]["amount"])
        for c in answered(case)["money"]["charges"]
    )
