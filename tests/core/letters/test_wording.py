from decimal import Decimal

import pytest

from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.letters.wording import checked, grade_of, wording_warnings
from groundrules.core.reasons import FactRef

CHANGE = FactRef("change", "CHG-1")
CLAUSE = FactRef("clause", "6.3")


def letter(text: str, *facts: FactRef) -> LetterDraft:
    """This function will build a letter of one paragraph."""
    return LetterDraft(LetterKind.NOTICE, "P", "Pat", "About", (Paragraph(text, facts=facts),))


class TestWordingWarnings:
    def test_accepts_plain_facts(self) -> None:
        """When, what, with its zone and its record."""
        good = letter("On Wed 19:58 PST the part was removed. SharePoint stopped later.", CHANGE)

        assert wording_warnings(good) == ()

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("Your vendor was careless.", "'careless' judges"),
            ("It is their fault.", "'fault' judges"),
            ("This was a terrible change.", "'terrible' colours"),
            ("They clearly did it.", "'clearly' colours"),
        ],
    )
    def test_finds_judgement_and_colour(self, text: str, says: str) -> None:
        """Say what happened; the reader can judge."""
        assert any(says in warning for warning in wording_warnings(letter(text)))

    @pytest.mark.parametrize("word", ["because", "caused", "due to", "led to", "broke"])
    def test_finds_an_unproven_cause(self, word: str) -> None:
        """About a change, cause needs proof."""
        draft = letter(f"The site stopped {word} the change.", CHANGE)

        assert any("not proven" in warning for warning in wording_warnings(draft))

    def test_allows_a_proven_cause(self) -> None:
        """With the replay cited, the letter may say so."""
        proof = FactRef("cause", "INC-1", "proven change")

        assert wording_warnings(letter("The change caused it.", CHANGE, proof)) == ()

    def test_allows_because_where_no_change_is_meant(self) -> None:
        """Reasons of our own are not accusations."""
        assert wording_warnings(letter("We write because you asked.")) == ()

    def test_wants_facts_behind_figures(self) -> None:
        """A time or an amount without a record is a claim."""
        (found,) = wording_warnings(letter("It stopped at 19:58 PST."))

        assert found.startswith("states times or amounts without citing a fact")

    def test_wants_a_zone_on_every_time(self) -> None:
        """19:58 where?"""
        assert "gives a time without its zone" in wording_warnings(
            letter("At 19:58 it went.", CHANGE)
        )

    @pytest.mark.parametrize("amount", ["$1,050.00", "-$225.81", "1,050.00 EUR"])
    def test_accepts_amounts_with_a_currency(self, amount: str) -> None:
        """Dollars by their sign, others by their code."""
        assert wording_warnings(letter(f"You pay {amount} for it.", CLAUSE)) == ()

    def test_wants_a_currency_on_every_amount(self) -> None:
        """1,050.00 of what?"""
        found = wording_warnings(letter("You pay 1,050.00 for it.", CLAUSE))

        assert found == ("gives 1,050.00 without a currency",)

    def test_finds_long_and_learned_sentences(self) -> None:
        """Grade 8 is the limit."""
        learned = (
            "Notwithstanding the aforementioned contractual obligations, remuneration considerations "
            "necessitate comprehensive reconsideration of organizational responsibilities."
        )

        assert any("school grade" in warning for warning in checked(letter(learned)).warnings)

    def test_grades_nothing_as_zero(self) -> None:
        """Numbers and references alone are not words."""
        assert grade_of(["19:58", "CHG-1"]) == Decimal(0)
