"""The record of a recovery: what was lost, who was asked for help, what the work came to, and what came of it after.

Fallout of a recovery and somebody's meddling in its hours look alike from outside. They are told apart by what is on
record: whose act a change was (as far as attribution may name anybody), and whether it was there when the server was
listed right after (the baseline). What neither settles is said to be unsettled.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from groundrules.core.agreements.facts import Outcome, StateSpan
from groundrules.core.agreements.further_terms import ManagedService
from groundrules.core.agreements.recovery_promises import kept_or_not, promise_at
from groundrules.core.agreements.rests import rests
from groundrules.core.answers.model import Answers
from groundrules.core.attribution.answers import Attribution
from groundrules.core.causation.answers import CauseAnswer, CauseVerdict, Incident
from groundrules.core.changes import Change
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.ids import AssetId, ChangeId, ClauseNumber, IncidentId
from groundrules.core.money import Money
from groundrules.core.parties import PartyKind
from groundrules.core.periods import Interval, utc
from groundrules.core.rating.answers import Charge
from groundrules.core.reasons import FactRef
from groundrules.core.recovery import Recovery, data_loss_seconds, seconds_to_recover
from groundrules.core.vendors import Permission
from groundrules.core.work import Request, ThirdPartyAttempt, TimeEntry
from groundrules.core.world import World

# What shows later than this is looked into as an incident of its own.
_AFTERMATH = timedelta(days=14)


class NoRecovery(LookupError):
    """No recovery is on record for the incident; the message says what to do."""


class Origin(StrEnum):
    """Where a change comes from, as far as is established."""

    OURS = "ours"
    ANOTHERS = "another's"
    MAY_BE_FALLOUT = "may be fallout of the recovery"
    NOT_FALLOUT = "not fallout of the recovery, by nobody we can name"
    NOT_KNOWN = "not known"


class Phase(StrEnum):
    """When a change was made, beside the recovery."""

    DURING = "during the recovery"
    BY_THE_LIST = "by the time the server was listed right after"
    AFTER = "after the server was back"
    EITHER = "during the recovery or after it"


@dataclass(frozen=True, slots=True)
class ToldApart:
    """One change since the failure: when beside the recovery, whose, and the sentence that says how that is known."""

    change: Change
    attribution: Attribution
    phase: Phase
    origin: Origin
    sentence: str


@dataclass(frozen=True, slots=True)
class Followed:
    """An incident on the server after the failure, and whether it is fallout of the recovery as far as is known."""

    incident: Incident
    origin: Origin
    sentence: str
    changes: tuple[ChangeId, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """Work of one outcome: exact seconds, what they are worth, and the clauses the decisions cite."""

    outcome: Outcome
    seconds: int
    value: Money
    clauses: tuple[ClauseNumber, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the timeline, and the record it is from."""

    at: datetime
    says: str
    fact: FactRef


@dataclass(frozen=True, slots=True)
class RecoveryStory:
    """The whole record of one recovery. `hours` and `charged` are of the work tied to its incident.

    `promised` says of each objective of the agreement whether it was kept, None where it was not owed, and
    `promised_by` which clause promises it.
    """

    incident: Incident
    recovery: Recovery
    timeline: tuple[Happened, ...]
    attempts: tuple[ThirdPartyAttempt, ...]
    asked: tuple[Request, ...]
    hours: tuple[Hours, ...]
    charged: Money
    changes: tuple[ToldApart, ...]
    followed: tuple[Followed, ...]
    promised: tuple[tuple[bool | None, str], ...] = ()
    promised_by: ClauseNumber | None = None


@dataclass(frozen=True, slots=True)
class RecoveryGround:
    """What a recovery is told from: a world as it is known, who changed what, what explains what, and the work."""

    at: datetime
    world: World
    attributions: tuple[Attribution, ...]
    causes: tuple[CauseAnswer, ...]
    states: tuple[StateSpan, ...]
    decisions: tuple[CoverageDecision, ...]
    charges: tuple[Charge, ...]

    def states_of(self, asset: AssetId) -> tuple[StateSpan, ...]:
        """This function will return the coverage states of one asset, in time order."""
        return tuple(span for span in self.states if span.asset == asset)


