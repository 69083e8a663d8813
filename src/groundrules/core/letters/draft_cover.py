"""Letters about the relationship itself: that it continues, that a server is back, and a fair exit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from groundrules.core.agreements.terms import ReinstatementTerms
from groundrules.core.calendars import zone_label
from groundrules.core.ids import AssetId, ClauseNumber, InvoiceId
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.letters.facts import Correspondence, clause_fact, closing
from groundrules.core.letters.wording import checked
from groundrules.core.lifecycle.answers import ReinstatementAnswer
from groundrules.core.lifecycle.conditions import reinstated_from
from groundrules.core.money import Money
from groundrules.core.reasons import FactRef


class ExitWithoutReasons(ValueError):
    """An exit letter was asked for with fewer than two reasons on record."""


_REASONS_FOR_EXIT = 2


def draft_relationship_letter(
    asset: AssetId, enclosed: tuple[LetterDraft, ...], letter: Correspondence
) -> LetterDraft:
    """This function will draft the cover letter of a notice or suspension: the relationship continues."""
    server = letter.name(asset)
    subjects = tuple(draft.subject for draft in enclosed)
    paragraphs = (
        Paragraph(
            "You are our client, and you stay our client. We look after your systems as before. "
            f"The enclosed letter is about one server, {server}, and about how vendors work on it."
        ),
        Paragraph("With this letter you find:", items=subjects),
        Paragraph(
            "We write this down so that you know what happened, what it costs, and how to change it. "
            "You can call us at any time, and we will go through it with you."
        ),
        closing(letter),
    )
    return checked(
        LetterDraft(
            kind=LetterKind.RELATIONSHIP_CONTINUES,
            letterhead=letter.provider.name,
            to=letter.to,
            subject="We go on working for you",
            paragraphs=paragraphs,
            asset=asset,
            cc=letter.cc,
        )
    )


@dataclass(frozen=True, slots=True)
class ReturnBill:
    """What a reinstatement costs: the amounts in words, their sum, and the invoice once it has a number."""

    items: tuple[str, ...]
    total: Money
    invoice: InvoiceId | None = None


def draft_reinstatement(
    answer: ReinstatementAnswer, terms: ReinstatementTerms, bill: ReturnBill, letter: Correspondence
) -> LetterDraft:
    """This function will draft the letter that a server is covered again; raises ConditionsOpen while it is not."""
    effective_at = reinstated_from(answer)
    server = letter.name(answer.asset)
    proofs = tuple(fact for status in answer.conditions for fact in status.facts)
    paragraphs = (
        Paragraph(
            f"{server} is back. It is under managed service again from {zone_label(effective_at, letter.zone)} "
            f"(clause {terms.clause}). Thank you for your help.",
            facts=(clause_fact(terms.clause, "reinstatement"),),
        ),
        Paragraph(
            "This is what was done:",
            items=tuple(status.told for status in answer.conditions),
            facts=proofs,
        ),
        Paragraph(
            f"The invoice for this comes to {bill.total}.",
            items=bill.items,
            facts=(
                FactRef("invoice", bill.invoice or "draft", f"{bill.total}"),
                clause_fact(terms.clause),
            ),
        ),
        Paragraph("From now on, all vendors ask us first, and we set up each visit."),
        closing(letter),
    )
    return checked(
        LetterDraft(
            kind=LetterKind.REINSTATEMENT,
            letterhead=letter.provider.name,
            to=letter.to,
            subject=f"{server} is covered again",
            paragraphs=paragraphs,
            clauses=(terms.clause,),
            asset=answer.asset,
            cc=letter.cc,
        )
    )


@dataclass(frozen=True, slots=True)
class ExitTerms:
    """How an agreement ends: its last day, the clause, the reasons on record, and what is handed over by when."""

    last_day: date
    clause: ClauseNumber
    reasons: tuple[FactRef, ...]
    handover: tuple[str, ...] = (
        "All passwords and keys that belong to you.",
        "The list of your servers and how they are set up.",
        "Your backups and how to restore them.",
    )


def draft_exit(terms: ExitTerms, letter: Correspondence) -> LetterDraft:
    """This function will draft the letter that ends an agreement, with a full handover.

    Raises ExitWithoutReasons unless two reasons are on record: the first wish to part is often wrong (ux job h).
    """
    if len(terms.reasons) < _REASONS_FOR_EXIT:
        message = (
            f"an exit needs {_REASONS_FOR_EXIT} reasons on record, not {len(terms.reasons)}; "
            "try to change the relationship first"
        )
        raise ExitWithoutReasons(message)
    paragraphs = (
        Paragraph(
            f"We will end our agreement under clause {terms.clause}. Its last day is {terms.last_day:%a %Y-%m-%d}. "
            "Until then we work for you as before.",
            facts=(clause_fact(terms.clause),),
        ),
        Paragraph(
            "These are our reasons:",
            items=tuple(reason.says for reason in terms.reasons),
            facts=terms.reasons,
        ),
        Paragraph(
            "Your systems and your data are yours. We hand over to you, or to the firm you choose:",
            items=terms.handover,
            facts=(clause_fact(terms.clause),),
        ),
        closing(letter),
    )
    return checked(
        LetterDraft(
            kind=LetterKind.EXIT,
            letterhead=letter.provider.name,
            to=letter.to,
            subject="Our agreement ends",
            paragraphs=paragraphs,
            clauses=(terms.clause,),
            cc=letter.cc,
        )
    )
