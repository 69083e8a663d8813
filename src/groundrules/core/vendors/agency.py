"""The letter of agency as a dated record: what state it is in, and whether we may act under it at any instant.

In force from the instant it is both signed and delivered, through the last second (site time) of the last day of its
months, unless revoked or superseded first. Later expiry or revocation never undoes what was approved while it stood.
"""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import PurePosixPath

from groundrules.core.calendars import Calendar, zone_label
from groundrules.core.ids import AssetId, LetterOfAgencyId, VendorId
from groundrules.core.periods import Period, local_date, start_of_local_day, utc
from groundrules.core.vendors.model import LetterOfAgency, LetterOfAgencyStep

# A vendor accepts only what cannot be edited after signing (reference: domain 3.1); .docx is refused.
_FINAL_FORMATS = frozenset({".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff"})
_MONTHS_A_YEAR = 12


class LetterOfAgencyNotInForce(ValueError):
    """Something was to be done in the client's name for which no letter of agency was in force at that instant."""


class LetterOfAgencyState(StrEnum):
    """Where a letter of agency stands at an instant."""

    DRAFT = "draft"
    SENT_FOR_SIGNATURE = "sent for signature"
    SIGNED = "signed"
    NOT_ACCEPTABLE = "not acceptable"
    IN_FORCE = "in force"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class LetterOfAgencyStatus:
    """A letter at one instant. Dates are site-local days; `valid_until` is the first instant no longer covered.

    `follow_up_due` is the day the introducing call is due, None once made or while nothing was delivered.
    """

    letter: LetterOfAgencyId
    state: LetterOfAgencyState
    in_force: bool
    valid_from: datetime | None
    valid_until: datetime | None
    last_valid_day: date | None
    follow_up_due: date | None
    reminder_day: date | None
    reminder_due: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class AgencyAnswer:
    """Whether some letter let us act towards a vendor about an asset at an instant: which one, or why none."""

    in_force: bool
    letter: LetterOfAgencyId | None
    sentence: str


def letter_of_agency_status(
    letter: LetterOfAgency, at: datetime, zone: str, calendar: Calendar
) -> LetterOfAgencyStatus:
    """This function will say where a letter stands at `at`, in the site's `zone`; business days are `calendar`'s."""
    span = agency_period(letter, zone)
    last_day = None if span is None else _last_day(letter, span.start, zone)
    reminder = None if last_day is None else last_day - timedelta(days=letter.reminder_days)
    due = reminder is not None and local_date(zone, at) >= reminder
    state = _state(letter, span, at, due=due)
    in_force = state in {LetterOfAgencyState.IN_FORCE, LetterOfAgencyState.EXPIRING}
    return LetterOfAgencyStatus(
        letter=letter.id,
        state=state,
        in_force=in_force,
        valid_from=None if span is None else span.start,
        valid_until=None if span is None else span.end,
        last_valid_day=last_day,
        follow_up_due=_follow_up(letter, at, zone, calendar),
        reminder_day=reminder,
        reminder_due=due and in_force,
        sentence=_sentence(letter, state, zone),
    )


def agency_period(letter: LetterOfAgency, zone: str) -> Period | None:
    """This function will return the span a letter is in force, or None when it never is.

    Never: unsigned, undelivered, no file of the signature on record, or a file that can be edited (.docx).
    """
    signed = _first(letter, LetterOfAgencyStep.SIGNED)
    delivered = _first(letter, LetterOfAgencyStep.DELIVERED)
    if signed is None or delivered is None or _refused_file(letter):
        return None
    start = max(signed, delivered)
    ends = [
        start_of_local_day(zone, _last_day(letter, start, zone) + timedelta(days=1)),
        *(_ended_by(letter)),
    ]
    end = min(ends)
    return Period(start, end) if end > start else None


def called(letter: LetterOfAgencyId) -> str:
    """This function will return what people call a letter; a reference that begins with LOA says it already."""
    return letter if letter.startswith("LOA") else f"LOA {letter}"


def agency(
    letters: Iterable[LetterOfAgency], vendor: VendorId, asset: AssetId, at: datetime, zone: str
) -> AgencyAnswer:
    """This function will say whether any letter to `vendor` covered `asset` at `at`; of several the latest decides."""
    about = [
        letter
        for letter in letters
        if letter.vendor == vendor and (not letter.assets or asset in letter.assets)
    ]
    if not about:
        return AgencyAnswer(in_force=False, letter=None, sentence=f"No LOA to {vendor} is on file.")
    newest = sorted(about, key=lambda letter: (_moment_known(letter), letter.id), reverse=True)
    for letter in newest:
        span = agency_period(letter, zone)
        if span is not None and span.contains(utc(at)):
            return AgencyAnswer(
                in_force=True, letter=letter.id, sentence=f"{called(letter.id)} was in force."
            )
    latest = newest[0]
    state = _state(latest, agency_period(latest, zone), at, due=False)
    return AgencyAnswer(in_force=False, letter=latest.id, sentence=_sentence(latest, state, zone))


