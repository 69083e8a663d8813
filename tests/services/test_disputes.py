"""Disputes in the books: who may, what is held, and what an answer supersedes."""

from __future__ import annotations

import json
import re
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from django.db import DatabaseError, transaction
from django.test import TestCase, override_settings
from django.utils import timezone

from groundrules.cli import main as cli
from groundrules.core.agreements.further_terms import DisputeTerms, TieBreak
from groundrules.core.disputes import DisputeOutcome, DisputeRefused, DisputeSubject
from groundrules.core.ids import ClauseNumber
from groundrules.core.invoices.answers import InvoiceDraft
from groundrules.core.money import Money
from groundrules.records import models as books
from groundrules.services import access, disputes, invoices
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.disputes import (
    Given,
    Raised,
    answering,
    client_speaker,
    vendor_named,
)
from groundrules.services.overrides import PriceChanged
from groundrules.services.world import answer_for
from tests.web import harbor_books
from tests.web.harbor_books import ALEX, KIM

UPHELD = Given(DisputeOutcome.UPHELD, "You are right.")
REJECTED = Given(DisputeOutcome.REJECTED, "The log names the login.")


class TestMoney(TestCase):
    """Scenario 5b: 975.00 of repair is on an invoice, and Pat disputes it."""

    told: ClassVar[harbor_books.Books]
    decision: ClassVar[books.Decision]
    invoice: ClassVar[books.Issued]
    at: ClassVar[datetime]
    client_option: ClassVar[tuple[str, str]]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled, and April issued, once for the class."""
        cls.told = harbor_books.take_over("05b-the-same-in-april.yaml")
        harbor_books.people(cls.told.at)
        cls.decision = books.Decision.objects.current().get(ref="W-SP")
        cls.at = max(cls.told.at, cls.decision.recorded_at) + timedelta(hours=1)
        cls.client_option = ("--client", cls.told.client.code)
        april = cls.drafted(4)
        cls.invoice = invoices.issue(
            april, client=cls.told.client, key="april", actor=KIM, at=cls.at
        )

    @classmethod
    def drafted(cls, month: int) -> InvoiceDraft:
        """A month's invoice."""
        first, end = date(2007, month, 1), date(2007, month + 1, 1)
        return invoices.draft(client=cls.told.client, first=first, end=end, actor=KIM, at=cls.at)

    @pytest.fixture(autouse=True)
    def _printed(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def speaker(self, code: str = "PAT") -> disputes.Speaker:
        """One of Harbor's people."""
        return client_speaker(self.told.client.contacts.get(code=code), self.at)

    def raised(self, code: str = "PAT", says: str = "Rogue did this, not we.") -> Raised:
        """A dispute of the repair."""
        return Raised(DisputeSubject.DECISION, self.decision.number, says, self.speaker(code))

    def open(self, raised: Raised | None = None) -> books.Dispute:
        """It is opened by Alex, who took the call."""
        return disputes.open_dispute(
            raised or self.raised(), client=self.told.client, actor=ALEX, at=self.at
        )

    def test_holds_the_money_until_it_is_answered(self) -> None:
        """975.00 is not due on its invoice; the answer frees it."""
        row = self.open()

        assert row.to_core().held == Money(97500, "USD")
        assert disputes.on_document(self.invoice) == (row,)
        closed = disputes.answer(row, REJECTED, 0, actor=KIM, at=self.at)
        assert closed.to_core().answer is not None
        assert disputes.on_document(self.invoice) == ()

    def test_upheld_is_decided_again_and_credited(self) -> None:
        """A decision supersedes at the price that was shown, and a credit note of 975.00 falls due."""
        row = self.open()
        difference = disputes.foreseen(row, UPHELD, actor=KIM, at=self.at)
        assert difference == Money(-97500, "USD")
        assert books.Dispute.objects.current().get().outcome == ""
        assert books.Decision.objects.current().get(ref="W-SP") == self.decision

        disputes.answer(row, UPHELD, difference.minor, actor=KIM, at=self.at)

        standing = books.Decision.objects.current().get(ref="W-SP")
        assert standing.supersedes == self.decision
        assert set(standing.outcomes) == {"not_billable"}
        self.drafted(5)
        later = self.at + timedelta(days=30)
        notes = [d for d in invoices.due(client=self.told.client, at=later) if d.corrects]
        assert [(d.corrects, d.total) for d in notes] == [(self.invoice.ref, Money(-97500, "USD"))]

    def test_is_refused_at_another_price(self) -> None:
        """Nobody gives away what they did not see."""
        row = self.open()

        with pytest.raises(PriceChanged):
            disputes.answer(row, UPHELD, -1, actor=KIM, at=self.at)

        assert books.Dispute.objects.current().get().outcome == ""

    def test_is_only_for_who_may_commit(self) -> None:
        """Neither the consultant nor the receptionist disputes money, and nothing is written."""
        for code in self.told.client.contacts.exclude(code="PAT").values_list("code", flat=True):
            with pytest.raises(DisputeRefused):
                self.open(self.raised(code))

        assert not books.Dispute.objects.exists()

    def test_is_a_delegates_within_their_scope(self) -> None:
        """Who was let in for disputes may, of their servers; of others, or for reading only, not."""
        robin = self.told.client.contacts.create(
            code="OUT-R", name="Robin", email="robin@else.example", outside=True
        )
        held = self.told.client.delegations.create(
            delegate=robin,
            granted_by=self.told.client.contacts.get(code="PAT"),
            areas=["invoices"],
            servers=["SRV2"],
            starts_at=self.at - timedelta(days=1),
            ends_at=self.at + timedelta(days=1),
        )
        with pytest.raises(DisputeRefused, match="not let in"):
            self.open(self.raised("OUT-R"))
        held.areas = ["disputes"]
        held.save()
        with pytest.raises(DisputeRefused, match="no server"):
            self.open(self.raised("OUT-R"))
        held.servers = []
        held.save()

        assert self.open(self.raised("OUT-R")).to_core().person == "Robin"

    def test_is_not_raised_twice_by_another_name(self) -> None:
        """The decision's own line holds the same money."""
        self.open()
        line = next(r for r in self.invoice.lines.all() if self.decision.number in r.decisions)

        with pytest.raises(DisputeRefused, match="DSP-1 holds"):
            self.open(Raised(DisputeSubject.LINE, line.ref, "The same", self.speaker()))

    def test_may_be_settled_with_a_credit(self) -> None:
        """A part is given back on the line, once, by a credit note."""
        line = next(r for r in self.invoice.lines.all() if self.decision.number in r.decisions)
        row = self.open(Raised(DisputeSubject.LINE, line.ref, "Too much", self.speaker()))
        given = Given(DisputeOutcome.SETTLED, "We share it.", Money(20000, "USD"))

        assert disputes.foreseen(row, given, actor=KIM, at=self.at) == Money(-20000, "USD")
        disputes.answer(row, given, -20000, actor=KIM, at=self.at)

        notes = books.Issued.objects.filter(corrects=self.invoice)
        assert [note.total_minor for note in notes] == [-20000]

    def test_has_no_tie_break_the_agreement_does_not_state(self) -> None:
        """A person must answer."""
        row = self.open()

        with pytest.raises(DisputeRefused, match="no tie-break"):
            disputes.foreseen(row, Given(None, "Nobody agrees."), actor=KIM, at=self.at)

    def test_ends_by_the_stated_clause_once_it_is_late(self) -> None:
        """While the time to answer runs the clause decides nothing; then it ends for the client, and names itself."""
        row = self.open()
        stated = DisputeTerms(30, 5, TieBreak.CLIENT, ClauseNumber("9.1"))
        late = self.at + timedelta(days=30)
        tie = Given(None, "Nobody agrees.")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(answering, "terms_of", lambda _row: stated)
            with pytest.raises(DisputeRefused, match="the time to answer still runs"):
                disputes.foreseen(row, tie, actor=KIM, at=self.at)
            money = disputes.foreseen(row, tie, actor=KIM, at=late)
            closed = disputes.answer(row, tie, money.minor, actor=KIM, at=late)

        given = closed.to_core().answer
        assert given is not None
        assert (given.outcome, given.clause) == (DisputeOutcome.UPHELD, "9.1")
        assert money.minor < 0

    def test_ends_for_the_provider_where_that_is_stated(self) -> None:
        """Then the decision stands, nothing is given back, and the clause is named."""
        row = self.open()
        stated = DisputeTerms(30, 5, TieBreak.PROVIDER, ClauseNumber("9.1"))
        late = self.at + timedelta(days=30)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(answering, "terms_of", lambda _row: stated)
            closed = disputes.answer(row, Given(None, "Nobody agrees."), 0, actor=KIM, at=late)

        given = closed.to_core().answer
        assert given is not None
        assert (given.outcome, given.clause) == (DisputeOutcome.REJECTED, "9.1")

    def test_is_upheld_by_an_owner_only(self) -> None:
        """A technician may not give money away, nor an accountant uphold."""
        row = self.open()
        ann = Actor("ann@greenway.example", books.Role.ACCOUNTANT)

        with pytest.raises(NotAllowed):
            disputes.foreseen(row, REJECTED, actor=ALEX, at=self.at)
        with pytest.raises(NotAllowed):
            disputes.foreseen(row, UPHELD, actor=ann, at=self.at)

    def test_is_never_edited(self) -> None:
        """The database refuses to change or remove a row; withdrawing is a new one."""
        row = self.open()
        taken = disputes.withdraw(row, "", by="Pat Owner", actor=ALEX, at=self.at)

        assert taken.supersedes == row
        with pytest.raises(DatabaseError), transaction.atomic():
            books.Dispute.objects.filter(pk=row.pk).update(outcome="upheld")
        assert self.open().to_core().id == "DSP-2"

    def run_it(self, *words: str) -> tuple[int, str]:
        """A command as typed, its exit number and what it printed."""
        number = cli.main(["dispute", *words])
        printed = self.capsys.readouterr()
        return number, printed.out + printed.err

    def test_is_opened_and_answered_by_command(self) -> None:
        """From Pat's call to the credit, each answered as data; a mistake is said in words."""
        number = books.Decision.objects.current().get(ref="W-SP").number
        now = timezone.now()
        pat = (*self.client_option, "--by", "PAT", "--says", "Not ours.")
        assert self.run_it("open", "decision", "DEC-NONE", *pat)[0] == 8
        code, out = self.run_it("open", "decision", number, *pat, "--json")
        opened = json.loads(out)[0]
        assert (code, opened["held"], opened["outcome"]) == (0, "975.00", None)
        answer = ("answer", "DSP-1", "upheld", *self.client_option, "--says", "True.")

        assert "would change by -$975.00" in self.run_it(*answer)[1]
        assert "DSP-1: Pat Owner disputes decision" in self.run_it("list")[1]
        assert "Upheld by kim@greenway.example" in self.run_it(*answer, "--confirm")[1]

        assert self.run_it("list")[1] == "Nothing is disputed.\n"
        answered_at = books.Dispute.objects.current().get().answered_at
        assert answered_at is not None
        assert answered_at >= now
        assert self.run_it("withdraw", "DSP-9", *self.client_option, "--says", "x")[0] == 3


class TestFacts(TestCase):
    """Scenario 8: Rogue's score is 25.5, and Rae disputes one of its three changes."""

    told: ClassVar[harbor_books.Books]
    at: ClassVar[datetime]
    vendor: ClassVar[books.Vendor]
    change: ClassVar[books.Attribution]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        cls.told = harbor_books.take_over("08-scorecard.yaml")
        harbor_books.people(cls.told.at)
        cls.at = cls.told.at
        cls.vendor = books.Vendor.objects.get(code="V1")
        changes = books.Attribution.objects.current().filter(party_code="V1", names_party=True)
        cls.change = changes.order_by("ref")[0]

    def open(self, subject: DisputeSubject, ref: str) -> books.Dispute:
        """Rae disputes."""
        by = vendor_named(self.vendor, "Rae Rogue", "rae@rogue.example")
        raised = Raised(subject, ref, "That was not us.", by)
        return disputes.open_dispute(raised, client=self.told.client, actor=ALEX, at=self.at)

    def score(self) -> str:
        """Rogue's score now."""
        answers = answer_for(self.told.client, self.at)
        return str(next(v.card.score for v in answers.vendors if v.vendor == "V1"))

    def test_do_not_count_until_they_are_answered(self) -> None:
        """Its 15 points wait, and the 9.5 hours it caused; rejected, the score is what it was."""
        assert self.score() == "25.5"
        row = self.open(DisputeSubject.CHANGE, self.change.ref)
        waiting = self.score()
        disputes.answer(row, REJECTED, 0, actor=ALEX, at=self.at)

        assert waiting == "50"
        assert self.score() == "25.5"

    def test_name_nobody_once_upheld(self) -> None:
        """The attribution that named Rogue is superseded by one that names nobody; the score stays without it."""
        row = self.open(DisputeSubject.CHANGE, self.change.ref)
        difference = disputes.foreseen(row, UPHELD, actor=KIM, at=self.at)
        disputes.answer(row, UPHELD, difference.minor, actor=KIM, at=self.at)

        standing = books.Attribution.objects.current().get(ref=self.change.ref)
        assert standing.supersedes == self.change
        assert not standing.names_party
        assert "DSP-1" in standing.to_core().reasons[0].sentence
        assert self.score() == "50"

    def test_are_disputed_behind_the_vendors_link(self) -> None:
        """Its engineer sees what is held against it on the server, and disputes it with a typed code, never without."""
        invited = access.Invited("Rae Rogue", "rae@rogue.example")
        now = timezone.now()
        asset = self.change.change.asset
        link, token = access.invite(invited, self.vendor, asset, actor=ALEX, at=now)
        href = f"/v/{token}/held/"
        about = {"about": f"change:{self.change.ref}", "says": "That was not us."}
        page = self.client.get(href).content.decode()
        assert self.change.change.sentence.split()[0] in page
        assert "<strong>25.5</strong>" in page
        for form in ({}, about, about | {"act": "send"}, about | {"act": "send", "code": "123456"}):
            assert self.client.post(href, form).status_code == 422
        assert self.client.head(href).status_code == 200
        assert not books.Dispute.objects.exists()

        with (
            tempfile.TemporaryDirectory() as folder,
            override_settings(GROUNDRULES_DATA=Path(folder), GROUNDRULES_MAIL="outbox"),
        ):
            with self.captureOnCommitCallbacks(execute=True):
                access.mail_code(link, now)
            mail = next((Path(folder) / "outbox").glob("*.eml")).read_text()
        code = re.findall(r"code is (\d{6})", mail)[0]
        answer = self.client.post(href, about | {"act": "send", "code": code})

        assert answer.status_code == 302
        row = books.Dispute.objects.get()
        assert (row.vendor, row.about, row.recorded_by) == (
            *(self.vendor, self.change.ref),
            "rae@rogue.example",
        )
        assert "waits for our answer" in self.client.get(href).content.decode()

    def test_are_a_vendors_own_only(self) -> None:
        """Money is not theirs, nor what is not held against them; a score is disputed, and not simply upheld."""
        with pytest.raises(DisputeRefused, match="between them and us"):
            self.open(DisputeSubject.DECISION, "DEC-1")
        with pytest.raises(DisputeRefused, match="not held against"):
            self.open(DisputeSubject.SCORE, "V2")
        row = self.open(DisputeSubject.SCORE, "V1")
        with pytest.raises(DisputeRefused, match="sum of its facts"):
            disputes.foreseen(row, UPHELD, actor=KIM, at=self.at)
