"""The first run in the browser: become the owner by the link the terminal shows, say who you are, see what is next."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from groundrules.services import first_run
from groundrules.web.access import actor_of, area
from groundrules.web.signed_in import let_in

_FIELDS = ("name", "email", "zone", "address")


@login_not_required
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The form for the first owner; it opens nothing once somebody owns the installation."""
    posted, context = request.POST, {"token": token, "posted": request.POST}
    try:
        first_run.check(token)
        if request.method != "POST":
            return render(request, "web/operating/welcome.html", context)
        typed = (posted.get(name, "") for name in ("name", "email", "password", "again"))
        owner = first_run.Owner(*typed)
        user = first_run.claim(token, owner, at=timezone.now())
    except first_run.LinkRefused as refused:
        return render(request, "web/operating/welcome.html", {"refused": str(refused)}, status=410)
    except first_run.AnswerRefused as wrong:
        problem = {"problem": str(wrong), "wrong": wrong.field}
        return render(request, "web/operating/welcome.html", context | problem, status=422)
    return let_in(request, user, "first run", strong=False, onward=reverse("web:first-company"))


@area("installation")
@require_http_methods(["GET", "HEAD", "POST"])
def company(request: HttpRequest) -> HttpResponse:
    """Who provides the services: what letters, invoices and business hours need."""
    there = first_run.company()
    shown = {name: getattr(there, name, "") for name in _FIELDS}
    context: dict[str, object] = {"shown": shown, "zones": sorted(available_timezones())}
    if request.method == "POST":
        said = {name: request.POST.get(name, "").strip() for name in _FIELDS}
        try:
            told = first_run.Company(**said)
            first_run.keep_company(told, actor=actor_of(request), at=timezone.now())
        except first_run.AnswerRefused as wrong:
            context |= {"shown": said, "problem": str(wrong), "wrong": wrong.field}
            return render(request, "web/operating/company.html", context, status=422)
        return redirect("web:first-steps")
    return render(request, "web/operating/company.html", context)


@area("installation")
@require_safe
def first_steps(request: HttpRequest) -> HttpResponse:
    """What is done, and what comes next."""
    steps = first_run.steps()
    context = {"steps": steps, "done": sum(step.done for step in steps)}
    return render(request, "web/operating/first_steps.html", context)
