"""Scenarios 8, 12, 14 and 15 at the pages: a vendor's score and side, its rules, its letter of agency, its window."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from groundrules.core.ids import AssetId, VendorId, WindowId
from groundrules.core.periods import Period
from groundrules.core.vendors import AccessWindow
from groundrules.records import models as books
from groundrules.services.vendors import record_window
from tests.web import harbor_books
from tests.web.pages_in_time import InTime, as_far_as

MINUTE = timedelta(minutes=1)
VENDOR = "/vendors/HARBOR/V1/"
AGENCY = "/vendors/HARBOR/V1/agency/"


def at(text: str) -> datetime:
    """An instant as the scenario writes it, with its offset."""
    return datetime.fromisoformat(text).astimezone(UTC)


@override_settings(GROUNDRULES_MAIL="null")
class TestReplaced(InTime):
    """Three changes of Rogue are established, one is undetermined; nobody has asked Rogue yet."""

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once."""
        monday = at("2007-03-05T09:00-08:00")
        as_far_as("08-scorecard.yaml", monday, "reply_invitations:", "invited_at")

    def test_only_after_it_was_heard_and_only_by_a_person(self) -> None:
        """Scenario 8: 25.5 points; asked on Mon 5 March; nothing is offered until Tue 13; nothing leaves by itself."""
        asked, last = at("2007-03-05T10:00-08:00"), at("2007-03-12T16:00-07:00")
        self.enter_as("technician")
        page = self.read(VENDOR, asked)
        assert "25.5 Start: 100 3 confirmed unapproved changes at 15 points: -45" in page
        assert "4 sessions out of window at 5 points: -20" in page
        assert "9.5 hours of cleanup at 1 point: -9.5" in page
        assert "1 undetermined change does not count: 0" in page
        assert "The vendor has not been invited to reply yet." in page
        letter = self._draft_and_send(asked)
        assert "handed over, to support@rogue.example" in self.read(letter, asked + 11 * MINUTE)

        page = self.read(VENDOR, last)
        assert "The vendor may reply through 2007-03-12." in page
        refused = self.press(f"{VENDOR}write/", last)
        assert "Nothing was drafted. The vendor may reply through 2007-03-12." in refused

        after = at("2007-03-13T09:00-07:00")
        self.enter_as("technician")
        assert "Draft the offer to replace it" in self.read(VENDOR, after)
        self.press(f"{VENDOR}write/", after)
        offer = self.read(self.landed, after)
        assert "Rogue Dental Software stands at 25.5 points of 100." in offer
        assert "was asked for its side by Mon 2007-03-12. No answer is on record." in offer
        self.turn(after + timedelta(days=400))
        assert books.Letter.objects.count() == 1

    def _draft_and_send(self, when: datetime) -> str:
        self.press(f"{VENDOR}write/", when)
        letter = self.landed
        self.enter_as("owner")
        self.press(f"{letter}decide/", when, act="approve")
        self.press(f"{letter}decide/", when, act="send")
        self.turn(when + 10 * MINUTE)
        return letter


