from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.agreements.boxes import boxes_of, describe_cells
from groundrules.core.agreements.facts import (
    DIMENSIONS,
    Asked,
    Cell,
    CoverageState,
    Outcome,
    WorkCause,
    all_cells,
)
from groundrules.core.agreements.matching import UnknownFact, applies
from groundrules.core.agreements.table import (
    BackdatedVersion,
    ClauseConflict,
    ClauseGap,
    DeadClause,
    FailureKind,
    NotPublishable,
    UnknownPrecedence,
    bands_of,
    check_publishable,
    decision_table,
    digest,
    prove,
)
from groundrules.core.agreements.terms import AgreementVersion, DecidingClause
from groundrules.core.calendars import Calendar, HoursBand
from groundrules.core.ids import ClauseNumber
from groundrules.core.periods import Period
from groundrules.core.work import WorkType
from tests.core.harbor import harbor_calendar, harbor_version, number, numbers, site

BANDS = frozenset({HoursBand.BUSINESS, HoursBand.AFTER_HOURS})
Break = Callable[[AgreementVersion], AgreementVersion]


def _without(version: AgreementVersion, *gone: str) -> AgreementVersion:
    kept = tuple(clause for clause in version.clauses if clause.number not in gone)
    freed = tuple(
        replace(c, takes_precedence_over=tuple(n for n in c.takes_precedence_over if n not in gone))
        for c in kept
    )
    return replace(version, clauses=freed)


def _over(version: AgreementVersion, clause: str, over: str) -> AgreementVersion:
    """The version with one clause's precedence declared anew."""
    changed = tuple(
        replace(c, takes_precedence_over=numbers(over)) if c.number == clause else c
        for c in version.clauses
    )
    return replace(version, clauses=changed)


def _and(version: AgreementVersion, clause: DecidingClause) -> AgreementVersion:
    return replace(version, clauses=(*version.clauses, clause))


def _shadow(version: AgreementVersion) -> AgreementVersion:
    """A second covering clause that 3.2 always beats."""
    extra = DecidingClause(
        number("3.9"),
        "Goodwill",
        Outcome.COVERED,
        {
            "state": frozenset({CoverageState.COVERED}),
            "work_type": frozenset({WorkType.MAINTENANCE}),
        },
    )
    beaten = {"3.2": "3.9", "4.2": "3.1 3.2 3.9 6.3 6.5", "4.3": "3.1 3.2 3.9 6.3 6.5"}
    for clause, over in beaten.items():
        version = _over(version, clause, over)
    return _and(version, extra)


def _weekends(version: AgreementVersion) -> AgreementVersion:
    """A clause for an hours band the calendar never produces."""
    when = {"band": frozenset({HoursBand.WEEKEND})}
    return _and(version, DecidingClause(number("4.9"), "Weekends", Outcome.BILLABLE, when))


def _third_wheel(version: AgreementVersion) -> AgreementVersion:
    """A clause over 6.3, which is over 3.2, but not over 3.2 itself."""
    when = {"cause": frozenset({WorkCause.HARDWARE}), "band": frozenset({HoursBand.BUSINESS})}
    clause = DecidingClause(number("8.1"), "Hardware", Outcome.BILLABLE, when, numbers("6.3"))
    return _and(version, clause)


