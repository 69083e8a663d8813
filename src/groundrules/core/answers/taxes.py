"""How the documents of a world are taxed, by the rules it states; what the rules do not settle is refused in words."""

from __future__ import annotations

from groundrules.core.answers.documents import Issued
from groundrules.core.answers.model import Refusal
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft
from groundrules.core.invoices.tax import (
    CreditedBefore,
    Taxed,
    TaxNotSettled,
    TaxShare,
    tax_credit_note,
    tax_invoice,
)
from groundrules.core.world import World


def taxes_of(
    world: World, drafts: tuple[InvoiceDraft, ...], issued: tuple[Issued, ...]
) -> tuple[tuple[Taxed, ...], tuple[Refusal, ...]]:
    """This function will tax each draft, in their order, and say which one the rules do not settle.

    Nothing is taxed in a world without rules. A credit note gives back the tax of the document it corrects.
    """
    if not (world.tax_rules.client or world.tax_rules.provider):
        return (), ()
    taxed, refused = [], []
    for draft in drafts:
        try:
            taxed.append(_taxed(world, draft, issued))
        except TaxNotSettled as refusal:
            about = f"{draft.kind.value} from {draft.period_start}"
            refused.append(Refusal(about, type(refusal).__name__, str(refusal)))
            taxed.append(Taxed())
    return tuple(taxed), tuple(refused)


def _taxed(world: World, draft: InvoiceDraft, issued: tuple[Issued, ...]) -> Taxed:
    if draft.kind is not DocumentKind.CREDIT_NOTE:
        return tax_invoice(draft, world.tax_rules)
    original = next((i.draft for i in issued if i.period.invoice == draft.corrects), None)
    taxed = tax_invoice(original, world.tax_rules) if original else Taxed()
    return tax_credit_note(draft, CreditedBefore(taxed, _given_back(world, draft, taxed)))


def _given_back(world: World, draft: InvoiceDraft, taxed: Taxed) -> tuple[TaxShare, ...]:
    """The tax that earlier notes on the same document gave back, one after the other."""
    shares: tuple[TaxShare, ...] = ()
    for sent in sorted(world.documents, key=lambda document: document.at):
        if sent.draft.corrects == draft.corrects:
            before = CreditedBefore(taxed, shares)
            shares = (*shares, *tax_credit_note(sent.draft, before).shares)
    return shares
