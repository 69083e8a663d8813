"""Where one server stands, as everybody reads it: state, what a suspension changes, the way back, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundrules.core.agreements.facts import StateSpan
from groundrules.core.answers.correspondence import cost_while_off, desk_of
from groundrules.core.answers.model import Answers
from groundrules.core.answers.outlook import Outlook
from groundrules.core.answers.returning import off_since
from groundrules.core.ids import AssetId, ChangeId
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft
from groundrules.core.letters.answers import LetterDraft, LetterKind
from groundrules.core.letters.draft_reply_pack import CostSoFar
from groundrules.core.lifecycle.answers import ReinstatementAnswer
from groundrules.core.lifecycle.checklist import Checklist, Names, checklist
from groundrules.core.lifecycle.timeline import state_at
from groundrules.core.periods import local_date
from groundrules.records.models import Asset
from groundrules.services import notices
from groundrules.services.world import answer_for


@dataclass(frozen=True, slots=True)
class WayBack:
    """The way back of a server that is off: since when, the list, what it cost so far, the words for vendors."""

    since: datetime
    answer: ReinstatementAnswer
    todos: Checklist
    cost: CostSoFar
    vendor_letters: tuple[LetterDraft, ...]
    invoice: InvoiceDraft | None


@dataclass(frozen=True, slots=True)
class Standing:
    """One server: its state now, what a suspension comes to, and its way back while it is off."""

    answers: Answers
    state: StateSpan
    outlook: Outlook
    back: WayBack | None


def standing(asset: Asset, changes: tuple[ChangeId, ...], at: datetime) -> Standing:
    """This function will say where a server stands as of now; raises NoAgreement or NoProvider."""
    ref = AssetId(asset.code)
    answers, outlook = notices.plan(client=asset.client, asset=ref, changes=changes, at=at)
    if any(r.asset == ref and r.effective_at is not None for r in answers.reinstatements):
        answers = answer_for(asset.client, at)  # What the return costs is told by its invoice.
    state = state_at(answers.states_of(ref), at)
    return Standing(answers, state, outlook, way_back_of(answers, ref))


def way_back_of(answers: Answers, asset: AssetId) -> WayBack | None:
    """This function will say what brings a server back; None while it is not off, or nothing was agreed on that."""
    since = off_since(answers.states, asset, answers.at)
    answer = next((r for r in answers.reinstatements if r.asset == asset), None)
    if since is None or answer is None:
        return None
    world = answers.world
    vendors = {str(vendor.id): vendor.name for vendor in world.vendors}
    names = Names(world.client.name, world.provider.name, vendors)
    return WayBack(
        since=since,
        answer=answer,
        todos=checklist(answer, names, answers.zone, answers.at),
        cost=cost_while_off(desk_of(answers), asset, since),
        vendor_letters=tuple(
            letter
            for letter in answers.letters
            if letter.kind is LetterKind.VENDOR_INSTRUCTION and letter.asset == asset
        ),
        invoice=_invoice(answers, answer),
    )


def _invoice(answers: Answers, answer: ReinstatementAnswer) -> InvoiceDraft | None:
    """The invoice of the month in which the server comes back, once nothing is open."""
    if answer.effective_at is None:
        return None
    day = local_date(answers.zone, answer.effective_at)
    drafts = (d for d in answers.money.invoices if d.period_start <= day < d.period_end)
    return next((d for d in drafts if d.kind is DocumentKind.INVOICE), None)
