"""Handing a run's issued documents to accounting: one file for all that were not handed over yet, each document once.

A file is written and frozen first, with the documents it holds; then it is put where the accounting program takes it
from. A process that is killed in between finds the file again and puts the same bytes. Failures are noted by document.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from groundrules.core.invoices.export import BookedDocument
from groundrules.core.money import Money
from groundrules.core.month_end import Doubt, DoubtKind, Owner
from groundrules.gateways.accounting_folder import FolderRefused
from groundrules.records import models as books
from groundrules.records.models import AccountingStep, Role
from groundrules.services import audit
from groundrules.services.accounting import (
    ENDINGS,
    FORMATS,
    CodesUnreadable,
    ExportOff,
    booked,
    written,
)
from groundrules.services.actor import Actor, require
from groundrules.services.frozen_files import freeze
from groundrules.services.storage import accounting_folder

_CSV = "text/csv; charset=utf-8"
_XERO_TAKES = 500


class UnknownForm(ValueError):
    """No accounting program's form has that name."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What came of it: documents handed over now and those that failed, with the newest file's name."""

    done: tuple[str, ...]
    failed: tuple[str, ...]
    files: tuple[str, ...]


def hand_over(run: books.BillingRun, form: str = "", *, actor: Actor, at: datetime) -> HandedOver:
    """This function will hand over every issued document of a run that was not yet, and try again what failed.

    `form` is one of FORMATS; empty, the one the settings name. Raises UnknownForm.
    """
    require(actor, Role.ACCOUNTANT)
    form = form or settings.GROUNDRULES_ACCOUNTING
    if form not in FORMATS:
        message = f"{form!r} is no form of accounting; choose one of {', '.join(FORMATS)}"
        raise UnknownForm(message)
    before = _stand(run, form)
    while _write_file(run, form, actor, at) is not None:
        pass
    waiting = [f for f in run.accounting_files.filter(form=form).order_by("number") if _waits(f)]
    for file in waiting:
        _put(file, actor, at)
    after = _stand(run, form)
    done, failed = AccountingStep.DONE, AccountingStep.FAILED
    return HandedOver(
        tuple(ref for ref, step in after.items() if step == done and before.get(ref) != done),
        tuple(ref for ref, step in after.items() if step == failed),
        tuple(file.name for file in waiting),
    )


def _stand(run: books.BillingRun, form: str) -> dict[str, str]:
    return {row.document.ref: row.step for row in newest_steps(run) if row.form == form}


def newest_steps(run: books.BillingRun) -> tuple[AccountingStep, ...]:
    """This function will return how each document of a run stands in each form, by document."""
    rows = run.accounting_steps.select_related("document", "file").order_by("pk")
    rows = rows.defer("document__payload", "document__heading")
    newest = {(row.document_id, row.form): row for row in rows}
    return tuple(sorted(newest.values(), key=lambda row: (row.document.ref, row.form)))


def not_handed_over(steps: tuple[AccountingStep, ...]) -> dict[int, list[Doubt]]:
    """This function will turn what failed into exceptions, by the client's primary key."""
    found: dict[int, list[Doubt]] = {}
    for step in steps:
        if step.step == AccountingStep.FAILED:
            found.setdefault(step.document.client_id, []).append(doubt_of(step))
    return found


def doubt_of(step: AccountingStep) -> Doubt:
    """This function will say that a document did not reach accounting, with its money; set aside for this try only."""
    row = step.document
    return Doubt(
        DoubtKind.NOT_EXPORTED,
        f"{row.ref} {step.form} {step.pk}",
        f"{row.ref} did not reach accounting ({step.form}): {step.says}",
        Owner.ACCOUNTANT,
        "Mend the cause, then hand over to accounting again",
        Money(row.total_minor, row.currency),
        page=("invoice", row.ref),
    )


