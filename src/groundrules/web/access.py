"""Who may open which area. One table, read by every page, by the navigation and by the tests that walk every URL."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from groundrules.records.users import User
from groundrules.services.actor import Actor

View = Callable[..., HttpResponseBase]

AREAS: dict[str, frozenset[str]] = {
    "today": frozenset({"owner", "technician", "accountant"}),
    "servers": frozenset({"owner", "technician"}),
    "clients": frozenset({"owner", "technician", "accountant"}),
    "agreements": frozenset({"owner"}),
    "time": frozenset({"owner", "technician"}),
    "work": frozenset({"owner", "technician", "accountant"}),
    "vendors": frozenset({"owner", "technician"}),
    "letters": frozenset({"owner", "technician"}),
    "disputes": frozenset({"owner", "technician", "accountant"}),
    "invoices": frozenset({"owner", "accountant"}),
    "profit": frozenset({"owner", "accountant"}),
    "reports": frozenset({"owner", "technician", "accountant"}),
    "evidence": frozenset({"owner", "technician"}),
    "connect": frozenset({"owner", "technician", "accountant"}),
    "search": frozenset({"owner", "technician", "accountant"}),
}


def role_of(request: HttpRequest) -> str:
    """This function will return the signed-in user's role, or an empty text."""
    return str(getattr(request.user, "role", ""))


def may_open(request: HttpRequest, area: str) -> bool:
    """This function will say whether the signed-in user may open an area."""
    return role_of(request) in AREAS[area]


def actor_of(request: HttpRequest) -> Actor:
    """This function will return who acts: the signed-in user with their role."""
    if not isinstance(request.user, User):
        message = "Sign in first."
        raise PermissionDenied(message)
    return Actor.of(request.user)


def area(name: str) -> Callable[[View], View]:
    """This function will guard a view: other roles get a page that says who can open it."""
    allowed = AREAS[name]

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if role_of(request) not in allowed:
                roles = " or ".join(sorted(allowed))
                message = (
                    f"This page is for the role {roles}; you are signed in as {role_of(request)}."
                )
                raise PermissionDenied(message)
            return view(request, *args, **kwargs)

        guarded.area = name  # type: ignore[attr-defined]  # read by the test that walks every URL
        return guarded

    return guard
