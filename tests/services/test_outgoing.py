"""Mails that are no letters: none is lost and no page fails, whatever the mail server does; words do not stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import transaction

from groundrules.gateways.mail import Attachment, NullOutbox
from groundrules.records.models import AuditEntry, OutgoingMail
from groundrules.services import outgoing, storage
from groundrules.services.actor import NotAllowed
from groundrules.services.storage import UnknownMailSetting
from tests.cast import ANNA, TARIQ
from tests.mail_post import Letterbox, letterbox

pytestmark = pytest.mark.django_db

NOON = datetime(2007, 3, 5, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Committing = Callable[..., AbstractContextManager[list[Callable[[], object]]]]


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Letterbox]:
    """This fixture will send mail through a real SMTP server."""
    with letterbox() as box:
        monkeypatch.setattr(settings, "GROUNDRULES_MAIL", box.url)
        yield box


@pytest.fixture
def told(django_capture_on_commit_callbacks: Committing) -> Callable[..., OutgoingMail]:
    """This fixture will post a mail and let its transaction commit."""

    def tell(to: str = "rae@rogue.example", reference: str = "code-1") -> OutgoingMail:
        with django_capture_on_commit_callbacks(execute=True):
            row = outgoing.post(reference, to, "Your code", "Your code is 123456.", NOON)
        return OutgoingMail.objects.get(pk=row.pk)

    return tell


class TestPost:
    def test_leaves_at_once_and_keeps_no_words(
        self, post: Letterbox, told: Callable[..., OutgoingMail]
    ) -> None:
        """A code must not stand in the database after it was handed over."""
        row = told()

        assert b"123456" in post.taken[0][2]
        assert (row.state, row.text, row.attempts) == ("handed over", "", 1)
        assert outgoing.send_due(at=NOON + MINUTE) == ()

    def test_fails_no_page_and_drops_no_other(
        self, post: Letterbox, told: Callable[..., OutgoingMail]
    ) -> None:
        """The first of two is refused; the second leaves all the same, and the audit says what happened."""
        post.refuses["gone@rogue.example"] = "550 nobody here"

        first, second = told("gone@rogue.example"), told()

        assert (first.state, second.state) == ("refused", "handed over")
        assert "550 nobody here" in AuditEntry.objects.get(verb="outgoing.trouble").says
        assert outgoing.in_trouble() == (first,)

    def test_is_tried_again_while_the_server_is_away(
        self, post: Letterbox, told: Callable[..., OutgoingMail]
    ) -> None:
        """Greylisted now and in a minute; two minutes later it leaves."""
        post.refuses["rae@rogue.example"] = "451 later"
        assert told().state == "delayed"
        (again,) = outgoing.send_due(at=NOON + MINUTE)
        assert (again.state, again.attempts) == ("delayed", 2)
        post.refuses.clear()
        assert outgoing.send_due(at=NOON + 2 * MINUTE) == ()

        (row,) = outgoing.send_due(at=NOON + 3 * MINUTE)

        assert row.state == "handed over"
        assert len(post.taken) == 1

    def test_does_not_wait_for_a_time_a_wrong_clock_named(self, post: Letterbox) -> None:
        """Written while the clock stood a year ahead: set right again, it leaves at the next turn, once."""
        wrong = NOON + timedelta(days=365)
        outgoing.post("code-1", "rae@rogue.example", "Your code", "123456", wrong)

        (row,) = outgoing.send_due(at=NOON)

        assert row.state == "handed over"
        assert outgoing.send_due(at=wrong) == ()
        assert len(post.taken) == 1

    def test_is_not_lost_when_the_program_dies_before_sending(self, post: Letterbox) -> None:
        """Committed, and killed before the attempt: the worker's next turn sends it."""
        outgoing.post("code-1", "rae@rogue.example", "Your code", "123456", NOON)
        assert post.taken == []

        outgoing.send_due(at=NOON)

        assert len(post.taken) == 1

    def test_is_uncertain_when_the_program_dies_while_sending(
        self, post: Letterbox, told: Callable[..., OutgoingMail]
    ) -> None:
        """The server hung up with the mail; or nobody came back: it is never sent a second time by itself."""
        post.falls_silent = True
        assert told().state == "uncertain"
        killed = outgoing.post("code-2", "rae@rogue.example", "Your code", "123456", NOON)
        OutgoingMail.objects.filter(pk=killed.pk).update(state="trying", due_at=NOON + 10 * MINUTE)
        assert outgoing.send_due(at=NOON + 9 * MINUTE) == ()

        (row,) = outgoing.send_due(at=NOON + 10 * MINUTE)

        assert (row.state, len(post.taken)) == ("uncertain", 1)

    def test_lets_one_of_two_programs_send(
        self, post: Letterbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Both saw it waiting; whoever marks it first sends it."""
        row = outgoing.post("code-1", "rae@rogue.example", "Your code", "123456", NOON)
        filtered = OutgoingMail.objects.filter

        class Stale:
            def first(self) -> OutgoingMail:
                monkeypatch.undo()
                monkeypatch.setattr(settings, "GROUNDRULES_MAIL", post.url)
                outgoing.send_due(at=NOON)
                return row

        monkeypatch.setattr(OutgoingMail.objects, "filter", lambda **_of: Stale())
        tried = outgoing._try(row.pk, NOON)  # noqa: SLF001 - the moment between looking and marking

        assert filtered(pk=row.pk).get().state == "handed over"
        assert (tried, len(post.taken)) == (False, 1)

    def test_carries_its_files_and_no_second_header(self, post: Letterbox) -> None:
        """The calendar file arrives byte for byte; a subject with line breaks stays one line."""
        file = Attachment("WIN-1.ics", "text/calendar", b"BEGIN:VCALENDAR\r\n")
        outgoing.post(
            "WIN-1", "rae@rogue.example", "Approved\r\nBcc: x@y.example", "Yes", NOON, (file,)
        )

        outgoing.send_due(at=NOON)

        _, recipients, content = post.taken[0]
        assert recipients == ["rae@rogue.example"]
        assert b"\nBcc" not in content
        assert b"WIN-1.ics" in content

    def test_waits_for_a_setting_that_can_be_read(
        self, told: Callable[..., OutgoingMail], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A wrong setting is no refusal: the page works, the turn says what is wrong, and no attempt is used up."""
        monkeypatch.setattr(settings, "GROUNDRULES_MAIL", "pigeon")
        assert told().state == "delayed"

        with pytest.raises(UnknownMailSetting):
            outgoing.send_due(at=NOON + MINUTE)

        assert OutgoingMail.objects.get().attempts == 1

    def test_is_rolled_back_with_what_it_tells(self) -> None:
        """Nobody is told of what did not happen."""
        with transaction.atomic():
            outgoing.post("code-1", "rae@rogue.example", "Your code", "123456", NOON)
            transaction.set_rollback(True)

        assert not OutgoingMail.objects.exists()


class TestAfterwards:
    @pytest.fixture
    def refused(self, post: Letterbox, told: Callable[..., OutgoingMail]) -> OutgoingMail:
        """This fixture will have a mail refused."""
        post.refuses["rae@rogue.example"] = "550 nobody here"
        return told()

    def test_a_person_sends_it_again(self, refused: OutgoingMail, post: Letterbox) -> None:
        """The address was mended; the same mail leaves, once."""
        post.refuses.clear()

        outgoing.repeat(refused, actor=TARIQ, at=NOON + MINUTE)
        outgoing.send_due(at=NOON + MINUTE)

        assert b"123456" in post.taken[0][2]
        with pytest.raises(outgoing.MailNotOpen, match="handed over"):
            outgoing.repeat(refused, actor=TARIQ, at=NOON + 2 * MINUTE)

    def test_a_person_gives_it_up(self, refused: OutgoingMail) -> None:
        """Its words are gone, and an accountant may not do it."""
        with pytest.raises(NotAllowed):
            outgoing.forget(refused, actor=ANNA, at=NOON)

        gone = outgoing.forget(refused, actor=TARIQ, at=NOON)

        assert (gone.state, gone.text) == ("forgotten", "")

    def test_nobody_looks_for_a_week(
        self, refused: OutgoingMail, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Words that may open a door are not kept for good."""
        monkeypatch.setattr(storage, "outbox", NullOutbox)
        outgoing.send_due(at=NOON + outgoing.KEPT)

        refused.refresh_from_db()
        assert (refused.state, refused.text) == ("forgotten", "")
        assert "nobody sent it again" in refused.says