def recovery_story(answers: Answers, incident: IncidentId) -> RecoveryStory:
    """This function will tell everything that is on record about one recovery; raises NoRecovery."""
    ground = RecoveryGround(
        answers.at,
        answers.world,
        answers.attributions,
        answers.causes,
        answers.states,
        tuple(history.in_force for history in answers.decisions),
        answers.money.charges,
    )
    return story_from(ground, incident)


def story_from(answers: RecoveryGround, incident: IncidentId) -> RecoveryStory:
    """This function will tell one recovery from what it needs alone; raises NoRecovery."""
    world = answers.world
    found = [one for one in world.recoveries if one.incident == incident]
    about = next((one for one in world.incidents if one.id == incident), None)
    if not found or about is None:
        message = (
            f"no recovery of {incident} is on record; note it when the server is back: "
            "groundrules recovery note"
        )
        raise NoRecovery(message)
    recovery = max(found, key=lambda one: utc(one.failed_at))
    work = tuple(entry for entry in world.work if entry.incident == incident)
    changes = _told_apart(answers, recovery)
    followed = tuple(_followed(answers, recovery, changes))
    attempts, asked = _attempts(answers, about), _asked(answers, work)
    return RecoveryStory(
        incident=about,
        recovery=recovery,
        timeline=_timeline(answers, recovery, (attempts, asked), (changes, followed)),
        attempts=attempts,
        asked=asked,
        hours=_hours(answers, work),
        charged=_charged(answers, work),
        changes=changes,
        followed=followed,
        promised=_promised(answers, recovery),
        promised_by=_promised_by(answers, recovery),
    )


def _promised(answers: RecoveryGround, recovery: Recovery) -> tuple[tuple[bool | None, str], ...]:
    """What the version in force at the failure promised, and whether it was kept."""
    agreement, asset = answers.world.agreement, recovery.asset
    promise = promise_at(agreement, asset, recovery.failed_at)
    if promise is None:
        return ()
    took = seconds_to_recover(recovery)
    spans = (
        timedelta(seconds=data_loss_seconds(recovery)),
        None if took is None else timedelta(seconds=took),
    )
    resting = rests(agreement, answers.states_of(asset), ManagedService.BACKUPS)
    return kept_or_not(promise, recovery.failed_at, spans, resting)


def _promised_by(answers: RecoveryGround, recovery: Recovery) -> ClauseNumber | None:
    promise = promise_at(answers.world.agreement, recovery.asset, recovery.failed_at)
    return promise.clause or None if promise else None


def _attempts(answers: RecoveryGround, incident: Incident) -> tuple[ThirdPartyAttempt, ...]:
    """Calls to others for help: those tied to the incident, and those tied to none while it was open."""
    ended = incident.resolved_at
    own = [
        one
        for one in answers.world.third_party_attempts
        if one.incident == incident.id
        or (
            one.incident is None
            and utc(one.at) >= utc(incident.opened_at)
            and (ended is None or utc(one.at) <= utc(ended))
        )
    ]
    return tuple(sorted(own, key=lambda one: (utc(one.at), one.party)))


def _asked(answers: RecoveryGround, work: Iterable[TimeEntry]) -> tuple[Request, ...]:
    """What the client asked for: requests this work answers, by its own word or by its issue."""
    entries = tuple(work)
    named = {entry.request for entry in entries if entry.request is not None}
    issues = {entry.issue for entry in entries if entry.issue}
    own = [one for one in answers.world.requests if one.id in named or one.issue in issues]
    return tuple(sorted(own, key=lambda one: (utc(one.at), one.id)))


