from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.core.agreements.terms import NoticeTerms, SuspensionTerms
from groundrules.core.calendars import Calendar, OpeningHours
from groundrules.core.ids import ClauseNumber, NoticeId
from groundrules.core.lifecycle.answers import Notice, NoticeArithmetic
from groundrules.core.lifecycle.notice import (
    NoticeNotReceived,
    effective_or_refuse,
    notice_arithmetic,
)
from groundrules.core.work import Channel
from tests.core.harbor import SRV1, harbor_calendar
from tests.core.harbor_work import VERSION_1, site

ADDRESS = "notices@harbor.example"
SENT = Notice(
    NoticeId("NOT-1"),
    SRV1,
    site("2007-03-01 17:20"),
    Channel.EMAIL,
    ADDRESS,
    ClauseNumber("6.1"),
    receipt_at=site("2007-03-01 17:20"),
)
TERMS = NoticeTerms(ClauseNumber("7.2"))
SUSPENSION = SuspensionTerms(ClauseNumber("6.3"), ClauseNumber("6.1"))


def answer(notice: Notice, calendar: Calendar | None = None) -> NoticeArithmetic:
    """This function will do the arithmetic under Harbor's terms."""
    return notice_arithmetic(notice, TERMS, SUSPENSION, calendar or harbor_calendar(), ADDRESS)


class TestScenarioNine:
    def test_counts_five_full_business_days(self) -> None:
        """Thu 17:20 counts as Fri; day five is Fri 03-09; SRV1 is off from Mon 03-12 08:00 PDT."""
        found = answer(SENT)

        assert found.deemed_received == date(2007, 3, 2)
        assert found.last_notice_day == date(2007, 3, 9)
        assert found.effective_at == datetime(2007, 3, 12, 15, 0, tzinfo=UTC)
        assert found.refusal == ""

    def test_says_each_step(self) -> None:
        """The steps can be read aloud to the client."""
        steps = answer(SENT).steps

        assert steps == (
            "Sent Thu 2007-03-01 17:20 PST by email to notices@harbor.example.",
            "Delivery receipt Thu 2007-03-01 17:20 PST (clause 7.2).",
            (
                "17:20 PST is after 17:00 PST, so it counts as received the next business day, "
                "Fri 2007-03-02 (clause 7.2)."
            ),
            "Clause 6.3 gives 5 full business days: day one is Mon 2007-03-05, day 5 is Fri 2007-03-09.",
            "Suspension takes effect at the next opening of business: Mon 2007-03-12 08:00 PDT (15:00 UTC).",
        )

    @pytest.mark.parametrize(
        ("notice", "says"),
        [
            (replace(SENT, receipt_at=None), "No delivery receipt"),
            (replace(SENT, bounced_at=site("2007-03-01 17:21")), "bounced"),
            (replace(SENT, to="desk@harbor.example"), "not to the agreed notice address"),
            (replace(SENT, to=""), "It went to nobody"),
            (replace(SENT, channel=Channel.CALL), "not a written notice"),
            (replace(SENT, channel=Channel.POST, receipt_at=None), "No delivery receipt"),
            (replace(SENT, breach_of=ClauseNumber("3.2")), "names clause 3.2"),
        ],
    )
    def test_starts_nothing_without_delivery(self, notice: Notice, says: str) -> None:
        """No receipt, a bounce, a wrong address, channel or clause: nothing is suspended, and it says why."""
        found = answer(notice)

        assert says in found.refusal
        assert (found.deemed_received, found.last_notice_day, found.effective_at) == (
            None,
            None,
            None,
        )
        with pytest.raises(NoticeNotReceived, match="starts no suspension"):
            effective_or_refuse(notice.id, found)

    def test_gives_the_instant_when_received(self) -> None:
        """A good notice hands over its effective instant."""
        assert effective_or_refuse(SENT.id, answer(SENT)) == datetime(2007, 3, 12, 15, tzinfo=UTC)


