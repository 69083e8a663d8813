"""Drafts of the documents a world asks for, and what later knowledge makes of those already issued.

An issued document stands as it was. What was decided otherwise since is taken back by a credit note, line by line, and
billed anew, under its own service day, on the first document that is still open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.answers.names import names_on_documents
from groundrules.core.answers.returning import OFF, off_since
from groundrules.core.answers.states import StatesAnswer
from groundrules.core.ids import AssetId, ClauseNumber, InvoiceId
from groundrules.core.invoices.answers import (
    MONTHLY_FEES,
    DocumentKind,
    InvoiceDraft,
    InvoiceLine,
)
from groundrules.core.invoices.counted_fees import counted_shares
from groundrules.core.invoices.difference import difference
from groundrules.core.invoices.draft import (
    Billable,
    FeeToBill,
    NothingToInvoice,
    draft_credit_note,
    draft_invoice,
)
from groundrules.core.invoices.exact import check
from groundrules.core.invoices.fees import FeeShares, fee_months
from groundrules.core.invoices.further_lines import (
    Target,
    block_line,
    no_longer_due,
    onboarding_lines,
    prepaid_line,
    target_line,
)
from groundrules.core.invoices.lines import charge_line, reinstatement_lines, uncharged_line
from groundrules.core.lifecycle.answers import EntryKind, LifecycleEntry
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.money import Money, total
from groundrules.core.orders import BlockPurchase
from groundrules.core.periods import local_date, start_of_local_day, utc
from groundrules.core.rating.answers import Charge, UnchargedLine
from groundrules.core.rating.blocks import Prepaid
from groundrules.core.world import DocumentPeriod, SentDocument, World

DECIDED_AGAIN = "decided again from what became known"
_JUST_BEFORE = timedelta(microseconds=1)


class InexactDocument(ValueError):
    """A drafted document does not add up to the smallest unit, so it may be neither shown nor issued."""


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
    shares: FeeShares
    prepaid: tuple[Prepaid, ...] = ()
    targets: tuple[Target, ...] = ()


def documents_of(
    world: World, rated: Rated, issued: tuple[Issued, ...]
) -> tuple[InvoiceDraft, ...]:
    """This function will return issued documents, their credit notes, and the drafts of the periods still open.

    The first open period takes in what belongs to earlier, issued ones and was not on them.
    """
    done = {document.period for document in issued}
    still_open = [period for period in world.to_bill if period not in done]
    notes, late_lines = _compared(world, issued, rated)
    drafts: list[InvoiceDraft | None] = [*(document.draft for document in issued), *notes]
    for place, period in enumerate(still_open):
        late = Late(issued, late_lines, is_first=place == 0)
        drafts.append(_draft(world, period, rated, late))
    return tuple(refuse_inexact(draft) for draft in drafts if draft is not None)


def not_sent_yet(
    drafts: tuple[InvoiceDraft, ...], sent: tuple[SentDocument, ...]
) -> tuple[InvoiceDraft, ...]:
    """This function will leave out the invoices that went out, and the lines that a credit note took back before."""
    went = [document.draft for document in sent]
    periods = {(d.period_start, d.period_end) for d in went if d.kind is DocumentKind.INVOICE}
    taken = {(d.corrects, line.corrects_line) for d in went for line in d.lines}
    still_due = (
        replace(d, lines=tuple(x for x in d.lines if (d.corrects, x.corrects_line) not in taken))
        if d.kind is DocumentKind.CREDIT_NOTE
        else d
        for d in drafts
        if d.kind is DocumentKind.CREDIT_NOTE or (d.period_start, d.period_end) not in periods
    )
    return tuple(draft for draft in still_due if draft.lines)


def refuse_inexact(draft: InvoiceDraft) -> InvoiceDraft:
    """This function will return a draft whose every line follows from its own printed figures.

    It is the last look before anybody sees a document. Raises InexactDocument naming each line that does not add up.
    """
    failures = check(draft)
    if failures:
        found = "; ".join(f"line {f.line} {f.problem}" for f in failures)
        message = (
            f"the {draft.kind.value} from {draft.period_start} does not add up ({found}); "
            "report this as an error of Groundrules, and issue nothing from it"
        )
        raise InexactDocument(message)
    return draft


@dataclass(frozen=True, slots=True)
class Late:
    """What went out before: the first open document settles its fees and targets, and takes the lines on none of it."""

    issued: tuple[Issued, ...]
    found: tuple[InvoiceLine, ...]
    is_first: bool

    @property
    def documents(self) -> tuple[Issued, ...]:
        """The issued documents this draft settles."""
        return self.issued if self.is_first else ()

    @property
    def lines(self) -> tuple[InvoiceLine, ...]:
        """The lines of issued periods that stand on no document."""
        return self.found if self.is_first else ()


def _draft(world: World, period: DocumentPeriod, rated: Rated, late: Late) -> InvoiceDraft | None:
    billable = Billable(
        client=world.client.id,
        currency=world.client.currency,
        period_start=period.first,
        period_end=period.end,
        charges=tuple(c for c in rated.charges if _inside(period, c.service_day)),
        uncharged=tuple(u for u in rated.uncharged if _inside(period, u.service_day)),
        fees=(
            *_fees(world, period, rated.shares),
            *_late_fees(world, late.documents, rated.shares),
        ),
        further=(
            *late.lines,
            *_apart(world, period, rated),
            *_settled(period, rated.targets, late),
        ),
        names=names_on_documents(world),
    )
    try:
        return draft_invoice(billable)
    except NothingToInvoice:
        return None  # An empty period has no document; the answer then lists none.


def _inside(period: DocumentPeriod, day: date) -> bool:
    return period.first <= day < period.end


def _lines_now(world: World, period: DocumentPeriod, rated: Rated) -> list[InvoiceLine]:
    """The rated lines a period would have if it were drafted today."""
    names = names_on_documents(world)
    charged = [charge_line(c, names) for c in rated.charges if _inside(period, c.service_day)]
    shown = [uncharged_line(u, names) for u in rated.uncharged if _inside(period, u.service_day)]
    return [*charged, *shown, *_apart(world, period, rated)]


def _apart(world: World, period: DocumentPeriod, rated: Rated) -> list[InvoiceLine]:
    """The lines that are neither a monthly fee nor charged or uncharged work."""
    names = names_on_documents(world)
    prepaid = (paid for paid in rated.prepaid if _inside(period, paid.charge.service_day))
    blocks = sorted(world.blocks, key=lambda block: (block.day, block.id))
    bought = (block for block in blocks if _inside(period, block.day))
    return [
        *(prepaid_line(paid, names) for paid in prepaid),
        *onboarding_lines(world.agreement, (period.first, period.end)),
        *(block_line(block, _block_clause(world, block)) for block in bought),
        *_returns(world, period, rated.states),
    ]


def _block_clause(world: World, block: BlockPurchase) -> ClauseNumber | None:
    opens = start_of_local_day(world.client.zone, block.day)
    version = binding_version(world.agreement, opens)
    return version.block.clause or None if version and version.block else None


def _settled(period: DocumentPeriod, targets: tuple[Target, ...], late: Late) -> list[InvoiceLine]:
    """What caps and service credits of the period's months, and of issued months, still need."""
    printed = tuple(line for document in late.issued for line in document.draft.lines)
    periods = (period, *(document.period for document in late.documents))
    lines = (
        target_line(target, printed)
        for target in (*targets, *no_longer_due(printed, targets))
        if any(_inside(each, target.last_day) for each in periods)
    )
    return [line for line in lines if line is not None]


