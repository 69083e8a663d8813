"""The letter that reports a recovery to the client: what was lost, what it took, what it costs, and what came after.

Each change since the failure is said with how far it is established, so that nothing is laid to the recovery that was
somebody's own act, and nothing to anybody that may have come with the restore.
"""

from __future__ import annotations

from collections.abc import Iterable

from groundrules.core.agreements.facts import Outcome
from groundrules.core.agreements.words import duration_words
from groundrules.core.answers.correspondence import Desk
from groundrules.core.answers.recovery_story import (
    Followed,
    Hours,
    Origin,
    Phase,
    RecoveryStory,
    ToldApart,
)
from groundrules.core.calendars import zone_label
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph, Slot
from groundrules.core.letters.composing import About, compose, listed, own, whole, words
from groundrules.core.letters.facts import (
    Correspondence,
    Finding,
    NothingToNotify,
    change_words,
    trouble_paragraphs,
    when,
)
from groundrules.core.reasons import FactRef
from groundrules.core.recovery import Recovery, data_loss_seconds, seconds_to_recover
from groundrules.core.vendors import Permission

_OUTCOMES = {
    Outcome.COVERED: "Covered",
    Outcome.NOT_BILLABLE: "Not charged",
}
_UNDECIDED = "Waiting for a decision"
_PHASES = {
    Phase.DURING: "It was made during the recovery.",
    Phase.BY_THE_LIST: "It was made by the time we listed the server, right after.",
    Phase.AFTER: "It was made after the server was back.",
    Phase.EITHER: "The record does not show if it was made during the recovery or after it.",
}
_UNNAMED = {
    Origin.MAY_BE_FALLOUT: "The record names nobody. It may have come with the restore.",
    Origin.NOT_FALLOUT: "The record names nobody. It did not come with the restore.",
    Origin.NOT_KNOWN: "The record names nobody. It is not known if it came with the restore.",
}


def draft_recovery(story: RecoveryStory, desk: Desk) -> LetterDraft:
    """This function will draft the report of a recovery from its story."""
    letter, recovery = desk.letter(), story.recovery
    record = FactRef("recovery", recovery.incident, story.incident.title)
    failed = zone_label(recovery.failed_at, letter.zone)
    slots: tuple[Slot, ...] = (
        own("server", letter.name(recovery.asset)),
        own("title", story.incident.title.rstrip("."), record),
        words("failed", failed, letter, record),
        words("restored_to", zone_label(recovery.restore_point, letter.zone), letter, record),
        words("lost", _lost(recovery), letter, record),
        listed("promised", (says for _, says in story.promised), letter, record),
        words("back", _back(recovery, letter), letter, record),
        listed("attempts", _attempts(story, letter), letter, record),
        listed("requested", _asked(story, desk, letter), letter, record),
        listed("hours", (_hours(one) for one in story.hours), letter, record),
        words("charged", f"{story.charged}", letter, record),
        words("baseline", _baseline(recovery, letter), letter, record),
        listed("told_apart", _told(story.changes, letter), letter, *_changes(story.changes)),
        whole("troubles", _troubles(story, desk, letter), letter),
    )
    promised = (story.promised_by,) if story.promised_by else ()
    worked = (clause for one in story.hours for clause in one.clauses)
    clauses = tuple(dict.fromkeys((*promised, *worked)))
    about = About(letter.provider.name, letter.to, recovery.asset, clauses)
    return compose(LetterKind.RECOVERY, slots, letter, about)


def _lost(recovery: Recovery) -> str:
    span = duration_words(data_loss_seconds(recovery))
    says = f"The time between that state and the failure is {span}."
    if not recovery.verified_by:
        return f"{says} Nobody has checked yet what was lost."
    who, lost = recovery.verified_by, recovery.records_lost
    if lost is None:
        return f"{says} It was checked by {who}."
    found = "No record was lost" if lost == 0 else f"Records lost: {lost}"
    return f"{says} {found}, as checked by {who}."


