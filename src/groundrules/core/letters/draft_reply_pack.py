"""The reply pack: one answer to begging calls and threatening mails alike, made of facts both sides can see.

It holds the open conditions, what the vendor must be told word for word, and what the time off has cost so far.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.ids import ClauseNumber, MessageId
from groundrules.core.letters.answers import LetterDraft, LetterKind, Slot
from groundrules.core.letters.composing import About, compose, listed, own, words
from groundrules.core.letters.draft_notice import AGREEMENT_CONTINUES
from groundrules.core.letters.facts import Correspondence, clause_fact
from groundrules.core.lifecycle.answers import (
    ConditionBucket,
    ReinstatementAnswer,
    condition_ref,
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
    answer = contents.answer
    asked = (FactRef("message", contents.answers_to),) if contents.answers_to else ()
    back = clause_fact(contents.clause, "the way back")
    cost = contents.cost.sources or (clause_fact(contents.clause),)
    slots = (
        words("agreement_continues", AGREEMENT_CONTINUES, letter, *asked, back),
        own("server", letter.name(answer.asset)),
        *_conditions(contents, letter),
        listed("enclosed", (f"To {d.to}: {d.subject}" for d in contents.vendor_letters), letter),
        words("hours", contents.cost.hours, letter, *cost),
        words("amount", f"{contents.cost.amount}", letter, *cost),
    )
    about = About(letter.provider.name, letter.to, answer.asset, (contents.clause,))
    draft = compose(LetterKind.REPLY_PACK, slots, letter, about)
    return ReplyPack(draft, contents.vendor_letters)


def _conditions(contents: PackContents, letter: Correspondence) -> tuple[Slot, ...]:
    statuses = contents.answer.conditions
    still_open = tuple(s for s in statuses if s.bucket not in _DONE)
    done = tuple(s for s in statuses if s.bucket in _DONE)
    left = (f"{s.terms.says.rstrip('.')}. Now: {s.told}" for s in still_open)
    server = contents.answer.asset
    conditions = tuple(
        FactRef("condition", condition_ref(server, s.terms.id), s.told) for s in still_open
    )
    proofs = tuple(fact for s in done for fact in s.facts)
    return (
        listed("open", left, letter, *conditions),
        words("nothing_open", contents.answer.sentence, letter, clause_fact(contents.clause)),
        listed("done", (s.told for s in done), letter, *proofs),
    )
