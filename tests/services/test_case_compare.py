from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from groundrules.core.ids import ClauseNumber, TimeEntryId
from groundrules.core.money import Money
from groundrules.readers.case_file.model_expect import ExpectedCharge
from groundrules.readers.case_file.model_expect_documents import ExpectedReinstatement
from groundrules.readers.case_file.shapes import Minutes
from groundrules.services.case_compare import Comparison

_FOUND = ExpectedCharge(
    entries=(TimeEntryId("W-1"), TimeEntryId("W-2")),
    amount=Money(11250, "USD"),
    time=Minutes(45),
    clause=ClauseNumber("6.3"),
    working=("33 min -> 0.75 h x $150.00 = $112.50; rounding up to 15 min",),
)


def compared(expected: ExpectedCharge, *, complete: bool = True) -> Comparison:
    """This function will compare one expected charge with the one that was found."""
    comparison = Comparison("America/Los_Angeles")
    comparison.lists("charges", (expected,), (_FOUND,), complete=complete)
    return comparison


class TestComparison:
    """Expected against found."""

    def test_passes_what_is_exactly_so(self) -> None:
        """The whole record equals itself, and every statement of it was compared."""
        comparison = compared(_FOUND)

        assert comparison.mismatches == []
        assert comparison.compared == 4

    def test_ignores_what_the_author_left_out(self) -> None:
        """Only stated fields are compared."""
        comparison = compared(ExpectedCharge(_FOUND.entries, _FOUND.amount))

        assert comparison.mismatches == []

    def test_ignores_the_order_of_names(self) -> None:
        """W-2 and W-1 are the same two entries."""
        comparison = compared(replace(_FOUND, entries=tuple(reversed(_FOUND.entries))))

        assert comparison.mismatches == []

    def test_shows_both_values_of_a_field(self) -> None:
        """Durations are shown as people write them."""
        comparison = compared(replace(_FOUND, time=Minutes(60)))

        (mismatch,) = comparison.mismatches
        assert str(mismatch) == (
            "charges W-1, W-2, $112.50: time\n    expected: 1 h\n    found:    45 min"
        )

    def test_names_what_is_there_instead_of_a_missing_answer(self) -> None:
        """A wrong key shows the answers that could have been meant; complete lists also name what is over."""
        comparison = compared(replace(_FOUND, amount=Money(11251, "USD")))

        missing, extra = comparison.mismatches
        assert (missing.expected, missing.found) == ("this answer", "only W-1, W-2, $112.50")
        assert (extra.where, extra.expected) == ("charges W-1, W-2, $112.50", "no such answer")

    def test_lets_an_incomplete_list_leave_answers_out(self) -> None:
        """A list that does not claim to be complete says nothing about the rest."""
        comparison = Comparison("UTC")

        comparison.lists("charges", (), (_FOUND,), complete=False)

        assert comparison.mismatches == []

    def test_finds_words_across_line_breaks(self) -> None:
        """Text is compared as one line."""
        comparison = compared(replace(_FOUND, working=("0.75 h\n  x $150.00",)))

        assert comparison.mismatches == []

    def test_shows_the_text_in_which_words_are_missing(self) -> None:
        """The mismatch quotes what was said instead."""
        comparison = compared(replace(_FOUND, working=("rounding down",)))

        (mismatch,) = comparison.mismatches
        assert mismatch.expected == 'text containing "rounding down"'
        assert mismatch.found.startswith("33 min")

    def test_shows_instants_with_their_zone(self) -> None:
        """A wrong instant is shown in the site's own time."""
        suspended = datetime(2007, 3, 12, 15, tzinfo=UTC)
        comparison = Comparison("America/Los_Angeles")

        comparison.lists(
            "reinstatements",
            (ExpectedReinstatement("SRV1", covered_from=suspended),),  # type: ignore[arg-type]  # a plain id reads better
            (ExpectedReinstatement("SRV1"),),  # type: ignore[arg-type]  # as above
            complete=False,
        )

        (mismatch,) = comparison.mismatches
        assert (mismatch.expected, mismatch.found) == ("Mon 2007-03-12 08:00 PDT", "nothing")
