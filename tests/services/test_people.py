"""Users, links that sign in once, letters that need two people, and books that read as they stood."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password

from groundrules.config import settings as real_settings
from groundrules.core.ids import AssetId, TechnicianId, TimeEntryId
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.money import Money
from groundrules.core.parties import CostRate, Technician
from groundrules.core.periods import Period
from groundrules.core.work import TimeEntry
from groundrules.gateways.mail import Attachment, FileOutbox, Mail
from groundrules.records import models as books
from groundrules.services import agreements, cards, letters, users, work
from groundrules.services.actor import NotAllowed
from groundrules.services.world import load_world
from tests.cast import OLGA, TARIQ, TESSA

NOON = datetime(2007, 2, 20, 20, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _entry(**changed: object) -> TimeEntry:
    plain = TimeEntry(
        TimeEntryId("W-1"),
        TechnicianId("A"),
        Period(NOON, NOON + HOUR),
        "PRINTER",
        asset=AssetId("SRV1"),
    )
    return replace(plain, **changed)  # type: ignore[arg-type]  # tests name fields of the entry


def _letter() -> LetterDraft:
    return LetterDraft(
        LetterKind.NOTICE,
        "Greenway IT Services",
        "Pat Owner",
        "About SRV1",
        (Paragraph("We go on."),),
    )


@pytest.mark.django_db
class TestCostRates:
    def test_leave_an_entry_when_they_change(self) -> None:
        """What an hour costs moves every margin, so who changed it and from what is on record."""
        since = Period(NOON, None)
        for cents in (5500, 5500, 6200):
            rate = CostRate(Money(cents, "USD"), since)
            alex = Technician(TechnicianId("A"), "Alex", (rate,))
            cards.keep_technician(alex, actor=OLGA, at=NOON)

        entries = books.AuditEntry.objects.filter(verb="cards.keep_costrate").order_by("pk")
        assert [entry.details["hourly_minor"] for entry in entries] == [
            [None, "5500"],
            ["5500", "6200"],
        ]


@pytest.mark.django_db
class TestUsers:
    def test_sign_in_by_link_once(self) -> None:
        """A link works once, and only within half an hour."""
        user = users.let_in(
            email="Tia@Example.org", name="Tia", role="technician", actor=OLGA, at=NOON
        )
        token = users.make_sign_in_link(user, actor=OLGA, at=NOON)

        assert users.use_sign_in_link(token=token, at=NOON + timedelta(minutes=29)) == user

        with pytest.raises(users.SignInLinkRefused, match="was used"):
            users.use_sign_in_link(token=token, at=NOON + timedelta(minutes=29))
        late = users.make_sign_in_link(user, actor=OLGA, at=NOON)
        with pytest.raises(users.SignInLinkRefused, match="expired"):
            users.use_sign_in_link(token=late, at=NOON + timedelta(minutes=30))

    def test_are_made_by_owners_with_a_known_role_and_one_address(self) -> None:
        """Others are refused; so are an unknown role and an address that is taken, whatever its case."""
        users.let_in(email="tia@example.org", name="Tia", role="technician", actor=OLGA, at=NOON)

        with pytest.raises(NotAllowed):
            users.let_in(email="x@example.org", name="X", role="owner", actor=TARIQ, at=NOON)
        with pytest.raises(users.UnknownRole):
            users.let_in(email="x@example.org", name="X", role="king", actor=OLGA, at=NOON)
        with pytest.raises(users.UserExists):
            users.let_in(email="TIA@example.org", name="Tia", role="owner", actor=OLGA, at=NOON)

    def test_keep_passwords_by_argon2(self) -> None:
        """An installation hashes with Argon2 and nothing else."""
        (hasher,) = real_settings.PASSWORD_HASHERS

        assert hasher.endswith("Argon2PasswordHasher")
        assert make_password("correct horse battery", hasher="argon2").startswith("argon2")


@pytest.mark.usefixtures("harbor")
class TestWork:
    def test_is_corrected_by_a_new_row(self, harbor: books.Client) -> None:
        """Both rows stay, and the world of each instant has the one that stood then."""
        at, later = NOON + HOUR, NOON + 2 * HOUR
        work.record_time(_entry(), client=harbor, actor=TARIQ, at=at)

        work.correct(
            _entry(note="the fax"), client=harbor, why="wrong machine", actor=TARIQ, at=later
        )

        assert books.TimeEntry.objects.chain("W-1").count() == 2
        assert [w.note for w in load_world(harbor, at).work] == [""]
        assert [w.note for w in load_world(harbor, later).work] == ["the fax"]

    def test_is_refused_before_it_is_over_and_when_it_says_otherwise(
        self, harbor: books.Client
    ) -> None:
        """Nothing is recorded ahead of time or over another entry."""
        with pytest.raises(work.WorkInFuture):
            work.record_time(_entry(), client=harbor, actor=TARIQ, at=NOON)
        work.record_time(_entry(), client=harbor, actor=TARIQ, at=NOON + HOUR)
        with pytest.raises(work.EntryExists):
            work.record_time(_entry(issue="FAX"), client=harbor, actor=TARIQ, at=NOON + HOUR)

    def test_leaves_one_audit_entry_for_each_verb(self, harbor: books.Client) -> None:
        """Who did what when is on record with the row."""
        work.record_time(_entry(), client=harbor, actor=TARIQ, at=NOON + HOUR)

        entry = books.AuditEntry.objects.get(verb="work.record_time")
        assert (entry.recorded_by, entry.subject) == (TARIQ.label, "W-1")


class TestLetters:
    def test_are_approved_by_another_person_and_sent_once(self, harbor: books.Client) -> None:
        """Author and approver differ; sending freezes text and PDF, and sending again is the same letter."""
        draft = letters.keep_draft(_letter(), client=harbor, actor=TARIQ, at=NOON)
        with pytest.raises(letters.OwnLetter):
            letters.approve(draft=draft, actor=TARIQ, at=NOON)
        with pytest.raises(letters.LetterNotApproved):
            letters.send(draft=draft, actor=TESSA, at=NOON)
        approved = letters.approve(draft=draft, actor=TESSA, at=NOON)

        sent = letters.send(draft=approved, actor=TARIQ, at=NOON)

        assert letters.send(draft=approved, actor=TARIQ, at=NOON) == sent
        assert sent.to == "pat@harbor.example"
        assert sent.pdf is not None
        assert "We go on." in sent.text

    def test_are_approved_as_they_were_read(self, harbor: books.Client) -> None:
        """Newer facts rewrote the draft while somebody read it: the new words are not approved with the old."""
        read = letters.keep_draft(_letter(), client=harbor, actor=TARIQ, at=NOON)
        newer = replace(_letter(), paragraphs=(Paragraph("We stop on Monday."),))
        letters.keep_draft(newer, client=harbor, actor=TARIQ, at=NOON + HOUR)

        with pytest.raises(letters.LetterChanged, match="read it again"):
            letters.approve(draft=read, actor=TESSA, at=NOON + HOUR)
        read.refresh_from_db()
        with pytest.raises(letters.LetterChanged):
            letters.approve(draft=read, actor=TESSA, at=NOON + HOUR, seen="0" * 64)
        assert letters.approve(draft=read, actor=TESSA, at=NOON + HOUR).state == "approved"

    def test_are_held_with_a_reason_and_released(self, harbor: books.Client) -> None:
        """A held letter cannot be approved until someone releases it."""
        draft = letters.keep_draft(_letter(), client=harbor, actor=TARIQ, at=NOON)
        with pytest.raises(letters.ReasonMissing):
            letters.hold(draft=draft, reason=" ", actor=TESSA, at=NOON)
        held = letters.hold(draft=draft, reason="Pat is away", actor=TESSA, at=NOON)
        with pytest.raises(letters.LetterNotOpen):
            letters.approve(draft=held, actor=TESSA, at=NOON)

        released = letters.release(draft=held, actor=TESSA, at=NOON)

        assert letters.approve(draft=released, actor=TESSA, at=NOON).state == "approved"


class TestAgreements:
    def test_published_versions_are_not_drafted_again(self, harbor: books.Client) -> None:
        """A published version is frozen; the next number is the way to change it."""
        row = books.AgreementVersion.objects.get(version=1)

        with pytest.raises(agreements.VersionAlreadyPublished, match="version 2"):
            agreements.draft(row.agreement, row.to_core(), actor=OLGA, at=NOON)


class TestOutbox:
    def test_writes_a_mail_once_and_whole(self, tmp_path: Path) -> None:
        """The same mail twice is one file, with its attachment."""
        mail = Mail(
            "LTR-1", "a@x.example", "b@y.example", "Hello", "Text\n", NOON,
            attachments=(Attachment("l.pdf", "application/pdf", b"%PDF"),),
        )  # fmt: skip

        name = FileOutbox(tmp_path).send(mail)
        FileOutbox(tmp_path).send(mail)

        (path,) = tmp_path.iterdir()
        assert name.startswith("<ltr-1.")
        assert b"application/pdf" in path.read_bytes()
