"""Access by personal link: a code before any effect, a decision with its reasons, and what both are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from groundrules.core.ids import FreezeId
from groundrules.core.periods import Period
from groundrules.core.vendors import ApprovalRefused, Freeze
from groundrules.records import models as books
from groundrules.services import access
from groundrules.services.access import Deciding, Wanted
from groundrules.services.vendors import record_freeze
from tests.cast import OLGA, TARIQ
from tests.portal.harbor import BACKED_UP, END, NOW, START, WANTED, Harbor

pytestmark = pytest.mark.django_db


class TestLink:
    """A personal link."""

    def test_is_kept_as_a_digest_and_ends(self, harbor: Harbor) -> None:
        """The token itself is in no row; an expired, revoked or invented link says whom to ask."""
        assert harbor.token not in str(books.PortalLink.objects.values())
        assert access.open_link(harbor.token, NOW) == harbor.link
        assert harbor.link.account == "rae"
        with pytest.raises(access.LinkRefused, match="expired"):
            access.open_link(harbor.token, NOW + timedelta(days=91))
        access.revoke_link(harbor.link, actor=TARIQ, at=NOW)
        with pytest.raises(access.LinkRefused, match="withdrawn"):
            access.open_link(harbor.token, NOW)
        with pytest.raises(access.LinkRefused, match="not known"):
            access.open_link("invented", NOW)


class TestCode:
    """The six digits."""

    def test_are_needed_once_and_soon(self, harbor: Harbor) -> None:
        """Without one, with a wrong one, an old one or a used one nothing is on record."""
        code = harbor.code()
        for typed, at in (("", NOW), ("12345x", NOW), (code, NOW + timedelta(minutes=16))):
            with pytest.raises(access.CodeRefused):
                access.request_access(harbor.link, WANTED, typed, at)
        assert not books.AccessWindow.objects.exists()

        late = NOW + timedelta(minutes=10)
        access.request_access(harbor.link, WANTED, f" {code[:3]} {code[3:]}", late)

        with pytest.raises(access.CodeRefused):
            access.request_access(harbor.link, WANTED, code, NOW)
        assert books.AccessRequest.objects.count() == 1

    def test_stops_after_five_tries(self, harbor: Harbor) -> None:
        """A guesser is locked out, also with the right code, for ten minutes; also where the clock was set back."""
        for _ in range(5):
            with pytest.raises(access.CodeRefused, match="not right"):
                access.request_access(harbor.link, WANTED, "x", NOW)
        with pytest.raises(access.CodeRefused, match="Too many"):
            harbor.ask()

        set_back = NOW - timedelta(days=1)
        with pytest.raises(access.CodeRefused, match="not right"):
            access.request_access(harbor.link, WANTED, "x", set_back)
        later = NOW + timedelta(minutes=11)
        assert access.request_access(harbor.link, WANTED, harbor.code(later), later).ref == "WIN-1"

    def test_asking_for_one_writes_nothing(self, harbor: Harbor) -> None:
        """However often it is asked for, it is one mail and no row."""
        before = (books.AuditEntry.objects.count(), list(books.PortalLink.objects.values()))

        codes = {harbor.code() for _ in range(3)}

        assert len(codes) == len(harbor.mails("Your code")) == 1
        assert before == (
            books.AuditEntry.objects.count(),
            list(books.PortalLink.objects.values()),
        )


class TestAsking:
    """A request."""

    def test_promises_a_decision_and_tells_both(self, harbor: Harbor) -> None:
        """It is numbered, promised within the setting's minutes, and shown in both zones."""
        row = harbor.ask()

        asked = books.AccessRequest.objects.get()
        assert (row.ref, asked.decide_by - NOW) == ("WIN-1", timedelta(minutes=120))
        (said,) = [
            m.get_content() for m in harbor.mails("is asked for") if m["To"] == "rae@rogue.example"
        ]
        assert "Thu 2026-03-05 18:00 to 20:00 EST" in said
        assert "Fri 2026-03-06 04:30 to 06:30 IST" in said

    def test_is_a_book(self, harbor: Harbor) -> None:
        """What was asked can't be changed."""
        harbor.ask()

        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE records_accessrequest SET plan = 'something else'")

    @pytest.mark.parametrize(
        ("wanted", "says"),
        [
            (replace(WANTED, plan=" "), "Say what"),
            (replace(WANTED, ends_at=START), "after the beginning"),
            (replace(WANTED, ends_at=START + timedelta(hours=13)), "twelve hours"),
            (replace(WANTED, starts_at=NOW - timedelta(hours=2), ends_at=NOW), "is over"),
        ],
    )
    def test_is_refused_before_the_code_is_used(
        self, harbor: Harbor, wanted: Wanted, says: str
    ) -> None:
        """What is wrong with it is said, and the code still works."""
        code = harbor.code()
        with pytest.raises(access.RequestRefused, match=says):
            access.request_access(harbor.link, wanted, code, NOW)

        assert access.request_access(harbor.link, WANTED, code, NOW).ref == "WIN-1"


