"""Every table in one import, for Django and for rooms that read; `BOOKS` are the append-only ones."""

from __future__ import annotations

from django.apps import apps

from groundrules.records.agents import (
    Agent,
    AgentKey,
    Batch,
    ChangesDue,
    EnrolmentToken,
    PendingBatch,
)
from groundrules.records.agreements import Agreement, AgreementDraft, AgreementVersion
from groundrules.records.answered_books import AnsweredBooks
from groundrules.records.api_tokens import AnsweredRequest, ApiToken
from groundrules.records.attributions import Attribution, Standing
from groundrules.records.audit import AuditEntry, AuditLink
from groundrules.records.backups import (
    ArchiveLook,
    BackupPolicy,
    BackupResult,
    BackupTurn,
    RepositoryCheck,
    RepositoryPassword,
    RestoreDrill,
)
from groundrules.records.billing import DocumentPeriod, FeeBilled, InvoiceStanding, TaxRule
from groundrules.records.book import Book
from groundrules.records.changes import Change
from groundrules.records.client_reports import RelationshipDecision, ReportGiven, ReportPromise
from groundrules.records.conversations import IncomingMail, MailFiling, Message, Promise
from groundrules.records.coverage import Decision, Override
from groundrules.records.disputes import Dispute
from groundrules.records.evidence import (
    Gap,
    HealthCheck,
    Observation,
    Quarantined,
    RawEvidence,
    Reading,
    Session,
    SessionEnd,
    Snapshot,
    SourceCoverage,
)
from groundrules.records.gate import (
    ActionHost,
    Certificate,
    CertificateAuthority,
    CertificateRevoked,
    Gate,
    GateAction,
    GateActionAnswer,
    GateStepTaken,
    RecordingsFetched,
    SessionRecording,
)
from groundrules.records.health import HealthLook, HealthPlan, HealthSummary
from groundrules.records.imports import ImportBatch, ImportedCard, WaitingImport
from groundrules.records.incidents import Cause, Incident, Recovery, ThirdPartyAttempt
from groundrules.records.invoices import FrozenFile, Issued, IssuedLine, Series
from groundrules.records.ledger import Charge, ChargedDecision, JournalEntry, Posting
from groundrules.records.letter_texts import LetterText
from groundrules.records.letters import Delivery, Letter, LetterDraft
from groundrules.records.lifecycle import ConditionRecord, LifecycleEntry, Notice
from groundrules.records.month_end import (
    AccountingFile,
    AccountingStep,
    BillingAnswer,
    BillingRun,
    BillingStep,
    PurchaseOrder,
)
from groundrules.records.operating import LongRun, Pulse
from groundrules.records.orders import BlockPurchase, HeadCount
from groundrules.records.outgoing import OutgoingMail
from groundrules.records.parties import (
    Account,
    Application,
    Asset,
    Client,
    Contact,
    CostRate,
    Dependency,
    HostName,
    Provider,
    Technician,
    Vendor,
)
from groundrules.records.portal import AccessRequest, Delegation, PortalLink
from groundrules.records.profitability import Assumption
from groundrules.records.remote import OwnShell, PatchPolicy, RunStep, WorkPlan
from groundrules.records.seal import (
    Redaction,
    SealCheckpoint,
    SealCosignature,
    SealKey,
    SealLeaf,
    SealLog,
    SealTimestamp,
)
from groundrules.records.segments import (
    HotFloor,
    Segment,
    SegmentDropped,
    SegmentedEvidence,
    SegmentHolding,
)
from groundrules.records.sign_in import (
    CodeApp,
    OutsideIdentity,
    Passkey,
    RecoveryCode,
    SecondFactorDemand,
    SignIn,
    WrongTry,
)
from groundrules.records.signatures import Signature, SignatureRequest
from groundrules.records.sites import AssetMove, Site
from groundrules.records.timekeeping import RunningTimer, SessionSetAside, WorkSetAside
from groundrules.records.tray import FrozenCopy, Star
from groundrules.records.users import Role, SignInLink, User
from groundrules.records.vendors import (
    AccessWindow,
    BackupHours,
    Freeze,
    LetterOfAgency,
    ReplyInvitation,
    RulesAcceptance,
    RulesOfEngagement,
    ScorecardRule,
    StandingApproval,
    SupportContract,
)
from groundrules.records.webhooks import (
    CalendarLink,
    Webhook,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEvent,
)
from groundrules.records.work import OwnRun, Request, TimeEntry

