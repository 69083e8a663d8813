"""ACTOR and AUTHORITY of the changes a verdict rests on: whose login the record names, and what was permitted."""

from __future__ import annotations

from groundrules.core.attribution.answers import Attribution
from groundrules.core.attribution.context import said
from groundrules.core.causation.answers import CauseAnswer, CauseVerdict
from groundrules.core.changes import Change
from groundrules.core.explanation.answers import Verdict
from groundrules.core.reasons import FactRef, Reason

Settled = tuple[tuple[Change, Attribution | None], ...]


def nobody_asked(cause: CauseAnswer) -> Verdict:
    """This function will say why there is no actor and no permission to speak of: no change is established."""
    if cause.verdict is CauseVerdict.CANDIDATES:
        says = "No change is established as the cause, so nobody is named for it."
        return Verdict("not asked", (Reason("explanation: no name", says),))
    says = "No recorded change explains the failure, so there is no act to name anybody for."
    return Verdict("not asked", (Reason("explanation: no name", says),))


def nothing_to_allow(cause: CauseAnswer) -> Verdict:
    """This function will say why no approval was looked for: there is no act to hold against one."""
    ground = (
        "No change is established as the cause"
        if cause.verdict is CauseVerdict.CANDIDATES
        else "No recorded change explains the failure"
    )
    says = f"{ground}, so there is no act to hold against an approval."
    return Verdict("not asked", (Reason("explanation: no act", says),))


def actor(settled: Settled) -> Verdict:
    """This function will say who made each change, as strongly as its record does, and who else it could be."""
    words = dict.fromkeys(_actor_words(found) for _, found in settled)
    return Verdict("; ".join(words), tuple(_made(change, found) for change, found in settled))


def _actor_words(found: Attribution | None) -> str:
    if found is None:
        return "not weighed"
    if found.names_party and found.party is not None:
        return f"{said(found.party)} ({found.strength.value})"
    if found.account:
        return f"account {found.account}, which names no party ({found.strength.value})"
    return f"not known ({found.strength.value})"


def _made(change: Change, found: Attribution | None) -> Reason:
    fact = FactRef("change", change.id)
    if found is None:
        return Reason(
            "explanation: actor", f"{change.sentence}: who made it was not weighed.", (fact,)
        )
    login = () if found.session is None else (FactRef("session", found.session),)
    says = f"{change.sentence}: {_actor_words(found)}, identity level {found.level.value}."
    return Reason("explanation: actor", says, (fact, *login), (*found.reasons, *_possible(found)))


def _possible(found: Attribution) -> tuple[Reason, ...]:
    """Whoever is not ruled out, while no party is named."""
    if found.names_party:
        return ()
    return tuple(
        Reason("explanation: possible", f"Not ruled out: {h.label}.", _facts(h.reasons))
        for h in found.hypotheses
        if not h.rejected
    )


def _facts(reasons: tuple[Reason, ...]) -> tuple[FactRef, ...]:
    return tuple(fact for reason in reasons for fact in reason.facts)


def authority(settled: Settled) -> Verdict:
    """This function will say of each change whether it lay inside approved access, by the record of that instant."""
    asked = [(change, found) for change, found in settled if found is not None]
    if not asked:
        says = "Who made the change was not weighed, so no approval can be matched to it."
        return Verdict("undetermined", (Reason("explanation: authority", says),))
    words = dict.fromkeys(found.permission.permission.value for _, found in asked)
    reasons = tuple(_allowed(change, found) for change, found in asked)
    return Verdict("; ".join(words), reasons)


def _allowed(change: Change, found: Attribution) -> Reason:
    answer = found.permission
    window = () if answer.window is None else (FactRef("window", answer.window),)
    late = ("An approval entered after the change is shown and does not count.",)
    said_of_it = " ".join(answer.sentences + (late if answer.approved_afterwards else ()))
    says = f"{change.sentence}: {answer.permission.value}. {said_of_it}".rstrip()
    return Reason("explanation: authority", says, (FactRef("change", change.id), *window))