class TestDeciding:
    """A decision."""

    def test_needs_a_backup_and_another_person(self, harbor: Harbor) -> None:
        """Every obstacle is listed; who asked can't approve."""
        harbor.ask()
        rae = replace(OLGA, label="Rae@Rogue.example")

        with pytest.raises(ApprovalRefused, match=r"another person must.*Nobody has confirmed"):
            access.approve("WIN-1", Deciding(), client=harbor.client, actor=rae, at=NOW)

    def test_tells_both_with_a_calendar_file(self, harbor: Harbor) -> None:
        """Vendor and approver get one event; without a gate the mail says that nothing is blocked."""
        harbor.ask()

        row, _ = access.approve("WIN-1", BACKED_UP, client=harbor.client, actor=TARIQ, at=NOW)

        mails = harbor.mails("Approved")
        assert {m["To"] for m in mails} == {"rae@rogue.example", TARIQ.label}
        assert row.to_core().approved_by == TARIQ.label
        for mail in mails:
            body = mail.get_body(("plain",))
            assert body is not None
            assert "neither opens nor blocks" in " ".join(body.get_content().split())
            (file,) = mail.iter_attachments()
            assert (
                "DTSTART:20260305T230000Z\r\nDTEND:20260306T010000Z"
                in file.get_content().replace("\r\n", "\n").replace("\n", "\r\n")
            )

    def test_a_freeze_admits_only_an_emergency_with_a_reason(self, harbor: Harbor) -> None:
        """Scenario 15: a normal request is refused; an emergency is reviewed the next business day."""
        freeze = Freeze(FreezeId("FRZ-1"), Period(NOW, END), reason="Month-end closing")
        record_freeze(freeze, client=harbor.client, actor=OLGA, at=NOW)
        harbor.ask()
        kept: dict[str, Any] = {"client": harbor.client, "actor": TARIQ, "at": NOW}
        with pytest.raises(ApprovalRefused, match="Freeze FRZ-1"):
            access.approve("WIN-1", BACKED_UP, **kept)
        urgent = replace(BACKED_UP, emergency=True)
        with pytest.raises(ApprovalRefused, match="reason in writing"):
            access.approve("WIN-1", urgent, **kept)

        _, answer = access.approve(
            "WIN-1", replace(urgent, reason="Charts can't be opened"), **kept
        )

        assert str(answer.review_due) == "2026-03-06"

    def test_a_clash_is_said_and_can_be_accepted(self, harbor: Harbor) -> None:
        """A second window on the same server at that time needs a person to want both."""
        harbor.ask()
        kept: dict[str, Any] = {"client": harbor.client, "actor": TARIQ, "at": NOW}
        access.approve("WIN-1", BACKED_UP, **kept)
        harbor.ask(replace(WANTED, starts_at=START + timedelta(hours=1)))

        with pytest.raises(ApprovalRefused, match="WIN-1 is open"):
            access.approve("WIN-2", BACKED_UP, **kept)
        access.approve("WIN-2", replace(BACKED_UP, clash_accepted=True), **kept)

    def test_stands_once_made(self, harbor: Harbor) -> None:
        """Another time is told before; a denial says why; a second decision changes nothing."""
        harbor.ask()
        kept: dict[str, Any] = {"client": harbor.client, "actor": TARIQ, "at": NOW}
        moved = access.change_time("WIN-1", Period(END, END + timedelta(hours=1)), **kept)
        assert moved.starts_at == END

        access.deny("WIN-1", "The backup runs then", **kept)

        (mail,) = harbor.mails("was denied")
        assert "The backup runs then" in mail.get_content()
        with pytest.raises(access.AlreadyDecided):
            access.approve("WIN-1", BACKED_UP, **kept)

    def test_ends_early_and_withdraws_the_calendar_entry_no_further(self, harbor: Harbor) -> None:
        """Ended now, the vendor's person is told and their calendar shows the real end."""
        harbor.ask()
        kept: dict[str, Any] = {"client": harbor.client, "actor": TARIQ}
        access.approve("WIN-1", BACKED_UP, at=NOW, **kept)
        half = START + timedelta(minutes=30)

        access.end_early("WIN-1", "Done", at=half, **kept)

        (mail,) = harbor.mails("was ended")
        (file,) = mail.iter_attachments()
        assert "DTEND:20260305T233000Z" in file.get_content()
