"""Puts one incident's cause, attributions and missing evidence into the order a client reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from groundrules.core.attribution.answers import Attribution
from groundrules.core.attribution.timing import dated
from groundrules.core.causation.answers import CauseAnswer, CauseVerdict, Incident
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, Gap, ItemKind
from groundrules.core.explanation.actors import actor, authority, nobody_asked, nothing_to_allow
from groundrules.core.explanation.answers import Explanation, Verdict
from groundrules.core.explanation.unknown import not_known, would_change
from groundrules.core.ids import ChangeId
from groundrules.core.reasons import FactRef, Reason

_MOST_CANDIDATES = 3
_ONSET = "causation: onset"
_WAITED = "causation: waited"
_REPLAY = "replay"
# Why a record by itself came to candidates only.
_NOT_CARRIED = frozenset(
    {"causation: candidates", "causation: unconfirmed", "causation: probability"}
)
_NOT_TESTED = "No test on a copy is on record."


@dataclass(frozen=True, slots=True)
class ExplanationView:
    """What an explanation is told from. Order carries no meaning.

    `tests` are the sentences of the tests on copies that were run for the incident, `tested` the words they come to.
    """

    zone: str
    incident: Incident
    cause: CauseAnswer
    changes: Mapping[ChangeId, Change]
    attributions: Mapping[ChangeId, Attribution]
    gaps: tuple[Gap, ...] = ()
    tests: tuple[Reason, ...] = field(default=())
    tested: str = ""


def explain(view: ExplanationView) -> Explanation:
    """This function will explain one incident from answers that are on record, adding no judgement of its own."""
    settled, tests = _settled(view), _tests(view)
    return Explanation(
        incident=view.incident.id,
        what_failed=_what_failed(view),
        cause=_cause(view),
        actor=actor(settled) if settled else nobody_asked(view.cause),
        authority=authority(settled) if settled else nothing_to_allow(view.cause),
        proof=Verdict(_tested_words(view), tests or (_untested(),)),
        ruled_out=_ruled_out(view),
        not_known=(
            *_not_linked(view),
            *_passed_over(view),
            *not_known(view.cause, settled, _gaps(view), tested=bool(tests)),
        ),
        would_change=would_change(view.cause, settled),
    )


def _settled(view: ExplanationView) -> tuple[tuple[Change, Attribution | None], ...]:
    """The changes a likely or proven verdict rests on, with who made them; candidates have no names."""
    return tuple(
        (view.changes[ref], view.attributions.get(ref))
        for ref in view.cause.established
        if ref in view.changes
    )


def _what_failed(view: ExplanationView) -> tuple[Reason, ...]:
    incident = view.incident
    fact = FactRef("incident", incident.id, incident.title)
    titled = Reason("explanation: incident", f"{incident.title}.", (fact,))
    onset = tuple(r for r in view.cause.reasons if r.rule == _ONSET)
    if not incident.signature:
        return (titled, *onset)
    signed = Reason("explanation: signature", f"It failed with: {incident.signature}", (fact,))
    return (titled, *onset, signed)


def _cause(view: ExplanationView) -> Verdict:
    reasons = tuple(r for r in view.cause.reasons if r.rule not in {_ONSET, _REPLAY})
    listed = view.cause.changes[:_MOST_CANDIDATES]
    known = tuple(_known(view.changes[ref], view) for ref in listed if ref in view.changes)
    if view.cause.verdict is CauseVerdict.PROVEN_CHANGE:
        reasons = tuple(_as_it_stood(reason) for reason in reasons)
    return Verdict(_cause_words(view.cause), (*known, *reasons))


def _as_it_stood(reason: Reason) -> Reason:
    """What the record alone did not carry is told as such, beside a proof that carries more."""
    if reason.rule not in _NOT_CARRIED:
        return reason
    return replace(reason, sentence=f"Before it was tested on a copy: {reason.sentence}")


def _cause_words(cause: CauseAnswer) -> str:
    if cause.hardware:
        return f"the hardware failed ({cause.hardware})"
    if cause.verdict is CauseVerdict.UNKNOWN:
        return "unknown: no recorded change explains it"
    return cause.verdict.value


def _known(change: Change, view: ExplanationView) -> Reason:
    """One change as recorded: what, where, when, and the raw records it was read from."""
    raw = tuple(
        FactRef("raw evidence", c.evidence, f"record {c.record}" if c.record else "")
        for c in change.citations
    )
    says = f"{change.sentence}{_from_to(change)} on {change.asset} {dated(change.interval, view.zone)}."
    return Reason("explanation: change", says, (FactRef("change", change.id), *raw))


def _from_to(change: Change) -> str:
    """What it was and became, where the record has both; of a file it has digests, which tell a reader nothing."""
    told = change.action is Action.ALTERED and change.before and change.after
    if not told or change.kind in {ItemKind.CONFIG_FILE, ItemKind.FILE, ItemKind.PASSWORD}:
        return ""
    return f" from {change.before} to {change.after}"


def _tests(view: ExplanationView) -> tuple[Reason, ...]:
    """The tests handed in, or what a replay on record left in the answer."""
    return view.tests or tuple(r for r in view.cause.reasons if r.rule == _REPLAY)


def _tested_words(view: ExplanationView) -> str:
    if view.tested or not _tests(view):
        return view.tested or "not tested"
    proven = view.cause.verdict is CauseVerdict.PROVEN_CHANGE
    return "proven on a copy" if proven else "tested on a copy, and not proven"


def _untested() -> Reason:
    return Reason("explanation: not tested", _NOT_TESTED)


def _ruled_out(view: ExplanationView) -> tuple[Reason, ...]:
    """Our own work first, then every other change with the sentence that rules it out."""
    own = tuple(
        Reason(
            "explanation: ruled out",
            _joined(a.label, a.reasons),
            (FactRef(a.kind, a.ref), *_facts(a.reasons)),
        )
        for a in view.cause.alternatives
        if a.rejected
    )
    others = tuple(
        Reason(
            "explanation: ruled out",
            _joined(view.changes[h.change].sentence, h.reasons[-1:]),
            (FactRef("change", h.change), *_facts(h.reasons)),
        )
        for h in view.cause.hypotheses
        if h.rejected and h.change in view.changes
    )
    return tuple(_once(reason) for reason in (*own, *others))


def _not_linked(view: ExplanationView) -> tuple[Reason, ...]:
    """The most plausible change no dependency leads to: it is not ruled out, for a map may have holes."""
    found = [h for h in view.cause.hypotheses if not h.linked and not h.rejected]
    found = [h for h in found if h.change in view.changes and h.change not in view.cause.changes]
    if not found or view.cause.established:
        return ()
    first = found[0]
    others = f" ({len(found) - 1} more changes likewise)" if len(found) > 1 else ""
    says = (
        f"Whether it has to do with {view.changes[first.change].sentence}: no recorded dependency leads there, "
        f"and maps have holes{others}."
    )
    return (Reason("explanation: not linked", says, (FactRef("change", first.change),)),)


def _passed_over(view: ExplanationView) -> tuple[Reason, ...]:
    """The most probable change that checks passed after, of those no verdict lists: improbable, not ruled out."""
    found = [h for h in view.cause.hypotheses if any(r.rule == _WAITED for r in h.reasons)]
    found = [h for h in found if h.linked and not h.rejected and h.change in view.changes]
    found = [h for h in found if h.change not in view.cause.changes]
    if not found or view.cause.established:
        return ()
    first = found[0]
    others = f" ({len(found) - 1} more changes likewise)" if len(found) > 1 else ""
    says = (
        f"Whether {view.changes[first.change].sentence} broke it later: checks passed after it, which makes that "
        f"improbable and does not rule it out{others}."
    )
    return (Reason("explanation: passed over", says, (FactRef("change", first.change),)),)


def _joined(label: str, reasons: tuple[Reason, ...]) -> str:
    said = " ".join(reason.sentence for reason in reasons)
    return said if said.startswith(label) else f"{label}: {said}"


def _facts(reasons: tuple[Reason, ...]) -> tuple[FactRef, ...]:
    return tuple(fact for reason in reasons for fact in reason.facts)


def _once(reason: Reason) -> Reason:
    """A record cited by several reasons is named once."""
    by_record = {(fact.kind, fact.ref): fact for fact in reversed(reason.facts)}
    kept = tuple(reversed(by_record.values()))
    return Reason(reason.rule, reason.sentence, kept, reason.because)


def _gaps(view: ExplanationView) -> tuple[Gap, ...]:
    """Missing evidence on the server within the time the failure can have begun, or over a change it rests on."""
    spans = [view.cause.onset]
    spans += [view.changes[r].interval for r in view.cause.established if r in view.changes]
    here = (
        g
        for g in view.gaps
        if g.asset == view.incident.asset
        and any(
            g.interval.not_before <= s.not_after and s.not_before <= g.interval.not_after
            for s in spans
        )
    )
    return tuple(sorted(here, key=lambda g: (g.interval.not_before, g.kind.value, g.source, g.id)))
