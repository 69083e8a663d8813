"""The words of the finite facts: one fixed phrase per value, the same in clauses, proofs, diffs and decisions.

A phrase is unique over all facts and holds neither a comma nor the word "or", so a sentence made of phrases can be read
back without loss.
"""

from __future__ import annotations

from collections.abc import Iterable

from groundrules.core.agreements.facts import (
    DIMENSIONS,
    Asked,
    CoverageState,
    Outcome,
    Severity,
    Stems,
    WorkCause,
)
from groundrules.core.agreements.terms import EvidenceNeed
from groundrules.core.calendars import HoursBand
from groundrules.core.work import WorkPlace, WorkType

PHRASES: dict[str, dict[str, str]] = {
    "work_type": {
        WorkType.MAINTENANCE: "maintenance",
        WorkType.REMEDIATION: "remediation",
        WorkType.PROJECT: "project work",
        WorkType.ADD_MOVE_CHANGE: "an add-move-change",
        WorkType.INSPECTION: "inspection",
    },
    "state": {
        CoverageState.COVERED: "while covered",
        CoverageState.NOTICE: "while under notice",
        CoverageState.SUSPENDED: "while suspended",
        CoverageState.REINSTATING: "while being reinstated",
        CoverageState.TERMINATED: "after termination",
        CoverageState.NOT_IN_AGREEMENT: "on a server not listed",
    },
    "cause": {
        WorkCause.ROUTINE: "as routine",
        WorkCause.HARDWARE: "after a hardware failure",
        WorkCause.PROVIDER_CHANGE: "caused by the provider's own change",
        WorkCause.VENDOR_UNAPPROVED_CHANGE: "caused by an unapproved vendor change",
        WorkCause.VENDOR_APPROVED_CHANGE: "caused by an approved vendor change",
        WorkCause.CLIENT_CHANGE: "caused by the client's own change",
        WorkCause.UNKNOWN: "of unknown cause",
    },
    "band": {
        HoursBand.BUSINESS: "in business hours",
        HoursBand.AFTER_HOURS: "after hours",
        HoursBand.WEEKEND: "at weekends",
        HoursBand.HOLIDAY: "on holidays",
        HoursBand.SUNDAY: "on Sundays",
    },
    "asked": {
        Asked.NOBODY: "that nobody asked for",
        Asked.AUTHORISED: "asked for by an authorised contact",
        Asked.AWAITING_RATIFICATION: "asked for and awaiting ratification",
        Asked.NOT_RATIFIED: "asked for and not ratified",
    },
    "severity": {
        Severity.NONE: "without a severity",
        Severity.ONE: "of severity 1",
        Severity.TWO: "of severity 2",
        Severity.THREE: "of severity 3",
        Severity.FOUR: "of severity 4",
    },
    "stems": {
        Stems.ELSEWHERE: "not stemming from our work in business hours",
        Stems.OUR_BUSINESS_HOURS: "stemming from our work in business hours",
    },
    "place": {
        WorkPlace.REMOTE: "done remotely",
        WorkPlace.ON_SITE: "done on site",
        WorkPlace.TRAVEL: "done while travelling",
    },
}

# What "any value" of a fact is called where leaving it out could be overlooked.
WHATEVER: dict[str, str] = {
    "work_type": "any work",
    "state": "whatever the server's state",
    "cause": "any cause",
    "band": "at any hour",
    "asked": "whoever asked",
    "severity": "of any severity",
    "stems": "wherever it stems from",
    "place": "wherever it is done",
}

# The order in which a sentence names the facts: the kind of work first, as people speak.
SPOKEN_ORDER = ("work_type", "state", "cause", "band", "asked", "severity", "stems", "place")

# The hours band of one piece of work, where a clause speaks of many.
BAND_OF_WORK: dict[HoursBand, str] = {
    HoursBand.BUSINESS: "in business hours",
    HoursBand.AFTER_HOURS: "after hours",
    HoursBand.WEEKEND: "at the weekend",
    HoursBand.HOLIDAY: "on a holiday",
    HoursBand.SUNDAY: "on a Sunday",
}

OUTCOMES: dict[Outcome, str] = {
    Outcome.COVERED: "is covered",
    Outcome.BILLABLE: "is billable",
    Outcome.NOT_BILLABLE: "is not billable",
    Outcome.NEEDS_PERSON: "needs a person to decide",
}

NEEDS: dict[EvidenceNeed, str] = {
    EvidenceNeed.REQUEST: "a recorded request",
    EvidenceNeed.AUTHORITY: "the authority of a contact",
    EvidenceNeed.CHANGE: "a recorded change",
    EvidenceNeed.ATTRIBUTION: "an established actor",
}


def phrase(fact: str, value: str) -> str:
    """This function will return the fixed phrase of one value of one fact."""
    return PHRASES[fact][value]


def in_order(fact: str, values: Iterable[str]) -> tuple[str, ...]:
    """This function will sort the values of a fact into the order the fact lists them."""
    wanted = set(values)
    return tuple(value for value in DIMENSIONS[fact] if value in wanted)


def spoken_list(parts: Iterable[str], joiner: str = "and") -> str:
    """This function will join words as people do: `3.2`, `3.2 and 5.1`, `3.2, 5.1 and 6.3`."""
    words = tuple(parts)
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joiner} {words[-1]}"


def duration_words(seconds: int) -> str:
    """This function will write whole seconds as `6 h 35 min`, naming seconds only when there are any."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [
        f"{amount} {unit}"
        for amount, unit in ((hours, "h"), (minutes, "min"), (left, "s"))
        if amount
    ]
    return " ".join(parts) or "0 min"
