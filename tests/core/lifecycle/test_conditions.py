from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from groundrules.core.agreements.terms import ConditionKind, ConditionTerms, ReinstatementTerms
from groundrules.core.attribution.answers import Attribution, Level, Strength
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, HealthCheck, ItemKind
from groundrules.core.ids import (
    ApplicationId,
    ChangeId,
    ClauseNumber,
    ConditionId,
    HealthCheckId,
    InvoiceId,
    LetterOfAgencyId,
    TimeEntryId,
)
from groundrules.core.lifecycle.answers import (
    ConditionBucket,
    ConditionRecord,
    ConditionStatus,
    InvoiceStanding,
)
from groundrules.core.lifecycle.conditions import (
    ConditionsOpen,
    WaiverRefused,
    reinstated_from,
    reinstatement,
    waive,
)
from groundrules.core.lifecycle.proofs import ConditionInputs
from groundrules.core.money import Money
from groundrules.core.parties import Account, Party, PartyKind, Technician
from groundrules.core.periods import Interval, Period
from groundrules.core.vendors import (
    DatedStep,
    LetterOfAgency,
    LetterOfAgencyStep,
    Permission,
    PermissionAnswer,
    RulesAcceptance,
)
from groundrules.core.work import TimeEntry, WorkType
from tests.core.harbor import SITE_ZONE, SRV1, SRV2, TECHNICIAN_A, V1, harbor_conditions
from tests.core.harbor_work import site

TERMS = ReinstatementTerms(ClauseNumber("6.4"), harbor_conditions())
OFF = site("2007-03-12 08:00")
NOW = site("2007-04-04 17:00")
OWNER = Technician(TECHNICIAN_A.id, "Dana", role="owner")
ROGUE = Party(PartyKind.VENDOR, V1, "Rogue")


def change(number: str, component: str, kind: ItemKind, action: Action, at: datetime) -> Change:
    """This function will build an exactly dated change on SRV1."""
    return Change(ChangeId(number), SRV1, kind, component, action, Interval.exactly(at))


ROTATED = change("CHG-sa", "sa", ItemKind.PASSWORD, Action.ALTERED, site("2007-03-30 10:00"))
ISSUED = change(
    "CHG-login", "rogue_kim", ItemKind.DATABASE_LOGIN, Action.ADDED, site("2007-03-30 10:05")
)
SIGNED = DatedStep(LetterOfAgencyStep.SIGNED, site("2007-03-20 09:00"))
ACKNOWLEDGED = DatedStep(LetterOfAgencyStep.ACKNOWLEDGED, site("2007-03-21 11:00"))
LONG_AGO = DatedStep(LetterOfAgencyStep.SIGNED, site("2006-03-20 09:00"))
LETTER = LetterOfAgency(LetterOfAgencyId("LOA-1"), V1, (SIGNED, ACKNOWLEDGED), file_name="loa.pdf")
INSPECTED = TimeEntry(
    TimeEntryId("TE-9"),
    TECHNICIAN_A.id,
    Period(site("2007-04-03 09:00"), site("2007-04-03 11:00")),
    "inspection",
    WorkType.INSPECTION,
    SRV1,
)
FEE = ConditionRecord(ConditionId("fee"), site("2007-04-03 12:00"), "Dana", "Pat agreed in MSG-9")
ALL_BUT_SOP = ConditionInputs(
    suspended_from=OFF,
    zone=SITE_ZONE,
    letters_of_agency=(LETTER,),
    acceptances=(RulesAcceptance(V1, 1, "Kim of Rogue", site("2007-01-15 09:00")),),
    changes=(ROTATED, ISSUED),
    accounts=(Account("rogue_kim", ROGUE, SRV1, person="Kim"),),
    invoices=(
        InvoiceStanding(InvoiceId("INV-3"), site("2007-04-01 09:00"), site("2007-04-03 09:00")),
    ),
    work=(INSPECTED,),
    records=(FEE,),
)
ACCEPTED = RulesAcceptance(V1, 2, "Kim of Rogue", site("2007-04-04 16:00"))
COMPLETE = replace(ALL_BUT_SOP, acceptances=(*ALL_BUT_SOP.acceptances, ACCEPTED))


