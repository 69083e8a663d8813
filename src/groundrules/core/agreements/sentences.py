"""One typed record <-> one controlled-English sentence, for every clause and every quantity of a version.

People read, compare and sign the sentence; the engine applies the record. Neither loses anything of the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundrules.core.agreements.clause_sentences import (
    canonical,
    read_clause,
    say_clause,
    say_obligation,
)
from groundrules.core.agreements.dispute_sentences import read_disputes, say_disputes
from groundrules.core.agreements.extra_sentences import (
    read_short_notice,
    read_trip,
    say_short_notice,
    say_trip,
)
from groundrules.core.agreements.fee_sentences import (
    HEADINGS,
    read_block,
    read_cap,
    read_credit,
    read_onboarding,
    read_uplift,
    reader_of,
    say_block,
    say_cap,
    say_counted_fee,
    say_credit,
    say_onboarding,
    say_uplift,
)
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
from groundrules.core.agreements.quantity_sentences import (
    read_fees,
    read_hours,
    read_notice,
    read_rates,
    read_ratification,
    read_rounding,
    read_suspension,
    read_target,
    say_fees,
    say_hours,
    say_notice,
    say_rates,
    say_ratification,
    say_rounding,
    say_suspension,
    say_target,
)
from groundrules.core.agreements.reading import Cursor, UnreadableClause
from groundrules.core.agreements.recovery_sentences import read_recovery, say_recovery
from groundrules.core.agreements.return_sentences import read_reinstatement, say_reinstatement
from groundrules.core.agreements.terms import (
    AgreementVersion,
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

Sayable = (
    DecidingClause
    | ObligationClause
    | RateCard
    | Rounding
    | FeeTerms
    | NoticeTerms
    | RatificationTerms
    | SuspensionTerms
    | ReinstatementTerms
    | ServiceTarget
    | Calendar
    | CountedFee
    | UpliftTerms
    | OnboardingTerms
    | CreditTerms
    | BlockTerms
    | CapTerms
    | DisputeTerms
    | RecoveryTerms
    | TripTerms
    | ShortNoticeTerms
)

__all__ = ["Sayable", "UnreadableClause", "canonical", "parse", "say", "sentences_of"]

_SAY: dict[type, Callable[[Any], str]] = {
    DecidingClause: say_clause,
    ObligationClause: say_obligation,
    RateCard: say_rates,
    Rounding: say_rounding,
    FeeTerms: say_fees,
    NoticeTerms: say_notice,
    RatificationTerms: say_ratification,
    SuspensionTerms: say_suspension,
    ReinstatementTerms: say_reinstatement,
    ServiceTarget: say_target,
    Calendar: say_hours,
    CountedFee: say_counted_fee,
    UpliftTerms: say_uplift,
    OnboardingTerms: say_onboarding,
    CreditTerms: say_credit,
    BlockTerms: say_block,
    CapTerms: say_cap,
    DisputeTerms: say_disputes,
    TripTerms: say_trip,
    ShortNoticeTerms: say_short_notice,
    RecoveryTerms: say_recovery,
}
_READ: dict[str, Callable[[Cursor], Sayable]] = {
    "Clause": read_clause,
    "Rates": read_rates,
    "Rounding": read_rounding,
    "Fee": read_fees,
    "Notice": read_notice,
    "Ratification": read_ratification,
    "Suspension": read_suspension,
    "Reinstatement": read_reinstatement,
    "Target": read_target,
    "Hours": read_hours,
    **{heading: reader_of(unit) for unit, heading in HEADINGS.items()},
    "Uplift": read_uplift,
    "Onboarding": read_onboarding,
    "Credit": read_credit,
    "Block": read_block,
    "Cap": read_cap,
    "Disputes": read_disputes,
    "Trip": read_trip,
    "Short notice": read_short_notice,
    "Recovery": read_recovery,
}


def say(record: Sayable) -> str:
    """This function will write a clause or quantity as its sentence.

    Raises UnreadableClause when the record holds something no sentence can carry (an unknown value, an odd number).
    """
    return _SAY[type(record)](record)


def parse(sentence: str) -> Sayable:
    """This function will read a sentence back into its record; `parse(say(record))` is the (canonical) record.

    Raises UnreadableClause with the place, what stands there and what is allowed.
    """
    cursor = Cursor(sentence.strip())
    opening = next((word for word in _READ if cursor.text.startswith((f"{word} ", f"{word}:"))), "")
    if not opening:
        raise cursor.refuse(f'"{word}"' for word in _READ)
    record = _READ[opening](cursor)
    cursor.finish()
    return record


def sentences_of(version: AgreementVersion) -> tuple[str, ...]:
    """This function will write everything a version says: quantities first, then clauses by number."""
    quantities: list[Sayable | None] = [
        version.calendar,
        version.rates,
        version.rounding,
        version.fees,
        *sorted(version.counted_fees, key=lambda fee: fee.unit),
        version.uplift,
        version.onboarding,
        version.block,
        version.cap,
        version.trip,
        version.short_notice,
        version.notice,
        version.ratification,
        version.suspension,
        version.reinstatement,
        version.disputes,
        *sorted(version.targets, key=lambda target: target.priority),
        *sorted(version.service_credits, key=lambda credit: credit.priority),
        *sorted(version.recovery, key=lambda promise: promise.servers),
    ]
    clauses: list[DecidingClause | ObligationClause] = [*version.clauses, *version.obligations]
    said = [say(quantity) for quantity in quantities if quantity is not None]
    ordered = sorted(clauses, key=lambda clause: (clause_order(clause.number), say(clause)))
    return (*said, *(say(clause) for clause in ordered))


def clause_order(number: str) -> tuple[tuple[int, int, str], ...]:
    """This function will give the order people read clause numbers in: 3.2 before 3.10 before 4.1a."""
    return tuple(
        (0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part)
        for part in number.replace("-", ".").split(".")
    )
