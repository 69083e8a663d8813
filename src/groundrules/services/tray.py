"""The evidence tray: what a person starred, so that it is at hand when a letter is written. Everybody has their own.

A star changes nothing on record. What is used in a document becomes a frozen copy there (`tray_use.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from groundrules.core.letters.enclosing import INTERNAL, StarKind
from groundrules.records.models import Client, FrozenCopy, Role, Star, User
from groundrules.services.actor import Actor, require
from groundrules.services.starred import NotOnRecord, Thing, find

MOST = 200


class TrayFull(ValueError):
    """A tray holds so much that nobody reads it any more."""


class NobodysTray(ValueError):
    """Only people who sign in have a tray; Groundrules itself has none."""


@dataclass(frozen=True, slots=True)
class InTray:
    """One starred thing as it is now; `thing` is None when it is on record no more. `used` names where it was used."""

    star: Star
    thing: Thing | None
    used: tuple[FrozenCopy, ...] = ()

    @property
    def is_internal(self) -> bool:
        """Whether no letter may hold it."""
        return self.star.kind in INTERNAL


def roles_of(kind: StarKind) -> tuple[Role, ...]:
    """This function will return who beside the owner may star a kind: who may read it and may draft letters."""
    return () if kind is StarKind.INVOICE_LINE else (Role.TECHNICIAN,)


def star(*, client: Client, kind: StarKind, ref: str, actor: Actor, at: datetime) -> Star:
    """This function will put a thing of a client in the actor's tray; once more changes nothing.

    Raises NotOnRecord, TrayFull, or NobodysTray.
    """
    require(actor, *roles_of(kind))
    user = _user(actor)
    find(client, kind, ref)
    with transaction.atomic():
        User.objects.select_for_update().get(
            pk=user.pk
        )  # Two tabs at once count one after another.
        own = Star.objects.filter(user=user)
        if own.count() >= MOST:
            message = f"your tray holds {MOST} things; remove some before you star more"
            raise TrayFull(message)
        row, _ = own.get_or_create(
            user=user, client=client, kind=kind.value, ref=ref, defaults={"at": at}
        )
    return row


def unstar(*, client: Client, kind: StarKind, ref: str, actor: Actor) -> bool:
    """This function will take a thing out of the actor's tray, and say whether it was there."""
    require(actor, *roles_of(kind))
    rows = Star.objects.filter(user=_user(actor), client=client, kind=kind.value, ref=ref)
    return rows.delete()[0] > 0


def stars_of(actor: Actor) -> QuerySet[Star]:
    """This function will return what the actor starred, oldest first."""
    rows = Star.objects.filter(user__email=actor.label).select_related("client")
    return rows.order_by("client__name", "pk")


def tray(actor: Actor, client: Client | None = None) -> tuple[InTray, ...]:
    """This function will list the actor's tray as things are now, client by client, with where each was used."""
    rows = stars_of(actor)
    rows = rows.filter(client=client) if client else rows
    return tuple(InTray(row, _thing(row), _used(row)) for row in rows)


def starred_by(actor: Actor) -> frozenset[tuple[str, str, str]]:
    """This function will return what the actor starred, as client code, kind and reference."""
    return frozenset(stars_of(actor).values_list("client__code", "kind", "ref"))


def chosen(actor: Actor, client: Client, numbers: Iterable[int]) -> tuple[Star, ...]:
    """This function will return the actor's own stars of one client among those numbered."""
    return tuple(stars_of(actor).filter(client=client, pk__in=tuple(numbers)))


def _thing(row: Star) -> Thing | None:
    try:
        return find(row.client, StarKind(row.kind), row.ref)
    except NotOnRecord:
        return None


def _used(row: Star) -> tuple[FrozenCopy, ...]:
    rows = FrozenCopy.objects.standing().filter(client=row.client, kind=row.kind, ref=row.ref)
    return tuple(rows.order_by("pk"))


def _user(actor: Actor) -> User:
    user = User.objects.filter(email=actor.label).first()
    if user is None:
        message = f"{actor.label} does not sign in and has no tray; name a user"
        raise NobodysTray(message)
    return user
