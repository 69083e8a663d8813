"""What decisions come to: charges, work shown at 0.00, work that waits for a person, and drafted documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.answers.model import MoneyAnswer
from groundrules.core.answers.states import StatesAnswer
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.ids import AssetId
from groundrules.core.invoices.answers import InvoiceDraft, InvoiceLine
from groundrules.core.invoices.draft import Billable, FeeToBill, NothingToInvoice, draft_invoice
from groundrules.core.invoices.fees import FeeMonth, fee_share, listed_assets
from groundrules.core.invoices.lines import reinstatement_lines
from groundrules.core.lifecycle.answers import EntryKind
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.money import Money, total
from groundrules.core.periods import local_date
from groundrules.core.rating.answers import Charge, UnchargedLine
from groundrules.core.rating.other_rules import trace
from groundrules.core.rating.rate import open_lines, rate, uncharged_lines
from groundrules.core.world import DocumentPeriod, World


def money_of(
    world: World, decisions: tuple[CoverageDecision, ...], states: StatesAnswer
) -> MoneyAnswer:
    """This function will rate the decisions in force and draft an invoice for each period the world asks for."""
    charges = rate(decisions, world.agreement)
    uncharged = uncharged_lines(decisions)
    drafts = [_draft(world, period, (charges, uncharged), states) for period in world.to_bill]
    return MoneyAnswer(
        charges=charges,
        uncharged=uncharged,
        open_lines=open_lines(decisions),
        trace=trace(decisions, world.agreement) if charges else None,
        invoices=tuple(draft for draft in drafts if draft is not None),
    )


def _draft(
    world: World,
    period: DocumentPeriod,
    rated: tuple[tuple[Charge, ...], tuple[UnchargedLine, ...]],
    states: StatesAnswer,
) -> InvoiceDraft | None:
    charges, uncharged = rated
    billable = Billable(
        client=world.client.id,
        currency=world.client.currency,
        period_start=period.first,
        period_end=period.end,
        charges=tuple(c for c in charges if _inside(period, c.service_day)),
        uncharged=tuple(u for u in uncharged if _inside(period, u.service_day)),
        fees=_fees(world, period, states),
        further=_returns(world, period, states),
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


def _fees(world: World, period: DocumentPeriod, states: StatesAnswer) -> tuple[FeeToBill, ...]:
    month = FeeMonth(period.first, period.end)
    return tuple(
        FeeToBill(
            fee_share(world.agreement, asset, [s for s in states.spans if s.asset == asset], month),
            _billed(world, asset, month),
        )
        for asset in listed_assets(world.agreement, month)
    )


def _billed(world: World, asset: AssetId, month: FeeMonth) -> Money:
    amounts = [f.amount for f in world.fees_billed if f.asset == asset and f.month == month.start]
    return total(amounts, world.client.currency)


def _returns(world: World, period: DocumentPeriod, states: StatesAnswer) -> tuple[InvoiceLine, ...]:
    """The inspection and fee of every reinstatement that takes effect in the period."""
    entries = (*world.lifecycle, *states.foreseen)
    lines: list[InvoiceLine] = []
    for entry in entries:
        day = local_date(world.client.zone, entry.effective_at)
        version = binding_version(world.agreement, entry.effective_at)
        if entry.kind is EntryKind.REINSTATED and _inside(period, day) and version is not None:
            lines += _return(entry.asset, version, day)
    return tuple(lines)


def _return(asset: AssetId, version: AgreementVersion, day: date) -> tuple[InvoiceLine, ...]:
    if version.reinstatement is None:
        return ()
    return reinstatement_lines(asset, version.reinstatement, version, day)
