"""Who may sign in, with role, factors and open sign-ins, and what an owner does about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from groundrules.records.models import SignIn, User
from groundrules.services import users
from groundrules.services.actor import NotAllowed
from groundrules.services.rights import ACTING, ROLES, SEEING, Right, RoleTold
from groundrules.services.signin import admission, demands, second_factors, sign_ins
from groundrules.services.signin import roles as roles_given
from groundrules.web.access import actor_of, area
from groundrules.web.tables.kit import csv_answer
from groundrules.web.times import minute
from groundrules.web.words import sentence

_COLUMNS = ("Who", "Address", "Role", "May sign in", "Signs in by")
_SIGN_IN_COLUMNS = ("Who", "By", "From", "Browser", "Since (UTC)", "Seen (UTC)")
_ZONE = "UTC"
_REFUSALS = (
    users.UserExists,
    users.LastOwner,
    users.UnknownRole,
    users.NameRefused,
    users.ReasonMissing,
    NotAllowed,
    ValidationError,
)


@dataclass(frozen=True, slots=True)
class RightRow:
    """One right, and the names of the roles that have it."""

    right: Right
    whose: str


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role, and whether a second factor is demanded of it."""

    told: RoleTold
    demanded: bool


@area("people")
@require_http_methods(["GET", "HEAD"])
def people(request: HttpRequest) -> HttpResponseBase:
    """Everybody who may or might sign in, and every open sign-in; each list also as CSV."""
    at = timezone.now()
    counted = User.objects.annotate(
        keys=Count("passkeys", distinct=True),
        apps=Count("code_app", filter=Q(code_app__confirmed_at__isnull=False), distinct=True),
    )
    found = counted.order_by("-is_active", "email")
    if request.GET.get("format") == "csv":
        return csv_answer("people", _COLUMNS, (_cells(one) for one in found))
    open_now = sign_ins.visible_to(actor_of(request), at).order_by("-seen_at", "-pk")
    if request.GET.get("format") == "csv-sign-ins":
        return csv_answer("sign-ins", _SIGN_IN_COLUMNS, (_signed_in(one) for one in open_now))
    context = {
        "people": found,
        "sign_ins": open_now,
        "roles": ROLES,
    }
    return render(request, "web/people/people.html", context)


def _cells(one: User) -> tuple[str, ...]:
    told = vars(one)
    ways = ["password" if one.has_usable_password() else "link"]
    ways += ["code app"] if told["apps"] else []
    ways += [f"passkeys: {told['keys']}"] if told["keys"] else []
    may = "yes" if one.is_active else "no"
    return one.name, one.email, one.get_role_display(), may, ", ".join(ways)


def _signed_in(one: SignIn) -> tuple[str, ...]:
    began, seen = minute(one.started_at, _ZONE), minute(one.seen_at, _ZONE)
    return one.user.email, one.how, one.address, one.browser, began, seen


@area("people")
@require_http_methods(["GET", "HEAD"])
def roles(request: HttpRequest) -> HttpResponse:
    """What each role may do."""
    demanded = demands.demanded_roles()
    context = {
        "roles": [RoleRow(one, one.role.value in demanded) for one in ROLES],
        "rights": [RightRow(right, _whose(right)) for right in (*SEEING, *ACTING)],
    }
    return render(request, "web/people/roles.html", context)


def _whose(right: Right) -> str:
    if all(one.role.value in right.roles for one in ROLES):
        return "everybody"
    return ", ".join(one.role.label.lower() for one in ROLES if one.role.value in right.roles)


@area("people")
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """One act of the two pages, by its name."""
    chosen = _ACTS.get(request.POST.get("act", ""))
    if chosen is None:
        messages.error(request, "Nothing was changed: the page sent an act that there is none of.")
        return redirect("web:people")
    try:
        chosen(request, timezone.now())
    except _REFUSALS as refused:
        words = " ".join(refused.messages) if isinstance(refused, ValidationError) else refused
        messages.error(request, f"Nothing was changed. {sentence(str(words))}")
    return redirect("web:roles" if request.POST.get("role_of") else "web:people")


def _person(request: HttpRequest) -> User:
    return get_object_or_404(User, email=request.POST.get("email", "").strip().lower())


def _let_in(request: HttpRequest, at: datetime) -> None:
    actor, email = actor_of(request), request.POST.get("email", "").strip()
    validate_email(email)
    name = " ".join(request.POST.get("name", "").split()) or email
    users.let_in(email=email, name=name, role=request.POST.get("role", ""), actor=actor, at=at)
    messages.success(request, f"{email} is let in. Make them a link to sign in with.")


def _role(request: HttpRequest, at: datetime) -> None:
    user, reason = _person(request), request.POST.get("reason", "")
    roles_given.set_role(user, request.POST.get("role", ""), reason, actor=actor_of(request), at=at)
    messages.success(request, f"{user.email} is {user.role} from now on, and signs in anew.")


def _link(request: HttpRequest, at: datetime) -> None:
    user = _person(request)
    token = users.make_sign_in_link(user, actor=actor_of(request), at=at)
    address = request.build_absolute_uri(reverse("web:sign-in-link", args=[token]))
    messages.success(request, f"For {user.email}, once, within half an hour: {address}")


def _end(request: HttpRequest, at: datetime) -> None:
    user = _person(request)
    admission.deactivate(user, actor=actor_of(request), at=at)
    messages.success(request, f"{user.email} may no longer sign in.")


def _readmit(request: HttpRequest, at: datetime) -> None:
    user = _person(request)
    admission.readmit(user, actor=actor_of(request), at=at)
    messages.success(request, f"{user.email} may sign in again.")


def _reset(request: HttpRequest, at: datetime) -> None:
    user = _person(request)
    second_factors.reset(user, request.POST.get("reason", ""), actor=actor_of(request), at=at)
    messages.success(request, f"{user.email} has no second factor any more, and is signed out.")


def _sign_out(request: HttpRequest, at: datetime) -> None:
    number = request.POST.get("sign_in", "")
    row = get_object_or_404(SignIn, pk=int(number) if number.isdecimal() else 0)
    rows = SignIn.objects.filter(pk=row.pk)
    ended = sign_ins.end(rows, "by an owner", actor=actor_of(request), at=at)
    messages.success(request, f"Sign-ins of {row.user.email} ended: {ended}.")


def _demand(request: HttpRequest, at: datetime) -> None:
    role = request.POST.get("role_of", "")
    ended = demands.demand(role, actor=actor_of(request), at=at)
    messages.success(
        request, f"{role}: a second factor is demanded; sign-ins without one that ended: {ended}."
    )


def _release(request: HttpRequest, at: datetime) -> None:
    role, reason = request.POST.get("role_of", ""), request.POST.get("reason", "").strip()
    if not reason:
        message = "say why the demand ends; the audit book keeps it"
        raise NotAllowed(message)
    demands.release(role, reason, actor=actor_of(request), at=at)
    messages.success(request, f"{role}: no second factor is demanded any more.")


_ACTS: Mapping[str, Callable[[HttpRequest, datetime], None]] = {
    "let-in": _let_in,
    "role": _role,
    "link": _link,
    "end": _end,
    "readmit": _readmit,
    "reset": _reset,
    "sign-out": _sign_out,
    "demand": _demand,
    "release": _release,
}