def _hours(answers: RecoveryGround, work: Iterable[TimeEntry]) -> tuple[Hours, ...]:
    own = {entry.id for entry in work}
    segments = [
        segment
        for decision in answers.decisions
        if decision.entry in own
        for segment in decision.segments
    ]
    found: list[Hours] = []
    for outcome in Outcome:
        of_it = [segment for segment in segments if segment.outcome is outcome]
        if of_it:
            worth = [segment.value for segment in of_it]
            cited = dict.fromkeys(segment.clause for segment in of_it if segment.clause)
            seconds = sum(segment.seconds for segment in of_it)
            found.append(Hours(outcome, seconds, sum(worth[1:], worth[0]), tuple(cited)))
    return tuple(found)


def _charged(answers: RecoveryGround, work: Iterable[TimeEntry]) -> Money:
    """What is charged for this work; a charge that rounds it together with other work counts whole."""
    own = {entry.id for entry in work}
    amounts = [one.amount for one in answers.charges if own & set(one.entries)]
    return sum(amounts, Money.zero(answers.world.client.currency))


def _told_apart(answers: RecoveryGround, recovery: Recovery) -> tuple[ToldApart, ...]:
    made = {one.change: one for one in answers.attributions}
    begins, ends = utc(recovery.failed_at), _ends(recovery, answers.at)
    own = [
        change
        for change in answers.world.changes
        if change.asset == recovery.asset
        and change.interval.not_after >= begins
        and change.interval.not_before < ends
    ]
    own.sort(key=lambda change: (change.interval.not_before, change.interval.not_after, change.id))
    return tuple(_one_told(change, made[change.id], recovery) for change in own)


def _ends(recovery: Recovery, at: datetime) -> datetime:
    back = recovery.recovered_at
    return utc(at) if back is None else min(utc(at), utc(back) + _AFTERMATH)


def _phase(interval: Interval, recovery: Recovery) -> Phase:
    """Beside the return and the baseline: what was changed by then stands in it, what was not came later."""
    if recovery.recovered_at is None or interval.not_after <= utc(recovery.recovered_at):
        return Phase.DURING
    back, baseline = utc(recovery.recovered_at), recovery.baseline
    if interval.not_before >= (utc(baseline.taken_at) if baseline else back):
        return Phase.AFTER
    if baseline is not None and interval.not_after <= utc(baseline.taken_at):
        return Phase.BY_THE_LIST
    return Phase.AFTER if interval.not_before >= back else Phase.EITHER


def _one_told(change: Change, who: Attribution, recovery: Recovery) -> ToldApart:
    phase = _phase(change.interval, recovery)
    party = who.party
    if party is not None and who.names_party:
        ours = party.kind is PartyKind.PROVIDER
        name = party.name or party.id
        permitted = who.permission.permission is not Permission.OUTSIDE
        allowed = "" if ours or permitted else ", and no window allowed it"
        says = f"{phase.value}, by {'us' if ours else name} ({who.strength.value}){allowed}"
        return ToldApart(change, who, phase, Origin.OURS if ours else Origin.ANOTHERS, says)
    origin, says = _unnamed(change, phase, recovery)
    return ToldApart(change, who, phase, origin, says)


def _unnamed(change: Change, phase: Phase, recovery: Recovery) -> tuple[Origin, str]:
    """Nobody can be named: then only the time tells whether the restore may have brought it."""
    if phase in {Phase.DURING, Phase.BY_THE_LIST}:
        says = f"{phase.value}, by nobody we can name: it may have come with the restore"
        return Origin.MAY_BE_FALLOUT, says
    if phase is Phase.AFTER:
        says = f"{phase.value}, so it did not come with the restore; by whom is not known"
        return Origin.NOT_FALLOUT, says
    baseline = recovery.baseline
    if baseline is None:
        why = "no list was made right after"
    elif change.kind.value not in baseline.kinds:
        why = f"no list of that kind ({change.kind.value}) was made right after"
    else:
        why = "the record does not say closely enough when it was made"
    return Origin.NOT_KNOWN, f"{phase.value}, by nobody we can name; which is not known: {why}"


