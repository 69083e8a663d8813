"""What a relationship is worth to both sides over a period: value report and profitability, from the same work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from groundrules.core.agreements.facts import WorkCause
from groundrules.core.answers.documents import Issued
from groundrules.core.answers.model import DecisionHistory, MoneyAnswer, ReportAnswer
from groundrules.core.ids import TimeEntryId, VendorId
from groundrules.core.invoices.answers import (
    MONTHLY_FEES,
    DocumentKind,
    InvoiceDraft,
    InvoiceLine,
    LineKind,
)
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.money import Money, total
from groundrules.core.periods import local_date, start_of_local_day
from groundrules.core.profitability import Profitability, RelationshipFacts, margin, worked
from groundrules.core.rating.answers import Charge
from groundrules.core.value import FeePaid, ValueFacts, report
from groundrules.core.world import FeeBilled, ReportPeriod, World

_DAYS_A_MONTH = 30


_RETURNS = frozenset(
    {
        LineKind.INSPECTION,
        LineKind.REINSTATEMENT_FEE,
        LineKind.ONBOARDING,
        LineKind.BLOCK,
    }
)
_TAKEN_OFF = frozenset({LineKind.CAP, LineKind.SERVICE_CREDIT})


@dataclass(frozen=True, slots=True)
class Books:
    """What reports are made of: the decisions, what they come to, and the documents that were issued."""

    histories: tuple[DecisionHistory, ...]
    money: MoneyAnswer
    issued: tuple[Issued, ...]


def reports_of(world: World, books: Books) -> tuple[ReportAnswer, ...]:
    """This function will report on each period the world asks about; profitability only where its figures are given.

    Fees are those of `fees_billed` and of issued documents. What coming back from a suspension cost is revenue, and a
    fee to the client: nobody who buys by the hour pays it.
    """
    return tuple(_report(world, period, books) for period in world.report_on)


def _report(world: World, period: ReportPeriod, books: Books) -> ReportAnswer:
    histories, money = books.histories, books.money
    fees = [
        *(_fee(fee) for fee in world.fees_billed if _inside(period, fee.month)),
        *_fees_of_documents(books, period),
    ]
    charges = tuple(c for c in money.charges if _inside(period, c.service_day))
    facts = ValueFacts(
        currency=world.client.currency,
        period_start=period.first,
        period_end=period.end,
        uncharged=tuple(u for u in money.uncharged if _inside(period, u.service_day)),
        fees=tuple(fees),
        proactive=_proactive(world),
        charges=charges,
    )
    return ReportAnswer(period, report(facts), _profit(world, period, histories, (fees, charges)))


def _inside(period: ReportPeriod, day: date) -> bool:
    return period.first <= day < period.end


def _fee(fee: FeeBilled) -> FeePaid:
    word = "credit" if fee.amount.minor < 0 else "fee"
    says = f"{fee.asset} {word} {fee.month:%Y-%m}"
    return FeePaid(fee.invoice or says, says, fee.amount)


def _fees_of_documents(books: Books, period: ReportPeriod) -> list[FeePaid]:
    """The fees that issued documents hold, less what a credit note must take back of a return by today's facts."""
    numbers = {document.draft: document.period.invoice for document in books.issued}
    taken_back = [d for d in books.money.invoices if d.kind is DocumentKind.CREDIT_NOTE]
    lines = [
        (line, number or line.description)
        for draft, number in numbers.items()
        for line in draft.lines
    ]
    lines += [
        (line, note.corrects or line.description)
        for note in taken_back
        for line in note.lines
        if _was_a_return(line, note, books)
    ]
    return [
        FeePaid(ref, line.description, line.amount)
        for line, ref in lines
        if _inside(period, line.service_day)
        and (line.kind in MONTHLY_FEES | _RETURNS | _TAKEN_OFF or line.kind is LineKind.REFUND)
    ]


def _was_a_return(line: InvoiceLine, note: InvoiceDraft, books: Books) -> bool:
    document = next((d for d in books.issued if d.period.first == note.period_start), None)
    number = line.corrects_line
    return (
        document is not None
        and number is not None
        and document.draft.lines[number - 1].kind in _RETURNS
    )


def _proactive(world: World) -> frozenset[TimeEntryId]:
    return frozenset(entry.id for entry in world.work if entry.proactive)


def _profit(
    world: World,
    period: ReportPeriod,
    histories: tuple[DecisionHistory, ...],
    earned: tuple[list[FeePaid], tuple[Charge, ...]],
) -> Profitability | None:
    """Only with a target to compare with; revenue is what was billed unless the books say otherwise."""
    if period.target is None:
        return None
    fees, charges = earned
    currency = world.client.currency
    billed = total([*(f.amount for f in fees), *(c.amount for c in charges)], currency)
    days = {e.id: local_date(world.client.zone, e.period.start) for e in world.work}
    decisions = [h.in_force for h in histories if _inside(period, days[h.entry])]
    facts = RelationshipFacts(
        revenue=period.revenue or billed,
        tools=period.tools or Money.zero(currency),
        endpoints=period.endpoints,
        target=period.target,
        hourly=_hourly(world, period),
        work=worked(decisions, _proactive(world), currency),
        months=period.months or _months(period),
        earned_by_vendor=_earned(histories, charges, currency),
        names={str(vendor.id): vendor.name for vendor in world.vendors},
    )
    return margin(facts)


def _hourly(world: World, period: ReportPeriod) -> Money:
    opened = start_of_local_day(world.client.zone, period.first)
    version = binding_version(world.agreement, opened) or world.agreement.versions[0]
    return version.rates.hourly


def _months(period: ReportPeriod) -> Fraction:
    whole = (period.end.year - period.first.year) * 12 + period.end.month - period.first.month
    return Fraction(whole) or Fraction((period.end - period.first).days, _DAYS_A_MONTH)


def _earned(
    histories: tuple[DecisionHistory, ...], charges: tuple[Charge, ...], currency: str
) -> dict[VendorId, Money]:
    """What was charged for cleaning up after each vendor: it leaves with the vendor."""
    caused = {
        h.entry: h.in_force.caused_by_vendor
        for h in histories
        if any(s.cell.cause is WorkCause.VENDOR_UNAPPROVED_CHANGE for s in h.in_force.segments)
    }
    found: dict[VendorId, Money] = {}
    for charge in charges:
        vendors = {caused.get(entry) for entry in charge.entries}
        vendor = vendors.pop() if len(vendors) == 1 else None
        if vendor is not None:
            found[vendor] = found.get(vendor, Money.zero(currency)) + charge.amount
    return found
