"""What is due is applied at its instant, once, whole, and by whoever comes first; it can be called off and undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from unittest import mock

import pytest
from django.db import connection, transaction
from django.test import TestCase

from groundrules.core.ids import AssetId, ConditionId, VendorId, WindowId
from groundrules.core.lifecycle.answers import ConditionRecord, EntryKind
from groundrules.core.lifecycle.conditions import WaiverRefused
from groundrules.core.lifecycle.transitions import Step, TransitionRefused
from groundrules.core.periods import Period
from groundrules.core.vendors import AccessWindow
from groundrules.records import models as books
from groundrules.services import delivering, letters, lifecycle, lifecycle_due, notices
from groundrules.services.actor import NotAllowed
from groundrules.services.letters_late import suspension_letters_late
from groundrules.services.lifecycle import LetGo
from groundrules.services.vendors import record_window
from groundrules.services.world import answer_for
from tests.web.harbor_books import ALEX, KIM, Books, take_over

pytestmark = pytest.mark.django_db

SRV1 = AssetId("SRV1")
BEFORE = datetime(2007, 3, 12, 14, 59, 59, tzinfo=UTC)
OFF = datetime(2007, 3, 12, 15, 0, tzinfo=UTC)
LATER = OFF + timedelta(hours=5)
MINUTE = timedelta(minutes=1)


def kinds() -> list[str]:
    """The entries in the book, in order."""
    return list(books.LifecycleEntry.objects.order_by("pk").values_list("kind", flat=True))


class TestDue(TestCase):
    """Notice was delivered on 1 March; nothing is in the book of entries yet."""

    told: ClassVar[Books]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        cls.told = take_over("09-suspension-letter.yaml")

    def test_suspends_at_the_instant_and_not_before(self) -> None:
        """Notice runs from its receipt; a second before 08:00 PDT nothing more happens; at 08:00 the server is off."""
        lifecycle_due.apply_due(at=BEFORE)
        assert kinds() == ["notice given"]

        lifecycle_due.apply_due(at=OFF)

        row = books.LifecycleEntry.objects.get(kind="suspended")
        assert (row.effective_at, row.recorded_at, row.recorded_by) == (OFF, OFF, "groundrules")
        assert row.to_core().clause == "6.3"

    def test_is_late_without_being_wrong(self) -> None:
        """A worker that was down writes the entry late, effective when the clause says; money follows the effect."""
        lifecycle_due.apply_due(at=LATER)

        row = books.LifecycleEntry.objects.get(kind="suspended")
        assert (row.effective_at, row.recorded_at) == (OFF, LATER)

    def test_warns_while_the_letter_has_not_left(self) -> None:
        """From a day before, and after it began, until the letter is sent; it is signed by name and role."""
        books.User.objects.create(email=KIM.label, name="Kim Green", role="owner")
        drafts = letters.draft(client=self.told.client, actor=ALEX, at=BEFORE - timedelta(days=3))
        row = next(d for d in drafts if d.kind == "suspension")

        early = suspension_letters_late(OFF - timedelta(days=2))
        soon = suspension_letters_late(BEFORE)
        lifecycle_due.apply_due(at=OFF)
        late = suspension_letters_late(LATER)

        assert early == ()
        assert [(one.draft, one.effective_at, one.begun) for one in soon] == [(row, OFF, False)]
        assert [(one.draft, one.effective_at, one.begun) for one in late] == [(row, OFF, True)]
        letters.approve(draft=row, actor=KIM, at=LATER)
        sent = letters.send(draft=row, actor=KIM, at=LATER)
        assert suspension_letters_late(LATER) == ()
        assert sent.text.rstrip().splitlines()[-3:-1] == ["Kim Green", "Owner"]

    def test_does_nothing_twice_also_when_the_clock_jumps_back(self) -> None:
        """Again at once, later, and with a clock that was set back to between effect and record: one suspension."""
        lifecycle_due.apply_due(at=LATER)

        for at in (LATER, LATER + timedelta(days=9), OFF + MINUTE, BEFORE):
            lifecycle_due.apply_due(at=at)

        assert kinds() == ["notice given", "suspended"]

    def test_killed_half_way_leaves_nothing_and_resumes(self) -> None:
        """A program that dies while windows are cancelled has written no entry; the next turn writes all."""
        self._approve_window()

        def die(*_args: object, **_kept: object) -> None:
            raise KeyboardInterrupt

        with (
            mock.patch("groundrules.services.lifecycle_due.access.end_early", die),
            pytest.raises(KeyboardInterrupt),
            transaction.atomic(),
        ):
            lifecycle_due.apply_due(at=OFF)
        assert kinds() == []

        (turn,) = lifecycle_due.apply_due(at=OFF + MINUTE)

        assert kinds() == ["notice given", "suspended"]
        assert "SRV1: window WIN-9 cancelled" in turn.says
        window = books.AccessWindow.objects.current().get(ref="WIN-9").to_core()
        assert window.ended_at == OFF + MINUTE

    def test_reads_the_lock_before_the_books(self) -> None:
        """Two programs at once: the second waits at the client's row, then finds the entries and writes none."""
        queries: list[str] = []

        def listen(execute, sql, params, many, context):  # type: ignore[no-untyped-def]  # Django's own shape  # noqa: ANN001, ANN202
            queries.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(listen):
            lifecycle_due.apply_for(self.told.client, at=OFF)

        first = next(q for q in queries if q.startswith("SELECT"))
        assert "records_client" in first
        assert connection.vendor != "postgresql" or "FOR NO KEY UPDATE" in first

    def _approve_window(self) -> None:
        period = Period(OFF + timedelta(hours=9), OFF + timedelta(hours=10))
        approved = AccessWindow(
            WindowId("WIN-9"), SRV1, period, vendor=VendorId("V1"), approved_at=self.told.at
        )
        record_window(approved, client=self.told.client, actor=KIM, at=self.told.at)

    def test_called_off_ends_the_notice_and_nothing_follows(self) -> None:
        """Called off before 12 March the server stays covered; a second time there is nothing to call off."""
        at = datetime(2007, 3, 8, 18, 0, tzinfo=UTC)
        notices.call_off(
            client=self.told.client, asset=SRV1, reason="Rogue signed", actor=KIM, at=at
        )

        lifecycle_due.apply_due(at=LATER)

        assert kinds() == ["notice given", "notice cured"]
        with pytest.raises(TransitionRefused):
            notices.call_off(
                client=self.told.client, asset=SRV1, reason="again", actor=KIM, at=LATER
            )

    def test_called_off_voids_a_suspension_written_ahead(self) -> None:
        """An owner who had written the suspension ahead takes it back with the notice; no letter says sorry for it."""
        person = lifecycle.Person("Kim", "Rogue changed SRV1")
        lifecycle.suspend(
            client=self.told.client, asset=SRV1, person=person, actor=KIM, at=self.told.at
        )
        at = datetime(2007, 3, 8, 18, 0, tzinfo=UTC)

        notices.call_off(
            client=self.told.client, asset=SRV1, reason="Rogue signed", actor=KIM, at=at
        )

        answers = answer_for(self.told.client, LATER)
        assert [s.state for s in answers.states_of(SRV1)][-1] == "covered"
        assert "withdrawal" not in {letter.kind for letter in answers.letters}

    def test_found_wrong_is_unwound_with_a_letter(self) -> None:
        """A suspension found wrong counts as never made; the letter that takes it back is drafted by the next turn."""
        lifecycle_due.apply_due(at=OFF)
        at = LATER + timedelta(days=3)
        step = Step(SRV1, at, at, "Kim", "The vendor had written permission from the client")
        lifecycle.void(client=self.told.client, step=step, actor=KIM, at=at)

        (turn,) = lifecycle_due.apply_due(at=at + MINUTE)

        assert any(
            "we take back the suspension of Mon 2007-03-12 08:00 PDT" in s for s in turn.says
        )
        assert [s.state for s in answer_for(self.told.client, at).states_of(SRV1)][-1] == "covered"
        draft = books.LetterDraft.objects.get(kind="withdrawal").to_core()
        assert draft.warnings == ()
        assert "written permission" in draft.paragraphs[1].text
        with mock.patch.object(lifecycle_due, "apply_for") as asked:
            lifecycle_due.apply_due(at=at + 2 * MINUTE)
        asked.assert_not_called()


