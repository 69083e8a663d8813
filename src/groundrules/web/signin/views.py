"""Sign in with a password or a one-time link, then a second factor where there is one; sign out; choose colours.

A link alone (GET) changes nothing.
"""

from __future__ import annotations

from django.contrib.auth import authenticate, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from groundrules.records.users import User
from groundrules.services import users
from groundrules.services.signin import (
    demands,
    passkeys,
    second_factors,
    sign_ins,
    single_sign_on,
    wrong_tries,
)
from groundrules.services.signin.wrong_tries import Guess, TooManyTries
from groundrules.web.context import THEMES
from groundrules.web.onward import onward_from
from groundrules.web.signed_in import address_of, go_half_way, half_way, let_in

_A_YEAR = 60 * 60 * 24 * 365
_WRONG = "That e-mail address and password don't match a user. Check both, or ask an owner for a sign-in link."
_TOO_LATE = "That took longer than ten minutes. Please begin again."


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in form."""
    problem = ""
    email = request.POST.get("email", "").strip().lower()
    if request.method == "POST":
        try:
            user = _checked(request, email)
        except TooManyTries as refused:
            return form_page(request, str(refused), email)
        if user is not None:
            return _go_on(request, user, "password", onward_from(request))
        problem = _WRONG
    return form_page(request, problem, email)


def _checked(request: HttpRequest, email: str) -> User | None:
    guess, at = Guess("password", email, address_of(request)), timezone.now()
    wrong_tries.refuse_when_many(guess, at)
    user = authenticate(request, username=email, password=request.POST.get("password", ""))
    if not isinstance(user, User):
        wrong_tries.note(guess, at)
        return None
    wrong_tries.forget(guess)
    return user


def form_page(request: HttpRequest, problem: str, email: str) -> HttpResponse:
    """This function will show the sign-in form, with what went wrong before it."""
    context = {
        "problem": problem,
        "email": email,
        "next": onward_from(request),
        "passkeys": passkeys.door() is not None,
        "sign_on": single_sign_on.service() is not None,
    }
    return render(request, "web/signin/sign_in.html", context, status=422 if problem else 200)


def _go_on(request: HttpRequest, user: User, how: str, onward: str) -> HttpResponse:
    if demands.has_second_factor(user):
        go_half_way(request, user, how, onward)
        return redirect("web:sign-in-second")
    return let_in(request, user, how, strong=False, onward=onward)


@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """The second factor, for who showed a password or link just now: a code of the app, or a recovery code."""
    known = half_way(request)
    if known is None:
        return form_page(request, _TOO_LATE if request.method == "POST" else "", "")
    user, how, onward = known
    context = {"passkeys": passkeys.door() is not None, "next": onward, "problem": ""}
    if request.method == "POST":
        try:
            used = second_factors.use_code(
                user, request.POST.get("code", ""), address=address_of(request), at=timezone.now()
            )
        except (second_factors.CodeRefused, TooManyTries) as refused:
            context["problem"] = str(refused)
            return render(request, "web/signin/second.html", context, status=422)
        return let_in(request, user, f"{how}, {used}", strong=True, onward=onward)
    return render(request, "web/signin/second.html", context)


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
    return _go_on(request, user, "link", "/")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if isinstance(request.user, User) and request.session.session_key:
        sign_ins.leave(request.user, request.session.session_key, at=timezone.now())
    logout(request)
    return redirect("web:sign-in")


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the reader's colours in a cookie, so that the first paint is right."""
    answer = HttpResponseRedirect(onward_from(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        answer.set_cookie("theme", theme, max_age=_A_YEAR, samesite="Lax", httponly=True)
    else:
        answer.delete_cookie("theme")
    return answer