def status(inputs: ConditionInputs, condition: str, at: datetime = NOW) -> ConditionStatus:
    """This function will return where one condition stands."""
    answer = reinstatement(SRV1, TERMS, inputs, at)
    return next(s for s in answer.conditions if s.terms.id == condition)


def one(terms: ConditionTerms, inputs: ConditionInputs, at: datetime = NOW) -> ConditionStatus:
    """This function will return where a condition of other terms stands."""
    return reinstatement(
        SRV1, ReinstatementTerms(ClauseNumber("6.4"), (terms,)), inputs, at
    ).conditions[0]


class TestScenarioTwelve:
    def test_refuses_listing_exactly_the_open_one(self) -> None:
        """Everything but the vendor's acceptance of version 2 is done on 04-04."""
        answer = reinstatement(SRV1, TERMS, ALL_BUT_SOP, NOW)

        assert answer.open == ("sop",)
        assert answer.effective_at is None
        assert answer.sentence == (
            "SRV1 cannot be reinstated yet: 1 condition is open: "
            "sop (Rogue accepts version 2 of the rules of engagement)."
        )
        with pytest.raises(ConditionsOpen, match="1 condition is open: sop"):
            reinstated_from(answer)

    def test_reinstates_at_the_next_local_midnight(self) -> None:
        """Accepted on 04-04: covered again from 2007-04-05 00:00 PDT."""
        answer = reinstatement(SRV1, TERMS, COMPLETE, NOW)

        assert answer.open == ()
        assert reinstated_from(answer) == site("2007-04-05 00:00")
        assert "Thu 2007-04-05 00:00 PDT" in answer.sentence

    def test_does_not_move_when_asked_later(self) -> None:
        """The date depends on the last condition met, not on when somebody looks."""
        answer = reinstatement(SRV1, TERMS, COMPLETE, NOW + timedelta(days=30))

        assert answer.effective_at == site("2007-04-05 00:00")

    def test_knows_nothing_of_the_future(self) -> None:
        """At 15:59 the acceptance of 16:00 has not happened."""
        assert reinstatement(SRV1, TERMS, COMPLETE, site("2007-04-04 15:59")).open == ("sop",)

    def test_cites_a_fact_for_every_met_condition(self) -> None:
        """Each tick opens its proof."""
        answer = reinstatement(SRV1, TERMS, COMPLETE, NOW)

        assert all(s.facts and s.bucket is ConditionBucket.MET for s in answer.conditions)

    def test_lists_everything_when_nothing_was_done(self) -> None:
        """All seven conditions are due, in the agreement's order."""
        answer = reinstatement(SRV1, TERMS, ConditionInputs(OFF, SITE_ZONE), NOW)

        assert answer.open == tuple(c.id for c in harbor_conditions())
        assert {s.bucket for s in answer.conditions} == {ConditionBucket.CURRENTLY_DUE}


