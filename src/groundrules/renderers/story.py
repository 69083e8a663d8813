"""Answers -> a story to read step by step: what happened, who did it, what it broke, who pays, and what comes next.

Plain sentences for the owner of a small provider, 96 columns, no colour. It repeats the core's own sentences;
nothing is decided or worded stronger here.
"""

from __future__ import annotations

from groundrules.core.agreements.words import duration_words
from groundrules.core.answers.model import Answers
from groundrules.core.attribution.answers import Attribution, Hypothesis
from groundrules.core.causation.answers import CauseAnswer, CauseVerdict
from groundrules.core.changes import Change
from groundrules.core.explanation.answers import Explanation
from groundrules.core.recovery import Recovery, data_loss_seconds, seconds_to_recover
from groundrules.core.replay.answers import Replayed
from groundrules.core.vendors import Permission
from groundrules.core.work import Message, ThirdPartyAttempt
from groundrules.renderers.story_money import charges, decisions, invoices, prepaid
from groundrules.renderers.story_reports import reports
from groundrules.renderers.story_text import (
    Names,
    labelled,
    paragraph,
    point,
    section,
    when,
)
from groundrules.renderers.story_vendors import (
    clocks,
    conditions,
    conversations,
    letters,
    notices,
    refusals,
    states,
    vendors,
    windows,
)

_PERMITTED = {
    Permission.INSIDE: "It was allowed.",
    Permission.OUTSIDE: "It was not allowed.",
    Permission.UNDETERMINED: "Whether it was allowed is not known.",
}


def tell(answers: Answers, title: str = "") -> str:
    """This function will tell the whole story of one set of answers; parts with nothing to say are left out."""
    names = Names(answers.world)
    opening = paragraph(
        f"{title}{'. ' if title else ''}Answered from what was known on {when(answers.at, answers.zone)}."
    )
    parts = (
        opening,
        section("What happened", _events(answers, names)),
        section("Who did it", (_attribution(a, answers, names) for a in answers.attributions)),
        section("What broke, and why", _causes(answers)),
        section("What could not be proven today", _readiness(answers)),
        states(answers, names),
        notices(answers, names),
        decisions(answers, names),
        charges(answers, names),
        prepaid(answers),
        invoices(answers, names),
        conditions(answers, names),
        windows(answers, names),
        vendors(answers, names),
        conversations(answers, names),
        clocks(answers),
        reports(answers, names),
        letters(answers, names),
        refusals(answers),
    )
    return "\n\n".join(part for part in parts if part)


def _events(answers: Answers, names: Names) -> list[str]:
    """Everything on record in time order, each with its own line."""
    world, zone = answers.world, answers.zone
    dated = [
        *((c.interval.not_before, _change_line(c, names)) for c in world.changes),
        *((i.opened_at, f"{i.title} ({names.of(i.asset)}).") for i in world.incidents),
        *((m.at, _message_line(m, names)) for m in world.messages),
        *((a.at, _attempt_line(a)) for a in world.third_party_attempts),
        *((r.failed_at, _recovery_line(r, names)) for r in world.recoveries),
        *((r.at, _replay_line(r)) for r in world.replays),
        *(
            (r.period.start, f"Our own {r.kind} on {names.of(r.asset)}: {r.says or r.id}.")
            for r in world.own_runs
        ),
    ]
    for session in world.sessions:
        until = f"until {when(session.ended, zone)}" if session.ended else "no end seen"
        login = f"{session.account} logged in on {names.of(session.asset)}, {until}"
        source = f", from {session.source_address}" if session.source_address else ""
        dated.append((session.started, f"{login}{source}."))
    for check in world.health_checks:
        said = (
            "healthy"
            if check.healthy
            else f"failing{': ' if check.signature else ''}{check.signature}"
        )
        dated.append((check.at, f"{names.of(check.application)} was seen {said}."))
    return [labelled(when(at, zone), said, 2, 24) for at, said in sorted(dated, key=lambda e: e[0])]


def _change_line(change: Change, names: Names) -> str:
    exact = "" if change.interval.is_exact else " (or up to the next look at it)"
    return f"{change.sentence} on {names.of(change.asset)}{exact} [{change.id}]."


def _message_line(message: Message, names: Names) -> str:
    who = names.of(message.contact) if message.contact else message.sender
    heading = "wrote" if message.channel.value == "email" else f"({message.channel.value})"
    return f'{who} {heading}: "{message.says}" [{message.id}].'


