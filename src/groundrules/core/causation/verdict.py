"""How far the evidence carries: the verdict ladder, and the sentences that say why it stops where it stops.

Facts come first: something must tie the failure to a change, nothing may stand against it. The probability, certified
on calibration worlds, is a second condition and never enough alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.calendars import zone_label
from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.causation.case import Case
from groundrules.core.causation.confirmation import Tie, tie_of, unconfirmed
from groundrules.core.causation.consider import Considered
from groundrules.core.causation.deeds import Deed, deed_of, is_great_step, shuts_out
from groundrules.core.causation.same_part import not_told_apart
from groundrules.core.causation.signatures import ErrorSays, error_about
from groundrules.core.causation.undoing import UNSETTLED
from groundrules.core.causation.weighed import Weighed
from groundrules.core.causation.weights import digest
from groundrules.core.changes import Change
from groundrules.core.evidence import Action
from groundrules.core.reasons import FactRef, Reason, counted

_MOST = 3
_ALMOST = 99.95
# What keeps a change that is not ruled out from standing alone.
_DOUBTS = UNSETTLED | {
    "causation: waited",
    "causation: clock",
    "causation: in vain",
    "causation: neighbours well",
}


@dataclass(frozen=True, slots=True)
class Ladder:
    """The verdict, the changes it rests on or lists (at most three candidates), and why."""

    verdict: CauseVerdict
    changes: tuple[Considered, ...]
    reasons: tuple[Reason, ...]


def verdict_on(weighed: Weighed) -> Ladder:
    """This function will say how far up the ladder the evidence carries."""
    incident, standing = weighed.case.incident, weighed.standing.reasons
    if incident.hardware:
        says = (
            f"The hardware itself failed ({incident.hardware}); no change is needed to explain it."
        )
        fact = FactRef("incident", incident.id, incident.title)
        return Ladder(CauseVerdict.UNKNOWN, (), (Reason("causation: hardware", says, (fact,)),))
    if not weighed.listed:
        says = f"No recorded change explains the failure of {weighed.case.name}."
        if weighed.waited:
            made = counted(len(weighed.waited), "change was", "changes were")
            says += (
                f" {made} made before checks that passed: improbable by that, and not ruled out."
            )
        return Ladder(CauseVerdict.UNKNOWN, (), (Reason("causation: none", says), *standing))
    act, tie = tied_to(weighed)
    if tie is None:
        return _candidates(
            weighed, not_told_apart(_act_tied(weighed)[0], weighed) or _why_not(weighed)
        )
    if weighed.probability(act) < weighed.weights.likely_from(tie):
        return _candidates(weighed, (_improbable(weighed, act, tie),))
    return Ladder(CauseVerdict.LIKELY_CHANGE, act, (_likely(weighed, act, tie),))


def tied_to(weighed: Weighed) -> tuple[tuple[Considered, ...], Tie | None]:
    """This function will return the one act that facts tie the failure to, and how, whatever its probability.

    It must be what the error names, or the only one that remains, beside what only added something; and nothing may
    stand against it. Without any map it takes an error that names it and a repair that healed it. Where the same was
    changed before checks that passed, or put in again since, it is not told from that.
    """
    act, tie = _act_tied(weighed)
    return ((), None) if not_told_apart(act, weighed) else (act, tie)


def _act_tied(weighed: Weighed) -> tuple[tuple[Considered, ...], Tie | None]:
    case = weighed.case
    if weighed.standing.reasons:
        return (), None
    act = tuple(c for c in weighed.remaining if deed_of(c.change) is not Deed.ADDS)
    named = tuple(c for c in act if tie_of(c, case) is Tie.NAMED)
    named = tuple(c for c in named if _explains_itself(c)) or named
    if named and _only_named(named, act, case):
        late = any(c.went_on and not _was_gone(c) for c in named)
        return named, Tie.LATE if late else Tie.NAMED
    if not case.mapped or not act or any(c.doubted for c in act) or not _one_operation(act, case):
        return (), None
    ties = {tie_of(c, case) for c in act} - {None}
    tie = next((kind for kind in Tie if kind in ties), None)
    return (act, tie) if tie else ((), None)


def _only_named(
    named: tuple[Considered, ...], breaking: tuple[Considered, ...], case: Case
) -> bool:
    """What else was altered stays beside it, unless the error names that too; what was taken away does not, unless
    what the error names was gone itself, and healed when it came back.
    """
    others = tuple(c for c in breaking if c not in named)
    if not all(_holds(c) for c in named) or not _one_operation(named, case):
        return False
    if case.mapped and all(_explains_itself(c) for c in named):
        return not any(_names_too(c, case) and _may_break_it(c) for c in others)
    still = {c.change.id for c in others if case.mapped and _stood_still(c, named)}
    return not any(
        _names_too(c, case) or (_may_break_it(c) and not c.unsettled and c.change.id not in still)
        for c in others
    )


def _explains_itself(named: Considered) -> bool:
    """What the error says is missing was gone on record by this alone, and it worked again when that was put right."""
    change = named.change
    told = change.action is Action.REMOVED or not shuts_out(change)
    gone = deed_of(change) is Deed.TAKES_AWAY and told
    return gone and named.healed and not named.rules & {"causation: outlived", "causation: again"}


def _holds(named: Considered) -> bool:
    """A repair outweighs a hole in the map, and a neighbour that stayed healthy; nothing outweighs time.

    A mere alteration has to be put back as it was to outweigh that neighbour, and of several of the same before a
    restart none is told from the others.

    Only where what the error names was gone, time does not ask that the next check failed.
    """
    timely = named.surely_before or _was_gone(named) or _felt_late(named)
    settled = not named.unsettled and "causation: in vain" not in named.rules
    if not timely or named.restores or not settled:
        return False
    if {"causation: again", "causation: restart"} <= named.rules and _is_altered(named):
        return False
    linked = named.on_path and bool(named.hypothesis.path)
    outlived = "causation: outlived" in named.rules
    if named.healthy_beside and _merely_mended(named):
        return False
    return (named.healed and not outlived) or (linked and not named.healthy_beside)


def _merely_mended(named: Considered) -> bool:
    """Altered, and altered again otherwise when it healed: somebody unseen may have altered it between, and harmed."""
    return _is_altered(named) and "causation: repair" not in named.rules


def _is_altered(named: Considered) -> bool:
    return deed_of(named.change) is Deed.ALTERS and not is_great_step(named.change)


def _was_gone(named: Considered) -> bool:
    """It, or the version that was needed, was gone on record when the error named it; nobody felt that until it was
    loaded anew, or the server started. Put back, and only then it worked again.
    """
    gone = named.change.action is Action.REMOVED or is_great_step(named.change)
    unfelt = named.went_on or "causation: restart" in named.rules
    alone = not named.rules & {"causation: outlived", "causation: again"}
    return (
        gone
        and unfelt
        and alone
        and "causation: repair" in named.rules
        and not named.healthy_beside
    )


def _felt_late(named: Considered) -> bool:
    """It was taken away while what was open or loaded went on; put right, and only then it worked again."""
    alone = not named.rules & {"causation: outlived", "causation: again", "causation: restart"}
    felt = named.went_on and not _is_altered(named)
    return felt and named.healed and alone and not named.healthy_beside


def _names_too(other: Considered, case: Case) -> bool:
    return error_about(other.change, case) is ErrorSays.NAMES_IT


def _may_break_it(other: Considered) -> bool:
    """It took something away or leapt to another main version: it may have broken the same, or what that needs."""
    return deed_of(other.change) is Deed.TAKES_AWAY or is_great_step(other.change)


def _stood_still(other: Considered, named: tuple[Considered, ...]) -> bool:
    """It was as it is when all was well again, which it was when what the error names had been put right."""
    healed = all(c.healed and "causation: outlived" not in c.rules for c in named)
    return healed and "causation: outlived" in other.rules and not other.healed


def _why_not(weighed: Weighed) -> tuple[Reason, ...]:
    case, standing = weighed.case, weighed.standing.reasons
    tied = any(tie_of(c, case) for c in weighed.listed)
    if case.mapped and not standing and not tied:
        return (unconfirmed(weighed.listed, case),)
    return (*standing, *_speaking_against(weighed))


def _speaking_against(weighed: Weighed) -> tuple[Reason, ...]:
    """What the record holds against each change that is listed."""
    told = (r for c in weighed.listed[:_MOST] for r in c.hypothesis.reasons if r.rule in _DOUBTS)
    return tuple(dict.fromkeys(told))


def _one_operation(group: tuple[Considered, ...], case: Case) -> bool:
    """Several packages removed by one command are one act: same actor or run, same kind and action, seconds apart."""
    changes = sorted({c.change.id: c.change for c in group}.values(), key=_begun)
    first, last = changes[0], changes[-1]
    if len(changes) == 1:
        return True
    known = bool(
        first.actor.account or first.actor.identifier or first.actor.session_key or first.run
    )
    traits = {(c.asset, c.kind, c.action, c.actor, c.run) for c in changes}
    quick = last.interval.not_after - first.interval.not_before <= case.context.operation
    return known and len(traits) == 1 and quick


def _begun(change: Change) -> datetime:
    return change.interval.not_before


def _likely(weighed: Weighed, act: tuple[Considered, ...], tie: Tie) -> Reason:
    case = weighed.case
    onset, zone = case.bracket.interval, case.context.zone
    good, bad = zone_label(onset.not_before, zone), zone_label(onset.not_after, zone)
    what = "; ".join(c.change.sentence for c in act)
    between = f"between the last good check ({good}) and the first failure ({bad})"
    where = f"{case.name} depends on" if case.mapped else f"on {case.asset}"
    only = f"the only recorded change {where} {between}."
    others = len(weighed.remaining) - len(act)
    if others:
        beside = counted(others, "other recorded change", "other recorded changes")
        adds = all(deed_of(c.change) is Deed.ADDS for c in weighed.remaining if c not in act)
        verb = "remains" if others == 1 else "remain"
        said = "only added something" if adds else f"{verb}, which the error does not name"
        only = f"made {between}, and the failure is tied to it. {beside} {said}."
    says = f"{what}: {only} {_tied(tie, case)} {_probably(weighed, act)}"
    return Reason("causation: only one remains", says, _facts(act))


def _tied(tie: Tie, case: Case) -> str:
    """What ties the failure to it, as the record has it."""
    if tie is Tie.NAMED:
        return f'The error names what was changed ("{case.error}").'
    return f"What ties the failure to it is {tie.value}."


def _probably(weighed: Weighed, act: tuple[Considered, ...]) -> str:
    percent = 100 * weighed.probability(act)
    shown = f"{percent:.1f} %" if percent < _ALMOST else "more than 99.9 %"
    weights = weighed.weights
    return f"Its probability is {shown} by weights {weights.version} ({digest(weights)})."


def _improbable(weighed: Weighed, act: tuple[Considered, ...], tie: Tie) -> Reason:
    least = weighed.weights.likely_from(tie)
    takes = f"To be called likely it takes {100 * least:.1f} %."
    if least > 1:
        told = "" if tie is Tie.LATE else "the error would have to name it, or "
        takes = (
            f"What ties the failure to it is {tie.value}, and calibration worlds do not certify that as enough to call "
            f"it likely: {told}a test on a copy would have to prove it."
        )
    says = f"{_probably(weighed, act)} {takes}"
    return Reason("causation: probability", says, _facts(act))


def _candidates(weighed: Weighed, why: tuple[Reason, ...]) -> Ladder:
    shown, count = weighed.listed[:_MOST], len(weighed.listed)
    weights = weighed.weights
    if count == 1:
        says = "One recorded change remains, and the evidence does not carry more than naming it a candidate."
    else:
        listed = "They are listed" if count <= _MOST else f"The first {_MOST} are listed"
        says = (
            f"{count} recorded changes remain; the evidence does not tell them apart. {listed} as weights "
            f"{weights.version} ({digest(weights)}) order them."
        )
    reason = Reason("causation: candidates", says, _facts(shown))
    return Ladder(CauseVerdict.CANDIDATES, shown, (reason, *why))


def _facts(ordered: Iterable[Considered]) -> tuple[FactRef, ...]:
    return tuple(FactRef("change", c.change.id, c.change.sentence) for c in ordered)
