"""What a relationship is worth to both sides over a period: value report and profitability, from the same work."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from groundrules.core.agreements.facts import WorkCause
from groundrules.core.answers.model import DecisionHistory, MoneyAnswer, ReportAnswer
from groundrules.core.ids import TimeEntryId, VendorId
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.money import Money, total
from groundrules.core.periods import local_date, start_of_local_day
from groundrules.core.profitability import Profitability, RelationshipFacts, margin, worked
from groundrules.core.rating.answers import Charge
from groundrules.core.value import FeePaid, ValueFacts, report
from groundrules.core.world import FeeBilled, ReportPeriod, World

_DAYS_A_MONTH = 30


def reports_of(
    world: World, histories: tuple[DecisionHistory, ...], money: MoneyAnswer
) -> tuple[ReportAnswer, ...]:
    """This function will report on each period the world asks about; profitability only where its figures are given."""
    return tuple(_report(world, period, histories, money) for period in world.report_on)


def _report(
    world: World,
    period: ReportPeriod,
    histories: tuple[DecisionHistory, ...],
    money: MoneyAnswer,
) -> ReportAnswer:
    fees = [fee for fee in world.fees_billed if _inside(period, fee.month)]
    charges = tuple(c for c in money.charges if _inside(period, c.service_day))
    facts = ValueFacts(
        currency=world.client.currency,
        period_start=period.first,
        period_end=period.end,
        uncharged=tuple(u for u in money.uncharged if _inside(period, u.service_day)),
        fees=tuple(_fee(fee) for fee in fees),
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


def _proactive(world: World) -> frozenset[TimeEntryId]:
    return frozenset(entry.id for entry in world.work if entry.proactive)


def _profit(
    world: World,
    period: ReportPeriod,
    histories: tuple[DecisionHistory, ...],
    earned: tuple[list[FeeBilled], tuple[Charge, ...]],
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
