"""The letter that takes a suspension back: it counts as never made, and what was charged for it comes back."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.calendars import zone_label
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.letters.facts import Correspondence, clause_fact, closing
from groundrules.core.letters.wording import checked
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
    server = letter.name(suspension.asset)
    began = zone_label(suspension.effective_at, letter.zone)
    cited = (clause_fact(suspension.clause, "suspension"),) if suspension.clause else ()
    record = FactRef("lifecycle", suspension.asset, voiding.reason)
    paragraphs = (
        Paragraph(
            f"We take back what we wrote about {server}. From {began} we said it was not under managed service. "
            f"That was our error. It counts as never said: {server} was covered all the time. We are sorry.",
            facts=(record, *cited),
        ),
        Paragraph(f"Why we take it back: {voiding.reason.rstrip('.')}.", facts=(record,)),
        Paragraph(
            "The monthly fee runs on as if nothing had changed, so what we took off for those days is due again."
            + (" What you paid for work in that time comes back:" if refund.items else ""),
            heading="What it comes to",
            items=refund.items,
            facts=(record, *refund.facts),
        ),
        closing(letter),
    )
    return checked(
        LetterDraft(
            kind=LetterKind.WITHDRAWAL,
            letterhead=letter.provider.name,
            to=letter.to,
            subject=f"{server}: we take back the suspension of {began}",
            paragraphs=paragraphs,
            clauses=(suspension.clause,) if suspension.clause else (),
            asset=suspension.asset,
            cc=letter.cc,
        )
    )