class TestBack(InTime):
    """SRV1 is off; on 4 April at 09:00 everything is done but that Rogue accepts the rules."""

    folder: ClassVar[TemporaryDirectory[str]]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once."""
        cls.folder = TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        morning = at("2007-04-04T09:00-07:00")
        as_far_as("12-the-way-back.yaml", morning, "version: 2, accepted_by")

    def setUp(self) -> None:
        """Mails go to a folder of the test's own."""
        data = {"GROUNDRULES_DATA": Path(self.folder.name), "GROUNDRULES_MAIL": "outbox"}
        self.enterContext(override_settings(**data))

    def test_from_the_one_open_condition_to_the_return(self) -> None:
        """Scenario 12: held up by exactly one; accepted by a link; back on 5 April 00:00 PDT for $953.33."""
        morning, noon = at("2007-04-04T09:00-07:00"), at("2007-04-04T14:00-07:00")
        standing = "/servers/HARBOR/SRV1/coverage/"
        self.enter_as("owner")
        self.turn(morning)
        page = self.read(standing, morning)
        assert "6 of 7 done." in page
        assert page.count("☐") + page.count("◷") == 1
        assert "Rogue Dental Software has not accepted version 2" in page
        assert not books.LetterDraft.objects.filter(kind="reinstatement").exists()

        self._accept(noon)

        self.turn(noon + MINUTE)
        page = self.read(standing, noon + MINUTE)
        assert "It is covered again from Thu 2007-04-05 00:00 PDT" in page
        assert "Total (drafted) $953.33" in page
        for amount in ("$300.00", "$350.00", "$303.33"):
            assert amount in page
        letter = f"/letters/{books.LetterDraft.objects.get(kind='reinstatement').ref}/"
        assert "What the return costs: $953.33." in self.read(letter, noon + MINUTE)
        self.press(f"{letter}decide/", noon + MINUTE, act="approve")
        self.press(f"{letter}decide/", noon + MINUTE, act="send")
        self.turn(noon + 11 * MINUTE)
        midnight = at("2007-04-05T00:00-07:00")
        self.turn(midnight - timedelta(seconds=1))
        assert "Reinstating" in self.read(standing, midnight - timedelta(seconds=1))
        self.turn(midnight)
        assert "Now, since Thu 2007-04-05 00:00 PDT" in self.read(standing, midnight)

    def _accept(self, noon: datetime) -> None:
        """The next version is published and mailed, and Ray accepts it on the page of his link, with a code."""
        form: dict[str, Any] = {
            "person": "Ray at Rogue",
            "email": "ray@rogue.example",
            "asset": "SRV1",
        }
        self.press(f"{VENDOR}invite/", noon - MINUTE, **form)
        own: dict[str, Any] = {
            "own": ["Call Kim first.", ""],
            "own-german": ["Rufen Sie zuerst Kim an.", ""],
        }
        self.press(f"{VENDOR}rules/", noon, clauses=["window-first", "backup-first"], **own)
        assert self.read(f"{VENDOR}rules/", noon).count("Rufen Sie zuerst Kim an.") == 2
        assert "Draft the letter with version 2" in self.read(VENDOR, noon)
        self.press(f"{VENDOR}write/", noon, letter="rules")
        letter = self.read(self.landed, noon)
        assert "We begin only when a backup" in letter
        assert "Call Kim first." in letter
        assert "Rufen Sie" not in letter
        token = re.findall(r"/v/([\w-]+)/", self._mails())[0]
        page = self.read(f"/v/{token}/", noon)
        assert "I, Ray at Rogue, accept version 2 for Rogue Dental Software" in page
        for wrong in ({"accepts_rules": "2"}, {"accepts_rules": "2", "code": "000000"}, {}):
            self.press(f"/v/{token}/", noon, status=422, act="accept", **wrong)
        assert not books.RulesAcceptance.objects.filter(version=2).exists()
        self.press(f"/v/{token}/", noon, act="code")
        code = re.findall(r"code is (\d{6})", self._mails())[-1]
        thanks = self.press(f"/v/{token}/", noon, act="accept", accepts_rules="2", code=code)
        assert "you accepted version 2 of the rules. No window was asked for." in thanks
        assert "Only accept the rules" not in thanks
        assert not books.AccessWindow.objects.exists()

    def _mails(self) -> str:
        files = sorted(Path(self.folder.name, "outbox").glob("*.eml"))
        return "".join(f.read_text() for f in files).replace("=\n", "")


