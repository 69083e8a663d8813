"""The notice and the suspension letter for one server: clauses, proven facts, what it costs, and the way back.

Both say first that the relationship continues. A suspension letter needs a notice that counts as received.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.agreements.words import BAND_OF_WORK, spoken_list
from groundrules.core.calendars import zone_label
from groundrules.core.ids import ClauseNumber, NoticeId
from groundrules.core.letters.answers import LetterDraft, LetterKind, Slot
from groundrules.core.letters.composing import About, compose, joined, listed, own, words
from groundrules.core.letters.facts import Correspondence, Finding, Trouble, clause_fact
from groundrules.core.letters.finding_slots import finding_slots
from groundrules.core.lifecycle.answers import NoticeArithmetic
from groundrules.core.lifecycle.notice import effective_or_refuse
from groundrules.core.lifecycle.suspension import SuspensionEffects, SuspensionGround
from groundrules.core.reasons import FactRef

AGREEMENT_CONTINUES = "Our agreement goes on."


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
    days = case.version.suspension.notice_business_days if case.version.suspension else 0
    slots = (
        own("days", str(days), clause_fact(case.ground.clause, "permits this")),
        *_slots(case, letter),
    )
    return compose(LetterKind.NOTICE, slots, letter, _about(case, letter))


def draft_suspension(
    case: SuspensionCase, notice: NoticeId, arithmetic: NoticeArithmetic, letter: Correspondence
) -> LetterDraft:
    """This function will draft the letter that suspends one server from the instant the notice allows.

    Raises NoticeNotReceived when the notice starts nothing, and NothingToNotify when nothing is proven.
    """
    effective_at = effective_or_refuse(notice, arithmetic)
    given = FactRef("notice", notice, "notice given")
    counted = FactRef("notice", notice, "delivery and days of notice")
    back = case.version.reinstatement
    cited = (clause_fact(back.clause, "the way back"),) if back else ()
    slots = (
        words("from", zone_label(effective_at, letter.zone), letter, given),
        listed("counted", arithmetic.steps, letter, counted),
        listed("conditions", (c.says for c in back.conditions) if back else (), letter, *cited),
        own("back_clause", back.clause if back else "", *cited),
        *_slots(case, letter),
    )
    return compose(LetterKind.SUSPENSION, slots, letter, _about(case, letter))


def _about(case: SuspensionCase, letter: Correspondence) -> About:
    return About(letter.provider.name, letter.to, case.ground.asset, _clauses(case))


def _clauses(case: SuspensionCase) -> tuple[ClauseNumber, ...]:
    back = case.version.reinstatement
    numbers = (case.ground.breach_of, case.ground.clause, back.clause if back else None)
    return tuple(number for number in numbers if number)


def _slots(case: SuspensionCase, letter: Correspondence) -> tuple[Slot, ...]:
    ground, effects = case.ground, case.effects
    one_only = clause_fact(ground.clause, "one server only")
    others = [letter.name(asset) for asset in effects.stays_covered]
    return (
        words("agreement_continues", AGREEMENT_CONTINUES, letter),
        own("server", letter.name(ground.asset)),
        own("breached", ground.breach_of, clause_fact(ground.breach_of, "breached")),
        own("permits", ground.clause, clause_fact(ground.clause, "permits this")),
        *finding_slots(case.findings, case.troubles, letter),
        joined("others", others, letter, one_only),
        joined("continues", effects.continues, letter, one_only),
        listed("costs", _costs(case), letter, *_priced_by(case)),
    )


def _costs(case: SuspensionCase) -> tuple[str, ...]:
    effects = case.effects
    rates = (f"Work {BAND_OF_WORK[band]}: {price} an hour." for band, price in effects.rates)
    cancelled = (f"Access window {window} is cancelled." for window in effects.windows_cancelled)
    stopped = f"Until it is covered again we stop {spoken_list(effects.stops)}."
    resting = (stopped,) if effects.stops else ()
    owed = (effects.not_owed,) if effects.not_owed else ()
    return (*rates, effects.fee_sentence, *cancelled, *resting, *owed)


def _priced_by(case: SuspensionCase) -> tuple[FactRef, ...]:
    facts = tuple(clause_fact(number) for number in case.effects.clauses)
    return facts or (clause_fact(case.ground.clause),)
