"""Lines of blocks, caps, onboarding and service credits; and what a settled month still needs of a credit or a cap.

A cap or a credit is a target for its month, like a fee: what was printed before is set against it, and only the
difference is printed, whichever way it goes. So a late entry moves it by one line and never by a guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from groundrules.core.agreements.further_terms import CreditTerms
from groundrules.core.agreements.terms import Agreement, AgreementVersion
from groundrules.core.agreements.uplift import begins_on, fee_on
from groundrules.core.agreements.versions import binds_from
from groundrules.core.ids import AssetId, ClauseNumber
from groundrules.core.invoices.answers import InvoiceLine, LineKind
from groundrules.core.invoices.lines import described
from groundrules.core.money import Money, total
from groundrules.core.orders import BlockPurchase
from groundrules.core.rating.blocks import Prepaid, months_after
from groundrules.core.rating.caps import AboveCap
from groundrules.core.rating.working import hours_label

_NO_NAMES: Mapping[str, str] = {}
SETTLED_BY_TARGET = frozenset({LineKind.CAP, LineKind.SERVICE_CREDIT})
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Target:
    """What a month's cap or credit should come to over all documents (zero or less), and how that was worked out."""

    kind: LineKind
    month: date
    amount: Money
    clause: ClauseNumber
    working: str
    description: str
    asset: AssetId | None = None

    @property
    def last_day(self) -> date:
        """The day the month's line is dated on: the last of the month."""
        return months_after(self.month, 1) - timedelta(days=1)


def prepaid_line(paid: Prepaid, names: Mapping[str, str] = _NO_NAMES) -> InvoiceLine:
    """This function will show work that a block paid for, at its value and 0.00."""
    charge = paid.charge
    return InvoiceLine(
        kind=LineKind.PREPAID,
        description=described(charge, names, f"paid from block {paid.block}"),
        service_day=charge.service_day,
        amount=Money.zero(paid.value.currency),
        value=paid.value,
        clause=paid.clause or (charge.clauses[0] if charge.clauses else None),
        asset=charge.assets[0] if len(charge.assets) == 1 else None,
        technician=charge.key.technician,
        minutes=Fraction(paid.minutes),
        hourly=charge.hourly,
        working=paid.working,
        entries=charge.entries,
        issue=charge.key.issue,
        item=str(paid.block),
    )


def block_line(purchase: BlockPurchase, clause: ClauseNumber | None) -> InvoiceLine:
    """This function will charge a block of hours on the day it was bought."""
    hours = hours_label(purchase.minutes)
    return InvoiceLine(
        kind=LineKind.BLOCK,
        description=f"Block {purchase.id}: {hours} of prepaid work",
        service_day=purchase.day,
        amount=purchase.price,
        value=purchase.price,
        clause=clause,
        working=f"{hours} for {purchase.price}",
        item=str(purchase.id),
    )


def onboarding_lines(agreement: Agreement, period: tuple[date, date]) -> tuple[InvoiceLine, ...]:
    """This function will charge what beginning costs in the local days `[first, end)`: once, and per new server.

    The first version with such a clause says the amount; a server is new on the day a version first lists it.
    """
    first, end = period
    lines: list[InvoiceLine] = []
    seen: set[AssetId] = set()
    once_charged = False
    for version in sorted(agreement.versions, key=lambda v: (binds_from(v), v.version)):
        day, terms = begins_on(version), version.onboarding
        if terms is not None and terms.once is not None and not once_charged:
            once_charged = True
            lines += [_once(terms.once, terms.clause, day)] if first <= day < end else []
        new = sorted(version.assets - seen)
        seen |= version.assets
        if terms is not None and terms.months_per_server and first <= day < end:
            lines += [_newly_listed(version, asset, day) for asset in new]
    return tuple(lines)


def _once(amount: Money, clause: ClauseNumber, day: date) -> InvoiceLine:
    return InvoiceLine(
        kind=LineKind.ONBOARDING,
        description="Onboarding, once",
        service_day=day,
        amount=amount,
        value=amount,
        clause=clause,
        working=f"agreed once: {amount}",
        base=amount,
        share=Fraction(1),
    )


def _newly_listed(version: AgreementVersion, asset: AssetId, day: date) -> InvoiceLine:
    assert version.onboarding is not None  # noqa: S101 - the caller looked
    months, monthly = version.onboarding.months_per_server, version.fees.for_asset(asset)
    amount = monthly.times(months)
    return InvoiceLine(
        kind=LineKind.ONBOARDING,
        description=f"Onboarding of {asset}",
        service_day=day,
        amount=amount,
        value=amount,
        clause=version.onboarding.clause,
        asset=asset,
        working=f"{months} x {monthly} monthly fee = {amount}",
        base=monthly,
        share=months,
    )


