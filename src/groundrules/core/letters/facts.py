"""The facts a letter may use, and the sentences that state them: strength, time with zone, and order instead of cause.

A letter about a vendor's change is refused when nothing is proven; a guess never reaches paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from groundrules.core.attribution.answers import Attribution
from groundrules.core.calendars import zone_label
from groundrules.core.causation.answers import CauseAnswer, CauseVerdict, Incident
from groundrules.core.changes import Change
from groundrules.core.explanation.answers import Explanation
from groundrules.core.letters.answers import Paragraph
from groundrules.core.letters.template import Template
from groundrules.core.letters.tongue import ENGLISH, knows
from groundrules.core.lifecycle.suspension import why_left_out
from groundrules.core.parties import Client, Provider
from groundrules.core.periods import Interval, Order
from groundrules.core.reasons import FactRef


class NothingToNotify(ValueError):
    """No recorded or matched vendor change outside what was allowed stands behind the letter asked for."""


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Who writes to whom. `zone` is the site's, `signer` signs, `names` maps ids to what people call them.

    `language` is the reader's, and `texts` are the owner's own versions of what letters say.
    """

    provider: Provider
    client: Client
    zone: str
    to: str
    signer: str
    cc: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    language: str = ENGLISH
    texts: tuple[Template, ...] = ()

    def name(self, ref: str) -> str:
        """This function will return the name people use for an id, or the id itself."""
        return self.names.get(ref, ref)


@dataclass(frozen=True, slots=True)
class Finding:
    """A change and who made it, as far as is established."""

    change: Change
    attribution: Attribution


@dataclass(frozen=True, slots=True)
class Trouble:
    """An incident, what is known of its cause, and its explanation: what was tested, and what is not known."""

    incident: Incident
    cause: CauseAnswer
    explained: Explanation | None = None


def proven(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """This function will keep the findings a letter may rest on, in time order.

    Raises NothingToNotify, listing why each other one was left out, when none is left.
    """
    known = tuple(findings)
    kept = tuple(f for f in known if not why_left_out(f.attribution))
    if not kept:
        why = (
            "; ".join(f"{f.change.id}: {why_left_out(f.attribution)}" for f in known)
            or "no change is on record"
        )
        message = f"nothing is proven, so no letter can be drafted ({why})"
        raise NothingToNotify(message)
    return tuple(sorted(kept, key=lambda f: (f.change.interval.not_before, f.change.id)))


def when(interval: Interval, zone: str) -> str:
    """This function will write an instant, or the honest interval, always with its zone."""
    if interval.is_exact:
        return f"On {zone_label(interval.not_before, zone)}"
    return f"Between {zone_label(interval.not_before, zone)} and {zone_label(interval.not_after, zone)}"


def finding_sentence(finding: Finding, letter: Correspondence) -> str:
    """This function will state one proven change: when, what, whose account, how strong, and not allowed."""
    attribution = finding.attribution
    party = attribution.party
    who = (party.name or party.id) if party else "nobody"
    account = f"account {attribution.account} of {who}" if attribution.account else who
    return (
        f"{when(finding.change.interval, letter.zone)}: {change_words(finding.change, letter)}. "
        f"The record names the {account} ({attribution.strength.value}). "
        "No approved window allowed it."
    )


def change_words(change: Change, letter: Correspondence) -> str:
    """This function will say a change as its log did, or plainly where the letter's language has no words for that."""
    return change.sentence if knows(change.sentence, letter.language) else change.plain


def servers_of(findings: Iterable[Finding], letter: Correspondence) -> tuple[str, ...]:
    """This function will name the servers that findings are about, each once."""
    return tuple(dict.fromkeys(letter.name(f.change.asset) for f in findings))


def trouble_paragraphs(
    troubles: Iterable[Trouble], findings: Iterable[Finding], letter: Correspondence
) -> tuple[Paragraph, ...]:
    """This function will state what stopped working, and its order to the proven changes; cause only where proven."""
    kept = proven(findings)
    stated = (_trouble_paragraph(trouble, kept, letter) for trouble in troubles)
    return tuple(paragraph for paragraph in stated if paragraph is not None)


def _trouble_paragraph(
    trouble: Trouble, findings: tuple[Finding, ...], letter: Correspondence
) -> Paragraph | None:
    named = [f for f in findings if _may_precede(f, trouble.cause)]
    if not named:
        return None
    incident, cause = trouble.incident, trouble.cause
    facts = (
        FactRef("incident", incident.id, incident.title),
        FactRef("cause", incident.id, cause.verdict.value),
        *(FactRef("change", f.change.id, f.change.sentence) for f in named),
    )
    seen = f"{when(cause.onset, letter.zone)}: {incident.title}."
    text = f"{seen} {_order_or_cause(cause, named, letter)}"
    if trouble.explained is None:
        return Paragraph(text, facts=facts)
    items = _tested_and_open(trouble.explained)
    return Paragraph(text, items=items, facts=(*facts, *_behind(trouble.explained)))


def _tested_and_open(explained: Explanation) -> tuple[str, ...]:
    """A letter says what was tested and what is not known as plainly as what is."""
    tested = " ".join(reason.sentence for reason in explained.proof.reasons)
    unknown = " ".join(reason.sentence for reason in explained.not_known)
    listed = (("What we tested", tested), ("What we do not know", unknown))
    return tuple(f"{label}: {says}" for label, says in listed if says)


def _behind(explained: Explanation) -> tuple[FactRef, ...]:
    """The records behind what was tested and what is missing."""
    reasons = (*explained.proof.reasons, *explained.not_known)
    return tuple(dict.fromkeys(fact for reason in reasons for fact in reason.facts))


def _may_precede(finding: Finding, cause: CauseAnswer) -> bool:
    """A change made after the failure began has nothing to do with it and is not mentioned beside it."""
    order = finding.change.interval.order_to(cause.onset)
    return finding.change.id in cause.changes and order is not Order.CERTAINLY_AFTER


def _order_or_cause(cause: CauseAnswer, findings: list[Finding], letter: Correspondence) -> str:
    changes = " and ".join(change_words(f.change, letter) for f in findings)
    if cause.verdict is CauseVerdict.PROVEN_CHANGE:
        return f"A test showed what caused it: {changes}."
    if all(f.change.interval.order_to(cause.onset) is Order.CERTAINLY_BEFORE for f in findings):
        return f"This happened before it: {changes}. That is the order in time. It is not proof."
    if all(_within(f.change.interval, cause.onset) for f in findings):
        return f"This happened in the same span of time: {changes}. That is not proof."
    return f"The record does not show if this came before it: {changes}."


def _within(interval: Interval, onset: Interval) -> bool:
    return onset.not_before <= interval.not_before and interval.not_after <= onset.not_after


def clause_fact(number: str, says: str = "") -> FactRef:
    """This function will cite a clause."""
    return FactRef("clause", number, says)
