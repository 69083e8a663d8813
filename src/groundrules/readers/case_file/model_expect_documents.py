"""What an author may expect of states, documents, vendors and reports; the other half is `model_expect`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from groundrules.core.agreements.facts import CoverageState
from groundrules.core.answers.recovery_story import Origin, Phase
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
    TimeEntryId,
    VendorId,
    WindowId,
)
from groundrules.core.invoices.answers import DocumentKind, LineKind
from groundrules.core.letters.answers import LetterKind
from groundrules.core.lifecycle.answers import ConditionBucket
from groundrules.core.money import Money
from groundrules.core.profitability import AlarmKind, Step
from groundrules.core.vendors import DeviationKind, LetterOfAgencyState
from groundrules.readers.case_file.expect_marks import ABSENT, COMPLETE, CONTAINS, KEY, ORDERED
from groundrules.readers.case_file.shapes import Minutes


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
class ExpectedTax:
    """One tax of a document: its name and percentage as printed, what it is worked out on, and what it comes to."""

    tax: str = field(metadata=KEY)
    base: Money | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class ExpectedInvoice:
    """A drafted document for one period: its total, the value shown at 0.00, every line and every tax."""

    first: date = field(metadata=KEY)
    kind: DocumentKind = field(default=DocumentKind.INVOICE, metadata=KEY)
    corrects: str | None = None
    total: Money | None = None
    value_uncharged: Money | None = None
    lines: tuple[ExpectedLine, ...] | None = field(default=None, metadata=COMPLETE)
    taxes: tuple[ExpectedTax, ...] | None = field(default=None, metadata=COMPLETE)
    to_pay: Money | None = None


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
class ExpectedToldApart:
    """A change since the failure: whose it is, and when it was made beside the recovery."""

    change: ChangeId = field(metadata=KEY)
    origin: Origin | None = None
    phase: Phase | None = None
    says: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedFollowed:
    """An incident after the failure: whether it is fallout of the recovery, as far as is known."""

    incident: IncidentId = field(metadata=KEY)
    origin: Origin | None = None
    says: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedRecovery:
    """What was lost in an incident: the window between restore point and failure, and the verified loss.

    `covered` is the covered time of the work tied to it, `charged` what is charged for that work.
    """

    incident: IncidentId = field(metadata=KEY)
    data_loss: Minutes | None = None
    time_to_recover: Minutes | None = None
    records_lost: int | None = None
    has_baseline: bool | None = None
    covered: Minutes | None = None
    charged: Money | None = None
    changes: tuple[ExpectedToldApart, ...] | None = None
    followed: tuple[ExpectedFollowed, ...] | None = None


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