class TestProofs:
    def test_wants_a_signature_and_an_acknowledgement(self) -> None:
        """A signed letter the vendor has not acknowledged is looked at, not done."""
        found = status(
            replace(COMPLETE, letters_of_agency=(replace(LETTER, steps=(SIGNED,)),)), "loa"
        )

        assert found.bucket is ConditionBucket.PENDING_VERIFICATION
        assert found.sentence == "Letter of agency LOA-1 is not yet acknowledged."

    @pytest.mark.parametrize(
        ("letter", "says"),
        [
            (replace(LETTER, file_name="loa.docx"), "no final signed file on record (loa.docx)"),
            (replace(LETTER, file_name=""), "(none); send a PDF"),
            (
                replace(
                    LETTER,
                    steps=(LONG_AGO, replace(LONG_AGO, step=LetterOfAgencyStep.ACKNOWLEDGED)),
                ),
                "has expired",
            ),
            (
                replace(
                    LETTER, steps=(SIGNED, ACKNOWLEDGED, DatedStep(LetterOfAgencyStep.REVOKED, NOW))
                ),
                "revoked",
            ),
        ],
    )
    def test_takes_no_editable_or_revoked_letter(self, letter: LetterOfAgency, says: str) -> None:
        """A .docx proves nothing, and a revoked letter no longer does."""
        found = status(replace(COMPLETE, letters_of_agency=(letter,)), "loa")

        assert found.met_at is None
        assert says in found.sentence

    def test_takes_no_letter_of_another_vendor(self) -> None:
        """V2's letter does not help V1."""
        other = replace(LETTER, vendor=type(V1)("V2"))

        assert status(replace(COMPLETE, letters_of_agency=(other,)), "loa").met_at is None

    def test_takes_no_password_change_from_before(self) -> None:
        """A password changed before the suspension is not the rotation asked for."""
        early = replace(ROTATED, interval=Interval.exactly(site("2007-03-01 10:00")))

        found = status(replace(COMPLETE, changes=(early, ISSUED)), "sa")

        assert found.bucket is ConditionBucket.CURRENTLY_DUE

    def test_says_when_the_record_cannot_tell(self) -> None:
        """A change somewhere between two snapshots around the suspension proves nothing yet."""
        unsure = replace(
            ROTATED, interval=Interval(OFF - timedelta(days=1), OFF + timedelta(days=1))
        )

        found = status(replace(COMPLETE, changes=(unsure, ISSUED)), "sa")

        assert found.bucket is ConditionBucket.PENDING_VERIFICATION
        assert "perhaps before" in found.sentence

    def test_takes_no_password_set_by_the_vendor(self) -> None:
        """Then the vendor knows it, which is what the condition is about."""
        permission = PermissionAnswer(Permission.OUTSIDE)
        by_rogue = Attribution(
            ROTATED.id, Strength.RECORDED, Level.L1, ROGUE, "rogue", None, (), permission, ()
        )

        assert status(replace(COMPLETE, attributions=(by_rogue,)), "sa").met_at is None

    def test_takes_no_shared_login(self) -> None:
        """A login several people share is nobody's own."""
        shared = replace(COMPLETE.accounts[0], shared=True)

        assert status(replace(COMPLETE, accounts=(shared,)), "login").met_at is None

    def test_wants_every_invoice_paid(self) -> None:
        """One open invoice is enough to wait; the sentence names it."""
        owed = InvoiceStanding(InvoiceId("INV-4"), site("2007-04-02 09:00"))

        found = status(replace(COMPLETE, invoices=(*COMPLETE.invoices, owed)), "paid")

        assert found.bucket is ConditionBucket.PENDING_VERIFICATION
        assert "INV-4" in found.sentence

    def test_does_not_want_what_is_disputed_paid(self) -> None:
        """While nothing of an invoice is due it holds nobody off; when it is due again, it does."""
        owed = InvoiceStanding(InvoiceId("INV-4"), site("2007-04-02 09:00"))
        raised, answered = site("2007-04-03 10:00"), site("2007-04-04 12:00")
        disputed = replace(
            COMPLETE,
            invoices=(*COMPLETE.invoices, owed),
            nothing_due={owed.invoice: (Period(raised, answered),)},
        )

        meanwhile = status(disputed, "paid", site("2007-04-04 11:00"))

        assert meanwhile.met_at == raised
        assert "credited or disputed: INV-4" in meanwhile.sentence
        assert status(disputed, "paid", answered).met_at is None

    def test_does_not_take_silence_for_payment(self) -> None:
        """No invoice on record is not the same as paid."""
        assert status(replace(COMPLETE, invoices=()), "paid").met_at is None

    def test_wants_the_whole_inspection(self) -> None:
        """One hour of two is begun, not done."""
        half = replace(INSPECTED, period=Period(site("2007-04-03 09:00"), site("2007-04-03 10:00")))

        found = status(replace(COMPLETE, work=(half,)), "inspection")

        assert found.bucket is ConditionBucket.PENDING_VERIFICATION
        assert "60 of 120 min" in found.sentence

    def test_sees_a_component_put_back(self) -> None:
        """The last change to .NET 2.0 must leave it in place."""
        terms = ConditionTerms(
            ConditionId("net"),
            ConditionKind.COMPONENT_RESTORED,
            ".NET 2.0 is back",
            component=".NET 2.0",
        )
        gone = change(
            "CHG-1", ".NET 2.0", ItemKind.PACKAGE, Action.REMOVED, site("2007-02-21 19:58")
        )
        back = change("CHG-2", ".NET 2.0", ItemKind.PACKAGE, Action.ADDED, site("2007-03-25 10:00"))

        assert one(terms, replace(COMPLETE, changes=(gone,))).met_at is None
        assert one(terms, replace(COMPLETE, changes=(back, gone))).met_at == site(
            "2007-03-25 10:00"
        )

    def test_wants_an_application_healthy_for_long_enough(self) -> None:
        """24 h without a failed check, proven by one at or after the 24th hour; a day nobody looked proves nothing."""
        terms = ConditionTerms(
            ConditionId("sp"),
            ConditionKind.APPLICATION_HEALTHY,
            "SharePoint works",
            component="SharePoint",
            hours=24,
        )
        start = site("2007-04-01 09:00")

        def checked(results: str) -> ConditionInputs:
            checks = tuple(
                HealthCheck(
                    HealthCheckId(f"HC-{i}"),
                    ApplicationId("SharePoint"),
                    start + timedelta(hours=12 * i),
                    result == "+",
                )
                for i, result in enumerate(results)
            )
            return replace(COMPLETE, health_checks=checks)

        assert one(terms, checked("-+++")).met_at == start + timedelta(hours=36)
        assert one(terms, checked("++")).bucket is ConditionBucket.PENDING_VERIFICATION
        assert one(terms, checked("+++-")).bucket is ConditionBucket.CURRENTLY_DUE
        hole = checked("++").health_checks
        apart = (hole[0], replace(hole[1], at=start + timedelta(hours=30)))
        unwatched = one(terms, replace(COMPLETE, health_checks=apart))
        assert unwatched.bucket is ConditionBucket.PENDING_VERIFICATION


