"""What one agreement version says, by keys or by sentences: each quantity once, and nothing needed left unsaid."""

from __future__ import annotations

from typing import TypeVar, cast

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
from groundrules.core.agreements.sentences import Sayable, UnreadableClause, parse
from groundrules.core.agreements.terms import (
    DecidingClause,
    FeeTerms,
    NoticeTerms,
    ObligationClause,
    RateCard,
    RatificationTerms,
    ReinstatementTerms,
    Rounding,
    ServiceTarget,
    SuspensionTerms,
)
from groundrules.core.calendars import Calendar
from groundrules.readers.case_file.places import BadValue, Place

_Kind = TypeVar("_Kind")

_MANY = (
    DecidingClause,
    ObligationClause,
    ServiceTarget,
    CountedFee,
    CreditTerms,
    RecoveryTerms,
)
# What people call each quantity: the key, and the word its sentence begins with.
_WORDS: dict[type, tuple[str, str]] = {
    Calendar: ("calendar", "Hours"),
    RateCard: ("rates", "Rates"),
    Rounding: ("rounding", "Rounding"),
    FeeTerms: ("fees", "Fee"),
    NoticeTerms: ("notice", "Notice"),
    RatificationTerms: ("ratification", "Ratification"),
    SuspensionTerms: ("suspension", "Suspension"),
    ReinstatementTerms: ("reinstatement", "Reinstatement"),
    UpliftTerms: ("uplift", "Uplift"),
    OnboardingTerms: ("onboarding", "Onboarding"),
    BlockTerms: ("block", "Block"),
    CapTerms: ("cap", "Cap"),
    DisputeTerms: ("disputes", "Disputes"),
    TripTerms: ("trip", "Trip"),
    ShortNoticeTerms: ("short_notice", "Short notice"),
}


class Said:
    """The records one version is made of; `place` is where the version stands."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._records: list[Sayable] = []

    def add(self, record: Sayable) -> None:
        """This function will take a record in; raises BadValue when a quantity was said before."""
        kind = type(record)
        if not isinstance(record, _MANY) and self.every(kind):
            key, word = _WORDS[kind]
            raise BadValue(
                self._place,
                f"this version says its {key} twice (`{key}` or a {word} sentence); keep one",
            )
        self._records.append(record)

    def every(self, kind: type[_Kind]) -> tuple[_Kind, ...]:
        """This function will return every record of a kind, in the order they were said."""
        return tuple(cast("_Kind", record) for record in self._records if isinstance(record, kind))

    def one(self, kind: type[_Kind]) -> _Kind | None:
        """This function will return the record of a kind, or None when nothing was said."""
        return next(iter(self.every(kind)), None)

    def needed(self, kind: type[_Kind]) -> _Kind:
        """This function will return the record of a kind; raises BadValue when nothing was said."""
        found = self.one(kind)
        if found is None:
            key, word = _WORDS[kind]
            raise BadValue(
                self._place,
                f"this version says nothing about its {key}: add `{key}` or a {word} sentence",
            )
        return found


def read_sentence(sentence: str, place: Place) -> Sayable:
    """This function will read one controlled-English sentence; raises BadValue with what is wrong in it."""
    try:
        return parse(sentence)
    except UnreadableClause as error:
        raise BadValue(place, f"a sentence of this version can't be read: {error}") from error