def cap_target(above: AboveCap) -> Target:
    """This function will say what a month's cap takes off."""
    return Target(
        LineKind.CAP,
        above.month,
        -above.over,
        above.clause,
        above.working,
        f"Above the monthly cap, {above.month:%Y-%m}",
    )


@dataclass(frozen=True, slots=True)
class Missed:
    """A promised time that was missed on an asset, on the local day the incident was opened."""

    asset: AssetId
    priority: str
    day: date
    version: AgreementVersion


def credit_targets(missed: Iterable[Missed]) -> tuple[Target, ...]:
    """This function will say what each server's missed promises of a month give back, up to the agreed limits.

    A limit is that of its own promise: which promise was missed first, or written down first, has no effect.
    """
    found: dict[tuple[date, AssetId], list[_Owed]] = {}
    for one in sorted(missed, key=lambda m: (m.day, m.asset, m.priority, m.version.version)):
        terms = _terms(one)
        if terms is not None:
            owed = found.setdefault((one.day.replace(day=1), one.asset), [])
            owed.append(_Owed(one.version, terms))
    return tuple(_credit(month, asset, several) for (month, asset), several in found.items())


@dataclass(frozen=True, slots=True)
class _Owed:
    """A missed promise that gives something back, by the terms it was made under."""

    version: AgreementVersion
    terms: CreditTerms


def _credit(month: date, asset: AssetId, owed: list[_Owed]) -> Target:
    version = owed[0].version
    percent = _percent([each.terms for each in owed])
    monthly = fee_on(version, version.fees.for_asset(asset), month)
    amount = monthly.times(percent / _HUNDRED)
    return Target(
        LineKind.SERVICE_CREDIT,
        month,
        -amount,
        owed[0].terms.clause,
        f"{len(owed)} missed: {percent} percent of {monthly} = {amount}",
        f"Service credit for {asset}, {month:%Y-%m}",
        asset,
    )


def _percent(terms: list[CreditTerms]) -> Fraction:
    """The share of the fee that comes back: each priority up to its own limit, and never more than the whole fee.

    Where a version changed a priority's terms within the month, each part has its limit and both the higher one.
    """
    found = Fraction(0)
    for priority in {each.priority for each in terms}:
        own = [each for each in terms if each.priority == priority]
        parts = (min(n * each.percent, each.at_most_percent) for each, n in Counter(own).items())
        found += min(sum(parts, Fraction(0)), max(each.at_most_percent for each in own))
    return min(found, Fraction(_HUNDRED))


def _terms(missed: Missed) -> CreditTerms | None:
    return next((c for c in missed.version.service_credits if c.priority == missed.priority), None)


def target_line(target: Target, printed: Iterable[InvoiceLine]) -> InvoiceLine | None:
    """This function will print what a month's cap or credit still needs after what was printed; None if nothing."""
    before = total(
        [line.amount for line in printed if _is_of(target, line)], target.amount.currency
    )
    change = target.amount - before
    if not change.minor:
        return None
    shown = -change if change.minor < 0 else change
    working = (
        target.working
        if not before.minor
        else f"{target.working}; {-before} taken off before, so {shown}"
    )
    return InvoiceLine(
        kind=target.kind,
        description=target.description,
        service_day=target.last_day,
        amount=change,
        value=change,
        clause=target.clause or None,
        asset=target.asset,
        working=working,
    )


def is_settled_by_target(line: InvoiceLine) -> bool:
    """This function will say whether a line belongs to a month's target."""
    return line.kind in SETTLED_BY_TARGET


def _is_of(target: Target, line: InvoiceLine) -> bool:
    same = line.kind is target.kind and line.asset == target.asset
    return same and line.service_day == target.last_day


def no_longer_due(printed: Iterable[InvoiceLine], targets: Iterable[Target]) -> tuple[Target, ...]:
    """This function will return a target of nothing for each month that was given a cap or credit it has no more."""
    wanted = {(t.kind, t.asset, t.last_day) for t in targets}
    gone = {
        (line.kind, line.asset, line.service_day): line
        for line in printed
        if is_settled_by_target(line) and (line.kind, line.asset, line.service_day) not in wanted
    }
    return tuple(
        Target(
            line.kind,
            day.replace(day=1),
            Money.zero(line.amount.currency),
            line.clause or ClauseNumber(""),
            "nothing is to be taken off any more",
            line.description,
            asset,
        )
        for (_, asset, day), line in sorted(
            gone.items(), key=lambda item: (item[0][2], item[0][0], item[0][1] or "")
        )
    )
