"""The pages on what letters say: an owner changes a text and sees it, and one letter is reworded."""

from __future__ import annotations

from typing import ClassVar

from django.test import TestCase

from groundrules.core.letters.answers import LetterKind
from groundrules.core.letters.composing import shipped_text
from groundrules.records import models as books
from groundrules.records.users import User
from groundrules.services import letter_texts, letters
from tests.web import harbor_books

SHIPPED = shipped_text(LetterKind.NOTICE, "en").text
OWN = SHIPPED.replace("One thing may change.", "Something small may change.")
PAGE = "/letters/texts/notice/en/"


class TestPages(TestCase):
    """One client with a notice drafted by Alex."""

    users: ClassVar[dict[str, User]]
    draft: ClassVar[books.LetterDraft]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        told = harbor_books.take_over("04-rogue-change.yaml")
        letters.draft(client=told.client, actor=harbor_books.ALEX, at=told.at)
        cls.draft = books.LetterDraft.objects.get(kind="notice")
        cls.users = harbor_books.people(told.at)

    def _as(self, role: str) -> None:
        self.client.force_login(self.users[role])

    def test_lists_every_text(self) -> None:
        """Every kind in both languages, and which the owner wrote."""
        self._as("owner")
        self.client.post(PAGE, {"act": "keep", "text": OWN, "seen": "1"})

        page = self.client.get("/letters/texts/").content.decode()

        assert page.count("as shipped") == 2 * len(letter_texts.kinds()) - 1
        assert 'href="/letters/texts/letter-of-agency/de/">as shipped' in page

    def test_shows_a_text_before_it_is_kept(self) -> None:
        """Looking keeps nothing; the letter made of it and what changed are shown."""
        self._as("owner")

        page = self.client.post(
            PAGE, {"act": "look", "text": OWN, "why": "Milder"}
        ).content.decode()

        assert "+ {agreement_continues} Something small may change." in page
        assert 'value="Milder"' in page
        assert "Our agreement goes on. Something small may change. If clause 6.1 is not met" in page
        assert letter_texts.history(LetterKind.NOTICE, "en")[0].origin == "noted"

    def test_refuses_a_text_that_loses_a_fact_and_keeps_what_was_typed(self) -> None:
        """Each reason in words, and the text still in the form."""
        self._as("owner")
        lost = OWN.replace("{breached}", "one")

        answer = self.client.post(PAGE, {"act": "keep", "text": lost, "seen": "9"})

        assert answer.status_code == 409
        assert "it must say the clause that was not met" in answer.content.decode()
        assert "Something small may change." in answer.content.decode()

    def test_tells_a_technician_who_may(self) -> None:
        """A technician reads the text and finds no button; a forged form is refused."""
        self._as("technician")

        assert "Keep as new version" not in self.client.get(PAGE).content.decode()
        answer = self.client.post(PAGE, {"act": "keep", "text": OWN, "seen": "0"})
        assert answer.status_code == 403
        assert letter_texts.own_texts(self.draft.drafted_at) == ()

    def test_knows_no_other_text(self) -> None:
        """An unknown kind or language is not found."""
        self._as("owner")

        assert self.client.get("/letters/texts/poem/en/").status_code == 404
        assert self.client.get("/letters/texts/notice/fr/").status_code == 404

    def test_shows_what_was_filled_in_and_what_a_person_changed(self) -> None:
        """The letter's page compares it with its text; reworded, it shows both."""
        self._as("technician")
        address = f"/letters/{self.draft.ref}/"
        before = self.client.get(address).content.decode()
        done = self.client.post(f"{address}words/", {"act": "keep", "text": OWN})
        after = self.client.get(address).content.decode()

        assert "- {agreement_continues} One thing may change." in before
        assert "+ Our agreement goes on. One thing may change." in before
        assert done.status_code == 302
        assert "What a person changed for this letter" in after
        assert "- {agreement_continues} One thing may change." in after
        assert "+ Our agreement goes on. Something small may change." in after

    def test_refuses_words_that_lose_a_fact(self) -> None:
        """The letter stays as it was, and the reason is said."""
        self._as("technician")
        lost = OWN.replace("- {findings}", "- They did it.")

        answer = self.client.post(f"/letters/{self.draft.ref}/words/", {"text": lost})

        assert answer.status_code == 409
        assert "each proven change with time, account and strength" in answer.content.decode()
        self.draft.refresh_from_db()
        assert self.draft.own_text == ""

    def test_sets_a_language(self) -> None:
        """A client, one of its people, and a vendor; another language is refused in words."""
        self._as("technician")
        where = "/clients/HARBOR/language/"
        self.client.post(where, {"language": "de"})
        self.client.post(where, {"language": "en", "contact": "PAT"})
        vendor = self.client.post(where, {"language": "de", "vendor": "V1"}, follow=True)
        odd = self.client.post(where, {"language": "fr"}, follow=True)

        assert books.Client.objects.get(code="HARBOR").language == "de"
        assert books.Contact.objects.get(code="PAT").language == "en"
        assert "is written to in German from now on" in vendor.content.decode()
        assert "letters are written in en or de" in odd.content.decode()
