"""The answers an author may state in a case file. What is left out is not compared; what is stated must be exactly
so.

A list marked complete names everything there is: an answer that is not in it is a mismatch too. Texts marked
`contains` need to be part of the answer's text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from groundrules.core.agreements.facts import CoverageState, Outcome, WorkCause
from groundrules.core.attribution.answers import Level, Strength
from groundrules.core.calendars import HoursBand
from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.ids import (
    AssetId,
    ChangeId,
    ClauseNumber,
    ConditionId,
    ContactId,
    IncidentId,
    LetterOfAgencyId,
    MessageId,
    NoticeId,
    SessionId,
    TechnicianId,
    TimeEntryId,
    VendorId,
    WindowId,
)
from groundrules.core.invoices.answers import DocumentKind, LineKind
from groundrules.core.letters.answers import LetterKind
from groundrules.core.lifecycle.answers import ConditionBucket
from groundrules.core.money import Money
from groundrules.core.profitability import AlarmKind, Step
from groundrules.core.vendors import DeviationKind, LetterOfAgencyState, Permission
from groundrules.readers.case_file.shapes import Minutes, Whose

KEY: Mapping[str, object] = {"expect_key": True}
CONTAINS: Mapping[str, object] = {"expect_contains": True}
ORDERED: Mapping[str, object] = {"expect_ordered": True}
ABSENT: Mapping[str, object] = {"expect_absent": True}
COMPLETE: Mapping[str, object] = {"expect_complete": True}


@dataclass(frozen=True, slots=True)
class ExpectedHypothesis:
    """One candidate that stays listed: whether it was rejected, and words of the reason why."""

    label: str = field(metadata=KEY)
    rejected: bool | None = None
    because: str | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedAttribution:
    """Who made a change. `party: nobody` says that none may be named."""

    change: ChangeId = field(metadata=KEY)
    party: Whose | None = None
    strength: Strength | None = None
    level: Level | None = None
    grade: str | None = None
    account: str | None = None
    session: SessionId | None = None
    permission: Permission | None = None
    alternatives: tuple[ExpectedHypothesis, ...] | None = None
    because: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedRejection:
    """A change that was considered as the cause and rejected, and words of the reason why."""

    change: ChangeId = field(metadata=KEY)
    rejected: bool | None = None
    because: str | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedCause:
    """What explains an incident: exactly these changes, and how far that is proven."""

    incident: IncidentId = field(metadata=KEY)
    verdict: CauseVerdict | None = None
    changes: tuple[ChangeId, ...] | None = None
    hardware: str | None = None
    considered: tuple[ExpectedRejection, ...] | None = None
    beside: tuple[ExpectedHypothesis, ...] | None = None
    because: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedPart:
    """A stretch of a time entry in which every fact is constant; `time` is exact."""

    start: datetime = field(metadata={**KEY, "case_file_key": "from"})
    end: datetime | None = field(default=None, metadata={"case_file_key": "to"})
    outcome: Outcome | None = None
    clause: ClauseNumber | None = None
    band: HoursBand | None = None
    cause: WorkCause | None = None
    time: Minutes | None = None
    value: Money | None = None
    forgone: Money | None = None
    agreement_version: int | None = None
    because: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)
    would_change: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedDecision:
    """The decision on a time entry: its parts (all of them), what it cost us, and how often it was superseded."""

    entry: TimeEntryId = field(metadata=KEY)
    parts: tuple[ExpectedPart, ...] | None = field(default=None, metadata=COMPLETE)
    outcome: Outcome | None = None
    clause: ClauseNumber | None = None
    cost: Money | None = None
    forgone: Money | None = None
    caused_by: tuple[ChangeId, ...] | None = None
    caused_by_vendor: Whose | None = None
    superseded: int | None = None
    before: Outcome | None = None
    counted_as_loss: bool | None = None


@dataclass(frozen=True, slots=True)
class ExpectedCharge:
    """What is charged for one rounding unit; `time` after rounding. `cites` is the message or request behind it."""

    entries: tuple[TimeEntryId, ...] = field(metadata=KEY)
    amount: Money = field(metadata=KEY)
    time: Minutes | None = None
    worked: Minutes | None = None
    hourly: Money | None = None
    clause: ClauseNumber | None = None
    technician: TechnicianId | None = None
    day: date | None = None
    cites: str | None = None
    working: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedUncharged:
    """Work shown at its value and 0.00; `time` is exact."""

    entry: TimeEntryId = field(metadata=KEY)
    value: Money = field(metadata=KEY)
    covered: bool | None = None
    time: Minutes | None = None
    clause: ClauseNumber | None = None
    loss: bool | None = None


@dataclass(frozen=True, slots=True)
class ExpectedWaiting:
    """Work that needs a person before it can be charged or shown."""

    entry: TimeEntryId = field(metadata=KEY)
    at_stake: Money | None = None
    time: Minutes | None = None
    missing: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedOtherRule:
    """What the same work would come to under another rounding rule."""

    name: str = field(metadata=KEY)
    amount: Money | None = None
    time: Minutes | None = None


@dataclass(frozen=True, slots=True)
class ExpectedState:
    """The coverage state of an asset at an instant."""

    asset: AssetId = field(metadata=KEY)
    at: datetime = field(metadata=KEY)
    state: CoverageState | None = None
    clause: ClauseNumber | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExpectedNotice:
    """What a notice comes to. `suspends: never` is said by leaving it out and stating `refused`."""

    notice: NoticeId = field(metadata=KEY)
    received: date | None = None
    last_day: date | None = None
    suspends: datetime | None = None
    refused: str | None = field(default=None, metadata=CONTAINS)
    steps: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)
    facts: tuple[ChangeId, ...] | None = None
    stays_covered: tuple[AssetId, ...] | None = None


@dataclass(frozen=True, slots=True)
class ExpectedCondition:
    """Where one reinstatement condition stands."""

    id: ConditionId = field(metadata=KEY)
    bucket: ConditionBucket | None = None
    met: datetime | None = None
    because: str | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedReinstatement:
    """What still stands between an asset and coverage: exactly these conditions, or from when it is covered."""

    asset: AssetId = field(metadata=KEY)
    open: tuple[ConditionId, ...] | None = None
    covered_from: datetime | None = None
    conditions: tuple[ExpectedCondition, ...] | None = None
    says: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """One line of an invoice; `time` as printed."""

    kind: LineKind = field(metadata=KEY)
    amount: Money = field(metadata=KEY)
    asset: AssetId | None = None
    value: Money | None = None
    clause: ClauseNumber | None = None
    time: Minutes | None = None
    working: str | None = field(default=None, metadata=CONTAINS)
    says: str | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedInvoice:
    """A drafted document for one period: its total, the value shown at 0.00, and every line."""

    first: date = field(metadata=KEY)
    kind: DocumentKind = field(default=DocumentKind.INVOICE, metadata=KEY)
    corrects: str | None = None
    total: Money | None = None
    value_uncharged: Money | None = None
    lines: tuple[ExpectedLine, ...] | None = field(default=None, metadata=COMPLETE)


@dataclass(frozen=True, slots=True)
class ExpectedLetter:
    """A drafted letter: which asset it is about, what it says, and what it never says."""

    kind: LetterKind = field(metadata=KEY)
    asset: AssetId | None = None
    to: str | None = field(default=None, metadata=CONTAINS)
    letterhead: str | None = field(default=None, metadata=CONTAINS)
    clauses: tuple[ClauseNumber, ...] | None = None
    says: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)
    never_says: tuple[str, ...] | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True)
class ExpectedRefusal:
    """Something that must be refused: about which record, and words of the reason."""

    about: str = field(metadata=KEY)
    says: str = field(metadata=CONTAINS)
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class ExpectedRecovery:
    """What was lost in an incident: the window between restore point and failure, and the verified loss."""

    incident: IncidentId = field(metadata=KEY)
    data_loss: Minutes | None = None
    time_to_recover: Minutes | None = None
    records_lost: int | None = None


@dataclass(frozen=True, slots=True)
class ExpectedLetterOfAgency:
    """Where a letter of agency stands, with its dates in site time."""

    letter: LetterOfAgencyId = field(metadata=KEY)
    state: LetterOfAgencyState | None = None
    in_force: bool | None = None
    valid_until: datetime | None = None
    last_day: date | None = None
    follow_up: date | None = None
    reminder: date | None = None
    says: str | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedDeviation:
    """How a visit departed from its window."""

    session: SessionId = field(metadata=KEY)
    kind: DeviationKind = field(metadata=KEY)
    time: Minutes | None = None


@dataclass(frozen=True, slots=True)
class ExpectedWindow:
    """Whether an access window may be approved now, why not, and how visits departed from it (all of them)."""

    window: WindowId = field(metadata=KEY)
    allowed: bool | None = None
    refused: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)
    review_by: date | None = None
    deviations: tuple[ExpectedDeviation, ...] | None = field(default=None, metadata=COMPLETE)
    shown: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedVendor:
    """A vendor's score and what it is made of."""

    vendor: VendorId = field(metadata=KEY)
    score: Decimal | None = None
    confirmed_changes: int | None = None
    undetermined_changes: int | None = None
    out_of_window_sessions: int | None = None
    cleanup: Minutes | None = None
    replacement_offered: bool | None = None
    replacement_from: date | None = None
    says: str | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedReadiness:
    """Something that could not be proven today on an asset for want of evidence."""

    asset: AssetId = field(metadata=KEY)
    name: str = field(metadata=KEY)
    says: str | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedConversation:
    """What a message changed (nothing), who was copied, and whether its sender may commit the client."""

    message: MessageId = field(metadata=KEY)
    copied: tuple[ContactId, ...] | None = None
    may_commit: bool | None = None
    says: str | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedCommitment:
    """A promise that counts, because an authorised contact made or approved it."""

    message: MessageId = field(metadata=KEY)
    approved_by: ContactId | None = None


