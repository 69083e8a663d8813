"""Passkeys, in two steps each: the browser asks what to sign, and sends what its person's key signed."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.services.signin import passkeys, wrong_tries
from groundrules.services.signin.passkeys import PasskeyRefused
from groundrules.services.signin.wrong_tries import Guess, TooManyTries
from groundrules.web.access import actor_of, area, user_of
from groundrules.web.onward import onward_from
from groundrules.web.signed_in import address_of, half_way, is_fresh, let_in, pay_factor

_ASKED = "passkey_asked"
_MADE = "recovery_codes_made"
STALE = "Sign out and in again first: how you sign in is changed only within a quarter of an hour of signing in."


@login_not_required
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """What any passkey of this installation is to sign."""
    try:
        asking = passkeys.ask()
    except PasskeyRefused as refused:
        return _refusal(refused)
    request.session[_ASKED] = asking.state
    return JsonResponse({"publicKey": asking.options})


@login_not_required
@require_POST
def use(request: HttpRequest) -> HttpResponse:
    """Sign in whose passkey signed; each asking is answered once."""
    state = request.session.pop(_ASKED, None)
    guess, at = Guess("passkey", "", address_of(request)), timezone.now()
    known = half_way(request)
    try:
        wrong_tries.refuse_when_many(guess, at)
        user = passkeys.use(_asked(state), _answer(request), at=at)
    except TooManyTries as refused:
        return _refusal(refused)
    except PasskeyRefused as refused:
        wrong_tries.note(guess, at)
        return _refusal(refused)
    wrong_tries.forget(guess)
    onward = known[2] if known is not None and known[0] == user else onward_from(request)
    led = let_in(request, user, "passkey", strong=True, onward=onward)
    return JsonResponse({"onward": led.headers["Location"]})


@area("account", own=True)
@require_POST
def ask_for_new(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make a passkey for the user."""
    if not is_fresh(request):
        return _refusal(STALE)
    try:
        asking = passkeys.ask_for_new(user_of(request))
    except PasskeyRefused as refused:
        return _refusal(refused)
    request.session[_ASKED] = asking.state
    return JsonResponse({"publicKey": asking.options})


@area("account", own=True)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Keep the passkey the browser made; new recovery codes are shown once on the page that follows."""
    if not is_fresh(request):
        return _refusal(STALE)
    state = request.session.pop(_ASKED, None)
    try:
        codes = passkeys.add(
            user_of(request),
            request.POST.get("name", ""),
            (_asked(state), _answer(request)),
            actor=actor_of(request),
            at=timezone.now(),
        )
    except PasskeyRefused as refused:
        return _refusal(refused)
    pay_factor(request)
    if codes:
        request.session[_MADE] = list(codes)
    return JsonResponse({"onward": reverse("web:account")})


def made_just_now(request: HttpRequest) -> list[str]:
    """This function will return recovery codes that were made and not shown yet, and forget them."""
    return list(request.session.pop(_MADE, []))


def _asked(state: dict[str, Any] | None) -> dict[str, Any]:
    if state is None:
        message = "nothing was asked, or this was answered already; press the button again"
        raise PasskeyRefused(message)
    return state


def _answer(request: HttpRequest) -> dict[str, Any]:
    try:
        told = json.loads(request.POST.get("answer", ""))
    except ValueError as error:
        message = "the browser's answer is no JSON; press the button again"
        raise PasskeyRefused(message) from error
    if not isinstance(told, dict):
        message = "the browser's answer is no object; press the button again"
        raise PasskeyRefused(message)
    return told


def _refusal(refused: Exception | str) -> JsonResponse:
    words = str(refused)
    return JsonResponse({"problem": words[:1].upper() + words[1:]}, status=422)
