"""The next version of an agreement while it is written: sentences to records line by line, and clauses as a form.

A line that cannot be read is a value with its place, so that the rest is read and nothing that was typed is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

from groundrules.core.agreements.facts import DIMENSIONS, Outcome
from groundrules.core.agreements.further_terms import (
    BlockTerms,
    CapTerms,
    CountedFee,
    CreditTerms,
    DisputeTerms,
    OnboardingTerms,
    RecoveryTerms,
    ShortNoticeTerms,
    TripTerms,
    UpliftTerms,
)
from groundrules.core.agreements.matching import UnknownFact
from groundrules.core.agreements.sentences import Sayable, UnreadableClause, parse, sentences_of
from groundrules.core.agreements.terms import (
    AgreementVersion,
    DecidingClause,
    EvidenceNeed,
    FeeTerms,
    NoticeTerms,
    ObligationClause,
    RateBasis,
    RateCard,
    RatificationTerms,
    ReinstatementTerms,
    Rounding,
    ServiceTarget,
    SuspensionTerms,
)
from groundrules.core.calendars import Calendar
from groundrules.core.ids import ClauseNumber

# Which field of a version a sentence fills; what is listed with True may come more than once.
_PLACES: dict[type, tuple[str, bool]] = {
    DecidingClause: ("clauses", True),
    ObligationClause: ("obligations", True),
    ServiceTarget: ("targets", True),
    Calendar: ("calendar", False),
    RateCard: ("rates", False),
    Rounding: ("rounding", False),
    FeeTerms: ("fees", False),
    NoticeTerms: ("notice", False),
    RatificationTerms: ("ratification", False),
    SuspensionTerms: ("suspension", False),
    ReinstatementTerms: ("reinstatement", False),
    CountedFee: ("counted_fees", True),
    UpliftTerms: ("uplift", False),
    OnboardingTerms: ("onboarding", False),
    CreditTerms: ("service_credits", True),
    BlockTerms: ("block", False),
    CapTerms: ("cap", False),
    DisputeTerms: ("disputes", False),
    TripTerms: ("trip", False),
    ShortNoticeTerms: ("short_notice", False),
    RecoveryTerms: ("recovery", True),
}
_SEVERAL = frozenset(place for place, several in _PLACES.values() if several)
_NEEDED = {
    "calendar": "the hours of business (Hours: …)",
    "rates": "the rates (Rates: …)",
    "rounding": "how time is rounded (Rounding: …)",
    "fees": "the fee (Fee: …)",
}


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What keeps a line from being read, or a version from being whole (`line` 0). Lines count from 1."""

    line: int
    says: str


@dataclass(frozen=True, slots=True)
class DraftRead:
    """What a draft's text says: the record of each readable line, and the version when the whole can be one."""

    records: tuple[tuple[int, Sayable], ...]
    problems: tuple[LineProblem, ...]
    version: AgreementVersion | None

    @property
    def clauses(self) -> tuple[tuple[int, DecidingClause], ...]:
        """The clauses that decide work, each with its line."""
        return tuple((n, r) for n, r in self.records if isinstance(r, DecidingClause))


def read_draft(text: str, base: AgreementVersion) -> DraftRead:
    """This function will read a version from its sentences, one to a line; number, dates and servers are the base's."""
    records: list[tuple[int, Sayable]] = []
    problems: list[LineProblem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            records.append((number, parse(line.strip())))
        except UnreadableClause as refused:
            problems.append(LineProblem(number, str(refused)))
    problems += _whole(records)
    version = None if problems else _version(records, base)
    return DraftRead(tuple(records), tuple(problems), version)


def draft_text(version: AgreementVersion) -> str:
    """This function will write a version as the text a draft begins from, one sentence to a line."""
    return "\n".join(sentences_of(version))


def _whole(records: list[tuple[int, Sayable]]) -> list[LineProblem]:
    found = [
        LineProblem(number, f"this was said before; keep one sentence about {place}")
        for number, place in _said_twice(records)
    ]
    present = {_PLACES[type(record)][0] for _, record in records}
    found += [
        LineProblem(0, f"{words} is missing; add that sentence")
        for place, words in _NEEDED.items()
        if place not in present
    ]
    numbers = Counter(r.number for _, r in records if isinstance(r, DecidingClause))
    return found + [
        LineProblem(0, f"clause {number} is there {count} times; give each clause its own number")
        for number, count in sorted(numbers.items())
        if count > 1
    ]


def _said_twice(records: list[tuple[int, Sayable]]) -> Iterable[tuple[int, str]]:
    seen: set[str] = set()
    for number, record in records:
        place, several = _PLACES[type(record)]
        if not several and place in seen:
            yield number, place
        seen.add(place)


def _version(records: list[tuple[int, Sayable]], base: AgreementVersion) -> AgreementVersion:
    kept: dict[str, Any] = {
        f.name: () if f.name in _SEVERAL else None
        for f in fields(AgreementVersion)
        if f.name in {place for place, _ in _PLACES.values()}
    }
    for _, record in records:
        place, several = _PLACES[type(record)]
        kept[place] = (*kept[place], record) if several else record
    return replace(base, **kept)


def clause_from_form(clause: DecidingClause, given: Mapping[str, list[str]]) -> DecidingClause:
    """This function will return a clause as a form says it; a fact with nothing ticked may be anything.

    Raises UnknownFact for a value no fact has, and UnreadableClause when the clause could not be said.
    """
    when = {}
    for fact, values in DIMENSIONS.items():
        ticked = frozenset(given.get(fact, []))
        known = {str(value.value) for value in values}
        if ticked - known:
            message = f"{', '.join(sorted(ticked - known))} is no value of {fact}"
            raise UnknownFact(message)
        if ticked and ticked != known:
            when[fact] = ticked
    first = {name: (values[0] if values else "") for name, values in given.items()}
    precedence = first.get("precedence", "").replace(",", " ").split()
    return replace(
        clause,
        number=ClauseNumber(first.get("number", "").strip() or clause.number),
        title=first.get("title", "").strip(),
        outcome=Outcome(first.get("outcome", clause.outcome.value)),
        rate=RateBasis(first.get("rate", clause.rate.value)),
        when=when,
        needs=frozenset(EvidenceNeed(need) for need in given.get("needs", [])),
        takes_precedence_over=tuple(ClauseNumber(number) for number in precedence),
        text=first.get("text", "").strip(),
        times=_times(first.get("times", ""), clause.times),
    )


def _times(given: str, before: Fraction) -> Fraction:
    """A multiple as a form says it; raises UnreadableClause for what is no number."""
    if not given.strip():
        return before
    try:
        return Fraction(given.strip())
    except (ValueError, ZeroDivisionError) as wrong:
        message = f"{given.strip()!r} is no multiple; write a number such as 2, 1.5 or 4/3"
        raise UnreadableClause(message) from wrong
