"""After-hours and rounding regimes found in real agreements, each as sentences and one price worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import pytest

from groundrules.core.agreements.facts import Severity, Stems, WorkCause
from groundrules.core.agreements.further_terms import ShortNoticeTerms, TripTerms
from groundrules.core.agreements.sentences import Sayable, parse
from groundrules.core.agreements.terms import Agreement, DecidingClause, RateCard, Rounding
from groundrules.core.calendars import Calendar
from groundrules.core.coverage.facts_of_work import ROUTINE, CauseFact, SeverityFact, StemsFact
from groundrules.core.money import Money, total
from groundrules.core.rating.rate import open_lines, rate
from tests.core.harbor_work import AGREEMENT, Job, decided, pat_asks, site

_T = TypeVar("_T")
_WEEK = ", ".join(f"{day} 08:00 to 17:00" for day in ("Monday", "Tuesday", "Wednesday", "Thursday"))
_OPEN = f'Hours: local time of "America/Los_Angeles"; open {_WEEK} and Friday 08:00 to 17:00'
_PLAIN = f"{_OPEN}; weekend is Saturday and Sunday."
_TO_THE_MINUTE = (
    "Rounding: charged time is rounded up to 1 minutes per issue, person, local day and rate band."
)
_ALL = "Clause 1: any work is covered."
_NIGHT = (
    "Clause 2: any work, after hours or at weekends or on holidays, is billable at the band's rate. "
    "It takes precedence over clause 1."
)
_PAID = "Clause 1: any work is billable at the band's rate."
_OWN = CauseFact(WorkCause.PROVIDER_CHANGE, sentence="Our patch broke it.", established=True)
_BROKEN = CauseFact(WorkCause.HARDWARE, sentence="The power supply failed.", established=True)


def agreed(*sentences: str) -> Agreement:
    """This function will build Harbor's agreement with the sentences in the place of its own."""
    records = [parse(sentence) for sentence in sentences]
    version = replace(
        AGREEMENT.versions[0],
        calendar=_one(records, Calendar),
        trip=_at_most_one(records, TripTerms),
        short_notice=_at_most_one(records, ShortNoticeTerms),
        rates=_one(records, RateCard),
        rounding=_one(records, Rounding),
        clauses=tuple(record for record in records if isinstance(record, DecidingClause)),
        obligations=(),
    )
    return replace(AGREEMENT, versions=(version,))


def _one(records: list[Sayable], kind: type[_T]) -> _T:
    (found,) = (record for record in records if isinstance(record, kind))
    return found


def _at_most_one(records: list[Sayable], kind: type[_T]) -> _T | None:
    return next((record for record in records if isinstance(record, kind)), None)


@dataclass(frozen=True, slots=True)
class Regime:
    """One regime: its sentences, the stretch of work, and what it comes to."""

    name: str
    sentences: tuple[str, ...]
    start: str
    end: str
    comes_to: str
    cause: CauseFact = ROUTINE
    severity: Severity = Severity.NONE
    stems: Stems = Stems.ELSEWHERE

    def __str__(self) -> str:
        return self.name


def _rates(said: str) -> str:
    return f"Rates: an hour costs 100.00 USD{said}."


def _rounding(said: str) -> str:
    return f"Rounding: charged time is rounded {said}."


_BY_NIGHT = f"{_OPEN}; weekend is Saturday and Sunday; weekends priced apart from Friday 17:00; holidays priced apart."
_AQL = (
    _BY_NIGHT,
    _rates("; after hours 1.5 times that; at weekends 2 times that; on holidays 2 times that"),
)
_DARRON = (
    f"{_OPEN}; closed on 2007-03-04; weekend is Saturday; weekends priced apart; holidays priced apart.",
    _rates("; after hours 1.5 times that; at weekends 2 times that; on holidays 3 times that"),
)
_FREE_OF_OWN = (
    "Clause 3: any work, caused by the provider's own change, is not billable. "
    "It takes precedence over clauses 1 and 2."
)
_FREE_OF_HARDWARE = (
    "Clause 3: work that is maintenance or remediation, after a hardware failure, is covered. "
    "It takes precedence over clauses 1 and 2."
)
_AT_BASE = _NIGHT.replace("at the band's rate", "at the base rate")
_FREE_AT_NIGHT = _NIGHT.replace("billable at the band's rate", "not billable")
_OVER = "up to {} minutes per issue, person, local day and rate band"
_DOUBLE, _HALF_MORE = _rates("; after hours 2 times that"), _rates("; after hours 1.5 times that")