def _attempt_line(attempt: ThirdPartyAttempt) -> str:
    return f"We asked {attempt.party} for help: {attempt.outcome}."


def _replay_line(replayed: Replayed) -> str:
    result = replayed.result
    shown = "; ".join(f"{f.change} is {f.verdict}" for f in result.findings) or "no change is shown"
    came = result.obstacle or shown
    return f"{result.incident} was replayed on an isolated copy in {len(result.runs)} runs: {came}."


def _recovery_line(recovery: Recovery, names: Names) -> str:
    minutes = data_loss_seconds(recovery) // 60
    lost = (
        "nobody has verified what was lost"
        if recovery.records_lost is None
        else f"{recovery.records_lost} records lost, verified by {recovery.verified_by or 'nobody'}"
    )
    seconds = seconds_to_recover(recovery)
    back = "" if seconds is None else f"; back after {duration_words(seconds)}"
    return (
        f"{names.of(recovery.asset)} failed and was restored to {minutes} min before the failure; "
        f"{lost}{back}."
    )


def _attribution(found: Attribution, answers: Answers, names: Names) -> str:
    change = next(c for c in answers.world.changes if c.id == found.change)
    who = names.with_id(found.party.id) if found.party else "Nobody may be named"
    lines = [
        point(
            f"{change.sentence} on {names.of(change.asset)}, {when(change.interval.not_before, answers.zone)}: "
            f"{who}; {found.strength.value} (grade {found.grade}). {_PERMITTED[found.permission.permission]}"
        ),
        *(labelled("because", reason.sentence, 4) for reason in found.reasons),
        *(labelled("access", sentence, 4) for sentence in found.permission.sentences),
        *(_hypothesis(h) for h in found.hypotheses if h.rejected or found.party is None),
    ]
    return "\n".join(lines)


def _hypothesis(found: Hypothesis) -> str:
    verdict = "not" if found.rejected else "maybe"
    why = " ".join(reason.sentence for reason in found.reasons)
    return labelled(verdict, why if why.startswith(found.label) else f"{found.label}. {why}", 4)


def _causes(answers: Answers) -> list[str]:
    explained = {e.incident: e for e in answers.explanations}
    return [_cause(c, explained[c.incident], answers) for c in answers.causes]


def _cause(found: CauseAnswer, explained: Explanation, answers: Answers) -> str:
    incident = next(i for i in answers.world.incidents if i.id == found.incident)
    by_id = {str(c.id): c for c in answers.world.changes}
    lines = [
        point(f"{incident.title}: {_verdict(found, by_id)}."),
        *(labelled("because", reason.sentence, 4) for reason in found.reasons),
        *_apart(explained),
    ]
    for hypothesis in found.hypotheses:
        why = " ".join(reason.sentence for reason in hypothesis.reasons)
        label = "not" if hypothesis.rejected else "stays" if hypothesis.linked else "unlinked"
        what = by_id[hypothesis.change].sentence
        lines.append(labelled(label, why if why.startswith(what) else f"{what}: {why}", 4))
    for beside in found.alternatives:
        why = " ".join(reason.sentence for reason in beside.reasons)
        said = why if why.startswith(beside.label) else f"{beside.label}: {why}"
        lines.append(labelled("not" if beside.rejected else "stays", said, 4))
    lines += [labelled("open", reason.sentence, 4) for reason in explained.not_known]
    lines += [labelled("unless", said, 4) for said in explained.would_change]
    return "\n".join(lines)


def _apart(explained: Explanation) -> list[str]:
    """Actor, authority and proof, each by itself: none of them weighs in what caused the failure."""
    answers = (
        ("actor", explained.actor),
        ("allowed", explained.authority),
        ("proof", explained.proof),
    )
    return [
        labelled(label, reason.sentence, 4) for label, found in answers for reason in found.reasons
    ]


def _verdict(found: CauseAnswer, by_id: dict[str, Change]) -> str:
    if found.hardware:
        return f"the hardware failed ({found.hardware})"
    named = " and ".join(by_id[change].sentence for change in found.changes)
    if found.verdict is CauseVerdict.UNKNOWN:
        return "no recorded change explains it"
    return f"{found.verdict.value}: {named}"


def _readiness(answers: Answers) -> list[str]:
    """Told only for servers on which something happened; the data has every server."""
    changed = {change.asset for change in answers.world.changes}
    told = [gap for gap in answers.readiness if gap.asset in changed]
    return [point(f"{gap.name}: {gap.sentence} {gap.remedy}") for gap in told]
