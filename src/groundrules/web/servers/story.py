"""The short answer on top of a server's timeline: computed sentences, each phrase from rows. No judgement, no free
text.

"Happened before" is all a timeline may say; what caused an incident is the cause page's answer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from groundrules.core.periods import Period, utc
from groundrules.records.attributions import Attribution
from groundrules.records.changes import Change
from groundrules.records.evidence import Gap, Session
from groundrules.records.incidents import Cause, Incident

_FEW = 4


@dataclass(frozen=True, slots=True)
class Night:
    """The rows of one server in one span; attributions by the change's id, causes by the incident's."""

    period: Period
    zone: str
    sessions: tuple[Session, ...]
    changes: tuple[Change, ...]
    attributions: dict[int, Attribution]
    incidents: tuple[Incident, ...]
    causes: dict[int, Cause]
    gaps: tuple[Gap, ...]
    evidence_in_span: bool


def _clock(night: Night, moment: datetime) -> str:
    return utc(moment).astimezone(ZoneInfo(night.zone)).strftime("%H:%M %Z")


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _who(attribution: Attribution | None) -> str:
    if attribution is None or not attribution.account:
        return ""
    return attribution.account


def _change_sentences(night: Night) -> list[str]:
    if not night.changes:
        return []
    by_account = Counter(_who(night.attributions.get(c.pk)) for c in night.changes)
    parts = []
    for account, count in by_account.most_common(_FEW):
        own = [c for c in night.changes if _who(night.attributions.get(c.pk)) == account]
        outside = sum(
            1 for c in own if (a := night.attributions.get(c.pk)) and a.permission == "outside"
        )
        span = f"{_clock(night, own[0].not_before)} to {_clock(night, own[-1].not_after)}"
        by = f"by account {account}" if account else "with no account on record"
        allowed = f", {outside} outside any approved window" if outside else ""
        parts.append(f"{_plural(count, 'change')} {by}, {span}{allowed}.")
    return parts


def _incident_sentences(night: Night) -> list[str]:
    parts = []
    for incident in night.incidents:
        cause = night.causes.get(incident.pk)
        answer = f" What is known of its cause: {cause.verdict}." if cause else ""
        parts.append(
            f"{incident.ref} “{incident.title}” opened {_clock(night, incident.opened_at)}.{answer}"
        )
    return parts


def _gap_sentences(night: Night) -> list[str]:
    return [
        f"Evidence is missing or weak from {_clock(night, gap.not_before)} "
        f"to {_clock(night, gap.not_after)}: {gap.says.rstrip('.')}."
        for gap in night.gaps[:_FEW]
    ]


def _quiet(night: Night) -> list[str]:
    if night.sessions or night.changes or night.incidents:
        return []
    if night.evidence_in_span:
        return ["No change, no login and no incident. Evidence was collected in this span."]
    return [
        "Nothing is on record for this span, and no evidence covers it: this is not known to have been quiet."
    ]


def short_answer(night: Night) -> tuple[str, ...]:
    """This function will say what happened in a few sentences, from rows only."""
    unexplained = sum(
        1 for c in night.changes if (a := night.attributions.get(c.pk)) is None or not a.names_party
    )
    sentences = [*_change_sentences(night), *_incident_sentences(night), *_gap_sentences(night)]
    if night.sessions and not night.changes:
        sentences.insert(0, f"{_plural(len(night.sessions), 'login')} and no recorded change.")
    if unexplained:
        sentences.append(f"{_plural(unexplained, 'change')} with nobody named yet.")
    return tuple(sentences or _quiet(night))
