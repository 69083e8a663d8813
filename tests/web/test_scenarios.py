"""Scenarios 9 to 11 as people at the pages meet them: from proven changes to a server that is off, and its bill.

Each button is pressed by a form, each instant is the scenario's, and each number is asserted where it is read.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

from django.test import override_settings

from groundrules.core.ids import AssetId
from groundrules.core.money import Money
from groundrules.core.world import FeeBilled
from groundrules.records import models as books
from groundrules.services.filing import Filing, file_facts
from tests.web import harbor_books
from tests.web.pages_in_time import InTime

SENT = datetime(2007, 3, 2, 1, 20, tzinfo=UTC)  # Thu 1 March, 17:20 PST
OFF = datetime(2007, 3, 12, 15, 0, tzinfo=UTC)  # Mon 12 March, 08:00 PDT
EVENING = datetime(2007, 3, 14, 1, 0, tzinfo=UTC)  # Tue 13 March, 18:00 PDT
MINUTE = timedelta(minutes=1)
STANDING = "/servers/HARBOR/SRV1/coverage/"
_MARCH = datetime(2007, 3, 1, 16, 0, tzinfo=UTC)


@override_settings(GROUNDRULES_MAIL="null")
class TestOff(InTime):
    """Rogue's changes are proven, March is paid in advance, and nobody has written yet."""

    told: ClassVar[harbor_books.Books]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once; Alex and Bo work, and Bo's user may do everything."""
        cls.told = harbor_books.with_people("04-rogue-change.yaml")
        fee = Money.of("350.00", "USD")
        paid = (
            FeeBilled(AssetId(code), date(2007, 3, 1), fee, _MARCH) for code in ("SRV1", "SRV2")
        )
        file_facts(paid, Filing(cls.told.client, harbor_books.KIM, cls.told.at))
        for role, name in (("technician", "Alex"), ("owner", "Bo")):
            technician = books.Technician.objects.get(name=name)
            books.User.objects.filter(role=role).update(technician=technician)

    def test_a_notice_its_suspension_work_meanwhile_and_the_bill(self) -> None:
        """Scenarios 9 to 11: off Mon 12 March 08:00 PDT, 225.00 for SRV1, 0.00 for SRV2, 225.81 comes back."""
        self._a_notice_is_drafted_reviewed_and_sent()
        self._without_a_receipt_nothing_follows()
        self._the_letter_says_all_of_it()
        self._it_is_off_at_the_instant()
        self._work_is_hourly_on_one_server_only()
        self._the_days_come_back_on_the_bill()
        self._a_wrong_suspension_is_unwound()

    def _a_notice_is_drafted_reviewed_and_sent(self) -> None:
        at = SENT - 20 * MINUTE
        self.enter_as("technician")
        assert "Use in a notice" in self.read("/changes/HARBOR/CHG-1/", at)
        page = self.read(f"{STANDING}?change=CHG-1", at)
        assert "would be the earliest" in page
        assert "SRV2 stays covered." in page
        self.press(f"{STANDING}act/", at, act="draft", change=["CHG-1", "CHG-2"])
        letter = self.landed
        refused = self.press(f"{letter}decide/", at, act="approve")
        assert "someone else approves it" in refused
        self.enter_as("owner")
        self.press(f"{letter}decide/", at, act="approve")
        leaving = self.press(f"{letter}decide/", SENT - 10 * MINUTE, act="send")
        assert "Leaves at Thu 2007-03-01 17:20 PST" in leaving
        self.turn(SENT)
        assert "Thu 2007-03-01 17:20 PST: handed over, to pat@harbor.example" in self.read(
            letter, SENT
        )
        self.notice = letter.split("/")[2]

    def _without_a_receipt_nothing_follows(self) -> None:
        assert "No receipt is on record, so no day of notice counts yet." in self.read(
            STANDING, SENT
        )
        self.turn(OFF + MINUTE)
        assert not books.LifecycleEntry.objects.exists()
        form: dict[str, Any] = {"notice": self.notice, "receipt_at": "2007-03-01T17:21"}
        counted = self.press(f"{STANDING}act/", SENT + MINUTE, act="receipt", **form)
        for step in (
            "17:21 PST is after 17:00 PST, so it counts as received the next business day, Fri 2007-03-02",
            "day 5 is Fri 2007-03-09",
            "Mon 2007-03-12 08:00 PDT (15:00 UTC)",
            "$350.00 x 20/31 days = $225.81 comes back",
        ):
            assert step in counted, step

    def _the_letter_says_all_of_it(self) -> None:
        self.turn(SENT + 2 * MINUTE)
        letter = f"/letters/{books.LetterDraft.objects.get(kind='suspension').ref}/"
        page = self.read(letter, SENT + 3 * MINUTE)
        terms = books.AgreementVersion.objects.get(version=1).to_core().reinstatement
        assert terms is not None
        for said in (
            "Clauses 6.1, 6.3, 6.4",
            "Our agreement goes on.",
            "From Mon 2007-03-12 08:00 PDT, SRV1 is no longer under managed service",
            ".NET Framework 2.0 removed",
            "Work in business hours: $150.00 an hour.",
            "Work after hours: $300.00 an hour.",
            "SRV2 stays covered, just as now.",
            *(condition.says for condition in terms.conditions),
        ):
            assert said in page, said
        self.press(f"{letter}decide/", SENT + 4 * MINUTE, act="approve")
        self.press(f"{letter}decide/", SENT + 5 * MINUTE, act="send")
        self.turn(SENT + 15 * MINUTE)
        assert "Stage sent" in self.read(letter, SENT + 16 * MINUTE)

    def _it_is_off_at_the_instant(self) -> None:
        self.turn(OFF - MINUTE)
        before = self.read(STANDING, OFF - MINUTE)
        assert "SRV1 is suspended from Mon 2007-03-12 08:00 PDT, unless" in before
        self.turn(OFF)
        page = self.read(STANDING, OFF)
        assert "Suspended Times in America/Los_Angeles Now, since Mon 2007-03-12 08:00 PDT" in page
        assert "0 of 7 done." in page
        form: dict[str, Any] = {"condition": "sa", "proof": "Alex changed it with Ray on the phone"}
        proven = self.press(f"{STANDING}act/", OFF + MINUTE, act="proof", **form)
        assert "1 of 7 done." in proven
        other = self.read("/servers/HARBOR/SRV2/coverage/", OFF)
        assert "Covered: listed in the agreement in force." in other

    def _work_is_hourly_on_one_server_only(self) -> None:
        self.enter_as("technician")
        self._log("SRV1 10:00-11:20 2007-03-13 user logins")
        self.enter_as("owner")
        self._log("SRV2 10:00-10:40 2007-03-13 check the backup")
        unplaced = self._log("@HARBOR 11:00-11:30 2007-03-13 a call", status=422)
        assert "say which server it was for" in unplaced
        hourly, covered = (
            self.read(f"/work/{row.number}/", EVENING)
            for row in books.Decision.objects.current().order_by("entry__asset__code")
        )
        assert "Charged $225.00" in hourly
        assert "1.50 h x $150.00 = $225.00" in hourly
        assert "6.3" in hourly
        assert "Verdict Covered value $100.00 Charged $0.00" in covered

    def _log(self, line: str, status: int = 200) -> str:
        return self.press("/time/", EVENING, status=status, line=line, key=line)

    def _the_days_come_back_on_the_bill(self) -> None:
        """Both exceptions are answered as they propose, and the invoice is issued as it was seen."""
        at = datetime(2007, 4, 1, 15, 0, tzinfo=UTC)
        self.bill("2007-03", at)
        issued = books.Issued.objects.get()
        page = self.read(f"/invoices/{issued.ref}/", at)
        for said in ("$350.00 x 20/31 days = $225.81", "-$225.81", "$225.00", "$100.00", "-$0.81"):
            assert said in page, said

    def _a_wrong_suspension_is_unwound(self) -> None:
        """Taken back on 3 April: the letter is drafted, 225.00 is refunded, and the fee runs unbroken."""
        at = datetime(2007, 4, 3, 17, 0, tzinfo=UTC)
        self.press(f"{STANDING}act/", at, act="void", reason="Pat had allowed it in writing")
        self.turn(at + MINUTE)
        letter = books.LetterDraft.objects.get(kind="withdrawal")
        page = self.read(f"/letters/{letter.ref}/", at + MINUTE)
        assert "we take back the suspension of Mon 2007-03-12 08:00 PDT" in page
        assert "$225.00" in page
        now = self.read(STANDING, at + MINUTE)
        assert "the suspension was found wrong and counts as never made. Pat had allowed it" in now
        self.bill("2007-04", datetime(2007, 5, 1, 15, 0, tzinfo=UTC))
        note = books.Issued.objects.get(kind="credit note")
        assert "-$225.00" in self.read(f"/invoices/{note.ref}/", at)
        fees = books.IssuedLine.objects.filter(description__contains="2007-03-01")
        assert [str(line.to_core().amount) for line in fees] == ["-$225.81", "$225.81"]
