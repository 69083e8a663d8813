"""Users of the provider: made, given a password, signed in by a link that works once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from groundrules.core.plain_text import is_one_line
from groundrules.records.models import Role, SignInLink, Technician, User
from groundrules.services import audit
from groundrules.services.actor import Actor, require

_TOKEN_BYTES = 32
_NAME = 120
_VALID_FOR = timedelta(minutes=30)


class UserExists(ValueError):
    """Someone has this e-mail address already."""


class OwnerExists(ValueError):
    """An installation has an active owner already; another one is added by that owner."""


class LastOwner(ValueError):
    """The last active owner's access is not taken away."""


class UnknownRole(ValueError):
    """There is no such role."""


class NameRefused(ValueError):
    """A name that is empty, longer than letters show, or that would look like more than one line of a list."""


class ReasonMissing(ValueError):
    """A role changes without a word why."""


class PasswordTooWeak(ValueError):
    """The password does not meet the rules; the message lists them."""


class SignInLinkRefused(ValueError):
    """The link is unknown, was used, has expired, or its user may no longer sign in."""


def let_in(
    *, email: str, name: str, role: str, actor: Actor, at: datetime, technician: str = ""
) -> User:
    """This function will make a user without a password.

    Raises UserExists, UnknownRole, NameRefused or Technician.DoesNotExist.
    """
    require(actor)
    check_name(name)
    if role not in Role.values:
        message = f"{role!r} is no role; choose {', '.join(Role.values)}"
        raise UnknownRole(message)
    address = email.strip().lower()
    with transaction.atomic():
        if User.objects.filter(email=address).exists():
            message = f"{address} is a user already"
            raise UserExists(message)
        person = _technician(technician) if technician else None
        user = User(email=address, name=name, role=role, technician=person)
        user.set_unusable_password()
        user.save()
        says = f"user {address} added as {role}"
        audit.record(audit.Entry("users.let_in", address, says), actor=actor, at=at)
    return user


def check_name(name: str) -> None:
    """This function will refuse a name that is no name on one line; raises NameRefused."""
    if not name.strip() or len(name) > _NAME or not is_one_line(name):
        message = (
            f"write a name of {_NAME} characters at most, on one line, without control characters"
        )
        raise NameRefused(message)


def _technician(code: str) -> Technician:
    found = Technician.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(Technician.objects.order_by("code").values_list("code", flat=True))
        message = f"there is no technician {code!r} (known: {known or 'none'})"
        raise Technician.DoesNotExist(message)
    return found


def make_first_owner(*, email: str, name: str, at: datetime) -> User:
    """This function will make the owner of a new installation, who acts for it; raises OwnerExists."""
    with transaction.atomic():
        if User.objects.filter(role=Role.OWNER, is_active=True).exists():
            message = "this installation has an owner already; nothing was changed"
            raise OwnerExists(message)
        actor = Actor(label=email.strip().lower(), role=Role.OWNER)
        return let_in(email=email, name=name, role=Role.OWNER.value, actor=actor, at=at)


def set_password(user: User, password: str, *, actor: Actor, at: datetime) -> None:
    """This function will set a password; raises PasswordTooWeak. Owners, or the user."""
    if actor.label != user.email:
        require(actor)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordTooWeak(" ".join(error.messages)) from error
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        entry = audit.Entry("users.set_password", user.email, f"{user.email} has a new password")
        audit.record(entry, actor=actor, at=at)


def make_sign_in_link(user: User, *, actor: Actor, at: datetime) -> str:
    """This function will return a token that signs the user in once within half an hour; only its digest is kept."""
    if actor.label != user.email:
        require(actor)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with transaction.atomic():
        SignInLink.objects.create(
            user=user, token_digest=_digest(token), made_at=at, expires_at=at + _VALID_FOR
        )
        says = f"sign-in link made for {user.email}"
        audit.record(audit.Entry("users.make_sign_in_link", user.email, says), actor=actor, at=at)
    return token


def use_sign_in_link(*, token: str, at: datetime) -> User:
    """This function will use a token up and return its user; raises SignInLinkRefused."""
    with transaction.atomic():
        links = SignInLink.objects.select_for_update(of=("self",)).select_related("user")
        link = links.filter(token_digest=_digest(token)).first()
        if link is None:
            message = "this sign-in link is not known; ask an owner for a new one"
            raise SignInLinkRefused(message)
        if link.used_at is not None or at >= link.expires_at or not link.user.is_active:
            message = "this sign-in link was used or has expired; ask an owner for a new one"
            raise SignInLinkRefused(message)
        link.used_at = at
        link.save(update_fields=["used_at"])
        says = f"{link.user.email} signed in by link"
        entry = audit.Entry("users.use_sign_in_link", link.user.email, says)
        audit.record(entry, actor=Actor.of(link.user), at=at)
    return link.user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
