"""The reply pack: one answer to begging calls and threatening mails alike, made of facts both sides can see.

It holds the open conditions, what the vendor must be told word for word, and what the time off has cost so far.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.ids import ClauseNumber, MessageId
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.letters.facts import Correspondence, clause_fact, closing
from groundrules.core.letters.wording import checked
from groundrules.core.lifecycle.answers import (
    ConditionBucket,
    ConditionStatus,
    ReinstatementAnswer,
)
from groundrules.core.money import Money
from groundrules.core.reasons import FactRef

_DONE = frozenset({ConditionBucket.MET, ConditionBucket.WAIVED})


@dataclass(frozen=True, slots=True)
class CostSoFar:
    """What the client was charged on a server while it was off, and for which invoices or charges."""

    amount: Money
    hours: str
    sources: tuple[FactRef, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplyPack:
    """What goes out: the answer itself and the letters for vendors enclosed with it."""

    answer: LetterDraft
    enclosed: tuple[LetterDraft, ...]


@dataclass(frozen=True, slots=True)
class PackContents:
    """What a reply pack is made of. `answers_to` is the message it replies to, if any."""

    answer: ReinstatementAnswer
    clause: ClauseNumber
    cost: CostSoFar
    vendor_letters: tuple[LetterDraft, ...] = ()
    answers_to: MessageId | None = None


def draft_reply_pack(contents: PackContents, letter: Correspondence) -> ReplyPack:
    """This function will draft the reply: what is open, what is done, what to tell each vendor, what it cost so far."""
    server = letter.name(contents.answer.asset)
    still_open = tuple(s for s in contents.answer.conditions if s.bucket not in _DONE)
    done = tuple(s for s in contents.answer.conditions if s.bucket in _DONE)
    asked = (FactRef("message", contents.answers_to),) if contents.answers_to else ()
    lead = Paragraph(
        f"You asked how to get {server} back. Here is all of it. Our agreement goes on, and so do our rates.",
        facts=(*asked, clause_fact(contents.clause, "the way back")),
    )
    paragraphs = (
        lead,
        _open_paragraph(still_open, server, contents),
        _done_paragraph(done),
        _enclosed(contents.vendor_letters),
        Paragraph(
            f"Work by the hour on {server} so far: {contents.cost.hours}. It comes to {contents.cost.amount}.",
            heading="What it cost so far",
            facts=contents.cost.sources or (clause_fact(contents.clause),),
        ),
        closing(letter),
    )
    draft = LetterDraft(
        kind=LetterKind.REPLY_PACK,
        letterhead=letter.provider.name,
        to=letter.to,
        subject=f"How to get {server} back",
        paragraphs=tuple(p for p in paragraphs if p is not None),
        clauses=(contents.clause,),
        asset=contents.answer.asset,
        cc=letter.cc,
    )
    return ReplyPack(checked(draft), contents.vendor_letters)


def _open_paragraph(
    still_open: tuple[ConditionStatus, ...], server: str, contents: PackContents
) -> Paragraph:
    if not still_open:
        return Paragraph(
            contents.answer.sentence,
            heading="Nothing is left to do",
            facts=(clause_fact(contents.clause),),
        )
    return Paragraph(
        f"When this is done, {server} is covered again from the next midnight:",
        heading="What is left to do",
        items=tuple(f"{s.terms.says.rstrip('.')}. Now: {s.told}" for s in still_open),
        facts=tuple(FactRef("condition", s.terms.id, s.told) for s in still_open),
    )


def _done_paragraph(done: tuple[ConditionStatus, ...]) -> Paragraph | None:
    if not done:
        return None
    facts = tuple(fact for s in done for fact in s.facts)
    return Paragraph("", heading="What is done", items=tuple(s.told for s in done), facts=facts)


def _enclosed(letters: tuple[LetterDraft, ...]) -> Paragraph | None:
    if not letters:
        return None
    return Paragraph(
        "These letters are ready for your own letterhead. Sign them and send them.",
        heading="What to tell the vendor",
        items=tuple(f"To {draft.to}: {draft.subject}" for draft in letters),
    )