def _write_file(
    run: books.BillingRun, form: str, actor: Actor, at: datetime
) -> books.AccountingFile | None:
    """The next file, with every document that is in none yet; None when there is nothing (more) to write."""
    with transaction.atomic():
        # Two people at once: the second waits here and then finds nothing left.
        books.BillingRun.objects.select_for_update().get(pk=run.pk)
        rows = _unwritten(run, form)
        good = _good(run, rows, form, actor, at)[: _XERO_TAKES if form == "xero" else None]
        if not good:
            return None
        try:
            content, ending = written(form, [found for _, found in good], _before(form))
        except CodesUnreadable as unreadable:
            for row, _ in good:
                _note(run, row, _Noted(form, AccountingStep.FAILED, str(unreadable)), actor, at)
            return None
        file = _file(run, form, (content, ending), actor, at)
        for row, _ in good:
            _note(run, row, _Noted(form, AccountingStep.WRITTEN, "", file), actor, at)
        says = f"{len(good)} documents written into {file.name}"
        audit.record(audit.Entry("month_end.hand_over", run.ref, says), actor=actor, at=at)
    return file


def _unwritten(run: books.BillingRun, form: str) -> list[books.Issued]:
    refs = {ref for documents in run.steps.values_list("documents", flat=True) for ref in documents}
    rows = books.Issued.objects.filter(ref__in=refs).select_related("client", "corrects")
    had = AccountingStep.objects.filter(form=form, step=AccountingStep.WRITTEN)
    return list(rows.exclude(pk__in=had.values("document")).order_by("series_id", "number"))


def _good(
    run: books.BillingRun, rows: list[books.Issued], form: str, actor: Actor, at: datetime
) -> list[tuple[books.Issued, BookedDocument]]:
    """Those that add up; for the others the failure is noted once for each cause."""
    found = []
    for row in rows:
        try:
            found.append((row, booked(row)))
        except ExportOff as off:
            last = run.accounting_steps.filter(document=row, form=form).order_by("-pk").first()
            if last is None or last.says != str(off):
                _note(run, row, _Noted(form, AccountingStep.FAILED, str(off)), actor, at)
    return found


def _before(form: str) -> list[BookedDocument]:
    if form != "beancount":
        return []
    had = AccountingStep.objects.filter(form=form, step=AccountingStep.WRITTEN)
    rows = books.Issued.objects.filter(pk__in=had.values("document"))
    return [booked(row) for row in rows.select_related("client", "corrects").order_by("pk")]


def _file(
    run: books.BillingRun, form: str, what: tuple[bytes, str], actor: Actor, at: datetime
) -> books.AccountingFile:
    content, ending = what
    number = run.accounting_files.filter(form=form).count() + 1
    _, media_type = ENDINGS.get(form, ("", _CSV))
    return books.AccountingFile.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        run=run,
        form=form,
        number=number,
        name=f"{run.ref}-{form}-{number}.{ending}",
        content=freeze(content, media_type, actor=actor, at=at),
    )


def _waits(file: books.AccountingFile) -> bool:
    done = file.steps.filter(step=AccountingStep.DONE).values("document")
    return file.steps.filter(step=AccountingStep.WRITTEN).exclude(document__in=done).exists()


def _put(file: books.AccountingFile, actor: Actor, at: datetime) -> None:
    """Puts a file where it belongs; its documents are done, or failed with what the folder said."""
    step, says = AccountingStep.DONE, f"in {file.name}"
    try:
        accounting_folder().put(file.name, bytes(file.content.content))
    except FolderRefused as refused:
        step, says = AccountingStep.FAILED, str(refused)
    with transaction.atomic():
        books.BillingRun.objects.select_for_update().get(pk=file.run_id)
        done = file.steps.filter(step=AccountingStep.DONE).values("document")
        rows = file.steps.filter(step=AccountingStep.WRITTEN).exclude(document__in=done)
        for row in rows.select_related("document"):
            _note(file.run, row.document, _Noted(file.form, step, says, file), actor, at)


@dataclass(frozen=True, slots=True)
class _Noted:
    """What is noted of a document."""

    form: str
    step: str
    says: str
    file: books.AccountingFile | None = None


def _note(
    run: books.BillingRun, document: books.Issued, what: _Noted, actor: Actor, at: datetime
) -> None:
    AccountingStep.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        run=run,
        document=document,
        form=what.form,
        step=what.step,
        file=what.file,
        says=what.says,
    )
