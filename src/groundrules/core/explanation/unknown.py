"""What we don't know, and what would change our mind: the open ends of an explanation, said as plainly as the rest."""

from __future__ import annotations

from groundrules.core.attribution.answers import Attribution
from groundrules.core.attribution.context import said
from groundrules.core.causation.alternatives import left_open
from groundrules.core.causation.answers import CauseAnswer, CauseVerdict
from groundrules.core.evidence import Gap
from groundrules.core.explanation.actors import Settled
from groundrules.core.parties import PartyKind
from groundrules.core.reasons import FactRef, Reason

_RULE = "explanation: not known"


def not_known(
    cause: CauseAnswer, settled: Settled, gaps: tuple[Gap, ...], *, tested: bool
) -> tuple[Reason, ...]:
    """This function will list what the record leaves open: the cause, the maker, missing evidence, and the why.

    `tested` says that tests on copies are on record; they then say themselves what they leave open.
    """
    return (
        *_open_cause(cause),
        *_untested(cause, tested=tested),
        *_left_open(cause),
        *_open_actor(settled),
        *(_missing(gap) for gap in gaps),
        *_why(settled),
    )


def _open_cause(cause: CauseAnswer) -> tuple[Reason, ...]:
    if cause.hardware or cause.established:
        return _beside(cause)
    if cause.verdict is CauseVerdict.CANDIDATES and len(cause.changes) == 1:
        return (Reason(_RULE, "Whether the change that remains caused the failure."),)
    if cause.verdict is CauseVerdict.CANDIDATES:
        return (Reason(_RULE, "Which of the changes that remain caused the failure, if any did."),)
    return (Reason(_RULE, "What caused the failure."),)


def _beside(cause: CauseAnswer) -> tuple[Reason, ...]:
    """What else was changed in the same time and not ruled out, though the failure is not tied to it."""
    if cause.verdict is not CauseVerdict.LIKELY_CHANGE:
        return ()
    others = [h for h in cause.hypotheses if h.linked and not h.rejected]
    facts = [
        next((f for r in h.reasons for f in r.facts if f.ref == h.change), None)
        for h in others
        if h.change not in cause.changes
    ]
    return tuple(
        Reason(_RULE, f"Whether another change of that time had a part in it: {f.says}.", (f,))
        for f in facts
        if f is not None and f.says
    )


def _untested(cause: CauseAnswer, *, tested: bool) -> tuple[Reason, ...]:
    if tested or cause.verdict is not CauseVerdict.LIKELY_CHANGE:
        return ()
    return (Reason(_RULE, "Whether undoing the change heals the failure."),)


def _left_open(cause: CauseAnswer) -> tuple[Reason, ...]:
    """Our own work that nothing ruled out and that left no change to weigh."""
    return tuple(
        Reason(_RULE, " ".join(r.sentence for r in a.reasons), (FactRef(a.kind, a.ref),))
        for a in left_open(cause.alternatives)
    )


def _open_actor(settled: Settled) -> tuple[Reason, ...]:
    return tuple(
        Reason(_RULE, f"Who made this change: {change.sentence}.", (FactRef("change", change.id),))
        for change, found in settled
        if found is None or not found.names_party
    )


def _missing(gap: Gap) -> Reason:
    """One sentence, whether what the record says of the gap ends in a full stop or not."""
    source = f" ({gap.source})" if gap.source else ""
    detail = gap.says.strip().rstrip(".")
    shown = f"{gap.kind.value}{source}{f': {detail}' if detail else ''}"
    says = f"What the missing evidence would have shown: {shown}."
    return Reason(_RULE, says, (FactRef("gap", gap.id, gap.says),))


def _why(settled: Settled) -> tuple[Reason, ...]:
    """Of our own planned work we know why; of anybody else's act nothing on record says so."""
    ours = PartyKind.PROVIDER
    if all(f is not None and f.party is not None and f.party.kind is ours for _, f in settled):
        return ()
    return (Reason(_RULE, "Why it was done, and whether someone asked for it."),)


def would_change(cause: CauseAnswer, settled: Settled) -> tuple[str, ...]:
    """This function will say what evidence would change the cause, then what would change the name."""
    named = tuple(_about(found) for _, found in settled if found is not None)
    return tuple(dict.fromkeys((*cause.would_change, *named)))


def _about(found: Attribution) -> str:
    if not found.names_party or found.party is None:
        return "A record that ties the change to one login would say who made it."
    who = said(found.party)
    reply = f" {who} can add its own record." if found.party.kind is PartyKind.VENDOR else ""
    if not found.account:
        return f"A record that {who} did not make the change would withdraw the name.{reply}"
    return (
        f"A record that somebody else used account {found.account} then would withdraw the name."
        f"{reply}"
    )