def _compared(
    world: World, issued: tuple[Issued, ...], rated: Rated
) -> tuple[tuple[InvoiceDraft, ...], tuple[InvoiceLine, ...]]:
    """The credit note of each issued document, and what belongs to issued periods and stands on none of them.

    Lines are matched one for one over all documents, since a document may hold late lines of earlier periods: two
    lines alike need two lines today.
    """
    left = tuple(line for period in world.to_bill for line in _lines_now(world, period, rated))
    notes: list[InvoiceDraft] = []
    for document in issued:
        taken_back = _taken_back(world, document)
        found = difference(document.draft, left, DECIDED_AGAIN, taken_back)
        left = found.to_bill
        if found.corrections:
            number = document.period.invoice or InvoiceId(
                f"the document of {document.period.first}"
            )
            notes.append(draft_credit_note(document.draft, number, found.corrections))
    late = (line for line in left if any(_inside(d.period, line.service_day) for d in issued))
    return tuple(notes), tuple(late)


def _taken_back(world: World, document: Issued) -> frozenset[int]:
    """The lines that credit notes took back because they were decided otherwise: they stand on no document any more.

    What an accountant credited for another reason was no new decision, so it is not billed anew.
    """
    return frozenset(
        line.corrects_line
        for note in world.documents
        if note.draft.kind is DocumentKind.CREDIT_NOTE
        and note.draft.corrects == document.period.invoice
        for line in note.draft.lines
        if line.corrects_line is not None and decided_again(line)
    )


