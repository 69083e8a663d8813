"""A yearly rise of the fees: on this invoice for the first time, or coming soon, with what it comes to a month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from groundrules.core.agreements.reading import said_fraction
from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.agreements.uplift import begins_on, fee_on
from groundrules.core.invoices.answers import InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.money import Money, total
from groundrules.core.month_end.answers import Doubt, DoubtKind, Owner, Rise

# Long enough to tell the client before the invoice does (own; agreements ask for 30 to 60 days).
_AHEAD = timedelta(days=60)


def rises_of(
    version: AgreementVersion, drafts: Iterable[InvoiceDraft], end: date
) -> tuple[Rise, ...]:
    """This function will find the rises that the drafts' fees show for the first time, or that come soon after `end`.

    A fee has the price of the first day of its month, so a rise within a month shows on the next one's fee.
    """
    terms = version.uplift
    fees = [line for draft in drafts for line in draft.lines if line.kind is LineKind.FEE]
    if terms is None or not fees:
        return ()
    billed = {line.service_day.replace(day=1) for line in fees}
    latest = [line for line in fees if line.service_day.replace(day=1) == max(billed)]
    found = []
    for day in terms.rises(begins_on(version), end + _AHEAD):
        first_month = _month_from(day)
        is_billed = first_month in billed
        if is_billed or first_month > max(billed):
            more = _more(version, latest, day)
            found.append(Rise(day, terms.percent, terms.clause, more, is_billed))
    return tuple(found)


def _month_from(day: date) -> date:
    """The first month that has the new price from its first day."""
    return day if day.day == 1 else (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _more(version: AgreementVersion, fees: list[InvoiceLine], day: date) -> Money:
    """What the rise adds to as many fees as the newest month has."""
    before = day - timedelta(days=1)
    added = []
    for line in fees:
        agreed = _agreed(version, line)
        if agreed is not None:
            more = fee_on(version, agreed, day) - fee_on(version, agreed, before)
            added.append(more.times(line.share if line.share is not None else Fraction(1)))
    return total(added, fees[0].amount.currency)


def _agreed(version: AgreementVersion, line: InvoiceLine) -> Money | None:
    if line.asset is not None:
        return version.fees.for_asset(line.asset)
    counted = (fee.monthly for fee in version.counted_fees if fee.unit.value == line.item)
    return next(counted, None)


def rise_doubt(rise: Rise) -> Doubt:
    """This function will say that the fees rise: shown once when it comes, and once when it is billed."""
    by = f"by {said_fraction(rise.percent)} percent, clause {rise.clause}"
    if rise.is_billed:
        says = f"Fees rose on {rise.day} {by}; this invoice is the first that has it: {rise.monthly} a month more."
        action = "Right"
    else:
        says = f"Fees rise on {rise.day} {by}: {rise.monthly} a month more. Nobody likes to hear it from an invoice."
        action = "The client was told"
    subject = f"{rise.day} {'billed' if rise.is_billed else 'coming'}"
    return Doubt(DoubtKind.PRICE_RISE, subject, says, Owner.OWNER, action, rise.monthly)
