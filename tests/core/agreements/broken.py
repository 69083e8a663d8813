"""Twelve ways to break Harbor's agreement, with the refusal and the words each deserves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from groundrules.core.agreements.facts import (
    CoverageState,
    Outcome,
    WorkCause,
)
from groundrules.core.agreements.table import (
    ClauseConflict,
    ClauseGap,
    DeadClause,
    MixedCurrencies,
    NotPublishable,
    UnknownPrecedence,
)
from groundrules.core.agreements.terms import AgreementVersion, DecidingClause
from groundrules.core.calendars import HoursBand
from groundrules.core.money import Money
from groundrules.core.work import WorkType
from tests.core.harbor import number, numbers

Break = Callable[[AgreementVersion], AgreementVersion]


def drop(version: AgreementVersion, *gone: str) -> AgreementVersion:
    """The version without some clauses, and without precedence over them."""
    kept = tuple(clause for clause in version.clauses if clause.number not in gone)
    freed = tuple(
        replace(c, takes_precedence_over=tuple(n for n in c.takes_precedence_over if n not in gone))
        for c in kept
    )
    return replace(version, clauses=freed)


def over(version: AgreementVersion, clause: str, numbers_over: str) -> AgreementVersion:
    """The version with one clause's precedence declared anew."""
    changed = tuple(
        replace(c, takes_precedence_over=numbers(numbers_over)) if c.number == clause else c
        for c in version.clauses
    )
    return replace(version, clauses=changed)


def add(version: AgreementVersion, clause: DecidingClause) -> AgreementVersion:
    """The version with one clause more."""
    return replace(version, clauses=(*version.clauses, clause))


def _shadow(version: AgreementVersion) -> AgreementVersion:
    """A second covering clause that 3.2 always beats."""
    extra = DecidingClause(
        number("3.9"),
        "Goodwill",
        Outcome.COVERED,
        {
            "state": frozenset({CoverageState.COVERED}),
            "work_type": frozenset({WorkType.MAINTENANCE}),
        },
    )
    beaten = {"3.2": "3.9", "4.2": "3.1 3.2 3.9 6.3 6.5", "4.3": "3.1 3.2 3.9 6.3 6.5"}
    for clause, lower in beaten.items():
        version = over(version, clause, lower)
    return add(version, extra)


def _weekends(version: AgreementVersion) -> AgreementVersion:
    """A clause for an hours band the calendar never produces."""
    when = {"band": frozenset({HoursBand.WEEKEND})}
    return add(version, DecidingClause(number("4.9"), "Weekends", Outcome.BILLABLE, when))


def _third_wheel(version: AgreementVersion) -> AgreementVersion:
    """A clause over 6.3, which is over 3.2, but not over 3.2 itself."""
    when = {"cause": frozenset({WorkCause.HARDWARE}), "band": frozenset({HoursBand.BUSINESS})}
    clause = DecidingClause(number("8.1"), "Hardware", Outcome.BILLABLE, when, numbers("6.3"))
    return add(version, clause)


BROKEN: list[tuple[str, Break, type[NotPublishable], str]] = [
    (
        "a fee in another currency",
        lambda v: replace(v, fees=replace(v.fees, monthly=Money(18500, "EUR"))),
        MixedCurrencies,
        (
            "An hour is priced in USD, but there are amounts in EUR under Fee (clause 2.1). "
            "Write every amount in one currency."
        ),
    ),
    (
        "no clause for servers that are not listed",
        lambda v: drop(v, "3.1"),
        ClauseGap,
        (
            "No clause says what happens to maintenance or remediation, on a server not listed, any "
            "cause, in business hours, whoever asked."
        ),
    ),
    (
        "no clause for projects",
        lambda v: drop(v, "5.1"),
        ClauseGap,
        (
            "No clause says what happens to project work, while covered or while under notice, any "
            "cause, at any hour, that nobody asked for, asked for by an authorised contact or asked "
            "for and awaiting ratification."
        ),
    ),
    (
        "no clause at all",
        lambda v: replace(v, clauses=()),
        ClauseGap,
        (
            "No clause says what happens to any work, whatever the server's state, any cause, at any "
            "hour, whoever asked."
        ),
    ),
    (
        "after-hours work without precedence",
        lambda v: over(v, "4.2", "3.1 6.3 6.5"),
        ClauseConflict,
        (
            "Clauses 3.2 and 4.2 both apply and neither takes precedence for maintenance or "
            "remediation, while covered or while under notice, any cause, after hours, asked for by "
            "an authorised contact or asked for and awaiting ratification."
        ),
    ),
    (
        "work while suspended without precedence",
        lambda v: over(v, "6.3", ""),
        ClauseConflict,
        (
            "Clauses 3.2 and 6.3 both apply and neither takes precedence for maintenance or "
            "remediation, while suspended or while being reinstated, any cause, in business hours, "
            "whoever asked."
        ),
    ),
    (
        "precedence only through a third clause",
        _third_wheel,
        ClauseConflict,
        (
            "Clauses 3.2 and 8.1 both apply and neither takes precedence for maintenance or "
            "remediation, while covered or while under notice, after a hardware failure, in business "
            "hours, whoever asked."
        ),
    ),
    (
        "precedence in a circle",
        lambda v: over(v, "3.2", "4.2"),
        ClauseConflict,
        "Precedence runs in a circle: 3.2 over 4.2 over 3.2. Drop one of them.",
    ),
    (
        "one number twice",
        lambda v: add(v, replace(v.clauses[0], title="Again")),
        ClauseConflict,
        "The number 3.1 is given to 2 clauses; number each once.",
    ),
    (
        "a clause that always gives way",
        _shadow,
        DeadClause,
        (
            "Clause 3.9 (Goodwill) never decides anything: wherever it applies, clause 3.2, 4.2 or "
            "4.3 prevails. Change its conditions or leave it out."
        ),
    ),
    (
        "a clause for hours that never come",
        _weekends,
        DeadClause,
        (
            "Clause 4.9 (Weekends) never applies: this calendar has no such hours. Change its "
            "conditions or leave it out."
        ),
    ),
    (
        "precedence over a clause that is not there",
        lambda v: over(v, "6.3", "3.2 9.9"),
        UnknownPrecedence,
        (
            "Clause 6.3 (Work while a server is suspended) takes precedence over clause 9.9, which is "
            "not a deciding clause of this version."
        ),
    ),
]
