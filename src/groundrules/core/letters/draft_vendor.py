"""Letters about a vendor's proven changes: the right of reply first, and only then the offer to replace.

Both are refused when nothing is proven, and a replacement is refused before the vendor has had its say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from groundrules.core.calendars import Calendar
from groundrules.core.letters.answers import LetterDraft, LetterKind
from groundrules.core.letters.composing import About, compose, listed, own, words
from groundrules.core.letters.facts import Correspondence, Finding, Trouble
from groundrules.core.letters.finding_slots import finding_slots
from groundrules.core.parties import Vendor
from groundrules.core.periods import local_date
from groundrules.core.reasons import FactRef
from groundrules.core.vendors import ScorecardRule


class ReplyStillOpen(ValueError):
    """The vendor's time to reply is not over and no reply is on record."""


class ScoreNotLow(ValueError):
    """The vendor's score does not call for a replacement."""


@dataclass(frozen=True, slots=True)
class VendorCase:
    """A vendor, the findings about it, and what stopped working around them."""

    vendor: Vendor
    findings: tuple[Finding, ...]
    troubles: tuple[Trouble, ...] = ()


def reply_by(rule: ScorecardRule, calendar: Calendar, delivered_at: datetime) -> date:
    """This function will return the last business day on which a vendor's reply is in time."""
    return calendar.next_business_day(
        local_date(calendar.zone, delivered_at), rule.reply_business_days
    )


def draft_right_of_reply(case: VendorCase, answer_by: date, letter: Correspondence) -> LetterDraft:
    """This function will ask a vendor for its side of proven changes; raises NothingToNotify when nothing is proven."""
    slots = (
        own("vendor", case.vendor.name),
        *finding_slots(case.findings, case.troubles, letter),
        words("answer_by", f"{answer_by:%a %Y-%m-%d}", letter),
    )
    asset = case.findings[0].change.asset if case.findings else None
    about = About(letter.provider.name, case.vendor.name, asset)
    return compose(LetterKind.RIGHT_OF_REPLY, slots, letter, about)


@dataclass(frozen=True, slots=True)
class Standing:
    """A vendor's score under the provider's rule, its working in words, and its chance to reply."""

    score: Fraction
    working: str
    rule: ScorecardRule
    reply_by: date
    today: date
    reply: FactRef | None = None


def draft_replacement(case: VendorCase, standing: Standing, letter: Correspondence) -> LetterDraft:
    """This function will draft the offer to help the client find another vendor; it is offered, never sent by itself.

    Raises ScoreNotLow, ReplyStillOpen while the vendor may still answer, and NothingToNotify when nothing is proven.
    """
    _refuse_early(case.vendor, standing)
    reply = (
        f"{case.vendor.name} answered: {standing.reply.says}"
        if standing.reply
        else f"{case.vendor.name} was asked for its side by {standing.reply_by:%a %Y-%m-%d}. No answer is on record."
    )
    score = FactRef("scorecard", case.vendor.id, standing.working)
    slots = (
        own("vendor", case.vendor.name),
        words("score", _plain(standing.score), letter, score),
        own("starts_at", str(standing.rule.starts_at)),
        own("below", str(standing.rule.replacement_below)),
        listed("working", standing.working.split("; "), letter, score),
        *finding_slots(case.findings, case.troubles, letter),
        words("reply", reply, letter, standing.reply or score),
    )
    return compose(LetterKind.REPLACEMENT, slots, letter, About(letter.provider.name, letter.to))


def _plain(score: Fraction) -> str:
    """Scores move in tenths; more places would look more exact than the rule is."""
    tenths = round(score * 10)
    return (
        str(tenths // 10)
        if tenths % 10 == 0
        else f"{'-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10}"
    )


def _refuse_early(vendor: Vendor, standing: Standing) -> None:
    if standing.score >= standing.rule.replacement_below:
        message = (
            f"{vendor.name} stands at {_plain(standing.score)}, not below {standing.rule.replacement_below}; "
            "talk to them instead"
        )
        raise ScoreNotLow(message)
    if standing.reply is None and standing.today <= standing.reply_by:
        message = f"{vendor.name} may answer until {standing.reply_by.isoformat()}; wait for it"
        raise ReplyStillOpen(message)
