"""Scenarios 8, 10, 11, 12 and 14 by real mail: what leaves by SMTP, and what an answer read by IMAP brings about."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import ClassVar

import pytest
from django.test import TestCase, override_settings

from groundrules.core.vendors import LetterOfAgencyNotInForce
from groundrules.records import models as books
from groundrules.services import agency, conversations, delivering, letters, mail_in
from tests.mail_post import PASSWORD, ImapServer, Letterbox, imap_server, letterbox
from tests.services.test_mail_in import mail
from tests.web.harbor_books import ALEX, KIM, Books, take_over

HOLD = timedelta(minutes=10)


class TestByMail(TestCase):
    """One SMTP and one IMAP server for all; each scenario's books as they stand at its last question."""

    imap: ClassVar[ImapServer]
    box: ClassVar[Letterbox]

    @classmethod
    def setUpClass(cls) -> None:
        """Both servers run for the class; each test reads a mailbox of its own."""
        cls.imap = cls.enterClassContext(imap_server())
        cls.box = cls.enterClassContext(letterbox())
        super().setUpClass()

    def setUp(self) -> None:
        """Mail goes out and comes in through the servers."""
        self.box.taken.clear()
        self.user = self.id().rpartition(".")[2][:30]
        settings = override_settings(
            GROUNDRULES_MAIL=self.box.url,
            GROUNDRULES_IMAP_URL=self.imap.url(self.user),
            GROUNDRULES_IMAP_PASSWORD=PASSWORD,
        )
        self.enterContext(settings)

    def test_a_replacement_is_offered_and_leaves_only_when_sent(self) -> None:
        """Scenario 8: 25.5 points; no job sends it, a person does; the client's answer is filed and changes nothing."""
        told = take_over("08-scorecard.yaml")
        draft = _drafted(told, "replacement")
        letters.send_due(at=told.at + timedelta(days=400))
        assert self.box.taken == []

        letter, content = self._sent(draft, told.at)
        filed = self._arrives("Yes, please look for another vendor.", told.at, letter)

        assert "Rogue Dental Software stands at 25.5 points of 100." in _text(content)
        assert filed.letter == letter
        assert letter.deliveries.order_by("number").last().kind == "replied"  # type: ignore[union-attr]
        assert not books.LifecycleEntry.objects.exists()

    def test_a_question_about_cost_is_answered_with_the_hours(self) -> None:
        """Scenario 10: Pat asks; the reply has SRV1's 1 h 30 min at $225.00 and nothing of SRV2."""
        told = take_over("10-work-while-suspended.yaml")
        asked = self._arrives("What does SRV1 cost us now?", told.at)
        assert asked.message is not None

        drafts = conversations.draft_reply(asked.message, actor=ALEX, at=told.at)
        _, content = self._sent(next(d for d in drafts if d.kind == "reply pack"), told.at)

        text = _text(content)
        assert "Work by the hour on SRV1 so far: 1 h 30 min. It comes to $225.00." in text
        assert "SRV2" not in text

    def test_a_wrong_suspension_is_taken_back(self) -> None:
        """Scenario 11: what was charged comes back, and the fee runs on."""
        told = take_over("11b-wrongful-suspension.yaml")

        _, content = self._sent(_drafted(told, "withdrawal"), told.at)

        text = _text(content)
        assert "we take back the suspension of Mon 2007-03-12 08:00 PDT" in content["Subject"]
        assert "$225.00" in text
        assert "The monthly fee runs on as if nothing had changed" in text

    def test_a_server_is_back_with_text_and_pdf_as_frozen(self) -> None:
        """Scenario 12: $953.33 from Thu 2007-04-05 00:00 PDT; the mail's text and PDF are the frozen ones."""
        told = take_over("12-the-way-back.yaml")

        letter, content = self._sent(_drafted(told, "reinstatement"), told.at)

        text = _text(content)
        (attached,) = content.iter_attachments()
        pdf = attached.get_payload(decode=True)
        assert isinstance(pdf, bytes)
        assert "under managed service again from Thu 2007-04-05 00:00 PDT (clause 6.4)" in text
        assert "The invoice for this comes to $953.33." in text
        assert letter.pdf is not None
        assert hashlib.sha256(pdf).hexdigest() == letter.pdf.digest
        assert hashlib.sha256(letter.text.encode()).hexdigest() == letter.text_digest

    def test_an_introduction_needs_a_letter_of_agency_in_force(self) -> None:
        """Scenario 14: on 21 March 2007 we introduce ourselves to Rogue; a year later the letter has expired."""
        told = take_over("14-letter-of-agency.yaml")
        at = datetime(2007, 3, 21, 18, 0, tzinfo=UTC)

        draft = agency.introduce("LOA-1", client=told.client, actor=ALEX, at=at)
        letter, content = self._sent(draft, at)

        text = _text(content)
        assert letter.to == content["To"] == "support@rogue.example"
        assert "It holds to Wed 2008-03-19." in text
        assert "will call you by Thu 2007-03-22" in text
        with pytest.raises(LetterOfAgencyNotInForce, match="LOA expired"):
            agency.introduce(
                "LOA-1",
                client=told.client,
                actor=ALEX,
                at=datetime(2008, 3, 20, 18, 0, tzinfo=UTC),
            )

    def _sent(self, draft: books.LetterDraft, at: datetime) -> tuple[books.Letter, EmailMessage]:
        """Approved by Kim, held, and handed to the mail server; with what the server was given."""
        letters.approve(draft=draft, actor=KIM, at=at)
        letters.queue(draft=draft, actor=KIM, at=at)
        (letter,) = letters.send_due(at=at + HOLD)
        delivering.deliver_due(at=at + HOLD)
        content = message_from_bytes(self.box.taken[-1][2], policy=policy.default)
        assert isinstance(content, EmailMessage)
        return letter, content

    def _arrives(
        self, words: str, at: datetime, answers: books.Letter | None = None
    ) -> books.MailFiling:
        """Pat's mail is delivered to the mailbox and taken in; returns how it was filed."""
        heads = {"In_Reply_To": answers.sent_as} if answers else {}
        content = mail("Pat Owner <pat@harbor.example>", words, Subject="SRV1", **heads)
        came = at + 2 * HOLD if answers else at
        self.imap.deliver(content, self.user, came.strftime("%d-%b-%Y %H:%M:%S +0000"))
        (row,) = mail_in.collect(at=came).taken
        filed = mail_in.last_filing(row)
        assert filed is not None
        return filed


def _drafted(told: Books, kind: str) -> books.LetterDraft:
    drafts = letters.draft(client=told.client, actor=ALEX, at=told.at)
    return next(row for row in drafts if row.kind == kind)


def _text(content: EmailMessage) -> str:
    body = content.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())
