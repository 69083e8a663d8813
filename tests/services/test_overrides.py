"""Exceptions: the owner's alone, with a reason, at the price that was shown, and never taking what is covered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from groundrules.core.agreements.facts import Outcome
from groundrules.core.money import Money
from groundrules.records import models as books
from groundrules.services import overrides
from groundrules.services.actor import NotAllowed
from tests.kept import Kept, anew
from tests.web import harbor_books

pytestmark = pytest.mark.django_db
CASE = "05b-the-same-in-april.yaml"
_WAIVE = Outcome.NOT_BILLABLE


@pytest.fixture
def told(taken_over: Kept[harbor_books.Books]) -> harbor_books.Books:
    """Scenario 5b: 975.00 of repair is billable under 6.2."""
    return replace(taken_over.made, client=anew(taken_over.made.client))


def standing() -> books.Decision:
    return books.Decision.objects.current().get(ref="W-SP")


class TestOverride:
    def test_supersedes_at_the_price_that_was_shown(self, told: harbor_books.Books) -> None:
        """The waiver is a new decision with the owner's words first; lifting it brings the charge back."""
        at = told.at + timedelta(hours=1)
        before = standing()

        proposed = overrides.propose(before, _WAIVE, "Goodwill", actor=harbor_books.KIM, at=at)
        made = overrides.confirm(proposed, -97500, actor=harbor_books.KIM, at=at)
        later = at + timedelta(hours=1)
        lifting = overrides.propose_lifting(made, "Agreed", actor=harbor_books.KIM, at=later)
        back = overrides.confirm(lifting, 97500, actor=harbor_books.KIM, at=later)

        assert proposed.price.difference == -Money.of("975.00", "USD")
        assert made.supersedes_id == before.pk
        segment = made.to_core().segments[0]
        assert (segment.outcome, segment.value) == (_WAIVE, Money.of("975.00", "USD"))
        assert "Goodwill" in segment.reasons[0].sentence
        assert set(back.outcomes) == {"billable"}
        assert overrides.standing_of(back) is None

    def test_is_the_owners_alone(self, told: harbor_books.Books) -> None:
        """A technician is refused, and nothing is written."""
        with pytest.raises(NotAllowed):
            overrides.propose(standing(), _WAIVE, "Goodwill", actor=harbor_books.ALEX, at=told.at)

        assert not books.Override.objects.exists()

    def test_needs_a_reason_and_something_to_turn(self, told: harbor_books.Books) -> None:
        """No reason, or nothing that may be turned: refused by name."""
        with pytest.raises(overrides.NoReason):
            overrides.propose(standing(), _WAIVE, " ", actor=harbor_books.KIM, at=told.at)
        with pytest.raises(overrides.NothingToTurn):
            overrides.propose(
                standing(), Outcome.BILLABLE, "More", actor=harbor_books.KIM, at=told.at
            )

    def test_is_made_once_of_a_price_that_two_saw(self, told: harbor_books.Books) -> None:
        """Two owners with the same page: the second is told, and the price stands on record once."""
        at = told.at + timedelta(hours=1)
        seen = overrides.propose(standing(), _WAIVE, "Goodwill", actor=harbor_books.KIM, at=at)
        overrides.confirm(seen, -97500, actor=harbor_books.KIM, at=at)

        with pytest.raises(overrides.DecisionSuperseded):
            overrides.confirm(seen, -97500, actor=harbor_books.KIM, at=at + timedelta(minutes=1))

        assert books.Override.objects.count() == 1

    def test_is_not_confirmed_at_another_price(self, told: harbor_books.Books) -> None:
        """Nobody confirms a difference they did not see."""
        proposed = overrides.propose(
            standing(), _WAIVE, "Goodwill", actor=harbor_books.KIM, at=told.at
        )

        with pytest.raises(overrides.PriceChanged):
            overrides.confirm(proposed, -1, actor=harbor_books.KIM, at=told.at)
