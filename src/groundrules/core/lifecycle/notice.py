"""When a notice counts as received, when its days end, and from when coverage may be suspended; each step in words.

A notice to the wrong address, one that bounced, or an e-mail without the receipt the agreement asks for starts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from groundrules.core.agreements.terms import NoticeTerms, SuspensionTerms
from groundrules.core.calendars import Calendar, zone_label
from groundrules.core.ids import NoticeId
from groundrules.core.lifecycle.answers import Notice, NoticeArithmetic
from groundrules.core.periods import local_date, utc
from groundrules.core.work import Channel

_DAY = "%a %Y-%m-%d"


class NoticeNotReceived(ValueError):
    """A suspension was to follow a notice that does not count as received."""


@dataclass(frozen=True, slots=True)
class _Received:
    """The instant that counts for reception, and the sentence why."""

    at: datetime
    step: str


def notice_arithmetic(
    notice: Notice,
    terms: NoticeTerms,
    suspension_terms: SuspensionTerms,
    calendar: Calendar,
    notice_address: str,
) -> NoticeArithmetic:
    """This function will work out when a notice lets a suspension take effect, or why it does not.

    `notice_address` is the client's agreed address for notices. Days are business days of `calendar`; the day the
    notice counts as received is not one of them. Never raises for a bad notice: the refusal is part of the answer.
    """
    refusal = _why_not(notice, terms, suspension_terms, notice_address)
    if refusal:
        return NoticeArithmetic(None, None, None, refusal, (_sent(notice, calendar), refusal))
    received = _received(notice, terms, calendar)
    deemed, deemed_step = _deemed_day(received.at, terms, calendar)
    days = suspension_terms.notice_business_days
    last = calendar.next_business_day(deemed, days) if days else deemed
    opening_day = calendar.next_business_day(last)
    effective_at = calendar.opening_on(opening_day)
    steps = (
        _sent(notice, calendar),
        received.step,
        deemed_step,
        _days_step(deemed, last, suspension_terms, calendar),
        (
            f"Suspension takes effect at the next opening of business: {zone_label(effective_at, calendar.zone)} "
            f"({effective_at:%H:%M} UTC)."
        ),
    )
    return NoticeArithmetic(deemed, last, effective_at, "", steps)


def _sent(notice: Notice, calendar: Calendar) -> str:
    at = zone_label(notice.sent_at, calendar.zone)
    return f"Sent {at} by {notice.channel.value} to {notice.to or 'nobody'}."


def _why_not(
    notice: Notice, terms: NoticeTerms, suspension_terms: SuspensionTerms, notice_address: str
) -> str:
    """Returns the one sentence that stops a notice, or nothing. The order is from gravest to mildest."""
    proof_needed = notice.channel is Channel.POST or (
        notice.channel is Channel.EMAIL and terms.email_needs_receipt
    )
    checks = (
        (
            notice.breach_of != suspension_terms.breach_of,
            (
                f"The notice names clause {notice.breach_of}; clause {suspension_terms.clause} permits suspension "
                f"only for clause {suspension_terms.breach_of}. Send a notice that names it."
            ),
        ),
        (
            notice.channel is Channel.CALL,
            f"A call is not a written notice under clause {terms.clause}. Send it in writing.",
        ),
        (
            not _is_addressed_to(notice, notice_address),
            (
                f"It went to {notice.to or 'nobody'}, not to the agreed notice address "
                f"{notice_address or '(none is on record)'} (clause {terms.clause}). Send it there."
            ),
        ),
        (
            notice.bounced_at is not None,
            f"It bounced, so it was not delivered (clause {terms.clause}). Send it again another way.",
        ),
        (
            proof_needed and notice.receipt_at is None,
            (
                f"No delivery receipt is on record, and clause {terms.clause} needs one: the notice does not count as "
                "received and nothing can be suspended on it."
            ),
        ),
    )
    return next((sentence for fails, sentence in checks if fails), "")


def _is_addressed_to(notice: Notice, notice_address: str) -> bool:
    if notice.channel is Channel.MEETING:
        return bool(notice.to)
    return (
        bool(notice_address) and notice.to.strip().casefold() == notice_address.strip().casefold()
    )


def _received(notice: Notice, terms: NoticeTerms, calendar: Calendar) -> _Received:
    """Delivery counts when it is on record; otherwise, where no receipt is needed, sending does."""
    if notice.receipt_at is None:
        return _Received(
            utc(notice.sent_at), f"Clause {terms.clause} needs no receipt here; sending counts."
        )
    at = zone_label(notice.receipt_at, calendar.zone)
    return _Received(utc(notice.receipt_at), f"Delivery receipt {at} (clause {terms.clause}).")


def _deemed_day(at: datetime, terms: NoticeTerms, calendar: Calendar) -> tuple[date, str]:
    day = local_date(calendar.zone, at)
    wall = at.astimezone(ZoneInfo(calendar.zone)).time()
    if not calendar.is_business_day(day):
        why = f"{day:{_DAY}} is not a business day"
    elif wall > terms.cut_off:
        zone = at.astimezone(ZoneInfo(calendar.zone)).strftime("%Z")
        shown = (
            f"{wall:%H:%M:%S}"
            if wall.replace(second=0, microsecond=0) == terms.cut_off
            else f"{wall:%H:%M}"
        )
        why = f"{shown} {zone} is after {terms.cut_off:%H:%M} {zone}"
    else:
        return day, f"Counts as received the same day, {day:{_DAY}} (clause {terms.clause})."
    deemed = calendar.next_business_day(day)
    return (
        deemed,
        f"{why}, so it counts as received the next business day, {deemed:{_DAY}} (clause {terms.clause}).",
    )


def _days_step(deemed: date, last: date, terms: SuspensionTerms, calendar: Calendar) -> str:
    days = terms.notice_business_days
    if not days:
        return f"Clause {terms.clause} asks for no days of notice."
    first = calendar.next_business_day(deemed)
    return (
        f"Clause {terms.clause} gives {days} full business days: day one is {first:{_DAY}}, "
        f"day {days} is {last:{_DAY}}."
    )


def effective_or_refuse(notice: NoticeId, arithmetic: NoticeArithmetic) -> datetime:
    """This function will return the instant a suspension may take effect (UTC).

    Raises NoticeNotReceived with the arithmetic's own sentence when the notice starts nothing.
    """
    if arithmetic.effective_at is None:
        message = f"notice {notice} starts no suspension: {arithmetic.refusal}"
        raise NoticeNotReceived(message)
    return arithmetic.effective_at
