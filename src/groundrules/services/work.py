"""Time: recorded with its exact instants, and corrected by a superseding entry, never by an edit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from groundrules.core.work import OwnRun, TimeEntry
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services.actor import Actor, require
from groundrules.services.facts import standing_rows
from groundrules.services.filing import Filing, enter
from groundrules.services.turns import take_turn


class EntryExists(ValueError):
    """Another time entry has this reference already; correct that one, or choose another reference."""


class UnknownEntry(LookupError):
    """There is no time entry with this reference to correct."""


class WorkInFuture(ValueError):
    """Time was recorded before it had passed."""


def record_time(
    entry: TimeEntry, *, client: books.Client, actor: Actor, at: datetime
) -> books.TimeEntry:
    """This function will record work that was done; the same entry again is left as it is.

    Raises EntryExists, WorkInFuture, and UnknownCard for a technician or asset without a card.
    """
    require(actor, Role.TECHNICIAN)
    _refuse_future(entry, at)
    whole = entry if entry.recorded_at else replace(entry, recorded_at=at)
    with transaction.atomic():
        take_turn(client)
        standing = standing_rows(books.TimeEntry, client, [entry.id]).get(entry.id)
        if standing is not None:
            if replace(standing.to_core(), recorded_at=None) == replace(entry, recorded_at=None):
                return standing
            message = f"{entry.id} is recorded already and says otherwise; correct it instead"
            raise EntryExists(message)
        says = f"{entry.id} by {entry.technician} recorded"
        row: books.TimeEntry = enter(whole, "work.record_time", says, Filing(client, actor, at)).row
    return row


def correct(
    entry: TimeEntry, *, client: books.Client, why: str, actor: Actor, at: datetime
) -> books.TimeEntry:
    """This function will supersede a time entry by a corrected one, with the reason in the audit book.

    Raises UnknownEntry, WorkInFuture and UnknownCard.
    """
    require(actor, Role.TECHNICIAN)
    _refuse_future(entry, at)
    if not books.TimeEntry.objects.of_client(client).filter(ref=entry.id).exists():
        message = f"{client.name} has no time entry {entry.id}; record it first"
        raise UnknownEntry(message)
    says = f"{entry.id} by {entry.technician} corrected: {why}"
    row: books.TimeEntry = enter(entry, "work.correct", says, Filing(client, actor, at)).row
    return row


def record_run(run: OwnRun, *, client: books.Client, actor: Actor, at: datetime) -> books.OwnRun:
    """This function will record something we ourselves did to an asset: a suspect like any other."""
    require(actor, Role.TECHNICIAN)
    says = f"our own {run.kind} on {run.asset} recorded"
    row: books.OwnRun = enter(run, "work.record_run", says, Filing(client, actor, at)).row
    return row


def _refuse_future(entry: TimeEntry, at: datetime) -> None:
    end = entry.period.end
    if end is None or end > at:
        message = f"{entry.id} ends {end.isoformat() if end else 'nowhere'}, not past yet; record it afterwards"
        raise WorkInFuture(message)