def _back(recovery: Recovery, letter: Correspondence) -> str:
    took = seconds_to_recover(recovery)
    if recovery.recovered_at is None or took is None:
        return "It is not back yet."
    at = zone_label(recovery.recovered_at, letter.zone)
    return f"It was back on {at}, after {duration_words(took)}."


def _attempts(story: RecoveryStory, letter: Correspondence) -> Iterable[str]:
    for one in story.attempts:
        outcome = one.outcome.strip().rstrip(".")
        yield f"On {zone_label(one.at, letter.zone)}: we called {one.party}. The answer: {outcome}."


def _asked(story: RecoveryStory, desk: Desk, letter: Correspondence) -> Iterable[str]:
    people = {contact.id: contact.name for contact in desk.world.client.contacts}
    for one in story.asked:
        who = people.get(one.contact, str(one.contact))
        yield f'On {zone_label(one.at, letter.zone)}: {who} wrote or said: "{one.says}".'


def _hours(hours: Hours) -> str:
    """What is charged says its time only: its amount stands above, rounded as the agreement says."""
    noun = "clause" if len(hours.clauses) == 1 else "clauses"
    cited = f" ({noun} {' and '.join(hours.clauses)})" if hours.clauses else ""
    time = duration_words(hours.seconds)
    if hours.outcome is Outcome.BILLABLE:
        return f"Charged: {time} as measured{cited}. The amount is rounded as agreed."
    label = _OUTCOMES.get(hours.outcome, _UNDECIDED)
    return f"{label}: {time}, worth {hours.value}{cited}."


def _baseline(recovery: Recovery, letter: Correspondence) -> str:
    if recovery.baseline is None:
        return "We made no list of the server right after."
    at = zone_label(recovery.baseline.taken_at, letter.zone)
    return f"We listed what was on the server right after, on {at}."


def _told(changes: tuple[ToldApart, ...], letter: Correspondence) -> Iterable[str]:
    if not changes:
        yield "No change is on record."
    for one in changes:
        said = f"{when(one.change.interval, letter.zone)}: {change_words(one.change, letter)}."
        yield f"{said} {_whose(one)} {_PHASES[one.phase]}"


def _whose(one: ToldApart) -> str:
    party, strength = one.attribution.party, one.attribution.strength.value
    if one.origin is Origin.OURS:
        return f"It was our own work ({strength})."
    if party is None or one.origin is not Origin.ANOTHERS:
        return _UNNAMED[one.origin]
    name, account = party.name or party.id, one.attribution.account
    names = f"account {account} of {name}" if account else name
    outside = one.attribution.permission.permission is Permission.OUTSIDE
    allowed = " No approved window allowed it." if outside else ""
    return f"The record names the {names} ({strength}).{allowed}"


def _changes(changes: Iterable[ToldApart]) -> Iterable[FactRef]:
    return (FactRef("change", one.change.id, one.change.sentence) for one in changes)


def _troubles(story: RecoveryStory, desk: Desk, letter: Correspondence) -> tuple[Paragraph, ...]:
    """What stopped working since, and its order in time to proven changes; without one, that nothing is known."""
    findings = tuple(Finding(one.change, one.attribution) for one in story.changes)
    named = {one.incident.id for one in story.followed}
    troubles = [one for one in desk.troubles(story.recovery.asset) if one.incident.id in named]
    try:
        said = trouble_paragraphs(troubles, findings, letter)
    except NothingToNotify:
        said = ()
    told = {fact.ref for paragraph in said for fact in paragraph.facts}
    rest = tuple(_unexplained(one, letter) for one in story.followed if one.incident.id not in told)
    return (*said, *rest)


def _unexplained(followed: Followed, letter: Correspondence) -> Paragraph:
    incident = followed.incident
    at = zone_label(incident.opened_at, letter.zone)
    known = {
        Origin.OURS: "It is linked to our own work.",
        Origin.NOT_FALLOUT: "It did not come with the restore. What stopped it is not known.",
    }
    said = known.get(followed.origin, "What stopped it is not known.")
    return Paragraph(
        f"On {at}: {incident.title}. {said}",
        facts=(FactRef("incident", incident.id, incident.title),),
    )
