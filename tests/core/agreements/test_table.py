from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.agreements import table
from groundrules.core.agreements.boxes import boxes_of, describe_cells
from groundrules.core.agreements.digests import digest
from groundrules.core.agreements.facts import (
    DIMENSIONS,
    FURTHER,
    Asked,
    Cell,
    CoverageState,
    Outcome,
    WorkCause,
    all_cells,
)
from groundrules.core.agreements.matching import UnknownFact, applies
from groundrules.core.agreements.table import (
    FailureKind,
    bands_of,
    decision_table,
    prove,
)
from groundrules.core.agreements.terms import AgreementVersion, DecidingClause, ObligationClause
from groundrules.core.calendars import Calendar, HoursBand
from groundrules.core.ids import ClauseNumber
from groundrules.core.money import Money
from groundrules.core.periods import Period
from groundrules.core.work import WorkType
from tests.core.agreements.broken import BROKEN, Break, add, drop, over
from tests.core.harbor import harbor_calendar, harbor_version, number, site

BANDS = frozenset({HoursBand.BUSINESS, HoursBand.AFTER_HOURS})
EVERY_CELL = all_cells(BANDS)


@cache
def some_cells(further: frozenset[str]) -> st.SearchStrategy[list[Cell]]:
    """Two cells or more where these further facts count too: of up to 18,000, listed once for all examples."""
    picked = st.sampled_from(all_cells(BANDS, further))
    return st.lists(picked, min_size=2, max_size=40, unique=True)


