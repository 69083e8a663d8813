"""Tokens for programs: made once and shown once, looked up by their digest, revoked at any time.

A token acts for the user who made it, never for more than that user may do: role, activity and clients are looked at
each time it is used.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from groundrules.records.api_tokens import NAME_LENGTH
from groundrules.records.book import REF_LENGTH
from groundrules.records.models import ApiToken, Client, Role, User
from groundrules.services import audit, scopes
from groundrules.services.actor import Actor, NotAllowed

PREFIX = "grt_"
USUALLY = 90
LONGEST = 366
_TOKEN_BYTES = 32
_HINT = 4
# One write a minute is enough to say when a token was used last.
_NOTED_EVERY = timedelta(minutes=1)


class TokenRefused(PermissionError):
    """No good token is like this one: it is unknown, expired, revoked, or its owner may no longer sign in."""


class TokenMalformed(ValueError):
    """A token was asked for with a name, scopes, clients or days it cannot have."""


class NameTaken(ValueError):
    """Its owner has, or had, another token of this name; the audit book tells tokens apart by name."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a token shall be: its name, its scopes, for how many days, and for which clients (none named: all)."""

    name: str
    scopes: Collection[str]
    days: int = USUALLY
    clients: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who is at the door: the token, its owner, and what it opens now."""

    token: ApiToken
    user: User
    scopes: frozenset[str]

    @property
    def actor(self) -> Actor:
        """Who acts when the program does something."""
        return Actor(self.user.email, Role(self.user.role), self.token.name)

    def clients(self) -> QuerySet[Client]:
        """The clients the token is for."""
        rows = Client.objects.all()
        return rows.filter(code__in=self.token.clients) if self.token.clients else rows


def make(wanted: Wanted, *, user: User, actor: Actor, at: datetime) -> tuple[ApiToken, str]:
    """This function will make a token for oneself and return it with its text, which is never to be had again.

    Raises NotAllowed for somebody else's or a scope beyond the role, TokenMalformed, UnknownScope and NameTaken.
    """
    if actor.label != user.email or actor.token:
        message = f"{actor.signature} makes no token of {user.email}; they make it themselves"
        raise NotAllowed(message)
    name, names = _checked(wanted, user)
    text = PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    with transaction.atomic():
        if ApiToken.objects.filter(user=user, name=name).exists():
            message = f"{user.email} has or had a token called {name}; give this one another name"
            raise NameTaken(message)
        row = ApiToken.objects.create(
            user=user,
            name=name,
            hint=text[: len(PREFIX) + _HINT],
            token_digest=_digest(text),
            scopes=list(names),
            clients=sorted(set(wanted.clients)),
            made_at=at,
            made_by=actor.label,
            expires_at=at + timedelta(days=wanted.days),
        )
        says = f"token {name} of {user.email} made, until {row.expires_at.date().isoformat()}, for {', '.join(names)}"
        details = {"scopes": row.scopes, "clients": row.clients}
        entry = audit.Entry("tokens.make", name, says, details=details)
        audit.record(entry, actor=actor, at=at)
    return row, text


def _checked(wanted: Wanted, user: User) -> tuple[str, tuple[str, ...]]:
    name = " ".join(wanted.name.split())
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        message = f"give the token a name of 1 to {NAME_LENGTH} characters that says which program holds it"
        raise TokenMalformed(message)
    if len(Actor(user.email, Role(user.role), name).signature) > REF_LENGTH:
        message = (
            f"{user.email} and {name} are too long together for the audit book; shorten the name"
        )
        raise TokenMalformed(message)
    if not 1 <= wanted.days <= LONGEST:
        message = f"a token lasts 1 to {LONGEST} days, not {wanted.days}"
        raise TokenMalformed(message)
    _check_clients(wanted.clients)
    names = scopes.known(wanted.scopes)
    if not names:
        message = "say what the token is for: choose at least one scope"
        raise TokenMalformed(message)
    beyond = set(names) - scopes.within(names, Role(user.role))
    if beyond:
        message = f"{user.email} is {user.role}, which does not reach {', '.join(sorted(beyond))}"
        raise NotAllowed(message)
    return name, names


def _check_clients(codes: Collection[str]) -> None:
    found = set(Client.objects.filter(code__in=list(codes)).values_list("code", flat=True))
    missing = set(codes) - found
    if missing:
        message = f"there is no client {', '.join(sorted(missing))}; write codes as groundrules pages show them"
        raise TokenMalformed(message)


def revoke(token: ApiToken, *, actor: Actor, at: datetime) -> None:
    """This function will end a token at once: its owner's, or anybody's by an owner of the installation."""
    if actor.label != token.user.email and actor.role is not Role.OWNER:
        message = f"{token.name} is {token.user.email}'s token; they, or an owner, revoke it"
        raise NotAllowed(message)
    with transaction.atomic():
        row = ApiToken.objects.select_for_update().get(pk=token.pk)
        if row.revoked_at is not None:
            return
        row.revoked_at, row.revoked_by = at, actor.label
        row.save(update_fields=["revoked_at", "revoked_by"])
        entry = audit.Entry(
            "tokens.revoke", row.name, f"token {row.name} of {token.user.email} revoked"
        )
        audit.record(entry, actor=actor, at=at)


def visible_to(actor: Actor) -> QuerySet[ApiToken]:
    """This function will return the tokens a person may see: their own; an owner everybody's."""
    rows = ApiToken.objects.select_related("user")
    return rows if actor.role is Role.OWNER else rows.filter(user__email=actor.label)


def admit(text: str, *, address: str, at: datetime) -> Bearer:
    """This function will return who holds a token, and note when and from where it was used; raises TokenRefused."""
    row = (
        ApiToken.objects.good_at(at)
        .select_related("user")
        .filter(token_digest=_digest(text))
        .first()
    )
    if row is None:
        message = "no good token is like this one; its owner sees in Tokens whether it expired or was revoked"
        raise TokenRefused(message)
    if row.last_used_at is None or at - row.last_used_at >= _NOTED_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=at, last_used_from=address[:64])
    return Bearer(row, row.user, scopes.within(row.scopes, Role(row.user.role)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
