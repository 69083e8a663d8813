from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from groundrules.core.agreements.library import LibraryEntry, filled
from groundrules.core.agreements.sentences import parse
from groundrules.services.clause_library import (
    Answered,
    DraftRefused,
    ask_for,
    draft,
    load_library,
    read_answers,
)

_LIBRARY = load_library()
_USUAL = {parameter.name: parameter.default for parameter in _LIBRARY.parameters}
_FIRST = Answered(
    "Harbor Dental", "North IT", "Linda", ("SRV1", "SRV2"), date(2026, 2, 1), date(2026, 1, 15)
)
_FREE = tuple(entry.id for entry in _LIBRARY.entries if not entry.choice)
# The choices whose clauses decide work, named by their first entry; adds, moves and changes stand alone.
_DECIDING = {"after-hours-on-request", "third-party-change", "travel-charged"}
_TOPICS = {
    "Covered assets", "Covered services", "Philosophy line", "LOB upgrade", "Exclusion: third-party change",
    "Variant: approval test", "Variant: T&M", "Soft variant", "Other standard exclusions", "Vendor management",
    "Third-party liaison", "Minimum standards", "Local-admin carve-out", "Client obligations", "Credits", "Hours",
    "After-hours", "SLA", "Adds, moves, changes", "Project threshold", "Fees and payment", "Fees and late payment",
    "Term and notice", "Uplift", "Count change", "Reporting duty", "Order of precedence", "Suspension", "Travel",
}  # fmt: skip


class TestTheLibrary:
    """load_library()."""

    def test_speaks_of_every_kind_of_clause_agreements_have(self) -> None:
        """No kind of clause is missing, and every entry belongs to one."""
        assert {entry.topic for entry in _LIBRARY.entries} == _TOPICS

    @pytest.mark.parametrize("entry", _LIBRARY.entries, ids=lambda entry: entry.id)
    def test_every_entry_is_read_and_proven_in_an_agreement(self, entry: LibraryEntry) -> None:
        """Nothing in the library is only words."""
        assert all(parse(filled(sentence, _USUAL)) for sentence in entry.sentences)

        drafted = draft(replace(_FIRST, choose=(entry.id,)))

        assert entry in drafted.entries

    @pytest.mark.parametrize(
        "choice",
        tuple(product(*(group for group in _LIBRARY.alternatives() if group[0].id in _DECIDING))),
        ids=lambda choice: "+".join(entry.id for entry in choice),
    )
    def test_every_combination_is_proven_with_every_optional_clause(
        self, choice: tuple[LibraryEntry, ...]
    ) -> None:
        """Whatever is chosen together, each kind of work is decided once and no clause is dead."""
        drafted = draft(replace(_FIRST, choose=(*_FREE, *(entry.id for entry in choice))))

        assert set(choice) <= set(drafted.entries)

    def test_an_entry_may_rely_on_either_of_two(self) -> None:
        """What binds work while suspended stands beside whichever suspension was chosen."""
        chosen = ("suspended", "suspension-without-backups")

        found = {entry.id for entry in draft(replace(_FIRST, choose=chosen)).entries}

        assert set(chosen) <= found
        assert "suspension" not in found

    def test_every_parameter_is_used(self) -> None:
        """Nobody is asked what no clause says."""
        used = {name for entry in _LIBRARY.entries for name in entry.parameters}

        assert used == set(_USUAL)


class TestDraft:
    """draft(answered)."""

    def test_writes_the_answers_into_the_agreement(self) -> None:
        """Prices and servers are those answered."""
        prices = {"hourly": "99.00 EUR", "monthly": "100.00 EUR"}
        drafted = draft(replace(_FIRST, parameters=prices))

        assert "an hour costs 99.00 EUR" in drafted.text
        assert "currency: EUR" in drafted.text
        assert drafted.text.count("SRV2") == 3

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"parameters": {"hourly": "cheap"}}, "amount"),
            ({"servers": ()}, "servers"),
            ({"leave_out": ("everything-else",)}, "No clause"),
            ({"leave_out": ("vendors-submit",)}, "relies on vendors-submit"),
            ({"leave_out": ("term", "nothing")}, "nothing cannot be left out"),
            ({"parameters": {"zone": "Mars/Olympus"}}, "is no time zone"),
            ({"begins": date(2026, 1, 1)}, "before it was signed"),
        ],
    )
    def test_refuses_what_makes_no_agreement(self, changed: dict[str, object], said: str) -> None:
        """A draft that cannot be read or proven never leaves, and the reason does."""
        with pytest.raises(DraftRefused, match=said):
            draft(replace(_FIRST, **changed))  # type: ignore[arg-type]


class TestAskFor:
    """ask_for(ask)."""

    def test_usual_answers_make_the_usual_agreement(self) -> None:
        """A newcomer who only names the parties, servers and dates has an agreement."""
        told = iter(
            ["Harbor Dental", "North IT", "Linda", "SRV1, SRV2", "2026-01-15", "2026-02-01"]
        )
        asked: list[str] = []

        def ask(question: str, usual: str) -> str:
            asked.append(question)
            return next(told, usual)

        assert draft(ask_for(ask)).sentences == draft(_FIRST).sentences
        assert len(asked) < 40

    @pytest.mark.parametrize("told", ["tomorrow", "2026-02-30"])
    def test_refuses_a_day_that_is_none(self, told: str) -> None:
        """The refusal shows how a date is written."""
        with pytest.raises(DraftRefused, match="2026-01-15"):
            ask_for(lambda _question, _usual: told)


class TestReadAnswers:
    """read_answers(raw)."""

    @pytest.mark.parametrize(
        "raw", [b"client = ", b"\xff", b'client = "x"\nwhat = 1', b"client = 3"]
    )
    def test_refuses_what_are_no_answers(self, raw: bytes) -> None:
        """Broken, incomplete or of the wrong kind."""
        with pytest.raises(DraftRefused):
            read_answers(raw)
