"""How disputes go as one sentence, and back without loss."""

from __future__ import annotations

from groundrules.core.agreements.further_terms import DisputeTerms, TieBreak
from groundrules.core.agreements.quantity_sentences import read_heading, said_heading
from groundrules.core.agreements.reading import Cursor

_ENDS = {
    "one that nobody can settle ends for the client": TieBreak.CLIENT,
    "one that nobody can settle ends for the provider": TieBreak.PROVIDER,
    "one that nobody can settle stays open": TieBreak.NOBODY,
}
_SAID_ENDS = {tie: words for words, tie in _ENDS.items()}


def say_disputes(terms: DisputeTerms) -> str:
    """This function will state until when a dispute is raised and answered, and for whom a tie ends."""
    raised = (
        f"within {terms.raised_within_days} days" if terms.raised_within_days else "at any time"
    )
    parts = (
        f"a dispute is raised {raised}",
        f"it is answered within {terms.answered_within_business_days} business days",
        "its amount is not due before",
        _SAID_ENDS[terms.tie],
    )
    return f"{said_heading('Disputes', terms.clause)}{'; '.join(parts)}."


def read_disputes(cursor: Cursor) -> DisputeTerms:
    """This function will read a disputes sentence."""
    clause = read_heading(cursor, "Disputes")
    cursor.expect("a dispute is raised ")
    raised = 0
    if not cursor.skip("at any time"):
        cursor.expect("within ")
        raised = cursor.whole()
        cursor.expect(" days")
    cursor.expect("; it is answered within ")
    answered = cursor.whole()
    cursor.expect(" business days; its amount is not due before; ")
    tie = cursor.choose(_ENDS)
    cursor.expect(".")
    return DisputeTerms(raised, answered, tie, clause)
