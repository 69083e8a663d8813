"""Scenarios 8, 10 to 12, 14, 14b, 15 by real mail: what leaves by SMTP, and what an answer read by IMAP does."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, ClassVar
from unittest import mock

import pytest
from django.test import TestCase, override_settings

from groundrules.core.vendors import DatedStep, LetterOfAgencyNotInForce, LetterOfAgencyStep
from groundrules.records import models as books
from groundrules.services import (
    access,
    agency,
    conversations,
    delivering,
    letters,
    mail_in,
    vendor_replies,
)
from groundrules.services.world import answer_for
from tests.mail_post import PASSWORD, ImapServer, Letterbox, imap_server, letterbox
from tests.services.test_mail_in import mail, report
from tests.web.harbor_books import ALEX, KIM, Books, people, take_over
from tests.web.pages_in_time import as_far_as

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

    def test_a_replacement_is_offered_after_the_vendors_side_was_heard(self) -> None:
        """Scenario 8: Rogue is asked by mail and answers; 25.5 points; a person sends the offer, and no job does."""
        asked = datetime(2007, 3, 5, 18, 0, tzinfo=UTC)
        told = as_far_as("08-scorecard.yaml", asked, "reply_invitations:", "invited_at")
        rogue: dict[str, Any] = {
            "vendor": books.Vendor.objects.get(code="V1"),
            "client": told.client,
        }
        side = vendor_replies.draft(**rogue, actor=ALEX, at=asked)
        letter, content = self._sent(side, asked)
        assert content["To"] == "support@rogue.example"
        invited = books.ReplyInvitation.objects.current().get().to_core()
        assert (invited.invited_at, invited.replied_at) == (asked + HOLD, None)
        words = "Pat asked Ray for it on the phone."
        heard = self._arrives(words, asked, letter, "Ray <support@rogue.example>")
        assert heard.letter == letter
        assert books.ReplyInvitation.objects.current().get().to_core().replied_at is not None

        at = datetime(2007, 3, 13, 16, 0, tzinfo=UTC)
        with pytest.raises(vendor_replies.NothingToWrite, match="may reply through 2007-03-12"):
            vendor_replies.draft(**rogue, actor=ALEX, at=at - timedelta(days=1))
        draft = vendor_replies.draft(**rogue, actor=ALEX, at=at)
        taken = len(self.box.taken)
        letters.send_due(at=at + timedelta(days=400))
        assert len(self.box.taken) == taken
        offer, content = self._sent(draft, at)
        filed = self._arrives("Yes, please look for another vendor.", at, offer)

        text = _text(content)
        assert "Rogue Dental Software stands at 25.5 points of 100." in text
        assert f"Rogue Dental Software answered: SRV1 {words}" in text
        assert filed.letter == offer
        assert offer.deliveries.order_by("number").last().kind == "replied"  # type: ignore[union-attr]
        assert not books.LifecycleEntry.objects.exists()

    def test_an_invitation_that_came_back_invited_nobody(self) -> None:
        """Rogue's mail server has no such address: its time does not run, and the letter can be written again."""
        asked = datetime(2007, 3, 5, 18, 0, tzinfo=UTC)
        told = as_far_as("08-scorecard.yaml", asked, "reply_invitations:", "invited_at")
        rogue: dict[str, Any] = {
            "vendor": books.Vendor.objects.get(code="V1"),
            "client": told.client,
        }
        letter, _ = self._sent(vendor_replies.draft(**rogue, actor=ALEX, at=asked), asked)
        bounced = report("postfix_unknown_user.eml", letter.sent_as, letter.to)
        self.imap.deliver(bounced, self.user, "05-Mar-2007 19:00:00 +0000")
        mail_in.collect(at=asked + timedelta(hours=1))

        again = vendor_replies.draft(**rogue, actor=ALEX, at=asked + timedelta(days=30))

        assert (again.kind, again.ref == letter.ref) == ("right of reply", False)

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

        letter, content = self._sent(_drafted(told, "withdrawal"), told.at)
        filed = self._arrives("Thank you. We will tell our accountant.", told.at, letter)
        assert (filed.letter, filed.client) == (letter, told.client)

        text = _text(content)
        assert "we take back the suspension of Mon 2007-03-12 08:00 PDT" in content["Subject"]
        assert "$225.00" in text
        assert "The monthly fee runs on as if nothing had changed" in text

    def test_a_server_is_back_with_text_and_pdf_as_frozen(self) -> None:
        """Scenario 12: $953.33 from Thu 2007-04-05 00:00 PDT; the mail's text and PDF are the frozen ones."""
        told = take_over("12-the-way-back.yaml")

        letter, content = self._sent(_drafted(told, "reinstatement"), told.at)
        before = answer_for(told.client, told.at).states
        filed = self._arrives("Good. Then put SRV2 on it too, for free.", told.at, letter)
        assert filed.letter == letter
        assert answer_for(told.client, told.at).states == before

        text = _text(content)
        (attached,) = content.iter_attachments()
        pdf = attached.get_payload(decode=True)
        assert isinstance(pdf, bytes)
        assert "under managed service again from Thu 2007-04-05 00:00 PDT (clause 6.4)" in text
        assert "What the return costs: $953.33." in text
        assert letter.pdf is not None
        assert hashlib.sha256(pdf).hexdigest() == letter.pdf.digest
        assert hashlib.sha256(letter.text.encode()).hexdigest() == letter.text_digest

    def test_an_introduction_needs_a_letter_of_agency_in_force(self) -> None:
        """Scenario 14: on 21 March 2007 we introduce ourselves to Rogue; a year later the letter has expired."""
        told = take_over("14-letter-of-agency.yaml")
        at = datetime(2007, 3, 21, 18, 0, tzinfo=UTC)

        draft = agency.introduce("LOA-1", client=told.client, actor=ALEX, at=at)
        letter, content = self._sent(draft, at)
        filed = self._arrives("Call me on Thursday.", at, letter, "Support <support@rogue.example>")
        assert filed.message is not None
        assert filed.message.vendor == books.Vendor.objects.get(code="V1")
        assert "authorised" not in filed.says

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

    @override_settings(GROUNDRULES_ONCALL=KIM.label)
    def test_what_was_approved_before_a_revocation_stands(self) -> None:
        """Scenario 14b: Pat revokes by mail at 10:00; the approval mailed at 09:59 stands, the one at 10:01 doesn't."""
        told = take_over("14-letter-of-agency.yaml")
        people(told.at)
        revoked = datetime(2007, 8, 6, 17, 0, tzinfo=UTC)
        before, after = revoked - timedelta(minutes=1), revoked + timedelta(minutes=1)
        page = self._link_of_rogue(told, before)
        self._ask_for_a_window(page, before, "2007-08-06T11:00", "2007-08-06T12:00")
        first = re.findall(r"code is (\d{4}-\d{4})", self._mail("is asked for", KIM.label))[0]
        self.box.taken.clear()
        self._ask_for_a_window(page, before, "2007-08-07T18:00", "2007-08-07T20:00")
        second = re.findall(r"code is (\d{4}-\d{4})", self._mail("is asked for", KIM.label))[0]

        approved = self._decides(f"APPROVE {first} with backup", before)
        said = self._arrives("We withdraw the letter of agency for Rogue, from now.", revoked)
        taken = DatedStep(LetterOfAgencyStep.REVOKED, revoked, f"Pat Owner, {said.message}")
        agency.take_step("LOA-1", taken, client=told.client, actor=ALEX, at=revoked)
        refused = self._decides(f"APPROVE {second} with backup", after)

        assert "approved" in approved
        assert "LOA revoked" in refused
        asked = books.AccessWindow.objects.current().filter(
            starts_at__gt=revoked, starts_at__lt=revoked + timedelta(days=2)
        )
        stands = [row.to_core().approved_at for row in asked.order_by("starts_at")]
        assert stands == [before, None]
        with pytest.raises(LetterOfAgencyNotInForce, match="LOA revoked"):
            agency.introduce("LOA-1", client=told.client, actor=ALEX, at=after)

    @override_settings(GROUNDRULES_ONCALL=KIM.label)
    def test_a_window_is_asked_for_on_the_page_and_decided_by_mail(self) -> None:
        """Scenario 15: the freeze refuses a normal request; as an emergency with its reason it is approved."""
        told = take_over("15-access-window.yaml")
        people(told.at)
        at = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
        page = self._link_of_rogue(told, at)
        zones = (
            "Thu 2026-03-05 18:00 to 20:00 EST",
            "Thu 2026-03-05 17:00 to 19:00 CST",
            "Fri 2026-03-06 04:30 to 06:30 IST",
        )

        self._ask_for_a_window(page, at)
        asked = self._mail("is asked for", KIM.label)
        code = re.findall(r"code is (\d{4}-\d{4})", asked)[0]
        normal = self._decides(f"APPROVE {code} with backup", at)
        assert self.box.taken[-1][1] == [KIM.label]
        (still,) = books.AccessWindow.objects.current().filter(ref="WIN-4")
        assert still.to_core().approved_at is None
        words = "Charts of today's patients can't be opened"
        urgent = self._decides(f"APPROVE {code} with backup, emergency: {words}", at)

        assert [one for one in zones if one not in asked] == []
        assert "Freeze FRZ-1 covers the window (Month-end closing); only an emergency" in normal
        assert "reviewed by 2026-03-06" in urgent
        approved = self._mail("Approved", "rae@rogue.example")
        assert [one for one in zones if one not in approved] == []
        assert b"WIN-4.ics" in self.box.taken[-3][2]

    def _link_of_rogue(self, told: Books, at: datetime) -> str:
        """Rae of Rogue is invited by mail; returns the page her mail leads to."""
        rogue = books.Vendor.objects.get(code="V1")
        with self.captureOnCommitCallbacks(execute=True):
            access.invite(
                access.Invited("Rae Rogue", "rae@rogue.example"),
                rogue,
                told.client.assets.get(code="SRV2"),
                actor=ALEX,
                at=at,
            )
        return str(re.findall(r"(/v/[\w-]+/)", self._mail("", "rae@rogue.example"))[0])

    def _ask_for_a_window(
        self,
        page: str,
        at: datetime,
        starts: str = "2026-03-05T18:00",
        ends: str = "2026-03-05T20:00",
    ) -> None:
        """Rae opens the page, asks for the code, and sends the form with it."""
        form = {"starts": starts, "ends": ends, "plan": "Restore charts"}
        with (
            mock.patch("django.utils.timezone.now", return_value=at),
            self.captureOnCommitCallbacks(execute=True),
        ):
            assert self.client.get(page).status_code == 200
            self.client.post(page, form | {"act": "code"})
        code = re.findall(r"code is (\d{6})", self._mail("Your code", "rae@rogue.example"))[0]
        with (
            mock.patch("django.utils.timezone.now", return_value=at),
            self.captureOnCommitCallbacks(execute=True),
        ):
            answer = self.client.post(page, form | {"act": "send", "code": code})
        assert answer.status_code == 302, answer.content.decode()

    def _decides(self, line: str, at: datetime) -> str:
        """Kim answers by mail, which is read by IMAP; returns what the answer brought about."""
        content = mail(f"Kim Green <{KIM.label}>", line, Subject="Re: on call")
        self.imap.deliver(content, self.user, at.strftime("%d-%b-%Y %H:%M:%S +0000"))
        with self.captureOnCommitCallbacks(execute=True):
            (row,) = mail_in.collect(at=at).taken
        filed = mail_in.last_filing(row)
        assert filed is not None
        assert filed.kind == "answered", filed.says
        return filed.says

    def _mail(self, subject: str, to: str) -> str:
        """The text of the newest mail to an address with these words in its subject."""
        for _, recipients, raw in reversed(self.box.taken):
            content = message_from_bytes(raw, policy=policy.default)
            if recipients == [to] and subject in str(content["Subject"]):
                assert isinstance(content, EmailMessage)
                return _text(content)
        raise AssertionError(subject)

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
        self,
        words: str,
        at: datetime,
        answers: books.Letter | None = None,
        sender: str = "Pat Owner <pat@harbor.example>",
    ) -> books.MailFiling:
        """A mail, Pat's or another's, is delivered to the mailbox and taken in; returns how it was filed."""
        heads = {"In_Reply_To": answers.sent_as} if answers else {}
        content = mail(sender, words, Subject="SRV1", **heads)
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