# 2007-02-28 was a Wednesday, 03-02 a Friday, 03-04 a Sunday; 60 minutes at 100.00 an hour unless said otherwise.
AFTER_HOURS = (
    Regime(
        "double always",
        (_PLAIN, _DOUBLE, _TO_THE_MINUTE, _ALL, _NIGHT),
        "2007-02-28 18:00",
        "2007-02-28 19:00",
        "200.00",
    ),
    Regime(
        "half more, two hours at least",
        (
            _PLAIN,
            _HALF_MORE,
            _rounding(f"{_OVER.format(15)}; after hours at least 120 minutes"),
            _ALL,
            _NIGHT,
        ),
        "2007-02-28 18:00",
        "2007-02-28 18:30",
        "300.00",
    ),
    Regime(
        "a night in the week",
        (*_AQL, _TO_THE_MINUTE, _ALL, _NIGHT),
        "2007-03-01 18:00",
        "2007-03-01 19:00",
        "150.00",
    ),
    Regime(
        "the weekend from Friday 17:00",
        (*_AQL, _TO_THE_MINUTE, _ALL, _NIGHT),
        "2007-03-02 16:00",
        "2007-03-02 18:00",
        "200.00",
    ),
    Regime(
        "before business on Friday is no weekend",
        (*_AQL, _TO_THE_MINUTE, _ALL, _NIGHT),
        "2007-03-02 06:00",
        "2007-03-02 07:00",
        "150.00",
    ),
    Regime(
        "Saturday double",
        (*_DARRON, _TO_THE_MINUTE, _ALL, _NIGHT),
        "2007-03-03 10:00",
        "2007-03-03 11:00",
        "200.00",
    ),
    Regime(
        "Sunday threefold",
        (*_DARRON, _TO_THE_MINUTE, _ALL, _NIGHT),
        "2007-03-04 10:00",
        "2007-03-04 11:00",
        "300.00",
    ),
    Regime(
        "no uplift",
        (_PLAIN, _DOUBLE, _TO_THE_MINUTE, _ALL, _AT_BASE),
        "2007-02-28 18:00",
        "2007-02-28 19:00",
        "100.00",
    ),
    Regime(
        "free when our own change broke it",
        (_PLAIN, _DOUBLE, _TO_THE_MINUTE, _ALL, _NIGHT, _FREE_OF_OWN),
        "2007-02-28 18:00",
        "2007-02-28 19:00",
        "0.00",
        _OWN,
    ),
    Regime(
        "best effort",
        (_PLAIN, _DOUBLE, _TO_THE_MINUTE, _ALL, _FREE_AT_NIGHT),
        "2007-02-28 18:00",
        "2007-02-28 19:00",
        "0.00",
    ),
    Regime(
        "free when the server is down by itself",
        (_PLAIN, _DOUBLE, _TO_THE_MINUTE, _ALL, _NIGHT, _FREE_OF_HARDWARE),
        "2007-02-28 18:00",
        "2007-02-28 19:00",
        "0.00",
        _BROKEN,
    ),
)

ROUNDING = (
    Regime(
        "six minutes",
        (_PLAIN, _rates(""), _rounding(_OVER.format(6)), _PAID),
        "2007-02-28 09:00",
        "2007-02-28 09:07",
        "20.00",
    ),
    Regime(
        "a quarter up",
        (_PLAIN, _rates(""), _rounding(_OVER.format(15)), _PAID),
        "2007-02-28 09:00",
        "2007-02-28 09:37",
        "75.00",
    ),
    Regime(
        "the nearest quarter",
        (_PLAIN, _rates(""), _rounding("to the nearest 15 minutes per entry"), _PAID),
        "2007-02-28 09:00",
        "2007-02-28 09:37",
        "50.00",
    ),
    Regime(
        "half hours",
        (_PLAIN, _rates(""), _rounding(_OVER.format(30)), _PAID),
        "2007-02-28 09:00",
        "2007-02-28 09:31",
        "100.00",
    ),
    Regime(
        "half an hour even for five minutes",
        (
            _PLAIN,
            _rates(""),
            _rounding(f"{_OVER.format(15)}; in business hours at least 30 minutes"),
            _PAID,
        ),
        "2007-02-28 09:00",
        "2007-02-28 09:05",
        "50.00",
    ),
    Regime(
        "an hour, then quarters",
        (
            _PLAIN,
            _rates(""),
            _rounding(f"{_OVER.format(15)}; in business hours at least 60 minutes"),
            _PAID,
        ),
        "2007-02-28 09:00",
        "2007-02-28 10:05",
        "125.00",
    ),
    Regime(
        "per day, not per issue",
        (_PLAIN, _rates(""), _rounding("up to 60 minutes per local day"), _PAID),
        "2007-02-28 09:00",
        "2007-02-28 09:10",
        "100.00",
    ),
)


