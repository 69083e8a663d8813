"""An owner's exception to what the clauses say: it may give, and decide what waits for a person; it never takes.

Covered work stays covered whatever anyone decides later: that was signed. The value stays beside what is charged, so an
exception's price is on record for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from groundrules.core.agreements.facts import Outcome
from groundrules.core.calendars import zone_label
from groundrules.core.coverage.answers import CoverageDecision, Segment
from groundrules.core.ids import TimeEntryId
from groundrules.core.periods import utc
from groundrules.core.reasons import Reason

# Which segments an exception with this outcome turns.
_TURNS = {
    Outcome.COVERED: frozenset({Outcome.BILLABLE, Outcome.NEEDS_PERSON}),
    Outcome.NOT_BILLABLE: frozenset({Outcome.BILLABLE, Outcome.NEEDS_PERSON}),
    Outcome.BILLABLE: frozenset({Outcome.NEEDS_PERSON}),
}
_SAID = {
    Outcome.COVERED: "counts as covered",
    Outcome.NOT_BILLABLE: "is not billed",
    Outcome.BILLABLE: "is billed",
    Outcome.NEEDS_PERSON: "needed a person to decide",
}


@dataclass(frozen=True, slots=True)
class Override:
    """The owner's word on one time entry from `at` on; `lifted` gives the question back to the clauses."""

    entry: TimeEntryId
    outcome: Outcome
    reason: str
    by: str
    at: datetime
    lifted: bool = False


def standing_override(
    overrides: Iterable[Override], entry: TimeEntryId, at: datetime
) -> Override | None:
    """This function will return the owner's word that stands for an entry at an instant, or None."""
    given = [o for o in overrides if o.entry == entry and utc(o.at) <= utc(at)]
    last = max(given, key=lambda override: utc(override.at), default=None)
    return None if last is None or last.lifted else last


def turns(override_to: Outcome, segment: Segment) -> bool:
    """This function will say whether an exception to that outcome changes a segment; one under no version it can't."""
    return segment.agreement_version > 0 and segment.outcome in _TURNS.get(override_to, frozenset())


def overridden(
    decision: CoverageDecision, override: Override | None, zone: str
) -> CoverageDecision:
    """This function will return the decision with the owner's exception in it, which is its first reason."""
    if override is None:
        return decision
    segments = tuple(
        _turned(segment, override, zone) if turns(override.outcome, segment) else segment
        for segment in decision.segments
    )
    return replace(decision, segments=segments)


def _turned(segment: Segment, override: Override, zone: str) -> Segment:
    said = (
        f"{override.by} decided on {zone_label(override.at, zone)} that this work "
        f'{_SAID[override.outcome]}: "{override.reason}". '
        f"By the clauses it {_CLAUSES_SAY[segment.outcome]}."
    )
    reasons = (Reason("override", said), *segment.reasons)
    return replace(segment, outcome=override.outcome, reasons=reasons, missing=(), flips=())


_CLAUSES_SAY = {
    Outcome.BILLABLE: "is billable",
    Outcome.NEEDS_PERSON: "needs a person to decide",
}
