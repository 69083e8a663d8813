"""What a document says beside its lines: number, dates, both parties and its taxes. Frozen when it is issued."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from groundrules.core.invoices.answers import InvoiceDraft
from groundrules.core.invoices.tax import TaxCategory, Taxed
from groundrules.core.money import Money
from groundrules.core.parties import LegalDetails


@dataclass(frozen=True, slots=True)
class TradeParty:
    """The seller or buyer as its card said it on the day."""

    identifier: str
    name: str
    address: tuple[str, ...] = ()
    email: str = ""
    legal: LegalDetails = field(default=LegalDetails())

    @property
    def registered_name(self) -> str:
        """The name in law, or the only name there is."""
        return self.legal.name or self.name


@dataclass(frozen=True, slots=True)
class Heading:
    """A document's number, dates, parties and taxes; `number` is empty on a draft."""

    number: str
    issued_on: date
    due_on: date
    seller: TradeParty
    buyer: TradeParty
    agreement: str = ""
    corrected_on: date | None = None
    taxed: Taxed = field(default=Taxed())

    @property
    def is_taxed(self) -> bool:
        """Whether any of the document is subject to tax, be it at 0% or reversed."""
        shares = self.taxed.shares
        return any(share.tax.category is not TaxCategory.NOT_SUBJECT for share in shares)

    def to_pay(self, draft: InvoiceDraft) -> Money:
        """What is to be paid: the document's net total and its taxes."""
        return draft.total + self.taxed.total(draft.currency)
