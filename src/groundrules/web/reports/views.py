"""What was done for a client in a period, and what it was worth; giving it freezes it."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from groundrules.core.agreements.words import duration_words
from groundrules.core.answers.figures import Behind, ShownFigure, figures_of
from groundrules.core.money import Money
from groundrules.core.reported import ClientReport, Item
from groundrules.records.models import Client, Decision, Issued, ReportGiven
from groundrules.services import client_reports, report_mail
from groundrules.services.actor import NotAllowed
from groundrules.services.client_reports import ReportRefused
from groundrules.services.profit.portfolio import next_month
from groundrules.services.world import NoAgreement, NoProvider
from groundrules.web.access import actor_of, area, may_open
from groundrules.web.documents import drawn_pdf, pdf_response
from groundrules.web.plots.drawing import Amount, Bar, bars
from groundrules.web.refs import fact_page

# The page shows the newest promised periods; `groundrules report due` lists every one that is owed.
_PROMISED = 8
_FIRST_YEAR, _LAST_YEAR = 1990, 2200


def _days(request: HttpRequest) -> tuple[date, date]:
    """The days an address asks for; the last whole quarter when it asks for none or nonsense."""
    today = timezone.now().date()
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    usual = next_month(quarter, -3), quarter
    try:
        first = date.fromisoformat(request.GET.get("from", usual[0].isoformat()))
        end = date.fromisoformat(request.GET.get("to", usual[1].isoformat()))
    except ValueError:
        messages.error(request, "Write days as 2026-04-01; the last quarter is shown instead.")
        return usual
    if first.year < _FIRST_YEAR or end.year > _LAST_YEAR:
        messages.error(
            request,
            f"Choose days from {_FIRST_YEAR} to {_LAST_YEAR}; the last quarter is shown instead.",
        )
        return usual
    if end <= first:
        messages.error(
            request, "The period ends before it begins; the last quarter is shown instead."
        )
        return usual
    return first, end


@area("reports")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, code: str) -> HttpResponse:
    """The report as the client reads it; a POST gives it, frozen, once."""
    client = get_object_or_404(Client, code=code)
    first, end = _days(request)
    now = timezone.now()
    here = f"{request.path}?from={first}&to={end}"
    if request.method == "POST":
        try:
            return _give(request, client, (first, end), here)
        except (ReportRefused, NoAgreement, NoProvider, NotAllowed) as refused:
            messages.error(request, str(refused))
            return redirect(here)
    context: dict[str, object] = {
        "owner": client,
        "first": first,
        "end": end,
        "promised": client_reports.promised(client, now.date())[: -_PROMISED - 1 : -1],
        "given": [(one, getattr(one, "letter_draft", None)) for one in _given(client)],
        "recipient": _recipient(client, now),
        "today": now.date(),
    }
    try:
        made = client_reports.report_of(client, first, end, at=now)
    except (NoAgreement, NoProvider) as missing:
        messages.error(request, str(missing))
        return render(request, "web/reports/report.html", context)
    context |= {
        "report": made,
        "bars": _bars(made),
        "figures": _figures(client, made),
        "outcomes": [(o, [(i, _page(request, code, i)) for i in o.items]) for o in made.outcomes],
        "covered": duration_words(made.value.covered.seconds),
        "zero": Money.zero(made.currency),
        "lines": _lines(client, made),
    }
    return render(request, "web/reports/report.html", context)


def _give(request: HttpRequest, client: Client, days: tuple[date, date], here: str) -> HttpResponse:
    """Give the report, or mail one that was given; the mail opens as the draft of a letter."""
    actor, now, wanted = actor_of(request), timezone.now(), request.POST.get("mail", "")
    given = _given(client).filter(ref=wanted).first()
    if given is None and wanted:
        given, letter = report_mail.give_by_mail(client, *days, actor=actor, at=now)
    elif given is None:
        given = client_reports.give(client, *days, actor=actor, at=now)
        messages.info(request, f"{given.ref} is on record; it stays as it is.")
        return redirect(here)
    else:
        letter = report_mail.mail(given, actor=actor, at=now)
    messages.info(request, f"{given.ref} is on record. Read its mail, then approve it.")
    return redirect("web:letter", letter.ref)


def _given(client: Client) -> QuerySet[ReportGiven]:
    rows = ReportGiven.objects.filter(client=client).select_related("letter_draft")
    return rows.defer("payload", "text").order_by("-first", "-pk")


def _recipient(client: Client, now: datetime) -> str:
    try:
        return report_mail.recipient_of(client, now)
    except ReportRefused:
        return ""


def _figures(
    client: Client, made: ClientReport
) -> list[tuple[ShownFigure, list[tuple[Behind, str]]]]:
    """Every number with its list, each line opening its decision or its invoice."""
    numbers = dict(Decision.objects.of_client(client).current().values_list("ref", "number"))
    issued = set(Issued.objects.filter(client=client).values_list("ref", flat=True))

    def page(item: Behind) -> str:
        if item.kind == "work":
            return reverse("web:decision", args=[numbers[item.ref]]) if item.ref in numbers else ""
        return reverse("web:invoice", args=[item.ref]) if item.ref in issued else ""

    return [(f, [(item, page(item)) for item in f.behind]) for f in figures_of(made)]


def _bars(made: ClientReport) -> tuple[Bar, ...]:
    value = made.value
    compared = [
        ("You paid in fees", value.fees.amount, "cost", "#working"),
        ("Repairs by the hour", value.reactive.amount, "revenue", "#covered"),
    ]
    if value.proactive.seconds:
        compared.append(("With proactive work", value.covered.amount, "revenue", "#covered"))
    return bars(
        [Amount(name, said.minor, str(said), kind, place) for name, said, kind, place in compared]
    )


def _page(request: HttpRequest, client: str, item: Item) -> str:
    return fact_page(client, item.kind, item.ref) if may_open(request, "servers") else ""


def _lines(client: Client, made: ClientReport) -> list[tuple[object, str, str]]:
    """Each covered line with its time in words and the number of the decision behind it."""
    rows = Decision.objects.of_client(client).current()
    numbers = dict(rows.values_list("ref", "number"))
    return [
        (line, duration_words(line.seconds), numbers.get(line.entry, ""))
        for line in made.value.lines
    ]


@area("reports")
@require_safe
def report_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The report as PDF: as given, or a draft from today's facts."""
    client = get_object_or_404(Client, code=code)
    first, end = _days(request)
    given = (
        ReportGiven.objects.filter(client=client, first=first, end=end)
        .select_related("pdf")
        .first()
    )
    name = f"report-{code}-{first}"
    if given is not None:
        return pdf_response(given.pdf, name)
    now = timezone.now()
    try:
        made = client_reports.report_of(client, first, end, at=now)
    except (NoAgreement, NoProvider) as missing:
        raise Http404(str(missing)) from missing
    return drawn_pdf(client_reports.pdf_of(made, at=now), name)
