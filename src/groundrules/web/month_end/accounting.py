"""How a run's documents stand with accounting: what was handed over, in which file, and what did not arrive."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from groundrules.core.money import Money
from groundrules.records.models import AccountingFile, AccountingStep
from groundrules.services.accounting import FORMATS
from groundrules.services.month_end import Standing
from groundrules.web.access import area
from groundrules.web.times import minute


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file: its name and form, when it was made, how many documents it holds, how many arrived, and their sum."""

    name: str
    form: str
    made: str
    documents: int
    arrived: int
    sums: tuple[Money, ...]


def accounting_context(request: HttpRequest, standing: Standing) -> dict[str, object]:
    """This function will gather what a run's page says of accounting."""
    issued = sum(len(one.step.documents) for one in standing.clients if one.step)
    used = standing.accounting[-1].form if standing.accounting else settings.GROUNDRULES_ACCOUNTING
    return {
        "issued_any": bool(issued),
        "files": _files(standing),
        "forms": FORMATS,
        "form": request.POST.get("form") or used,
        "folder": bool(settings.GROUNDRULES_ACCOUNTING_FOLDER),
        "not_over": issued - accounting_progress(standing)[0],
    }


def accounting_progress(standing: Standing) -> tuple[int, int]:
    """This function will count the documents that were handed over, in whatever form, and all that were issued."""
    issued = sum(len(one.step.documents) for one in standing.clients if one.step)
    done = {s.document_id for s in standing.accounting if s.step == AccountingStep.DONE}
    return len(done), issued


def _files(standing: Standing) -> list[ShownFile]:
    found: dict[AccountingFile, list[AccountingStep]] = {}
    for step in standing.accounting:
        if step.file is not None:
            found.setdefault(step.file, []).append(step)
    files = sorted(found.items(), key=lambda pair: (pair[0].form, pair[0].number))
    return [_shown(file, steps) for file, steps in files]


def _shown(file: AccountingFile, steps: list[AccountingStep]) -> ShownFile:
    sums: dict[str, Money] = {}
    for row in (step.document for step in steps):
        zero = Money(0, row.currency)
        sums[row.currency] = sums.get(row.currency, zero) + Money(row.total_minor, row.currency)
    return ShownFile(
        file.name,
        file.form,
        minute(file.recorded_at, "UTC"),
        len(steps),
        sum(step.step == AccountingStep.DONE for step in steps),
        tuple(sums[currency] for currency in sorted(sums)),
    )


@area("invoices")
@require_safe
def accounting_file(request: HttpRequest, ref: str, name: str) -> HttpResponse:
    """A file exactly as it was handed over."""
    del request
    row = get_object_or_404(
        AccountingFile.objects.select_related("content"), run__ref=ref, name=name
    )
    answer = HttpResponse(bytes(row.content.content), content_type=row.content.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{row.name}"'
    return answer
