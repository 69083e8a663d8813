"""Reports behind the client's door: as they were given, every number with the list it counts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from groundrules.core.agreements.words import duration_words
from groundrules.core.answers.figures import figures_of
from groundrules.core.money import Money
from groundrules.portal.door import behind, frame, pdf_answer
from groundrules.services.door import Reader, showing


@behind("work")
@require_safe
def reports(request: HttpRequest, reader: Reader, token: str) -> HttpResponse:
    """Every report that was given, newest first."""
    context = frame(request, reader, token, "work") | {"reports": showing.reports_of(reader)}
    return render(request, "portal/door/reports.html", context)


@behind("work")
@require_safe
def report(request: HttpRequest, reader: Reader, token: str, ref: str) -> HttpResponse:
    """One report, exactly as it was given; the number that is asked about opens its list."""
    row = get_object_or_404(showing.reports_of(reader), ref=ref)
    core = row.to_core()
    if core is None:
        message = f"{ref} was given before reports were kept whole; its PDF is there."
        raise Http404(message)
    invoices = set(showing.invoices_of(reader).values_list("ref", flat=True))
    context = frame(request, reader, token, "work") | {
        "row": row,
        "report": core,
        "figures": [
            (figure, [(item, item.ref if item.ref in invoices else "") for item in figure.behind])
            for figure in figures_of(core)
        ],
        "lines": [(line, duration_words(line.seconds)) for line in core.value.lines],
        "zero": Money.zero(core.currency),
    }
    return render(request, "portal/door/report.html", context)


@behind("work")
@require_safe
def report_pdf(request: HttpRequest, reader: Reader, token: str, ref: str) -> HttpResponse:
    """The PDF exactly as it was given."""
    del request, token
    row = get_object_or_404(showing.reports_of(reader), ref=ref)
    return pdf_answer(row.pdf, row.ref)
