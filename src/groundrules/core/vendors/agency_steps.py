"""The way of a letter of agency, step by step: what may come next, and what each step needs before it counts.

A letter is in force from the instant it is both signed and delivered; acknowledgement and the introducing call follow
it and are asked for until they are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from groundrules.core.calendars import Calendar, zone_label
from groundrules.core.ids import VendorId
from groundrules.core.periods import local_date, utc
from groundrules.core.vendors.agency import called, file_is_final, letter_of_agency_status
from groundrules.core.vendors.model import DatedStep, LetterOfAgency, LetterOfAgencyStep

_STEP = LetterOfAgencyStep
_AFTER: dict[LetterOfAgencyStep, LetterOfAgencyStep] = {
    _STEP.SENT_FOR_SIGNATURE: _STEP.DRAFTED,
    _STEP.SIGNED: _STEP.DRAFTED,
    _STEP.DELIVERED: _STEP.SIGNED,
    _STEP.ACKNOWLEDGED: _STEP.DELIVERED,
    _STEP.CALL_MADE: _STEP.DELIVERED,
    _STEP.REVOKED: _STEP.SIGNED,
    _STEP.SUPERSEDED: _STEP.SIGNED,
}
_ENDED = frozenset({_STEP.REVOKED, _STEP.SUPERSEDED})
_NEEDS_WORDS = {
    _STEP.CALL_MADE: "what came of the call",
    _STEP.REVOKED: "who revoked it and why",
}


class StepRefused(ValueError):
    """A letter of agency can't take that step now; the message says what must come first."""


@dataclass(frozen=True, slots=True)
class SignedFile:
    """The signed letter as a file: its name, its SHA-256, and who signed."""

    name: str
    digest: str
    signed_by: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something a letter of agency, or a contract, asks of us by a site-local day.

    `about` and `kind` are stable, so that nobody is told twice.
    """

    about: str
    vendor: VendorId
    kind: str
    due: date
    sentence: str


def next_steps(letter: LetterOfAgency) -> tuple[LetterOfAgencyStep, ...]:
    """This function will list the steps a letter may take next, in their usual order; none once it has ended."""
    taken = {one.step for one in letter.steps}
    if taken & _ENDED:
        return ()
    signed = _STEP.SIGNED in taken
    return tuple(
        step
        for step, before in _AFTER.items()
        if before in taken
        and step not in taken
        and not (signed and step is _STEP.SENT_FOR_SIGNATURE)
    )


def with_step(
    letter: LetterOfAgency, taken: DatedStep, *, now: datetime, file: SignedFile | None = None
) -> LetterOfAgency:
    """This function will return the letter with one more step; raises StepRefused.

    Signing needs the file, in a form that can't be edited. A step lies neither in the future nor before the one it
    follows: authority is read from these instants.
    """
    if taken.step not in next_steps(letter):
        possible = ", ".join(step.value for step in next_steps(letter)) or "nothing more"
        message = f"{called(letter.id)} can't be {taken.step.value} now; possible: {possible}"
        raise StepRefused(message)
    _check_time(letter, taken, now)
    if taken.step in _NEEDS_WORDS and not taken.says.strip():
        message = f"say {_NEEDS_WORDS[taken.step]}; it stays on record"
        raise StepRefused(message)
    more = replace(letter, steps=(*letter.steps, taken))
    return _signed(more, file) if taken.step is _STEP.SIGNED else more


def _check_time(letter: LetterOfAgency, taken: DatedStep, now: datetime) -> None:
    if utc(taken.at) > utc(now):
        message = f"{taken.step.value} at {utc(taken.at):%Y-%m-%d %H:%M} UTC lies in the future"
        raise StepRefused(message)
    follows = _AFTER[taken.step]
    before = max(utc(one.at) for one in letter.steps if one.step is follows)
    if utc(taken.at) < before:
        message = f"{taken.step.value} can't come before it was {follows.value} ({before:%Y-%m-%d %H:%M} UTC)"
        raise StepRefused(message)


def _signed(letter: LetterOfAgency, file: SignedFile | None) -> LetterOfAgency:
    if file is None or not file.digest or not file.signed_by.strip():
        message = "a signed letter needs its file and the name of who signed it"
        raise StepRefused(message)
    if not file_is_final(file.name):
        message = f"{file.name} can be edited after signing; vendors take a PDF or a picture (PNG, JPG, TIFF)"
        raise StepRefused(message)
    return replace(
        letter, file_name=file.name, file_digest=file.digest, signed_by=file.signed_by.strip()
    )


def reminders(
    letters: Iterable[LetterOfAgency],
    at: datetime,
    zone: str,
    calendar: Calendar,
    names: Mapping[str, str] | None = None,
) -> tuple[Reminder, ...]:
    """This function will list what letters ask of us by now: a call to make, a letter to renew, one to chase.

    `names` are the vendors' names by code, for people.
    """
    known = names or {}
    found = [
        one
        for letter in letters
        for one in _asks(letter, at, (zone, calendar), known.get(letter.vendor, letter.vendor))
    ]
    return tuple(sorted(found, key=lambda one: (one.due, one.about, one.kind)))


def _asks(
    letter: LetterOfAgency, at: datetime, days: tuple[str, Calendar], vendor: str
) -> list[Reminder]:
    zone, calendar = days
    status = letter_of_agency_status(letter, at, zone, calendar)
    today = local_date(zone, at)
    found: list[Reminder] = []

    def ask(kind: str, due: date, sentence: str) -> None:
        if today >= due:
            found.append(Reminder(letter.id, letter.vendor, kind, due, sentence))

    if status.follow_up_due is not None and status.in_force:
        ask(
            "call",
            status.follow_up_due,
            f"{called(letter.id)}: call {vendor} to introduce yourself.",
        )
    if status.reminder_day is not None and status.in_force:
        says = (
            f"{called(letter.id)} ends after {status.last_valid_day}; ask the client to renew it."
        )
        ask("renew", status.reminder_day, says)
    waits = _waits_for_signature(letter)
    if waits is not None:
        due = calendar.next_business_day(local_date(zone, waits), letter.follow_up_business_days)
        says = f"{called(letter.id)} was sent for signature {zone_label(waits, zone)} and is not back yet."
        ask("signature", due, says)
    return found


def _waits_for_signature(letter: LetterOfAgency) -> datetime | None:
    taken = {one.step: one.at for one in letter.steps}
    if _STEP.SIGNED in taken or taken.keys() & _ENDED:
        return None
    return taken.get(_STEP.SENT_FOR_SIGNATURE)
