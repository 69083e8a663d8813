"""What one says to the client, for the numbered scenarios: short, true, and without our vocabulary."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.core.coverage.saying import Telling, say_to_client
from groundrules.core.money import Money
from groundrules.services.cases import run_case

CASES = Path(__file__).resolve().parent
TITLES = {"3.2": "Maintenance", "4.2": "After hours, asked for by the client"}


def said(name: str, entry: str, charged: str) -> str:
    """This function will say a scenario's decision on one entry."""
    path = CASES / name
    answers = run_case(path.read_bytes(), path).answered[-1].answers
    history = next(h for h in answers.decisions if h.entry == entry)
    decision = history.in_force
    telling = Telling("Alex", "SRV1", "drive array", Money.of(charged, "USD"), TITLES)  # type: ignore[arg-type]  # plain numbers
    return say_to_client(decision, telling)


@pytest.mark.parametrize(
    ("name", "entry", "charged", "says"),
    [
        (
            "01-drive-array-recovery.yaml",
            "W-A",
            "2025.00",
            (
                "Alex worked 10 h 25 min on SRV1 on Tuesday, February 20 (drive array). "
                "3 h 50 min are covered by clause 3.2 (Maintenance) of our agreement: worth $575.00, "
                "and you pay nothing for it. "
                "6 h 35 min outside business hours are charged under clause 4.2 (After hours, asked "
                "for by the client) of our agreement, as you asked (“Keep going tonight”). "
                "That comes to $2,025.00."
            ),
        ),
    ],
)
def test_says_what_was_done_and_what_it_comes_to(
    name: str, entry: str, charged: str, says: str
) -> None:
    """Covered and charged parts each in a sentence, with who asked, and no word of ours."""
    assert said(name, entry, charged) == says