class TestTheWayBack(TestCase):
    """On 4 April all but one condition are met; at 14:00 Rogue accepts."""

    told: ClassVar[Books]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        cls.told = take_over("12-the-way-back.yaml")

    def test_ticks_begins_drafts_and_returns(self) -> None:
        """The first proof begins the return; the last one drafts letter and invoice; midnight brings it back."""
        lifecycle_due.apply_due(at=datetime(2007, 3, 13, 0, 0, tzinfo=UTC))
        lifecycle_due.apply_due(at=datetime(2007, 4, 4, 16, 0, tzinfo=UTC))
        assert kinds() == ["notice given", "suspended", "reinstatement begun"]
        assert not books.LetterDraft.objects.filter(kind="reinstatement").exists()

        (turn,) = lifecycle_due.apply_due(at=datetime(2007, 4, 4, 22, 0, tzinfo=UTC))

        assert any("is covered again" in said for said in turn.says)
        draft = books.LetterDraft.objects.get(kind="reinstatement")
        assert "$953.33" in draft.payload
        assert books.DocumentPeriod.objects.current().filter(first="2007-04-01").exists()
        midnight = datetime(2007, 4, 5, 7, 0, tzinfo=UTC)
        lifecycle_due.apply_due(at=midnight)
        row = books.LifecycleEntry.objects.get(kind="reinstated")
        assert row.effective_at == midnight
        state = [s.state for s in answer_for(self.told.client, midnight).states_of(SRV1)][-1]
        assert state == "covered"
        ticked = books.AuditEntry.objects.filter(verb="lifecycle.condition_met")
        assert sorted(e.subject.split("@")[0] for e in ticked) == [
            f"SRV1/{name}" for name in ("fee", "inspection", "loa", "login", "paid", "sa", "sop")
        ]

    def test_counts_a_waiver_of_the_owner_with_its_price(self) -> None:
        """What an owner lets go counts as done, and shows its reason and price; a technician may not."""
        at = datetime(2007, 4, 4, 16, 0, tzinfo=UTC)
        sop = LetGo(ConditionId("sop"), SRV1, "Rogue is leaving", "0.00")
        with pytest.raises(NotAllowed):
            lifecycle.let_go(sop, client=self.told.client, actor=ALEX, at=at)
        with pytest.raises(WaiverRefused, match="not 'much'"):
            lifecycle.let_go(replace(sop, price="much"), client=self.told.client, actor=KIM, at=at)

        waived = lifecycle.let_go(sop, client=self.told.client, actor=KIM, at=at)

        assert isinstance(waived.to_core(), ConditionRecord)
        (back,) = answer_for(self.told.client, at).reinstatements
        assert back.effective_at is not None
        said = next(s.sentence for s in back.conditions if s.terms.id == "sop")
        assert said == "Waived by kim@greenway.example: Rogue is leaving. It costs $0.00."


