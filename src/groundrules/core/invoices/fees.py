"""Monthly fees in advance for each listed asset, and what a suspension or a return within the month makes of them.

The remainder rule: the client's share without coverage is rounded once (half away from zero) and the fee is what is
left, so both always add up to the full fee and a tie of half a cent goes to the client.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from groundrules.core.agreements.facts import CoverageState, StateSpan
from groundrules.core.agreements.further_terms import Proration
from groundrules.core.agreements.terms import Agreement, AgreementVersion
from groundrules.core.agreements.uplift import fee_on
from groundrules.core.agreements.versions import binds_from
from groundrules.core.ids import AssetId, ClauseNumber
from groundrules.core.invoices.answers import InvoiceLine, LineKind
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.money import Money
from groundrules.core.periods import Period, start_of_local_day

FIXED_DAYS = 30
_LONGEST_MONTH = 31
_PAID_STATES = frozenset({CoverageState.COVERED, CoverageState.NOTICE})
_OFF_STATES = frozenset({CoverageState.SUSPENDED, CoverageState.REINSTATING})


class NoFeeAgreed(LookupError):
    """No version in force during the month lists the asset, so no fee is agreed for it."""


@dataclass(frozen=True, slots=True)
class FeeMonth:
    """One fee period of whole local days, `[start, end)`; it begins on the agreement's billing day."""

    start: date
    end: date

    @property
    def days(self) -> tuple[date, ...]:
        """Every local day of the period."""
        count = (self.end - self.start).days
        return tuple(self.start + timedelta(days=offset) for offset in range(count))


@dataclass(frozen=True, slots=True)
class FeeShare:
    """What one asset owes for one fee period. `share` is the covered part of the full fee, e.g. 26/30, by `proration`.

    A counted fee has no asset but an `item` (what is counted) and says `what` it is; its `full` is one seat's. due +
    uncovered = full, always (remainder rule). `working` is the line a client can check.
    """

    asset: AssetId | None
    month: FeeMonth
    full: Money
    share: Fraction
    due: Money
    uncovered: Money
    clause: ClauseNumber
    working: str
    credit_working: str
    item: str = ""
    what: str = ""


def fee_month(year: int, month: int, billing_day: int = 1) -> FeeMonth:
    """This function will return the fee period that begins in a month; a billing day past its end is its last day."""
    following = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 - December
    return FeeMonth(_billing_date(year, month, billing_day), _billing_date(*following, billing_day))


def fee_month_of(day: date, billing_day: int = 1) -> FeeMonth:
    """This function will return the fee period that holds a local day."""
    this = fee_month(day.year, day.month, billing_day)
    if this.start <= day:
        return this
    last = day.replace(day=1) - timedelta(days=1)
    return fee_month(last.year, last.month, billing_day)


