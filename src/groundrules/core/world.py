"""A world: every fact about one client that an answer may need, as plain values.

A case file is read into one; the services load one from rows. The same functions then answer from it, so a story
told by `groundrules case run` and the same story in the database can only agree. Unused parts stay empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from groundrules.core.agreements.terms import Agreement
from groundrules.core.backups import RestoreDrill
from groundrules.core.causation.answers import Incident
from groundrules.core.changes import Change
from groundrules.core.coverage.overriding import Override
from groundrules.core.disputes import Dispute
from groundrules.core.evidence import Gap, HealthCheck, Session
from groundrules.core.ids import AssetId, InvoiceId, MessageId, VendorId
from groundrules.core.invoices.answers import InvoiceDraft
from groundrules.core.invoices.tax import TaxRules
from groundrules.core.letters.template import Template
from groundrules.core.lifecycle.answers import (
    ConditionRecord,
    InvoiceStanding,
    LifecycleEntry,
    Notice,
)
from groundrules.core.money import Money
from groundrules.core.orders import BlockPurchase, HeadCount
from groundrules.core.parties import (
    Account,
    Application,
    Asset,
    Client,
    Dependency,
    Provider,
    Technician,
    Vendor,
)
from groundrules.core.recovery import Recovery
from groundrules.core.replay.answers import Replayed
from groundrules.core.vendors import (
    AccessWindow,
    Freeze,
    LetterOfAgency,
    RulesAcceptance,
    ScorecardRule,
)
from groundrules.core.work import Message, OwnRun, Request, ThirdPartyAttempt, TimeEntry


@dataclass(frozen=True, slots=True)
class FeeBilled:
    """A monthly fee that was billed for an asset (negative: credited); `month` is the first day of the fee month."""

    asset: AssetId
    month: date
    amount: Money
    at: datetime
    invoice: InvoiceId | None = None


@dataclass(frozen=True, slots=True)
class ReplyInvitation:
    """A vendor was invited to answer the facts held against it; `replied_at` when it did.

    An invitation that came back (`bounced_at`) invited nobody.
    """

    vendor: VendorId
    invited_at: datetime
    replied_at: datetime | None = None
    bounced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A message promised something for the client; `approved_in` is the authorised contact's own message, if any."""

    message: MessageId
    approved_in: MessageId | None = None


@dataclass(frozen=True, slots=True)
class DocumentPeriod:
    """A period of local days `[first, end)` for which an invoice is to be drafted; `first` begins a fee month.

    Once issued it stands as it was at `issued_at`; what turns out otherwise later becomes a credit note and late lines.
    """

    first: date
    end: date
    issued_at: datetime | None = None
    invoice: InvoiceId | None = None


@dataclass(frozen=True, slots=True)
class SentDocument:
    """An invoice or credit note exactly as it went out; it is never drafted again."""

    number: InvoiceId
    at: datetime
    draft: InvoiceDraft


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """A period of local days `[first, end)` to report on. With a `target` hourly rate profitability is measured too.

    `revenue` overrides what was billed, `tools` is what tools for this client cost, `months` how many months it
    counts as.
    """

    first: date
    end: date
    target: Money | None = None
    revenue: Money | None = None
    tools: Money | None = None
    endpoints: int = 0
    months: Fraction | None = None


@dataclass(frozen=True, slots=True)
class World:
    """The facts of one client. Order within a tuple carries no meaning.

    `discovered` says when a change or session became known, by id, where that was later than when it happened. A
    world from the database has no `tax_rules`: documents are taxed by the rules kept there, as they go out.
    """

    provider: Provider
    client: Client
    agreement: Agreement
    technicians: tuple[Technician, ...] = ()
    vendors: tuple[Vendor, ...] = ()
    accounts: tuple[Account, ...] = ()
    assets: tuple[Asset, ...] = ()
    applications: tuple[Application, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    letters_of_agency: tuple[LetterOfAgency, ...] = ()
    acceptances: tuple[RulesAcceptance, ...] = ()
    windows: tuple[AccessWindow, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    scorecard_rule: ScorecardRule = ScorecardRule()
    sessions: tuple[Session, ...] = ()
    changes: tuple[Change, ...] = ()
    gaps: tuple[Gap, ...] = ()
    health_checks: tuple[HealthCheck, ...] = ()
    incidents: tuple[Incident, ...] = ()
    own_runs: tuple[OwnRun, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    drills: tuple[RestoreDrill, ...] = ()
    replays: tuple[Replayed, ...] = ()
    third_party_attempts: tuple[ThirdPartyAttempt, ...] = ()
    work: tuple[TimeEntry, ...] = ()
    requests: tuple[Request, ...] = ()
    overrides: tuple[Override, ...] = ()
    messages: tuple[Message, ...] = ()
    notices: tuple[Notice, ...] = ()
    lifecycle: tuple[LifecycleEntry, ...] = ()
    condition_records: tuple[ConditionRecord, ...] = ()
    discovered: Mapping[str, datetime] = field(default_factory=dict)
    invoices: tuple[InvoiceStanding, ...] = ()
    fees_billed: tuple[FeeBilled, ...] = ()
    counts: tuple[HeadCount, ...] = ()
    blocks: tuple[BlockPurchase, ...] = ()
    to_bill: tuple[DocumentPeriod, ...] = ()
    documents: tuple[SentDocument, ...] = ()
    tax_rules: TaxRules = field(default=TaxRules())
    reply_invitations: tuple[ReplyInvitation, ...] = ()
    promises: tuple[Promise, ...] = ()
    report_on: tuple[ReportPeriod, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    letter_texts: tuple[Template, ...] = ()