class TestANotice(TestCase):
    """Rogue's changes are proven; no notice was given yet."""

    told: ClassVar[Books]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        cls.told = take_over("04-rogue-change.yaml")

    def test_enters_the_book_when_its_letter_is_sent_and_runs_from_its_receipt(self) -> None:
        """From chosen facts to a letter, to the book, to the receipt: the days count from what came back."""
        draft = self._draft()
        sent_at = self.told.at + timedelta(hours=2)
        letters.approve(draft=draft, actor=KIM, at=sent_at)
        letter = letters.send(draft=draft, actor=KIM, at=sent_at)
        (row,) = books.Notice.objects.all()
        assert (row.ref, row.to_core().breach_of, row.to_core().changes) == (
            letter.ref,
            "6.1",
            ("CHG-1",),
        )
        assert answer_for(self.told.client, sent_at).foreseen == ()

        arrived = sent_at + MINUTE
        delivering.record(letter, books.Delivery.DELIVERED, "", actor=KIM, at=arrived)

        foreseen = answer_for(self.told.client, arrived).foreseen
        assert [e.kind for e in foreseen] == [EntryKind.NOTICE_GIVEN, EntryKind.SUSPENDED]

    def test_drafted_again_keeps_to_the_changes_that_were_chosen(self) -> None:
        """Both of Rogue's changes are proven and one was chosen: drafting all letters again adds none."""
        draft = self._draft()
        chosen = draft.digest

        drafts = letters.draft(client=self.told.client, actor=ALEX, at=self.told.at + MINUTE)

        (again,) = (one for one in drafts if one.kind == "notice")
        assert notices.rests_on(again.to_core()) == ("CHG-1",)
        assert (again.ref, again.digest) == (draft.ref, chosen)

    def test_takes_a_receipt_typed_to_the_minute_of_its_sending(self) -> None:
        """Not before it was sent, not in time to come; within its own minute it counts from the sending."""
        draft = self._draft()
        sent_at = self.told.at + timedelta(seconds=40)
        letters.approve(draft=draft, actor=KIM, at=sent_at)
        letter = letters.send(draft=draft, actor=KIM, at=sent_at)
        for wrong in (self.told.at - MINUTE, sent_at + MINUTE):
            with pytest.raises(lifecycle.NothingToSuspend, match="between then and now"):
                self._receive(letter.ref, wrong, sent_at)

        self._receive(letter.ref, self.told.at, sent_at)

        row = books.Notice.objects.current().get(ref=letter.ref)
        assert row.to_core().receipt_at == sent_at

    def test_that_came_back_starts_nothing(self) -> None:
        """A bounce is on record with the notice, and the reason is in the refusal."""
        draft = self._draft()
        letters.approve(draft=draft, actor=KIM, at=self.told.at)
        letter = letters.send(draft=draft, actor=KIM, at=self.told.at)

        came_back = self.told.at + MINUTE
        delivering.record(letter, books.Delivery.BOUNCED, "", actor=KIM, at=came_back)

        answers = answer_for(self.told.client, self.told.at + MINUTE)
        assert answers.foreseen == ()
        assert "It bounced" in " ".join(r.sentence for r in answers.refusals)

    def test_needs_something_proven(self) -> None:
        """Without a proven change no notice can be written, and the refusal says what is missing."""
        for changes, why in ((("CHG-NONE",), "Nothing is proven"),):
            with pytest.raises(lifecycle.NothingToSuspend, match=why):
                notices.notice_from(
                    client=self.told.client,
                    asset=SRV1,
                    changes=changes,  # type: ignore[arg-type]  # references as a page sends them
                    actor=ALEX,
                    at=self.told.at,
                )

    def test_given_again_has_letters_of_its_own(self) -> None:
        """Called off and given once more: notice, suspension letter and cover are written anew; none is an old one."""
        first, last = self.told.at, self.told.at + timedelta(days=6)
        for at in (first, last):
            letter = self._sent(self._draft(at), at)
            delivering.record(letter, books.Delivery.DELIVERED, "", actor=KIM, at=at + MINUTE)
            lifecycle_due.apply_due(at=at + 2 * MINUTE)
            lifecycle_due.apply_due(at=at + 3 * MINUTE)
            for draft in books.LetterDraft.objects.filter(state="drafted").order_by("pk"):
                self._sent(draft, at + 4 * MINUTE)
            lifecycle_due.apply_due(at=at + 5 * MINUTE)
            if at == first:
                notices.call_off(
                    client=self.told.client,
                    asset=SRV1,
                    reason="Rogue signs",
                    actor=KIM,
                    at=at + MINUTE * 60,
                )

        sent = list(books.Letter.objects.order_by("sent_at", "pk").values_list("kind", flat=True))
        assert sent == ["notice", "relationship continues", "suspension"] * 2
        assert not books.LetterDraft.objects.filter(state="drafted").exists()
        assert books.Notice.objects.current().count() == 2

    def _sent(self, draft: books.LetterDraft, at: datetime) -> books.Letter:
        letters.approve(draft=draft, actor=KIM, at=at)
        return letters.send(draft=draft, actor=KIM, at=at)

    def _receive(self, ref: str, receipt_at: datetime, at: datetime) -> None:
        notices.record_receipt(
            client=self.told.client, notice=ref, receipt_at=receipt_at, actor=KIM, at=at
        )

    def _draft(self, at: datetime | None = None) -> books.LetterDraft:
        at = at or self.told.at
        core = notices.notice_from(
            client=self.told.client,
            asset=SRV1,
            changes=("CHG-1",),  # type: ignore[arg-type]  # a reference as a page sends it
            actor=ALEX,
            at=at,
        )
        return letters.keep_draft(core, client=self.told.client, actor=ALEX, at=at, once_more=True)
