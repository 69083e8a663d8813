from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.core.agreements.facts import CoverageState, StateSpan
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.ids import ClauseNumber, ClientId, InvoiceId
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, LineKind
from groundrules.core.invoices.draft import (
    Billable,
    Correction,
    CreditExceedsOriginal,
    FeeToBill,
    NoSuchLine,
    NothingToInvoice,
    draft_credit_note,
    draft_invoice,
)
from groundrules.core.invoices.exact import Failure, check
from groundrules.core.invoices.fees import fee_month, fee_share
from groundrules.core.invoices.lines import reinstatement_lines
from groundrules.core.lifecycle.answers import EntryKind, LifecycleEntry
from groundrules.core.lifecycle.timeline import state_spans
from groundrules.core.money import Money
from groundrules.core.periods import Period
from groundrules.core.rating.rate import rate, uncharged_lines
from tests.core.harbor import SRV1, SRV2, TECHNICIAN_B
from tests.core.harbor_work import AGREEMENT, LATER, VERSION_2, Job, decided, pat_asks, site

HARBOR = ClientId("harbor")
OFF = site("2007-03-12 08:00")
BACK = site("2007-04-05 00:00")
STORY = (
    LifecycleEntry(SRV1, EntryKind.SUSPENDED, OFF, OFF),
    LifecycleEntry(SRV1, EntryKind.REINSTATED, BACK, site("2007-04-04 16:00")),
)
WHILE_OFF = (StateSpan(SRV1, CoverageState.SUSPENDED, Period(OFF, BACK), ClauseNumber("6.3")),)


def usd(amount: str) -> Money:
    """This function will read an amount in US dollars."""
    return Money.of(amount, "USD")


def billable(*decisions: CoverageDecision, currency: str = "USD") -> Billable:
    """This function will gather decided work for an invoice."""
    return Billable(
        HARBOR,
        currency,
        date(2007, 3, 1),
        date(2007, 4, 1),
        charges=rate(decisions, AGREEMENT),
        uncharged=uncharged_lines(decisions),
        names={SRV1: "Main server", "drive array": "Drive array failed"},
    )


def array_night() -> InvoiceDraft:
    """This function will draft the invoice of scenarios 1 and 2."""
    a = Job(site("2007-02-20 13:10"), site("2007-02-20 23:35"), asked_at=site("2007-02-20 16:40"))
    b = pat_asks("2007-02-20 22:35", "2007-02-21 01:50", id="TE-2", technician=TECHNICIAN_B)
    return draft_invoice(billable(decided(a), decided(b)))


def suspended_day() -> InvoiceDraft:
    """This function will draft the invoice of scenario 10: both servers on Tue 2007-03-13."""
    one = Job(site("2007-03-13 10:00"), site("2007-03-13 11:20"), states=WHILE_OFF, issue="printer")
    two = Job(
        site("2007-03-13 10:00"), site("2007-03-13 10:40"), id="TE-2", asset=SRV2, issue="mail"
    )
    return draft_invoice(billable(decided(one), decided(two)))


class TestDraftInvoice:
    def test_shows_covered_work_beside_charged_work(self) -> None:
        """Scenarios 1 and 2: three charges of $3,075.00 and $575.00 of covered work at 0.00."""
        draft = array_night()

        assert draft.total == usd("3075.00")
        assert draft.value_uncharged == usd("575.00")
        covered = draft.lines[-1]
        assert (covered.kind, covered.amount, covered.minutes) == (
            LineKind.COVERED,
            usd("0"),
            Fraction(230),
        )
        assert covered.description == "Drive array failed (Main server): covered by your agreement"
        assert covered.working == "3 h 50 min x $150.00 = $575.00"

    def test_names_who_asked(self) -> None:
        """A charge line says what, where, when in the day, and in which message it was asked for."""
        line = array_night().lines[0]

        assert line.description.startswith(
            "Drive array failed (Main server): after hours, asked for in "
        )
        assert line.clause == "4.2"
        assert line.entries == ("TE-1",)

    def test_charges_only_the_suspended_server(self) -> None:
        """Scenario 10: SRV1 $225.00 under 6.3, SRV2 covered at $100.00."""
        draft = suspended_day()

        assert [(x.kind, x.asset, x.amount, x.value, x.clause) for x in draft.lines] == [
            (LineKind.CHARGE, SRV1, usd("225.00"), usd("225.00"), "6.3"),
            (LineKind.COVERED, SRV2, usd("0"), usd("100.00"), "3.2"),
        ]

    def test_totals_the_reinstatement(self) -> None:
        """Scenario 12: inspection 300.00 + fee 350.00 + April 303.33 = $953.33."""
        spans = state_spans(SRV1, STORY, AGREEMENT, LATER)
        april = FeeToBill(fee_share(AGREEMENT, SRV1, spans, fee_month(2007, 4)), usd("0"))
        assert VERSION_2.reinstatement is not None
        items = reinstatement_lines(SRV1, VERSION_2.reinstatement, VERSION_2, date(2007, 4, 5))

        draft = draft_invoice(replace(billable(), fees=(april,), further=items))

        amounts = {line.kind: line.amount for line in draft.lines}
        assert amounts == {
            LineKind.FEE: usd("303.33"),
            LineKind.INSPECTION: usd("300.00"),
            LineKind.REINSTATEMENT_FEE: usd("350.00"),
        }
        assert draft.total == usd("953.33")
        assert check(draft) == ()

    def test_refuses_an_empty_invoice(self) -> None:
        """A document without a line is a mistake."""
        with pytest.raises(NothingToInvoice, match="harbor"):
            draft_invoice(billable())


