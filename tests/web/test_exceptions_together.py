"""Many exceptions of a client: by kind, a page at a time, and answered together where one reason holds for all."""

from __future__ import annotations

from datetime import UTC, date, datetime
from unittest.mock import patch

from django.test import TestCase

from groundrules.core.money import Money
from groundrules.core.month_end import Doubt, DoubtKind, Doubts, Owner, grouped
from groundrules.records import models as books
from groundrules.records.typed_json import dump
from groundrules.services import month_end
from groundrules.services.month_end import ClientStanding
from groundrules.services.portfolio_demo import Size, fill
from groundrules.web.tables import kit
from tests.web.harbor_books import KIM

_RUN = "/month-end/RUN-2026-06"
_PAGE = f"{_RUN}/clients/C001/"
_AT = datetime(2026, 7, 2, 9, tzinfo=UTC)


def _doubts(notes: int) -> tuple[Doubt, ...]:
    stake = Money.of("150.00", "USD")
    return (
        *(
            Doubt(DoubtKind.NEEDS_PERSON, f"W-{n}", f"W-{n} waits", Owner.OWNER, "Decide it", stake)
            for n in range(2)
        ),
        *(
            Doubt(DoubtKind.NO_NOTE, f"W-{n}", f"W-{n} has no note", Owner.TECHNICIAN, "Write one")
            for n in range(notes)
        ),
    )


class TestExceptionsTogether(TestCase):
    """One client with two questions and seven times without a note."""

    @classmethod
    def setUpTestData(cls) -> None:
        """The month is collected, and more is doubtful about it than the made provider has."""
        fill(Size(date(2026, 7, 1), clients=5, months=0))
        run = month_end.open_run(date(2026, 6, 1), actor=KIM, at=_AT, hold_hours=0)
        month_end.collect_all(run, actor=KIM, now=lambda: _AT)
        step = books.BillingStep.objects.filter(client__code="C001").latest("pk")
        step.pk, step.doubts = None, dump(Doubts(_doubts(7)))
        step.save(force_insert=True)

    def setUp(self) -> None:
        """The owner is signed in."""
        self.client.force_login(books.User.objects.get(email=KIM.label))

    def _standing(self) -> ClientStanding:
        standing = month_end.standing_of(month_end.find_run(""), at=datetime.now(UTC))
        return next(one for one in standing.clients if one.client.code == "C001")

    def _press(self, kind: DoubtKind, **said: str) -> tuple[int, str]:
        marks = {group.kind: group.mark for group in grouped(self._standing().open_doubts)}
        form = {"do": "settle-kind", "client": "C001", "back": "C001", "kind": kind.value}
        form |= {"mark": marks.get(kind, "")} | said
        answer = self.client.post(f"{_RUN}/act/", form, follow=True)
        return answer.status_code, answer.content.decode()

    def test_are_shown_by_kind_and_one_kind_alone(self) -> None:
        """With their numbers; the pages of one kind keep to it."""
        self.enterContext(patch.object(kit, "_ROWS", 5))
        every = self.client.get(_PAGE).content.decode()
        alone = self.client.get(f"{_PAGE}?kind=time+without+a+note")
        words = alone.content.decode()

        assert "Answer all 7 with one reason" in every
        assert "$300.00" in every
        assert "answered one by one" in every
        assert {d.kind for d in alone.context["doubts_page"]} == {DoubtKind.NO_NOTE}
        assert "?kind=time+without+a+note&amp;exceptions=2#exceptions" in words

    def test_are_answered_with_one_reason(self) -> None:
        """Each is in the book with it, the audit book names them once, and the questions stay open."""
        status, words = self._press(DoubtKind.NO_NOTE, reason="Cy was new in June")

        rows = books.BillingAnswer.objects.filter(client__code="C001")
        told = books.AuditEntry.objects.filter(verb="month_end.answer").latest("pk")
        assert status == 200
        assert "7 exceptions settled (time without a note)" in words
        assert [row.reason for row in rows] == ["Cy was new in June"] * 7
        assert "7 together" in told.says
        assert {d.kind for d in self._standing().open_doubts} == {DoubtKind.NEEDS_PERSON}

    def test_can_be_set_aside_together(self) -> None:
        """They come back on that day."""
        _, words = self._press(DoubtKind.NO_NOTE, reason="Cy is away", until="2026-08-01")

        assert "7 exceptions set aside" in words
        assert {row.until for row in books.BillingAnswer.objects.all()} == {date(2026, 8, 1)}

    def test_refuse_what_was_not_seen_or_not_said(self) -> None:
        """No reason, other exceptions than on the page, and kinds of which each is a question of its own."""
        refused = [
            self._press(DoubtKind.NO_NOTE, reason=" "),
            self._press(DoubtKind.NO_NOTE, reason="Cy was new", mark="another"),
            self._press(DoubtKind.NO_NOTE, reason="Cy was new", until="soon"),
            self._press(DoubtKind.NEEDS_PERSON, reason="All the same"),
        ]
        _, gone = self._press(DoubtKind.TWICE, reason="None there")

        assert [status for status, _ in refused] == [422] * 4
        assert "say why" in refused[0][1]
        assert "these are 7 exceptions now. Look again." in refused[1][1]
        assert 'value="Cy was new"' in refused[1][1]
        assert "answer them one by one" in refused[3][1]
        assert "Somebody answered these exceptions before you." in gone
        assert not books.BillingAnswer.objects.exists()
