"""Decisions about a relationship: keep, change or exit, the letter that tells it, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import ClassVar

import pytest
from django.test import TestCase

from groundrules.cli.main import main
from groundrules.records import models as books
from groundrules.renderers.letter_text import letter_text
from groundrules.services import (
    profit,
)
from tests.web import harbor_books
from tests.web.harbor_books import KIM, Books, with_documents

FIRST, END = date(2007, 2, 1), date(2007, 4, 1)


class TestDecision(TestCase):
    """Keep, change or exit, and what came of it."""

    told: ClassVar[Books]

    @classmethod
    def setUpTestData(cls) -> None:
        """One scenario's books."""
        cls.told = with_documents("05-wasted-time.yaml")
        harbor_books.people(cls.told.at)

    def _proposed(self, choice: profit.Choice, instead: str = "") -> profit.Proposed:
        review = (datetime.now(UTC) + timedelta(days=90)).date()
        return profit.Proposed(choice, "Rogue costs a day each month.", "no more", review, instead)

    def test_asks_for_change_before_exit(self) -> None:
        """An exit without a second reason is refused; with it both stand on record."""
        at = datetime.now(UTC)
        judged = profit.relationship(self.told.client, profit.last_months(at), at=at).relationship
        with pytest.raises(profit.DecisionRefused, match="second reason"):
            profit.decide(
                self.told.client, self._proposed(profit.Choice.EXIT), judged, actor=KIM, at=at
            )

        row = profit.decide(
            self.told.client,
            self._proposed(profit.Choice.EXIT, "they refuse every rule"),
            judged,
            actor=KIM,
            at=at,
        )

        assert "can't be changed, because: they refuse every rule" in row.reason

    def test_writes_the_change_to_the_client(self) -> None:
        """New prices and a rule, with the client's reasons and none of ours; without a reason nothing is on record."""
        at = datetime.now(UTC)
        judged = profit.relationship(self.told.client, profit.last_months(at), at=at).relationship
        day = (at + timedelta(days=60)).date()
        told = profit.Told(
            day, ("Three visits a month need supervision.",), Fraction(10), ("Ask first.",)
        )
        asked = replace(self._proposed(profit.Choice.CHANGE), told=told)

        row = profit.decide(self.told.client, asked, judged, actor=KIM, at=at)

        draft = books.LetterDraft.objects.get(ref=row.letter)
        text = letter_text(draft.to_core(), ())
        assert (draft.kind, draft.state) == ("price change", "drafted")
        assert "$385.00 instead of $350.00" in text
        assert "Ask first." in text
        assert "costs a day each month" not in text
        for wrong, why in (
            (replace(told, reasons=()), "needs a reason"),
            (replace(told, percent=Fraction(0), rules=()), "changes nothing"),
            (replace(told, from_day=at.date()), "not ahead"),
        ):
            with pytest.raises(profit.DecisionRefused, match=why):
                profit.decide(
                    self.told.client, replace(asked, told=wrong), judged, actor=KIM, at=at
                )
        kept = replace(self._proposed(profit.Choice.KEEP), told=told)
        with pytest.raises(profit.DecisionRefused, match="needs no letter"):
            profit.decide(self.told.client, kept, judged, actor=KIM, at=at)
        assert profit.decisions_of(self.told.client) == [row]

    def test_keeps_what_came_of_it_through_the_pages(self) -> None:
        """Decided and looked at again on the page; the outcome can be put on record once, by the owner only."""
        self.client.force_login(books.User.objects.get(email=KIM.label))
        review = self._proposed(profit.Choice.CHANGE).review_date.isoformat()
        form = {
            "choice": "change",
            "reason": "Rules for Rogue",
            "expected": "30 %",
            "review": review,
        }

        self.client.post("/profit/HARBOR/decide/", form)
        (row,) = profit.decisions_of(self.told.client)
        happened = {"decision": row.pk, "happened": "Rogue asks for windows now"}
        self.client.post("/profit/HARBOR/decide/", happened)
        page = self.client.post("/profit/HARBOR/decide/", happened, follow=True).content.decode()

        assert "Rules for Rogue" in page
        assert "Rogue asks for windows now" in page
        assert "on record already" in page
        self.client.force_login(books.User.objects.get(email="ann@greenway.example"))
        refused = self.client.post("/profit/HARBOR/decide/", form, follow=True).content.decode()
        assert "this needs owner" in refused

    def test_opens_the_letter_it_wrote(self) -> None:
        """A ticked box drafts the letter and opens it; what is wrong keeps everything that was typed."""
        self.client.force_login(books.User.objects.get(email=KIM.label))
        review = self._proposed(profit.Choice.CHANGE).review_date.isoformat()
        form = {"choice": "change", "reason": "Rules", "review": review, "letter": "yes"}
        letter = {"letter_why": "More work.", "letter_day": review, "letter_percent": "7.5"}

        wrong = self.client.post(
            "/profit/HARBOR/decide/", form | letter | {"letter_percent": "lots"}
        )
        good = self.client.post("/profit/HARBOR/decide/", form | letter, follow=True)

        assert wrong.status_code == 422
        assert "is no percentage" in wrong.content.decode()
        assert "More work." in wrong.content.decode()
        assert "$376.25 instead of $350.00" in good.content.decode()
        terminal = ["profit", "decide", "HARBOR", "exit", "--why", "x", "--review", review]
        exits = [*terminal, "--instead", "y", "--letter-from", review, "--as", KIM.label]
        assert main([*exits, "--tell", "One reason."]) == 8
        assert main([*exits, "--tell", "One reason.", "--tell", "Another.", "--json"]) == 0
