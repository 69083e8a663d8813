"""The guard of every page: which area it is in, and whether the signed-in role opens that (services/rights.py).

A role that only reads sends no form but those about itself. Who owes a second factor first sets one up.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from groundrules.records.users import User
from groundrules.services.actor import Actor
from groundrules.services.rights import AREAS, READERS
from groundrules.web.signed_in import OWES_FACTOR, note_use

__all__ = ["AREAS", "actor_of", "area", "may_open", "reads_only", "role_of"]

View = Callable[..., HttpResponseBase]
_SAFE = ("GET", "HEAD", "OPTIONS")


def role_of(request: HttpRequest) -> str:
    """This function will return the signed-in user's role, or an empty text."""
    return str(getattr(request.user, "role", ""))


def may_open(request: HttpRequest, area: str) -> bool:
    """This function will say whether the signed-in user may open an area."""
    return role_of(request) in AREAS[area]


def reads_only(request: HttpRequest) -> bool:
    """This function will say whether the signed-in user's role changes nothing."""
    return role_of(request) in READERS


def user_of(request: HttpRequest) -> User:
    """This function will return the signed-in user."""
    if not isinstance(request.user, User):
        message = "Sign in first."
        raise PermissionDenied(message)
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """This function will return who acts: the signed-in user with their role."""
    return Actor.of(user_of(request))


def area(name: str, *, own: bool = False) -> Callable[[View], View]:
    """This function will guard a view: other roles get a page that says who can open it.

    `own` marks pages about the user alone: those who only read send their forms too, and nothing stands before them.
    """
    allowed = AREAS[name]

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            _check_role(request, allowed)
            if not own:
                if request.session.get(OWES_FACTOR):
                    return redirect("web:account")
                _check_reader(request)
            note_use(request)
            return view(request, *args, **kwargs)

        guarded.area = name  # type: ignore[attr-defined]  # read by the test that walks every URL
        guarded.own = own  # type: ignore[attr-defined]  # likewise
        return guarded

    return guard


def _check_role(request: HttpRequest, allowed: frozenset[str]) -> None:
    if role_of(request) not in allowed:
        roles = " or ".join(sorted(allowed))
        message = f"This page is for the role {roles}; you are signed in as {role_of(request)}."
        raise PermissionDenied(message)


def _check_reader(request: HttpRequest) -> None:
    if request.method not in _SAFE and reads_only(request):
        message = f"The role {role_of(request)} reads and changes nothing. Ask an owner to do it."
        raise PermissionDenied(message)