class TestDeadlines:
    def test_marks_what_is_late(self) -> None:
        """A condition whose deadline passed is past due."""
        late = replace(ALL_BUT_SOP, due={ConditionId("sop"): NOW - timedelta(days=1)})

        assert status(late, "sop").bucket is ConditionBucket.PAST_DUE


class TestWaive:
    def test_shows_its_reason_and_price(self) -> None:
        """An exception has an owner, a reason and a price, and counts from when it was made."""
        record = waive(
            ConditionId("sop"), NOW, OWNER, "Rogue leaves in May", Money.of("975.00", "USD")
        )

        answer = reinstatement(SRV1, TERMS, replace(ALL_BUT_SOP, records=(FEE, record)), NOW)

        waived = answer.conditions[1]
        assert waived.bucket is ConditionBucket.WAIVED
        assert waived.sentence == "Waived by Dana: Rogue leaves in May. It costs $975.00."
        assert answer.effective_at == site("2007-04-05 00:00")

    def test_is_cited_with_its_server(self) -> None:
        """What stands on record of two servers' alike conditions is told apart by its reference."""
        records = replace(ALL_BUT_SOP, records=(FEE,))

        first, second = (reinstatement(asset, TERMS, records, NOW) for asset in (SRV1, SRV2))

        cited = [
            {fact.ref for one in answer.conditions for fact in one.facts if "record" in fact.kind}
            for answer in (first, second)
        ]
        assert cited == [{"SRV1/fee"}, {"SRV2/fee"}]

    @pytest.mark.parametrize(
        ("by", "reason", "price"),
        [
            (TECHNICIAN_A, "Rogue leaves", Money.zero("USD")),
            (OWNER, "", Money.zero("USD")),
            (OWNER, "Rogue leaves", None),
        ],
    )
    def test_refuses_without_owner_reason_or_price(
        self, by: Technician, reason: str, price: Money | None
    ) -> None:
        """Nothing slips through silently."""
        with pytest.raises(WaiverRefused):
            waive(ConditionId("sop"), NOW, by, reason, price)

    def test_ignores_a_record_without_proof(self) -> None:
        """A tick without a proof is looked at, not done."""
        empty = ConditionRecord(ConditionId("sop"), NOW, "Dana", "")

        found = status(replace(ALL_BUT_SOP, records=(FEE, empty)), "sop")

        assert found.bucket is ConditionBucket.PENDING_VERIFICATION
