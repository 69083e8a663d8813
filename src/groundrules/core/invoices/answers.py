"""The values of an invoice draft. Numbers are assigned when it is issued, never here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from groundrules.core.ids import (
    AssetId,
    ClauseNumber,
    ClientId,
    InvoiceId,
    TechnicianId,
    TimeEntryId,
)
from groundrules.core.money import Money


class LineKind(StrEnum):
    """What a line is for."""

    FEE = "fee"
    FEE_CREDIT = "fee credit"
    CHARGE = "charge"
    TRIP = "trip"
    SHORT_NOTICE = "short notice"
    COVERED = "covered"
    NOT_BILLABLE = "not billable"
    INSPECTION = "inspection"
    REINSTATEMENT_FEE = "reinstatement fee"
    ONBOARDING = "onboarding fee"
    SERVICE_CREDIT = "service credit"
    BLOCK = "block of hours"
    PREPAID = "prepaid"
    CAP = "monthly cap"
    REFUND = "refund"


MONTHLY_FEES = frozenset({LineKind.FEE, LineKind.FEE_CREDIT})
# What is no work: it is taxed and booked as fees.
EVERY_FEE = MONTHLY_FEES | {
    LineKind.REINSTATEMENT_FEE,
    LineKind.ONBOARDING,
    LineKind.SERVICE_CREDIT,
}


class DocumentKind(StrEnum):
    """An invoice, or a credit note that corrects one."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit note"


# Lines of work that is shown with its value and charged at 0.00.
UNCHARGED = frozenset({LineKind.COVERED, LineKind.NOT_BILLABLE})


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line. `value` is what the work is worth at the agreed rate; `amount` what is charged (0.00 when covered).

    `minutes` is charged minutes for charges and exact minutes (a fraction when seconds remain) for uncharged work.
    `working` is the arithmetic a client can check; `entries` open the decisions behind the line. Fees are `base` x
    `share` (350.00 x 26/30); `item` is what a counted fee counts, or the block of hours. `corrects_line` (from 1) is
    the line of the corrected document taken back.
    """

    kind: LineKind
    description: str
    service_day: date
    amount: Money
    value: Money
    clause: ClauseNumber | None = None
    asset: AssetId | None = None
    technician: TechnicianId | None = None
    minutes: Fraction | None = None
    hourly: Money | None = None
    working: str = ""
    entries: tuple[TimeEntryId, ...] = ()
    issue: str = ""
    base: Money | None = None
    share: Fraction | None = None
    corrects_line: int | None = None
    item: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """A whole document before it has a number: lines in printing order; total = sum of amounts, to the cent."""

    kind: DocumentKind
    client: ClientId
    currency: str
    period_start: date
    period_end: date
    lines: tuple[InvoiceLine, ...]
    corrects: InvoiceId | None = None
    note: str = ""

    @property
    def total(self) -> Money:
        """What is to be paid (negative for a credit note)."""
        return sum((line.amount for line in self.lines), Money.zero(self.currency))

    @property
    def value_uncharged(self) -> Money:
        """The value of work shown at 0.00."""
        shown = (line.value for line in self.lines if line.kind in UNCHARGED)
        return sum(shown, Money.zero(self.currency))
