"""Every kind of letter, drafted from the story in any language."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.ids import ClauseNumber, LetterOfAgencyId, MessageId
from groundrules.core.letters.answers import LetterDraft
from groundrules.core.letters.draft_agency import (
    Agency,
    Rules,
    draft_letter_of_agency,
    draft_rules_of_engagement,
    draft_vendor_instruction,
    vendor_conditions,
)
from groundrules.core.letters.draft_change import ChangeTerms, PriceStep, draft_change
from groundrules.core.letters.draft_copy import Copied, draft_copy
from groundrules.core.letters.draft_cover import (
    ExitTerms,
    ReturnBill,
    draft_exit,
    draft_reinstatement,
    draft_relationship_letter,
)
from groundrules.core.letters.draft_introduction import Introduction, draft_introduction
from groundrules.core.letters.draft_notice import draft_notice, draft_suspension
from groundrules.core.letters.draft_reply_pack import CostSoFar, PackContents, draft_reply_pack
from groundrules.core.letters.draft_vendor import (
    Standing,
    VendorCase,
    draft_replacement,
    draft_right_of_reply,
)
from groundrules.core.letters.draft_withdrawal import Refund, draft_withdrawal
from groundrules.core.letters.facts import Correspondence
from groundrules.core.letters.wording import blocks
from groundrules.core.lifecycle.answers import (
    ConditionRecord,
    EntryKind,
    LifecycleEntry,
    ReinstatementAnswer,
)
from groundrules.core.lifecycle.conditions import reinstatement
from groundrules.core.lifecycle.proofs import ConditionInputs
from groundrules.core.money import Money
from groundrules.core.reasons import FactRef
from groundrules.core.vendors import (
    DatedStep,
    LetterOfAgency,
    LetterOfAgencyStep,
    ScorecardRule,
    letter_of_agency_status,
)
from groundrules.core.vendors.rules_library import LIBRARY, said_in
from groundrules.core.work import Channel, Message
from tests.core.harbor import SITE_ZONE, SRV1, V1, harbor_calendar, harbor_conditions
from tests.core.harbor_work import VERSION_1, site
from tests.core.letters.letter_story import (
    ARITHMETIC,
    CASE,
    NOTICE,
    REMOVAL,
    ROGUE,
    sharepoint,
)

CLAUSE = ClauseNumber("6.4")
assert VERSION_1.reinstatement is not None
TERMS = VERSION_1.reinstatement


def words(draft: LetterDraft) -> str:
    """This function will return everything a reader of the letter sees."""
    return "\n".join(text for p in draft.paragraphs for text in (p.heading, *blocks(p)) if text)


def standing_answer(*met: str) -> ReinstatementAnswer:
    """This function will answer the reinstatement question with some conditions recorded as met."""
    records = tuple(
        ConditionRecord(c.id, site("2007-04-04 16:00"), "Dana", f"{c.id} seen")
        for c in harbor_conditions()
        if c.id in met
    )
    off = site("2007-03-12 08:00")
    inputs = ConditionInputs(off, SITE_ZONE, records=records, names={"V1": "Rogue"})
    return reinstatement(SRV1, TERMS, inputs, site("2007-04-04 17:00"))


ALL = tuple(c.id for c in harbor_conditions())
BILL = ReturnBill(
    ("Inspection: $300.00", "Fee: $350.00", "April: $303.33"), Money.of("953.33", "USD")
)
AGENCY = Agency(
    ROGUE,
    ("Dana Lee", "Alex Tech"),
    ("Ask about our account.", "Set a time for work on our servers."),
    (SRV1,),
    account_number="HD-77",
    verify_with="Pat Owner",
)
VENDOR_CASE = VendorCase(ROGUE, (REMOVAL,), (sharepoint(CauseVerdict.LIKELY_CHANGE),))
STANDING = Standing(
    Fraction(51, 2),
    "100 - 45 - 20 - 9.5 = 25.5",
    ScorecardRule(),
    reply_by=date(2007, 3, 9),
    today=date(2007, 3, 12),
)
REPLY_COST = CostSoFar(
    Money.of("225.00", "USD"), "1 h 30 min", (FactRef("invoice", "INV-3", "$225.00"),)
)
LOA = LetterOfAgency(
    LetterOfAgencyId("LOA-1"),
    V1,
    (
        DatedStep(LetterOfAgencyStep.SIGNED, site("2007-03-20 09:00")),
        DatedStep(LetterOfAgencyStep.DELIVERED, site("2007-03-20 10:00")),
    ),
    file_name="signed.pdf",
)
IN_FORCE = letter_of_agency_status(LOA, site("2007-03-20 11:00"), SITE_ZONE, harbor_calendar())
MEETING = Introduction(ROGUE, IN_FORCE, ("Dana Lee", "Alex Tech"), (SRV1,))
REASON = FactRef("profit", "2007-Q1", "Q1: 40 h more than planned.")
PRICE = PriceStep("SRV1, each month", Money.of("350", "USD"), Money.of("410", "USD"))
CHANGE = ChangeTerms(
    date(2007, 7, 1),
    ClauseNumber("8.2"),
    (REASON,),
    (PRICE,),
    ("Ask us before each visit. We set a time and open the way in.",),
    date(2007, 6, 15),
)
SUSPENDED = LifecycleEntry(
    SRV1,
    EntryKind.SUSPENDED,
    site("2007-03-12 08:00"),
    site("2007-03-12 08:00"),
    ClauseNumber("6.3"),
)
VOIDED = replace(
    SUSPENDED,
    kind=EntryKind.SUSPENSION_VOIDED,
    recorded_at=site("2007-05-02 10:00"),
    reason="Pat: ja",
)
MAIL = Message(
    MessageId("MSG-2"), site("2007-03-13 10:05"), Channel.EMAIL, "C. Sultant", "Back on?\n\nNow!"
)
LOGGED = (
    "The email from C. Sultant is logged. Coverage, rates and conditions are unchanged. "
    "C. Sultant may not commit Harbor Dental; Pat Owner gets a copy."
)


def instruction_of(letter: Correspondence) -> LetterDraft:
    """This function will draft what Rogue must be told, on Harbor's paper."""
    asked = (s.terms for s in vendor_conditions(standing_answer(), ROGUE))
    return draft_vendor_instruction(ROGUE, asked, SRV1, on_client_paper(letter))


