"""What letters say, kept version by version; the words of one letter; and letters in their reader's language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import DatabaseError, transaction
from django.test import TestCase

from groundrules.core.letters.answers import LetterKind
from groundrules.core.letters.checking import TextRefused
from groundrules.core.letters.composing import digest_of_text, shipped_text
from groundrules.core.letters.template import Template
from groundrules.records import models as books
from groundrules.records.typed_json import digest_of
from groundrules.services import cards, letter_paper, letter_texts, letters, rewording
from groundrules.services.actor import NotAllowed
from tests.web.harbor_books import ALEX, KIM, Books, take_over

AT = datetime(2007, 3, 1, 18, 0, tzinfo=UTC)
KIND = LetterKind.NOTICE
SHIPPED = shipped_text(KIND, "en").text
OWN = SHIPPED.replace("One thing may change.", "Something small may change.")


def keep(text: str = OWN, seen: int | None = None, at: datetime = AT) -> books.LetterText:
    """This function will keep a text as the owner does."""
    return letter_texts.keep(Template(KIND, "en", text), why="", expected=seen, actor=KIM, at=at)


class TestVersions(TestCase):
    """The notice's English text, changed by its owner."""

    def test_are_each_kept_and_the_newest_is_used(self) -> None:
        """A version is a new entry; the shipped text comes back as one, too."""
        first = keep()
        again = letter_texts.restore(KIND, "en", actor=KIM, at=AT + timedelta(hours=1))

        assert (first.number, again.number) == (1, 2)
        assert letter_texts.in_use(KIND, "en", AT).text == OWN
        assert letter_texts.in_use(KIND, "en", AT - timedelta(hours=1)).text == SHIPPED
        assert letter_texts.in_use(KIND, "en", AT + timedelta(hours=2)).text == SHIPPED
        assert [row.origin for row in letter_texts.history(KIND, "en")] == ["restored", "own"]
        entry = books.AuditEntry.objects.filter(verb="letter_texts.keep").order_by("pk")[0]
        assert entry.says == "notice letter, en: version 1 own"

    def test_can_not_be_edited_afterwards(self) -> None:
        """The database itself refuses."""
        row = keep()

        with pytest.raises(DatabaseError), transaction.atomic():
            books.LetterText.objects.filter(pk=row.pk).update(text="other")

    def test_belong_to_the_owner(self) -> None:
        """A technician reads them and changes none."""
        with pytest.raises(NotAllowed):
            letter_texts.keep(Template(KIND, "en", OWN), why="", expected=None, actor=ALEX, at=AT)

    def test_tell_the_second_of_two_people(self) -> None:
        """Both opened the shipped text; the first keeps hers, the second is told before his replaces it."""
        keep(seen=0)

        with pytest.raises(letter_texts.TextChangedMeanwhile, match="version 1"):
            keep(OWN.replace("small", "tiny"), seen=0)

    def test_are_not_made_of_nothing(self) -> None:
        """The same words again, or a text that loses a fact, keeps no version."""
        with pytest.raises(letter_texts.TextUnchanged):
            keep(SHIPPED)
        with pytest.raises(TextRefused, match="the clause that was not met"):
            keep(SHIPPED.replace("{breached}", "it"))

        assert letter_texts.history(KIND, "en") == []


