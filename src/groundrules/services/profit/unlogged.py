"""Logins of our own that nobody wrote down as time: work that happened and is in no book of hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from groundrules.core.parties import PartyKind, same_account_name
from groundrules.records import models as books
from groundrules.services.profit.gathering import Days, Who, early, late

Stretch = tuple[datetime, datetime]


def unlogged_seconds(whose: Mapping[int, Who], days: Days) -> dict[int, int]:
    """This function will add up, per client, the time of our people's logins that no time entry covers.

    Logins that were set aside, or whose end is unknown, count nothing.
    """
    accounts = _own_accounts(whose)
    if not accounts:
        return {}
    aside = set(books.SessionSetAside.objects.values_list("session", flat=True))
    logins: defaultdict[int, list[Stretch]] = defaultdict(list)
    rows = (
        books.Session.objects.known_at(days.known_at)
        .filter(
            client__in=accounts,
            started_at__gte=early(days),
            started_at__lt=late(days),
            ended_at__isnull=False,
        )
        .values_list("pk", "client", "account", "started_at", "ended_at")
    )
    for pk, client, account, start, end in rows:
        if (
            end is not None
            and pk not in aside
            and any(same_account_name(account, own) for own in accounts[client])
        ):
            logins[client].append((start, end))
    logged = _logged(logins, days)
    return {pk: _uncovered(found, logged[pk]) for pk, found in logins.items()}


def _own_accounts(whose: Mapping[int, Who]) -> dict[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    own = books.Account.objects.filter(
        client__in=whose, party_kind=PartyKind.PROVIDER.value, shared=False
    ).exclude(person="")
    for client, name in own.values_list("client", "name"):
        found[client].add(name)
    return found


def _logged(clients: Collection[int], days: Days) -> defaultdict[int, list[Stretch]]:
    found: defaultdict[int, list[Stretch]] = defaultdict(list)
    rows = books.TimeEntry.objects.known_at(days.known_at).filter(
        client__in=clients, started_at__gte=early(days), started_at__lt=late(days)
    )
    for client, start, end in rows.values_list("client", "started_at", "ended_at"):
        found[client].append((start, end))
    return found


def _uncovered(logins: list[Stretch], logged: list[Stretch]) -> int:
    """Seconds inside at least one login and no entry; two logins at once are one person's time once."""
    edges = sorted(
        [(moment, 0, step) for a, b in logins for moment, step in ((a, 1), (b, -1))]
        + [(moment, 1, step) for a, b in logged for moment, step in ((a, 1), (b, -1))]
    )
    open_now, seconds, last = [0, 0], 0, None
    for moment, kind, step in edges:
        if last is not None and open_now[0] and not open_now[1]:
            seconds += int((moment - last).total_seconds())
        open_now[kind] += step
        last = moment
    return seconds
