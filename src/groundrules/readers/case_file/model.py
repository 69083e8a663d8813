"""A case file as written: the core's own records, and the few that are easier to read in another form."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from groundrules.core.backups import RestoreDrill
from groundrules.core.causation.answers import Incident
from groundrules.core.changes import Change
from groundrules.core.disputes import DisputeAnswer, DisputeSubject
from groundrules.core.evidence import Gap, HealthCheck, Session
from groundrules.core.ids import (
    ApplicationId,
    AssetId,
    ContactId,
    DisputeId,
    InvoiceId,
    SessionId,
    VendorId,
)
from groundrules.core.invoices.tax import TaxCategory, TaxedKind
from groundrules.core.lifecycle.answers import (
    ConditionRecord,
    InvoiceStanding,
    LifecycleEntry,
    Notice,
)
from groundrules.core.money import Money
from groundrules.core.orders import BlockPurchase, HeadCount
from groundrules.core.parties import Asset, Client, Dependency, Provider, Technician
from groundrules.core.periods import Period
from groundrules.core.recovery import Recovery
from groundrules.core.replay.answers import ReplayPlan, Run
from groundrules.core.vendors import (
    AccessWindow,
    Freeze,
    LetterOfAgency,
    RulesAcceptance,
    ScorecardRule,
)
from groundrules.core.work import Message, OwnRun, Request, ThirdPartyAttempt, TimeEntry
from groundrules.core.world import DocumentPeriod, FeeBilled, Promise, ReplyInvitation, ReportPeriod
from groundrules.readers.case_file.model_agreement import WrittenAgreement
from groundrules.readers.case_file.model_expect import Expectations
from groundrules.readers.case_file.model_truth import StatedTruth
from groundrules.readers.case_file.shapes import PartyName


@dataclass(frozen=True, slots=True)
class WrittenVendor:
    """A vendor. One that really has no account says `has_no_account: yes`, so that it is not simply forgotten."""

    id: VendorId
    name: str
    networks: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    email: str = ""
    zone: str = ""
    has_no_account: bool = False


@dataclass(frozen=True, slots=True)
class WrittenAccount:
    """A login and whose it is. A shared one names an account, never a person or party."""

    name: str
    party: PartyName
    host: AssetId | None = None
    identifier: str = ""
    shared: bool = False
    person: str = ""
    held: Period | None = None


@dataclass(frozen=True, slots=True)
class WrittenApplication:
    """A line-of-business application on an asset; `needs` lists the components it depends on directly."""

    id: ApplicationId
    name: str
    asset: AssetId
    vendor: VendorId | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenSession(Session):
    """A login seen in evidence; `discovered` when we first had that evidence, if later than the login itself."""

    discovered: datetime | None = None


@dataclass(frozen=True, slots=True)
class WrittenChange(Change):
    """A change seen on an asset. `in_session` says that the record itself carries that login session's key."""

    in_session: SessionId | None = None
    discovered: datetime | None = None


@dataclass(frozen=True, slots=True)
class EvidenceSource:
    """A file of raw evidence for the same readers as in production; `format` names the reader, `host` the asset.

    `file` is relative to the case file. `discovered` says when we first had it, if later than what it tells of.
    """

    file: str
    format: str = ""
    host: AssetId | None = None
    discovered: datetime | None = None


@dataclass(frozen=True, slots=True)
class WrittenReplay:
    """A replay on an isolated copy: the changes replayed, oldest first, and every run of it in order.

    What the runs prove is worked out by the same search that asked for them; unfinished ones are refused.
    """

    at: datetime
    plan: ReplayPlan
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenDispute:
    """A client's `contact` or a `vendor` says that we are wrong about a change, a login, a line, a decision or a score.

    Until when it is answered follows from the agreement. `held` is what is not due meanwhile on `document`, before tax.
    """

    id: DisputeId
    subject: DisputeSubject
    ref: str
    at: datetime
    says: str
    contact: ContactId | None = None
    vendor: VendorId | None = None
    person: str = ""
    held: Money | None = None
    document: InvoiceId | None = None
    answer: DisputeAnswer | None = None


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """An instant the case is answered for, from what was known then, and the answers expected."""

    at: datetime
    expect: Expectations | None = None
    says: str = ""


@dataclass(frozen=True, slots=True)
class WrittenTaxRule:
    """How work, fees or everything is taxed from a day on; the client's own rule, or one for everybody.

    `category` is S (standard), Z (zero), E (exempt), AE (reverse charge) or O (not subject); the last three need the
    `reason` that is printed.
    """

    starts_on: date
    applies_to: TaxedKind = TaxedKind.EVERYTHING
    category: TaxCategory = TaxCategory.STANDARD
    percent: Decimal = Decimal(0)
    name: str = "VAT"
    reason: str = ""
    for_everybody: bool = False


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A world, and the answers its author expects."""

    case: int
    title: str
    provider: Provider
    client: Client
    agreement: WrittenAgreement
    story: str = ""
    zone: str = ""
    at: datetime | None = None
    technicians: tuple[Technician, ...] = ()
    vendors: tuple[WrittenVendor, ...] = ()
    accounts: tuple[WrittenAccount, ...] = ()
    assets: tuple[Asset, ...] = ()
    applications: tuple[WrittenApplication, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    letters_of_agency: tuple[LetterOfAgency, ...] = ()
    acceptances: tuple[RulesAcceptance, ...] = ()
    windows: tuple[AccessWindow, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    scorecard_rule: ScorecardRule = field(default=ScorecardRule())
    evidence: tuple[EvidenceSource, ...] = ()
    sessions: tuple[WrittenSession, ...] = ()
    changes: tuple[WrittenChange, ...] = ()
    gaps: tuple[Gap, ...] = ()
    health_checks: tuple[HealthCheck, ...] = ()
    incidents: tuple[Incident, ...] = ()
    own_runs: tuple[OwnRun, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    drills: tuple[RestoreDrill, ...] = ()
    replays: tuple[WrittenReplay, ...] = ()
    third_party_attempts: tuple[ThirdPartyAttempt, ...] = ()
    work: tuple[TimeEntry, ...] = ()
    requests: tuple[Request, ...] = ()
    messages: tuple[Message, ...] = ()
    notices: tuple[Notice, ...] = ()
    lifecycle: tuple[LifecycleEntry, ...] = ()
    condition_records: tuple[ConditionRecord, ...] = ()
    invoices: tuple[InvoiceStanding, ...] = ()
    fees_billed: tuple[FeeBilled, ...] = ()
    counts: tuple[HeadCount, ...] = ()
    blocks: tuple[BlockPurchase, ...] = ()
    to_bill: tuple[DocumentPeriod, ...] = ()
    reply_invitations: tuple[ReplyInvitation, ...] = ()
    promises: tuple[Promise, ...] = ()
    disputes: tuple[WrittenDispute, ...] = ()
    report_on: tuple[ReportPeriod, ...] = ()
    tax_rules: tuple[WrittenTaxRule, ...] = ()
    expect: Expectations | None = None
    ask: tuple[WrittenQuestion, ...] = ()
    truth: tuple[StatedTruth, ...] = ()
