"""How I sign in: code app, passkeys, recovery codes, and where I am signed in. Changed only soon after signing in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from groundrules.records.sign_in import CodeApp, Passkey, RecoveryCode
from groundrules.services.signin import demands, passkeys, second_factors, sign_ins
from groundrules.web.access import actor_of, area, user_of
from groundrules.web.signed_in import OWES_FACTOR, is_fresh, pay_factor
from groundrules.web.signin.passkeys import STALE, made_just_now
from groundrules.web.words import sentence

_Codes = tuple[str, ...]
_Act = Callable[[HttpRequest], _Codes]
_REFUSALS = (second_factors.CodeRefused, second_factors.LastFactor)
# Ending sign-ins makes nothing weaker, so it needs no fresh sign-in.
_ANY_TIME = {"end", "end-others"}


@area("account", own=True)
@require_http_methods(["GET", "HEAD"])
def account(request: HttpRequest) -> HttpResponse:
    """How I sign in, and where I am signed in."""
    return _page(request, tuple(made_just_now(request)))


@area("account", own=True)
@sensitive_post_parameters("code")
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """One act of the page, by its name."""
    name = request.POST.get("act", "")
    chosen = _ACTS.get(name)
    if chosen is None:
        messages.error(request, "Nothing was changed: the page sent an act that there is none of.")
        return redirect("web:account")
    if name not in _ANY_TIME and not is_fresh(request):
        messages.error(request, STALE)
        return redirect("web:account")
    try:
        codes = chosen(request)
    except _REFUSALS as refused:
        messages.error(request, f"Nothing was changed. {sentence(refused)}")
        return _page(request, (), status=422)
    if codes:
        return _page(request, codes)
    return redirect("web:account")


def _offer(request: HttpRequest) -> _Codes:
    second_factors.offer_app(user_of(request), actor=actor_of(request), at=timezone.now())
    return ()


def _confirm(request: HttpRequest) -> _Codes:
    codes = second_factors.confirm_app(
        user_of(request), request.POST.get("code", ""), actor=actor_of(request), at=timezone.now()
    )
    pay_factor(request)
    messages.success(request, "The code app is set up. Signing in asks for a code from now on.")
    return codes


def _remove_app(request: HttpRequest) -> _Codes:
    second_factors.remove_app(user_of(request), actor=actor_of(request), at=timezone.now())
    messages.success(request, "The code app opens nothing any more.")
    return ()


def _remove_passkey(request: HttpRequest) -> _Codes:
    row = get_object_or_404(
        Passkey.objects.filter(user=user_of(request)), pk=_number(request, "passkey")
    )
    passkeys.remove(row, actor=actor_of(request), at=timezone.now())
    messages.success(request, f"{row.name} opens nothing any more.")
    return ()


def _make_codes(request: HttpRequest) -> _Codes:
    return second_factors.make_codes(user_of(request), actor=actor_of(request), at=timezone.now())


def _end(request: HttpRequest) -> _Codes:
    rows = user_of(request).sign_ins.filter(pk=_number(request, "sign_in"))
    return _ended(
        request, sign_ins.end(rows, "by themselves", actor=actor_of(request), at=timezone.now())
    )


def _end_others(request: HttpRequest) -> _Codes:
    rows = user_of(request).sign_ins.exclude(key=request.session.session_key or "")
    return _ended(
        request, sign_ins.end(rows, "by themselves", actor=actor_of(request), at=timezone.now())
    )


def _ended(request: HttpRequest, count: int) -> _Codes:
    messages.success(request, f"Ended: {count}.")
    return ()


_ACTS: Mapping[str, _Act] = {
    "app-offer": _offer,
    "app-confirm": _confirm,
    "app-remove": _remove_app,
    "passkey-remove": _remove_passkey,
    "codes": _make_codes,
    "end": _end,
    "end-others": _end_others,
}


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len("1" * 18) else 0


def _page(request: HttpRequest, codes: _Codes, status: int = 200) -> HttpResponse:
    user, actor, at = user_of(request), actor_of(request), timezone.now()
    app = CodeApp.objects.filter(user=user).first()
    fresh = is_fresh(request)
    offer = None
    if app is not None and app.confirmed_at is None and fresh:
        offer = second_factors.offer_app(user, actor=actor, at=at)
    context = {
        "app": app,
        "offer": offer,
        "picture": segno.make(offer.address).svg_data_uri(scale=4, border=4, light="white")
        if offer
        else "",
        "passkeys": user.passkeys.order_by("pk"),
        "passkey_door": passkeys.door(),
        "codes": codes,
        "codes_left": RecoveryCode.objects.filter(user=user, used_at=None).count(),
        "sign_ins": sign_ins.visible_to(actor, at).filter(user=user).order_by("-seen_at", "-pk"),
        "this": request.session.session_key,
        "fresh": fresh,
        "stale": STALE,
        "owes": request.session.get(OWES_FACTOR, False),
        "demanded": demands.is_demanded_of(user),
    }
    return render(request, "web/signin/account.html", context, status=status)