class TestDraftCreditNote:
    def test_credits_a_fee_in_part(self) -> None:
        """Scenario 11: the March fee is credited by $225.81 with its working."""
        march = FeeToBill(
            fee_share(AGREEMENT, SRV1, state_spans(SRV1, (), AGREEMENT, LATER), fee_month(2007, 3)),
            usd("0"),
        )
        original = draft_invoice(replace(billable(), fees=(march,)))
        working = "$350.00 x 20/31 days = $225.81"

        note = draft_credit_note(
            original, InvoiceId("INV-1"), [Correction(1, "suspended", usd("225.81"), working)]
        )

        assert (note.kind, note.corrects) == (DocumentKind.CREDIT_NOTE, "INV-1")
        assert note.total == usd("-225.81")
        assert note.lines[0].kind is LineKind.FEE_CREDIT
        assert note.lines[0].service_day == date(2007, 3, 1)
        assert check(note) == ()

    def test_refunds_a_charge_whole(self) -> None:
        """A wrongful suspension: scenario 10's $225.00 comes back from the stored amount."""
        note = draft_credit_note(
            suspended_day(), InvoiceId("INV-1"), [Correction(1, "the suspension was wrong")]
        )

        assert note.total == usd("-225.00")
        assert (note.lines[0].kind, note.lines[0].corrects_line) == (LineKind.REFUND, 1)
        assert check(note) == ()

    def test_takes_back_value_shown_at_zero(self) -> None:
        """A covered line found wrong moves no money, but its value no longer counts."""
        original = suspended_day()

        note = draft_credit_note(original, InvoiceId("INV-1"), [Correction(2, "logged twice")])

        assert note.total == usd("0")
        assert original.value_uncharged + note.value_uncharged == usd("0")
        assert check(note) == ()

    def test_never_credits_more_than_is_left(self) -> None:
        """Two credits of one line cannot exceed it."""
        with pytest.raises(CreditExceedsOriginal, match=r"\$25.00 of \$225.00 is left"):
            draft_credit_note(
                suspended_day(),
                InvoiceId("INV-1"),
                [Correction(1, "again", usd("25.01"))],
                {1: usd("200.00")},
            )

    @pytest.mark.parametrize("line", [1, 2])
    def test_never_takes_one_line_back_twice(self, line: int) -> None:
        """Neither in one note nor in two; a line at 0.00 has no value left either."""
        twice = [Correction(line, "wrong"), Correction(line, "wrong again")]
        stored = suspended_day().lines[line - 1].amount

        with pytest.raises(CreditExceedsOriginal, match="left"):
            draft_credit_note(suspended_day(), InvoiceId("INV-1"), twice)
        with pytest.raises(CreditExceedsOriginal, match="left"):
            draft_credit_note(suspended_day(), InvoiceId("INV-1"), twice[:1], {line: stored})

    def test_credits_a_line_in_parts(self) -> None:
        """Two parts of one line add up to what they say, and no further."""
        parts = [Correction(1, "part", usd("100.00")), Correction(1, "the rest")]

        note = draft_credit_note(suspended_day(), InvoiceId("INV-1"), parts)

        assert [line.amount for line in note.lines] == [usd("-100.00"), usd("-125.00")]
        assert check(note) == ()

    @pytest.mark.parametrize("line", [0, 3, -1])
    def test_refuses_a_line_that_is_not_there(self, line: int) -> None:
        """Lines count from one."""
        with pytest.raises(NoSuchLine, match="has 2 lines"):
            draft_credit_note(suspended_day(), InvoiceId("INV-1"), [Correction(line, "x")])

    def test_refuses_a_note_about_nothing(self) -> None:
        """Without a correction there is no credit note."""
        with pytest.raises(NothingToInvoice, match="INV-1"):
            draft_credit_note(suspended_day(), InvoiceId("INV-1"), [])


