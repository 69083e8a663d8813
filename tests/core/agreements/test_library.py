from __future__ import annotations

import pytest

from groundrules.core.agreements.library import (
    Library,
    LibraryEntry,
    LibraryRefused,
    Parameter,
    draft_sentences,
    filled,
)
from groundrules.core.agreements.sentences import parse
from groundrules.core.agreements.terms import DecidingClause

_ALL = LibraryEntry("all", "All", "t", ("Clause 1: any work is covered.",), "p", standard=True)
_PROJECTS = LibraryEntry(
    "projects",
    "P",
    "t",
    ("Clause 2: work that is project work is billable at the base rate.",),
    "p",
    "x",
)
_PAID = LibraryEntry(
    "paid",
    "P",
    "t",
    ("Clause 3: work that is remediation is not billable.",),
    "p",
    choice="x",
    standard=True,
    requires=("all",),
)
_RATES = LibraryEntry("rates", "R", "t", ("Rates: an hour costs {hourly}.",), "p")
_LIBRARY = Library(
    (_ALL, _PROJECTS, _PAID, _RATES), (Parameter("hourly", "How much?", "90.00 EUR"),)
)


class TestChoosing:
    """Library.with_choices and Library.chosen."""

    def test_takes_the_chosen_entry_in_the_place_of_the_standard_one(self) -> None:
        """An alternative replaces; nothing else changes."""
        assert _LIBRARY.with_choices(["projects"]) == ("all", "projects")

    def test_brings_what_an_entry_relies_on(self) -> None:
        """A choice that needs another gets it."""
        assert _LIBRARY.with_choices(["paid"]) == ("all", "paid")

    @pytest.mark.parametrize(
        ("ids", "said"),
        [
            (["all", "projects", "paid"], "alternatives"),
            (["paid"], "relies on all"),
            (["all", "nothing"], "no entry nothing"),
        ],
    )
    def test_refuses_entries_that_do_not_go_together(self, ids: list[str], said: str) -> None:
        """Two alternatives, a missing ground, and an entry that is not there."""
        with pytest.raises(LibraryRefused, match=said):
            _LIBRARY.chosen(ids)


class TestDraftSentences:
    """draft_sentences(library, ids, answers)."""

    def test_declares_precedence_only_over_clauses_of_the_same_work(self) -> None:
        """Each clause prevails over the general one, and says so."""
        said = draft_sentences(_LIBRARY, ["all", "projects"], {})

        read = parse(said[1])
        assert isinstance(read, DecidingClause)
        assert read.takes_precedence_over == ("1",)

    def test_puts_answers_in_and_usual_ones_where_nothing_was_answered(self) -> None:
        """The question's usual answer counts until another is given."""
        assert draft_sentences(_LIBRARY, ["rates"], {}) == ("Rates: an hour costs 90.00 EUR.",)
        assert "5.00 USD" in draft_sentences(_LIBRARY, ["rates"], {"hourly": "5.00 USD"})[0]

    def test_refuses_an_answer_nobody_asked_for(self) -> None:
        """A misspelt name would otherwise change nothing, silently."""
        with pytest.raises(LibraryRefused, match="hourley"):
            draft_sentences(_LIBRARY, ["rates"], {"hourley": "5.00 USD"})

    @pytest.mark.parametrize("answer", ['5" extra', "", "a\nb", "{hourly}"])
    def test_refuses_an_answer_that_would_change_the_sentence(self, answer: str) -> None:
        """Nothing can be smuggled into a wording."""
        with pytest.raises(LibraryRefused, match="hourly"):
            filled("Rates: an hour costs {hourly}.", {"hourly": answer})
