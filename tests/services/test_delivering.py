"""Letters on their way: held, called back, sent once, and honest about what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.records import models as books
from groundrules.records.models import Delivery
from groundrules.services import delivering, letters
from tests.cast import OLGA, TARIQ, TESSA
from tests.mail_post import Letterbox, letterbox

NOON = datetime(2007, 3, 5, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HELD = 10 * MINUTE


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Letterbox]:
    """This fixture will send mail through a real SMTP server."""
    with letterbox() as box:
        monkeypatch.setattr(settings, "GROUNDRULES_MAIL", box.url)
        yield box


@pytest.fixture
def approved(harbor: books.Client) -> books.LetterDraft:
    """This fixture will draft a letter by Tariq and have Tessa approve it."""
    written = LetterDraft(
        LetterKind.NOTICE, "Castle IT", "Pat Owner", "About SRV1", (Paragraph("We go on."),)
    )
    draft = letters.keep_draft(written, client=harbor, actor=TARIQ, at=NOON)
    return letters.approve(draft=draft, actor=TESSA, at=NOON)


def _kinds(letter: books.Letter) -> list[str]:
    return list(letter.deliveries.order_by("number").values_list("kind", flat=True))


def _sent(approved: books.LetterDraft) -> books.Letter:
    letters.queue(draft=approved, actor=TARIQ, at=NOON)
    (letter,) = letters.send_due(at=NOON + HELD)
    return letter


class TestHold:
    def test_keeps_a_letter_until_it_is_over(self, approved: books.LetterDraft) -> None:
        """Nothing leaves a microsecond early; a clock that jumped far ahead sends it once, in the next turn."""
        letters.queue(draft=approved, actor=TARIQ, at=NOON)

        early = letters.send_due(at=NOON + HELD - timedelta(microseconds=1))
        (late,) = letters.send_due(at=NOON + timedelta(days=400))

        assert early == ()
        assert late.ref == approved.ref
        assert letters.send_due(at=NOON + timedelta(days=401)) == ()

    def test_ends_when_somebody_calls_the_letter_back(self, approved: books.LetterDraft) -> None:
        """It stays approved, and can be sent again later; what left cannot be called back."""
        letters.queue(draft=approved, actor=TARIQ, at=NOON)
        letters.call_back(draft=approved, actor=TESSA, at=NOON + MINUTE)

        assert letters.send_due(at=NOON + HELD) == ()
        _sent(approved)
        with pytest.raises(letters.LetterNotOpen, match="cannot be called back"):
            letters.call_back(draft=approved, actor=TESSA, at=NOON + HELD)

    def test_tells_the_second_who_sends(self, approved: books.LetterDraft) -> None:
        """The first wins, and the second is told when it leaves."""
        letters.queue(draft=approved, actor=TARIQ, at=NOON)

        with pytest.raises(letters.LetterAlreadyLeaving, match="leaves at 2007-03-05T20:10"):
            letters.queue(draft=approved, actor=TESSA, at=NOON + MINUTE)

    def test_needs_the_name_typed_by_an_owner_who_wrote_the_letter(
        self, harbor: books.Client
    ) -> None:
        """In a shop of one, the owner writes whom the letter strikes; a wrong name approves nothing."""
        written = LetterDraft(
            LetterKind.NOTICE, "Castle IT", "Pat Owner", "Hello", (Paragraph("We go on."),)
        )
        draft = letters.keep_draft(written, client=harbor, actor=OLGA, at=NOON)

        with pytest.raises(letters.OwnLetter, match=f"write {harbor.name} to approve it"):
            letters.approve(draft=draft, actor=OLGA, at=NOON, confirmed="SRV2")
        row = letters.approve(draft=draft, actor=OLGA, at=NOON, confirmed=harbor.name)

        assert row.state == "approved"


class TestDelivering:
    def test_hands_a_letter_over_once(self, approved: books.LetterDraft, post: Letterbox) -> None:
        """One mail under the letter's Message-ID with its PDF; later turns send nothing more."""
        letter = _sent(approved)

        delivering.deliver_due(at=NOON + HELD)
        delivering.deliver_due(at=NOON + timedelta(days=1))

        ((_, recipients, content),) = post.taken
        assert recipients == ["pat@harbor.example"]
        assert letter.sent_as.encode() in content
        assert f"{letter.ref}.pdf".encode() in content
        assert _kinds(letter) == ["waiting", "trying", "handed over"]

    @pytest.mark.parametrize("address", ["support@rogue.example", ""])
    def test_sends_a_vendors_letter_to_the_vendor_only(
        self, harbor: books.Client, post: Letterbox, address: str
    ) -> None:
        """What is asked of a vendor never lands at the client; without an address it is refused, and a person acts."""
        vendor = books.Vendor.objects.get(code="V1")
        books.Vendor.objects.filter(pk=vendor.pk).update(email=address)
        written = LetterDraft(
            LetterKind.RIGHT_OF_REPLY, "Castle IT", vendor.name, "Tell us", (Paragraph("Hello."),)
        )
        draft = letters.keep_draft(written, client=harbor, actor=TARIQ, at=NOON)
        letter = _sent(letters.approve(draft=draft, actor=TESSA, at=NOON))

        delivering.deliver_due(at=NOON + HELD)

        sent_to = [recipients for _, recipients, _ in post.taken]
        assert sent_to == ([[address]] if address else [])
        assert _kinds(letter)[-1] == ("handed over" if address else "refused")

    def test_tries_a_delayed_letter_again_ever_later(
        self, approved: books.LetterDraft, post: Letterbox
    ) -> None:
        """A minute after the first delay, two after the second; then it leaves, once."""
        post.at_the_end = "452 full"
        letter = _sent(approved)
        at = NOON + HELD
        delivering.deliver_due(at=at)
        assert delivering.deliver_due(at=at + MINUTE / 2) == ()
        delivering.deliver_due(at=at + MINUTE)
        assert delivering.deliver_due(at=at + 2 * MINUTE) == ()
        post.at_the_end = "250 kept"

        delivering.deliver_due(at=at + 3 * MINUTE)

        assert _kinds(letter) == ["waiting", *["trying", "delayed"] * 2, "trying", "handed over"]
        assert len(post.taken) == 1

    def test_does_not_wait_for_a_time_a_wrong_clock_named(
        self, approved: books.LetterDraft, post: Letterbox
    ) -> None:
        """Delayed while the clock stood a year ahead: set right again, the letter leaves at the next turn, once."""
        post.at_the_end = "452 full"
        letter = _sent(approved)
        wrong = NOON + timedelta(days=365)
        delivering.deliver_due(at=wrong)
        assert delivering.deliver_due(at=wrong + MINUTE / 2) == ()
        post.at_the_end = "250 kept"

        delivering.deliver_due(at=NOON + HELD)

        assert _kinds(letter)[-1] == "handed over"
        assert len(post.taken) == 1
        assert delivering.deliver_due(at=NOON + HELD + MINUTE) == ()

    def test_leaves_a_refused_letter_to_a_person(
        self, approved: books.LetterDraft, post: Letterbox
    ) -> None:
        """A refusal for good is not tried again by itself; a person may, and only then."""
        post.refuses["pat@harbor.example"] = "550 nobody here"
        letter = _sent(approved)
        (refused,) = delivering.deliver_due(at=NOON + HELD)
        assert refused.kind == "refused"
        assert "550 nobody here" in refused.says
        assert delivering.deliver_due(at=NOON + timedelta(days=1)) == ()
        post.refuses.clear()

        delivering.repeat(letter, actor=TARIQ, at=NOON + timedelta(days=1))
        delivering.deliver_due(at=NOON + timedelta(days=1))

        assert len(post.taken) == 1
        with pytest.raises(delivering.NothingToRepeat, match="handed over"):
            delivering.repeat(letter, actor=TARIQ, at=NOON + timedelta(days=2))

    def test_says_so_when_a_killed_job_left_nobody_knowing(
        self, approved: books.LetterDraft, post: Letterbox
    ) -> None:
        """An attempt without an outcome is left to its program for a while, then called uncertain; never sent again."""
        letter = _sent(approved)
        killed_at = NOON + HELD
        delivering.record(letter, Delivery.TRYING, "", actor=TARIQ, at=killed_at)
        assert delivering.deliver_due(at=killed_at + 9 * MINUTE) == ()

        (step,) = delivering.deliver_due(at=killed_at + 10 * MINUTE)

        assert step.kind == "uncertain"
        assert "nobody knows whether the mail left" in step.says
        assert delivering.deliver_due(at=killed_at + timedelta(days=1)) == ()
        assert post.taken == []

    def test_calls_it_uncertain_when_the_server_hangs_up(
        self, approved: books.LetterDraft, post: Letterbox
    ) -> None:
        """The server has the mail and never said so: one mail there, and the doubt on record here."""
        post.falls_silent = True
        letter = _sent(approved)

        delivering.deliver_due(at=NOON + HELD)
        delivering.deliver_due(at=NOON + timedelta(days=1))

        assert _kinds(letter) == ["waiting", "trying", "uncertain"]
        assert len(post.taken) == 1

    def test_lets_one_of_two_programs_take_a_step(
        self, approved: books.LetterDraft, post: Letterbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Both saw the letter waiting; the second finds its step taken and sends nothing."""
        letter = _sent(approved)
        seen = delivering.last_of(letter)
        delivering.deliver(letter, at=NOON + HELD)
        monkeypatch.setattr(delivering, "last_of", lambda _letter: seen)

        second = delivering.deliver(letter, at=NOON + HELD)

        assert second is None
        assert len(post.taken) == 1

    def test_may_repeat_where_twice_is_once(
        self, approved: books.LetterDraft, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A file of the same name is the same mail, so a broken attempt is simply made again."""
        monkeypatch.setattr(settings, "GROUNDRULES_MAIL", "outbox")
        letter = _sent(approved)
        delivering.record(letter, Delivery.TRYING, "", actor=TARIQ, at=NOON + HELD)

        (step,) = delivering.deliver_due(at=NOON + HELD + delivering.ABANDONED)

        assert step.kind == "handed over"
        assert len(list((settings.GROUNDRULES_DATA / "outbox").iterdir())) == 1
