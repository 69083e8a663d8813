"""Posting: the decisions in force become charges and balanced journal entries; corrections reverse what was stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from groundrules.core.answers.model import MoneyAnswer
from groundrules.core.answers.one_more import Moved
from groundrules.core.ledger import JournalEntry
from groundrules.core.rating.answers import Charge
from groundrules.core.rating.journal import (
    Booking,
    Unposted,
    charge_source,
    post_difference,
    unposted_charge,
    unposted_line,
    unposted_prepaid,
)
from groundrules.core.reasons import counted
from groundrules.records import models as books
from groundrules.services import audit
from groundrules.services.actor import Actor
from groundrules.services.facts import fact_columns, standing_rows
from groundrules.services.shelf import reference, short_digest

# SQLite takes only so many references at once.
_BATCH = 400
# What is posted with the document that bills it is no part of re-rating.
_WITH_A_DOCUMENT = ("fee|", "tax|")


@dataclass(frozen=True, slots=True)
class Posted:
    """What one posting wrote: charges that are new or changed, and the journal entries."""

    charges: tuple[books.Charge, ...]
    entries: tuple[books.JournalEntry, ...]


def post_money(client: books.Client, money: MoneyAnswer, *, actor: Actor, at: datetime) -> Posted:
    """This function will post what the decisions come to; where nothing moved, nothing is written."""
    return _post(client, _wanted(money), actor, at)


def left_to_post(
    client: books.Client, money: MoneyAnswer, at: datetime
) -> tuple[JournalEntry, ...]:
    """This function will return the entries that posting would write; nothing is written."""
    return _difference(client, _wanted(money), at)


def post_moved(client: books.Client, moved: Moved, *, actor: Actor, at: datetime) -> Posted:
    """This function will post what new work moves, as `post_money` would: nothing else is looked at."""
    wanted = (
        *(unposted_charge(charge) for charge in moved.charges),
        *(unposted_line(line) for line in moved.lines),
    )
    sources = moved.sources.union(what.source for what in wanted)
    return _post(client, _Wanted(moved.charges, wanted, sources), actor, at)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to stand in the books: the charges, and everything to be booked; only of these sources where any is."""

    charges: tuple[Charge, ...]
    booked: tuple[Unposted, ...]
    sources: frozenset[str] | None = None


def _wanted(money: MoneyAnswer) -> _Wanted:
    booked = (
        *(unposted_charge(charge) for charge in money.charges),
        *(unposted_line(line) for line in money.uncharged),
        *(unposted_prepaid(paid) for paid in money.prepaid),
    )
    return _Wanted(money.charges, booked)


def _difference(client: books.Client, wanted: _Wanted, at: datetime) -> tuple[JournalEntry, ...]:
    return post_difference(
        _labour(client, wanted.sources),
        tuple(_shortened(what) for what in wanted.booked),
        _booking(client, at),
        "re-rated on newer facts",
    )


def _post(client: books.Client, wanted: _Wanted, actor: Actor, at: datetime) -> Posted:
    with transaction.atomic():
        charges = _file_charges(client, wanted.charges, actor, at)
        entries = write_entries(client, _difference(client, wanted, at), actor=actor, at=at)
        if entries:
            says = f"{counted(len(entries), 'journal entry', 'journal entries')} posted"
            audit.record(audit.Entry("rating.post", client.code, says, client), actor=actor, at=at)
    return Posted(charges, entries)


def _shortened(what: Unposted) -> Unposted:
    """A source names an issue in people's own words; the column has an end, and one database refuses what is beyond."""
    return replace(what, source=reference(what.source))


def charge_ref(charge: Charge) -> str:
    """This function will name a charge by its rounding unit, the same before and after re-rating."""
    return f"CHR-{short_digest(charge_source(charge))}"


def write_entries(
    client: books.Client, entries: Iterable[JournalEntry], *, actor: Actor, at: datetime
) -> tuple[books.JournalEntry, ...]:
    """This function will write balanced entries with their postings; call it inside the verb's transaction.

    What an entry reverses was written before.
    """
    wanted = list(entries)
    known = _reversed(client, wanted)
    written = [
        books.JournalEntry(
            recorded_at=at,
            recorded_by=actor.label,
            client=client,
            ref=entry.ref,
            booked_at=entry.booked_at,
            service_day=entry.service_day,
            says=entry.says,
            source=entry.source,
            reverses=known[entry.reverses] if entry.reverses else None,
        )
        for entry in wanted
    ]
    books.JournalEntry.objects.bulk_create(written)
    books.Posting.objects.bulk_create(
        books.Posting(
            recorded_at=at,
            recorded_by=actor.label,
            entry=row,
            account=posting.account,
            amount_minor=posting.amount.minor,
            currency=posting.amount.currency,
        )
        for row, entry in zip(written, wanted, strict=True)
        for posting in entry.postings
    )
    return tuple(written)


def _reversed(client: books.Client, entries: list[JournalEntry]) -> dict[str, books.JournalEntry]:
    """The rows that entries reverse, by reference."""
    refs = sorted({entry.reverses for entry in entries if entry.reverses})
    rows = books.JournalEntry.objects.filter(client=client)
    return {
        row.ref: row
        for start in range(0, len(refs), _BATCH)
        for row in rows.filter(ref__in=refs[start : start + _BATCH])
    }


def _labour(client: books.Client, sources: frozenset[str] | None) -> tuple[JournalEntry, ...]:
    """The work entries so far, of these sources or of all; fees and taxes are posted with their document."""
    rows = books.JournalEntry.objects.filter(client=client)
    if sources is not None:
        rows = rows.filter(source__in=sources.union(reference(source) for source in sources))
    for source in _WITH_A_DOCUMENT:
        rows = rows.exclude(source__startswith=source)
    ordered = rows.select_related("reverses").prefetch_related("postings").order_by("pk")
    found = (row.to_core() for row in ordered)
    return tuple(replace(entry, source=reference(entry.source)) for entry in found)


def _booking(client: books.Client, at: datetime) -> Booking:
    return Booking(
        ref=f"JE-{books.JournalEntry.objects.filter(client=client).count() + 1}", booked_at=at
    )


def _file_charges(
    client: books.Client, charges: Sequence[Charge], actor: Actor, at: datetime
) -> tuple[books.Charge, ...]:
    standing = standing_rows(books.Charge, client, [charge_ref(charge) for charge in charges])
    worked = [entry for charge in charges for entry in charge.entries]
    decisions = standing_rows(books.Decision, client, worked)
    rows = []
    for charge in charges:
        ref = charge_ref(charge)
        old = standing.get(ref)
        if old is None or old.to_core() != charge:
            rows.append(_charge(client, charge, old, actor, at))
            _link(rows[-1], charge, decisions, actor, at)
    return tuple(rows)


def _charge(
    client: books.Client, charge: Charge, old: books.Charge | None, actor: Actor, at: datetime
) -> books.Charge:
    return books.Charge.objects.create(
        **fact_columns(charge, charge_ref(charge), actor, at),
        client=client,
        supersedes=old,
        service_day=charge.service_day,
        minutes=charge.minutes_charged,
        amount_minor=charge.amount.minor,
        currency=charge.amount.currency,
    )


def _link(
    row: books.Charge,
    charge: Charge,
    decisions: dict[str, books.Decision],
    actor: Actor,
    at: datetime,
) -> None:
    books.ChargedDecision.objects.bulk_create(
        books.ChargedDecision(
            recorded_at=at, recorded_by=actor.label, charge=row, decision=decisions[entry]
        )
        for entry in charge.entries
    )
