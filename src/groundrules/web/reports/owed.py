"""Reports that were promised to clients and are still owed, and giving them all at once by a worker."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from groundrules.services.actor import NotAllowed
from groundrules.services.client_reports import owed
from groundrules.services.reports_carried import NothingOwed, give_owed_later
from groundrules.web.access import actor_of, area
from groundrules.web.words import sentence


@area("reports")
@require_http_methods(["GET", "HEAD", "POST"])
def owed_reports(request: HttpRequest) -> HttpResponse:
    """Every report that is owed, the earliest due first; a press gives them and drafts their mails."""
    now = timezone.now()
    if request.method == "POST":
        try:
            run = give_owed_later(actor=actor_of(request), at=now)
        except (NothingOwed, NotAllowed) as refused:
            messages.error(request, sentence(str(refused)))
            return redirect("web:reports-owed")
        return redirect("web:run", run.pk)
    today = now.date()
    rows = [
        (
            one,
            f"{reverse('web:client-report', args=[one.client.code])}?from={one.first}&to={one.end}",
            one.is_late(today),
        )
        for one in owed(today)
    ]
    return render(request, "web/reports/owed.html", {"rows": rows})
