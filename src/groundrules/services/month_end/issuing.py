"""Issuing what was approved and held long enough, as it was frozen; each document's key makes it go out once.

A process that is killed leaves at most one document whose step is missing: its key finds it again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import transaction

from groundrules.core.invoices.answers import InvoiceDraft
from groundrules.core.invoices.draft import CreditExceedsOriginal
from groundrules.core.invoices.tax import TaxNotSettled
from groundrules.core.month_end import Drafts
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.records.typed_json import digest_of, dump, load
from groundrules.renderers.typesetting import DocumentNotRendered
from groundrules.services import invoices
from groundrules.services.actor import Actor, require
from groundrules.services.issuing import KeyTaken, PeriodInvoiced
from groundrules.services.month_end.approving import NothingCollected
from groundrules.services.month_end.runs import (
    ClientStanding,
    Stage,
    StandingMoved,
    Step,
    newest_step,
    refuse_moved,
    standing_of,
)

_TOLD_APART = 12
_REFUSALS = (TaxNotSettled, DocumentNotRendered, KeyTaken, PeriodInvoiced, CreditExceedsOriginal)


def issue_due(
    run: books.BillingRun,
    *,
    actor: Actor,
    now: Callable[[], datetime],
    go_on: Callable[[books.BillingStep], bool] = lambda _: True,
) -> tuple[books.BillingStep, ...]:
    """This function will issue every approved invoice whose hold is over; one that can't be is noted, the rest go on.

    What somebody takes back, or issues, in this very moment is left to them.
    `go_on` is told each step and may stop the rest. Raises IssuerBusy when the books stay locked.
    """
    require(actor, Role.ACCOUNTANT)
    done = []
    for one in standing_of(run, at=now()).of(Stage.DUE, Stage.FAILED):
        step = issue_one(run, one, actor=actor, at=now())
        if step is None:
            continue
        done.append(step)
        if not go_on(step):
            break
    return tuple(done)


def key_of(run: books.BillingRun, client: books.Client, draft: InvoiceDraft) -> str:
    """This function will name a document of a run, the same whenever it is asked.

    One invoice may be corrected by several notes of a run, which differ by what they say.
    """
    says = digest_of(dump(draft))[:_TOLD_APART]
    corrects = f"|{draft.corrects}|{says}" if draft.corrects else ""
    return f"{run.ref}|{client.code}|{draft.kind.value}|{draft.period_start}{corrects}"


def issue_one(
    run: books.BillingRun, standing: ClientStanding, *, actor: Actor, at: datetime
) -> books.BillingStep | None:
    """This function will issue a client's documents and return the step it notes; None when somebody else took one.

    Raises IssuerBusy when the books stay locked.
    """
    last = standing.step
    if last is None:
        message = f"{standing.client.name} was never collected; collect and approve it first"
        raise NothingCollected(message)
    drafts = load(Drafts, last.drafts).items if last.drafts else ()
    issued: list[books.Issued] = []
    try:
        for draft in drafts:
            key = key_of(run, standing.client, draft)
            row = invoices.issue(
                draft,
                client=standing.client,
                key=key,
                actor=actor,
                at=at,
                unless=partial(refuse_moved, last),
            )
            issued.append(row)
    except StandingMoved as moved:
        # What went out before it was taken back is on record, and the rest is collected anew.
        return _note(last, Step.SENT_BACK, (issued, str(moved)), actor, at) if issued else None
    except _REFUSALS as refused:
        return _note(last, Step.FAILED, (issued, str(refused)), actor, at)
    says = f"issued {', '.join(row.ref for row in issued)}"
    return _note(last, Step.ISSUED, (issued, says), actor, at)


def _note(
    last: books.BillingStep,
    step: Step,
    what: tuple[list[books.Issued], str],
    actor: Actor,
    at: datetime,
) -> books.BillingStep:
    """The tax is the one the documents were issued with: its rules may have changed since the drafts were collected."""
    issued, says = what
    is_out, documents = step is Step.ISSUED, [row.ref for row in issued]
    with transaction.atomic():
        newest = newest_step(last.run, last.client)
        told = (step.value, documents, says)
        if newest is not None and (newest.step, newest.documents, newest.says) == told:
            return newest  # Another one issued the same at the same time.
        return books.BillingStep.objects.create(
            recorded_at=at,
            recorded_by=actor.label,
            run=last.run,
            client=last.client,
            step=step.value,
            says=says,
            drafts=last.drafts,
            documents=documents,
            total_minor=last.total_minor,
            tax_minor=sum(row.tax_minor for row in issued) if is_out else last.tax_minor,
            value_minor=last.value_minor,
            currency=last.currency,
            digest=last.digest,
        )
