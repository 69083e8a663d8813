"""What work costs beside its time as sentences, and back without loss: trips to the site, and short notice."""

from __future__ import annotations

from groundrules.core.agreements.further_terms import (
    Extra,
    NoticeStep,
    ShortNoticeTerms,
    TripTerms,
)
from groundrules.core.agreements.quantity_sentences import (
    PLACES,
    SAID_PLACES,
    read_heading,
    said_heading,
)
from groundrules.core.agreements.reading import Cursor, UnreadableClause, said_money

_AT_BASE = " minutes at the base rate"
_PER = {"per person and local day": False, "per issue, person and local day": True}
_SAID_PER = {per_issue: words for words, per_issue in _PER.items()}
_TRIP_WHEN = {
    "only when work there is charged": False,
    "also when work there is not charged": True,
}
_NOTICE_WHEN = {"only when it is charged": False, "also when it is not charged": True}
_ASKED_LATE = "work costs more that was asked for late: "


def say_trip(terms: TripTerms) -> str:
    """This function will state what each trip to the site costs, and when it is charged."""
    when = next(words for words, value in _TRIP_WHEN.items() if value is terms.when_covered)
    return (
        f"{said_heading('Trip', terms.clause)}a trip to the site costs {_said_extra(terms.costs)} "
        f"{_SAID_PER[terms.per_issue]}; {when}."
    )


def read_trip(cursor: Cursor) -> TripTerms:
    """This function will read a trip sentence."""
    clause = read_heading(cursor, "Trip")
    cursor.expect("a trip to the site costs ")
    costs = _read_extra(cursor)
    cursor.expect(" ")
    per_issue = cursor.choose(_PER)
    cursor.expect("; ")
    when = cursor.choose(_TRIP_WHEN)
    cursor.expect(".")
    return TripTerms(costs, per_issue, when, clause)


def say_short_notice(terms: ShortNoticeTerms) -> str:
    """This function will state what work asked for late costs more; raises UnreadableClause when nothing does."""
    if not terms.steps:
        message = (
            "short notice without any step costs nothing; say a step or leave the sentence out"
        )
        raise UnreadableClause(message)
    when = next(words for words, value in _NOTICE_WHEN.items() if value is terms.when_covered)
    steps = "; ".join(_said_step(step) for step in terms.steps)
    return f"{said_heading('Short notice', terms.clause)}{_ASKED_LATE}{steps}; {when}."


def _said_step(step: NoticeStep) -> str:
    where = f" {SAID_PLACES[step.place]}" if step.place else ""
    return f"{_said_extra(step.costs)}{where} when less than {step.within_hours} hours before"


def read_short_notice(cursor: Cursor) -> ShortNoticeTerms:
    """This function will read a short notice sentence."""
    clause = read_heading(cursor, "Short notice")
    cursor.expect(_ASKED_LATE)
    steps = [_read_step(cursor)]
    cursor.expect("; ")
    while not cursor.text.startswith(tuple(_NOTICE_WHEN), cursor.position):
        steps.append(_read_step(cursor))
        cursor.expect("; ")
    when = cursor.choose(_NOTICE_WHEN)
    cursor.expect(".")
    return ShortNoticeTerms(tuple(steps), when, clause)


def _read_step(cursor: Cursor) -> NoticeStep:
    costs = _read_extra(cursor)
    cursor.expect(" ")
    place = None
    if not cursor.skip("when less than "):
        place = cursor.choose(PLACES)
        cursor.expect(" when less than ")
    hours = cursor.whole()
    cursor.expect(" hours before")
    return NoticeStep(hours, costs, place)


def _said_extra(costs: Extra) -> str:
    return f"{costs.minutes}{_AT_BASE}" if costs.amount is None else said_money(costs.amount)


def _read_extra(cursor: Cursor) -> Extra:
    """Minutes, where they are said; else an amount, which has its currency behind it."""
    start = cursor.position
    number = cursor.fraction()
    if number.denominator == 1 and cursor.skip(_AT_BASE):
        return Extra(minutes=int(number))
    cursor.position = start
    return Extra(amount=cursor.money())
