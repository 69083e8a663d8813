"""Drafts of the documents a world asks for, and what later knowledge makes of those already issued.

An issued document stands as it was. What was decided otherwise since is taken back by a credit note, line by line, and
billed anew, under its own service day, on the first document that is still open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from groundrules.core.agreements.facts import CoverageState, StateSpan
from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.answers.states import StatesAnswer
from groundrules.core.ids import AssetId, InvoiceId
from groundrules.core.invoices.answers import InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.invoices.draft import (
    Billable,
    Correction,
    FeeToBill,
    NothingToInvoice,
    draft_credit_note,
    draft_invoice,
)
from groundrules.core.invoices.fees import FeeMonth, fee_share, listed_assets
from groundrules.core.invoices.lines import charge_line, reinstatement_lines, uncharged_line
from groundrules.core.lifecycle.answers import EntryKind, LifecycleEntry
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.money import Money, total
from groundrules.core.periods import local_date, utc
from groundrules.core.rating.answers import Charge, UnchargedLine
from groundrules.core.world import DocumentPeriod, World

_FEES = frozenset({LineKind.FEE, LineKind.FEE_CREDIT})
_OFF = frozenset({CoverageState.SUSPENDED, CoverageState.REINSTATING})


@dataclass(frozen=True, slots=True)
class Issued:
    """A document as it was issued for a period."""

    period: DocumentPeriod
    draft: InvoiceDraft


@dataclass(frozen=True, slots=True)
class Rated:
    """What the decisions in force come to, and the states fees are counted from."""

    charges: tuple[Charge, ...]
    uncharged: tuple[UnchargedLine, ...]
    states: StatesAnswer


def documents_of(
    world: World, rated: Rated, issued: tuple[Issued, ...]
) -> tuple[InvoiceDraft, ...]:
    """This function will return issued documents, their credit notes, and the drafts of the periods still open.

    The first open period takes in what belongs to earlier, issued ones and was not on them.
    """
    done = {document.period for document in issued}
    still_open = [period for period in world.to_bill if period not in done]
    drafts: list[InvoiceDraft | None] = [document.draft for document in issued]
    drafts += [_credit_note(world, document, rated) for document in issued]
    for place, period in enumerate(still_open):
        late = issued if place == 0 else ()
        drafts.append(_draft(world, period, rated, late))
    return tuple(draft for draft in drafts if draft is not None)


def _draft(
    world: World, period: DocumentPeriod, rated: Rated, late_for: tuple[Issued, ...]
) -> InvoiceDraft | None:
    late = _missing_on(world, late_for, rated)
    billable = Billable(
        client=world.client.id,
        currency=world.client.currency,
        period_start=period.first,
        period_end=period.end,
        charges=tuple(c for c in rated.charges if _inside(period, c.service_day)),
        uncharged=tuple(u for u in rated.uncharged if _inside(period, u.service_day)),
        fees=(*_fees(world, period, rated.states), *_late_fees(world, late_for, rated.states)),
        further=(*late, *_returns(world, period, rated.states)),
        names=_names(world),
    )
    try:
        return draft_invoice(billable)
    except NothingToInvoice:
        return None  # An empty period has no document; the answer then lists none.


def _inside(period: DocumentPeriod, day: date) -> bool:
    return period.first <= day < period.end


def _names(world: World) -> Mapping[str, str]:
    return {str(asset.id): asset.name for asset in world.assets}


def _lines_now(world: World, period: DocumentPeriod, rated: Rated) -> list[InvoiceLine]:
    """The rated lines a period would have if it were drafted today."""
    names = _names(world)
    charged = [charge_line(c, names) for c in rated.charges if _inside(period, c.service_day)]
    shown = [uncharged_line(u, names) for u in rated.uncharged if _inside(period, u.service_day)]
    return [*charged, *shown, *_returns(world, period, rated.states)]


def _key(line: InvoiceLine) -> tuple[object, ...]:
    return (line.kind, line.entries, line.service_day, line.amount, line.value, line.clause)


def _missing_on(world: World, issued: tuple[Issued, ...], rated: Rated) -> list[InvoiceLine]:
    """What belongs to issued periods and stands on no issued document, not even late on a later one."""
    printed = [_key(line) for document in issued for line in document.draft.lines]
    return [
        line
        for document in issued
        for line in _lines_now(world, document.period, rated)
        if _key(line) not in printed
    ]


def _credit_note(world: World, document: Issued, rated: Rated) -> InvoiceDraft | None:
    """What takes back every rated line that would not be printed today; None when all still stand."""
    # A document may hold late lines of earlier periods, so it is compared with today's lines of every period.
    today = [_key(line) for period in world.to_bill for line in _lines_now(world, period, rated)]
    corrections = [
        Correction(number, "decided again from what became known")
        for number, line in enumerate(document.draft.lines, start=1)
        if line.kind not in _FEES and _key(line) not in today
    ]
    if not corrections:
        return None
    number = document.period.invoice or InvoiceId(f"the document of {document.period.first}")
    return draft_credit_note(document.draft, number, corrections)


def _fees(world: World, period: DocumentPeriod, states: StatesAnswer) -> tuple[FeeToBill, ...]:
    month = FeeMonth(period.first, period.end)
    return tuple(
        _fee(world, asset, month, states) for asset in listed_assets(world.agreement, month)
    )


def _fee(world: World, asset: AssetId, month: FeeMonth, states: StatesAnswer) -> FeeToBill:
    own: list[StateSpan] = [span for span in states.spans if span.asset == asset]
    share = fee_share(world.agreement, asset, own, month)
    return FeeToBill(share, _billed(world, asset, month.start))


def _billed(world: World, asset: AssetId, month: date) -> Money:
    amounts = [f.amount for f in world.fees_billed if f.asset == asset and f.month == month]
    return total(amounts, world.client.currency)


def _late_fees(
    world: World, late_for: tuple[Issued, ...], states: StatesAnswer
) -> tuple[FeeToBill, ...]:
    """The fees of issued months, which need a further line when coverage turned out otherwise."""
    printed = tuple(line for document in late_for for line in document.draft.lines)
    return tuple(
        replace(fee, billed=fee.billed + _printed_fee(fee, printed))
        for document in late_for
        for fee in _fees(world, document.period, states)
    )


def _printed_fee(fee: FeeToBill, printed: tuple[InvoiceLine, ...]) -> Money:
    """What issued documents say was billed for the asset and month, later corrections among it."""
    month = fee.share.month
    amounts = [
        line.amount
        for line in printed
        if line.kind in _FEES
        and line.asset == fee.share.asset
        and month.start <= line.service_day < month.end
    ]
    return total(amounts, fee.share.due.currency)


def _returns(world: World, period: DocumentPeriod, states: StatesAnswer) -> tuple[InvoiceLine, ...]:
    """The inspection and fee of every reinstatement that takes effect in the period."""
    entries = (*world.lifecycle, *states.foreseen)
    lines: list[InvoiceLine] = []
    for entry in entries:
        day = local_date(world.client.zone, entry.effective_at)
        version = binding_version(world.agreement, entry.effective_at)
        if _inside(period, day) and version is not None and _is_return(entry, states):
            lines += _return(entry.asset, version, day)
    return tuple(lines)


def _is_return(entry: LifecycleEntry, states: StatesAnswer) -> bool:
    """The way back from a suspension that counts as never made costs nothing."""
    ended = (s for s in states.spans if s.asset == entry.asset and s.state in _OFF)
    return entry.kind is EntryKind.REINSTATED and any(
        span.period.end == utc(entry.effective_at) for span in ended
    )


def _return(asset: AssetId, version: AgreementVersion, day: date) -> tuple[InvoiceLine, ...]:
    if version.reinstatement is None:
        return ()
    return reinstatement_lines(asset, version.reinstatement, version, day)
