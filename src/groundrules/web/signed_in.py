"""What a browser's session keeps about signing in: who is half-way in, since when they are in, what they still owe."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from groundrules.records.users import User
from groundrules.services.signin import demands, sign_ins
from groundrules.services.signin.sign_ins import Shown

OWES_FACTOR = "owes_second_factor"
_HALF_WAY = "half_way"
_SIGNED_IN = "signed_in_at"
_SEEN = "seen_at"
_HALF_WAY_LASTS = timedelta(minutes=10)
_FRESH = timedelta(minutes=15)
_SEE_EVERY = timedelta(minutes=5)
_AT_MOST = timedelta(hours=12)
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def address_of(request: HttpRequest) -> str:
    """This function will return where a request comes from."""
    return str(request.META.get("REMOTE_ADDR", ""))


def go_half_way(request: HttpRequest, user: User, how: str, onward: str) -> None:
    """This function will remember who showed a password or link and owes the second factor yet."""
    request.session.cycle_key()
    request.session[_HALF_WAY] = {
        "user": user.pk,
        "how": how,
        "onward": onward,
        "at": timezone.now().timestamp(),
    }


def half_way(request: HttpRequest) -> tuple[User, str, str] | None:
    """This function will return who is half-way in, by what, and where they go on to; nothing after ten minutes."""
    kept = request.session.get(_HALF_WAY)
    if not kept or _since(kept["at"]) > _HALF_WAY_LASTS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    return (user, kept["how"], kept["onward"]) if user is not None else None


def let_in(
    request: HttpRequest, user: User, how: str, *, strong: bool, onward: str
) -> HttpResponse:
    """This function will sign a user in, write it down, and lead on; who owes a second factor sets one up first."""
    owes = not strong and demands.is_demanded_of(user)
    login(request, user, backend=_BACKEND)
    request.session.pop(_HALF_WAY, None)
    at = timezone.now()
    request.session.set_expiry(at + _AT_MOST)
    browser = request.headers.get("User-Agent", "")
    key = request.session.session_key or ""
    sign_ins.begin(user, key, Shown(how, strong, address_of(request), browser), at=at)
    request.session[_SIGNED_IN] = request.session[_SEEN] = at.timestamp()
    if owes:
        request.session[OWES_FACTOR] = True
        return redirect("web:account")
    return redirect(onward)


def is_fresh(request: HttpRequest) -> bool:
    """This function will say whether the sign-in is young enough to change how one signs in."""
    return _since(request.session.get(_SIGNED_IN, 0)) <= _FRESH


def pay_factor(request: HttpRequest) -> None:
    """This function will let somebody go on who has set the second factor up that they owed."""
    request.session.pop(OWES_FACTOR, None)


def note_use(request: HttpRequest) -> None:
    """This function will note now and then that a sign-in is in use."""
    seen = request.session.get(_SEEN)
    if seen is not None and _since(seen) > _SEE_EVERY:
        at = timezone.now()
        request.session[_SEEN] = at.timestamp()
        sign_ins.see(request.session.session_key or "", at=at)


def _since(moment: float) -> timedelta:
    return timezone.now() - datetime.fromtimestamp(moment, tz=UTC)
