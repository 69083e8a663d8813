"""A billing run through its pages: opened, answered, approved, issued, fetched as papers and handed to accounting."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch
from zipfile import ZipFile

from django.test import TestCase, override_settings

from groundrules.core.month_end import DoubtKind
from groundrules.records import models as books
from groundrules.records.models import User
from groundrules.services import month_end
from groundrules.services.carrying import carry_waiting
from groundrules.services.month_end import Stage
from groundrules.services.portfolio_demo import Size, fill
from groundrules.web.month_end import acts
from tests.web.harbor_books import KIM


class TestPages(TestCase):
    """The same run through the pages."""

    @classmethod
    def setUpTestData(cls) -> None:
        """Five clients of one month."""
        fill(Size(date(2026, 7, 1), clients=5, months=0))

    def _press_until_done(self, do: str, waiting: Stage) -> str:
        """One press does it all, for as long as it takes. The last page, empty if nothing was to do."""
        page, left = "", -1
        while found := month_end.standing_of(month_end.find_run(""), at=datetime.now(UTC)).of(
            waiting
        ):
            assert len(found) != left, f"pressing {do} did nothing"
            left = len(found)
            answer = self.client.post("/month-end/RUN-2026-06/act/", {"do": do}, follow=True)
            page = answer.content.decode()
        return page

    def _fetch_papers(self, act: str) -> None:
        """All PDFs as one zip, made by a worker: byte for byte as they were issued."""
        with TemporaryDirectory() as place, override_settings(GROUNDRULES_DATA=Path(place)):
            pressed = self.client.post(act, {"do": "papers"})
            carry_waiting(lambda: datetime.now(UTC))
            zipped = b"".join(self.client.get(f"{pressed.headers['Location']}file/"))
        row = books.Issued.objects.get(ref="INV-00003")
        assert row.pdf is not None

        with ZipFile(io.BytesIO(zipped)) as packed:
            assert packed.namelist() == [f"INV-0000{n}.pdf" for n in range(1, 6)]
            assert packed.read("INV-00003.pdf") == bytes(row.pdf.content)

    def test_walks_a_run_from_opening_to_issue(self) -> None:
        """Open, see the exception, answer it, approve all clean, issue after no hold."""
        self.enterContext(patch.object(acts, "_BUDGET_SECONDS", 600.0))
        self.client.force_login(User.objects.get(email=KIM.label))

        opened = self.client.post(
            "/month-end/open/", {"month": "2026-06", "hold": "0"}, follow=True
        )
        words = self._press_until_done("collect", Stage.TO_COLLECT) or opened.content.decode()
        key = f"{DoubtKind.NO_NOTE.value}|"
        standing = month_end.standing_of(month_end.find_run(""), at=datetime.now(UTC))
        (doubtful,) = standing.of(Stage.DOUBTFUL)
        act = "/month-end/RUN-2026-06/act/"
        settle = {
            "do": "settle",
            "client": "C001",
            "key": doubtful.open_doubts[0].key,
            "stake": str(doubtful.open_doubts[0].at_stake),
            "reason": "Cy is away",
        }

        assert "without a note" in words
        assert doubtful.open_doubts[0].key.startswith(key)
        unread = self.client.post(act, settle | {"until": "soon"})
        assert unread.status_code == 422
        assert 'value="Cy is away"' in unread.content.decode()
        moved = self.client.post(act, settle | {"stake": "$1.00"})
        assert "is at stake now. Look again." in moved.content.decode()
        self.client.post(act, settle)
        self.client.post(act, {"do": "approve-clean"})
        done = self._press_until_done("issue", Stage.DUE)
        handed = self.client.post(act, {"do": "account", "form": "quickbooks"}, follow=True)
        file = self.client.get(
            "/month-end/RUN-2026-06/accounting/RUN-2026-06-quickbooks-1.csv/"
        ).content

        assert books.Issued.objects.count() == 5
        self._fetch_papers(act)
        assert "No draft has an exception." in done
        assert "5 handed over in RUN-2026-06-quickbooks-1.csv." in handed.content.decode()
        assert file.startswith(b"*InvoiceNo,*Customer")
        odd = self.client.post(act, {"do": "account", "form": "sage"})
        assert "is no form of accounting" in odd.content.decode()
