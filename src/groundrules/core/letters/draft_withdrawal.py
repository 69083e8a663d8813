"""The letter that takes a suspension back: it counts as never made, and what was charged for it comes back."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.calendars import zone_label
from groundrules.core.letters.answers import LetterDraft, LetterKind
from groundrules.core.letters.composing import About, compose, listed, own, words
from groundrules.core.letters.facts import Correspondence, clause_fact
from groundrules.core.lifecycle.answers import LifecycleEntry
from groundrules.core.reasons import FactRef


@dataclass(frozen=True, slots=True)
class Refund:
    """What comes back, each line as the credit note or the next invoice will show it."""

    items: tuple[str, ...]
    facts: tuple[FactRef, ...] = ()


def draft_withdrawal(
    suspension: LifecycleEntry, voiding: LifecycleEntry, refund: Refund, letter: Correspondence
) -> LetterDraft:
    """This function will draft the letter that a suspension was wrong and counts as never made."""
    began = zone_label(suspension.effective_at, letter.zone)
    clauses = (suspension.clause,) if suspension.clause else ()
    cited = tuple(clause_fact(clause, "suspension") for clause in clauses)
    record = FactRef("lifecycle", suspension.asset, voiding.reason)
    slots = (
        own("server", letter.name(suspension.asset)),
        words("began", began, letter, record, *cited),
        own("reason", voiding.reason.rstrip("."), record),
        listed("refunds", refund.items, letter, record, *refund.facts),
    )
    about = About(letter.provider.name, letter.to, suspension.asset, clauses)
    return compose(LetterKind.WITHDRAWAL, slots, letter, about)
