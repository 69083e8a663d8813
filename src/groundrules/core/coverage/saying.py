"""A decision in the words one would say to the client: what was done, what it costs, and why, without our vocabulary.

Costs of ours, forgone value and names of suspects are not the client's business here; the decision page has the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from groundrules.core.agreements.facts import Outcome
from groundrules.core.agreements.words import duration_words
from groundrules.core.calendars import HoursBand
from groundrules.core.coverage.answers import CoverageDecision, Segment
from groundrules.core.ids import ClauseNumber
from groundrules.core.money import Money

_OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Telling:
    """What the words need beside the decision: whose work, on what, what was charged, and the clauses' titles."""

    technician: str
    server: str
    note: str
    charged: Money
    titles: Mapping[ClauseNumber, str]


def say_to_client(decision: CoverageDecision, telling: Telling) -> str:
    """This function will write one paragraph a client understands, from the decision's own facts."""
    sentences = [_work(decision, telling), *_parts(decision, telling), _charge(decision, telling)]
    return " ".join(sentence for sentence in sentences if sentence)


def _work(decision: CoverageDecision, telling: Telling) -> str:
    days = sorted({segment.local_day for segment in decision.segments})
    first, last = _day(days[0]), _day(days[-1])
    when = first if first == last else f"{first} to {last}"
    what = f" ({telling.note})" if telling.note else ""
    on = f" on {telling.server}" if telling.server else ""
    spent = _length(segment.seconds for segment in decision.segments)
    return f"{telling.technician} worked {spent}{on} on {when}{what}."


def _parts(decision: CoverageDecision, telling: Telling) -> Iterable[str]:
    for outcome in Outcome:
        segments = decision.of(outcome)
        if segments:
            yield _SAYS[outcome](segments, telling, whole=len(segments) == len(decision.segments))


def _subject(segments: tuple[Segment, ...], *, whole: bool) -> str:
    late = all(segment.band is not HoursBand.BUSINESS for segment in segments)
    outside = " outside business hours" if late else ""
    if whole:
        return f"All of it{outside}"
    return f"{_length(segment.seconds for segment in segments)}{outside}"


def _value(segments: tuple[Segment, ...]) -> Money:
    first, *rest = (segment.value for segment in segments)
    return sum(rest, first)


def _clauses(segments: tuple[Segment, ...], telling: Telling) -> str:
    numbers = dict.fromkeys(s.clause for s in segments if s.clause is not None)
    named = [f"{n} ({telling.titles[n]})" if telling.titles.get(n) else str(n) for n in numbers]
    if not named:
        return "our agreement"
    return f"clause{'s' if len(named) > 1 else ''} {' and '.join(named)} of our agreement"


def _covered(segments: tuple[Segment, ...], telling: Telling, *, whole: bool) -> str:
    verb = _verb(whole=whole)
    worth = _value(segments)
    return (
        f"{_subject(segments, whole=whole)} {verb} covered by {_clauses(segments, telling)}: worth {worth}, "
        f"and you pay nothing for it."
    )


def _billable(segments: tuple[Segment, ...], telling: Telling, *, whole: bool) -> str:
    verb = _verb(whole=whole)
    return (
        f"{_subject(segments, whole=whole)} {verb} charged under {_clauses(segments, telling)}"
        f"{_because(segments)}."
    )


def _not_billable(segments: tuple[Segment, ...], telling: Telling, *, whole: bool) -> str:
    none = _none(segments, whole=whole)
    if _is_exception(segments):
        return f"{none} charged, because we decided so for you this time."
    return f"{none} charged, by {_clauses(segments, telling)}."


def _needs_person(segments: tuple[Segment, ...], telling: Telling, *, whole: bool) -> str:
    del telling
    missing = dict.fromkeys(word for segment in segments for word in segment.missing)
    lacks = f" We still need: {'; '.join(missing)}." if missing else ""
    return f"{_none(segments, whole=whole)} decided yet, and nothing is charged until it is.{lacks}"


def _none(segments: tuple[Segment, ...], *, whole: bool) -> str:
    subject = _subject(segments, whole=whole)
    return f"None{subject.removeprefix('All')} is" if whole else f"{subject} are not"


def _verb(*, whole: bool) -> str:
    return "is" if whole else "are"


def _is_exception(segments: tuple[Segment, ...]) -> bool:
    return all(any(r.rule == _OVERRIDE for r in segment.reasons) for segment in segments)


def _because(segments: tuple[Segment, ...]) -> str:
    asked = next(
        (
            fact.says
            for segment in segments
            for reason in segment.reasons
            for fact in reason.facts
            if fact.kind == "request" and fact.says
        ),
        "",
    )
    return f", as you asked (“{asked.strip()}”)" if asked else ""


def _charge(decision: CoverageDecision, telling: Telling) -> str:
    if decision.of(Outcome.BILLABLE):
        return f"That comes to {telling.charged}."
    if decision.of(Outcome.NEEDS_PERSON):
        return ""
    return f"Your invoice shows it at {telling.charged}."


def _day(day: date) -> str:
    return f"{day:%A, %B} {day.day}"


def _length(seconds: Iterable[int]) -> str:
    return duration_words(sum(seconds))


_SAYS = {
    Outcome.COVERED: _covered,
    Outcome.BILLABLE: _billable,
    Outcome.NOT_BILLABLE: _not_billable,
    Outcome.NEEDS_PERSON: _needs_person,
}