def require_agency(
    letters: Iterable[LetterOfAgency], vendor: VendorId, asset: AssetId, at: datetime, zone: str
) -> LetterOfAgencyId:
    """This function will return the letter in force; raises LetterOfAgencyNotInForce saying why there is none."""
    answer = agency(letters, vendor, asset, at, zone)
    if not answer.in_force or answer.letter is None:
        message = f"{answer.sentence} Have the client sign and deliver a letter of agency first."
        raise LetterOfAgencyNotInForce(message)
    return answer.letter


def _first(letter: LetterOfAgency, step: LetterOfAgencyStep) -> datetime | None:
    return min((utc(s.at) for s in letter.steps if s.step is step), default=None)


def _moment_known(letter: LetterOfAgency) -> datetime:
    return max(
        (utc(s.at) for s in letter.steps), default=utc(datetime.fromisoformat("0001-01-02T00:00Z"))
    )


def _ended_by(letter: LetterOfAgency) -> list[datetime]:
    steps = (LetterOfAgencyStep.REVOKED, LetterOfAgencyStep.SUPERSEDED)
    return [moment for moment in (_first(letter, step) for step in steps) if moment is not None]


def file_is_final(name: str) -> bool:
    """This function will say whether a file of that name can't be edited after signing, as vendors demand."""
    return PurePosixPath(name.casefold()).suffix in _FINAL_FORMATS


def _refused_file(letter: LetterOfAgency) -> bool:
    return not file_is_final(letter.file_name)


def _last_day(letter: LetterOfAgency, start: datetime, zone: str) -> date:
    first = local_date(zone, start)
    months = first.month - 1 + letter.months
    year, month = first.year + months // _MONTHS_A_YEAR, months % _MONTHS_A_YEAR + 1
    longest = gregorian.monthrange(year, month)[1]
    if first.day > longest:  # 31 January and one month: the whole of February.
        return date(year, month, longest)
    return date(year, month, first.day) - timedelta(days=1)


def _state(
    letter: LetterOfAgency, span: Period | None, at: datetime, *, due: bool
) -> LetterOfAgencyState:
    ended = _ending_state(letter, utc(at))
    if ended is not None:
        return ended
    if span is None or utc(at) < span.start:
        return _state_before(letter, utc(at))
    if span.contains(utc(at)):
        return LetterOfAgencyState.EXPIRING if due else LetterOfAgencyState.IN_FORCE
    return LetterOfAgencyState.EXPIRED


def _ending_state(letter: LetterOfAgency, at: datetime) -> LetterOfAgencyState | None:
    for step, state in (
        (LetterOfAgencyStep.REVOKED, LetterOfAgencyState.REVOKED),
        (LetterOfAgencyStep.SUPERSEDED, LetterOfAgencyState.SUPERSEDED),
    ):
        moment = _first(letter, step)
        if moment is not None and moment <= at:
            return state
    return None


def _state_before(letter: LetterOfAgency, at: datetime) -> LetterOfAgencyState:
    reached = {s.step for s in letter.steps if utc(s.at) <= at}
    if LetterOfAgencyStep.SIGNED in reached:
        unusable = LetterOfAgencyStep.DELIVERED in reached and _refused_file(letter)
        return LetterOfAgencyState.NOT_ACCEPTABLE if unusable else LetterOfAgencyState.SIGNED
    if LetterOfAgencyStep.SENT_FOR_SIGNATURE in reached:
        return LetterOfAgencyState.SENT_FOR_SIGNATURE
    return LetterOfAgencyState.DRAFT


def _follow_up(letter: LetterOfAgency, at: datetime, zone: str, calendar: Calendar) -> date | None:
    delivered = _first(letter, LetterOfAgencyStep.DELIVERED)
    called = _first(letter, LetterOfAgencyStep.CALL_MADE)
    if delivered is None or delivered > utc(at) or (called is not None and called <= utc(at)):
        return None
    return calendar.next_business_day(local_date(zone, delivered), letter.follow_up_business_days)


def _sentence(letter: LetterOfAgency, state: LetterOfAgencyState, zone: str) -> str:
    span = agency_period(letter, zone)
    if state is LetterOfAgencyState.NOT_ACCEPTABLE:
        kept = letter.file_name or "no file"
        return (
            f"{called(letter.id)} is not in force: {kept} is on record; it takes a signed file "
            "that can't be edited, such as PDF."
        )
    if state is LetterOfAgencyState.REVOKED:
        revoked = _first(letter, LetterOfAgencyStep.REVOKED)
        return f"LOA revoked: {letter.id} ended {'' if revoked is None else zone_label(revoked, zone)}."
    if state is LetterOfAgencyState.SUPERSEDED:
        return f"LOA superseded: {letter.id} was replaced by a later letter."
    if span is not None and state is LetterOfAgencyState.EXPIRED:
        return f"LOA expired: {letter.id} was valid through {_last_day(letter, span.start, zone)}."
    if span is not None and state in {LetterOfAgencyState.IN_FORCE, LetterOfAgencyState.EXPIRING}:
        return f"{called(letter.id)} is valid through {_last_day(letter, span.start, zone)}."
    return f"{called(letter.id)} is not in force: it is {state.value}."
