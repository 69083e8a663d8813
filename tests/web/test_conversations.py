"""Scenario 13 on the pages: he begs at 10:00 and threatens at 10:05; both are logged and the answer is facts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import ClassVar

from django.db import transaction
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from groundrules.core.causation.answers import Incident
from groundrules.core.ids import AssetId, IncidentId
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.records import models as books
from groundrules.services import incidents, letters, mail_in
from groundrules.services.world import answer_for
from tests.web import harbor_books

MAIL = (
    b"From: Cole <cole@consulting.example>\r\nTo: desk@greenway.example\r\nSubject: SRV1\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
    b"<p>Put SRV1 back today, or we <b>re-evaluate</b> our relationship.</p><script>alert(1)</script>\r\n"
    b'--b\r\nContent-Disposition: attachment; filename="../note.txt"\r\n\r\n<script>alert(2)</script>\r\n'
    b'--b\r\nContent-Disposition: attachment; filename="x.html"\r\n\r\n<script>alert(3)</script>\r\n--b--\r\n'
)


@override_settings(GROUNDRULES_MAIL="null")
class TestConversations(TestCase):
    """SRV1 is suspended since Monday; it is Wednesday, and Alex answers the phone."""

    told: ClassVar[harbor_books.Books]
    alex: ClassVar[books.User]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        cls.told = harbor_books.take_over("09-suspension-letter.yaml")
        cls.alex = harbor_books.people(cls.told.at)["technician"]

    def setUp(self) -> None:
        """Alex is signed in."""
        self.client.force_login(self.alex)

    def test_log_a_call_in_two_taps(self) -> None:
        """From the server's page to the form, and the caller's name logs it; twice is once; nothing changes."""
        before = answer_for(self.told.client, self.told.at).states
        server = self.client.get(reverse("web:server", args=["HARBOR", "SRV1"])).content.decode()
        form = reverse("web:log-call", args=["HARBOR"])
        assert f'href="{form}?server=SRV1"' in server
        page = self.client.get(f"{form}?server=SRV1").content.decode()
        assert '<option value="SRV1" selected>' in page
        call = {
            "who": "contact:COLE",
            "says": "How can we get back on?",
            "channel": "call",
            "asset": "SRV1",
            "at": "2007-03-14T10:00",
        }

        for _ in range(2):
            answer = self.client.post(form, call, follow=True).content.decode()

        row = books.Message.objects.get(says=call["says"])
        assert (row.contact and row.contact.code, row.asset and row.asset.code) == ("COLE", "SRV1")
        assert row.sent_at.isoformat() == "2007-03-14T17:00:00+00:00"
        assert "Coverage, rates and conditions are unchanged" in answer
        assert answer_for(self.told.client, self.told.at).states == before
        (copy,) = books.LetterDraft.objects.filter(kind="copy of a message")
        assert copy.to_core().to == "pat@harbor.example"
        assert copy.leaves_at is not None

    def test_file_what_was_said_to_an_incident(self) -> None:
        """Logged, then filed to a case: the incident's page lists it, and the answer in the same thread follows it."""
        case = Incident(IncidentId("INC-7"), "Charts do not open", AssetId("SRV2"), self.told.at)
        incidents.open_incident(
            case, client=self.told.client, actor=harbor_books.ALEX, at=self.told.at
        )
        row = mail_in.take_file(MAIL, name="x.eml", at=self.told.at)
        assert row is not None
        said = books.Message.objects.get(ref=str(row))
        page = reverse("web:message", args=["HARBOR", said.ref])
        assert "Charts do not open" in self.client.get(page).content.decode()

        act = reverse("web:message-act", args=["HARBOR", said.ref])
        for wrong, right in (("INC-8", "has no incident INC-8"), ("INC-7", "Filed to INC-7")):
            form = {"act": "incident", "incident": wrong}
            assert right in self.client.post(act, form, follow=True).content.decode()

        incident = self.client.get(reverse("web:incident", args=["HARBOR", "INC-7"]))
        assert page in incident.content.decode()
        shown = self.client.get(page).content.decode()
        assert f"{row}</a>, sealed" in shown
        again = MAIL.replace(b"Subject", f"References: {row.message_id}\r\nSubject".encode())
        answer = mail_in.take_file(
            again.replace(b"today", b"now"), name="y.eml", at=self.told.at + timedelta(minutes=1)
        )
        follows = books.Message.objects.get(ref=str(answer))
        assert follows.incident is not None
        assert follows.incident.ref == "INC-7"
        core = books.Message.objects.current().get(ref=said.ref)
        assert core.to_core().incident == "INC-7"
        assert core.to_core().asset == "SRV1"
        self.client.post(act, {"act": "incident", "incident": ""})
        assert (
            page
            not in self.client.get(
                reverse("web:incident", args=["HARBOR", "INC-7"])
            ).content.decode()
        )

    def test_say_what_is_missing_and_keep_what_was_typed(self) -> None:
        """Nobody chosen, no time, or a time to come: nothing is logged, and the words stay in the form."""
        form = reverse("web:log-call", args=["HARBOR"])
        call = {"says": "Typed at length", "channel": "call", "at": "2007-03-14T10:00"}

        for wrong, why in (
            ({"who": "other", "sender": " "}, "choose who said it"),
            ({"who": "contact:COLE", "at": "soon"}, "no date and time"),
            ({"who": "contact:COLE", "at": "2999-01-01T00:00"}, "still to come"),
            ({"who": "contact:COLE", "channel": "smoke"}, "choose how"),
        ):
            page = self.client.post(form, call | wrong).content.decode()

            assert why in page
            assert "Typed at length" in page
        page = self.client.post(form, call | {"sender": "Mr Stranger", "at": ""}).content.decode()
        assert 'value="Mr Stranger"' in page
        assert re.findall(r'name="who" value="(\w+)', page)[0] == "other", "Enter logs for nobody"
        assert not books.Message.objects.filter(says__contains="Typed").exists()

    def test_file_a_mail_nobody_could_place_and_show_it_as_text(self) -> None:
        """A stranger's mail waits on today; filed by hand it is text, and its files are saved or kept back."""
        raw = MAIL.replace(b"cole@consulting.example", b"cole@new.example")
        row = mail_in.take_file(raw, name="x.eml", at=self.told.at)
        assert row is not None
        assert "Mail nobody could place" in self.client.get("/").content.decode()
        listed = self.client.get(reverse("web:conversations")).content.decode()
        assert reverse("web:mail", args=[row.pk]) in listed

        filing = {"act": "file", "about": "HARBOR:SRV1"}
        address = reverse("web:mail-file", args=[row.pk])
        page = self.client.post(address, filing, follow=True).content.decode()
        again = self.client.post(address, filing, follow=True).content.decode()

        assert "Put SRV1 back today, or we re-evaluate our relationship." in page
        assert "alert(" not in page
        assert "only a waiting mail is filed" in again
        saved = self.client.get(reverse("web:mail-attachment", args=[row.pk, 1]))
        assert saved.content.strip() == b"<script>alert(2)</script>"
        assert saved["Content-Disposition"] == 'attachment; filename="note.txt"'
        assert saved["Content-Type"] == "application/octet-stream"
        assert saved["X-Content-Type-Options"] == "nosniff"
        assert self.client.get(reverse("web:mail-attachment", args=[row.pk, 2])).status_code == 404

    def test_answer_with_conditions_words_for_the_vendor_and_the_cost(self) -> None:
        """The threat gets the same reply as the call; drafting it sends nothing, and Pat's word is asked by mail."""
        row = mail_in.take_file(MAIL, name="x.eml", at=self.told.at + timedelta(minutes=5))
        assert row is not None
        address = reverse("web:message", args=["HARBOR", str(row)])

        page = self.client.get(address).content.decode()

        text = re.sub(r"\s+", " ", page)
        for said in (
            "Cole Consultant may not commit Harbor Dental; Pat Owner gets a copy",
            "The letter of agency for Rogue is signed and acknowledged",
            "How to work on our server SRV1",
            "on the paper of Harbor Dental",
            "What it cost so far",
            "claimed",
        ):
            assert said in text, said
        drafted = self.client.post(f"{address}act/", {"act": "draft"}, follow=True)
        assert "Nothing is sent before it is reviewed" in drafted.content.decode()
        kinds = set(
            books.LetterDraft.objects.filter(asset__code="SRV1").values_list("kind", "state")
        )
        assert {("reply pack", "drafted"), ("vendor instruction", "drafted")} <= kinds
        asked = self.client.post(f"{address}act/", {"act": "ask"}, follow=True).content.decode()
        assert "Pat Owner got a mail with a code" in asked
        assert books.Promise.objects.get(message__ref=str(row)).to_core().approved_in is None

    def test_reply_goes_to_who_asked_as_far_as_they_were_let_in(self) -> None:
        """Cole gets his own answer only while let in for letters of this server; else it goes to the notice address."""
        at = timezone.now()
        mail_in.take_file(MAIL, name="x.eml", at=at - timedelta(minutes=5))
        drafts = letters.draft(client=self.told.client, actor=harbor_books.ALEX, at=at)
        pack = next(d for d in drafts if d.kind == "reply pack")
        letters.approve(draft=pack, actor=harbor_books.KIM, at=at)
        held = self.told.client.delegations.create(
            delegate=self.told.client.contacts.get(code="COLE"),
            granted_by=self.told.client.contacts.get(code="PAT"),
            areas=["letters"],
            servers=["SRV2"],
            starts_at=self.told.at,
            ends_at=at + timedelta(days=1),
        )
        went = {}
        for servers in (["SRV2"], ["SRV1"]):
            held.servers = servers
            held.save()
            with transaction.atomic():
                letter = letters.send(draft=pack, actor=harbor_books.KIM, at=at)
                went[servers[0]] = (letter.to, letter.cc)
                transaction.set_rollback(True)

        assert went["SRV1"] == ("cole@consulting.example", ["pat@harbor.example"])
        assert went["SRV2"][0] == self.told.client.notice_email

    def test_stand_with_the_letter_they_answer(self) -> None:
        """A reply to a letter is listed on the letter's page, and leads back to it."""
        draft = letters.keep_draft(
            LetterDraft(
                LetterKind.NOTICE, "Greenway", "Pat Owner", "About SRV1", (Paragraph("We go on."),)
            ),
            client=self.told.client,
            actor=harbor_books.ALEX,
            at=self.told.at,
        )
        letters.approve(draft=draft, actor=harbor_books.KIM, at=self.told.at)
        letter = letters.send(draft=draft, actor=harbor_books.KIM, at=self.told.at)
        raw = f"From: pat@harbor.example\r\nIn-Reply-To: {letter.sent_as}\r\n\r\nWe will.\r\n"

        row = mail_in.take_file(raw.encode(), name="x.eml", at=self.told.at)

        message = reverse("web:message", args=["HARBOR", str(row)])
        address = reverse("web:letter", args=[letter.ref])
        assert f'href="{message}"' in self.client.get(address).content.decode()
        assert f'href="{address}"' in self.client.get(message).content.decode()

    def test_are_closed_to_the_accountant(self) -> None:
        """What clients say about servers is for those who work on them."""
        self.client.force_login(books.User.objects.get(role="accountant"))

        assert self.client.get(reverse("web:conversations")).status_code == 403