@dataclass(frozen=True, slots=True)
class ExpectedClock:
    """A service clock against its target; business time, with and without pauses."""

    incident: IncidentId = field(metadata=KEY)
    counted: Minutes | None = None
    without_pause: Minutes | None = None
    met: bool | None = None
    runs: bool | None = None
    says: str | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedValue:
    """The value report of a period: hours and values, fees, and what managed service saved or cost."""

    first: date = field(metadata=KEY)
    covered: Money | None = None
    covered_time: Minutes | None = None
    reactive: Money | None = None
    proactive: Money | None = None
    fees: Money | None = None
    saving: Money | None = None
    upper_saving: Money | None = None
    charged_alike: Money | None = None
    favourable: bool | None = None
    says: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedNet:
    """The same period without the hours one vendor caused, and what that vendor cost."""

    vendor: VendorId = field(metadata=KEY)
    time: Minutes | None = None
    hourly_rate: Money | None = None
    margin: str | None = None
    rhem: Fraction | None = None
    caused_time: Minutes | None = None
    cost: Money | None = None
    forgone: Money | None = None


@dataclass(frozen=True, slots=True)
class ExpectedProfit:
    """What the provider earned in a period; `margin` with one decimal, such as 37.1%; `advice` in the order to try."""

    first: date = field(metadata=KEY)
    time: Minutes | None = None
    reactive_time: Minutes | None = None
    hourly_rate: Money | None = None
    gross_profit: Money | None = None
    margin: str | None = None
    rhem: Fraction | None = None
    net_of: tuple[ExpectedNet, ...] | None = None
    alarms: tuple[AlarmKind, ...] | None = None
    advice: tuple[Step, ...] | None = field(default=None, metadata=ORDERED)
    uncosted: tuple[TimeEntryId, ...] | None = None
    says: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedAttempt:
    """Help asked of a maker or vendor, and the work entry it was asked during."""

    party: str = field(metadata=KEY)
    at: datetime = field(metadata=KEY)
    outcome: str | None = field(default=None, metadata=CONTAINS)
    during: tuple[TimeEntryId, ...] | None = None