def _followed(
    answers: RecoveryGround, recovery: Recovery, changes: Iterable[ToldApart]
) -> Iterable[Followed]:
    told = {one.change.id: one for one in changes}
    causes = {one.incident: one for one in answers.causes}
    ends = _ends(recovery, answers.at)
    for incident in sorted(answers.world.incidents, key=lambda one: (utc(one.opened_at), one.id)):
        if incident.asset != recovery.asset or incident.id == recovery.incident:
            continue
        if utc(recovery.failed_at) <= utc(incident.opened_at) < ends:
            yield _one_followed(incident, causes[incident.id], told, recovery)


def _one_followed(
    incident: Incident, cause: CauseAnswer, told: dict[ChangeId, ToldApart], recovery: Recovery
) -> Followed:
    known = [told[one] for one in cause.established if one in told]
    if known:
        what = " and ".join(one.change.sentence for one in known)
        origins = {one.origin for one in known}
        origin = origins.pop() if len(origins) == 1 else Origin.NOT_KNOWN
        is_proven = cause.verdict is CauseVerdict.PROVEN_CHANGE
        link = "a test showed that it comes of" if is_proven else "it is linked to"
        says = f"{incident.title}: {link} {what} ({'; '.join(one.sentence for one in known)})"
        return Followed(incident, origin, says, cause.established)
    against = next(
        (
            one
            for one in cause.alternatives
            if (one.kind, one.ref) == ("recovery", recovery.incident) and one.rejected
        ),
        None,
    )
    if against is not None:
        why = against.reasons[0].sentence
        says = f"{incident.title}: the cause is not known, and the recovery is not it: {why}"
        return Followed(incident, Origin.NOT_FALLOUT, says, ())
    says = f"{incident.title}: the cause is not known; the recovery is neither shown nor ruled out"
    return Followed(incident, Origin.NOT_KNOWN, says, ())


def _timeline(
    answers: RecoveryGround,
    recovery: Recovery,
    said: tuple[tuple[ThirdPartyAttempt, ...], tuple[Request, ...]],
    since: tuple[tuple[ToldApart, ...], tuple[Followed, ...]],
) -> tuple[Happened, ...]:
    (attempts, asked), (changes, followed) = said, since
    people = {contact.id: contact.name for contact in answers.world.client.contacts}
    own = FactRef("recovery", recovery.incident)
    lines = [
        Happened(utc(recovery.restore_point), "The state it was restored to", own),
        Happened(utc(recovery.failed_at), "It failed", own),
    ]
    lines += [
        Happened(utc(one.at), f"{one.party} was called: {one.outcome}", own) for one in attempts
    ]
    lines += [_request(one, people.get(one.contact, one.contact)) for one in asked]
    if recovery.recovered_at is not None:
        by = f", verified by {recovery.verified_by}" if recovery.verified_by else ", not verified"
        lines.append(Happened(utc(recovery.recovered_at), f"It was back{by}", own))
    if recovery.baseline is not None:
        of = ", ".join(recovery.baseline.kinds)
        says = f"It was listed right after: {of}"
        lines.append(Happened(utc(recovery.baseline.taken_at), says, own))
    for one in changes:
        fact = FactRef("change", one.change.id, one.change.sentence)
        says = f"{one.change.sentence}: {one.sentence}"
        lines.append(Happened(one.change.interval.not_before, says, fact))
    for after in followed:
        fact = FactRef("incident", after.incident.id, after.incident.title)
        lines.append(Happened(utc(after.incident.opened_at), after.sentence, fact))
    return tuple(sorted(lines, key=lambda one: one.at))


def _request(request: Request, who: str) -> Happened:
    fact = FactRef("request", request.id, request.says)
    return Happened(utc(request.at), f"{who} asked: {request.says}", fact)