BROKEN: list[tuple[str, Break, type[NotPublishable], str]] = [
    (
        "no clause for servers that are not listed",
        lambda v: _without(v, "3.1"),
        ClauseGap,
        (
            "No clause says what happens to maintenance or remediation, on a server not listed, any "
            "cause, in business hours, whoever asked."
        ),
    ),
    (
        "no clause for projects",
        lambda v: _without(v, "5.1"),
        ClauseGap,
        (
            "No clause says what happens to project work, while covered or while under notice, any "
            "cause, at any hour, that nobody asked for, asked for by an authorised contact or asked "
            "for and awaiting ratification."
        ),
    ),
    (
        "no clause at all",
        lambda v: replace(v, clauses=()),
        ClauseGap,
        (
            "No clause says what happens to any work, whatever the server's state, any cause, at any "
            "hour, whoever asked."
        ),
    ),
    (
        "after-hours work without precedence",
        lambda v: _over(v, "4.2", "3.1 6.3 6.5"),
        ClauseConflict,
        (
            "Clauses 3.2 and 4.2 both apply and neither takes precedence for maintenance or "
            "remediation, while covered or while under notice, any cause, after hours, asked for by "
            "an authorised contact or asked for and awaiting ratification."
        ),
    ),
    (
        "work while suspended without precedence",
        lambda v: _over(v, "6.3", ""),
        ClauseConflict,
        (
            "Clauses 3.2 and 6.3 both apply and neither takes precedence for maintenance or "
            "remediation, while suspended or while being reinstated, any cause, in business hours, "
            "whoever asked."
        ),
    ),
    (
        "precedence only through a third clause",
        _third_wheel,
        ClauseConflict,
        (
            "Clauses 3.2 and 8.1 both apply and neither takes precedence for maintenance or "
            "remediation, while covered or while under notice, after a hardware failure, in business "
            "hours, whoever asked."
        ),
    ),
    (
        "precedence in a circle",
        lambda v: _over(v, "3.2", "4.2"),
        ClauseConflict,
        "Precedence runs in a circle: 3.2 over 4.2 over 3.2. Drop one of them.",
    ),
    (
        "one number twice",
        lambda v: _and(v, replace(v.clauses[0], title="Again")),
        ClauseConflict,
        "The number 3.1 is given to 2 clauses; number each once.",
    ),
    (
        "a clause that always gives way",
        _shadow,
        DeadClause,
        (
            "Clause 3.9 (Goodwill) never decides anything: wherever it applies, clause 3.2, 4.2 or "
            "4.3 prevails. Change its conditions or leave it out."
        ),
    ),
    (
        "a clause for hours that never come",
        _weekends,
        DeadClause,
        (
            "Clause 4.9 (Weekends) never applies: this calendar has no such hours. Change its "
            "conditions or leave it out."
        ),
    ),
    (
        "precedence over a clause that is not there",
        lambda v: _over(v, "6.3", "3.2 9.9"),
        UnknownPrecedence,
        (
            "Clause 6.3 (Work while a server is suspended) takes precedence over clause 9.9, which is "
            "not a deciding clause of this version."
        ),
    ),
]


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
        version = _without(harbor_version(1), "5.1")

        (failure,) = prove(version)

        undecided = {c for c in all_cells(BANDS) if not any(applies(k, c) for k in version.clauses)}
        assert failure.kind is FailureKind.GAP
        assert set(failure.cells) == undecided
        assert len(failure.cells) == len(undecided) > 0

    def test_names_the_clauses_of_a_conflict(self) -> None:
        """A form can mark both."""
        failures = prove(_over(harbor_version(1), "6.3", ""))

        assert [failure.clauses for failure in failures] == [("3.2", "6.3")]

    def test_finds_a_longer_circle_once(self) -> None:
        """3.2 over 4.2, 4.2 over 6.3, 6.3 over 3.2 is one circle, not three."""
        version = _over(harbor_version(1), "3.2", "4.2")
        version = _over(version, "4.2", "6.3")

        circles = [f for f in prove(version) if f.kind is FailureKind.CYCLE]

        assert [set(circle.clauses) for circle in circles] == [{"3.2", "4.2", "6.3"}]

    @pytest.mark.parametrize(
        ("fact", "value"), [("work_type", "repairs"), ("weather", "rain")], ids=["value", "fact"]
    )
    def test_refuses_facts_that_do_not_exist(self, fact: str, value: str) -> None:
        """A misspelt condition would otherwise never apply."""
        odd = DecidingClause(number("9.1"), "Odd", Outcome.COVERED, {fact: frozenset({value})})

        with pytest.raises(UnknownFact, match=f"clause 9.1 speaks of {fact} {value}; write one of"):
            prove(_and(harbor_version(1), odd))


class TestCheckPublishable:
    @pytest.mark.parametrize(
        ("breaking", "refusal", "sentence"),
        [case[1:] for case in BROKEN],
        ids=[case[0] for case in BROKEN],
    )
    def test_refuses_a_broken_version(
        self, breaking: Break, refusal: type[NotPublishable], sentence: str
    ) -> None:
        """The refusal carries the name of what is wrong and the words."""
        version = breaking(harbor_version(1))

        with pytest.raises(refusal) as refused:
            check_publishable(version, None, version.signed_at)

        assert sentence in str(refused.value)
        assert refused.value.failures == prove(version)

    def test_publishes_both_versions_of_harbor(self) -> None:
        """Signed and published as they come into force."""
        first, second = harbor_version(1), harbor_version(2)

        check_publishable(first, None, first.signed_at)
        check_publishable(second, first, second.signed_at)

        assert prove(second) == ()

    def test_lets_a_running_agreement_be_entered(self) -> None:
        """The first version may be entered later: nothing was decided before it."""
        first = harbor_version(1)

        check_publishable(first, None, first.signed_at + timedelta(days=900))

        assert first.version == 1

    def test_refuses_a_version_in_force_before_its_signature(self) -> None:
        """Signed in April, in force in March: impossible."""
        late = replace(harbor_version(2), signed_at=harbor_version(2).signed_at + timedelta(days=9))

        with pytest.raises(BackdatedVersion, match="in force before it was signed"):
            check_publishable(late, harbor_version(1), late.in_force.start)

    def test_refuses_a_version_in_force_before_it_is_published(self) -> None:
        """Work already done keeps the version it was done under."""
        second = harbor_version(2)

        with pytest.raises(BackdatedVersion, match="in force before it is published"):
            check_publishable(second, harbor_version(1), second.signed_at + timedelta(seconds=1))

    def test_refuses_a_version_that_does_not_follow_the_last(self) -> None:
        """Version 2 cannot begin when version 1 began, nor carry its number."""
        first, second = harbor_version(1), harbor_version(2)
        same_start = replace(second, in_force=first.in_force, signed_at=first.signed_at)
        same_number = replace(second, version=1)

        for wrong in (same_start, same_number):
            with pytest.raises(BackdatedVersion, match="does not follow version 1"):
                check_publishable(wrong, first, first.signed_at)


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
        assert bands_of(apart) == frozenset(HoursBand)
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
    @given(st.sets(st.sampled_from(all_cells(BANDS)), min_size=1, max_size=60))
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
            for cell in all_cells(BANDS)
            for box in boxes
            if all(getattr(cell, f) in v for f, v in zip(facts, box, strict=True))
        }
        assert inside == cells
        assert counted == len(cells)

    def test_say_everything_in_one_line(self) -> None:
        """All cells are any work, whatever, whenever."""
        assert describe_cells(all_cells(BANDS), BANDS) == (
            "any work, whatever the server's state, any cause, at any hour, whoever asked",
        )