@dataclass(frozen=True, slots=True)
class Expectations:
    """Everything an author may expect at one instant."""

    attributions: tuple[ExpectedAttribution, ...] | None = None
    causes: tuple[ExpectedCause, ...] | None = None
    readiness: tuple[ExpectedReadiness, ...] | None = None
    decisions: tuple[ExpectedDecision, ...] | None = None
    charges: tuple[ExpectedCharge, ...] | None = field(default=None, metadata=COMPLETE)
    charged: Money | None = None
    uncharged: tuple[ExpectedUncharged, ...] | None = field(default=None, metadata=COMPLETE)
    value_uncharged: Money | None = None
    waiting: tuple[ExpectedWaiting, ...] | None = field(default=None, metadata=COMPLETE)
    other_rules: tuple[ExpectedOtherRule, ...] | None = None
    states: tuple[ExpectedState, ...] | None = None
    notices: tuple[ExpectedNotice, ...] | None = None
    reinstatements: tuple[ExpectedReinstatement, ...] | None = None
    invoices: tuple[ExpectedInvoice, ...] | None = None
    letters: tuple[ExpectedLetter, ...] | None = None
    no_letters: tuple[LetterKind, ...] | None = None
    refusals: tuple[ExpectedRefusal, ...] | None = None
    recoveries: tuple[ExpectedRecovery, ...] | None = None
    letters_of_agency: tuple[ExpectedLetterOfAgency, ...] | None = None
    windows: tuple[ExpectedWindow, ...] | None = None
    vendors: tuple[ExpectedVendor, ...] | None = None
    conversations: tuple[ExpectedConversation, ...] | None = None
    commitments: tuple[ExpectedCommitment, ...] | None = field(default=None, metadata=COMPLETE)
    clocks: tuple[ExpectedClock, ...] | None = None
    attempts: tuple[ExpectedAttempt, ...] | None = None
    value: tuple[ExpectedValue, ...] | None = None
    profit: tuple[ExpectedProfit, ...] | None = None