def fee_months(billing_day: int, first: date, end: date) -> tuple[FeeMonth, ...]:
    """This function will list the fee periods that begin in the local days `[first, end)`: each is billed in advance.

    A document over a quarter so holds three, and one over the second half of a month none.
    """
    months = range(first.year * 12 + first.month - 1, end.year * 12 + end.month)
    periods = (fee_month(month // 12, month % 12 + 1, billing_day) for month in months)
    return tuple(period for period in periods if first <= period.start < end)


def _billing_date(year: int, month: int, billing_day: int) -> date:
    first_of_next = (date(year, month, 1) + timedelta(days=_LONGEST_MONTH)).replace(day=1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month, min(billing_day, last))


def version_for_month(agreement: Agreement, asset: AssetId, month: FeeMonth) -> AgreementVersion:
    """This function will return the version whose fee applies: the first in force in the month that lists the asset.

    Fees are billed in advance, so a version that begins within the month does not change it. Raises NoFeeAgreed.
    """
    for instant in _opening_instants(agreement, month):
        version = binding_version(agreement, instant)
        if version is not None and asset in version.assets:
            return version
    message = (
        f"no version lists {asset} between {month.start} and {month.end}; no fee is agreed for it"
    )
    raise NoFeeAgreed(message)


def _opening_instants(agreement: Agreement, month: FeeMonth) -> tuple[datetime, ...]:
    """The month's first instant, then each later instant in it at which a version begins to bind."""
    zones = {version.calendar.zone for version in agreement.versions}
    months = [
        Period(start_of_local_day(z, month.start), start_of_local_day(z, month.end)) for z in zones
    ]
    begun = (binds_from(version) for version in agreement.versions)
    inside = {instant for instant in begun if any(m.contains(instant) for m in months)}
    return tuple(sorted({*(m.start for m in months), *inside}))


def fee_share(
    agreement: Agreement, asset: AssetId, spans: Iterable[StateSpan], month: FeeMonth
) -> FeeShare:
    """This function will work out one asset's fee for one fee period from its coverage states.

    `spans` are those of `lifecycle.timeline.state_spans` for the asset. Raises NoFeeAgreed.
    """
    version = version_for_month(agreement, asset, month)
    terms, zone = version.fees, version.calendar.zone
    off = _Off(tuple(spans), month, zone, runs_on=terms.runs_while_suspended)
    part, of, unit = _COUNTS[terms.proration](off)
    full = fee_on(version, terms.for_asset(asset), month.start)
    uncovered = full.times(Fraction(part, of))
    due = full - uncovered
    return FeeShare(
        asset=asset,
        month=month,
        full=full,
        share=1 - Fraction(part, of),
        due=due,
        uncovered=uncovered,
        clause=terms.clause,
        working=_working(full, of - part, of, unit, due),
        credit_working=_working(full, part, of, unit, uncovered),
    )


class FeeShares:
    """The shares of many assets: those that stood alike and owe alike under the same versions are worked out once."""

    def __init__(
        self, agreement: Agreement, spans_of: Callable[[AssetId], tuple[StateSpan, ...]]
    ) -> None:
        self._agreement, self._spans_of = agreement, spans_of
        self._alike: dict[AssetId, int] = {}
        self._groups: dict[tuple[object, ...], int] = {}
        self._known: dict[tuple[FeeMonth, int], FeeShare | None] = {}

    def of_month(self, month: FeeMonth) -> tuple[FeeShare, ...]:
        """This method will return the share of each asset for which a fee is agreed in the month, in order of ids."""
        every = sorted({asset for version in self._agreement.versions for asset in version.assets})
        return tuple(share for asset in every if (share := self._of(asset, month)) is not None)

    def _of(self, asset: AssetId, month: FeeMonth) -> FeeShare | None:
        key = (month, self._group_of(asset))
        if key not in self._known:
            self._known[key] = self._worked_out(asset, month)
        share = self._known[key]
        if share is None or share.asset == asset:
            return share
        return replace(share, asset=asset)

    def _worked_out(self, asset: AssetId, month: FeeMonth) -> FeeShare | None:
        if not _has_fee(self._agreement, asset, month):
            return None
        return fee_share(self._agreement, asset, self._spans_of(asset), month)

    def _group_of(self, asset: AssetId) -> int:
        """The number of those that stand like an asset; a share holds nothing of it but these, and its id."""
        if asset not in self._alike:
            stood = tuple((span.state, span.period) for span in self._spans_of(asset))
            owes = tuple(
                (asset in version.assets, version.fees.for_asset(asset))
                for version in self._agreement.versions
            )
            self._alike[asset] = self._groups.setdefault((stood, owes), len(self._groups))
        return self._alike[asset]


def _working(full: Money, part: int, of: int, unit: str, result: Money) -> str:
    return f"{full} x {part}/{of} {unit} = {result}"


@dataclass(frozen=True, slots=True)
class _Off:
    """How much of a month an asset was without coverage, counted in the ways agreements count."""

    spans: tuple[StateSpan, ...]
    month: FeeMonth
    zone: str
    runs_on: bool

    def _is_paid(self, state: CoverageState) -> bool:
        return state in _PAID_STATES or (self.runs_on and state in _OFF_STATES)

    def _state_closing(self, day: date) -> CoverageState:
        """The state at the very end of a local day: the suspension day is off, the reinstatement day is on."""
        last = start_of_local_day(self.zone, day + timedelta(days=1)) - timedelta(microseconds=1)
        found = [span.state for span in self.spans if span.period.contains(last)]
        return found[0] if found else CoverageState.NOT_IN_AGREEMENT

    @property
    def days(self) -> int:
        """Local days of the month without coverage."""
        return sum(not self._is_paid(self._state_closing(day)) for day in self.month.days)

    @property
    def whole(self) -> Period:
        """The month in UTC."""
        return Period(
            start_of_local_day(self.zone, self.month.start),
            start_of_local_day(self.zone, self.month.end),
        )

    @property
    def seconds(self) -> int:
        """Elapsed seconds of the month without coverage."""
        parts = [s.period.intersection(self.whole) for s in self.spans if self._is_paid(s.state)]
        return self.whole.seconds - sum(part.seconds for part in parts if part is not None)


def _whole_month(off: _Off) -> tuple[int, int, str]:
    """Without proration any covered instant earns the whole month."""
    return int(off.seconds >= off.whole.seconds), 1, "month"


def _actual_days(off: _Off) -> tuple[int, int, str]:
    return off.days, len(off.month.days), "days"


def _fixed_days(off: _Off) -> tuple[int, int, str]:
    """Every month counts 30 days; a month entirely on or off counts whole, and one covered day is always paid."""
    uncovered, length = off.days, len(off.month.days)
    counted = FIXED_DAYS if uncovered == length else min(uncovered, FIXED_DAYS - 1)
    return counted, FIXED_DAYS, "days (30-day month)"


def _seconds(off: _Off) -> tuple[int, int, str]:
    return off.seconds, off.whole.seconds, "seconds"


_COUNTS: dict[Proration, Callable[[_Off], tuple[int, int, str]]] = {
    Proration.NONE: _whole_month,
    Proration.ACTUAL_DAYS: _actual_days,
    Proration.FIXED_30_DAYS: _fixed_days,
    Proration.SECONDS: _seconds,
}


def fee_correction(share: FeeShare, billed: Money) -> Money:
    """This function will return what is still to be billed (positive) or credited (negative) for the period.

    `billed` is what was billed for it so far, less what was credited: the target less what is done, so that credits of
    one month can never add up to more than its fee.
    """
    return share.due - billed


def fee_line(share: FeeShare) -> InvoiceLine:
    """This function will write the fee of one asset and period as an invoice line."""
    return InvoiceLine(
        kind=LineKind.FEE,
        description=f"{share.what or f'Managed services for {share.asset}'}, {_from_to(share.month)}",
        service_day=share.month.start,
        amount=share.due,
        value=share.due,
        clause=share.clause,
        asset=share.asset,
        working=share.working,
        base=share.full,
        share=share.share,
        item=share.item,
    )


def correction_line(share: FeeShare, billed: Money) -> InvoiceLine | None:
    """This function will write what the period's fee still needs: a line to pay, a credit, or None when it is right.

    When the whole fee had been billed, the credit's working is the uncovered share; otherwise it is due less billed.
    """
    correction = fee_correction(share, billed)
    if not correction.minor:
        return None
    if correction.minor > 0:
        return _still_due(share, billed, correction)
    whole_was_billed = billed == share.full and not share.item
    working = (
        share.credit_working
        if whole_was_billed
        else f"{billed} billed - {share.due} due = {-correction}"
    )
    return InvoiceLine(
        kind=LineKind.FEE_CREDIT,
        description=f"{_what_comes_back(share)}, {_from_to(share.month)}",
        service_day=share.month.start,
        amount=correction,
        value=correction,
        clause=share.clause,
        asset=share.asset,
        working=working,
        base=share.full if whole_was_billed else -correction,
        share=1 - share.share if whole_was_billed else Fraction(1),
        item=share.item,
    )


def _what_comes_back(share: FeeShare) -> str:
    return f"{share.what}, trued up" if share.item else f"Days without coverage for {share.asset}"


def _still_due(share: FeeShare, billed: Money, correction: Money) -> InvoiceLine:
    """Nothing billed yet is the fee itself; otherwise the part that was credited wrongly comes back."""
    line = fee_line(share)
    if not billed.minor:
        return line
    return replace(
        line,
        amount=correction,
        value=correction,
        working=f"{share.due} due - {billed} billed = {correction}",
        base=correction,
        share=Fraction(1),
    )


def _from_to(month: FeeMonth) -> str:
    return f"{month.start.isoformat()} to {(month.end - timedelta(days=1)).isoformat()}"


def listed_assets(agreement: Agreement, month: FeeMonth) -> tuple[AssetId, ...]:
    """This function will list the assets for which a fee is agreed in the period, in order of their id."""
    every = sorted({asset for version in agreement.versions for asset in version.assets})
    return tuple(asset for asset in every if _has_fee(agreement, asset, month))


def _has_fee(agreement: Agreement, asset: AssetId, month: FeeMonth) -> bool:
    try:
        version_for_month(agreement, asset, month)
    except NoFeeAgreed:
        return False
    return True
