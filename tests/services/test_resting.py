"""Backups that rest while a server is suspended: said beforehand, in the letter, on its pages and in the report."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import pytest
from django.test import TestCase

from groundrules.core.backups import BackupPolicy, BackupResult, BackupState
from groundrules.core.health import Level
from groundrules.core.ids import AssetId
from groundrules.core.periods import Period
from groundrules.core.reported import Item
from groundrules.records import models as books
from groundrules.services import backups, client_reports, letters, lifecycle_due, standing
from groundrules.services.filing import Filing, file_facts
from tests.web.harbor_books import ALEX, Books, take_over

pytestmark = pytest.mark.django_db
SRV1 = AssetId("SRV1")
OFF = datetime(2007, 3, 12, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = BackupPolicy(SRV1, "files", "veeam", 24, datetime(2007, 1, 1, tzinfo=UTC))
LAST = BackupResult(SRV1, "files", OFF - 2 * DAY, OFF - 2 * DAY, succeeded=True)


class TestASuspensionDuringWhichBackupsRest(TestCase):
    """Notice was delivered on 1 March; the agreement lets backups and drills of SRV1 rest from the 12th."""

    told: ClassVar[Books]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        cls.told = take_over("10d-backups-that-rest.yaml")
        file_facts((POLICY, LAST), Filing(cls.told.client, ALEX, OFF - DAY))

    def test_is_said_beforehand_and_owes_nothing_while_it_lasts(self) -> None:
        """Late the day before, not owed from the instant it is off; the report says both, and what was proven last."""
        asset = books.Asset.objects.select_related("client").get(code="SRV1")
        effects = {
            line.topic: " ".join(line.sentences)
            for line in standing.standing(asset, (), OFF - DAY).outlook.effects
        }
        drafts = letters.draft(client=self.told.client, actor=ALEX, at=OFF - DAY)
        letter = next(one for one in drafts if one.kind == "suspension")

        before = self._stands(asset, OFF - timedelta(seconds=1))
        lifecycle_due.apply_due(at=OFF)
        after = self._stands(asset, OFF + 25 * DAY)

        assert effects["Goes on"] == "Monitoring goes on as before."
        assert effects["Stops"] == (
            "Backups and restore drills rest until the server is covered again. "
            "What the agreement promises of restores is not owed for that time."
        )
        changes = [item for p in letter.to_core().paragraphs for item in p.items]
        assert "Until it is covered again we stop backups and restore drills." in changes
        assert before.level is Level.CRITICAL
        assert after.level is Level.UNKNOWN
        assert "not owed since 2007-03-12 15:00 UTC" in after.remarks[0].sentence
        assert backups.do_due(lambda: OFF + 25 * DAY) == ()
        (said,) = (one.says for one in self._report() if one.ref == "SRV1")
        assert said == (
            "SRV1: no proof of a restore was owed from Mon 2007-03-12 08:00 PDT, while it was suspended; "
            "the last proven one is of 2007-02-20."
        )

    def test_owes_no_mailed_report_while_it_lasts(self) -> None:
        """Late until the instant it is off, and no gap after it; what was read before the rest still counts."""
        asset = books.Asset.objects.select_related("client").get(code="SRV1")
        reported = replace(POLICY, name="image", reports_from="vault.example")
        told = replace(LAST, name="image", began=OFF - 3 * DAY, ended=OFF - 3 * DAY)
        file_facts((reported, told), Filing(self.told.client, ALEX, OFF - DAY))
        lifecycle_due.apply_due(at=OFF)

        found = backups.unreported_of(asset, Period(OFF - 7 * DAY, OFF + 20 * DAY), OFF + 20 * DAY)
        later = backups.unreported_of(asset, Period(OFF + 5 * DAY, OFF + 9 * DAY), OFF + 20 * DAY)

        assert [gap for _, gap in found][-1] == Period(OFF - 2 * DAY, OFF)
        assert later == ()

    def _stands(self, asset: books.Asset, at: datetime) -> BackupState:
        (state,) = backups.states_of(asset, at)
        return state

    def _report(self) -> tuple[Item, ...]:
        """What the report of March says of restores, as known at the end of April."""
        report = client_reports.report_of(
            self.told.client, date(2007, 3, 1), date(2007, 4, 1), at=OFF + 45 * DAY
        )
        return next(one.items for one in report.outcomes if one.name == "Restores proven")