class TestDrafts(TestCase):
    """A server with two proven changes: the notice that could be sent."""

    told: ClassVar[Books]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        cls.told = take_over("04-rogue-change.yaml")

    def _draft(self, hours: int = 0) -> books.LetterDraft:
        at = self.told.at + timedelta(hours=hours)
        drafted = letters.draft(client=self.told.client, actor=ALEX, at=at)
        return next(row for row in drafted if row.kind == KIND.value)

    def test_name_the_text_they_came_from(self) -> None:
        """The shipped text is noted once, so that a later Groundrules can still show it."""
        draft = self._draft()
        core = draft.to_core()

        assert core.text is not None
        assert core.text.digest == digest_of_text(SHIPPED)
        assert [row.origin for row in letter_texts.history(KIND, "en")] == ["noted"]
        assert letter_texts.text_of(core) == SHIPPED

    def test_keep_their_reference_in_other_words(self) -> None:
        """A new text, even with another subject, rewrites the open draft instead of making a second one."""
        before = self._draft()
        text = OWN.replace("Subject: Notice about {server}", "Subject: About {server}")
        row = keep(text, at=self.told.at)

        after = self._draft(1)

        assert after.ref == before.ref
        assert after.subject == "About SRV1"
        assert after.to_core().text.name == f"version {row.number}"  # type: ignore[union-attr]

    def test_are_reworded_alone_and_keep_newer_facts(self) -> None:
        """Words for one letter hold through a new draft; without its clause it is refused; empty takes the usual."""
        draft = self._draft()
        rewording.reword(draft=draft, text=OWN, actor=ALEX, at=self.told.at)
        redrafted = self._draft(1)
        whole = " ".join(p.text for p in redrafted.to_core().paragraphs)

        assert "Something small may change." in whole
        assert redrafted.to_core().text.name == letter_texts.ONE_LETTER  # type: ignore[union-attr]
        assert redrafted.digest == digest_of(redrafted.payload)
        with pytest.raises(TextRefused):
            rewording.reword(
                draft=draft, text=OWN.replace("{permits}", "6.3"), actor=ALEX, at=self.told.at
            )
        usual = rewording.reword(draft=draft, text="", actor=ALEX, at=self.told.at)
        assert (usual.own_text, "One thing may" in usual.payload) == ("", True)

    def test_are_not_reworded_once_decided(self) -> None:
        """What was approved is what leaves."""
        draft = letters.approve(draft=self._draft(), actor=KIM, at=self.told.at)

        with pytest.raises(letters.LetterNotOpen):
            rewording.reword(draft=draft, text=OWN, actor=ALEX, at=self.told.at)

    def test_are_written_in_their_readers_language(self) -> None:
        """The client's language, and a contact's own before it; another one is refused."""
        cards.write_in(self.told.client, "de", actor=ALEX, at=self.told.at)
        german = self._draft()
        assert german.subject == "Ankündigung zu SRV1"
        pat = self.told.client.contacts.get(name="Pat Owner")
        cards.write_in(pat, "en", actor=ALEX, at=self.told.at)
        english = self._draft(1)
        assert (english.ref, english.subject) == (german.ref, "Notice about SRV1")
        cards.write_in(pat, "", actor=ALEX, at=self.told.at)
        approved = letters.approve(draft=self._draft(2), actor=KIM, at=self.told.at)
        sent = letters.send(draft=approved, actor=KIM, at=self.told.at)
        assert "Mit freundlichen Grüßen" in sent.text
        assert (sent.subject, sent.text_digest) == (german.subject, digest_of(sent.text))
        with pytest.raises(cards.LanguageUnknown, match="en or de"):
            cards.write_in(self.told.client, "fr", actor=ALEX, at=self.told.at)


class TestPaper(TestCase):
    """While SRV1 is off: the reply to the client, and the letter for its own paper to Rogue."""

    def test_carries_its_senders_address_and_its_readers_alone(self) -> None:
        """The client's paper bears its address and name; no vendor's letter has the client's address under its own."""
        told = take_over("10-work-while-suspended.yaml")
        books.Client.objects.filter(pk=told.client.pk).update(address="2 Dock Rd\nSeattle")
        told.client.refresh_from_db()
        drafts = {d.kind: d for d in letters.draft(client=told.client, actor=ALEX, at=told.at)}
        contexts = {
            kind: letter_paper.context_of(d, told.at, is_draft=True) for kind, d in drafts.items()
        }
        instruction, reply = contexts["vendor instruction"], contexts["right of reply"]

        assert instruction.sender_lines == ("2 Dock Rd", "Seattle")
        assert instruction.signature_lines == ("Pat Owner", "Harbor Dental")
        assert instruction.recipient_lines == reply.recipient_lines == ("Rogue Dental Software",)
        assert contexts["reply pack"].recipient_lines[1:] == ("2 Dock Rd", "Seattle")
        assert "2 Dock Rd" not in reply.sender_lines
