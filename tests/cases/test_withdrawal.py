"""What the letter that takes a suspension back counts as coming back: the wrong span's work and no other refund."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from groundrules.core.answers.correspondence import desk_of, letters_of
from groundrules.core.ids import TimeEntryId
from groundrules.core.invoices.answers import LineKind
from groundrules.core.letters.answers import LetterKind
from groundrules.core.money import Money
from groundrules.core.periods import Period
from groundrules.services.cases import run_case

CASE = Path(__file__).resolve().parent / "11b-wrongful-suspension.yaml"


def test_leaves_other_refunds_out() -> None:
    """A refund of February's work, and a fee of an earlier day, come back for their own reasons."""
    answers = run_case(CASE.read_bytes(), CASE).answered[-1].answers
    desk = desk_of(answers)
    credit = next(d for d in answers.money.invoices if d.total == Money.of("-225.00", "USD"))
    (line,) = (one for one in credit.lines if one.kind is LineKind.REFUND)
    earlier = replace(
        answers.world.work[0],
        id=TimeEntryId("W-OLD"),
        period=Period(
            datetime(2007, 2, 20, 18, 0, tzinfo=UTC), datetime(2007, 2, 20, 19, 0, tzinfo=UTC)
        ),
    )
    others = (
        replace(line, amount=Money.of("-99.00", "USD"), entries=(earlier.id,)),
        replace(line, amount=Money.of("-77.00", "USD"), entries=(), service_day=date(2007, 3, 11)),
    )
    kept = tuple(
        replace(d, lines=(*d.lines, *others)) if d is credit else d for d in answers.money.invoices
    )
    world = replace(desk.world, work=(*desk.world.work, earlier))
    desk = replace(desk, world=world, money=replace(desk.money, invoices=kept))

    (letter,) = (d for d in letters_of(desk) if d.kind is LetterKind.WITHDRAWAL)

    items = " ".join(item for p in letter.paragraphs for item in p.items)
    assert "$225.00" in items
    assert "$99.00" not in items
    assert "$77.00" not in items