class TestCheck:
    def test_finds_nothing_wrong_with_our_own(self) -> None:
        """Every draft of the story is exact."""
        assert check(array_night(), usd("3075.00")) == ()
        assert check(suspended_day()) == ()

    def test_finds_one_cent_in_a_charge(self) -> None:
        """What public validators let pass is found here."""
        draft = suspended_day()
        wrong = replace(draft.lines[0], amount=usd("225.01"), value=usd("225.01"))

        found = check(replace(draft, lines=(wrong, draft.lines[1])))

        assert found[0] == Failure(1, "shows $225.01, but 90 min x $150.00 / h is $225.00")
        assert "prints a working without $225.01" in {failure.problem for failure in found}

    def test_finds_one_cent_in_a_fee(self) -> None:
        """A fee must be its base times its share."""
        spans = state_spans(SRV1, STORY, AGREEMENT, LATER)
        april = FeeToBill(fee_share(AGREEMENT, SRV1, spans, fee_month(2007, 4)), usd("0"))
        draft = draft_invoice(replace(billable(), fees=(april,)))
        wrong = replace(draft.lines[0], amount=usd("303.34"), value=usd("303.34"), working="")

        (found,) = check(replace(draft, lines=(wrong,)))

        assert found.problem == "shows $303.34, but $350.00 x 13/15 is $303.33"

    def test_finds_a_wrong_total(self) -> None:
        """The printed total must be the sum of the lines."""
        (found,) = check(suspended_day(), usd("225.02"))

        assert found == Failure(0, "prints a total of $225.02, but its lines add up to $225.00")

    def test_finds_a_covered_line_that_charges(self) -> None:
        """Work shown at 0.00 charges nothing."""
        draft = suspended_day()
        wrong = replace(draft.lines[1], amount=usd("100.00"))

        assert "is shown at 0.00 but charges $100.00" in {
            f.problem for f in check(replace(draft, lines=(wrong,)))
        }

    def test_finds_a_foreign_amount(self) -> None:
        """One currency per document; nothing is converted."""
        draft = suspended_day()
        wrong = replace(draft.lines[0], amount=Money(22500, "EUR"))

        problems = [failure.problem for failure in check(replace(draft, lines=(wrong,)))]

        assert problems == [
            "is in EUR, the document in USD",
            "has no total, because its lines are in several currencies",
        ]

    @pytest.mark.parametrize(
        ("kind", "amount", "says"),
        [
            (LineKind.REFUND, "5.00", "is a credit but charges $5.00"),
            (LineKind.CHARGE, "-5.00", "is a charge but takes back -$5.00"),
        ],
    )
    def test_finds_a_wrong_sign(self, kind: LineKind, amount: str, says: str) -> None:
        """Credits take back and charges charge."""
        line = replace(
            suspended_day().lines[0],
            kind=kind,
            amount=usd(amount),
            value=usd(amount),
            minutes=Fraction(2),
            working="",
        )

        problems = {f.problem for f in check(replace(suspended_day(), lines=(line,)))}

        assert says in problems

    def test_finds_a_credit_note_that_names_no_invoice(self) -> None:
        """Nor may it ask for money."""
        wrong = replace(suspended_day(), kind=DocumentKind.CREDIT_NOTE)

        assert [f.problem for f in check(wrong)] == [
            "is a credit note but asks for $225.00",
            "is a credit note that names no invoice",
        ]

    @settings(max_examples=25, deadline=None)
    @given(
        shifts=st.lists(
            st.tuples(st.integers(0, 1200), st.integers(1, 200)), min_size=1, max_size=4
        )
    )
    def test_every_draft_is_exact_and_credits_to_nothing(
        self, shifts: list[tuple[int, int]]
    ) -> None:
        """Whatever was worked, the invoice adds up, and crediting every line leaves nothing."""
        morning = site("2007-02-20 09:00")
        jobs = [
            Job(
                morning + timedelta(minutes=start),
                morning + timedelta(minutes=start + long),
                id=f"TE-{i}",
                asked_at=morning,
            )
            for i, (start, long) in enumerate(shifts)
        ]

        draft = draft_invoice(billable(*(decided(job) for job in jobs)))
        every = [Correction(number, "wrong") for number in range(1, len(draft.lines) + 1)]
        note = draft_credit_note(draft, InvoiceId("INV-1"), every)

        assert check(draft) == ()
        assert check(note) == ()
        assert draft.total + note.total == usd("0")
        assert draft.value_uncharged + note.value_uncharged == usd("0")
