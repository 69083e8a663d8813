from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.ids import AssetId
from groundrules.core.vendors import (
    LetterOfAgency,
    LetterOfAgencyNotInForce,
    LetterOfAgencyState,
    LetterOfAgencyStatus,
    LetterOfAgencyStep,
    agency,
    agency_period,
    letter_of_agency_status,
    require_agency,
)
from tests.core.vendors.policy import PACIFIC, SRV1, V1, at, calendar, letter


def status(given_letter: LetterOfAgency, moment: str) -> LetterOfAgencyStatus:
    """The letter's status at a site wall time."""
    return letter_of_agency_status(given_letter, at(moment), PACIFIC, calendar())


class TestLetterOfAgencyStatus:
    def test_follows_up_two_business_days_after_delivery(self) -> None:
        """Delivered on Tuesday, the introducing call is due on Thursday."""
        assert status(letter(), "2007-03-20 12:00").follow_up_due == date(2007, 3, 22)

    def test_has_no_follow_up_once_the_call_was_made(self) -> None:
        """The call made closes the follow-up."""
        called = letter((LetterOfAgencyStep.CALL_MADE, "2007-03-21 10:00"))

        assert status(called, "2007-03-21 10:01").follow_up_due is None

    def test_is_valid_through_the_last_second_of_the_last_day(self) -> None:
        """Twelve months from 20 March end with 19 March, site time."""
        assert status(letter(), "2008-03-19 23:59:59").in_force
        assert not status(letter(), "2008-03-20 00:00").in_force
        assert status(letter(), "2008-03-20 09:00").state is LetterOfAgencyState.EXPIRED
        assert status(letter(), "2007-04-01 09:00").last_valid_day == date(2008, 3, 19)

    def test_reminds_thirty_days_before(self) -> None:
        """The reminder falls on 18 February of the leap year."""
        before, on = status(letter(), "2008-02-17 23:59"), status(letter(), "2008-02-18 00:00")

        assert on.reminder_day == date(2008, 2, 18)
        assert (before.reminder_due, on.reminder_due) == (False, True)
        assert on.state is LetterOfAgencyState.EXPIRING

    def test_stands_until_the_minute_it_is_revoked(self) -> None:
        """Revoked at ten: one minute before it stands, one after it is refused."""
        revoked = letter((LetterOfAgencyStep.REVOKED, "2007-08-06 10:00"))

        assert status(revoked, "2007-08-06 09:59").in_force
        assert not status(revoked, "2007-08-06 10:01").in_force
        assert "LOA revoked" in status(revoked, "2007-08-06 10:01").sentence

    @pytest.mark.parametrize("file_name", ["loa.docx", "loa", ""])
    def test_is_never_in_force_without_a_final_file(self, file_name: str) -> None:
        """A file that can be edited, or none at all, never reaches in force."""
        kept = status(letter(file_name=file_name), "2007-04-01 09:00")

        assert (kept.in_force, kept.state) == (False, LetterOfAgencyState.NOT_ACCEPTABLE)

    def test_is_in_force_from_signed_and_delivered(self) -> None:
        """Signed at nine and delivered at eleven: at ten it is signed and nothing more."""
        assert status(letter(), "2007-03-20 10:00").state is LetterOfAgencyState.SIGNED
        assert status(letter(), "2007-03-20 11:00").in_force

    def test_is_never_in_force_unsigned(self) -> None:
        """Delivered and not signed is a draft."""
        unsigned = letter(steps=letter().steps[1:])

        assert not status(unsigned, "2007-04-01 09:00").in_force
        assert agency_period(unsigned, PACIFIC) is None

    def test_ends_with_the_month_when_the_day_is_missing(self) -> None:
        """One month from 31 January is the whole of February."""
        short = letter(
            steps=(
                *letter((LetterOfAgencyStep.SIGNED, "2007-01-31 09:00")).steps[2:],
                *letter((LetterOfAgencyStep.DELIVERED, "2007-01-31 09:00")).steps[2:],
            ),
            months=1,
        )

        assert status(short, "2007-02-10 09:00").last_valid_day == date(2007, 2, 28)

    @given(st.integers(0, 800), st.integers(1, 36))
    def test_agrees_with_its_own_period_at_every_instant(self, days: int, months: int) -> None:
        """State and span never contradict each other."""
        moment = datetime(2007, 3, 1, 7, 59, 59, tzinfo=UTC) + timedelta(days=days)
        lasting = letter(months=months)
        span = agency_period(lasting, PACIFIC)

        shown = letter_of_agency_status(lasting, moment, PACIFIC, calendar())

        assert span is not None
        assert shown.in_force == span.contains(moment)


class TestAgency:
    def test_refuses_a_request_after_expiry(self) -> None:
        """A request in the provider's name on 20 March 2008 is refused as expired."""
        with pytest.raises(LetterOfAgencyNotInForce, match="LOA expired"):
            require_agency([letter()], V1, SRV1, at("2008-03-20 09:00"), PACIFIC)

    def test_does_not_reach_an_asset_the_letter_leaves_out(self) -> None:
        """A letter about SRV2 is no letter about SRV1."""
        other = letter(assets=frozenset({AssetId("SRV2")}))

        assert not agency([other], V1, SRV1, at("2007-04-01 09:00"), PACIFIC).in_force

    def test_finds_the_letter_in_force_among_several(self) -> None:
        """A revoked letter beside a valid one does not take it away."""
        revoked = letter((LetterOfAgencyStep.REVOKED, "2007-08-06 10:00"))
        answer = agency([revoked, letter()], V1, SRV1, at("2007-09-01 09:00"), PACIFIC)

        assert answer.in_force
