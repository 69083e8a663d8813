from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from groundrules.core.vendors import (
    RightOfReply,
    ScorecardRule,
    Tally,
    offers_replacement,
    scorecard,
)
from tests.core.vendors.policy import at, calendar

RULE = ScorecardRule()
TALLY = Tally(3, 1, 4, 34_200)


class TestScorecard:
    def test_gives_the_score_of_the_scenario(self) -> None:
        """Scenario 8: 100 - 45 - 20 - 9.5 = 25.5, and the working adds up to it."""
        card = scorecard(RULE, TALLY)

        assert card.score == Decimal("25.5")
        assert sum(step.points for step in card.steps) == Decimal("25.5")
        assert card.below_threshold

    def test_does_not_count_what_is_undetermined(self) -> None:
        """With the undetermined change counted it would be 10.5; it is not."""
        counted = scorecard(RULE, replace(TALLY, confirmed_changes=4, undetermined_changes=0))

        assert counted.score == Decimal("10.5")
        assert scorecard(RULE, TALLY) != counted
        assert scorecard(RULE, replace(TALLY, undetermined_changes=9)).score == Decimal("25.5")

    def test_compares_the_exact_score_with_the_threshold(self) -> None:
        """A second of cleanup below forty is below forty, though it reads 40."""
        card = scorecard(RULE, Tally(confirmed_changes=4, cleanup_seconds=1))

        assert (card.score, card.below_threshold) == (Decimal(40), True)
        assert not scorecard(RULE, Tally(confirmed_changes=4)).below_threshold


class TestOffersReplacement:
    def test_offers_only_after_the_right_of_reply(self) -> None:
        """Invited on Thursday 1 March, the vendor may reply through Thursday 8 March."""
        card, reply = scorecard(RULE, TALLY), RightOfReply(at("2007-03-01 12:00"))

        early = offers_replacement(card, RULE, reply, at("2007-03-08 23:59"), calendar())
        late = offers_replacement(card, RULE, reply, at("2007-03-09 00:00"), calendar())

        assert (early.offered, early.from_day) == (False, date(2007, 3, 9))
        assert late.offered

    def test_offers_nothing_without_an_invitation_or_above_the_threshold(self) -> None:
        """No reply asked for, or a fair score: no letter."""
        card, moment = scorecard(RULE, TALLY), at("2007-06-01 12:00")
        fair = scorecard(RULE, Tally())

        assert not offers_replacement(card, RULE, None, moment, calendar()).offered
        assert not offers_replacement(
            fair, RULE, RightOfReply(at("2007-03-01 12:00")), moment, calendar()
        ).offered
