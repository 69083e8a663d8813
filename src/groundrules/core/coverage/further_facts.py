"""The further facts of work, which count only where an agreement names them: how severe, and whether from our own work.

Like every fact they are never stronger than what is on record: a priority without a number has no severity, and work
stems from ours only when recorded or matched evidence says so and every change lies wholly within business hours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from groundrules.core.agreements.facts import Severity, Stems, WorkCause
from groundrules.core.calendars import Calendar, HoursBand
from groundrules.core.causation.answers import Incident
from groundrules.core.changes import Change
from groundrules.core.coverage.facts_of_work import CauseFact, SeverityFact, StemsFact
from groundrules.core.ids import ChangeId
from groundrules.core.periods import Interval, Period
from groundrules.core.reasons import FactRef

_NUMBER = re.compile(r"([0-9]+)\s*$")
_MOST = 4
_SEVERITIES = (Severity.ONE, Severity.ONE, Severity.TWO, Severity.THREE, Severity.FOUR)


def severity_of(incident: Incident | None) -> SeverityFact:
    """This function will read the severity from the number at the end of an incident's priority: P1, S2, 3."""
    found = _NUMBER.search(incident.priority) if incident else None
    if incident is None or found is None:
        return SeverityFact()
    severity = _SEVERITIES[min(int(found[1]), _MOST)]
    sentence = f"{incident.title} has the priority {incident.priority}: severity {severity.value}."
    return SeverityFact(severity, sentence, (FactRef("incident", incident.id, incident.title),))


def stems_of(cause: CauseFact, changes: Mapping[ChangeId, Change], calendar: Calendar) -> StemsFact:
    """This function will say whether our own changes, each made wholly in business hours, made the work necessary."""
    made = [changes.get(change) for change in cause.changes]
    ours = cause.cause is WorkCause.PROVIDER_CHANGE and cause.established
    if not ours or not made:
        return StemsFact()
    if not all(c is not None and _in_business_hours(c.interval, calendar) for c in made):
        return StemsFact(
            sentence="Our own change made this necessary, but it is not established to lie in business hours."
        )
    facts = tuple(FactRef("change", change) for change in cause.changes)
    sentence = "Our own change in business hours made this necessary."
    return StemsFact(Stems.OUR_BUSINESS_HOURS, sentence, facts)


def _in_business_hours(when: Interval, calendar: Calendar) -> bool:
    if when.is_exact:
        return calendar.band_at(when.not_before) is HoursBand.BUSINESS
    whole = Period(when.not_before, when.not_after)
    return calendar.business_seconds(whole) == whole.seconds
