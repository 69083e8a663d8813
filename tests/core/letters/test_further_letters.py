"""Letters that begin something: the introduction to a vendor and the change that comes before any exit; and copies."""

from dataclasses import replace

import pytest

from groundrules.core.ids import MessageId
from groundrules.core.letters.answers import FOR_THE_CLIENT, LetterDraft, LetterKind
from groundrules.core.letters.draft_change import (
    ChangeTerms,
    NothingToChange,
    draft_change,
)
from groundrules.core.letters.draft_copy import Copied, draft_copy
from groundrules.core.letters.draft_introduction import draft_introduction
from groundrules.core.money import CurrencyMismatch, Money
from groundrules.core.vendors import (
    LetterOfAgencyNotInForce,
    letter_of_agency_status,
)
from groundrules.core.work import Channel, Message
from tests.core.harbor import SITE_ZONE, harbor_calendar
from tests.core.harbor_work import site
from tests.core.letters.every_letter import CHANGE, LOA, MEETING, PRICE, REASON, words
from tests.core.letters.letter_story import LETTER


class TestIntroduction:
    def test_says_who_we_are_under_which_letter_and_when_we_call(self) -> None:
        """Scenario 14: in force to Wed 2008-03-19, the call is due Thu 2007-03-22."""
        draft = draft_introduction(MEETING, LETTER)
        text = words(draft)

        assert (draft.kind, draft.letterhead, draft.to) == (
            LetterKind.INTRODUCTION,
            "Small Biz IT",
            "Rogue",
        )
        assert "Harbor Dental has named us as its agent, for SRV1 (main server)." in text
        assert "It holds to Wed 2008-03-19." in text
        assert "will call you by Thu 2007-03-22" in text
        assert "Put our name on the support contract" in text
        assert draft.kind not in FOR_THE_CLIENT

    def test_is_refused_before_the_letter_is_in_force(self) -> None:
        """Nobody speaks in another's name without paper."""
        unsigned = replace(LOA, steps=())
        status = letter_of_agency_status(
            unsigned, site("2007-03-20 11:00"), SITE_ZONE, harbor_calendar()
        )

        with pytest.raises(LetterOfAgencyNotInForce, match="signed and delivered"):
            draft_introduction(replace(MEETING, agency=status), LETTER)


class TestChange:
    def test_states_old_and_new_price_and_that_the_agreement_goes_on(self) -> None:
        """From Sun 2007-07-01, under clause 8.2, with the reason on record."""
        draft = draft_change(CHANGE, LETTER)
        text = words(draft)

        assert draft.kind is LetterKind.PRICE_CHANGE
        assert text.startswith("Our agreement goes on. From Sun 2007-07-01 something changes")
        assert "SRV1, each month: $410.00 instead of $350.00." in text
        assert REASON.says in text
        assert "Please tell us by Fri 2007-06-15." in text

    @pytest.mark.parametrize(
        ("terms", "refused"),
        [
            (replace(CHANGE, prices=(), rules=()), "changes nothing"),
            (replace(CHANGE, reasons=()), "needs a reason"),
            (replace(CHANGE, prices=(replace(PRICE, then=PRICE.now),)), "leave it out"),
        ],
    )
    def test_is_refused_when_it_says_nothing(self, terms: ChangeTerms, refused: str) -> None:
        """A change names what changes, and why."""
        with pytest.raises(NothingToChange, match=refused):
            draft_change(terms, LETTER)

    def test_is_refused_in_two_currencies(self) -> None:
        """A price keeps its currency."""
        step = replace(PRICE, then=Money.of("410", "EUR"))

        with pytest.raises(CurrencyMismatch, match="two currencies"):
            draft_change(replace(CHANGE, prices=(step,)), LETTER)


class TestCopy:
    def copy(self, pieces: int) -> LetterDraft:
        """A copy of a message of so many paragraphs."""
        says = "\n\n".join(f"Point {n}." for n in range(pieces))
        message = Message(
            MessageId("MSG-1"), site("2007-03-13 10:05"), Channel.EMAIL, "C. Sultant", says
        )
        return draft_copy(
            message,
            Copied("Small Biz IT", "Pat Owner", "C. Sultant", SITE_ZONE, "Nothing changed."),
        )

    def test_quotes_the_whole_message(self) -> None:
        """Every paragraph of a long message, in order, and no word about anything left out."""
        assert words(self.copy(120)).count("Point ") == 120
        assert "left out" not in words(self.copy(120))

    def test_says_what_is_left_out(self) -> None:
        """Beyond what anybody reads, it says how much is missing and where the rest is."""
        assert "50 more paragraphs are left out. Ask us for the whole message MSG-1." in words(
            self.copy(250)
        )
