"""The client's report from Harbor's books, and promises of it with due dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import pytest
from django.test import TestCase

from groundrules.cli.main import main
from groundrules.core.answers.client_report import client_report
from groundrules.core.backups import RestoreDrill
from groundrules.core.evidence import Gap, GapKind
from groundrules.core.ids import AssetId, ClientId, GapId, IncidentId
from groundrules.core.parties import Client as CoreClient
from groundrules.core.periods import Interval
from groundrules.core.recovery import Recovery
from groundrules.core.reported import ClientReport, Outcome
from groundrules.records import models as books
from groundrules.records.models import LongRun, Role
from groundrules.services import (
    cards,
    client_reports,
    letters,
    report_mail,
    reports_carried,
)
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.carrying.carrier import Carrier
from groundrules.services.client_reports import Promise, ReportRefused
from groundrules.services.world import answer_for
from tests.web import harbor_books
from tests.web.harbor_books import ALEX, KIM, Books, with_documents

FIRST, END = date(2007, 2, 1), date(2007, 4, 1)


class TestReport(TestCase):
    """Harbor's two months with the array, Rogue's visit, the suspension and the way back."""

    told: ClassVar[Books]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        cls.told = with_documents("12-the-way-back.yaml")
        harbor_books.people(cls.told.at)

    def _report(self) -> ClientReport:
        return client_reports.report_of(self.told.client, FIRST, END, at=self.told.at)

    def test_is_refused_in_words_where_there_is_none(self) -> None:
        """A client without an agreement has no report to give and no PDF; a year out of range shows the usual one."""
        bare = CoreClient(ClientId("BARE"), "Bare", "America/Los_Angeles", "USD")
        cards.keep_client(bare, actor=KIM, at=self.told.at)
        self.client.force_login(books.User.objects.get(email=KIM.label))
        page = "/clients/BARE/report/"

        given = self.client.post(f"{page}?from={FIRST}&to={END}", follow=True)

        assert "no agreement" in given.content.decode()
        assert self.client.get(f"{page}report.pdf").status_code == 404
        odd = self.client.get("/clients/HARBOR/report/?from=0001-01-01&to=9999-12-31")
        assert "Choose days from 1990" in odd.content.decode()

    def test_opens_every_number(self) -> None:
        """What an outcome counts is in its list, and names nobody without recorded or matched evidence."""
        report = self._report()
        outcomes = {outcome.name: outcome for outcome in report.outcomes}

        caught = outcomes["Vendor changes caught"]
        assert caught.items
        assert caught.says.startswith(f"{len(caught.items)} change")
        assert all("(recorded)" in item.says or "(matched)" in item.says for item in caught.items)
        refs = set(books.Change.objects.current().values_list("ref", flat=True))
        assert {item.ref for item in caught.items} <= refs

    def test_says_an_unfavourable_quarter_as_plainly(self) -> None:
        """A quarter in which nothing was done cost the client its fees, in the first sentence."""
        report = client_reports.report_of(
            self.told.client, date(2007, 4, 1), date(2007, 4, 4), at=self.told.at
        )

        assert report.short[0].startswith("Managed service cost you $350.00 more.")
        assert not report.value.is_favourable
        assert (
            "No failure, patch, restore or vendor's change is on record in this period."
            in report.short
        )

    def test_calls_no_period_quiet_of_which_a_part_was_not_seen(self) -> None:
        """Nothing on record in a week without a log is no quiet week."""
        answers = answer_for(self.told.client, self.told.at)
        first, end = date(2007, 4, 1), date(2007, 4, 4)
        start = datetime(2007, 4, 2, tzinfo=UTC)
        gap = Gap(
            GapId("GAP-1"),
            AssetId("SRV1"),
            GapKind.RECORDS_MISSING,
            Interval(start, start + timedelta(hours=1)),
            "auth.log",
            "an hour is missing",
        )
        value = self._report().value

        seen, unseen = (
            client_report(
                replace(answers, world=replace(answers.world, gaps=gaps)), value, first, end
            )
            for gaps in ((), (gap,))
        )

        assert seen.short[-1].endswith("is on record in this period.")
        assert unseen.short[-1].endswith("is on record in this period, but not all of it was seen.")

    def test_proves_no_restore_that_nobody_verified(self) -> None:
        """Only what came back and was verified is counted; the rest is named beside it."""
        answers = answer_for(self.told.client, self.told.at)
        failed = datetime(2007, 2, 20, 21, 10, tzinfo=UTC)
        down = Recovery(IncidentId("INC-1"), AssetId("SRV1"), failed, failed)
        back = replace(down, recovered_at=failed + timedelta(hours=9))
        proven = replace(back, verified_by="Alex")

        def restores(*found: Recovery) -> Outcome:
            world = replace(answers.world, recoveries=found)
            report = client_report(replace(answers, world=world), self._report().value, FIRST, END)
            return next(o for o in report.outcomes if o.name == "Restores proven")

        assert restores(down, back).says == "0 restores proven, 2 not verified."
        assert restores(down, back).items == ()
        assert restores(proven, back).says == "1 restore proven, 1 not verified."
        assert [item.says for item in restores(proven).items] == [
            "SRV1: data-loss window 0 min, back after 9 h, verified by Alex"
        ]

    def test_counts_drills_that_proved_a_restore(self) -> None:
        """A drill that passed is a restore proven, with both figures; one that failed is named and not counted."""
        answers = answer_for(self.told.client, self.told.at)
        began = datetime(2007, 2, 22, 10, 0, tzinfo=UTC)
        passed = RestoreDrill(
            AssetId("SRV1"),
            "files",
            began,
            began + timedelta(minutes=12),
            passed=True,
            data_from=began - timedelta(hours=8),
        )
        failed = replace(passed, name="ledger", passed=False, data_from=None)
        world = replace(answers.world, recoveries=(), drills=(passed, failed))

        report = client_report(replace(answers, world=world), self._report().value, FIRST, END)

        (found,) = (o for o in report.outcomes if o.name == "Restores proven")
        assert found.says == "1 restore proven, 1 of them in drills, 1 restore drill failed."
        assert [item.says for item in found.items] == [
            (
                "SRV1: drill of backup files, data-loss window 8 h, back after 12 min, "
                "handed in, origin not noted"
            )
        ]
        assert found.says in report.short

    def test_compares_nothing_with_nothing_in_no_words(self) -> None:
        """A period without fee and work has no saving to speak of, and is not called quiet without records."""
        report = client_reports.report_of(
            self.told.client, date(2006, 4, 1), date(2006, 7, 1), at=self.told.at
        )

        assert report.short[:2] == (
            "No fee and no covered work of this period is on record, so there is nothing to compare.",
            "No failure, patch, restore or vendor's change is on record in this period.",
        )

    def test_is_given_once_and_stays(self) -> None:
        """Freezing keeps text and PDF; a second time is refused, and so is a period that is not over."""
        row = client_reports.give(self.told.client, FIRST, END, actor=KIM, at=self.told.at)

        assert bytes(row.pdf.content).startswith(b"%PDF")
        assert row.text == client_reports.text_of(self._report())
        with pytest.raises(ReportRefused, match="given already"):
            client_reports.give(self.told.client, FIRST, END, actor=KIM, at=self.told.at)
        with pytest.raises(ReportRefused, match="not over"):
            client_reports.give(
                self.told.client, FIRST, date(2008, 1, 1), actor=KIM, at=self.told.at
            )

    def test_is_owed_by_its_date_until_it_is_given(self) -> None:
        """A report each quarter from January, due ten days later; given, it is owed no more."""
        with pytest.raises(NotAllowed):
            client_reports.promise(
                self.told.client, Promise(3, 10, FIRST), actor=ALEX, at=self.told.at
            )
        client_reports.promise(self.told.client, Promise(2, 10, FIRST), actor=KIM, at=self.told.at)

        (due,) = client_reports.owed(date(2007, 4, 20))
        assert (due.first, due.end, due.due) == (FIRST, END, date(2007, 4, 11))
        assert due.is_late(date(2007, 4, 12))
        client_reports.give(self.told.client, FIRST, END, actor=KIM, at=self.told.at)
        assert client_reports.owed(date(2007, 4, 20)) == ()

    def test_goes_by_mail_to_who_may_commit_with_its_own_pdf(self) -> None:
        """Drafted once, approved and held like a letter; what leaves is the frozen PDF and every sentence of it."""
        given, draft = report_mail.give_by_mail(
            self.told.client, FIRST, END, actor=KIM, at=self.told.at
        )
        again = report_mail.mail(given, actor=KIM, at=self.told.at)
        letters.approve(draft=draft, actor=KIM, at=self.told.at, confirmed=self.told.client.name)
        later = self.told.at + timedelta(days=1)
        letters.queue(draft=draft, actor=KIM, at=self.told.at)
        (sent,) = letters.send_due(at=later)
        text = " ".join(sent.text.split())

        assert again == draft
        assert sent.to == self.told.client.contacts.get(code="PAT").email
        assert sent.pdf == given.pdf
        assert sent.subject == self._report().subject
        for sentence in self._report().short:
            assert " ".join(sentence.split()) in text

    def test_leaves_by_itself_where_it_was_promised_so(self) -> None:
        """Two days before its day, once; with holes in the evidence, or nobody to send it to, it waits for a person."""
        promise = Promise(2, 10, FIRST, recipient="PAT", by_rule=True)
        with pytest.raises(ReportRefused, match="no contact NOBODY"):
            client_reports.promise(
                self.told.client, replace(promise, recipient="NOBODY"), actor=KIM, at=self.told.at
            )
        client_reports.promise(self.told.client, promise, actor=KIM, at=self.told.at)
        day = datetime(2007, 4, 9, 12, tzinfo=UTC)

        early = report_mail.give_due(at=day - timedelta(days=1))
        (turn,) = report_mail.give_due(at=day)
        again = report_mail.give_due(at=day)

        assert (early, again) == ((), ())
        assert turn.letter is not None
        assert (turn.letter.state, turn.letter.decided_by) == ("approved", "groundrules")
        assert turn.letter.leaves_at is not None
        assert turn.letter.leaves_at > day
        assert client_reports.owed(date(2007, 4, 20)) == ()

    def test_waits_where_somebody_must_look(self) -> None:
        """Holes in the evidence: drafted, not approved. No address: not given, and said why."""
        client = self.told.client
        client_reports.promise(
            client, Promise(2, 10, FIRST, by_rule=True), actor=KIM, at=self.told.at
        )
        day = datetime(2007, 4, 9, 12, tzinfo=UTC)
        addresses = dict(client.contacts.values_list("pk", "email"))
        client.contacts.update(email="")
        books.Client.objects.filter(pk=client.pk).update(notice_email="")
        (nobody,) = report_mail.give_due(at=day)
        for pk, email in addresses.items():
            client.contacts.filter(pk=pk).update(email=email)
        silent = replace(self._report(), incomplete=("SRV1: our collector was silent.",))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(client_reports, "report_of", lambda *_, **__: silent)
            (holes,) = report_mail.give_due(at=day)

        assert (nobody.letter, "no contact with a mail address" in nobody.waits) == (None, True)
        assert holes.letter is not None
        assert (holes.letter.state, "has holes" in holes.waits) == ("drafted", True)

    def test_that_is_owed_is_given_by_a_worker_with_its_mail_as_a_draft(self) -> None:
        """Cut off between report and mail, the mail alone is left; who can't be written to is said; nothing is sent."""
        day = datetime(2007, 4, 9, 12, tzinfo=UTC)
        client_reports.promise(self.told.client, Promise(1, 10, FIRST), actor=KIM, at=self.told.at)
        with pytest.raises(NotAllowed):
            reports_carried.give_owed_later(actor=Actor("x", Role.AUDITOR), at=day)
        run = reports_carried.give_owed_later(actor=KIM, at=day)
        again = reports_carried.give_owed_later(actor=KIM, at=day)
        client_reports.give(self.told.client, FIRST, date(2007, 3, 1), actor=KIM, at=day)
        Carrier("one|1|1", lambda: day, lambda: False, breath=0).carry_next()
        drafted = books.LetterDraft.objects.filter(report__isnull=False).count()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(reports_carried, "recipient_of", self._nobody)
            Carrier("two|2|1", lambda: day, breath=0).carry_next()
        self.client.force_login(books.User.objects.get(email=KIM.label))
        page = self.client.get(f"/runs/{run.pk}/").content.decode()
        owed = self.client.get("/reports/owed/").content.decode()

        run.refresh_from_db()
        assert again == run
        assert (run.what, run.state, run.done) == ("give 2 reports", "done", 2)
        assert run.says == "1 report given, their mails are drafts to be read"
        assert "Harbor Dental: nobody to write to" in page
        letter = books.LetterDraft.objects.get(report__isnull=False)
        assert (drafted, letter.state) == (1, "drafted")
        assert books.ReportGiven.objects.count() == 1
        assert "and draft the mails" in owed
        assert "2007-03-01 to 2007-03-31" in owed
        assert "2007-02-01 to 2007-02-28" not in owed

    def test_is_not_given_where_none_is_owed(self) -> None:
        """The press and the command say so, and ask no worker."""
        self.client.force_login(books.User.objects.get(email=KIM.label))

        pressed = self.client.post("/reports/owed/", follow=True).content.decode()

        assert main(["report", "give-owed"]) == 3
        assert "No promised report is open; see who was promised one" in pressed
        assert not LongRun.objects.exists()

    @staticmethod
    def _nobody(*_: object) -> str:
        message = "nobody to write to"
        raise ReportRefused(message)

    def test_is_mailed_from_its_page(self) -> None:
        """One press gives it and opens its mail; every number on the page opens what it counts."""
        self.client.force_login(books.User.objects.get(email=KIM.label))
        page = f"/clients/HARBOR/report/?from={FIRST}&to={END}"

        shown = self.client.get(page).content.decode()
        answer = self.client.post(page, {"mail": "yes"}, follow=True)

        assert "Give it by mail to" in shown
        assert "Repairs would have cost by the hour" in shown
        assert answer.redirect_chain[-1][0].startswith("/letters/LTR-")
        assert "Read its mail, then approve it." in answer.content.decode()
        picture = self.client.get(f"{answer.redirect_chain[-1][0]}pages/1/")
        assert picture.status_code == 200

    def test_answers_in_the_terminal(self) -> None:
        """Shown, refused for an unknown client and an empty period."""
        assert main(["report", "show", "HARBOR", "--from", "2007-02-01", "--to", "2007-04-01"]) == 0
        assert main(["report", "show", "NOBODY", "--from", "2007-02-01", "--to", "2007-04-01"]) == 3
        assert main(["report", "show", "HARBOR", "--from", "2007-04-01", "--to", "2007-02-01"]) == 8
        assert main(["report", "due"]) == 0
        promise = ["report", "promise", "HARBOR", "--every", "3", "--from", "2007-01-01"]
        assert main([*promise, "--as", ALEX.label]) == 4
        assert main([*promise, "--as", KIM.label, "--json"]) == 0
        assert books.ReportPromise.objects.get().recorded_by == KIM.label
