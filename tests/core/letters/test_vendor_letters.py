from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from groundrules.core.letters.draft_agency import (
    Agency,
    AgencyIncomplete,
    NothingToTell,
    draft_letter_of_agency,
    draft_vendor_instruction,
    vendor_conditions,
)
from groundrules.core.letters.draft_reply_pack import PackContents, draft_reply_pack
from groundrules.core.letters.draft_vendor import (
    ReplyStillOpen,
    ScoreNotLow,
    draft_replacement,
    reply_by,
)
from groundrules.core.reasons import FactRef
from groundrules.core.vendors import ScorecardRule
from tests.core.harbor import SRV1, harbor_calendar
from tests.core.harbor_work import site
from tests.core.letters.every_letter import (
    AGENCY,
    ALL,
    CLAUSE,
    REPLY_COST,
    STANDING,
    VENDOR_CASE,
    every_letter,
    instruction_of,
    on_client_paper,
    standing_answer,
    words,
)
from tests.core.letters.letter_story import (
    LETTER,
    ROGUE,
)

INSTRUCTION = instruction_of(LETTER)
WITH_ADDRESS = on_client_paper(LETTER)
EVERY_LETTER = every_letter(LETTER)


class TestLetterOfAgency:
    def test_is_on_the_clients_paper(self) -> None:
        """Client to vendor, naming the agent, its people, the account, the scope and the time."""
        draft = EVERY_LETTER["agency"]
        text = words(draft)

        assert (draft.letterhead, draft.to) == ("Harbor Dental", "Rogue")
        assert "Our agent: Small Biz IT, 1 Main St." in text
        assert "Its people: Dana Lee and Alex Tech." in text
        assert "Our account with you: HD-77." in text
        assert "12 months from the day you get it" in text
        assert "may not sign or end a contract" in text
        assert "Name: Pat Owner" in text

    @pytest.mark.parametrize(
        ("agency", "missing"),
        [
            (replace(AGENCY, people=()), "a named person"),
            (replace(AGENCY, scope=()), "a scope"),
        ],
    )
    def test_is_refused_when_a_vendor_would_refuse_it(self, agency: Agency, missing: str) -> None:
        """Vendors look for named people and a scope first."""
        with pytest.raises(AgencyIncomplete, match=missing):
            draft_letter_of_agency(agency, WITH_ADDRESS)

    def test_is_refused_without_an_address(self) -> None:
        """The client's address must be on its paper."""
        with pytest.raises(AgencyIncomplete, match="the client's address"):
            draft_letter_of_agency(AGENCY, LETTER)


class TestVendorInstruction:
    """Exactly what do we need to tell Rogue Vendor?"""

    def test_holds_only_what_the_vendor_must_do(self) -> None:
        """The open conditions about Rogue, on Harbor's paper; not the invoices or the fee."""
        text = words(INSTRUCTION)

        assert INSTRUCTION.letterhead == "Harbor Dental"
        assert INSTRUCTION.cc == ("Small Biz IT",)
        assert "Accept version 2 of the rules of engagement of Small Biz IT, in writing." in text
        assert "Tell Small Biz IT which of your people need a login." in text
        assert "paid" not in text

    def test_is_refused_when_the_vendor_has_done_everything(self) -> None:
        """Nothing open, nothing to tell."""
        done = vendor_conditions(standing_answer(*ALL), ROGUE)

        with pytest.raises(NothingToTell, match="Rogue"):
            draft_vendor_instruction(ROGUE, (s.terms for s in done), SRV1, WITH_ADDRESS)


class TestRightOfReply:
    def test_asks_by_a_business_day(self) -> None:
        """Five business days after Fri 2007-03-02 are Fri 2007-03-09."""
        last = reply_by(ScorecardRule(), harbor_calendar(), site("2007-03-02 10:00"))

        assert last == date(2007, 3, 9)
        assert "by Fri 2007-03-09" in words(EVERY_LETTER["reply"])


class TestReplacement:
    def test_shows_the_score_and_its_working(self) -> None:
        """Scenario 8: 25.5 points of 100."""
        text = words(EVERY_LETTER["replacement"])

        assert "Rogue stands at 25.5 points of 100. Below 40 we suggest a change of vendor." in text
        assert "No answer is on record." in text
        assert "You decide." in text

    def test_waits_for_the_reply(self) -> None:
        """Until the last day of the reply, no letter."""
        with pytest.raises(ReplyStillOpen, match="2007-03-09"):
            draft_replacement(VENDOR_CASE, replace(STANDING, today=date(2007, 3, 9)), LETTER)

    def test_prints_the_reply(self) -> None:
        """What the vendor said stands next to the facts."""
        reply = FactRef("message", "MSG-9", "Pat asked us to.")

        draft = draft_replacement(VENDOR_CASE, replace(STANDING, reply=reply), LETTER)

        assert "Rogue answered: Pat asked us to." in words(draft)

    def test_is_refused_for_a_fair_score(self) -> None:
        """At the limit there is nothing to replace."""
        with pytest.raises(ScoreNotLow, match="not below 40"):
            draft_replacement(VENDOR_CASE, replace(STANDING, score=Fraction(40)), LETTER)


class TestReplyPack:
    """Scenario 13: one answer to the call and the mail."""

    def test_holds_open_conditions_vendor_letter_and_cost(self) -> None:
        """What is left, what is done, the letter for Rogue, and $225.00 so far."""
        contents = PackContents(standing_answer("loa"), CLAUSE, REPLY_COST, (INSTRUCTION,))

        pack = draft_reply_pack(contents, LETTER)

        text = words(pack.answer)
        assert "Recorded by Dana: loa seen." in text
        assert (
            "Rogue accepts version 2 of the rules of engagement. Now: Rogue has not accepted"
            in text
        )
        assert "To Rogue: How to work on our server SRV1 (main server)" in text
        assert (
            "Work by the hour on SRV1 (main server) so far: 1 h 30 min. It comes to $225.00."
            in text
        )
        assert pack.enclosed == (INSTRUCTION,)

    def test_says_when_nothing_is_left(self) -> None:
        """All met: the date instead of a list."""
        contents = PackContents(standing_answer(*ALL), CLAUSE, REPLY_COST)

        text = words(draft_reply_pack(contents, LETTER).answer)

        assert "Nothing is left to do" in text
        assert "Thu 2007-04-05 00:00 PDT" in text
