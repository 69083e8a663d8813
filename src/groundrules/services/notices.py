"""Notices: what one would change is shown first, one is drafted from chosen facts, and its letter's way is its receipt.

A notice that is sent enters the book; that it was delivered, or came back, supersedes the entry. What follows from it
is the core's answer, applied by `lifecycle_due` when its time has come, and can be called off until then.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from groundrules.core.answers.correspondence import desk_of, notice_letter
from groundrules.core.answers.model import Answers
from groundrules.core.answers.outlook import Outlook, outlook
from groundrules.core.ids import AssetId, ChangeId, NoticeId
from groundrules.core.letters.answers import LetterDraft as CoreLetter
from groundrules.core.letters.answers import LetterKind
from groundrules.core.lifecycle.answers import EntryKind, Notice
from groundrules.core.lifecycle.transitions import Step
from groundrules.core.periods import utc
from groundrules.core.work import Channel
from groundrules.records import models as books
from groundrules.records.models import Delivery, Role
from groundrules.services import lifecycle
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.turns import take_turn
from groundrules.services.world import answer_for, answer_without_documents

_ARRIVED = frozenset({Delivery.DELIVERED, Delivery.READ, Delivery.REPLIED})


def plan(
    *, client: books.Client, asset: AssetId, changes: tuple[ChangeId, ...] = (), at: datetime
) -> tuple[Answers, Outlook]:
    """This function will say what suspending a server comes to, before anything is written or sent."""
    answers = answer_without_documents(client, at)
    return answers, outlook(answers, asset, changes)


def notice_from(
    *,
    client: books.Client,
    asset: AssetId,
    changes: tuple[ChangeId, ...],
    actor: Actor,
    at: datetime,
) -> CoreLetter:
    """This function will write a notice that rests on the changes named; raises lifecycle.NothingToSuspend."""
    require(actor, Role.TECHNICIAN)
    answers, planned = plan(client=client, asset=asset, changes=changes, at=at)
    if planned.running or planned.notice is None:
        message = f"{asset} cannot be given notice: {planned.refusal or 'a notice runs already'}"
        raise lifecycle.NothingToSuspend(message)
    letter = notice_letter(desk_of(answers), planned.notice)
    assert letter is not None  # noqa: S101 - a planned notice rests on something proven
    return letter


def as_chosen(letter: CoreLetter, answers: Answers, standing: CoreLetter | None) -> CoreLetter:
    """This function will write a notice anew that waits as a draft: newer facts, but of the changes it rests on alone.

    A person chose them, so what is proven since is theirs to add. Where none of them is proven any more, what is
    proven takes their place.
    """
    if letter.kind is not LetterKind.NOTICE or letter.asset is None or standing is None:
        return letter
    planned = outlook(answers, letter.asset, rests_on(standing)).notice
    return (notice_letter(desk_of(answers), planned) if planned else None) or letter


def rests_on(letter: CoreLetter) -> tuple[ChangeId, ...]:
    """This function will return the changes a notice rests on, as it states them."""
    stated = next((slot.facts for slot in letter.slots if slot.name == "findings"), None)
    said = (f for p in letter.paragraphs for f in p.facts) if stated is None else stated
    return tuple(ChangeId(ref) for ref in sorted({f.ref for f in said if f.kind == "change"}))


def enter_sent(letter: books.Letter, *, actor: Actor, at: datetime) -> None:
    """This function will put a notice that is being sent in the book; other letters are no notice."""
    core = letter.to_core()
    if core.kind is not LetterKind.NOTICE or core.asset is None or not core.clauses:
        return
    notice = Notice(
        NoticeId(letter.ref),
        core.asset,
        letter.sent_at,
        Channel.EMAIL,
        letter.to,
        core.clauses[0],
        changes=rests_on(core),
    )
    says = f"notice about {core.asset} sent to {letter.to}"
    enter(notice, "lifecycle.give_notice", says, Filing(letter.client, actor, at))


def note_delivery(step: Delivery, *, actor: Actor, at: datetime) -> None:
    """This function will take a letter's arrival, or its return, as the receipt or the bounce of its notice."""
    letter, happened_at = step.letter, step.happened_at or at
    row = books.Notice.objects.of_client(letter.client).current().filter(ref=letter.ref).first()
    if row is None:
        return
    core = row.to_core()
    if step.kind in _ARRIVED and core.receipt_at is None:
        lifecycle.record_receipt(row, receipt_at=happened_at, actor=actor, at=at)
    elif step.kind == Delivery.BOUNCED and core.receipt_at is None and core.bounced_at is None:
        lifecycle.record_bounce(row, bounced_at=happened_at, actor=actor, at=at)


def record_receipt(
    *, client: books.Client, notice: str, receipt_at: datetime, actor: Actor, at: datetime
) -> None:
    """This function will note that a notice arrived, as somebody holds proof of (a courier's slip, a signed copy).

    Raises lifecycle.NothingToSuspend for an unknown notice, or an instant before it was sent or still to come.
    """
    rows = books.Notice.objects.of_client(client).current()
    row = rows.filter(ref=notice).first()
    # A receipt is typed to the minute; within the minute of its sending it cannot have come before it.
    since = row.sent_at.replace(second=0, microsecond=0) if row is not None else at
    if row is None or not since <= receipt_at <= at:
        message = (
            f"{notice}: a receipt needs a notice that was sent, and a time between then and now"
        )
        raise lifecycle.NothingToSuspend(message)
    received = max(receipt_at, row.sent_at)
    lifecycle.record_receipt(row, receipt_at=received, actor=actor, at=at)


def call_off(
    *, client: books.Client, asset: AssetId, reason: str, actor: Actor, at: datetime
) -> tuple[books.LifecycleEntry, ...]:
    """This function will end a notice before its suspension begins; owners only.

    A suspension that was written ahead is voided with it. Raises TransitionRefused when no notice runs.
    """
    require(actor)
    person = lifecycle.Person(actor.label, reason)
    with transaction.atomic():
        take_turn(client)
        answers = answer_for(client, at)
        given = lifecycle.adopt_foreseen(
            answers, asset, EntryKind.NOTICE_GIVEN, person, client, actor
        )
        step = Step(asset, at, at, actor.label, reason)
        cured = lifecycle.take(EntryKind.NOTICE_CURED, step, client=client, actor=actor, at=at)
        ahead = [
            entry
            for entry in answers.world.lifecycle
            if entry.asset == asset
            and entry.kind is EntryKind.SUSPENDED
            and utc(entry.effective_at) > utc(at)
        ]
        voided = tuple(
            lifecycle.void(
                client=client,
                step=replace(step, effective_at=entry.effective_at),
                actor=actor,
                at=at,
            )
            for entry in ahead
        )
    return (*given, cured, *voided)