class TestProve:
    @pytest.mark.parametrize("version", [1, 2])
    def test_finds_nothing_wrong_with_harbor(self, version: int) -> None:
        """Both versions are complete, free of conflicts and of dead clauses."""
        assert prove(harbor_version(version)) == ()

    @pytest.mark.parametrize(
        ("breaking", "sentence"),
        [(case[1], case[3]) for case in BROKEN],
        ids=[case[0] for case in BROKEN],
    )
    def test_says_what_is_broken_in_words(self, breaking: Break, sentence: str) -> None:
        """A lawyer can follow what is wrong without seeing a table."""
        failures = prove(breaking(harbor_version(1)))

        assert sentence in [failure.sentence for failure in failures]

    def test_lists_exactly_the_cells_of_a_gap(self) -> None:
        """Each of them is decided by nobody, and no other is."""
        version = drop(harbor_version(1), "5.1")

        (failure,) = prove(version)

        undecided = {c for c in all_cells(BANDS) if not any(applies(k, c) for k in version.clauses)}
        assert failure.kind is FailureKind.GAP
        assert set(failure.cells) == undecided
        assert len(failure.cells) == len(undecided) > 0

    def test_names_the_clauses_of_a_conflict(self) -> None:
        """A form can mark both."""
        failures = prove(over(harbor_version(1), "6.3", ""))

        assert [failure.clauses for failure in failures] == [("3.2", "6.3")]

    def test_calls_a_clause_over_itself_a_circle(self) -> None:
        """It still decides what it decided, so nothing else is reported."""
        (failure,) = prove(over(harbor_version(1), "4.2", "3.1 3.2 4.2 6.3 6.5"))

        assert failure.sentence == "Precedence runs in a circle: 4.2 over 4.2. Drop one of them."

    def test_finds_a_longer_circle_once(self) -> None:
        """3.2 over 4.2, 4.2 over 6.3, 6.3 over 3.2 is one circle, not three."""
        version = over(harbor_version(1), "3.2", "4.2")
        version = over(version, "4.2", "6.3")

        circles = [f for f in prove(version) if f.kind is FailureKind.CYCLE]

        assert [set(circle.clauses) for circle in circles] == [{"3.2", "4.2", "6.3"}]

    @pytest.mark.parametrize(
        ("fact", "value"), [("work_type", "repairs"), ("weather", "rain")], ids=["value", "fact"]
    )
    def test_refuses_facts_that_do_not_exist(self, fact: str, value: str) -> None:
        """A misspelt condition would otherwise never apply."""
        odd = DecidingClause(number("9.1"), "Odd", Outcome.COVERED, {fact: frozenset({value})})

        with pytest.raises(UnknownFact, match=f"clause 9.1 speaks of {fact} {value}; write one of"):
            prove(add(harbor_version(1), odd))

    def test_proves_anew_whatever_differs_in_what_decides(self) -> None:
        """That a version is sound says nothing of one with other conditions, precedence, hours or numbers."""
        sound = harbor_version(1)
        narrowed = tuple(
            replace(c, when={**c.when, "asked": frozenset({Asked.NOBODY})})
            if c.number == "6.5"
            else c
            for c in sound.clauses
        )
        differing = (
            replace(sound, clauses=narrowed),
            over(sound, "6.3", ""),
            replace(sound, calendar=replace(sound.calendar, hours=())),
            replace(sound, obligations=(ObligationClause(number("3.1"), "Twice"),)),
            replace(sound, fees=replace(sound.fees, monthly=Money.of(400, "EUR"))),
        )
        assert prove(sound) == ()

        kinds = [{failure.kind for failure in prove(version)} for version in differing]

        assert kinds == [
            {FailureKind.GAP},
            {FailureKind.CONFLICT},
            {FailureKind.DEAD},
            {FailureKind.DUPLICATE},
            {FailureKind.CURRENCIES},
        ]

    def test_proves_clauses_once_whatever_is_paid(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A price or a date changes nothing about who pays, so nothing is enumerated again."""
        version = harbor_version(1)
        prove(version)
        monkeypatch.setattr(table, "decision_table", None)

        dearer = replace(version, fees=replace(version.fees, monthly=Money.of(900, "USD")))

        assert prove(dearer) == ()


class TestDecisionTable:
    @given(st.sampled_from(all_cells(BANDS)), st.permutations(harbor_version(2).clauses))
    def test_does_not_depend_on_the_order_of_the_clauses(
        self, cell: Cell, clauses: list[DecidingClause]
    ) -> None:
        """Precedence is declared, never positional."""
        version = harbor_version(2)
        shuffled = replace(version, clauses=tuple(clauses))

        assert _TABLE.winner(cell) == _winner(shuffled, cell)

    def test_keeps_the_clauses_that_gave_way(self) -> None:
        """After hours the covering clause is beaten, not forgotten."""
        cell = Cell(
            CoverageState.COVERED,
            WorkType.MAINTENANCE,
            WorkCause.ROUTINE,
            HoursBand.AFTER_HOURS,
            Asked.NOBODY,
        )

        verdict = _TABLE.verdicts[cell]

        assert verdict.winner is not None
        assert (verdict.winner.number, [c.number for c in verdict.beaten]) == ("4.3", ["3.2"])
        assert _TABLE.outcome(cell) is Outcome.NOT_BILLABLE

    def test_covers_the_bands_its_calendar_can_produce(self) -> None:
        """Weekends and holidays are bands only where they are priced apart."""
        calendar = harbor_calendar()
        apart = replace(calendar, separate_weekend=True, separate_holiday=True)

        assert bands_of(calendar) == BANDS
        assert bands_of(apart) == frozenset(HoursBand) - {HoursBand.SUNDAY}
        assert bands_of(replace(apart, separate_sunday=True)) == frozenset(HoursBand)
        assert bands_of(Calendar("UTC", ())) == {HoursBand.AFTER_HOURS}


_TABLE = decision_table(harbor_version(2))


def _winner(version: AgreementVersion, cell: Cell) -> DecidingClause | None:
    return decision_table(version).winner(cell)


class TestDigest:
    def test_does_not_depend_on_the_order_of_the_clauses(self) -> None:
        """The same agreement has one digest."""
        version = harbor_version(2)

        assert digest(version) == digest(replace(version, clauses=version.clauses[::-1]))
        assert len(digest(version)) == 64

    @pytest.mark.parametrize(
        "change",
        [
            lambda v: replace(v, rates=replace(v.rates, multipliers={})),
            lambda v: replace(v, rounding=replace(v.rounding, increment_minutes=6)),
            lambda v: replace(v, calendar=replace(v.calendar, zone="America/New_York")),
            lambda v: replace(v, clauses=(replace(v.clauses[0], text="Other"), *v.clauses[1:])),
            lambda v: replace(v, assets=frozenset()),
            lambda v: replace(v, in_force=Period(v.in_force.start, site("2009-01-01 00:00"))),
            lambda v: replace(v, tie_break=ClauseNumber("1.9")),
        ],
        ids=["rate", "rounding", "zone", "wording", "servers", "end", "tie break"],
    )
    def test_changes_with_everything_the_version_says(self, change: Break) -> None:
        """No term can change unnoticed."""
        version = harbor_version(2)

        assert digest(change(version)) != digest(version)


class TestBoxes:
    @given(st.sets(st.sampled_from(EVERY_CELL), min_size=1, max_size=60))
    def test_cover_exactly_the_cells(self, cells: set[Cell]) -> None:
        """Words for cells neither leave one out nor add one, and no two boxes overlap."""
        boxes = boxes_of(sorted(cells, key=str))

        counted = 0
        for box in boxes:
            size = 1
            for values in box:
                size *= len(values)
            counted += size
        facts = tuple(DIMENSIONS)
        inside = {
            cell
            for cell in EVERY_CELL
            for box in boxes
            if all(getattr(cell, f) in v for f, v in zip(facts, box, strict=True))
        }
        assert inside == cells
        assert counted == len(cells)

    @given(
        further=st.sets(st.sampled_from(sorted(FURTHER))).map(frozenset),
        picked=st.data(),
    )
    def test_decide_the_same_with_further_facts(
        self, further: frozenset[str], picked: st.DataObject
    ) -> None:
        """A cell lies in a box of its outcome and in none of another, whichever of the eight facts count."""
        some = picked.draw(some_cells(further))
        cut = picked.draw(st.integers(1, len(some) - 1))
        covered, billable = (boxes_of(sorted(part, key=str)) for part in (some[:cut], some[cut:]))

        for place, cell in enumerate(some):
            values = tuple(str(getattr(cell, fact)) for fact in DIMENSIONS)
            inside = [
                sum(all(v in s for v, s in zip(values, box, strict=True)) for box in boxes)
                for boxes in (covered, billable)
            ]
            assert inside == ([1, 0] if place < cut else [0, 1])

    @pytest.mark.parametrize("fact", sorted(FURTHER))
    def test_merge_every_fact(self, fact: str) -> None:
        """All cells are one box, whichever further fact they differ in."""
        (box,) = boxes_of(all_cells(BANDS, frozenset({fact})))

        assert box[list(DIMENSIONS).index(fact)] == frozenset(map(str, DIMENSIONS[fact]))

    def test_say_everything_in_one_line(self) -> None:
        """All cells are any work, whatever, whenever."""
        assert describe_cells(all_cells(BANDS), BANDS) == (
            "any work, whatever the server's state, any cause, at any hour, whoever asked",
        )
