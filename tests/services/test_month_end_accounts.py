"""What a billing run says it issued: every list, the paper and the ledger to the cent, and the accounting's files."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.test import override_settings

from groundrules.core.ledger import balance
from groundrules.core.money import total
from groundrules.core.month_end import DoubtKind
from groundrules.core.rating.journal import RECEIVABLE
from groundrules.gateways.accounting_folder import DiskFolder
from groundrules.records import models as books
from groundrules.records.models import User
from groundrules.services import month_end
from groundrules.services.month_end import Stage
from tests.services.made_june import NOW, June
from tests.web.harbor_books import KIM


def pdf_text(document: books.Issued) -> str:
    """The words of a document's frozen PDF, as poppler reads them."""
    assert document.pdf is not None
    program = shutil.which("pdftotext")
    assert program, "pdftotext is missing; run scripts/install-test-needs"
    read = subprocess.run(
        [program, "-layout", "-", "-"],
        input=bytes(document.pdf.content),
        capture_output=True,
        check=True,
    )
    return read.stdout.decode()


class TestAccounts(June):
    """What June's documents are to the books, to a page and to other programs."""

    def test_agrees_to_the_cent_everywhere(self) -> None:
        """CSV, page, issued documents, their PDF and the ledger say the same sums for every client."""
        run = self.standing.run
        month_end.approve_clean(run, actor=KIM, at=NOW)
        month_end.issue_due(run, actor=KIM, now=lambda: NOW + timedelta(hours=25))
        standing = month_end.standing_of(run, at=NOW + timedelta(hours=26))
        self.client.force_login(User.objects.get(email=KIM.label))

        answer = self.client.get(f"/month-end/{run.ref}/lines/?format=csv")
        rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))  # type: ignore[attr-defined]

        for one in standing.of(Stage.ISSUED):
            document = books.Issued.objects.get(client=one.client)
            in_csv = [row for row in rows if row["Client"] == one.client.name]
            sums = [Decimal(row["Amount"].lstrip("$").replace(",", "")) for row in in_csv]
            entries = books.JournalEntry.objects.filter(client=one.client)
            ledger = tuple(e.to_core() for e in entries.prefetch_related("postings"))
            assert {row["Document"] for row in in_csv} == {document.ref}
            assert sum(sums) == one.total.amount
            assert one.to_pay is not None
            assert document.total_minor == one.to_pay.minor > one.total.minor
            assert (
                total([line.to_core().amount for line in document.lines.all()], "USD") == one.total
            )
            assert balance(ledger, RECEIVABLE, "USD") == one.to_pay
            paper = pdf_text(document)
            assert f"{one.to_pay.amount:,.2f}" in paper
            assert f"{one.total.amount:,.2f}" in paper
        told = month_end.hand_over(run, "csv", actor=KIM, at=NOW + timedelta(hours=26))
        (file,) = books.AccountingFile.objects.all()
        accounts = list(csv.DictReader(io.StringIO(bytes(file.content.content).decode())))
        asked = [Decimal(row["amount"]) + Decimal(row["tax_amount"]) for row in accounts]
        assert len(told.done) == len(standing.of(Stage.ISSUED))
        assert [sum(asked)] == [m.amount for m in standing.to_pay_of(Stage.ISSUED)]
        page = self.client.get(f"/month-end/{run.ref}/").content.decode()
        assert f"{standing.to_pay_of(Stage.ISSUED)[0]}" in page

    def test_hands_each_document_to_accounting_once(self) -> None:
        """What the folder refuses is an exception with its money; mended, the same file goes; asked again, nothing."""
        run = self.standing.run
        month_end.approve_clean(run, actor=KIM, at=NOW)
        month_end.issue_due(run, actor=KIM, now=lambda: NOW + timedelta(hours=24))
        later = NOW + timedelta(hours=25)
        self.client.force_login(User.objects.get(email=KIM.label))
        with TemporaryDirectory() as place:
            folder, blocked = Path(place), Path(place) / "RUN-2026-06-xero-1.csv"
            blocked.write_text("somebody else's")
            with override_settings(GROUNDRULES_ACCOUNTING_FOLDER=place):
                refused = month_end.hand_over(run, "xero", actor=KIM, at=later)
                stands = month_end.standing_of(run, at=later)
                failed = [one for one in stands.of(Stage.ISSUED) if one.open_doubts]
                page = self.client.get(f"/month-end/{run.ref}/").content.decode()
                blocked.unlink()
                mended = month_end.hand_over(run, "xero", actor=KIM, at=later)
                again = month_end.hand_over(run, "xero", actor=KIM, at=later)

            assert (len(refused.done), len(refused.failed), refused.files) == (
                0,
                4,
                (blocked.name,),
            )
            assert {d.kind for one in failed for d in one.open_doubts} == {DoubtKind.NOT_EXPORTED}
            assert "says otherwise; move it away" in failed[0].open_doubts[0].says
            (stuck,) = stands.stuck
            assert (len(stuck.documents), stuck.sums) == (4, stands.to_pay_of(Stage.ISSUED))
            assert f"4 documents, {stuck.sums[0]} with tax at stake" in page
            assert [d.at_stake for d in failed[0].open_doubts] == [failed[0].to_pay]
            assert (len(mended.done), mended.failed) == (4, ())
            assert again == month_end.HandedOver((), (), ())
            assert [path.name for path in folder.iterdir()] == [blocked.name]
            frozen = books.AccountingFile.objects.get().content
            assert blocked.read_bytes() == bytes(frozen.content)
        assert month_end.standing_of(run, at=later).stuck == ()

    def test_puts_the_file_of_a_killed_process(self) -> None:
        """Written and not put: the next turn puts the same file, and numbers no other."""
        run = self.standing.run
        month_end.approve_clean(run, actor=KIM, at=NOW)
        month_end.issue_due(run, actor=KIM, now=lambda: NOW + timedelta(hours=24))
        later = NOW + timedelta(hours=25)

        class Killed(BaseException):
            """The process ends here."""

        def killed(_folder: DiskFolder, _name: str, _content: bytes) -> None:
            raise Killed

        with (
            TemporaryDirectory() as place,
            override_settings(GROUNDRULES_ACCOUNTING_FOLDER=place),
        ):
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(DiskFolder, "put", killed)
                with pytest.raises(Killed):
                    month_end.hand_over(run, "csv", actor=KIM, at=later)
            told = month_end.hand_over(run, "csv", actor=KIM, at=later)

            assert len(told.done) == 4
            assert [path.name for path in Path(place).iterdir()] == ["RUN-2026-06-csv-1.csv"]