def on_client_paper(letter: Correspondence) -> Correspondence:
    """This function will put a letter on Harbor's paper, signed by Pat."""
    client = replace(letter.client, address="2 Dock Rd")
    return replace(letter, client=client, signer="Pat Owner", to="Rogue")


def every_letter(letter: Correspondence) -> dict[str, LetterDraft]:
    """This function will draft one letter of each kind."""
    instruction, on_paper = instruction_of(letter), on_client_paper(letter)
    return {
        "notice": draft_notice(CASE, letter),
        "suspension": draft_suspension(CASE, NOTICE.id, ARITHMETIC, letter),
        "cover": draft_relationship_letter(SRV1, (draft_notice(CASE, letter),), letter),
        "reinstatement": draft_reinstatement(standing_answer(*ALL), TERMS, BILL, letter),
        "agency": draft_letter_of_agency(AGENCY, on_paper),
        "rules": draft_rules_of_engagement(
            ROGUE, Rules(2, said_in(LIBRARY, letter.language), 240), letter
        ),
        "instruction": instruction,
        "reply": draft_right_of_reply(VENDOR_CASE, date(2007, 3, 9), letter),
        "replacement": draft_replacement(VENDOR_CASE, STANDING, letter),
        "exit": draft_exit(
            ExitTerms(
                date(2007, 6, 29),
                ClauseNumber("8.1"),
                (
                    FactRef("profit", "Q1", "We lose money each month."),
                    FactRef("letter", "L-3", "We wrote twice."),
                ),
            ),
            letter,
        ),
        "pack": draft_reply_pack(
            PackContents(standing_answer("loa"), CLAUSE, REPLY_COST, (instruction,)), letter
        ).answer,
        "introduction": draft_introduction(MEETING, letter),
        "price change": draft_change(CHANGE, letter),
        "change": draft_change(replace(CHANGE, prices=()), letter),
        "withdrawal": draft_withdrawal(
            SUSPENDED, VOIDED, Refund(("Inspection of SRV1 before reinstatement: $300.00",)), letter
        ),
        "copy": draft_copy(
            MAIL,
            Copied(
                "Small Biz IT",
                "Pat Owner",
                "C. Sultant",
                SITE_ZONE,
                LOGGED,
                language=letter.language,
            ),
        ),
    }
