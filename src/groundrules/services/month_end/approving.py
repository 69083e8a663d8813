"""Approving: doubts are answered with a reason, clean drafts approved one by one or all at once, and then frozen.

What becomes known after the approval does not change the document: it is a credit note or a late line next month.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

from django.db import transaction

from groundrules.core.month_end import Doubt, DoubtGroup
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.month_end.runs import (
    ClientStanding,
    Stage,
    StandingMoved,
    Step,
    refuse_moved,
    standing_of,
)

_BATCH = 500


class NotClean(ValueError):
    """A draft still has doubts nobody answered."""


class NothingCollected(ValueError):
    """There is no draft to approve or send back at this stage."""


class NoReason(ValueError):
    """A doubt was to be answered without a reason, or one that only its cause's end settles."""


def answer(
    run: books.BillingRun,
    client: books.Client,
    doubt: Doubt,
    said: tuple[str, date | None],
    *,
    actor: Actor,
    at: datetime,
) -> books.BillingAnswer:
    """This function will settle a doubt with a reason, or set it aside until a day; raises NoReason."""
    require(actor, Role.ACCOUNTANT)
    reason, until = said[0].strip(), said[1]
    _refuse_silence(reason)
    if doubt.blocks:
        message = f"{doubt.kind.value} can not be settled by a reason: {doubt.action.lower()}, then collect again"
        raise NoReason(message)
    with transaction.atomic():
        row = _answer_row(run, client, doubt, (reason, until))
        row.recorded_at, row.recorded_by = at, actor.label
        row.save(force_insert=True)
        says = f"{doubt.kind.value} ({doubt.says}) {_how(until)}: {reason}"
        audit.record(audit.Entry("month_end.answer", run.ref, says, client), actor=actor, at=at)
    return row


def answer_together(
    run: books.BillingRun,
    client: books.Client,
    group: DoubtGroup,
    said: tuple[str, date | None],
    *,
    actor: Actor,
    at: datetime,
) -> int:
    """This function will answer every doubt of a group with one reason, each in the book, and return how many.

    Raises NoReason, also for kinds of which each is a question of its own.
    """
    require(actor, Role.ACCOUNTANT)
    reason, until = said[0].strip(), said[1]
    _refuse_silence(reason)
    if not group.may_be_answered_together:
        message = f"each exception of the kind {group.kind.value} is a question of its own; answer them one by one"
        raise NoReason(message)
    rows = [_answer_row(run, client, doubt, (reason, until)) for doubt in group.doubts]
    for row in rows:
        row.recorded_at, row.recorded_by = at, actor.label
    with transaction.atomic():
        books.BillingAnswer.objects.bulk_create(rows, batch_size=_BATCH)
        says = f"{group.kind.value}, {len(rows)} together, {_how(until)}: {reason}"
        audit.record(audit.Entry("month_end.answer", run.ref, says, client), actor=actor, at=at)
    return len(rows)


def _refuse_silence(reason: str) -> None:
    if not reason:
        message = "say why; the reason stands beside the exception for good"
        raise NoReason(message)


def _how(until: date | None) -> str:
    return f"set aside until {until}" if until else "settled"


def _answer_row(
    run: books.BillingRun, client: books.Client, doubt: Doubt, said: tuple[str, date | None]
) -> books.BillingAnswer:
    stake = doubt.at_stake
    return books.BillingAnswer(
        run=run,
        client=client,
        key=doubt.key,
        at_stake_minor=stake.minor if stake is not None else None,
        reason=said[0],
        until=said[1],
    )


def approve(standing: ClientStanding, *, actor: Actor, at: datetime) -> books.BillingStep:
    """This function will freeze a clean draft for issue after the hold.

    Raises NotClean, NothingCollected, and StandingMoved when somebody else was first.
    """
    require(actor, Role.ACCOUNTANT)
    if standing.stage is Stage.DOUBTFUL:
        found = len(standing.open_doubts)
        message = (
            f"{standing.client.name} has {found} exception{'' if found == 1 else 's'} nobody answered; "
            f"answer {'it' if found == 1 else 'them'} first"
        )
        raise NotClean(message)
    if standing.stage is not Stage.CLEAN or standing.step is None:
        message = (
            f"{standing.client.name} is {standing.stage.value}; only a clean draft is approved"
        )
        raise NothingCollected(message)
    return _step(standing, standing.step, Step.APPROVED, actor=actor, at=at)


def approve_clean(
    run: books.BillingRun, *, actor: Actor, at: datetime
) -> tuple[books.BillingStep, ...]:
    """This function will approve every clean draft of a run, each in a transaction of its own.

    One that somebody else takes a step with meanwhile is left to them.
    """
    done = []
    for one in standing_of(run, at=at).of(Stage.CLEAN):
        with suppress(StandingMoved):
            done.append(approve(one, actor=actor, at=at))
    return tuple(done)


def send_back(standing: ClientStanding, *, actor: Actor, at: datetime) -> books.BillingStep:
    """This function will take back an approval, or a draft, so that it is collected again from today's facts.

    Raises NothingCollected for what went out already, and StandingMoved when somebody else was first.
    """
    require(actor, Role.ACCOUNTANT)
    back = {Stage.CLEAN, Stage.DOUBTFUL, Stage.HELD, Stage.DUE, Stage.FAILED, Stage.NOTHING}
    if standing.stage not in back or standing.step is None:
        message = f"{standing.client.name} is {standing.stage.value}; there is nothing to take back"
        raise NothingCollected(message)
    return _step(standing, standing.step, Step.SENT_BACK, actor=actor, at=at)


def _step(
    standing: ClientStanding, last: books.BillingStep, step: Step, *, actor: Actor, at: datetime
) -> books.BillingStep:
    with transaction.atomic():
        refuse_moved(last)
        row = books.BillingStep.objects.create(
            recorded_at=at,
            recorded_by=actor.label,
            run=last.run,
            client=standing.client,
            step=step.value,
            drafts=last.drafts,
            doubts=last.doubts,
            total_minor=last.total_minor,
            tax_minor=last.tax_minor,
            value_minor=last.value_minor,
            currency=last.currency,
            digest=last.digest,
        )
        says = f"{standing.client.name} {step.value}: {standing.total}"
        entry = audit.Entry(f"month_end.{step.name.lower()}", last.run.ref, says, standing.client)
        audit.record(entry, actor=actor, at=at)
    return row