@override_settings(GROUNDRULES_MAIL="null")
class TestAgency(InTime):
    """Harbor as the agreement begins; Rogue has asked for two windows."""

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once."""
        told = as_far_as("harbor.yaml", at("2007-03-20T09:00-07:00"))
        for ref, start in (
            ("WIN-1", at("2008-03-21T18:00-07:00")),
            ("WIN-2", at("2007-08-07T18:00-07:00")),
        ):
            asked = AccessWindow(
                WindowId(ref),
                AssetId("SRV1"),
                Period(start, start + timedelta(hours=2)),
                vendor=VendorId("V1"),
                requested_at=told.at,
                backup_confirmed=True,
            )
            record_window(asked, client=told.client, actor=harbor_books.KIM, at=told.at)

    def test_in_force_from_delivery_to_the_last_second_of_its_day(self) -> None:
        """Scenario 14: never by a .docx; through Wed 2008-03-19; reminded of 2008-02-18; then "LOA expired"."""
        delivered = self._deliver()

        vendor = self.read(VENDOR, delivered + MINUTE)
        assert "LOA-1: in force." in vendor
        assert "valid through 2008-03-19, reminder 2008-02-18" in vendor
        assert "introducing call due 2007-03-22" in vendor
        self.press(f"{VENDOR}write/", delivered + MINUTE, letter="introduction", agency="LOA-1")
        assert "Harbor Dental has named us as its agent" in self.read(self.landed, delivered)
        assert "LOA-1: in force." in self.read(VENDOR, at("2008-02-17T23:59-08:00"))
        assert "LOA-1: expiring." in self.read(VENDOR, at("2008-02-18T00:00-08:00"))
        last = at("2008-03-19T23:59:59-07:00")
        late = last + timedelta(seconds=1)
        decided = "/vendors/windows/HARBOR/WIN-1/"
        refused = self.press(decided, late, status=422, act="approve", backup="yes")
        assert "LOA expired" in refused
        introduced = self.press(AGENCY, late, status=422, act="introduce", letter="LOA-1")
        assert "LOA expired" in introduced
        assert "Draft our introduction" not in self.read(VENDOR, late)
        told = self.press(f"{VENDOR}write/", late, letter="introduction", agency="LOA-1")
        assert "Nothing was drafted. LOA expired" in told
        self.press(decided, last, act="approve", backup="yes")

    def test_revoked_between_two_approvals(self) -> None:
        """Scenario 14b: what was approved at 09:59 stands; at 10:01 the next is refused, "LOA revoked"."""
        self._deliver()
        revoked = at("2007-08-06T10:00-07:00")
        self.press("/vendors/windows/HARBOR/WIN-1/", revoked - MINUTE, act="approve", backup="yes")
        self.press(AGENCY, revoked, act="step", letter="LOA-1", step="revoked", says="Pat, by mail")

        refused = self.press(
            "/vendors/windows/HARBOR/WIN-2/", revoked + MINUTE, status=422, act="approve"
        )

        assert "LOA revoked" in refused
        stands = self.read("/vendors/windows/HARBOR/WIN-1/", revoked + MINUTE)
        assert "WIN-1: approved" in stands

    def _deliver(self) -> datetime:
        """Drafted, signed on paper and delivered on Tue 20 March 2007; an editable file is refused on the way."""
        self.enter_as("technician")
        signed = at("2007-03-20T10:00-07:00")
        form: dict[str, Any] = {"people": ["Alex"], "signer": "Pat Owner", "months": "12"}
        self.press(AGENCY, signed, act="begin", **form)
        step: dict[str, Any] = {"act": "step", "letter": "LOA-1", "signed_by": "Pat Owner"}
        docx = SimpleUploadedFile("loa-rogue.docx", b"PK\x03\x04")
        self.press(AGENCY, signed, status=422, **step, step="signed", file=docx)
        pdf = SimpleUploadedFile("loa-rogue-signed.pdf", b"%PDF-1.7 signed by Pat")
        self.press(AGENCY, signed, **step, step="signed", file=pdf)
        assert "LOA-1: in force." not in self.read(VENDOR, signed + MINUTE)
        delivered = signed + 30 * MINUTE
        self.press(AGENCY, delivered, act="step", letter="LOA-1", step="delivered")
        return delivered


@override_settings(GROUNDRULES_MAIL="null")
class TestWindow(InTime):
    """The site is in New York, we are in Chicago, Rogue's people in Kolkata."""

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once."""
        harbor_books.with_people("15-access-window.yaml")

    def test_is_decided_and_seen_in_three_zones(self) -> None:
        """Scenario 15: a freeze, an emergency with its reason, no backup; 8 min early and 25 min over."""
        day = at("2026-03-04T12:00-05:00")
        self.enter_as("owner")
        frozen = "/vendors/windows/HARBOR/WIN-1/"
        page = self.read(frozen, day)
        for shown in (
            "Thu 2026-03-05 18:00 to 20:00 EST",
            "Thu 2026-03-05 17:00 to 19:00 CST",
            "Fri 2026-03-06 04:30 to 06:30 IST",
        ):
            assert shown in page, shown
        asked = "/vendors/windows/HARBOR/WIN-3/"
        unsaved = self.press(asked, day, status=422, act="approve")
        assert "Nobody has confirmed a backup" in unsaved
        self.enter_as("technician")
        evening: dict[str, Any] = {"starts": "2026-03-05T21:00", "ends": "2026-03-05T22:00"}
        self.press(asked, day, act="move", **evening)
        self.enter_as("owner")
        normal = self.press(asked, day, status=422, act="approve", backup="yes")
        assert "Freeze FRZ-1 covers the window (Month-end closing); only an emergency" in normal
        urgent: dict[str, Any] = {"act": "approve", "backup": "yes", "emergency": "yes"}
        assert "reason in writing" in self.press(asked, day, status=422, **urgent)
        approved = self.press(asked, day, **urgent, reason="Charts can't be opened")
        assert "The emergency is reviewed by 2026-03-06." in approved
        visit = self.read(f"{frozen}visit/", at("2026-03-06T09:00-05:00"))
        assert "8 min" in visit
        assert "25 min" in visit
