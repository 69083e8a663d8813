"""Letters about the relationship itself: that it continues, that a server is back, and a fair exit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from groundrules.core.agreements.terms import ReinstatementTerms
from groundrules.core.calendars import zone_label
from groundrules.core.ids import AssetId, ClauseNumber, InvoiceId
from groundrules.core.letters.answers import LetterDraft, LetterKind
from groundrules.core.letters.composing import About, compose, listed, own, words
from groundrules.core.letters.facts import Correspondence, clause_fact
from groundrules.core.lifecycle.answers import ReinstatementAnswer
from groundrules.core.lifecycle.conditions import reinstated_from
from groundrules.core.money import Money
from groundrules.core.reasons import FactRef


class ExitWithoutReasons(ValueError):
    """An exit letter was asked for with fewer than two reasons on record."""


_REASONS_FOR_EXIT = 2
STAYS_CLIENT = "You are our client, and you stay our client."


def draft_relationship_letter(
    asset: AssetId, enclosed: tuple[LetterDraft, ...], letter: Correspondence
) -> LetterDraft:
    """This function will draft the cover letter of a notice or suspension: the relationship continues."""
    given = (f for draft in enclosed for slot in draft.slots for f in slot.facts)
    notices = dict.fromkeys(fact for fact in given if fact.kind == "notice")
    slots = (
        words("stays_client", STAYS_CLIENT, letter),
        own("server", letter.name(asset)),
        listed("enclosed", (draft.subject for draft in enclosed), letter, *notices),
    )
    about = About(letter.provider.name, letter.to, asset)
    return compose(LetterKind.RELATIONSHIP_CONTINUES, slots, letter, about)


NOT_BILLED_YET = "see the invoice of that month"
"""What stands for a sum while nothing of the return is on any invoice: never an amount of nothing."""


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
    cited = clause_fact(terms.clause, "reinstatement")
    proofs = tuple(fact for status in answer.conditions for fact in status.facts)
    billed = (FactRef("invoice", bill.invoice or "draft", f"{bill.total}"),) if bill.items else ()
    comes_to = f"{bill.total}" if bill.items else NOT_BILLED_YET
    slots = (
        own("server", letter.name(answer.asset)),
        words("from", zone_label(effective_at, letter.zone), letter, cited),
        own("clause", terms.clause, cited),
        listed("done", (status.told for status in answer.conditions), letter, *proofs),
        words("total", comes_to, letter, *billed, clause_fact(terms.clause)),
        listed("bill", bill.items, letter, *billed),
    )
    about = About(letter.provider.name, letter.to, answer.asset, (terms.clause,))
    return compose(LetterKind.REINSTATEMENT, slots, letter, about)


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
    cited = clause_fact(terms.clause)
    slots = (
        own("clause", terms.clause, cited),
        words("last_day", f"{terms.last_day:%a %Y-%m-%d}", letter, cited),
        listed("reasons", (reason.says for reason in terms.reasons), letter, *terms.reasons),
        listed("handover", terms.handover, letter, cited),
    )
    about = About(letter.provider.name, letter.to, clauses=(terms.clause,))
    return compose(LetterKind.EXIT, slots, letter, about)
