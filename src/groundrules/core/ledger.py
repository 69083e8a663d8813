"""The ledger: journal entries that balance to nothing, and reversals that cancel to the cent.

A posting is never changed. A correction is a reversal of the stored amounts (never recomputed) plus a new entry,
both keeping the service date and pointing at what they correct.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from groundrules.core.money import Money, total


class UnbalancedEntry(ValueError):
    """A journal entry's postings do not add up to zero."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry: account and amount (debit positive, credit negative)."""

    account: str
    amount: Money


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A balanced entry. `source` is what made it (`CHR-…`, `FEE-…`); `reverses` the entry it cancels.

    Raises UnbalancedEntry when its postings do not add up to zero.
    """

    ref: str
    booked_at: datetime
    service_day: date
    says: str
    postings: tuple[Posting, ...]
    source: str = ""
    reverses: str = ""

    def __post_init__(self) -> None:
        currency = self.postings[0].amount.currency if self.postings else "USD"
        rest = total([p.amount for p in self.postings], currency)
        if not self.postings or rest.minor:
            message = f"journal entry {self.ref} is off by {rest}; debits and credits must cancel"
            raise UnbalancedEntry(message)


def reverse(entry: JournalEntry, ref: str, booked_at: datetime, why: str) -> JournalEntry:
    """This function will return the entry that cancels `entry` exactly, keeping its service day."""
    return JournalEntry(
        ref=ref,
        booked_at=booked_at,
        service_day=entry.service_day,
        says=f"Reversal of {entry.ref}: {why}",
        postings=tuple(Posting(p.account, -p.amount) for p in entry.postings),
        source=entry.source,
        reverses=entry.ref,
    )


def balance(entries: tuple[JournalEntry, ...], account: str, currency: str) -> Money:
    """This function will add up everything posted to one account."""
    amounts = [p.amount for entry in entries for p in entry.postings if p.account == account]
    return total(amounts, currency)


def open_entries(entries: tuple[JournalEntry, ...]) -> tuple[JournalEntry, ...]:
    """This function will return the entries that still stand: not reversed, and not reversals themselves."""
    reversed_refs = {entry.reverses for entry in entries if entry.reverses}
    return tuple(e for e in entries if e.ref not in reversed_refs and not e.reverses)
