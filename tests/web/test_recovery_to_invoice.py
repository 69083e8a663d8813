"""Scenarios 1 and 2 as people live through them: from the backup before the failure to the cent on the invoice.

Nothing is put into the books but by a form, a product's own report, or a collector's list.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from groundrules.core.backups import BackupPolicy
from groundrules.core.evidence import Citation, Item, ItemKind, Snapshot
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.core.money import Money
from groundrules.core.world import FeeBilled
from groundrules.records import models as books
from groundrules.services import backups, recovery
from groundrules.services.case_import import keep_cards
from groundrules.services.cases import run_case
from groundrules.services.filing import Filing, file_facts
from tests.web import harbor_books
from tests.web.harbor_books import ALEX, CASES, KIM
from tests.web.pages_in_time import InTime

FAILED = datetime(2007, 2, 20, 21, 10, tzinfo=UTC)  # Tue 13:10 PST
BACK = datetime(2007, 2, 21, 9, 50, tzinfo=UTC)  # Wed 01:50 PST
MARCH = datetime(2007, 3, 1, 16, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SRV1 = AssetId("SRV1")


def report(**told: object) -> bytes:
    """What a backup product reports."""
    return json.dumps({"product": "restic", **told}).encode()


class TestFromTheFailureToTheInvoice(InTime):
    """Harbor's cards, February paid in advance, and a backup of SRV1 every hour."""

    told: ClassVar[books.Client]

    @classmethod
    def setUpTestData(cls) -> None:
        """Cards and people only: what happens is done in the test."""
        path = CASES / "01-drive-array-recovery.yaml"
        cls.told = keep_cards(run_case(path.read_bytes(), path).case.world, actor=KIM)
        harbor_books.people(FAILED)
        began = datetime(2007, 2, 1, 16, 0, tzinfo=UTC)
        fee = Money.of("350.00", "USD")
        paid = (FeeBilled(AssetId(c), date(2007, 2, 1), fee, began) for c in ("SRV1", "SRV2"))
        file_facts(paid, Filing(cls.told, KIM, began))
        for role, name in (("technician", "Alex"), ("owner", "Bo")):
            technician = books.Technician.objects.get(name=name)
            books.User.objects.filter(role=role).update(technician=technician)

    def test_each_link_opens_from_the_one_before(self) -> None:
        """575.00 of covered work at 0.00, 2,025.00 and 1,050.00 for the night Pat asked for: 3,075.00."""
        self._a_backup_was_made_a_minute_before()
        self._it_fails_and_makers_cannot_help()
        self._pat_asks_for_the_night()
        self._two_people_work_through_it()
        self._it_is_back_verified_and_listed()
        self._the_record_tells_it_whole()
        self._the_letter_says_the_same()
        self._a_drill_proves_it_once_more()
        self._the_invoice_says_the_same()
        self._the_report_says_what_it_was_worth()

    def _a_backup_was_made_a_minute_before(self) -> None:
        asset = self.told.assets.get(code="SRV1")
        began = FAILED - timedelta(days=10)
        policy = BackupPolicy(SRV1, "files", "restic", 1, began, loses_at_most=60, drill_every=30)
        backups.set_policy(policy, asset, actor=KIM, at=began)
        made = FAILED - MINUTE
        job = {"name": "files", "succeeded": True, "snapshot": "81d29e07"}
        job |= {"began": made.isoformat(), "ended": made.isoformat()}
        taken = backups.take(
            report(backups=1, results=[job]), "restic.json", asset, actor=ALEX, at=FAILED
        )
        assert taken.new == 1
        assert "files" in self._health(FAILED)

    def _health(self, at: datetime) -> str:
        self.enter_as("technician")
        return self.read("/servers/HARBOR/SRV1/health/", at)

    def _it_fails_and_makers_cannot_help(self) -> None:
        at = FAILED + 5 * MINUTE
        address = "/servers/HARBOR/SRV1/incident/"
        refused = self.press(address, at, title="The drive array failed", since="2007-02-20T14:10")
        assert "is still to come; nothing was opened" in refused
        page = self.press(
            address,
            at,
            title="The drive array of SRV1 failed",
            since="2007-02-20T13:10",
            hardware="drive array",
        )
        assert "drive array" in page
        self.incident = self.landed
        self.ref = self.incident.split("/")[3]
        for party, called, at_ in (("Dell", "14:05", 60), ("Microsoft", "18:30", 330)):
            said = self.press(
                f"{self.incident}recovery/act/",
                FAILED + at_ * MINUTE,
                call="1",
                party=party,
                outcome="could not help",
                called=f"2007-02-20T{called}",
            )
            assert f"The call to {party} is noted." in said

    def _pat_asks_for_the_night(self) -> None:
        at = FAILED + timedelta(hours=3, minutes=31)  # 16:41 PST
        page = self.press(
            "/conversations/HARBOR/log/",
            at,
            says="Keep going tonight",
            channel="email",
            at="2007-02-20T16:40",
            who="contact:PAT",
            asset="SRV1",
            incident=self.ref,
        )
        assert "Does it ask for work after hours?" in page
        message = self.landed
        noted = self.press(f"{message}act/", at, act="request")
        assert "Noted as REQ-" in noted
        self.press(f"{message}act/", at, act="request")
        self.asked = books.Request.objects.get().ref

    def _two_people_work_through_it(self) -> None:
        line = f"SRV1 {self.ref} {self.asked} 2007-02-20"
        for role, span, ended in (
            ("technician", "13:10-23:35", BACK - timedelta(hours=2)),
            ("owner", "22:35-01:50", BACK + MINUTE),
        ):
            self.enter_as(role)
            whole = f"{line} {span} restore"
            self.press("/time/", ended, line=whole, key=span)
        decisions = books.Decision.objects.current().order_by("pk")
        alex, _ = (self.read(f"/work/{row.number}/", BACK + MINUTE) for row in decisions)
        for said in ("$575.00", "6.75 h x $300.00 = $2,025.00", "3.2", "4.2", "Keep going tonight"):
            assert said in alex, said

    def _it_is_back_verified_and_listed(self) -> None:
        at = BACK + 2 * MINUTE
        said = self.press(
            f"{self.incident}recovery/act/",
            at,
            note="1",
            failed="2007-02-20T13:10",
            restored="2007-02-20T13:09",
            written="2007-02-20T22:50",
            back="2007-02-21T01:50",
            source="files, 81d29e07",
            lost="0",
            verified="Alex and Pat Owner",
        )
        assert "The recovery is noted." in said
        cited = Citation(EvidenceId("a" * 64), "packages", "snapshot/1")
        item = Item(ItemKind.PACKAGE, ".NET Framework 2.0", {"version": "2.0.50727"})
        seen = Snapshot(SRV1, BACK + 5 * MINUTE, frozenset({ItemKind.PACKAGE}), (item,), cited)
        file_facts((seen,), Filing(self.told, ALEX, BACK + 5 * MINUTE))
        assert recovery.keep_due(BACK + 6 * MINUTE) == (self.ref,)
        over = self.press(f"{self.incident}resolve/", BACK + 10 * MINUTE, ended="2007-02-21T02:00")
        assert f"{self.ref} is over." in over

    def _the_record_tells_it_whole(self) -> None:
        page = self.read(f"{self.incident}recovery/", BACK + 15 * MINUTE)
        for said in (
            "Data-loss window 1 min",
            "Wed 2007-02-21 01:50 PST, after 12 h 40 min",
            "0, checked by Alex and Pat Owner",
            "Listed right after Wed 2007-02-21 01:55 PST: package",
            "Covered 3 h 50 min $575.00 3.2",
            "Charged 9 h 50 min $2,950.00 4.2",
            "Charged for this work, rounded as agreed: $3,075.00",
            "Dell was called: could not help",
            "Microsoft was called: could not help",
            "Pat Owner asked: Keep going tonight",
            "It was back, verified by Alex and Pat Owner",
        ):
            assert said in page, said
        span = "?from=2007-02-20T12:00&to=2007-02-21T03:00"
        night = self.read(f"/servers/HARBOR/SRV1/{span}", BACK + 15 * MINUTE)
        assert "The drive array of SRV1 failed" in night
        assert "restored to Tue 2007-02-20 13:09:00 PST, back Wed 2007-02-21 01:50:00 PST" in night

    def _the_letter_says_the_same(self) -> None:
        self.enter_as("technician")
        self.press(f"{self.incident}recovery/act/", BACK + timedelta(hours=8), letter="1")
        letter = books.LetterDraft.objects.get(kind="recovery report")
        page = self.read(f"/letters/{letter.ref}/", BACK + timedelta(hours=8))
        for said in ("$575.00", "$3,075.00", "Dell", "Microsoft", "Keep going tonight"):
            assert said in page, said

    def _a_drill_proves_it_once_more(self) -> None:
        asset, began = self.told.assets.get(code="SRV1"), BACK + timedelta(days=2)
        told = {"name": "files", "began": began.isoformat(), "passed": True, "snapshot": "9a"}
        told |= {"ended": (began + 12 * MINUTE).isoformat(), "records_lost": 0}
        told |= {"data_from": (began - 50 * MINUTE).isoformat()}
        at = began + timedelta(hours=1)
        backups.take(report(restore_drill=1, **told), "drill.json", asset, actor=ALEX, at=at)
        page = self.read("/servers/HARBOR/SRV1/", at)
        assert "Last proven restore: Fri 2007-02-23 02:02 PST" in page

    def _the_invoice_says_the_same(self) -> None:
        self.enter_as("owner")
        self.bill("2007-02", MARCH)
        issued = books.Issued.objects.get()
        lines = books.IssuedLine.objects.filter(document=issued).order_by("position")
        told = [(one.kind, str(one.to_core().amount)) for one in lines]
        assert told.count(("covered", "$0.00")) == 1
        assert [amount for kind, amount in told if kind == "charge"] == [
            "$2,025.00",
            "$450.00",
            "$600.00",
        ]
        assert str(issued.to_core().total) == "$3,075.00"
        page = self.read(f"/invoices/{issued.ref}/", MARCH)
        for said in ("3 h 50 min", "$575.00", "6.75 h", "$2,025.00", "$450.00", "$600.00"):
            assert said in page, said

    def _the_report_says_what_it_was_worth(self) -> None:
        page = self.read("/clients/HARBOR/report/?from=2007-02-01&to=2007-03-01", MARCH)
        for said in (
            "3 h 50 min of work were covered: worth $575.00, charged $0.00.",
            "2 restores proven, 1 of them in drills.",
            "SRV1: data-loss window 1 min, 0 records lost, back after 12 h 40 min, verified by Alex",
            "SRV1: drill of backup files, data-loss window 50 min, back after 12 min",
            "The drive array of SRV1 failed (Tue 2007-02-20 13:10 PST), resolved after 12 h 50 min",
        ):
            assert said in page, said
