"""The notice and the suspension letter for one server: clauses, proven facts, what it costs, and the way back.

Both say first that the relationship continues. A suspension letter needs a notice that counts as received.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.agreements.words import spoken_list
from groundrules.core.calendars import HoursBand, zone_label
from groundrules.core.ids import ClauseNumber, NoticeId
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.letters.facts import (
    Correspondence,
    Finding,
    Trouble,
    clause_fact,
    closing,
    findings_paragraph,
    trouble_paragraphs,
)
from groundrules.core.letters.wording import checked
from groundrules.core.lifecycle.answers import NoticeArithmetic
from groundrules.core.lifecycle.notice import effective_or_refuse
from groundrules.core.lifecycle.suspension import SuspensionEffects, SuspensionGround
from groundrules.core.reasons import FactRef

_BANDS = {
    HoursBand.BUSINESS: "in business hours",
    HoursBand.AFTER_HOURS: "after hours",
    HoursBand.WEEKEND: "at the weekend",
    HoursBand.HOLIDAY: "on a holiday",
    HoursBand.SUNDAY: "on a Sunday",
}


@dataclass(frozen=True, slots=True)
class SuspensionCase:
    """Everything a notice or a suspension letter rests on. `ground` comes from `lifecycle.suspension.may_suspend`."""

    version: AgreementVersion
    ground: SuspensionGround
    effects: SuspensionEffects
    findings: tuple[Finding, ...]
    troubles: tuple[Trouble, ...] = ()


def draft_notice(case: SuspensionCase, letter: Correspondence) -> LetterDraft:
    """This function will draft the notice that one server may be suspended.

    Raises NothingToNotify when nothing is proven.
    """
    server = letter.name(case.ground.asset)
    days = case.version.suspension.notice_business_days if case.version.suspension else 0
    opening = Paragraph(
        f"Our agreement goes on. One thing may change. If clause {case.ground.breach_of} is not met, we stop managed "
        f"service on {server}. Clause {case.ground.clause} lets us do so {days} full business days after you get this.",
        facts=_clause_facts(case),
    )
    cure = Paragraph(
        f"Help us to see that each vendor works through us on {server}. Then {server} stays under the agreement.",
        heading="How to avoid this",
        facts=(clause_fact(case.ground.breach_of),),
    )
    paragraphs = (
        opening,
        *_body(case, letter, f"If {server} is off, this is what changes."),
        cure,
        closing(letter),
    )
    return _letter(LetterKind.NOTICE, f"Notice about {server}", paragraphs, case, letter)


def draft_suspension(
    case: SuspensionCase, notice: NoticeId, arithmetic: NoticeArithmetic, letter: Correspondence
) -> LetterDraft:
    """This function will draft the letter that suspends one server from the instant the notice allows.

    Raises NoticeNotReceived when the notice starts nothing, and NothingToNotify when nothing is proven.
    """
    server = letter.name(case.ground.asset)
    effective_at = effective_or_refuse(notice, arithmetic)
    opening = Paragraph(
        f"Our agreement goes on. One thing changes. From {zone_label(effective_at, letter.zone)}, {server} is "
        f"no longer under managed service. Clause {case.ground.breach_of} was not met. "
        f"Clause {case.ground.clause} lets us stop service for this one server.",
        facts=(*_clause_facts(case), FactRef("notice", notice, "notice given")),
    )
    reached = Paragraph(
        "This is how we counted the days of notice.",
        items=arithmetic.steps,
        facts=(FactRef("notice", notice, "delivery and days of notice"),),
    )
    body = _body(case, letter, f"While {server} is off, this is what changes.")
    paragraphs = (opening, reached, *body, _way_back(case, server), closing(letter))
    return _letter(
        LetterKind.SUSPENSION, f"{server}: managed service stops", paragraphs, case, letter
    )


def _letter(
    kind: LetterKind,
    subject: str,
    paragraphs: Iterable[Paragraph],
    case: SuspensionCase,
    letter: Correspondence,
) -> LetterDraft:
    return checked(
        LetterDraft(
            kind=kind,
            letterhead=letter.provider.name,
            to=letter.to,
            subject=subject,
            paragraphs=tuple(paragraphs),
            clauses=_clauses(case),
            asset=case.ground.asset,
            cc=letter.cc,
        )
    )


def _clauses(case: SuspensionCase) -> tuple[ClauseNumber, ...]:
    back = case.version.reinstatement
    numbers = (case.ground.breach_of, case.ground.clause, back.clause if back else None)
    return tuple(number for number in numbers if number)


def _clause_facts(case: SuspensionCase) -> tuple[FactRef, ...]:
    return (
        clause_fact(case.ground.breach_of, "breached"),
        clause_fact(case.ground.clause, "permits this"),
    )


def _body(case: SuspensionCase, letter: Correspondence, lead: str) -> tuple[Paragraph, ...]:
    return (
        findings_paragraph(case.findings, letter),
        *trouble_paragraphs(case.troubles, case.findings, letter),
        _stays(case, letter),
        _costs(case, lead),
    )


def _stays(case: SuspensionCase, letter: Correspondence) -> Paragraph:
    others = [letter.name(asset) for asset in case.effects.stays_covered]
    covered = (
        f"{spoken_list(others)} {'stays' if len(others) == 1 else 'stay'} covered, just as now. "
        if others
        else ""
    )
    return Paragraph(
        f"{covered}We go on with {spoken_list(case.effects.continues)} on each server. We are still here for you.",
        heading="What stays the same",
        facts=(clause_fact(case.ground.clause, "one server only"),),
    )


def _costs(case: SuspensionCase, lead: str) -> Paragraph:
    rates = tuple(f"Work {_BANDS[band]}: {price} an hour." for band, price in case.effects.rates)
    cancelled = tuple(
        f"Access window {window} is cancelled." for window in case.effects.windows_cancelled
    )
    terms = case.version
    cited = [terms.rates.clause, terms.fees.clause]
    facts = tuple(clause_fact(number) for number in cited if number)
    return Paragraph(
        lead,
        heading="What it costs",
        items=(*rates, case.effects.fee_sentence, *cancelled),
        facts=facts or (clause_fact(case.ground.clause),),
    )


def _way_back(case: SuspensionCase, server: str) -> Paragraph:
    terms = case.version.reinstatement
    if terms is None or not terms.conditions:
        return Paragraph(
            f"Tell us when you want {server} back. It comes back the next day.",
            heading="How to get the server back",
        )
    return Paragraph(
        f"When all of this is done, {server} is covered again from the next midnight (clause {terms.clause}).",
        heading="How to get the server back",
        items=tuple(condition.says for condition in terms.conditions),
        facts=(clause_fact(terms.clause, "the way back"),),
    )
