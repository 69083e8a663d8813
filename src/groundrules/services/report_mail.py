"""Reports by mail: given, then sent with their PDF to the right person; a promised one without doubts leaves by itself.

It goes the way every letter goes: drafted, approved, held, delivered and answered, with each step on record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from groundrules.core.answers.report_letter import Posted, report_letter
from groundrules.core.letters.answers import LetterDraft
from groundrules.core.parties import Authority
from groundrules.records import models as books
from groundrules.renderers.typesetting import DocumentNotRendered
from groundrules.services import letters
from groundrules.services.actor import ENGINE, Actor
from groundrules.services.client_reports import (
    DueReport,
    ReportRefused,
    give,
    owed,
    standing_promise,
)
from groundrules.services.world import NoAgreement, NoProvider

# So long before its day a promised report leaves: time for the hold, and for somebody to call it back.
_AHEAD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of one promised report: its letter when it was given, and why it waits for a person."""

    due: DueReport
    letter: books.LetterDraft | None
    waits: str = ""


def recipient_of(client: books.Client, at: datetime) -> str:
    """This function will return the address a report goes to: the promise's contact, whoever may commit, or notices.

    Raises ReportRefused when the client has no address.
    """
    promise = standing_promise(client)
    named = promise.recipient if promise else ""
    reachable = list(client.contacts.exclude(email="").order_by("pk"))
    chosen = [c for c in reachable if c.code == named] or [
        c for c in reachable if not c.outside and c.to_core().may(Authority.COMMIT, at)
    ]
    found = chosen[0].email if chosen else client.notice_email
    if not found:
        message = f"{client.name} has no contact with a mail address; add one, then mail the report"
        raise ReportRefused(message)
    return found


def mail(given: books.ReportGiven, *, actor: Actor, at: datetime) -> books.LetterDraft:
    """This function will draft the mail that brings a report, once; a person approves and sends it as any letter.

    Raises ReportRefused for one from before reports kept their value, or when there is nobody to send it to.
    """
    with transaction.atomic():
        known = books.LetterDraft.objects.filter(report=given).first()
        if known is not None:
            return known
        draft = letters.keep_draft(_letter(given, at), client=given.client, actor=actor, at=at)
        return letters.attach(draft, given)


def give_by_mail(
    client: books.Client, first: date, end: date, *, actor: Actor, at: datetime
) -> tuple[books.ReportGiven, books.LetterDraft]:
    """This function will give a report and draft its mail, both or neither; raises ReportRefused."""
    with transaction.atomic():
        given = give(client, first, end, actor=actor, at=at)
        return given, mail(given, actor=actor, at=at)


def _letter(given: books.ReportGiven, at: datetime) -> LetterDraft:
    report = given.to_core()
    if report is None:
        message = f"{given.ref} was given before reports were kept whole; send its PDF by hand"
        raise ReportRefused(message)
    provider = books.Provider.objects.order_by("pk").first()
    posted = Posted(provider.name if provider else "", recipient_of(given.client, at), given.ref)
    return report_letter(report, posted)


def give_due(*, at: datetime, go_on: Callable[[Turn], bool] = lambda _: True) -> tuple[Turn, ...]:
    """This function will give each report that was promised by rule and is nearly due, and let it leave after the hold.

    One whose evidence has holes is drafted and waits for a person; one that cannot be made says why.
    """
    turns = []
    for due in owed(at.date()):
        promise = standing_promise(due.client)
        if promise is not None and promise.by_rule and _is_time(due, at.date()):
            turns.append(_give_one(due, at))
            if not go_on(turns[-1]):
                break
    return tuple(turns)


def _is_time(due: DueReport, today: date) -> bool:
    return due.end < today and due.due - _AHEAD <= today


def _give_one(due: DueReport, at: datetime) -> Turn:
    try:
        with transaction.atomic():
            recipient_of(due.client, at)
            given = give(due.client, due.first, due.end, actor=ENGINE, at=at)
            report = given.to_core()
            if report is not None and report.incomplete:
                draft = mail(given, actor=ENGINE, at=at)
                return Turn(due, draft, "its evidence has holes; read it, then approve it")
            draft = letters.send_by_rule(_letter(given, at), client=due.client, at=at, report=given)
            return Turn(due, draft)
    except (ReportRefused, NoAgreement, NoProvider, DocumentNotRendered) as refused:
        return Turn(due, None, str(refused))