__all__ = [
    "AccessRequest",
    "AccessWindow",
    "Account",
    "AccountingFile",
    "AccountingStep",
    "ActionHost",
    "Agent",
    "AgentKey",
    "Agreement",
    "AgreementDraft",
    "AgreementVersion",
    "AnsweredBooks",
    "AnsweredRequest",
    "ApiToken",
    "Application",
    "ArchiveLook",
    "Asset",
    "AssetMove",
    "Assumption",
    "Attribution",
    "AuditEntry",
    "AuditLink",
    "BackupHours",
    "BackupPolicy",
    "BackupResult",
    "BackupTurn",
    "Batch",
    "BillingAnswer",
    "BillingRun",
    "BillingStep",
    "BlockPurchase",
    "CalendarLink",
    "Cause",
    "Certificate",
    "CertificateAuthority",
    "CertificateRevoked",
    "Change",
    "ChangesDue",
    "Charge",
    "ChargedDecision",
    "Client",
    "CodeApp",
    "ConditionRecord",
    "Contact",
    "CostRate",
    "Decision",
    "Delegation",
    "Delivery",
    "Dependency",
    "Dispute",
    "DocumentPeriod",
    "EnrolmentToken",
    "FeeBilled",
    "Freeze",
    "FrozenCopy",
    "FrozenFile",
    "Gap",
    "Gate",
    "GateAction",
    "GateActionAnswer",
    "GateStepTaken",
    "HeadCount",
    "HealthCheck",
    "HealthLook",
    "HealthPlan",
    "HealthSummary",
    "HostName",
    "HotFloor",
    "ImportBatch",
    "ImportedCard",
    "Incident",
    "IncomingMail",
    "InvoiceStanding",
    "Issued",
    "IssuedLine",
    "JournalEntry",
    "Letter",
    "LetterDraft",
    "LetterOfAgency",
    "LetterText",
    "LifecycleEntry",
    "LongRun",
    "MailFiling",
    "Message",
    "Notice",
    "Observation",
    "OutgoingMail",
    "OutsideIdentity",
    "Override",
    "OwnRun",
    "OwnShell",
    "Passkey",
    "PatchPolicy",
    "PendingBatch",
    "PortalLink",
    "Posting",
    "Promise",
    "Provider",
    "Pulse",
    "PurchaseOrder",
    "Quarantined",
    "RawEvidence",
    "Reading",
    "RecordingsFetched",
    "Recovery",
    "RecoveryCode",
    "Redaction",
    "RelationshipDecision",
    "ReplyInvitation",
    "ReportGiven",
    "ReportPromise",
    "RepositoryCheck",
    "RepositoryPassword",
    "Request",
    "RestoreDrill",
    "Role",
    "RulesAcceptance",
    "RulesOfEngagement",
    "RunStep",
    "RunningTimer",
    "ScorecardRule",
    "SealCheckpoint",
    "SealCosignature",
    "SealKey",
    "SealLeaf",
    "SealLog",
    "SealTimestamp",
    "SecondFactorDemand",
    "Segment",
    "SegmentDropped",
    "SegmentHolding",
    "SegmentedEvidence",
    "Series",
    "Session",
    "SessionEnd",
    "SessionRecording",
    "SessionSetAside",
    "SignIn",
    "SignInLink",
    "Signature",
    "SignatureRequest",
    "Site",
    "Snapshot",
    "SourceCoverage",
    "Standing",
    "StandingApproval",
    "Star",
    "SupportContract",
    "TaxRule",
    "Technician",
    "ThirdPartyAttempt",
    "TimeEntry",
    "User",
    "Vendor",
    "WaitingImport",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEvent",
    "WorkPlan",
    "WorkSetAside",
    "WrongTry",
    "book_tables",
]


def book_tables() -> tuple[str, ...]:
    """This function will list the tables that must refuse every change, by their names in the database."""
    models = apps.get_app_config("records").get_models()
    return tuple(sorted(model._meta.db_table for model in models if issubclass(model, Book)))
