"""Disputes: a client or a vendor says that a decision, a line, a fact or a score of ours is wrong, and gets an answer.

Until the answer a disputed amount is not due and a disputed fact counts in no score. An upheld dispute is a fact of its
own: what follows from it supersedes, and nothing is edited.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from groundrules.core.agreements.further_terms import DisputeTerms
from groundrules.core.attribution.answers import Attribution, Strength
from groundrules.core.calendars import Calendar, zone_label
from groundrules.core.ids import ClauseNumber, ContactId, DisputeId, InvoiceId, MessageId, VendorId
from groundrules.core.money import Money
from groundrules.core.periods import local_date, start_of_local_day, utc
from groundrules.core.reasons import FactRef, Reason


class DisputeSubject(StrEnum):
    """What may be disputed."""

    DECISION = "decision"
    LINE = "line"
    CHANGE = "change"
    LOGIN = "login"
    SCORE = "score"


ABOUT_MONEY = frozenset({DisputeSubject.DECISION, DisputeSubject.LINE})
ABOUT_FACTS = frozenset({DisputeSubject.CHANGE, DisputeSubject.LOGIN})


class DisputeSide(StrEnum):
    """Who disputes."""

    CLIENT = "client"
    VENDOR = "vendor"


class DisputeOutcome(StrEnum):
    """How a dispute ended."""

    UPHELD = "upheld"
    REJECTED = "rejected"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class DisputeRefused(ValueError):
    """The dispute can't be opened or answered like this; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class DisputeAnswer:
    """The answer: by whom, what, and why; `clause` where a clause and no person decided it."""

    at: datetime
    by: str
    outcome: DisputeOutcome
    says: str
    clause: ClauseNumber = ClauseNumber("")


@dataclass(frozen=True, slots=True)
class Dispute:
    """One dispute: what is disputed, by whom, why, what waits meanwhile, and until when we answer.

    `ref` is a decision's number, a line's, change's or login's reference, or a vendor. `held` is what is not due while
    it is open, before tax, on `document` once that was issued.
    """

    id: DisputeId
    subject: DisputeSubject
    ref: str
    side: DisputeSide
    person: str
    at: datetime
    says: str
    answer_by: datetime
    clause: ClauseNumber = ClauseNumber("")
    contact: ContactId | None = None
    vendor: VendorId | None = None
    reply_to: str = ""
    message: MessageId | None = None
    held: Money | None = None
    document: InvoiceId | None = None
    answer: DisputeAnswer | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answer is None

    @property
    def is_upheld(self) -> bool:
        """Whether it was found right."""
        return self.answer is not None and self.answer.outcome is DisputeOutcome.UPHELD

    def is_late(self, at: datetime) -> bool:
        """This function will say whether the time to answer has passed without one."""
        return self.is_open and utc(at) >= utc(self.answer_by)


def answer_by(terms: DisputeTerms, calendar: Calendar, at: datetime) -> datetime:
    """This function will return the instant until which a dispute is answered: the end of the last business day."""
    raised = local_date(calendar.zone, at)
    last = calendar.next_business_day(raised, max(terms.answered_within_business_days, 1))
    return start_of_local_day(calendar.zone, last + timedelta(days=1))


def last_day(dispute: Dispute, zone: str) -> date:
    """This function will return the last local day to answer on."""
    return local_date(zone, dispute.answer_by) - timedelta(days=1)


def refuse_late(terms: DisputeTerms, since: datetime, at: datetime, zone: str) -> None:
    """This function will refuse what is raised later than the agreement allows; raises DisputeRefused."""
    if not terms.raised_within_days:
        return
    last = local_date(zone, since) + timedelta(days=terms.raised_within_days)
    if local_date(zone, at) > last:
        clause = f" (clause {terms.clause})" if terms.clause else ""
        within = f"A dispute is raised within {terms.raised_within_days} days{clause}"
        message = f"{within}; the last day for this was {last}."
        raise DisputeRefused(message)


def refuse_twice(disputes: Iterable[Dispute], subject: DisputeSubject, ref: str, zone: str) -> None:
    """This function will refuse to open what is open, or was answered; raises DisputeRefused.

    What was withdrawn may be raised again, and so may a decision that superseded the answered one: it has a number of
    its own.
    """
    for one in disputes:
        if (one.subject, one.ref) != (subject, ref):
            continue
        if one.answer is None:
            message = (
                f"{one.id} about this is open already; it is answered by {last_day(one, zone)}."
            )
            raise DisputeRefused(message)
        if (
            one.answer.outcome is not DisputeOutcome.WITHDRAWN
            and subject is not DisputeSubject.SCORE
        ):
            message = (
                f"{one.id} about this was {one.answer.outcome.value} on {zone_label(one.answer.at, zone)}: "
                f"“{one.answer.says}”"
            )
            raise DisputeRefused(message)


def answered(dispute: Dispute, answer: DisputeAnswer) -> Dispute:
    """This function will return the dispute with its answer; raises DisputeRefused without a reason, or again."""
    if dispute.answer is not None:
        message = f"{dispute.id} was {dispute.answer.outcome.value} before; nothing was changed."
        raise DisputeRefused(message)
    if not answer.says.strip():
        message = "Write why; whoever raised it reads the reason."
        raise DisputeRefused(message)
    return replace(dispute, answer=replace(answer, says=answer.says.strip()))


def not_counted(disputes: Iterable[Dispute]) -> frozenset[str]:
    """This function will list the facts that count in no score: disputed and not answered, or found wrong."""
    return frozenset(
        d.ref for d in disputes if d.subject in ABOUT_FACTS and (d.is_open or d.is_upheld)
    )


def waiting(disputes: Iterable[Dispute]) -> frozenset[str]:
    """This function will list the facts whose dispute waits for an answer."""
    return frozenset(d.ref for d in disputes if d.subject in ABOUT_FACTS and d.is_open)


def score_is_open(disputes: Iterable[Dispute], vendor: VendorId) -> Dispute | None:
    """This function will return the open dispute of a vendor's score, or None."""
    about = (d for d in disputes if d.subject is DisputeSubject.SCORE and d.ref == vendor)
    return next((d for d in about if d.is_open), None)


def held_total(disputes: Iterable[Dispute], currency: str) -> Money:
    """This function will add up what is not due while these disputes are open."""
    held = (d.held for d in disputes if d.is_open and d.held is not None)
    return sum(held, Money.zero(currency))


def corrected(
    attributions: tuple[Attribution, ...], disputes: Iterable[Dispute], zone: str
) -> tuple[Attribution, ...]:
    """This function will return who made each change, naming nobody where a dispute of it was upheld."""
    upheld = {d.ref: d for d in disputes if d.subject is DisputeSubject.CHANGE and d.is_upheld}
    if not upheld:
        return attributions
    return tuple(
        _without_party(a, upheld[a.change], zone) if a.change in upheld else a for a in attributions
    )


def _without_party(attribution: Attribution, dispute: Dispute, zone: str) -> Attribution:
    given = dispute.answer
    when = f" on {zone_label(given.at, zone)}: “{given.says}”" if given else ""
    says = f"{dispute.person} disputed this ({dispute.id}), and that was upheld{when}. Nobody is named."
    reason = Reason("dispute", says, (FactRef("dispute", dispute.id),))
    return replace(
        attribution,
        party=None,
        session=None,
        account="",
        strength=Strength.UNKNOWN,
        reasons=(reason, *attribution.reasons),
    )
