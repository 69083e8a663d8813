"""Scenario 9 by real mail: a notice counts from the report that it was delivered, and not at all when it came back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.conf import settings
from django.test import TestCase, override_settings

from groundrules.core.ids import AssetId, ChangeId
from groundrules.records import models as books
from groundrules.services import delivering, letters, lifecycle_due, mail_in, notices
from groundrules.services.actor import NotAllowed
from groundrules.services.notice_address import AddressRefused, change_notice_address
from groundrules.services.world import answer_for
from tests.mail_post import PASSWORD, ImapServer, Letterbox, imap_server, letterbox
from tests.services.test_mail_in import report
from tests.web.harbor_books import ALEX, KIM, Books, take_over

pytestmark = pytest.mark.django_db

SRV1 = AssetId("SRV1")
SENT = datetime(2007, 3, 2, 1, 20, tzinfo=UTC)  # Thu 1 March, 17:20 PST
OFF = datetime(2007, 3, 12, 15, 0, tzinfo=UTC)  # Mon 12 March, 08:00 PDT
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class TestNotice(TestCase):
    """Rogue's changes are proven; the notice leaves on Thursday at 17:20 and its fate comes back by mail."""

    told: ClassVar[Books]
    imap: ClassVar[ImapServer]
    box: ClassVar[Letterbox]
    letter: books.Letter

    @classmethod
    def setUpClass(cls) -> None:
        """One IMAP and one SMTP server for the class, each test with a mailbox of its own."""
        cls.imap = cls.enterClassContext(imap_server())
        cls.box = cls.enterClassContext(letterbox())
        super().setUpClass()

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        cls.told = take_over("04-rogue-change.yaml")

    def setUp(self) -> None:
        """The notice is drafted from the proven change, approved, held, and handed to the mail server."""
        self.enterContext(_through(self.box, self.imap, self.id().rpartition(".")[2][:30]))
        self._leaves(SENT)

    def test_runs_from_its_receipt_over_the_change_to_summer_time(self) -> None:
        """Received Fri 2 March, day five is Fri 9, off Mon 12 March 08:00 PDT = 15:00 UTC; not a second before."""
        self._comes_back("postfix_delivered.eml", SENT + MINUTE)

        lifecycle_due.apply_due(at=OFF - MINUTE)
        before = _kinds()
        lifecycle_due.apply_due(at=OFF)

        assert before == ["notice given"]
        row = books.LifecycleEntry.objects.get(kind="suspended")
        assert (row.asset.code, row.effective_at) == ("SRV1", OFF)

    def test_that_bounced_starts_nothing(self) -> None:
        """Weeks later the server is still covered, the reason is on record, and the letter says that it came back."""
        self._comes_back("postfix_unknown_user.eml", SENT + MINUTE)

        lifecycle_due.apply_due(at=OFF + 30 * DAY)

        assert _kinds() == []
        refusals = answer_for(self.told.client, OFF).refusals
        assert any("It bounced, so it was not delivered" in one.sentence for one in refusals)
        last = delivering.last_of(self.letter)
        assert last is not None
        assert last.kind == "bounced"

    def test_without_any_report_starts_nothing(self) -> None:
        """Handed over is no receipt, and a report that it was delayed is none either."""
        self._comes_back("postfix_delayed.eml", SENT + MINUTE)

        lifecycle_due.apply_due(at=OFF + 30 * DAY)

        assert _kinds() == []
        refusals = answer_for(self.told.client, OFF).refusals
        assert any("No delivery receipt is on record" in one.sentence for one in refusals)

    def test_sent_once_more_runs_from_its_second_way(self) -> None:
        """It bounced on Thursday; sent again on Monday 5 March and delivered, its five days end on Monday 12."""
        self._comes_back("postfix_unknown_user.eml", SENT + MINUTE)
        monday = datetime(2007, 3, 5, 18, 0, tzinfo=UTC)
        delivering.repeat(self.letter, actor=ALEX, at=monday)
        delivering.deliver_due(at=monday)
        self._comes_back("postfix_delivered.eml", monday + MINUTE)

        lifecycle_due.apply_due(at=OFF + DAY)

        row = books.LifecycleEntry.objects.get(kind="suspended")
        assert row.effective_at == OFF + DAY

    def test_to_another_address_is_another_letter_and_undoes_no_receipt(self) -> None:
        """It bounced; the next goes where Pat agreed to. Yet another address later leaves that one's receipt alone."""
        self._comes_back("postfix_unknown_user.eml", SENT + MINUTE)
        client = self.told.client
        for address, why in (("no address", "is no mail address"), ("p@h.example", "who agreed")):
            with pytest.raises(AddressRefused, match=why):
                change_notice_address(client, address, " ", actor=KIM, at=SENT)
        with pytest.raises(NotAllowed):
            change_notice_address(client, "office@harbor.example", "x", actor=ALEX, at=SENT)
        monday = datetime(2007, 3, 5, 18, 0, tzinfo=UTC)
        change_notice_address(
            client, "office@harbor.example", "Pat, by phone", actor=KIM, at=monday
        )
        self._leaves(monday)
        assert self.letter.to == "office@harbor.example"
        self._comes_back("postfix_delivered.eml", monday + MINUTE)

        change_notice_address(
            client, "new@harbor.example", "Pat, by mail", actor=KIM, at=monday + DAY
        )
        lifecycle_due.apply_due(at=OFF + DAY)

        assert books.LifecycleEntry.objects.get(kind="suspended").effective_at == OFF + DAY
        assert books.Notice.objects.current().count() == 2

    def test_that_was_delivered_is_not_undone_by_a_late_bounce(self) -> None:
        """A receipt stays a receipt; what comes later is a step of the letter and moves no day."""
        self._comes_back("postfix_delivered.eml", SENT + MINUTE)
        self._comes_back("postfix_unknown_user.eml", SENT + DAY)

        lifecycle_due.apply_due(at=OFF)

        assert _kinds() == ["notice given", "suspended"]

    def _leaves(self, sent: datetime) -> None:
        client, at = books.Client.objects.get(pk=self.told.client.pk), sent - 20 * MINUTE
        core = notices.notice_from(
            client=client, asset=SRV1, changes=(ChangeId("CHG-1"),), actor=ALEX, at=at
        )
        draft = letters.keep_draft(core, client=client, actor=ALEX, at=at, once_more=True)
        letters.approve(draft=draft, actor=KIM, at=at)
        letters.queue(draft=draft, actor=ALEX, at=sent - 10 * MINUTE)
        (self.letter,) = letters.send_due(at=sent)
        delivering.deliver_due(at=sent)

    def _comes_back(self, sample: str, at: datetime) -> None:
        """A real report arrives in the mailbox, dated by the mail server, and is taken in."""
        content = report(sample, self.letter.sent_as, self.letter.to)
        user = settings.GROUNDRULES_IMAP_URL.partition("://")[2].partition("@")[0]
        self.imap.deliver(content, user, at.strftime("%d-%b-%Y %H:%M:%S +0000"))
        (row,) = mail_in.collect(at=at).taken
        step = mail_in.last_filing(row)
        assert step is not None
        assert (step.kind, step.letter) == ("report", self.letter)


@contextmanager
def _through(box: Letterbox, imap: ImapServer, user: str) -> Iterator[None]:
    with override_settings(
        GROUNDRULES_MAIL=box.url,
        GROUNDRULES_IMAP_URL=imap.url(user),
        GROUNDRULES_IMAP_PASSWORD=PASSWORD,
    ):
        yield


def _kinds() -> list[str]:
    return list(books.LifecycleEntry.objects.order_by("pk").values_list("kind", flat=True))
