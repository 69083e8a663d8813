"""The short answer on top of a server's timeline: computed sentences, each phrase from rows. No judgement, no free
text.

"Happened before" is all a timeline may say; what caused an incident is the cause page's answer.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from groundrules.core.causation.answers import CauseAnswer, CauseVerdict
from groundrules.core.periods import utc
from groundrules.records.incidents import Incident
from groundrules.services.nights.loading import Night, SeenChange
from groundrules.services.nights.opening import Opens
from groundrules.services.nights.rows import is_outside

_FEW = 4


@dataclass(frozen=True, slots=True)
class Phrase:
    """A few words of the answer, and the record they come from where there is one."""

    text: str
    opens: Opens | None = None


Sentence = tuple[Phrase, ...]


def short_answer(night: Night) -> tuple[Sentence, ...]:
    """This function will say what happened in a few sentences, from rows only."""
    sentences = [
        *_login_sentences(night),
        *_change_sentences(night),
        *_health_sentences(night),
        *_incident_sentences(night),
        *_gap_sentences(night),
        *_unexplained(night),
    ]
    return tuple(sentences or _quiet(night))


def _clock(night: Night, moment: datetime) -> str:
    """The time of day, with its date where that is not the day the span begins."""
    here = utc(moment).astimezone(ZoneInfo(night.zone))
    first = utc(night.period.start).astimezone(ZoneInfo(night.zone)).date()
    return here.strftime("%H:%M %Z" if here.date() == first else "%a %Y-%m-%d %H:%M %Z")


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _say(text: str) -> Sentence:
    return (Phrase(text),)


def _login_sentences(night: Night) -> list[Sentence]:
    if not night.sessions or night.changes:
        return []
    return [_say(f"{_plural(len(night.sessions), 'login')} and no recorded change.")]


def _by_account(night: Night) -> list[tuple[str, list[SeenChange]]]:
    """Those with changes outside any window first, then the busiest."""
    found: defaultdict[str, list[SeenChange]] = defaultdict(list)
    for change in night.changes:
        attribution = night.attribution(change)
        found[attribution.account if attribution else ""].append(change)
    outside = {account for account, own in found.items() if any(is_outside(night, c) for c in own)}
    return sorted(found.items(), key=lambda item: (item[0] not in outside, -len(item[1]), item[0]))


def _change_sentences(night: Night) -> list[Sentence]:
    groups = _by_account(night)
    sentences = [_group_sentence(night, account, own) for account, own in groups[:_FEW]]
    if len(groups) > _FEW:
        rest = sum(len(own) for _, own in groups[_FEW:])
        others = len(groups) - _FEW
        sentences.append(_say(f"{_plural(rest, 'change')} by {_plural(others, 'other account')}."))
    return sentences


def _group_sentence(night: Night, account: str, own: list[SeenChange]) -> Sentence:
    outside = sum(1 for change in own if is_outside(night, change))
    start, end = min(c.not_before for c in own), max(c.not_after for c in own)
    span = f"{_clock(night, start)} to {_clock(night, end)}" if start != end else _clock(night, end)
    by = f"by account {account}" if account else "with no account on record"
    whole = Phrase(f"{_plural(len(own), 'change')} {by}, {span}{_allowed(outside, len(own))}")
    if len(own) > _FEW:
        return (whole, Phrase("."))
    named = [Phrase(c.sentence, Opens("change", c.ref)) for c in own]
    joined = [part for phrase in named for part in (Phrase("; "), phrase)][1:]
    return (whole, Phrase(": "), *joined, Phrase("."))


def _allowed(outside: int, total: int) -> str:
    if not outside:
        return ""
    each = "" if total == 1 else "both " if outside == total == 2 else f"{outside} "  # noqa: PLR2004 - "both" is two
    return f", {each}outside any approved window"


def _health_sentences(night: Night) -> list[Sentence]:
    """Only turns for the worse or better are news."""
    return [
        _say(
            f"{after.application.name} was {'healthy' if before.healthy else 'failing'} at "
            f"{_clock(night, before.checked_at)} and {'healthy' if after.healthy else 'failing'} at "
            f"{_clock(night, after.checked_at)}."
        )
        for before, after in pairwise(night.checks)
        if before.application_id == after.application_id and before.healthy != after.healthy
    ][:_FEW]


def _incident_sentences(night: Night) -> list[Sentence]:
    return [_incident_sentence(night, incident) for incident in night.incidents[:_FEW]]


def _incident_sentence(night: Night, incident: Incident) -> Sentence:
    title = Phrase(f"{incident.ref} “{incident.title}”", Opens("incident", incident.ref))
    opened = Phrase(f" opened {_clock(night, incident.opened_at)}.")
    cause = night.causes.get(incident.ref)
    return (title, opened, *(_cause_phrases(night, cause) if cause else ()))


def _cause_phrases(night: Night, core: CauseAnswer) -> Sentence:
    """The cause in the words of the cause page; only a likely or proven change is named."""
    if core.hardware:
        return (Phrase(f" The maker's own signal names a failed part: {core.hardware}."),)
    if not core.established:
        words = {CauseVerdict.CANDIDATES: "several candidates"}.get(core.verdict, "unknown")
        return (Phrase(f" Its cause: {words}."),)
    proven = "Proven" if core.verdict is CauseVerdict.PROVEN_CHANGE else "Likely"
    named = [Phrase(night.named.get(ref, ref), Opens("change", ref)) for ref in core.established]
    joined = [part for phrase in named for part in (Phrase(", "), phrase)][1:]
    return (Phrase(f" {proven} cause: "), *joined, Phrase("."))


def _gap_sentences(night: Night) -> list[Sentence]:
    missing = [
        _say(
            f"Evidence is missing or weak from {_clock(night, gap.not_before)} "
            f"to {_clock(night, gap.not_after)}: {gap.says.rstrip('.')}."
        )
        for gap in night.gaps[:_FEW]
    ]
    late = [
        _say(f"A report of {what} was due at {_clock(night, gap.start)} and did not come by then.")
        for what, gap in night.unreported[-1:]
    ]
    return [*missing, *late]


def _unexplained(night: Night) -> list[Sentence]:
    count = sum(
        1
        for change in night.changes
        if (found := night.attribution(change)) is None or not found.names_party
    )
    return [_say(f"{_plural(count, 'change')} with nobody named yet.")] if count else []


def _quiet(night: Night) -> list[Sentence]:
    if night.evidence_in_span:
        text = "No change, no login and no incident. Evidence was collected in this span."
    else:
        text = (
            "Nothing is on record for this span, and no evidence covers it: this is not known "
            "to have been quiet."
        )
    return [_say(text)]
