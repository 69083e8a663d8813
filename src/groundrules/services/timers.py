"""The running timer of a user, and logins they have not written down yet. Nobody else sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from groundrules.core.parties import PartyKind, same_account_name
from groundrules.records import models as books
from groundrules.records.models import RunningTimer, SessionSetAside, User
from groundrules.services import audit
from groundrules.services.actor import Actor, require

SUGGESTED_FOR = timedelta(days=14)
_SHORTEST = timedelta(minutes=1)


class TimerRunning(ValueError):
    """A timer runs already; stop it first, so that no minute is counted twice."""


class NotTheirLogin(ValueError):
    """A login of somebody else was to be set aside; they, or an owner, say what it was."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A login of ours that no time entry of its technician covers."""

    session: books.Session
    minutes: int


def start(user: User, line: str, *, at: datetime) -> RunningTimer:
    """This function will start the user's timer; raises TimerRunning, and NotAllowed for an accountant."""
    require(Actor.of(user), books.Role.TECHNICIAN)
    with transaction.atomic():
        timer, made = RunningTimer.objects.get_or_create(
            user=user, defaults={"started_at": at.replace(microsecond=0), "line": line}
        )
        if not made:
            message = f"a timer runs since {timer.started_at.isoformat()}; stop it first"
            raise TimerRunning(message)
        return timer


def write(user: User, line: str) -> None:
    """This function will keep what the user wrote beside the running timer."""
    RunningTimer.objects.filter(user=user).update(line=line)


def stop(user: User) -> None:
    """This function will take the timer away, once its time is saved or thrown away."""
    RunningTimer.objects.filter(user=user).delete()


def set_aside(session: books.Session, reason: str, *, user: User, at: datetime) -> None:
    """This function will note that a login was no work to log; it is suggested, and doubted, no more.

    Raises NotAllowed for an accountant, and NotTheirLogin for somebody else's but by an owner.
    """
    actor = Actor.of(user)
    require(actor, books.Role.TECHNICIAN)
    if actor.role is not books.Role.OWNER and not any(
        _is_own(session, account) for account in _accounts_of(user)
    ):
        message = f"{session.account} is no account of yours; its person, or an owner, sets the login aside"
        raise NotTheirLogin(message)
    with transaction.atomic():
        _, made = SessionSetAside.objects.get_or_create(
            user=user, session=session, defaults={"reason": reason, "at": at}
        )
        if made:
            says = f"login {session.ref} of {session.account} set aside: {reason}"
            entry = audit.Entry("timers.set_aside", session.ref, says, session.client)
            audit.record(entry, actor=actor, at=at)


def suggestions(user: User, at: datetime) -> tuple[Suggestion, ...]:
    """This function will list the user's own ended logins that nothing they logged overlaps, newest first."""
    own = _accounts_of(user)
    if not own or user.technician is None:
        return ()
    aside = SessionSetAside.objects.filter(user=user).values("session")
    rows = (
        books.Session.objects.current()
        .filter(client__in={client for client, _, _ in own}, ended_at__gt=at - SUGGESTED_FOR)
        .filter(ended_at__lte=at)
        .exclude(pk__in=aside)
        .select_related("asset__client")
        .order_by("-started_at")
    )
    mine = [row for row in rows if any(_is_own(row, account) for account in own)]
    logged = _logged(user.technician, at)
    return tuple(Suggestion(row, _minutes(row)) for row in mine if not _is_logged(row, logged))


def _accounts_of(user: User) -> list[tuple[int, int | None, str]]:
    if user.technician is None:
        return []
    accounts = books.Account.objects.filter(
        party_kind=PartyKind.PROVIDER.value, shared=False, person=user.technician.name
    )
    return [(a.client_id, a.host_id, a.name) for a in accounts.order_by("pk")]


def _is_own(row: books.Session, account: tuple[int, int | None, str]) -> bool:
    client, host, name = account
    here = row.client_id == client and host in {None, row.asset_id}
    return here and same_account_name(row.account, name)


def _logged(
    technician: books.Technician, at: datetime
) -> list[tuple[int | None, datetime, datetime]]:
    rows = books.TimeEntry.objects.current().filter(
        Q(technician=technician), ended_at__gt=at - SUGGESTED_FOR
    )
    return list(rows.values_list("asset_id", "started_at", "ended_at"))


def _is_logged(row: books.Session, logged: list[tuple[int | None, datetime, datetime]]) -> bool:
    end = row.ended_at or row.started_at
    return any(
        asset == row.asset_id and began < end and row.started_at < ended
        for asset, began, ended in logged
    )


def _minutes(row: books.Session) -> int:
    length = (row.ended_at or row.started_at) - row.started_at
    return max(length, _SHORTEST) // _SHORTEST
