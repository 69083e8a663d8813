"""Posting: charges, uncharged work and fees as balanced journal entries, and corrections as reversals plus new entries.

A late fact re-rates the work. The difference reverses the amounts that were stored, never recomputed ones, and books
the new ones; each keeps its service day. Where the money did not move, nothing is posted.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, replace
from datetime import date, datetime

from groundrules.core.ledger import JournalEntry, Posting, open_entries, reverse
from groundrules.core.money import Money
from groundrules.core.rating.answers import Charge, UnchargedLine
from groundrules.core.rating.blocks import Prepaid

RECEIVABLE = "receivable"
LABOUR = "revenue: labour"
FEES = "revenue: fees"
TAX = "owed: tax"
VALUE_DELIVERED = "memo: value delivered"
VALUE_COVERED = "memo: value covered"
VALUE_PREPAID = "memo: value prepaid"
VALUE_FORGONE = "memo: value not charged"


@dataclass(frozen=True, slots=True)
class Booking:
    """When something is booked, and the reference its entries are numbered under (`JE-7` gives `JE-7.1`, `JE-7.2`)."""

    ref: str
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class Unposted:
    """What is to be booked: the stable `source` it comes from, its service day, words, and its two sides."""

    source: str
    service_day: date
    says: str
    debit: str
    credit: str
    amount: Money


def charge_source(charge: Charge) -> str:
    """This function will name what a charge comes from, the same before and after re-rating."""
    key = charge.key
    band = key.band.value if key.band else ""
    parts = (
        key.issue,
        key.technician or "",
        key.local_day or charge.service_day,
        band,
        key.entry or "",
    )
    version = f"v{key.agreement_version}"
    further = tuple(part for part in (key.place, key.beside, key.request) if part)
    return "|".join(["charge", version, *map(str, parts), str(charge.hourly), *further])


def unposted_charge(charge: Charge) -> Unposted:
    """This function will say how a charge is booked: owed by the client, earned as labour."""
    return Unposted(
        charge_source(charge), charge.service_day, charge.working, RECEIVABLE, LABOUR, charge.amount
    )


def unposted_line(line: UnchargedLine) -> Unposted:
    """This function will say how work at 0.00 is booked: its value on memo accounts only, so no revenue moves."""
    source = "|".join(
        map(
            str,
            (
                "line",
                line.entry,
                line.service_day,
                line.clause or "",
                line.hourly or "",
                line.covered,
            ),
        )
    )
    debit = VALUE_COVERED if line.covered else VALUE_FORGONE
    says = f"{line.issue}: value {line.value}, charged {Money.zero(line.value.currency)}"
    return Unposted(source, line.service_day, says, debit, VALUE_DELIVERED, line.value)


def unposted_prepaid(paid: Prepaid) -> Unposted:
    """This function will say how work paid from a block is booked: on memo accounts, as the block was paid."""
    source = f"prepaid|{paid.block}|{charge_source(paid.charge)}"
    return Unposted(
        source, paid.charge.service_day, paid.working, VALUE_PREPAID, VALUE_DELIVERED, paid.value
    )


def unposted_fee(source: str, service_day: date, says: str, amount: Money) -> Unposted:
    """This function will say how a recurring or one-off fee is booked; a credit has a negative amount."""
    return Unposted(source, service_day, says, RECEIVABLE, FEES, amount)


def unposted_tax(source: str, day: date, says: str, amount: Money) -> Unposted:
    """This function will say how the tax of a document is booked: owed by the client, and owed on."""
    return Unposted(source, day, says, RECEIVABLE, TAX, amount)


def journal(what: Unposted, booking: Booking) -> JournalEntry:
    """This function will write one balanced entry under the reference handed in."""
    postings = (Posting(what.debit, what.amount), Posting(what.credit, -what.amount))
    return JournalEntry(
        ref=booking.ref,
        booked_at=booking.booked_at,
        service_day=what.service_day,
        says=what.says,
        postings=postings,
        source=what.source,
    )


def post_difference(
    posted: tuple[JournalEntry, ...], wanted: tuple[Unposted, ...], booking: Booking, why: str
) -> tuple[JournalEntry, ...]:
    """This function will return what must be posted so that the open entries say what is wanted, and nothing else.

    `posted` is the book so far (reversed entries are left alone); `why` is the reason printed on each reversal.
    Entries whose money and service day did not change are kept. New references are numbered under `booking.ref`.
    """
    drafts = [journal(what, booking) for what in sorted(wanted, key=_by_day)]
    stale, fresh = _apart(open_entries(posted), drafts)
    reversals = [reverse(entry, booking.ref, booking.booked_at, why) for entry in stale]
    return tuple(
        replace(entry, ref=f"{booking.ref}.{number}")
        for number, entry in enumerate([*reversals, *fresh], start=1)
    )


def _by_day(what: Unposted) -> tuple[object, ...]:
    return what.service_day, what.source, what.amount.minor


def _apart(
    posted: tuple[JournalEntry, ...], drafts: list[JournalEntry]
) -> tuple[list[JournalEntry], list[JournalEntry]]:
    """What is posted and no longer wanted, and what is wanted and not posted.

    Each posted entry keeps at most one draft that moves the same money for the same source and day, the first one.
    """
    waiting: defaultdict[_Money, deque[int]] = defaultdict(deque)
    for place, draft in enumerate(drafts):
        waiting[_money_of(draft)].append(place)
    kept: set[int] = set()
    stale = []
    for entry in posted:
        places = waiting.get(_money_of(entry))
        if places:
            kept.add(places.popleft())
        else:
            stale.append(entry)
    return stale, [draft for place, draft in enumerate(drafts) if place not in kept]


_Money = tuple[str, date, tuple[Posting, ...]]


def _money_of(entry: JournalEntry) -> _Money:
    return entry.source, entry.service_day, entry.postings