_SUNDAYS = (
    (
        f"{_OPEN}; closed on 2007-03-01; weekend is Saturday; weekends priced apart; Sundays priced apart; "
        "holidays priced apart."
    ),
    _rates(
        "; after hours 1.5 times that; at weekends 2 times that; on holidays 3 times that; on Sundays 3 times that"
    ),
)
_ANY_NIGHT = _NIGHT.replace("on holidays", "on holidays or on Sundays")
_EMERGENCY = (
    "Clause 3: any work, after hours or at weekends or on holidays, of severity 1, "
    "is billable at 2 times the base rate. It takes precedence over clauses 1 and 2."
)
_ONLY_EMERGENCIES = (
    "Clause 3: any work, after hours or at weekends or on holidays, of severity 1, is covered. "
    "It takes precedence over clauses 1 and 2."
)
_FREE_OF_OUR_DAY = (
    "Clause 3: any work, stemming from our work in business hours, is not billable. "
    "It takes precedence over clauses 1 and 2."
)
_NIGHT_OF_TWO_HOURS = _rounding(f"{_OVER.format(15)}; after hours at least 120 minutes")
_WEDNESDAY_NIGHT = "2007-02-28 18:00", "2007-02-28 19:00"


def _night(name: str, clause: str, comes_to: str, **facts: object) -> Regime:
    """One hour of a Wednesday evening at 1.5 times 100.00, unless the clause says otherwise."""
    sentences = (_PLAIN, _HALF_MORE, _TO_THE_MINUTE, _ALL, _NIGHT, clause)
    return Regime(name, sentences, *_WEDNESDAY_NIGHT, comes_to, **facts)  # type: ignore[arg-type]  # by name


FURTHER = (
    _night("severity 1 included", _ONLY_EMERGENCIES, "0.00", severity=Severity.ONE),
    _night("nothing else included", _ONLY_EMERGENCIES, "150.00", severity=Severity.TWO),
    _night("an emergency costs double", _EMERGENCY, "200.00", severity=Severity.ONE),
    _night("any other night half more", _EMERGENCY, "150.00"),
    _night("free when our day caused it", _FREE_OF_OUR_DAY, "0.00", stems=Stems.OUR_BUSINESS_HOURS),
    _night("charged when our night caused it", _FREE_OF_OUR_DAY, "150.00", cause=_OWN),
    Regime(
        "an emergency of half an hour is two hours at double",
        (_PLAIN, _HALF_MORE, _NIGHT_OF_TWO_HOURS, _ALL, _NIGHT, _EMERGENCY),
        "2007-02-28 18:00",
        "2007-02-28 18:30",
        "400.00",
        severity=Severity.ONE,
    ),
    Regime(
        "Saturday double, Sunday triple, no dates listed",
        (*_SUNDAYS, _TO_THE_MINUTE, _ALL, _ANY_NIGHT),
        "2007-03-03 23:00",
        "2007-03-04 01:00",
        "500.00",
    ),
    Regime(
        "a holiday has its own price",
        (*_SUNDAYS, _TO_THE_MINUTE, _ALL, _ANY_NIGHT),
        "2007-03-01 10:00",
        "2007-03-01 11:00",
        "300.00",
    ),
)


class TestRegimes:
    """What one stretch of work comes to under each regime."""

    @pytest.mark.parametrize("regime", [*AFTER_HOURS, *ROUNDING, *FURTHER], ids=str)
    def test_comes_to_what_the_agreement_says(self, regime: Regime) -> None:
        """One price for each way agreements count nights, weekends and minutes."""
        agreement = agreed(*regime.sentences)
        job = Job(
            site(regime.start),
            site(regime.end),
            cause=regime.cause,
            severity=SeverityFact(regime.severity),
            stems=StemsFact(regime.stems),
        )

        charges = rate([decided(job, agreement)], agreement)

        amounts = [charge.amount for charge in charges]
        assert total(amounts, "USD") == Money.of(regime.comes_to, "USD")

    def test_does_not_continue_into_the_evening_by_itself(self) -> None:
        """What is not solved at closing time waits until the client has asked; then it is charged."""
        asked = _NIGHT.replace("rate. It", "rate. It needs a recorded request. It")
        agreement = agreed(_PLAIN, _DOUBLE, _TO_THE_MINUTE, _ALL, asked)
        start, end = "2007-02-28 16:00", "2007-02-28 18:00"

        unasked = [decided(Job(site(start), site(end)), agreement)]
        on_request = [decided(pat_asks(start, end), agreement)]

        assert rate(unasked, agreement) == ()
        assert [line.seconds for line in open_lines(unasked)] == [3600]
        assert [str(charge.amount) for charge in rate(on_request, agreement)] == ["$200.00"]