class TestVariants:
    def test_counts_the_same_day_at_the_cut_off(self) -> None:
        """17:00 sharp is not after 17:00."""
        found = answer(replace(SENT, receipt_at=site("2007-03-01 17:00")))

        assert found.deemed_received == date(2007, 3, 1)
        assert found.effective_at == site("2007-03-09 08:00")

    def test_counts_delivery_not_sending(self) -> None:
        """A receipt of Monday makes it Monday's notice, whenever it was sent."""
        found = answer(replace(SENT, receipt_at=site("2007-03-05 09:00")))

        assert found.deemed_received == date(2007, 3, 5)

    def test_skips_holidays(self) -> None:
        """Washington's Birthday 2007-02-19 is no day of notice."""
        found = answer(replace(SENT, receipt_at=site("2007-02-15 10:00")))

        assert found.last_notice_day == date(2007, 2, 23)
        assert found.effective_at == site("2007-02-26 08:00")

    def test_moves_a_weekend_receipt_to_monday(self) -> None:
        """A Saturday is not a business day."""
        found = answer(replace(SENT, receipt_at=site("2007-03-03 10:00")))

        assert found.deemed_received == date(2007, 3, 5)
        assert "Sat 2007-03-03 is not a business day" in found.steps[2]

    def test_reads_the_address_whatever_its_case(self) -> None:
        """Mail addresses are the same in capitals."""
        assert answer(replace(SENT, to="Notices@Harbor.Example ")).refusal == ""

    def test_takes_sending_where_no_receipt_is_agreed(self) -> None:
        """The receipt is a term of the agreement, not a law of nature."""
        found = notice_arithmetic(
            replace(SENT, receipt_at=None, sent_at=site("2007-03-01 09:00")),
            replace(TERMS, email_needs_receipt=False),
            replace(SUSPENSION, notice_business_days=0),
            harbor_calendar(),
            ADDRESS,
        )

        assert found.effective_at == site("2007-03-02 08:00")

    def test_works_in_another_zone_and_week(self) -> None:
        """A Sunday-to-Thursday week in Dubai, three days of notice."""
        from_sunday = tuple(
            OpeningHours(day, TERMS.cut_off.replace(hour=9), TERMS.cut_off)
            for day in (6, 0, 1, 2, 3)
        )
        calendar = Calendar("Asia/Dubai", from_sunday)
        received = site("2026-05-07 18:00", "Asia/Dubai")

        found = notice_arithmetic(
            replace(SENT, receipt_at=received),
            TERMS,
            replace(SUSPENSION, notice_business_days=3),
            calendar,
            ADDRESS,
        )

        assert found.deemed_received == date(2026, 5, 10)
        assert found.last_notice_day == date(2026, 5, 13)
        assert found.effective_at == site("2026-05-14 09:00", "Asia/Dubai")

    @settings(max_examples=50, deadline=None)
    @given(minute=st.integers(0, 500_000), days=st.integers(0, 30))
    def test_never_takes_effect_early(self, minute: int, days: int) -> None:
        """The suspension always begins at an opening of business with all days of notice behind it."""
        received = datetime(2007, 1, 2, tzinfo=UTC) + timedelta(minutes=minute)
        calendar = harbor_calendar()

        found = notice_arithmetic(
            replace(SENT, receipt_at=received),
            TERMS,
            replace(SUSPENSION, notice_business_days=days),
            calendar,
            ADDRESS,
        )

        assert found.deemed_received is not None
        assert found.last_notice_day is not None
        assert found.effective_at is not None
        assert (
            calendar.opening_on(calendar.next_business_day(found.last_notice_day))
            == found.effective_at
        )
        assert found.effective_at > received


class TestHarborsOwnTerms:
    def test_are_the_terms_of_version_one(self) -> None:
        """The numbers above come from the agreement, not from these tests."""
        assert VERSION_1.notice == TERMS
        assert VERSION_1.suspension == SUSPENSION