def decided_again(line: InvoiceLine) -> bool:
    """This function will say whether a credit note takes this line back because its work was decided otherwise.

    Re-rating reverses the charge of such work in the ledger; what was credited for another reason it leaves alone.
    """
    return line.corrects_line is not None and line.description.endswith(f": {DECIDED_AGAIN}")


def _fees(world: World, period: DocumentPeriod, shares: FeeShares) -> tuple[FeeToBill, ...]:
    months = fee_months(_billing_day(world, period), period.first, period.end)
    nothing = Money.zero(world.client.currency)
    billed = _billed(world)
    return (
        *(
            FeeToBill(share, billed.get((share.asset, month.start), nothing))
            for month in months
            for share in shares.of_month(month)
        ),
        *(
            FeeToBill(share, nothing)
            for month in months
            for share in counted_shares(world.agreement, world.counts, month)
        ),
    )


def _billing_day(world: World, period: DocumentPeriod) -> int:
    opened = start_of_local_day(world.client.zone, period.first)
    version = binding_version(world.agreement, opened) or world.agreement.versions[0]
    return version.fees.billing_day


def _billed(world: World) -> dict[tuple[AssetId | None, date], Money]:
    """What the books say was billed as a fee, by asset and month."""
    amounts: defaultdict[tuple[AssetId | None, date], list[Money]] = defaultdict(list)
    for fee in world.fees_billed:
        amounts[fee.asset, fee.month].append(fee.amount)
    return {key: total(found, world.client.currency) for key, found in amounts.items()}


def _late_fees(
    world: World, late_for: tuple[Issued, ...], shares: FeeShares
) -> tuple[FeeToBill, ...]:
    """The fees of issued months, which need a further line when coverage turned out otherwise."""
    printed = _printed_fees(line for document in late_for for line in document.draft.lines)
    return tuple(
        replace(fee, billed=fee.billed + _printed_fee(fee, printed))
        for document in late_for
        for fee in _fees(world, document.period, shares)
    )


_FeeLines = Mapping[tuple[AssetId | None, str], list[InvoiceLine]]


def _printed_fees(lines: Iterable[InvoiceLine]) -> _FeeLines:
    """The lines on monthly fees, by what they are for."""
    found: defaultdict[tuple[AssetId | None, str], list[InvoiceLine]] = defaultdict(list)
    for line in lines:
        if line.kind in MONTHLY_FEES:
            found[line.asset, line.item].append(line)
    return found


def _printed_fee(fee: FeeToBill, printed: _FeeLines) -> Money:
    """What issued documents say was billed for the asset and month, later corrections among it."""
    month = fee.share.month
    lines = printed.get((fee.share.asset, fee.share.item), [])
    amounts = [line.amount for line in lines if month.start <= line.service_day < month.end]
    return total(amounts, fee.share.due.currency)


def _returns(world: World, period: DocumentPeriod, states: StatesAnswer) -> tuple[InvoiceLine, ...]:
    """The inspection and fee of every reinstatement that takes effect in the period."""
    entries = (*world.lifecycle, *states.foreseen)
    lines: list[InvoiceLine] = []
    for entry in entries:
        day = local_date(world.client.zone, entry.effective_at)
        version = binding_version(world.agreement, entry.effective_at)
        if _inside(period, day) and version is not None and _is_return(entry, states):
            lines += _return(world, entry, version, states)
    return tuple(lines)


def _is_return(entry: LifecycleEntry, states: StatesAnswer) -> bool:
    """The way back from a suspension that counts as never made costs nothing."""
    ended = (s for s in states.of(entry.asset) if s.state in OFF)
    return entry.kind is EntryKind.REINSTATED and any(
        span.period.end == utc(entry.effective_at) for span in ended
    )


def _return(
    world: World, entry: LifecycleEntry, version: AgreementVersion, states: StatesAnswer
) -> tuple[InvoiceLine, ...]:
    """What the conditions of the return cost, but for those the owner waived while the asset was off."""
    if version.reinstatement is None:
        return ()
    back = utc(entry.effective_at)
    since = off_since(states.of(entry.asset), entry.asset, back - _JUST_BEFORE) or back
    waived = {
        r.condition
        for r in world.condition_records
        if r.waived
        and r.proof
        and r.price is not None
        and r.asset in {None, entry.asset}
        and since <= utc(r.at) <= back
    }
    charged = tuple(c for c in version.reinstatement.conditions if c.id not in waived)
    terms = replace(version.reinstatement, conditions=charged)
    return reinstatement_lines(entry.asset, terms, version, local_date(world.client.zone, back))
