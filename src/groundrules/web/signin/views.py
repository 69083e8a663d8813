"""Sign in with a password or a one-time link, sign out, choose colours. A link alone (GET) changes nothing."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from groundrules.services import users
from groundrules.web.context import THEMES

_A_YEAR = 60 * 60 * 24 * 365
_WRONG = "That e-mail address and password don't match a user. Check both, or ask an owner for a sign-in link."


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in form."""
    problem = ""
    email = request.POST.get("email", "").strip().lower()
    if request.method == "POST":
        user = authenticate(request, username=email, password=request.POST.get("password", ""))
        if user is not None:
            login(request, user)
            return HttpResponseRedirect(_next(request))
        problem = _WRONG
    context = {"problem": problem, "email": email, "next": _next(request)}
    return render(request, "web/signin/sign_in.html", context, status=422 if problem else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link: a scanner may open it without effect; pressing the button signs in, once."""
    if request.method != "POST":
        return render(request, "web/signin/link.html", {"token": token})
    try:
        user = users.use_sign_in_link(token=token, at=timezone.now())
    except users.SignInLinkRefused as refused:
        return render(request, "web/signin/link.html", {"problem": str(refused)}, status=410)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("web:today")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("web:sign-in")


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the reader's colours in a cookie, so that the first paint is right."""
    answer = HttpResponseRedirect(_next(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        answer.set_cookie("theme", theme, max_age=_A_YEAR, samesite="Lax", httponly=True)
    else:
        answer.delete_cookie("theme")
    return answer
